"""What is written in many small pieces, and knows its length and hash."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

from ansible.module_utils.finrisk_ops.machine.files import Sink, replacing

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
