"""What site.yml brings to a cluster beside the standard objects: filled Secrets and the migration Job."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import credentials, objects, schema
from finrisk_ops.kube.deployed import Deployed

PASSWORD = "correct-horse"
URL = f"postgresql://finrisk_user:{PASSWORD}@postgres-service:5432/finrisk_db"
CLIENT = {"id": "a1", "name": "desk", "sha256": "ab" * 32, "roles": ["analyze"]}


def manifest(*keys: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "finrisk-credentials", "namespace": "finrisk-ai"},
        "stringData": dict.fromkeys(keys, ""),
    }


def held(secret: dict[str, Any]) -> dict[str, str]:
    return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}


def test_the_services_secret_holds_values_client_keys_and_the_service_account(tmp_path: Path) -> None:
    account = tmp_path / "account.json"
    account.write_text('{"type": "service_account"}')
    wanted = credentials.Credentials(
        manifest("DATABASE_URL", "GOOGLE_APPLICATION_CREDENTIALS"),
        {"DATABASE_URL": URL, "GOOGLE_APPLICATION_CREDENTIALS": str(account)},
        [CLIENT],
    )
    made = held(credentials.secret(wanted))
    assert made["DATABASE_URL"] == URL
    assert made["GOOGLE_APPLICATION_CREDENTIALS"] == "/etc/finrisk/service-account.json"
    assert made["service-account.json"] == account.read_text()
    assert json.loads(made["api_keys.json"]) == [CLIENT]


def test_without_a_service_account_the_mounted_file_is_there_and_empty() -> None:
    wanted = credentials.Credentials(manifest("GOOGLE_APPLICATION_CREDENTIALS"), {}, [])
    made = held(credentials.secret(wanted))
    assert made == {"GOOGLE_APPLICATION_CREDENTIALS": "", "service-account.json": "", "api_keys.json": "[]"}


def test_another_secret_gets_its_values_and_no_files() -> None:
    wanted = credentials.Credentials(manifest("POSTGRES_PASSWORD"), {"POSTGRES_PASSWORD": PASSWORD}, None)
    assert held(credentials.secret(wanted)) == {"POSTGRES_PASSWORD": PASSWORD}


def test_what_a_diff_shows_of_a_secret_is_a_hash() -> None:
    named = manifest("DATABASE_URL", "GOOGLE_APPLICATION_CREDENTIALS")
    wanted = credentials.Credentials(named, {"DATABASE_URL": URL}, [CLIENT])
    shown = json.dumps(objects.masked(credentials.secret(wanted)))
    assert PASSWORD not in shown
    assert base64.b64encode(URL.encode()).decode() not in shown
    assert "sha256:" in shown


@pytest.mark.parametrize("content", [None, "not json"])
def test_an_unusable_service_account_is_named_before_anything_is_sent(
    tmp_path: Path, content: str | None
) -> None:
    account = tmp_path / "account.json"
    if content is not None:
        account.write_text(content)
    values = {"GOOGLE_APPLICATION_CREDENTIALS": str(account)}
    wanted = credentials.Credentials(manifest(*values), values, [])
    with pytest.raises(FinriskError, match=r"account\.json.*GOOGLE_APPLICATION_CREDENTIALS"):
        credentials.secret(wanted)


def job(image: str = "finrisk:1") -> dict[str, Any]:
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "finrisk-migrate-0002"},
        "spec": {"template": {"spec": {"containers": [{"image": image}]}}},
    }


def test_a_job_is_named_by_schema_image_and_database_and_not_by_the_password() -> None:
    name = schema.job_of(job(), URL)["metadata"]["name"]
    assert name.startswith("finrisk-migrate-0002-")
    assert schema.job_of(job(), URL.replace(PASSWORD, "another"))["metadata"]["name"] == name
    assert schema.job_of(job("finrisk:2"), URL)["metadata"]["name"] != name
    assert schema.job_of(job(), URL + "_2")["metadata"]["name"] != name
    elsewhere = URL + "?options=-c%20search_path%3Dother"
    assert schema.job_of(job(), elsewhere)["metadata"]["name"] != name


class Answers:
    """An API server's answers, in turn; it takes note of what is sent."""

    namespace = "finrisk-ai"

    def __init__(self, *jobs: dict[str, Any] | None, pods: list[dict[str, Any]] | None = None) -> None:
        self.jobs, self.pods, self.sent = list(jobs), pods or [], list[str]()
        self.credentials: dict[str, Any] | None = {}
        self.copies: list[dict[str, Any]] = []

    def find(self, path: str) -> dict[str, Any] | None:
        if "/secrets/" in path:
            return self.credentials
        return self.jobs.pop(0) if len(self.jobs) > 1 else self.jobs[0]

    def check_namespace(self) -> None: ...

    def has_namespace(self) -> bool:
        return True

    def list(self, path: str, **_: str) -> list[dict[str, Any]]:
        return self.pods if path.endswith("/pods") else self.copies if path.endswith("/secrets") else []

    def text(self, _path: str, **_: Any) -> str:
        return "finrisk: PostgreSQL refused: password authentication failed\n"

    def request(self, method: str, path: str, *_: Any, **__: Any) -> dict[str, Any]:
        self.sent.append(f"{method} {path}")
        return {"kind": "Job", "metadata": {}}


