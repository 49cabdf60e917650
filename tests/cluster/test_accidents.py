"""What happens to a cluster by hand or by chance: a rollback ends at base, or says why it cannot yet.

Clients ask all the time. Where there is room, or another pod that serves, no request is lost.
"""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube import squeeze
from finrisk_ops.kube.client import Access
from finrisk_ops.kube.client import Cluster as Connection
from finrisk_ops.kube.target import KubernetesTarget
from finrisk_ops.release import release
from finrisk_ops.release.keeping import prove
from finrisk_ops.release.release import Outcome, Rendered
from finrisk_ops.release.revision import Release, make
from sandbox.kubernetes.place import CONTEXT
from tests.cluster import accounts, operation
from tests.cluster.clients import Clients
from tests.cluster.environment import Environment
from tests.cluster.operation import Operated
from tests.grounds.waiting import until

SECRETS = ("POSTGRES_PASSWORD", "USER_HASH_KEY", "FINRISK_API_KEY", "GOOGLE_APPLICATION_CREDENTIALS")
HANGS = json.dumps({"finrisk_resources": {"requests": {"cpu": "1000"}, "limits": {"memory": "1Gi"}}})
PATIENT = "finrisk_rollout_timeout=300"
"""Two pods that go and two that come, one after the other on slow cores."""

WEBHOOK = "deny.finrisk.example"


@dataclass(frozen=True)
class OnCall:
    """Somebody who rolls back, without the time that ansible-playbook takes."""

    environment: Environment
    tuned: str
    """A proven revision at which a quarter of the users have the tuned model."""

    def target(self, **options: Any) -> KubernetesTarget:
        """The service, as a rollback has it."""
        cluster, namespace = self.environment.cluster, self.environment.namespace
        access = Access(str(cluster.kubeconfig), cluster.context or CONTEXT, namespace)
        return KubernetesTarget(
            Connection(access), **({"takes_back": True, "timeout_seconds": 60.0} | options)
        )

    def roll_back(self, to: str = "base") -> tuple[Outcome, list[str]]:
        """Go back as rollback.yml does; return what came of it, and what the operator is told beside."""
        target = self.target()
        done = release.roll_back(target, to, self.nothing_rendered(), check=False)
        return done, target.notes

    def nothing_rendered(self) -> Rendered:
        """What an inventory would render, which no rollback here comes to need."""
        held = self.target().read(self.tuned)
        return Rendered(held.config, held.secret, Release())

    def obstacles(self) -> str:
        """What status says of a rollback now; it has to be quick."""
        began = time.monotonic()
        told = self.target().rollback_obstacles()
        assert time.monotonic() - began < 10, "2 s on a machine that has nothing else to do"
        return "\n".join(each.what for each in told)

    def assert_base(self, done: Outcome, clients: Clients) -> None:
        """Everybody is at base, the revision is proven, nothing is half made, and nobody was turned away."""
        told = {(each["revision"], each["split"]) for each in self.environment.readiness().values() if each}
        assert told == {(done.revision.name, 0.0)}
        assert done.revision.release.ratio == 0
        assert self.target().unfinished() == ""
        since = time.time()
        until(lambda: len(clients.begun(since)) > 10, 30)
        assert {sent.arm for sent in clients.begun(since)} <= {"base"}


@pytest.fixture(scope="module", name="first")
def tuned_first(operated: Operated) -> str:
    return operated.revision


@pytest.fixture
def on_call(operated: Operated, first: str) -> Iterator[OnCall]:
    """An environment in which a quarter of the users have the tuned model; it is so again at the end."""
    made = OnCall(operated.environment, first)
    made.roll_back(first)
    yield made
    made.roll_back(first)


@contextmanager
def there(environment: Environment, body: dict[str, Any]) -> Iterator[None]:
    """Let an object be there for the length of the block."""
    kind, name = body["kind"], body["metadata"]["name"]
    environment.kubectl("create", "-f", "-", stdin=json.dumps(body))
    try:
        yield
    finally:
        environment.kubectl("delete", kind, name, "--ignore-not-found")


def quota(pods: int) -> dict[str, Any]:
    spec = {"hard": {"pods": str(pods)}}
    return {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "tight"}, "spec": spec}


