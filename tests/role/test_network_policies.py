"""The rendered network policies by their meaning: which ways are open, and that no other is."""

from __future__ import annotations

import pytest

from tests.grounds.manifests import OUR_OWN, SITES, Manifest, manifests
from tests.grounds.network_policy import End, Outside, Pod, allowed

API = Pod({"app": "finrisk-api"}, ports={"api": 8000, "ops": 9090})
POSTGRES = Pod({"app": "postgres"}, ports={"postgresql": 5432})
MIGRATION = Pod({"app": "finrisk-migration"})
ACT = Pod({"app": "finrisk-act"})
STRANGER = Pod({"app": "something"})
ELSEWHERE = Pod({"app": "finrisk-api"}, namespace="elsewhere")
CLIENT = Pod({"finrisk.io/client": "true"}, namespace="elsewhere")
INGRESS = Pod({"app": "traefik"}, namespace="ingress")
MONITORING = Pod({"app": "prometheus"}, namespace="monitoring")
DNS = Pod({"k8s-app": "kube-dns"}, namespace="kube-system")
API_SERVER = Outside("10.0.0.1")
GOOGLE = Outside("142.250.74.10")
METADATA = Outside("169.254.169.254")
MANAGED_DATABASE = Outside("10.20.0.7")


def policies(site: str) -> list[Manifest]:
    return [held for held in manifests(site).values() if held["kind"] == "NetworkPolicy"]


@pytest.mark.parametrize(
    ("site", "source", "target", "port", "open_"),
    [
        ("staging", INGRESS, API, 8000, True),
        ("staging", CLIENT, API, 8000, True),
        ("staging", MONITORING, API, 9090, True),
        ("staging", MONITORING, API, 8000, False),
        ("staging", INGRESS, API, 9090, False),
        ("staging", CLIENT, API, 9090, False),
        ("staging", ELSEWHERE, API, 8000, False),
        ("staging", STRANGER, API, 8000, False),
        ("staging", Outside("198.51.100.4"), API, 8000, False),
        ("staging", API, API, 8000, False),
        ("staging", API, POSTGRES, 5432, True),
        ("staging", MIGRATION, POSTGRES, 5432, True),
        ("staging", STRANGER, POSTGRES, 5432, False),
        ("staging", ELSEWHERE, POSTGRES, 5432, False),
        ("staging", INGRESS, POSTGRES, 5432, False),
        ("staging", API, POSTGRES, 22, False),
        ("staging", POSTGRES, GOOGLE, 443, False),
        ("staging", POSTGRES, API, 8000, False),
        ("staging", API, GOOGLE, 443, True),
        ("staging", API, GOOGLE, 80, False),
        ("staging", MIGRATION, GOOGLE, 443, False),
        ("staging", API, API_SERVER, 443, False),
        ("staging", API, METADATA, 443, False),
        ("staging", API, MANAGED_DATABASE, 5432, False),
        ("staging", STRANGER, GOOGLE, 443, False),
        ("production", API, MANAGED_DATABASE, 5432, True),
        ("production", MIGRATION, MANAGED_DATABASE, 5432, True),
        ("production", MIGRATION, Outside("10.20.1.7"), 5432, False),
        ("production", API, Outside("10.20.1.7"), 5432, False),
        ("production", API, MANAGED_DATABASE, 443, False),
        ("other choices", INGRESS, API, 8000, False),
        ("other choices", MONITORING, API, 9090, False),
        ("other choices", API, POSTGRES, 5432, True),
        ("other choices", ACT, API_SERVER, 443, True),
        ("other choices", ACT, GOOGLE, 80, False),
        ("other choices", ACT, POSTGRES, 5432, False),  # through the API server
        ("other choices", API, ACT, 443, False),
        ("staging", ACT, API_SERVER, 443, False),
        ("other choices", API, Pod({"app": "gemini"}), 8080, False),  # gemini itself takes nothing by default
    ],
)
def test_only_the_ways_that_are_used_are_open(
    site: str, source: End, target: End, port: int, open_: bool
) -> None:
    assert allowed(policies(site), source, target, port) is open_


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("source", [API, MIGRATION])
def test_names_are_looked_up_at_the_clusters_own_dns_alone(site: str, source: Pod) -> None:
    for protocol in ("UDP", "TCP"):
        assert allowed(policies(site), source, DNS, 53, protocol)
        assert not allowed(policies(site), source, Outside("8.8.8.8"), 53, protocol)


def test_without_the_default_policy_a_stranger_would_get_through() -> None:
    weaker = [held for held in policies("staging") if held["metadata"]["name"] != "finrisk-default-deny"]
    assert allowed(weaker, STRANGER, GOOGLE, 443)
    assert not allowed(policies("staging"), STRANGER, GOOGLE, 443)


def test_an_additional_way_out_is_open_as_far_as_the_service_is_concerned() -> None:
    other = Pod({"app": "gemini"}, namespace=OUR_OWN)
    of_the_service = [held for held in policies("other choices") if held["metadata"]["name"] == "finrisk-api"]
    assert allowed(of_the_service, API, other, 8080)
    assert not allowed(of_the_service, API, other, 8081)
