"""Which arm a user is on: a fixed hash, so that raising the split only ever moves users in."""

import hashlib
from typing import Literal

Arm = Literal["base", "tuned"]
UnitKind = Literal["user", "session", "request"]

BUCKETS = 10_000
_SALT = "finrisk-ab-v1"


def bucket(experiment: str, unit_kind: str, unit: str, layer: str = "model") -> int:
    """The unit's place in 0..9999: the first 8 bytes of a SHA-256, scaled to 10,000 equal shares.

    ``experiment`` is the salt: constant while one tuned model is ramped up, another for the next model,
    so that not the same users always go first. ``layer`` keeps concurrent tests independent.
    """
    parts = (_SALT, layer, experiment, unit_kind, unit)
    digest = hashlib.sha256(b"\0".join(part.encode("utf-8", "surrogatepass") for part in parts)).digest()
    return int.from_bytes(digest[:8], "big") * BUCKETS >> 64


def split(enable_finetuning: bool, enable_ab_testing: bool, traffic_split: float) -> float:
    """The share of users on the tuned arm, 0..1, as the three settings that steer traffic together say.

    Without ENABLE_FINETUNING nobody gets the tuned model; without ENABLE_AB_TESTING everybody does.
    """
    if not enable_finetuning:
        return 0.0
    return traffic_split if enable_ab_testing else 1.0


def split_in_buckets(split: float) -> int:
    """The split, 0..1, as a number of buckets, 0..10,000."""
    return round(split * BUCKETS)


def arm(place: int, split_bp: int) -> Arm:
    """``tuned`` for the places below the split (in buckets), ``base`` for the rest."""
    return "tuned" if place < split_bp else "base"
