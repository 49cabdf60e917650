"""Clusters side by side share no address."""

from __future__ import annotations

from ipaddress import ip_network
from itertools import combinations

from sandbox.kubernetes.__main__ import NUMBERS
from sandbox.kubernetes.place import Place


def test_no_network_of_a_cluster_lies_in_one_of_another() -> None:
    networks = [
        ip_network(network, strict=False)
        for place in map(Place, NUMBERS)
        for network in (place.pods, place.services, f"{place.host_address}/30")
    ]
    assert [pair for pair in combinations(networks, 2) if pair[0].overlaps(pair[1])] == []
