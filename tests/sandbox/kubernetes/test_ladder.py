"""Which cluster is used: never one that somebody may need."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sandbox.kubernetes import binaries, ladder
from sandbox.kubernetes.binaries import Go
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.ladder import Kind

GO = Go("go", "go1.26.8")


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "config"
    monkeypatch.setenv("KUBECONFIG", str(path))
    monkeypatch.setenv("FINRISK_TEST_CLUSTER", "disposable")
    return path


def _write(path: Path, context: str) -> None:
    path.write_text(yaml.safe_dump({"apiVersion": "v1", "kind": "Config", "current-context": context}))


@pytest.mark.parametrize("context", ["kind-finrisk", "k3d-test", "minikube", "docker-desktop"])
def test_a_cluster_that_a_local_tool_made_is_used(kubeconfig: Path, context: str) -> None:
    _write(kubeconfig, context)
    found = ladder.choose()
    assert (found.kind, found.context, found.kubeconfig) == (Kind.DISPOSABLE, context, kubeconfig)


@pytest.mark.parametrize(
    "context", ["production", "gke_firm_europe-west1_main", "my-kind-x", "minikube-x", ""]
)
def test_any_other_cluster_is_refused_by_its_name(kubeconfig: Path, context: str) -> None:
    _write(kubeconfig, context)
    with pytest.raises(ClusterError, match=f"do not touch context {context!r}"):
        ladder.choose()


def test_disposable_without_a_kubeconfig_says_what_is_missing(kubeconfig: Path) -> None:
    with pytest.raises(ClusterError, match="needs KUBECONFIG to name one file"):
        ladder.choose()
    assert not kubeconfig.exists()


def test_a_kubeconfig_alone_is_not_consent(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(kubeconfig, "kind-finrisk")
    monkeypatch.delenv("FINRISK_TEST_CLUSTER")
    monkeypatch.setattr(binaries, "go", lambda: GO)
    assert ladder.choose().kind is not Kind.DISPOSABLE


def test_without_packages_and_leave_to_install_the_reason_names_the_apt_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("FINRISK_TEST_CLUSTER", "FINRISK_CLUSTER_INSTALL", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(binaries, "go", lambda: GO)
    monkeypatch.setattr(binaries, "missing_packages", lambda: ["containerd", "runc"])
    found = ladder.choose()
    assert found.kind is Kind.CONTROL_PLANE
    assert "apt-get install -y --no-install-recommends containerd runc" in found.reason
    monkeypatch.setenv("CI", "true")
    assert ladder.choose().kind is Kind.NODE


def test_without_root_there_is_a_control_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FINRISK_TEST_CLUSTER", raising=False)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    monkeypatch.setattr(binaries, "go", lambda: GO)
    assert "it needs root" in ladder.choose().reason


def test_without_go_and_without_what_fetches_it_there_is_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FINRISK_TEST_CLUSTER", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(binaries, "REPOSITORY", tmp_path)
    with pytest.raises(ClusterError, match=r"Go is missing, and so is .* run `make setup`"):
        ladder.choose()


def test_a_go_that_is_too_old_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "go"
    old.write_text("#!/bin/sh\necho go1.19.8\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert binaries.installed_go() is None
