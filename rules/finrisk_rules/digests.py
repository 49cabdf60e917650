"""Numbers that stand for texts: the same in every room and every release."""

import hashlib

_KEY = b"finrisk-split-v1"


def digest(*parts: str) -> int:
    """64 bits of a keyed BLAKE2b over the parts; never 0. The key makes splits FinRisk's own."""
    written = [part.encode("utf-8", "surrogatepass") for part in parts]
    content = b"".join(len(each).to_bytes(8, "big") + each for each in written)
    return int.from_bytes(hashlib.blake2b(content, digest_size=8, key=_KEY).digest(), "big") or 1
