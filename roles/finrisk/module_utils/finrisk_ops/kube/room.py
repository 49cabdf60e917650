"""Whether fewer pods would make room for a new one, by what the cluster says when it finds none."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

SHORT = re.compile(r"Insufficient |Too many pods|have free ports|exceed max volume count|anti-affinity rules")
QUOTA = re.compile(
    r"exceeded quota: [^,]+, requested: (?P<requested>[^ ]+), used: (?P<used>[^ ]+), "
    r"limited: (?P<limited>[^ \]]+)"
)


def pods_fewer(message: str) -> int:
    """Return how many pods of the same size have to go until the cluster takes another; 0 when none help.

    A node that is short of something takes a pod when another one left it. A quota names what it counted:
    (used + requested - limited) / requested pods have to go. A quota smaller than one pod, a node that takes
    none at all, and a webhook or a limit that refuses every pod are not mended by fewer of them.
    """
    if match := QUOTA.search(message):
        return _over_quota(*(_amounts(match[name]) for name in ("requested", "used", "limited")))
    return 1 if SHORT.search(message) else 0


def short_of(size: Mapping[str, str], pods: int, used: Mapping[str, str], hard: Mapping[str, str]) -> str:
    """Say which resource of a quota so many pods more of this size would exceed, and how far it is used."""
    for resource, limit in _numbers(hard).items():
        more = _numbers(size).get(resource, 0.0) * pods
        if more and _numbers(used).get(resource, 0.0) + more > limit:
            return f"{resource}: {used.get(resource, '0')} of {hard[resource]}"
    return ""


def _over_quota(requested: dict[str, float], used: dict[str, float], limited: dict[str, float]) -> int:
    fewer = 0
    for resource, limit in limited.items():
        size = requested.get(resource, 0.0)
        if size > limit:
            return 0
        over = used.get(resource, 0.0) + size - limit
        if over > 0 and size > 0:
            fewer = max(fewer, math.ceil(over / size))
    return fewer


def _amounts(text: str) -> dict[str, float]:
    """Return the amounts of ``pods=1,requests.cpu=50m``."""
    return _numbers(dict(part.partition("=")[::2] for part in text.rstrip(".,").split(",")))


def _numbers(quantities: Mapping[str, str]) -> dict[str, float]:
    """Return quantities such as ``50m`` as numbers; what is none is left out."""
    from kubernetes.utils.quantity import parse_quantity

    numbers = {}
    for name, quantity in quantities.items():
        try:
            numbers[name] = float(parse_quantity(quantity))  # type: ignore[no-untyped-call]  # it has no types
        except ValueError:
            continue
    return numbers
