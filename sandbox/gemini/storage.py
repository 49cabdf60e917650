"""Buckets and objects on disk: with the checksums, generations and preconditions of Cloud Storage."""

import base64
import hashlib
import os
import re
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

from sandbox.gemini.crc32c import encoded as crc32c_of
from sandbox.gemini.files import read_json, write_atomic, write_json
from sandbox.gemini.messages import ApiError, Json

GRANULE = 256 * 1024  # bytes; every chunk of a resumable upload but the last is a multiple
NAME_BYTES = 1024
GS_URI = re.compile(r"gs://([^/]+)/(.+)$")


class StorageError(ApiError):
    """An error in the storage API's shape, which also names a reason."""

    def __init__(self, code: int, message: str, reason: str) -> None:
        super().__init__(code, message)
        self.reason = reason


class Objects:
    """All objects of the one bucket, and the resumable uploads under way."""

    def __init__(self, folder: Path, bucket: str, location: str) -> None:
        self.bucket = bucket
        self._location = location
        self._folder = folder / "objects"
        self._uploads = folder / "uploads"
        self._lock = threading.Lock()
        for path in (self._folder, self._uploads):
            path.mkdir(parents=True, exist_ok=True)
        metas = (read_json(path) for path in self._folder.glob("*.json"))
        self._objects: dict[str, Json] = {meta["name"]: meta for meta in metas if meta}

    def require(self, bucket: str) -> None:
        """Raise StorageError 404 unless there is such a bucket."""
        if bucket != self.bucket:
            raise StorageError(404, "The specified bucket does not exist.", "notFound")

    def shown_bucket(self) -> Json:
        """The bucket's own metadata."""
        return {
            "kind": "storage#bucket",
            "id": self.bucket,
            "name": self.bucket,
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{self.bucket}",
            "location": self._location.upper(),
            "locationType": "region",
            "storageClass": "STANDARD",
            "metageneration": "1",
        }

    def get(self, name: str) -> Json:
        """The metadata of an object. Raises StorageError 404."""
        meta = self._objects.get(name)
        if meta is None:
            raise StorageError(404, f"No such object: {self.bucket}/{name}", "notFound")
        return meta

    def content(self, name: str) -> bytes:
        """The bytes of an object. Raises StorageError 404."""
        return self._data(self.get(name)).read_bytes()

    def file_of(self, uri: str) -> Path | None:
        """The file that holds `gs://bucket/name`, or None when there is no such object."""
        match = GS_URI.match(uri)
        meta = self._objects.get(match[2]) if match and match[1] == self.bucket else None
        return self._data(meta) if meta else None

    def names(self, prefix: str = "") -> list[str]:
        """The names with that prefix, in order."""
        return sorted(name for name in self._objects if name.startswith(prefix))

    def check_generation(self, name: str, wanted: str | None) -> None:
        """Raise StorageError 412 unless the object's generation is the wanted one (`0`: there is none)."""
        if wanted is None:
            return
        if not wanted.isdigit():
            raise StorageError(400, f"Invalid value for ifGenerationMatch: {wanted!r}", "invalidParameter")
        meta = self._objects.get(name)
        if (meta["generation"] if meta else "0") != wanted:
            raise StorageError(
                412, "At least one of the pre-conditions you specified did not hold.", "conditionNotMet"
            )

    def put(self, name: str, data: bytes, about: Json, if_generation: str | None) -> Json:
        """Keep an object. `about` is what the uploader says of it; a checksum that is not true is refused."""
        if not name or len(name.encode()) > NAME_BYTES or "\n" in name or "\r" in name:
            raise StorageError(400, f"Invalid object name: {name[:80]!r}", "invalid")
        checksums = {"crc32c": crc32c_of(data), "md5Hash": _md5(data)}
        for kind, value in checksums.items():
            if about.get(kind, value) != value:
                message = f"Provided {kind} hash doesn't match calculated hash {value!r}."
                raise StorageError(
                    400, message.replace("md5Hash", "MD5").replace("crc32c", "CRC32C"), "invalid"
                )
        with self._lock:
            self.check_generation(name, if_generation)
            before = self._objects.get(name)
            meta = self._metadata(name, data, about, checksums)
            write_atomic(self._data(meta), data)
            write_json(self._folder / f"{_file(name)}.json", meta)
            self._objects = {**self._objects, name: meta}
            if before:
                self._data(before).unlink(missing_ok=True)
        return meta

    def delete(self, name: str, if_generation: str | None) -> None:
        """Remove an object. Raises StorageError 404 or 412."""
        with self._lock:
            meta = self.get(name)
            self.check_generation(name, if_generation)
            (self._folder / f"{_file(name)}.json").unlink(missing_ok=True)
            self._data(meta).unlink(missing_ok=True)
            self._objects = {k: v for k, v in self._objects.items() if k != name}

    def begin(self, session: Json) -> str:
        """Open a resumable upload; its id."""
        upload_id = os.urandom(24).hex()
        (self._uploads / f"{upload_id}.data").write_bytes(b"")
        write_json(self._uploads / f"{upload_id}.json", session)
        return upload_id

    def session(self, upload_id: str) -> tuple[Json, Path]:
        """What a resumable upload was opened with, and the file of what has come so far. Raises 404."""
        session = read_json(self._uploads / f"{upload_id}.json") if upload_id.isalnum() else {}
        if not session:
            raise StorageError(404, "Upload session not found or already ended.", "notFound")
        return session, self._uploads / f"{upload_id}.data"

    def end(self, upload_id: str) -> None:
        """Forget a resumable upload."""
        for suffix in ("json", "data"):
            (self._uploads / f"{upload_id}.{suffix}").unlink(missing_ok=True)

    def _data(self, meta: Json) -> Path:
        return self._folder / f"{_file(meta['name'])}-{meta['generation']}.data"

    def _metadata(self, name: str, data: bytes, about: Json, checksums: dict[str, str]) -> Json:
        generation, now = str(time.time_ns() // 1000), datetime.now(UTC).isoformat().replace("+00:00", "Z")
        link = f"https://www.googleapis.com/storage/v1/b/{self.bucket}/o/{_quoted(name)}"
        download = link.replace("/storage/", "/download/storage/")
        meta: Json = {
            "kind": "storage#object",
            "id": f"{self.bucket}/{name}/{generation}",
            "selfLink": link,
            "mediaLink": f"{download}?generation={generation}&alt=media",
            "name": name,
            "bucket": self.bucket,
            "generation": generation,
            "metageneration": "1",
            "contentType": about.get("contentType", "application/octet-stream"),
            "storageClass": "STANDARD",
            "size": str(len(data)),
            **checksums,
            "etag": base64.b64encode(generation.encode()).decode(),
            "timeCreated": now,
            "updated": now,
            "timeStorageClassUpdated": now,
            "timeFinalized": now,
        }
        return meta | {k: about[k] for k in ("metadata", "cacheControl", "contentEncoding") if k in about}


def _file(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def _md5(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


def _quoted(name: str) -> str:
    return quote(name, safe="")
