"""How a secret is shown."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def hashed(values: Mapping[str, str]) -> dict[str, str]:
    """Return each value as ``sha256:<12 hex>``, an empty one as empty."""
    return {
        key: f"sha256:{hashlib.sha256(str(value).encode()).hexdigest()[:12]}" if value else ""
        for key, value in values.items()
    }
