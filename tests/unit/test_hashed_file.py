"""What is written in many small pieces, and knows its length and hash."""

from __future__ import annotations

import errno
import hashlib
import random
from pathlib import Path

import pytest

from finrisk_ops.machine.files import HashedFile, Sink, replacing

DICE = random.Random(17)  # noqa: S311 - lengths of pieces


def pieces() -> list[bytes]:
    """Return 40 MB in pieces of every length, one of them longer than all others together."""
    return [DICE.randbytes(DICE.randrange(60_000)) for _ in range(600)] + [DICE.randbytes(22 << 20)]


def test_a_file_holds_every_piece_and_says_the_length_and_hash_at_any_time(tmp_path: Path) -> None:
    given, path, whole, nowhere = pieces(), tmp_path / "file", bytearray(), Sink()
    with replacing(path) as file:
        for number, piece in enumerate(given):
            whole += piece
            file.write(piece)
            nowhere.write(piece)
            if number % 100 == 0:
                assert (file.size, file.sha256()) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert path.read_bytes() == whole
    assert file.size == nowhere.size == len(whole)
    assert file.sha256() == nowhere.sha256() == hashlib.sha256(whole).hexdigest()


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), MemoryError(), ValueError()]
)
def test_a_block_that_could_not_be_written_leaves_the_file_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")

    def fail(*_: object) -> None:
        raise error

    def write() -> None:
        with replacing(path) as file:
            with monkeypatch.context() as broken:
                broken.setattr(HashedFile, "_take", fail)
                file.write(bytes(2 << 20))
                file.rest()
            file.write(b"more")

    with pytest.raises(type(error)):
        write()
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"before"