def test_a_rollback_by_kubeconfig_alone_while_a_deploy_hangs_the_quota_is_full_and_the_secret_is_gone(
    on_call: OnCall,
) -> None:
    environment = on_call.environment
    hanging = environment.start("deploy", "-e", "finrisk_ab_ratio=50", "-e", HANGS)
    try:
        until(lambda: "deploy at 50 %" in on_call.obstacles(), 60)
        until(lambda: environment.objects("pods", "app=finrisk-api")[2:], 30)
        pods = len([each for each in environment.objects("pods") if each["status"]["phase"] == "Running"])
        with Clients(environment) as clients, there(environment, quota(pods)):
            environment.kubectl("delete", "secret", "finrisk-credentials")
            until(lambda: "the quota tight" in on_call.obstacles(), 30)
            told = on_call.obstacles()
            assert "the quota tight has no room for every pod twice (pods: " in told
            assert "a rollback goes on with one pod fewer" in told
            assert re.search(
                r"Secret finrisk-credentials is gone.*from its copy finrisk-credentials-\d+", told
            )
            run = environment.play("rollback", "-e", PATIENT, **dict.fromkeys(SECRETS, ""))
            assert "it went on with 1 fewer" in run.output
            assert "finrisk-credentials was gone: it is back from its newest copy" in run.output
            assert clients.failed() == []
            assert {sent.arm for sent in clients.between(time.time() - 0.5)} <= {"base"}
        said = "".join(hanging.communicate(timeout=30))
    finally:
        _end(hanging)
    assert hanging.returncode
    assert re.search(
        r"taken over by \S+ at 20\S+, rollback to base: it stopped and changes nothing more", said
    )
    assert environment.play("rollback").changed == 0
    assert environment.play("site").changed == 0, "the Secret is as site.yml has it"


def test_what_was_scaled_to_none_paused_and_edited_comes_back_at_base(on_call: OnCall) -> None:
    environment = on_call.environment
    environment.kubectl("set", "image", "deployment/finrisk-api", "api=localhost/finrisk/none:9")
    environment.kubectl("rollout", "pause", "deployment/finrisk-api")
    with Clients(environment) as clients:
        time.sleep(2)
        assert clients.failed() == []
        environment.kubectl("scale", "deployment/finrisk-api", "--replicas=0")
        began = time.time()
        told = on_call.obstacles()
        assert "the Deployment is paused: a rollback lets it go on" in told
        assert "scaled to no pods: a rollback scales it up again" in told
        done, _ = on_call.roll_back()
        served = time.time()
        on_call.assert_base(done, clients)
        failed = clients.failed()  # who asked while no pod was there may wait long for one that has gone
        assert [sent for sent in failed if sent.ended < began or sent.began > served] == []
        assert served - began < 90, "20 s on a machine that has nothing else to do"
    assert len(environment.objects("pods", "app=finrisk-api")) >= 2


