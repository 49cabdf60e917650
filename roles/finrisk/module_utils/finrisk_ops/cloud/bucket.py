"""Uploading a dataset file to Cloud Storage, once: its path holds its SHA-256, and nothing is overwritten.

A file above 8 MB goes up in pieces (``resumable``), so that a cut connection or a killed run costs one
piece and not the file.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from finrisk_rules import waits

from ..errors import FinriskError
from . import account
from .patience import UnreachableError, patiently

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

GOOGLE_STORAGE_URL = "https://storage.googleapis.com"
WHOLE_BYTES = 8 * 1024 * 1024
"""The largest file that is sent in one request."""

FIELDS = "name,size,md5Hash,crc32c"
CONTENT_TYPE = "application/jsonl"
_BLOCK = 1 << 20
_FIXES = {
    401: "the credentials are not accepted: check finrisk_google_credentials_file",
    403: "the account needs the role Storage Object User (roles/storage.objectUser) on the bucket",
    404: "the bucket does not exist: make it in the tuning region, or correct finrisk_bucket",
}
_EUROPE_OUTSIDE_EU = ("europe-west2", "europe-west6")  # London and Zurich
_DUAL_REGIONS = {
    "nam4": ("us-central1", "us-east1"),
    "eur4": ("europe-north1", "europe-west4"),
    "eur5": ("europe-west1", "europe-west2"),
    "eur7": ("europe-west2", "europe-west3"),
    "eur8": ("europe-west3", "europe-west6"),
    "asia1": ("asia-northeast1", "asia-northeast2"),
}


@dataclass(frozen=True)
class Bucket:
    """A bucket, the service that has it, and the credentials it is asked with."""

    name: str
    url: str
    credentials: Credentials
    timeout_seconds: float = 60.0

    @property
    def uploads(self) -> str:
        """Where objects are sent to."""
        return f"{self.url}/upload/storage/v1/b/{quote(self.name, safe='')}/o"


@dataclass(frozen=True)
class LocalFile:
    """A file to send: its length in bytes, and its MD5 in base64, as Cloud Storage has it.

    Both are taken once, before anything is sent. What changes after that is refused by the service, which is
    told both.
    """

    path: Path
    size: int
    md5: str

    @classmethod
    def of(cls, path: Path) -> LocalFile:
        """Return a file of which nothing is known yet; it is read for that."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
        return cls(path, path.stat().st_size, base64.b64encode(digest.digest()).decode("ascii"))


@dataclass(frozen=True)
class Upload:
    """A file on its way to the bucket; ``added`` is false when it was there already."""

    uri: str
    added: bool
    offset: int  # bytes that the service has
    size: int

    @property
    def complete(self) -> bool:
        """Whether all of it is there."""
        return self.offset == self.size


def open_bucket(name: str, url: str, credentials_file: str, timeout_seconds: float) -> Bucket:
    """Return the bucket of this name, at Google's own address when no other is given; nobody is asked yet.

    Raises FinriskError when there are no credentials to ask with.
    """
    return Bucket(name, url or GOOGLE_STORAGE_URL, account.credentials(credentials_file), timeout_seconds)


def object_name(environment: str, sha256: str, part: str) -> str:
    """Return the path of a dataset file; ``part`` is ``train`` or ``validation``.

    Each file lies under its own SHA-256, so that ``sha256sum`` of the local file names the object.
    """
    return f"finrisk/{environment}/datasets/{sha256}/{part}.jsonl"


def upload(bucket: Bucket, name: str, file: LocalFile, patience_seconds: float = 0.0) -> Upload:
    """Put a file of at most WHOLE_BYTES into the bucket, unless the same bytes are there already.

    Raises UnreachableError when the service did not answer (repeating it is safe), and FinriskError when it
    refuses or when other bytes lie under the name.
    """
    return patiently(lambda: present(bucket, name, file) or send_whole(bucket, name, file), patience_seconds)


def present(bucket: Bucket, name: str, file: LocalFile) -> Upload | None:
    """Return the file when the same bytes are in the bucket, None when there is no such object."""
    resource = _object(bucket, name)
    if resource is None:
        return None
    uri = uri_of(bucket, name)
    compare(uri, resource, file)
    return Upload(uri, added=False, offset=file.size, size=file.size)


