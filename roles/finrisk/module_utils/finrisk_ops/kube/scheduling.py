"""What the scheduler says of a pod that no node takes, without what helps nobody."""

from __future__ import annotations

import re

_PROSE = re.compile(
    r"[\s,.]*(preemption: .*|no new claims to deallocate|Preemption is not helpful for scheduling)",
    re.IGNORECASE | re.DOTALL,
)
_END = re.compile(r"[\s,.]+$")


def what_matters(message: str) -> str:
    """Return the reasons by node, such as ``0/1 nodes are available: 1 node(s) were unschedulable``.

    Other messages stay as they are.
    """
    if "nodes are available" not in message:
        return message
    return _END.sub("", _PROSE.sub("", message))
