"""Uploading a dataset file to Cloud Storage, once: its path holds its SHA-256, and nothing is overwritten."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from .errors import FinriskError
from .vertex import UnreachableError

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

GOOGLE_STORAGE_URL = "https://storage.googleapis.com"

_FIELDS = "name,size,md5Hash,crc32c"
_FIXES = {
    401: "the credentials are not accepted: check finrisk_google_credentials_file",
    403: "the account needs the role Storage Object User (roles/storage.objectUser) on the bucket",
    404: "the bucket does not exist: make it in the tuning region, or correct finrisk_bucket",
}


@dataclass(frozen=True)
class Bucket:
    """A bucket, the service that has it, and the credentials it is asked with."""

    name: str
    url: str
    credentials: Credentials
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class Uploaded:
    """A file in the bucket; ``added`` is false when it was there already."""

    uri: str
    added: bool


def object_name(environment: str, sha256: str, part: str) -> str:
    """Return the path of a dataset file; ``part`` is ``train`` or ``validation``.

    Each file lies under its own SHA-256, so that ``sha256sum`` of the local file names the object.
    """
    return f"finrisk/{environment}/datasets/{sha256}/{part}.jsonl"


def upload(bucket: Bucket, name: str, path: Path) -> Uploaded:
    """Put the file into the bucket under ``name``, unless the same bytes are there already.

    Raises UnreachableError when the service did not answer (repeating it is safe), and FinriskError when it
    refuses or when other bytes lie under the name.
    """
    if not bucket.name:
        raise FinriskError("finrisk_bucket is empty; name a Cloud Storage bucket in the tuning region")
    uri = f"gs://{bucket.name}/{name}"
    response = _send_whole(bucket, name, path)
    if response.status_code != 412:
        _expect_ok(response, f"upload {path} to {uri}")
        _compare(uri, response.json(), path)
        return Uploaded(uri, added=True)
    _compare(uri, _stored(bucket, name), path)
    return Uploaded(uri, added=False)


def _send_whole(bucket: Bucket, name: str, path: Path) -> Any:
    url = f"{bucket.url}/upload/storage/v1/b/{quote(bucket.name, safe='')}/o"
    parameters = {"uploadType": "media", "name": name, "ifGenerationMatch": "0", "fields": _FIELDS}
    # bytes, not the open file: when the token has expired, google-auth sends the same body again
    return _request(
        bucket,
        "POST",
        url,
        params=parameters,
        data=path.read_bytes(),
        headers={"Content-Type": "application/jsonl"},
    )


def _stored(bucket: Bucket, name: str) -> Any:
    url = f"{bucket.url}/storage/v1/b/{quote(bucket.name, safe='')}/o/{quote(name, safe='')}"
    response = _request(bucket, "GET", url, params={"fields": _FIELDS})
    _expect_ok(response, f"read gs://{bucket.name}/{name}")
    return response.json()


def _compare(uri: str, stored: Any, path: Path) -> None:
    size = path.stat().st_size
    if int(stored.get("size", -1)) != size:
        raise FinriskError(_other_bytes(uri, path, f"{stored.get('size')} bytes there, {size} here"))
    if stored.get("md5Hash"):
        same = stored["md5Hash"] == _md5(path)
    elif stored.get("crc32c"):  # composite objects have no MD5
        same = stored["crc32c"] == crc32c(path.read_bytes())
    else:
        raise FinriskError(
            f"{uri} has neither an MD5 nor a CRC32C to compare with {path}; delete it, then run again"
        )
    if not same:
        raise FinriskError(_other_bytes(uri, path, "the checksums differ"))


def crc32c(data: bytes) -> str:
    """Return the CRC-32C (Castagnoli, RFC 3720) of ``data`` as Cloud Storage writes it in base64."""
    table = []
    for byte in range(256):
        value = byte
        for _ in range(8):
            value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    register = 0xFFFFFFFF
    for byte in data:
        register = (register >> 8) ^ table[(register ^ byte) & 0xFF]
    return base64.b64encode((register ^ 0xFFFFFFFF).to_bytes(4, "big")).decode("ascii")


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False))
    return base64.b64encode(digest.digest()).decode("ascii")


def _request(bucket: Bucket, method: str, url: str, **arguments: Any) -> Any:
    """One call with a fresh bearer; google-auth's own session would also ask Google about other regions."""
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
                    method, url, timeout=bucket.timeout_seconds, headers=headers, **arguments
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
            raise FinriskError(
                f"Google refused the credentials ({error}); renew the service account's key or name another "
                "file in finrisk_google_credentials_file"
            ) from None
        except GoogleAuthError as error:
            raise FinriskError(f"cannot reach Cloud Storage: {error}") from None


def _expect_ok(response: Any, what: str) -> None:
    code = response.status_code
    if code == 200:
        return
    if code in (408, 429) or code >= 500:
        raise UnreachableError(f"cannot {what}: Cloud Storage answered {code}", _retry_after(response))
    raise FinriskError(f"cannot {what}: {code} {_message(response)}; {_FIXES.get(code, 'see the message')}")


def _retry_after(response: Any) -> float | None:
    try:
        return float(response.headers.get("Retry-After", ""))
    except ValueError:
        return None


def _message(response: Any) -> str:
    try:
        return str(response.json()["error"]["message"])[:300]
    except (ValueError, KeyError, TypeError):
        return str(response.reason)


def _other_bytes(uri: str, path: Path, difference: str) -> str:
    return f"{uri} exists with other content than {path} ({difference}); delete the object, then run again"