def ended(kind: str) -> dict[str, Any]:
    return {"status": {"conditions": [{"type": kind, "status": "True", "message": "BackoffLimitExceeded"}]}}


def pod(state: dict[str, Any]) -> dict[str, Any]:
    return {
        "metadata": {"name": "p", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "status": {"containerStatuses": [{"state": state}]},
    }


def migrate(
    answers: Any, *, check: bool = False, timeout: float = 5.0, told: dict[str, Any] | None = None
) -> Any:
    deployed = Deployed(answers, probe=lambda _: told or {})
    return schema.migrate(deployed, job(), URL, timeout=timeout, check=check)


def serving() -> dict[str, Any]:
    return {
        "metadata": {"name": "finrisk-api-1", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]},
    }


@pytest.mark.parametrize(
    "told",
    [
        {"database": "ok", "schema": "current"},
        {"database": "read_only", "schema": "newer"},
        {"database": "down", "schema": "unknown"},
        {"database": "ok"},  # an image from before the pods said it
    ],
)
def test_a_job_that_ended_well_is_left_alone(told: dict[str, Any]) -> None:
    answers = Answers(ended("Complete"), pods=[serving()])
    assert migrate(answers, told=told).changed is False
    assert answers.sent == []


@pytest.mark.parametrize("missing", ["empty", "older", "incomplete"])
def test_a_job_that_ended_well_for_a_database_without_the_schema_is_made_anew(missing: str) -> None:
    told = {"database": "unusable", "schema": missing, "database_problem": "database d has no tables"}
    answers = Answers(ended("Complete"), None, None, {"status": {}}, ended("Complete"), pods=[serving()])
    done = migrate(answers, told=told)
    assert (done.changed, done.before) == (True, "complete, but database d has no tables")
    assert [each.split()[0] for each in answers.sent] == ["DELETE", "PATCH", "PATCH"]  # a dry run first


def test_a_job_that_ended_well_is_made_anew_when_no_pod_says_what_it_finds() -> None:
    answers = Answers(ended("Complete"))
    assert migrate(answers, check=True).changed is True
    assert answers.sent == []


def test_a_check_of_a_job_that_failed_announces_and_sends_nothing() -> None:
    answers = Answers(ended("Failed"))
    assert migrate(answers, check=True).changed is True
    assert answers.sent == []


def test_a_failed_job_is_made_anew_and_waited_for() -> None:
    answers = Answers(ended("Failed"), None, None, {"status": {}}, ended("Complete"))
    assert migrate(answers).changed is True
    assert [each.split()[0] for each in answers.sent] == ["DELETE", "PATCH", "PATCH"]  # a dry run first


def test_without_credentials_no_job_is_made_that_could_only_wait() -> None:
    answers = Answers(None)
    answers.credentials = None
    with pytest.raises(
        FinriskError, match=r"Secret finrisk-credentials .* is gone, and there is no copy of it"
    ):
        migrate(answers)
    assert answers.sent == []


def test_a_lost_secret_is_back_before_the_job_that_reads_it() -> None:
    answers = Answers(None, None, {"status": {}}, ended("Complete"))
    answers.credentials = None
    copy = {"name": "finrisk-credentials-3", "labels": {credentials.COPY: "true"}}
    answers.copies = [{"metadata": copy, "data": {"DATABASE_URL": "eA=="}}]
    done = migrate(answers)
    assert (done.changed, done.restored) == (True, "finrisk-credentials-3")
    assert answers.sent[0] == "POST /api/v1/namespaces/finrisk-ai/secrets"
    assert [each.split()[0] for each in answers.sent] == ["POST", "PATCH", "PATCH"]


@pytest.mark.parametrize(
    ("last", "state", "words"),
    [
        (ended("Failed"), {"terminated": {"exitCode": 1}}, "password authentication failed"),
        (
            {},
            {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}},
            "cannot start: ImagePull",
        ),
        ({}, {"terminated": {"reason": "StartError", "message": "no finrisk in PATH"}}, "no finrisk in PATH"),
        ({}, {"running": {}}, "did not end within"),
    ],
)
def test_a_job_that_does_not_come_to_its_end_says_why(
    last: dict[str, Any], state: dict[str, Any], words: str
) -> None:
    with pytest.raises(FinriskError, match=words):
        migrate(Answers({"status": {}}, last, pods=[pod(state)]), timeout=0.0)


def test_a_job_that_no_database_answered_is_passed_over_and_says_so() -> None:
    silent = pod({"terminated": {"exitCode": 75}})
    done = migrate(Answers(None, None, ended("Failed"), pods=[silent]))
    assert (done.changed, done.after) == (False, "failed")
    assert "finrisk-migrate-0002" in done.unanswered
