"""A resumable upload: a file in pieces, each acknowledged, continued after a cut or by the next run.

https://cloud.google.com/storage/docs/performing-resumable-uploads: a session is opened once; 308 says how far
the service is (``Range``), which may be less than what was sent. The session's address stands in a hidden
file beside the dataset, so that a run that was killed is continued and not begun again.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..errors import FinriskError
from ..machine.files import read_json, write_json
from . import bucket as storage
from .bucket import Bucket, LocalFile, Upload
from .patience import LONGEST_PAUSE, UnreachableError

PIECE = 8 * 1024 * 1024  # bytes; a multiple of 256 KiB, as the service wants it
_RANGE = re.compile(r"bytes=0-(\d+)")
_GONE = (404, 410)  # the session is unknown or was ended; they live for a week
_MOST_SESSIONS = 5  # that one run opens for a file


class Session:
    """One file's upload under way; ``note`` is the file that remembers it."""

    def __init__(self, bucket: Bucket, name: str, file: LocalFile, note: Path) -> None:
        """Take up the session that the note tells of, if it is about this object."""
        self._bucket, self._name, self._file, self._note = bucket, name, file, note
        self._about = {"object": storage.uri_of(bucket, name), "url": bucket.url, "size": file.size}
        self._address = self._last_address()
        self._sessions = 0

    def send(self, patience_seconds: float, seconds: float | None = None) -> Upload:
        """Send pieces until the file is there or ``seconds`` are over; at least one, so that it gets on.

        Raises UnreachableError when nothing moved for ``patience_seconds``, FinriskError when the service
        refuses or other bytes lie under the name.
        """
        last_move = start = time.monotonic()
        have: int | None = None
        first, progress, pause = -1, 0, 0.5
        while True:
            try:
                before = have
                have, upload = self._step(before)
                if upload is not None:
                    return upload
                first = have if first < 0 else first
                if have != progress:
                    progress, last_move, pause = have, time.monotonic(), 0.5
                elif have == before:
                    raise UnreachableError(f"Cloud Storage took nothing of a piece of {self._file.path}")
            except UnreachableError as error:
                wait = max(pause, error.retry_after or 0.0)
                if time.monotonic() + wait > last_move + patience_seconds:
                    raise
                time.sleep(wait)
                pause, have = min(pause * 2, LONGEST_PAUSE), None
            if seconds is not None and progress > first >= 0 and time.monotonic() - start >= seconds:
                return Upload(str(self._about["object"]), added=True, offset=progress, size=self._file.size)

    def _step(self, have: int | None) -> tuple[int, Upload | None]:
        """Ask how far the service is, or send a piece; return what it has, and the file at the end."""
        if not self._address:
            upload = storage.present(self._bucket, self._name, self._file) or self._open()
            return 0, upload
        if have is None:
            answer = self._put(b"", f"bytes */{self._file.size}")
        else:
            with self._file.path.open("rb") as stream:
                stream.seek(have)
                piece = stream.read(PIECE)
            answer = self._put(piece, f"bytes {have}-{have + len(piece) - 1}/{self._file.size}")
        if answer.status_code in _GONE:
            self._forget()
            raise UnreachableError(f"the upload session of {self._about['object']} is gone")
        if answer.status_code == 308:
            match = _RANGE.fullmatch(answer.headers.get("Range", ""))
            return (int(match[1]) + 1 if match else 0), None
        if answer.status_code == 400:  # other bytes than were announced, say: going on would end here again
            self._forget()
        if answer.status_code != 412:
            storage.expect_ok(answer, f"upload {self._file.path} to {self._about['object']}")
        self._forget()
        return self._file.size, storage.outcome(self._bucket, self._name, self._file, answer)

    def _open(self) -> Upload | None:
        """Open a session; return the file when somebody else was faster."""
        self._sessions += 1
        if self._sessions > _MOST_SESSIONS:
            raise FinriskError(f"{self._bucket.url} ends every upload session at once; run again later")
        answer = storage.request(
            self._bucket,
            "POST",
            self._bucket.uploads,
            params={"uploadType": "resumable", "ifGenerationMatch": "0", "fields": storage.FIELDS},
            json=storage.metadata(self._name, self._file),
            headers={
                "X-Upload-Content-Type": storage.CONTENT_TYPE,
                "X-Upload-Content-Length": str(self._file.size),
            },
        )
        if answer.status_code == 412:
            return storage.outcome(self._bucket, self._name, self._file, answer)
        storage.expect_ok(answer, f"begin the upload of {self._file.path} to {self._about['object']}")
        self._address = str(answer.headers.get("Location", ""))
        if not self._address:
            raise FinriskError(f"{self._bucket.url} opened no upload session: there is no Location header")
        write_json(self._note, {**self._about, "session": self._address})
        return None

    def _put(self, data: bytes, content_range: str) -> Any:
        return storage.request(
            self._bucket, "PUT", self._address, data=data, headers={"Content-Range": content_range}
        )

    def _last_address(self) -> str:
        if not self._note.exists():
            return ""
        try:
            content = read_json(self._note)
        except FinriskError:  # a broken note costs the pieces sent so far, nothing else
            return ""
        same = isinstance(content, dict) and all(
            content.get(key) == value for key, value in self._about.items()
        )
        return str(content.get("session", "")) if same else ""

    def _forget(self) -> None:
        self._address = ""
        with suppress(FileNotFoundError):
            self._note.unlink()
