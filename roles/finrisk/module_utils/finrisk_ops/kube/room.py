"""Whether fewer pods would make room for a new one, by what the cluster says when it finds none."""

from __future__ import annotations

import re
from collections.abc import Mapping

SHORT = re.compile(r"Insufficient |Too many pods|have free ports|exceed max volume count|anti-affinity rules")
QUOTA = re.compile(
    r"exceeded quota: [^,]+, requested: (?P<requested>[^ ]+), used: .*limited: (?P<limited>[^ \]]+)"
)


def is_made_by_fewer(message: str) -> bool:
    """Say whether pods that go would make the room whose want this message tells.

    A node that is short of something takes a pod when another one left it, and so does a quota that is not
    smaller than one pod. A node that takes none at all, and a webhook or a limit that refuses every pod, are
    not mended by fewer of them.
    """
    if match := QUOTA.search(message):
        requested, limited = _amounts(match["requested"]), _amounts(match["limited"])
        return all(size <= limited.get(resource, size) for resource, size in requested.items())
    return SHORT.search(message) is not None


def short_of(size: Mapping[str, str], pods: int, used: Mapping[str, str], hard: Mapping[str, str]) -> str:
    """Say which resource of a quota so many pods more of this size would exceed, and how far it is used."""
    for resource, limit in _numbers(hard).items():
        more = _numbers(size).get(resource, 0.0) * pods
        if more and _numbers(used).get(resource, 0.0) + more > limit:
            return f"{resource}: {used.get(resource, '0')} of {hard[resource]}"
    return ""


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
