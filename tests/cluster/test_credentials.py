"""The Secret of the service: filled by site.yml, and never emptied by a shell that lacks a value."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import credentials
from finrisk_ops.kube.client import Access
from finrisk_ops.kube.client import Cluster as Connection
from finrisk_ops.kube.errors import ApiError
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.place import CONTEXT

NAME = "finrisk-credentials"
KEYS = ("DATABASE_URL", "GEMINI_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS", "USER_HASH_KEY")
COMPLETE = {"DATABASE_URL": "postgresql://u:p@h/d", "GEMINI_API_KEY": "g", "USER_HASH_KEY": "of all users"}


def wanted(values: dict[str, str]) -> credentials.Credentials:
    manifest: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": NAME},
        "stringData": dict.fromkeys(KEYS, ""),
    }
    return credentials.Credentials(manifest, values, [])


@pytest.fixture(scope="module")
def connection(cluster: Cluster, namespace: str) -> Connection:
    return Connection(Access(str(cluster.kubeconfig), cluster.context or CONTEXT, namespace))


def value(connection: Connection, key: str) -> str:
    held = connection.get(f"/api/v1/namespaces/{connection.namespace}/secrets/{NAME}")
    return base64.b64decode(held["data"][key]).decode()


def test_a_shell_without_a_value_does_not_lose_the_clusters(connection: Connection) -> None:
    credentials.apply(connection, wanted(COMPLETE), check=False)
    lacking = wanted(COMPLETE | {"USER_HASH_KEY": ""})
    for check in (True, False):
        with pytest.raises(
            FinriskError, match="holds a value for USER_HASH_KEY, and this run has none"
        ) as said:
            credentials.apply(connection, lacking, check=check)
        assert "of all users" not in said.value.message
    assert value(connection, "USER_HASH_KEY") == "of all users"


def test_another_value_or_another_provider_is_an_ordinary_change(connection: Connection) -> None:
    credentials.apply(connection, wanted(COMPLETE), check=False)
    changed = COMPLETE | {"USER_HASH_KEY": "another", "GEMINI_API_KEY": ""}
    assert credentials.apply(connection, wanted(changed), check=False).changed
    assert value(connection, "USER_HASH_KEY") == "another"
    assert value(connection, "GEMINI_API_KEY") == ""


def test_on_purpose_a_value_is_emptied(connection: Connection) -> None:
    credentials.apply(connection, wanted(COMPLETE), check=False)
    lacking = wanted(COMPLETE | {"USER_HASH_KEY": ""})
    assert credentials.apply(connection, lacking, check=False, force=True).changed
    assert value(connection, "USER_HASH_KEY") == ""


def copies(connection: Connection) -> list[str]:
    where = f"/api/v1/namespaces/{connection.namespace}/secrets"
    return [held["metadata"]["name"] for held in connection.list(where, labels=credentials.COPY)]


def test_a_lost_secret_comes_back_from_its_newest_copy_and_never_from_an_older_one(
    connection: Connection,
) -> None:
    for password in ("old", "rotated"):
        url = {"DATABASE_URL": f"postgresql://u:{password}@h/d"}
        assert credentials.apply(connection, wanted(COMPLETE | url), check=False).changed
        assert not credentials.apply(connection, wanted(COMPLETE | url), check=True).changed
        assert len(copies(connection)) == 1, "the older one is gone"
    (newest,) = copies(connection)
    assert credentials.restore(connection) == "", "nothing is gone"
    secret = f"/api/v1/namespaces/{connection.namespace}/secrets"
    connection.request("DELETE", f"{secret}/{NAME}")
    assert credentials.restore(connection) == newest
    assert value(connection, "DATABASE_URL") == "postgresql://u:rotated@h/d"
    assert not credentials.apply(connection, wanted(COMPLETE | url), check=True).changed, (
        "it is as site.yml has it"
    )
    patch = {"data": {"USER_HASH_KEY": ""}}
    with pytest.raises(ApiError, match="immutable"):
        connection.request("PATCH", f"{secret}/{newest}", patch, patch="merge")


def test_a_copy_follows_what_somebody_changed_in_the_secret_once_pods_have_started_with_it(
    connection: Connection,
) -> None:
    credentials.apply(connection, wanted(COMPLETE), check=False)
    where = f"/api/v1/namespaces/{connection.namespace}/secrets/{NAME}"
    other = base64.b64encode(b"by hand").decode()
    connection.request("PATCH", where, {"data": {"USER_HASH_KEY": other}}, patch="merge")
    credentials.keep(connection)
    connection.request("DELETE", where)
    credentials.restore(connection)
    assert value(connection, "USER_HASH_KEY") == "by hand"


def test_without_the_secret_and_any_copy_it_says_what_writes_one(connection: Connection) -> None:
    secret = f"/api/v1/namespaces/{connection.namespace}/secrets"
    for name in (NAME, *copies(connection)):
        connection.request("DELETE", f"{secret}/{name}")
    with pytest.raises(FinriskError, match=r"is gone, and there is no copy of it; run playbooks/site\.yml"):
        credentials.restore(connection)


def test_a_shell_without_a_value_does_not_lose_what_the_copy_alone_knows(connection: Connection) -> None:
    credentials.apply(connection, wanted(COMPLETE), check=False)
    connection.request("DELETE", f"/api/v1/namespaces/{connection.namespace}/secrets/{NAME}")
    with pytest.raises(FinriskError, match="holds a value for USER_HASH_KEY"):
        credentials.apply(connection, wanted(COMPLETE | {"USER_HASH_KEY": ""}), check=False)
