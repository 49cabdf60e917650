"""Who released, as the API server knows them: recorded in the namespace until the table has it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube.client import Access
from finrisk_ops.kube.client import Cluster as Connection
from finrisk_ops.kube.ledger import LABEL, ClusterLedger
from finrisk_ops.machine import identity
from finrisk_ops.release import recording, records, release
from finrisk_ops.release.release import Outcome
from sandbox.kubernetes.cluster import Cluster
from tests.cluster import releases
from tests.cluster.releases import Ground

NOWHERE = "postgresql://finrisk:pass-word@127.0.0.1:9/finrisk"


@pytest.fixture(scope="module")
def ground(node: Cluster, images: dict[str, str]) -> Iterator[Ground]:
    with releases.ground(node, images["app"], releases.objects(images["app"])) as made:
        yield made


@pytest.fixture(scope="module")
def operator(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Access:
    """A ServiceAccount that may what templates/role.yml.j2 allows."""
    return releases.operator(ground, "pipeline", tmp_path_factory.mktemp("accounts"))


def deploy(ground: Ground, access: Access, ratio: int, database_url: str = NOWHERE) -> Outcome:
    """Release a ratio as the module does, with a record of it."""
    said: list[str] = []
    desk = recording.Desk(
        ClusterLedger(Connection(access)),
        "staging",
        lambda: nullcontext(database_url),
        lambda _url, _running: {"arms": {}},
        said.append,
    )
    what = ground.rendered(ratio)
    what = replace(what, release=replace(what.release, why="for the committee"))
    outcome: Outcome = recording.release(
        desk,
        ground.target(access),
        "deploy",
        what.release,
        lambda target: release.deploy(target, what, planned_on=None, check=False),
    )
    assert said == [], "nothing to warn of"
    return outcome


def rows(database_url: str) -> list[dict[str, Any]]:
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        return connection.execute("select * from releases order by id").fetchall()


def test_who_it_was_stands_in_the_namespace_until_the_table_has_it(
    ground: Ground, operator: Access, database_url: str
) -> None:
    outcome = deploy(ground, operator, 25)
    ledger = ClusterLedger(Connection(operator))
    (record,) = ledger.records()
    username = f"system:serviceaccount:{ground.namespace}:pipeline"
    assert (record.outcome, record.ratio_after) == ("done", 25)
    assert record.revision_after == outcome.revision.name
    assert record.identity
    assert record.identity["username"] == username
    assert record.identity["uid"]
    assert "system:serviceaccounts" in record.identity["groups"]
    assert record.account == identity.who()
    assert "pass-word" not in ground.kubectl("get", "configmap", "-l", LABEL, "-o", "yaml")

    with ground.target().locked("deploy at 75"), pytest.raises(FinriskError, match="another release"):
        deploy(ground, operator, 50)
    assert [each.outcome for each in ledger.records()] == ["refused", "done"]

    assert not deploy(ground, operator, 25, database_url).changed
    assert ground.names("configmap", LABEL) == set()
    assert [(row["outcome"], row["ratio_after"], row["reason"]) for row in rows(database_url)] == [
        ("done", 25, "for the committee"),
        ("refused", 50, "for the committee"),
    ]
    assert {row["identity"]["username"] for row in rows(database_url)} == {username}


def test_a_release_waits_for_no_database_that_says_nothing(ground: Ground, operator: Access) -> None:
    deploy(ground, operator, 25)
    began = time.monotonic()
    assert not deploy(ground, operator, 25, "postgresql://finrisk:x@10.255.255.1/finrisk").changed
    assert time.monotonic() - began < recording.SECONDS + 5


def test_records_do_not_pile_up_where_no_database_is_ever_reached(ground: Ground, operator: Access) -> None:
    ledger = ClusterLedger(Connection(operator))
    made = [
        records.end(
            replace(records.begin("staging", "deploy", "", None), id=str(uuid.UUID(int=number))), "done"
        )
        for number in range(1, records.KEPT + 4)
    ]
    for record in made:
        ledger.write(record)
    kept = ledger.records()
    assert len(kept) == records.KEPT
    assert kept[0].id > made[0].id
    ledger.remove(record.id for record in kept)
    assert ground.names("configmap", LABEL) == set()
