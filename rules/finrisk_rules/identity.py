"""User identity, kept only as a keyed hash."""

import hashlib
import hmac


def keyed_hash(key: str, identifier: str) -> str:
    """HMAC-SHA256 (RFC 2104) of an identifier under the deployment's key, as 64 hex digits.

    The same person has the same hash in every row of one deployment, and nobody without the key can
    tell whether a given person is among them.

    Raises:
        ValueError: the key is empty, which would make the hash a plain digest anyone can compute.
    """
    if not key:
        raise ValueError("the key for user hashes is empty: set USER_HASH_KEY")
    return hmac.new(key.encode(), identifier.encode(), hashlib.sha256).hexdigest()
