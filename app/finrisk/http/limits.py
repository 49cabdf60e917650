"""How often a key may ask, and how often an address may be wrong about one; each worker counts for itself."""

import threading
import time
from collections import OrderedDict

from finrisk import metrics
from finrisk.http.errors import ApiError
from finrisk_rules.log_events import TOO_MANY_WRONG_KEYS

_TRACKED = 4096
_TRIES_OF_A_KEY, _SECONDS_A_TRY_OF_A_KEY = 10, 5.0
_TRIES_OF_AN_ADDRESS, _SECONDS_A_TRY_OF_AN_ADDRESS = 50, 1.0


class TokenBuckets:
    """Token buckets by name, full at first; of too many, the one used longest ago is forgotten."""

    def __init__(self, per_second: float, burst: float) -> None:
        self._rate, self._burst = per_second, burst
        self._lock = threading.Lock()
        self._buckets: OrderedDict[tuple[str, ...], tuple[float, float]] = OrderedDict()

    def take(self, *name: str) -> int:
        """Take a token: 0, or when there is none the whole seconds until there is one."""
        now = time.monotonic()
        with self._lock:
            tokens, since = self._buckets.pop(name, (self._burst, now))
            tokens = min(self._burst, tokens + (now - since) * self._rate)
            self._buckets[name] = (tokens - 1 if tokens >= 1 else tokens, now)
            if len(self._buckets) > _TRACKED:
                self._buckets.popitem(last=False)
        return 0 if tokens >= 1 else int((1 - tokens) / self._rate) + 1


class RateLimit:
    """How many requests a key may send; a minute's worth may come at once."""

    def __init__(self, per_minute: float) -> None:
        self._buckets = TokenBuckets(per_minute / 60, max(1.0, per_minute))

    def take(self, key_id: str) -> None:
        """Use one request of the key's allowance.

        Raises:
            ApiError: 429 with the seconds until the next one is free.
        """
        if wait := self._buckets.take(key_id):
            raise ApiError(
                429, "rate_limited", f"too many requests with this key; wait {wait} s", retry_after=wait
            )


class WrongKeys:
    """Tells those to wait who were wrong about a key too often; a right key never comes this far."""

    def __init__(self) -> None:
        self._of_address = TokenBuckets(1 / _SECONDS_A_TRY_OF_AN_ADDRESS, _TRIES_OF_AN_ADDRESS)
        self._of_key = TokenBuckets(1 / _SECONDS_A_TRY_OF_A_KEY, _TRIES_OF_A_KEY)

    def refusal(self, address: str, claimed: str, key_id: str | None) -> ApiError:
        """The answer to a wrong key: 401, and 429 with the wait after too many.

        ``claimed`` is the id in the key, empty when it has none; ``key_id`` is what may be logged of it.
        """
        metrics.WRONG_KEYS.inc()
        wait = self._of_address.take(address) or self._of_key.take(address, claimed)
        if wait:
            message = f"too many wrong API keys from {address}; the right one is taken at any time"
            return ApiError(429, TOO_MANY_WRONG_KEYS, message, retry_after=wait, key_id=key_id)
        return ApiError(401, "unauthorized", "the API key is not known", key_id=key_id)