def test_on_a_cordoned_node_the_rollback_says_so_stays_asked_for_and_comes_when_the_node_does(
    on_call: OnCall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(squeeze, "PLACE_SECONDS", 4.0)
    environment = on_call.environment
    node = environment.cluster.kubectl("get", "nodes", "-o", "jsonpath={.items[0].metadata.name}")
    environment.cluster.kubectl("cordon", node)
    try:
        with Clients(environment) as clients:
            assert f"every node is cordoned ({node})" in on_call.obstacles()
            with pytest.raises(
                FinriskError,
                match=rf"no node takes pod .*unschedulable.*Nothing was put back: (\S+) .*{on_call.tuned}",
            ):
                on_call.roll_back()
            asked_for = on_call.target().current()
            assert asked_for != on_call.tuned
            assert f"{asked_for} (0 % tuned, 100 % base) is asked for" in on_call.target().unfinished()
            environment.cluster.kubectl("uncordon", node)
            until(lambda: set(_splits(environment)) == {(asked_for, 0.0)}, 60)
            done, _ = on_call.roll_back()
            assert done.revision.name == asked_for
            on_call.assert_base(done, clients)
            assert clients.failed() == []
    finally:
        environment.cluster.kubectl("uncordon", node)


def test_a_dead_admission_webhook_and_a_limit_range_are_named_and_the_tuned_pods_go_on_until_they_are_mended(
    on_call: OnCall,
) -> None:
    environment = on_call.environment
    limits = [{"type": "Container", "max": {"memory": "64Mi"}}]
    limit = {
        "apiVersion": "v1",
        "kind": "LimitRange",
        "metadata": {"name": "small"},
        "spec": {"limits": limits},
    }
    with Clients(environment) as clients:
        with there(environment, _webhook(environment.namespace)):
            until(lambda: f"the admission webhook {WEBHOOK} has nobody to answer" in on_call.obstacles(), 15)
            with pytest.raises(
                FinriskError,
                match=rf"makes no pod: the admission webhook {WEBHOOK} does not answer .*Nothing was put",
            ):
                on_call.roll_back()
        with there(environment, limit):
            environment.kubectl("rollout", "restart", "deployment/finrisk-api")
            with pytest.raises(
                FinriskError, match=r"makes no pod: .*maximum memory usage .*64Mi.*Nothing was put"
            ):
                on_call.roll_back()
        done, _ = on_call.roll_back()
        on_call.assert_base(done, clients)
        assert clients.failed() == []


@pytest.mark.parametrize(
    "accident",
    ["a kill", *(pytest.param(each, marks=pytest.mark.long) for each in ("Ctrl-C", "a lost connection"))],
)
def test_a_deploy_that_was_broken_off_is_told_as_half_made_and_a_rollback_goes_to_base(
    on_call: OnCall, accident: str, tmp_path: Path
) -> None:
    environment, file = on_call.environment, tmp_path / "far"
    with Clients(environment) as clients, accounts.far(environment.cluster, file) as way:
        shell = {"KUBECONFIG": str(file), "PYTHONUNBUFFERED": "1"}
        process = environment.start("deploy", "-e", "finrisk_ab_ratio=75", **shell)
        try:
            assert process.stdout is not None
            assert any(" pods: " in line for line in process.stdout)
            if accident == "Ctrl-C":
                process.send_signal(signal.SIGINT)
            elif accident == "a kill":
                operation.kill(process.pid)
            else:
                way.cut()
            said = " ".join("".join(process.communicate(timeout=60)).split())
        finally:
            _end(process)
        if accident == "a lost connection":
            assert re.search(r"does not come to run|cannot be reached", said), said
            assert "playbooks/status.yml says what is wrong, playbooks/rollback.yml goes to base" in said
        told = until(on_call.target().unfinished, 45)
        assert re.match(
            r"deploy at 75 % tuned, 25 % base by \S+ since 20\S+ did not come to its end: r\d+", told
        )
        assert "(75 % tuned, 25 % base) is asked for" in told
        assert "playbooks/rollback.yml goes to base" in told
        environment.kubectl("delete", "configmap", f"finrisk-config-{on_call.target().current()}")
        done, _ = on_call.roll_back()
        on_call.assert_base(done, clients)
        assert clients.failed() == []


def test_pods_that_somebody_deletes_while_a_rollback_brings_them_cost_nothing(on_call: OnCall) -> None:
    environment = on_call.environment
    old = {each["metadata"]["name"] for each in environment.objects("pods", "app=finrisk-api")}
    deleted: list[str] = []

    def delete_one_that_is_new(*_: object) -> None:
        new = {each["metadata"]["name"] for each in environment.objects("pods", "app=finrisk-api")} - old
        if new and not deleted:
            deleted.append(sorted(new)[0])
            environment.kubectl("delete", "pod", deleted[0], "--wait=false")

    with Clients(environment) as clients:
        target = on_call.target(tell=delete_one_that_is_new)
        done = release.roll_back(target, "base", on_call.nothing_rendered(), check=False)
        assert deleted
        on_call.assert_base(done, clients)
        assert clients.failed() == []


def test_an_image_that_cannot_be_had_any_more_gives_way_to_one_that_can(on_call: OnCall) -> None:
    environment, target = on_call.environment, on_call.target()
    held = target.read(on_call.tuned)
    gone = Release(**(vars(held.release) | {"image": "localhost/finrisk/gone:1"}))
    lost = make(held.config, held.secret, gone, target.read(target.names()[0]).number + 1)
    with Clients(environment) as clients:
        target.store(lost)
        target._apply(lost, check=False)
        prove(target, lost)  # as it was, before registry and node lost its image
        assert f"no node has the image {gone.image} of {lost.name}" in on_call.obstacles()
        done, _ = on_call.roll_back()
        assert done.revision.release.image == held.release.image
        on_call.assert_base(done, clients)
        assert clients.failed() == []
    target.remove(lost.name)


def _splits(environment: Environment) -> list[tuple[str, float]]:
    return [(each.get("revision", ""), each.get("split", -1.0)) for each in environment.readiness().values()]


def _webhook(namespace: str) -> dict[str, Any]:
    rule = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    here = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    hook = {
        "name": WEBHOOK,
        "clientConfig": {"service": {"name": "gone", "namespace": namespace}},
        "rules": [rule],
        "namespaceSelector": here,
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": "ValidatingWebhookConfiguration",
        "metadata": {"name": f"dead-{namespace}"},
        "webhooks": [hook],
    }


def _end(process: Any) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