def uri_of(bucket: Bucket, name: str) -> str:
    """Return the object's ``gs://`` address, which is what a tuning job is given."""
    return f"gs://{bucket.name}/{name}"


def check_bucket(bucket: Bucket, region: str) -> str:
    """Return a warning when the bucket is not in the tuning region but near it, else an empty text.

    Raises FinriskError when there is no such bucket, or when it is on another continent. An account that may
    not look at the bucket itself learns nothing here; the upload will tell.
    """
    if not bucket.name:
        raise FinriskError("finrisk_bucket is empty; name a Cloud Storage bucket in the tuning region")
    url = f"{bucket.url}/storage/v1/b/{quote(bucket.name, safe='')}"
    response = request(bucket, "GET", url, params={"fields": "location,customPlacementConfig"})
    if response.status_code == 403:
        return ""
    expect_ok(response, f"look at the bucket gs://{bucket.name}")
    attributes = answer(response, f"look at the bucket gs://{bucket.name}")
    location = str(attributes.get("location", "")).lower()
    regions = [
        str(name).lower() for name in attributes.get("customPlacementConfig", {}).get("dataLocations", [])
    ]
    if not location or _holds(location, regions, region):
        return ""
    where = f"the bucket gs://{bucket.name} is in {location}, the job would run in {region}"
    places = {"europe" if location == "eu" else location, *regions, *_DUAL_REGIONS.get(location, ())}
    if region.split("-")[0] in {place.split("-")[0] for place in places}:
        return f"{where}: it works, but a bucket in the same region is faster and its data stay there"
    raise FinriskError(
        f"{where}; make a bucket in {region} and name it in finrisk_bucket, or tune where the bucket is "
        "(finrisk_google_location)"
    )


def _holds(location: str, regions: Iterable[str], region: str) -> bool:
    within = {*regions, *_DUAL_REGIONS.get(location, ()), location}
    if location == "eu":
        return region.startswith("europe-") and region not in _EUROPE_OUTSIDE_EU
    return region in within or (location in ("us", "asia") and region.startswith(f"{location}-"))


def send_whole(bucket: Bucket, name: str, file: LocalFile) -> Upload:
    """Send metadata and content in one request, as Google's own library does with small files."""
    boundary = secrets.token_hex(16)
    parameters = {"uploadType": "multipart", "ifGenerationMatch": "0", "fields": FIELDS}
    # bytes, not the open file: when the token has expired, the same body is sent again
    response = request(
        bucket,
        "POST",
        bucket.uploads,
        params=parameters,
        data=_multipart(boundary, metadata(name, file), file.path.read_bytes()),
        headers={"Content-Type": f"multipart/related; boundary={boundary}"},
    )
    return outcome(bucket, name, file, response)


def metadata(name: str, file: LocalFile) -> dict[str, str]:
    """Return what an upload says of the object; the service refuses content that has another MD5."""
    return {"name": name, "contentType": CONTENT_TYPE, "md5Hash": file.md5}


def _multipart(boundary: str, about: dict[str, str], content: bytes) -> bytes:
    parts = (("application/json; charset=UTF-8", json.dumps(about).encode()), (CONTENT_TYPE, content))
    lines = b"".join(
        b"--%b\r\nContent-Type: %b\r\n\r\n%b\r\n" % (boundary.encode(), kind.encode(), part)
        for kind, part in parts
    )
    return lines + b"--%b--\r\n" % boundary.encode()


def outcome(bucket: Bucket, name: str, file: LocalFile, response: Any) -> Upload:
    """Return the file after the request that ended its upload: stored now, or by somebody else before (412).

    Raises FinriskError when the service refused it or stored other bytes.
    """
    uri = uri_of(bucket, name)
    if response.status_code == 412:
        earlier = present(bucket, name, file)
        if earlier is None:
            raise UnreachableError(f"{uri} was there a moment ago and is gone: who deletes in the bucket?")
        return earlier
    expect_ok(response, f"upload {file.path} to {uri}")
    compare(uri, answer(response, f"upload {file.path} to {uri}"), file)
    return Upload(uri, added=True, offset=file.size, size=file.size)


