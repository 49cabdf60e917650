"""What an API server refuses, in one sentence: recorded answers, and kubeconfigs that cannot be used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import errors
from finrisk_ops.kube.client import Access, Cluster
from finrisk_ops.kube.errors import Call
from tests.grounds.kubeconfig import kubeconfig

DEPLOYMENT = "/apis/apps/v1/namespaces/finrisk-ai/deployments/finrisk-api"


def refused(status: int, message: str, call: Call | None = None, **details: Any) -> str:
    body = {"kind": "Status", "message": message, "details": details}
    call = call or Call("PATCH", DEPLOYMENT)
    return str(errors.refusal(status, json.dumps(body).encode(), call, "staging").message)


@pytest.mark.parametrize(
    ("call", "verb", "what"),
    [
        (Call("GET", DEPLOYMENT), "get", "deployments.apps/finrisk-api"),
        (Call("GET", "/api/v1/namespaces/n/pods"), "list", "pods"),
        (Call("POST", "/api/v1/namespaces/n/pods/p/portforward"), "create", "pods/p/portforward"),
        (Call("DELETE", "/api/v1/namespaces/n/configmaps/c"), "delete", "configmaps/c"),
        (Call("GET", "/api/v1/namespaces/n"), "list", "namespaces/n"),
    ],
)
def test_a_request_is_named_by_verb_and_object(call: Call, verb: str, what: str) -> None:
    assert call.what == what
    assert call.verb == verb or call.what.startswith("namespaces/")


def test_a_missing_permission_names_the_verb_the_object_and_who_may_not() -> None:
    said = refused(
        403,
        'deployments.apps "finrisk-api" is forbidden: User "eve" cannot patch resource "deployments" '
        'in API group "apps" in the namespace "finrisk-ai"',
    )
    assert said.startswith("eve may not patch deployments.apps/finrisk-api in namespace finrisk-ai: ask")


def test_expired_credentials_send_to_a_login() -> None:
    assert "missing or have expired: log in" in refused(401, "Unauthorized")


def test_who_comes_without_credentials_is_sent_to_a_login_too() -> None:
    said = refused(
        403, 'forbidden: User "system:anonymous" cannot get path "/version"', Call("GET", "/version")
    )
    assert "missing or have expired: log in" in said


def test_a_full_quota_is_told_in_the_clusters_words() -> None:
    said = refused(403, 'pods "a" is forbidden: exceeded quota: small, requested: pods=1, limited: pods=2')
    assert said.endswith("exceeded quota: small, requested: pods=1, limited: pods=2")


def test_a_missing_namespace_names_the_variable() -> None:
    said = refused(404, 'namespaces "finrisk-ai" not found', kind="namespaces")
    assert "no namespace finrisk-ai in context staging: check finrisk_namespace" in said


def test_an_invalid_name_names_the_field() -> None:
    cause = {"reason": "FieldValueInvalid", "message": 'Invalid value: "a b"', "field": "metadata.labels"}
    said = refused(422, 'Deployment.apps "x" is invalid: metadata.labels', causes=[cause])
    assert said.endswith(
        "refuses deployments.apps/finrisk-api in namespace finrisk-ai: "
        'metadata.labels: Invalid value: "a b"; look at templates/'
    )


def test_a_conflict_tells_who_took_which_field() -> None:
    cause = {
        "reason": "FieldManagerConflict",
        "message": 'conflict with "kubectl" using apps/v1',
        "field": '.spec.template.spec.containers[name="api"].envFrom',
    }
    error = errors.refusal(
        409, json.dumps({"details": {"causes": [cause]}}).encode(), Call("PATCH", DEPLOYMENT), "staging"
    )
    assert errors.conflicts(error) == [('.spec.template.spec.containers[name="api"].envFrom', "kubectl")]


def test_an_answer_that_is_not_json_is_still_a_sentence() -> None:
    error = errors.refusal(502, b"<html>Bad gateway</html>", Call("GET", DEPLOYMENT), "staging")
    assert "is in trouble (502: <html>Bad gateway</html>)" in error.message


def test_a_context_is_never_taken_by_accident(tmp_path: Path) -> None:
    access = kubeconfig(tmp_path, "https://127.0.0.1:1")
    with pytest.raises(FinriskError, match=r"finrisk_context is empty.*finrisk_context=staging"):
        Cluster(Access(access.kubeconfig, "", "finrisk-ai"))
    with pytest.raises(FinriskError, match=r"no context 'production' in .*: it has staging"):
        Cluster(Access(access.kubeconfig, "production", "finrisk-ai")).check_usable()


def test_a_namespace_that_cannot_exist_is_refused_before_anything_is_sent(tmp_path: Path) -> None:
    access = kubeconfig(tmp_path, "https://127.0.0.1:1")
    with pytest.raises(FinriskError, match="'FinRisk AI', which no namespace can be called"):
        Cluster(Access(access.kubeconfig, "staging", "FinRisk AI"))


def test_a_missing_or_broken_kubeconfig_is_named(tmp_path: Path) -> None:
    with pytest.raises(FinriskError, match=r"no kubeconfig with a context at .*nowhere"):
        Cluster(Access(str(tmp_path / "nowhere"), "staging", "finrisk-ai")).check_usable()
    (tmp_path / "broken").write_text("contexts: [}")
    with pytest.raises(FinriskError, match="broken is not a kubeconfig"):
        Cluster(Access(str(tmp_path / "broken"), "staging", "finrisk-ai")).check_usable()
