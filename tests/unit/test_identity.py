"""Keyed hashes of user ids."""

from __future__ import annotations

import pytest

from finrisk_rules.identity import keyed_hash


def test_the_hash_is_hmac_sha256() -> None:
    # RFC 4231, test case 2
    assert keyed_hash("Jefe", "what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_another_key_gives_another_hash_and_none_is_refused() -> None:
    assert keyed_hash("a", "user") != keyed_hash("b", "user")
    with pytest.raises(ValueError, match="USER_HASH_KEY"):
        keyed_hash("", "user")
