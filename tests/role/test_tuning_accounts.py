"""As whom the tuning modules ask, and where: key, workload identity, metadata server, region, proxy."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from finrisk_ops.cloud import gemini
from tests.grounds.modules import start_module
from tests.grounds.tuning import options, submit
from tests.grounds.wire import UPLOAD, Wire

pytestmark = pytest.mark.slow


def test_credentials_of_somebody_else_are_refused_in_one_sentence(
    ground: Wire, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from sandbox.gemini import service_account

    other = tmp_path_factory.mktemp("other")
    service_account(other, f"{ground.url}/token", "finrisk-sandbox")
    result = submit(options(ground, folder, credentials_file=str(other / "service-account.json")))
    assert result["failed"] is True
    assert "refused the credentials" in result["msg"]
    assert "first look at the clock: this machine says that it is 20" in result["msg"]
    assert "PRIVATE KEY" not in json.dumps(result)


def test_a_bearer_that_expires_between_two_requests_is_renewed(ground: Wire, folder: Path) -> None:
    ground.fault(kind="token_seconds", seconds=2, times=1)
    ground.fault(kind="latency", path=UPLOAD, ms=2400, times=1)
    assert submit(options(ground, folder))["action"] == "submit"


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"type": "nothing"}'])
def test_a_file_that_holds_no_credentials_is_named(ground: Wire, folder: Path, content: str) -> None:
    broken = folder / "broken.json"
    broken.write_text(content)
    result = submit(options(ground, folder, credentials_file=str(broken)))
    assert f"{broken} is not a Google credentials file" in result["msg"]


def test_the_host_is_that_of_the_region_of_the_endpoint_or_job(ground: Wire) -> None:
    def host(name: str, location: str = "us-central1") -> str:
        platform = gemini.Platform("vertex", "p", location, str(ground.credentials_file))
        return str(gemini.client(platform, name)._api_client._http_options.base_url)

    assert host("") == "https://us-central1-aiplatform.googleapis.com/"
    assert host("projects/p/locations/europe-west4/endpoints/8") == (
        "https://europe-west4-aiplatform.googleapis.com/"
    )
    assert host("projects/p/locations/asia-south1/tuningJobs/8", "global") == (
        "https://asia-south1-aiplatform.googleapis.com/"
    )
    assert host("gemini-3.5-flash-lite", "global") == "https://aiplatform.googleapis.com/"
    assert host("", "eu") == "https://aiplatform.eu.rep.googleapis.com/"


def test_a_workload_identity_needs_no_key_and_asks_nobody_for_its_project(
    ground: Wire, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "GOOGLE_APPLICATION_CREDENTIALS"):
        monkeypatch.delenv(name, raising=False)
    given = options(ground, folder, credentials_file=str(ground.var / "workload-identity.json"))
    assert submit(given)["action"] == "submit"


def test_application_default_credentials_are_found(
    ground: Wire, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT", raising=False)
    for file in ("workload-identity.json", "service-account.json"):
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(ground.var / file))
        epochs = len(file)
        assert submit(options(ground, folder, credentials_file="", epochs=epochs))["action"] == "submit"


def test_a_pod_gets_its_bearer_from_the_metadata_server(
    ground: Wire, folder: Path, metadata_server: dict[str, str]
) -> None:
    given = options(ground, folder, credentials_file="")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home")} | metadata_server
    process = start_module("finrisk_tuning_job", given, environment)
    result = json.loads(process.communicate(timeout=180)[0])
    assert result["action"] == "submit", result


def test_a_proxy_of_the_shell_is_not_asked_for_this_machine(ground: Wire, folder: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder / "home")}
    proxies = dict.fromkeys(("http_proxy", "HTTPS_PROXY", "all_proxy"), "http://127.0.0.1:9")
    given = options(ground, folder, patience=1)
    process = start_module("finrisk_tuning_job", given, environment | proxies)
    result = json.loads(process.communicate(timeout=180)[0])
    assert result["action"] == "submit", result


@pytest.fixture
def metadata_server(ground: Wire) -> Iterator[dict[str, str]]:
    """What a pod of a cluster with Workload Identity finds."""
    from tests.grounds.metadata_server import serve

    with serve(ground) as environment:
        yield environment


def test_without_any_credentials_the_ways_to_give_some_are_named(ground: Wire, folder: Path) -> None:
    given = options(ground, folder, credentials_file="")
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "NO_GCE_CHECK": "true"}
    process: subprocess.Popen[str] = start_module("finrisk_tuning_job", given, environment)
    result = json.loads(process.communicate(timeout=180)[0])
    assert "no Google credentials found; set finrisk_google_credentials_file" in result["msg"]