def _object(bucket: Bucket, name: str) -> Any:
    if not bucket.name:
        raise FinriskError("finrisk_bucket is empty; name a Cloud Storage bucket in the tuning region")
    url = f"{bucket.url}/storage/v1/b/{quote(bucket.name, safe='')}/o/{quote(name, safe='')}"
    response = request(bucket, "GET", url, params={"fields": FIELDS})
    if response.status_code == 404 and "bucket does not exist" not in _message(response):
        return None
    expect_ok(response, f"read {uri_of(bucket, name)}")
    return answer(response, f"read {uri_of(bucket, name)}")


def compare(uri: str, resource: Any, file: LocalFile) -> None:
    """Raise FinriskError unless the stored object has the file's length and checksum."""
    if int(resource.get("size", -1)) != file.size:
        raise FinriskError(_other_bytes(uri, file, f"{resource.get('size')} bytes there, {file.size} here"))
    if resource.get("md5Hash"):
        same = resource["md5Hash"] == file.md5
    elif resource.get("crc32c"):  # composite objects have no MD5
        with file.path.open("rb") as stream:
            same = resource["crc32c"] == crc32c(iter(lambda: stream.read(_BLOCK), b""))
    else:
        raise FinriskError(
            f"{uri} has neither an MD5 nor a CRC32C to compare with {file.path}; delete it, then run again"
        )
    if not same:
        raise FinriskError(_other_bytes(uri, file, "the checksums differ"))


def crc32c(blocks: Iterable[bytes]) -> str:
    """Return the CRC-32C (Castagnoli, RFC 3720) of the blocks as Cloud Storage writes it in base64."""
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    register = 0xFFFFFFFF
    for block in blocks:
        for byte in block:
            register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
    return base64.b64encode((register ^ 0xFFFFFFFF).to_bytes(4, "big")).decode("ascii")


def request(bucket: Bucket, method: str, url: str, **arguments: Any) -> Any:
    """One call with a fresh bearer; google-auth's own session would also ask Google about other regions.

    Raises UnreachableError without an answer, FinriskError when Google refuses the credentials.
    """
    import requests
    from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
    from google.auth.transport.requests import Request

    credentials, headers = bucket.credentials, arguments.pop("headers", {})
    with requests.Session() as session:
        try:
            for stale in (not credentials.valid, True):  # a bearer that expired on the way is renewed once
                if stale:
                    credentials.refresh(Request(session))  # type: ignore[no-untyped-call]  # google-auth has no types
                headers["Authorization"] = f"Bearer {credentials.token}"
                response = session.request(
                    method,
                    url,
                    timeout=bucket.timeout_seconds,
                    headers=headers,
                    allow_redirects=False,
                    **arguments,
                )
                if response.status_code != 401:
                    break
            return response
        except (requests.RequestException, TransportError) as error:
            raise UnreachableError(
                f"cannot reach Cloud Storage at {bucket.url}: {type(error).__name__}"
            ) from None
        except RefreshError as error:
            if error.retryable:
                raise UnreachableError(f"cannot reach Cloud Storage: no token ({error})") from None
            raise FinriskError(account.refused(error)) from None
        except GoogleAuthError as error:
            raise FinriskError(f"cannot reach Cloud Storage: {error}") from None


def expect_ok(response: Any, what: str) -> None:
    """Raise UnreachableError for a temporary refusal of ``what``, FinriskError with the fix for another."""
    code = response.status_code
    if code in (200, 201):
        return
    if code in waits.PASSING or code >= 500:
        wait = waits.wait(response.headers, time.time())
        raise UnreachableError(f"cannot {what}: Cloud Storage answered {code}", wait)
    raise FinriskError(f"cannot {what}: {code} {_message(response)}; {_FIXES.get(code, 'see the message')}")


def answer(response: Any, what: str) -> dict[str, Any]:
    """Return what Cloud Storage said. Raises FinriskError when something else answered in its place."""
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        kind = response.headers.get("Content-Type", "no content type")
        raise FinriskError(
            f"cannot {what}: the answer ({kind}) is not Cloud Storage's; "
            "check finrisk_storage_url, and the proxy if there is one"
        )
    return body


def _message(response: Any) -> str:
    try:
        text = str(response.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        text = str(response.reason)
    return re.sub(r"\s+", " ", text)[:300]


def _other_bytes(uri: str, file: LocalFile, difference: str) -> str:
    return (
        f"{uri} exists with other content than {file.path} ({difference}); delete the object, then run again"
    )
