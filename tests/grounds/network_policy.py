"""What NetworkPolicies mean: a small evaluator of who may reach whom, after the API's reference."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Policy = Mapping[str, Any]


@dataclass(frozen=True)
class Pod:
    """One end of a connection inside the cluster."""

    labels: Mapping[str, str]
    namespace: str = "finrisk-ai"
    namespace_labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)  # by name

    @property
    def all_namespace_labels(self) -> dict[str, str]:
        return {"kubernetes.io/metadata.name": self.namespace, **self.namespace_labels}


@dataclass(frozen=True)
class Outside:
    """One end of a connection outside the cluster."""

    address: str


End = Pod | Outside


def allowed(policies: Sequence[Policy], source: End, target: End, port: int, protocol: str = "TCP") -> bool:
    """Say whether a connection may be opened: the source may send it and the target may take it."""
    return _lets(policies, "Egress", source, target, target, port, protocol) and _lets(
        policies, "Ingress", target, source, target, port, protocol
    )


def _lets(
    policies: Sequence[Policy],
    direction: str,
    subject: End,
    peer: End,
    target: End,
    port: int,
    protocol: str,
) -> bool:
    if isinstance(subject, Outside):
        return True
    mine = [
        policy["spec"]
        for policy in policies
        if policy["metadata"]["namespace"] == subject.namespace
        and direction in policy["spec"]["policyTypes"]
        and selects(policy["spec"]["podSelector"], subject.labels)
    ]
    if not mine:
        return True
    rules = [rule for spec in mine for rule in spec.get(direction.lower()) or []]
    key = "from" if direction == "Ingress" else "to"
    return any(
        _peers(rule.get(key), peer, subject) and _ports(rule.get("ports"), target, port, protocol)
        for rule in rules
    )


def _peers(peers: Sequence[Mapping[str, Any]] | None, other: End, subject: Pod) -> bool:
    """No list, or an empty one, means everybody."""
    return not peers or any(_peer(peer, other, subject) for peer in peers)


def _peer(peer: Mapping[str, Any], other: End, subject: Pod) -> bool:
    if "ipBlock" in peer:
        if isinstance(other, Pod):
            return False
        address = ipaddress.ip_address(other.address)
        block = peer["ipBlock"]
        inside = address in ipaddress.ip_network(block["cidr"])
        return inside and not any(address in ipaddress.ip_network(held) for held in block.get("except", []))
    if isinstance(other, Outside):
        return False
    if "namespaceSelector" in peer:
        where = selects(peer["namespaceSelector"], other.all_namespace_labels)
    else:
        where = other.namespace == subject.namespace
    return where and selects(peer.get("podSelector") or {}, other.labels)


def _ports(ports: Sequence[Mapping[str, Any]] | None, target: End, port: int, protocol: str) -> bool:
    if not ports:
        return True
    names = target.ports if isinstance(target, Pod) else {}
    return any(
        held.get("protocol", "TCP") == protocol
        and (held.get("port") is None or held["port"] == port or names.get(str(held["port"])) == port)
        for held in ports
    )


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Say whether a label selector takes these labels; an empty one takes all."""
    wanted = selector.get("matchLabels") or {}
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _expression(held, labels) for held in selector.get("matchExpressions") or []
    )


def _expression(held: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    value, operator = labels.get(held["key"]), held["operator"]
    known = {
        "In": value in held.get("values", []),
        "NotIn": value not in held.get("values", []),
        "Exists": value is not None,
        "DoesNotExist": value is None,
    }
    return known[operator]
