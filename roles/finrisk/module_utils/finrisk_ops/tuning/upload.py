"""Bringing a dataset into the bucket: both files, each once, in one go or for some seconds at a time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..cloud import bucket as storage
from ..cloud.bucket import Bucket, Upload
from ..cloud.resumable import Session
from ..machine import folder_lock
from .data import DataFile, TuningData

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Destination:
    """Where a dataset goes; ``folder`` keeps what an interrupted upload has to remember."""

    bucket: Bucket
    environment: str
    folder: Path
    patience_seconds: float


@dataclass(frozen=True)
class Progress:
    """How far the upload is; ``files`` holds training and validation, the latter only when there is one."""

    files: list[Upload]

    @property
    def complete(self) -> bool:
        """Whether the bucket has everything."""
        return all(file.complete for file in self.files)

    @property
    def added(self) -> bool:
        """Whether anything was sent that was not there before."""
        return any(file.added for file in self.files)

    @property
    def uris(self) -> list[str]:
        """Addresses of the training and the validation file, the latter empty when there is none."""
        return [file.uri for file in self.files] + [""] * (2 - len(self.files))

    def bar(self) -> dict[str, Any]:
        """Return what the progress bar is drawn from."""
        offset, size = sum(file.offset for file in self.files), sum(file.size for file in self.files)
        label = f"uploaded, {offset / _MEGABYTE:,.1f} of {size / _MEGABYTE:,.1f} MB"
        return {"done": offset, "total": max(size, 1), "label": label}


def upload(destination: Destination, data: TuningData, seconds: float | None = None) -> Progress:
    """Send what is missing until it is there or ``seconds`` are over.

    Raises UnreachableError when nothing moved for the patience, FinriskError when the service refuses.
    """
    start = time.monotonic()
    uploads: list[Upload] = []
    for part, file in _parts(data):
        remaining = None if seconds is None else seconds - (time.monotonic() - start)
        if remaining is not None and remaining <= 0 and uploads:
            uploads.append(_untouched(destination, part, file))
        else:
            uploads.append(_send(destination, part, file, remaining))
    return Progress(uploads)


def bring(destination: Destination, data: TuningData, seconds: float | None, *, check: bool) -> Progress:
    """Send as ``upload`` does, alone in the folder; in check mode only look."""
    if check:
        return look(destination, data)
    with folder_lock.held(destination.folder):
        return upload(destination, data, seconds)


def look(destination: Destination, data: TuningData) -> Progress:
    """Return what is in the bucket already; sends nothing of the dataset."""
    return Progress(
        [
            storage.present(destination.bucket, _name(destination, part, file), file.local)
            or _untouched(destination, part, file)
            for part, file in _parts(data)
        ]
    )


def _send(destination: Destination, part: str, file: DataFile, seconds: float | None) -> Upload:
    name = _name(destination, part, file)
    if file.size <= storage.WHOLE_BYTES:
        return storage.upload(destination.bucket, name, file.local, destination.patience_seconds)
    note = destination.folder / f".upload_{file.sha256[:16]}_{part}.json"
    return Session(destination.bucket, name, file.local, note).send(destination.patience_seconds, seconds)


def _parts(data: TuningData) -> list[tuple[str, DataFile]]:
    return [("train", data.training), *([("validation", data.validation)] if data.validation else [])]


def _name(destination: Destination, part: str, file: DataFile) -> str:
    return storage.object_name(destination.environment, file.sha256, part)


def _untouched(destination: Destination, part: str, file: DataFile) -> Upload:
    uri = storage.uri_of(destination.bucket, _name(destination, part, file))
    return Upload(uri, added=True, offset=0, size=file.size)
