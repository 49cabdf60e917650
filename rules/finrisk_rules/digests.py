"""Numbers that stand for texts: the same in every room and every release."""

import hashlib

_KEYED = hashlib.blake2b(digest_size=8, key=b"finrisk-split-v1")


def digest(*parts: str) -> int:
    """64 bits of a keyed BLAKE2b over the parts; never 0. The key makes splits FinRisk's own."""
    hashed = _KEYED.copy()
    for part in parts:
        written = part.encode("utf-8", "surrogatepass")
        hashed.update(len(written).to_bytes(8, "big"))
        hashed.update(written)
    return int.from_bytes(hashed.digest(), "big") or 1
