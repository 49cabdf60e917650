"""The service's Secret and its copies, by objects as an API server keeps them: none newer is undone."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from finrisk_ops.kube import credentials
from finrisk_ops.machine.locks import LostError
from tests.grounds.kept_objects import Kept, body

SECRETS = "/api/v1/namespaces/n/secrets"
NAME = f"{SECRETS}/finrisk-credentials"
MANIFEST: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "finrisk-credentials"},
    "stringData": {"USER_HASH_KEY": "", "GOOGLE_APPLICATION_CREDENTIALS": ""},
}


def wanted(key: str) -> credentials.Credentials:
    return credentials.Credentials(MANIFEST, {"USER_HASH_KEY": key}, [])


def write(kept: Any, key: str, **options: Any) -> bool:
    changed: bool = credentials.apply(kept, wanted(key), check=False, **options).changed
    return changed


def value(kept: Kept, where: str = NAME, key: str = "USER_HASH_KEY") -> str:
    return base64.b64decode(kept.objects[where]["data"][key]).decode()


def copies(kept: Kept) -> list[str]:
    return [where for where in kept.objects if where.startswith(f"{NAME}-")]


@pytest.fixture
def kept() -> Kept:
    """A namespace whose credentials site.yml wrote."""
    made = Kept()
    assert write(made, "first")
    assert copies(made) == [f"{NAME}-1"]
    return made


def test_the_key_of_users_is_held_by_the_copy_where_the_secret_is_gone(kept: Any) -> None:
    assert credentials.held(kept, MANIFEST, "USER_HASH_KEY") == "first"
    del kept.objects[NAME]
    assert credentials.held(kept, MANIFEST, "USER_HASH_KEY") == "first"
    other = MANIFEST | {"metadata": {"name": "postgres-secret"}}
    assert credentials.held(kept, other, "USER_HASH_KEY") == "", "the copies are of the service's own"


def test_a_secret_that_is_written_meanwhile_is_newer_than_the_copy_and_stays(kept: Any) -> None:
    lost = kept.objects.pop(NAME)
    newer = lost | {"data": {"USER_HASH_KEY": base64.b64encode(b"rotated").decode()}}
    kept.meanwhile = lambda: kept.put(NAME, newer)
    assert credentials.restore(kept) == "", "nothing was brought back"
    assert value(kept) == "rotated"


def test_a_secret_that_is_gone_comes_back_and_is_told(kept: Any) -> None:
    del kept.objects[NAME]
    assert credentials.restore(kept) == "finrisk-credentials-1"
    assert value(kept) == "first"
    assert not write(kept, "first")


def test_a_key_that_somebody_added_changes_nothing_for_site(kept: Any) -> None:
    kept.objects[NAME]["data"]["THEIRS"] = "eA=="
    assert not write(kept, "first")
    credentials.keep(kept)
    assert copies(kept) == [f"{NAME}-2"]
    assert value(kept, f"{NAME}-2", "THEIRS") == "x"
    assert not write(kept, "first"), "the copy holds all that the template names"
    assert write(kept, "second")
    assert copies(kept) == [f"{NAME}-3"]
    assert (value(kept, f"{NAME}-3"), value(kept, f"{NAME}-3", "THEIRS")) == ("second", "x")


def test_a_run_whose_lease_was_taken_over_writes_neither_copy_nor_secret(kept: Any) -> None:
    def lost() -> None:
        raise LostError("this run was taken over")

    before = dict(kept.objects)
    with pytest.raises(LostError):
        write(kept, "second", may_write=lost)
    assert kept.objects == before


def test_what_was_brought_back_is_owned_as_applied_so_that_a_key_which_is_dropped_goes(kept: Any) -> None:
    made = body("finrisk-credentials")
    made["metadata"]["managedFields"] = [{"manager": "finrisk", "operation": "Update", "fieldsV1": {}}]
    made["metadata"]["resourceVersion"] = "7"
    patches: list[Any] = []

    def request(*call: Any, **_: Any) -> dict[str, Any]:
        patches.append(call[:3])
        return made

    kept.request = request
    del kept.objects[NAME]
    credentials.restore(kept)
    method, where, (version, owners) = patches[1]
    assert (method, where, version["value"]) == ("PATCH", NAME, "7")
    assert owners["value"] == [{"manager": "finrisk", "operation": "Apply", "fieldsV1": {}}]
