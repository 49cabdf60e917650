"""The cluster that other tests rely on is a real one: what it runs, and what it refuses."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.request

import psycopg
import pytest

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.ladder import Kind
from sandbox.kubernetes.place import NODE_NAME
from tests.cluster import manifests
from tests.grounds.waiting import until

PASSWORD = "of the test database"


@pytest.fixture(scope="module")
def api_pod(node: Cluster, images: dict[str, str], namespace: str) -> str:
    """The name of a ready pod of the service, behind `finrisk-api-service`."""
    objects = manifests.document(
        manifests.api_pod(images["app"]), manifests.service("finrisk-api-service", "finrisk-api", 80, 8000)
    )
    node.kubectl("-n", namespace, "apply", "-f", "-", stdin=objects)
    node.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=90s", "pod/finrisk-api")
    return "finrisk-api"


def _get(url: str) -> dict[str, object]:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as response:
        return dict(json.load(response))


def test_every_node_is_ready(cluster: Cluster) -> None:
    nodes = json.loads(cluster.kubectl("get", "nodes", "-o", "json"))["items"]
    ready = [one for node in nodes for one in node["status"]["conditions"] if one["type"] == "Ready"]
    assert [one["status"] for one in ready] == ["True"] * len(nodes)
    assert nodes


def test_a_restricted_pod_of_the_service_answers_through_its_service(
    node: Cluster, namespace: str, api_pod: str
) -> None:
    assert api_pod
    if node.kind is Kind.NODE:
        get = ("get", "service", "finrisk-api-service", "-o", "jsonpath={.spec.clusterIP}")
        address = node.kubectl("-n", namespace, *get)
        assert _get(f"http://{address}/healthz")["status"] == "ok"
    path = f"/api/v1/namespaces/{namespace}/services/finrisk-api-service:main/proxy/healthz"
    assert json.loads(node.kubectl("get", "--raw", path))["status"] == "ok"


def test_the_host_reaches_a_pod_by_its_address(node: Cluster, namespace: str, api_pod: str) -> None:
    if node.kind is not Kind.NODE:
        pytest.skip("a disposable cluster's network is its own")
    get = ("get", "pod", api_pod, "-o", "jsonpath={.status.podIP}")
    assert _get(f"http://{node.kubectl('-n', namespace, *get)}:9090/healthz")["status"] == "ok"


def test_a_pod_finds_a_service_by_name_and_reaches_itself_through_it(
    node: Cluster, namespace: str, api_pod: str
) -> None:
    program = "import urllib.request as u; print(u.urlopen('http://finrisk-api-service/healthz').status)"
    assert node.kubectl("-n", namespace, "exec", api_pod, "--", "python3", "-c", program).strip() == "200"


def test_a_name_that_is_not_in_the_cluster_is_said_not_to_exist(
    node: Cluster, namespace: str, api_pod: str
) -> None:
    program = "import socket; socket.gethostbyname('no-such-service')"
    done = node.kubectl_result("-n", namespace, "exec", api_pod, "--", "python3", "-c", program)
    assert "Name or service not known" in done.stderr


def test_exec_hands_back_output_and_exit_code(node: Cluster, namespace: str, api_pod: str) -> None:
    program = "import os,sys; print(os.getuid(), os.path.exists('/opt/finrisk/app')); sys.exit(7)"
    done = node.kubectl_result("-n", namespace, "exec", api_pod, "--", "python3", "-c", program)
    assert (done.returncode, done.stdout.strip()) == (7, "10001 True")


def test_the_root_file_system_of_a_restricted_pod_cannot_be_written(
    node: Cluster, namespace: str, api_pod: str
) -> None:
    done = node.kubectl_result("-n", namespace, "exec", api_pod, "--", "touch", "/opt/finrisk/app/x")
    assert done.returncode
    assert "Read-only file system" in done.stderr


def test_a_port_forward_reaches_the_ops_port(node: Cluster, namespace: str, api_pod: str) -> None:
    command = [*node.kubectl_command(), "-n", namespace, "port-forward", f"pod/{api_pod}", ":9090"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as forward:
        try:
            assert forward.stdout is not None
            port = re.search(r":(\d+) ->", forward.stdout.readline())
            assert port
            assert _get(f"http://127.0.0.1:{port[1]}/healthz")["status"] == "ok"
        finally:
            forward.terminate()


def test_logs_of_a_pod_are_its_lines_of_json(node: Cluster, namespace: str, api_pod: str) -> None:
    lines = node.kubectl("-n", namespace, "logs", api_pod).splitlines()
    assert "ab_testing_configured" in {json.loads(line)["event"] for line in lines if line.startswith("{")}


def test_the_database_image_takes_the_password_and_refuses_another(
    node: Cluster, images: dict[str, str], namespace: str
) -> None:
    objects = manifests.document(manifests.postgres_pod(images["postgres"], PASSWORD))
    node.kubectl("-n", namespace, "apply", "-f", "-", stdin=objects)
    node.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=90s", "pod/postgres")
    ask = (
        "exec",
        "postgres",
        "--",
        "psql",
        "-h",
        "127.0.0.1",
        "-Atc",
        "select current_user, current_database()",
    )
    url = f"postgresql://finrisk_user:{PASSWORD.replace(' ', '%20')}@127.0.0.1/finrisk_db"
    assert node.kubectl("-n", namespace, *ask, url).strip() == "finrisk_user|finrisk_db"
    if node.kind is Kind.NODE:
        get = ("get", "pod", "postgres", "-o", "jsonpath={.status.podIP}")
        host = node.kubectl("-n", namespace, *get)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(host=host, user="finrisk_user", password="another", dbname="finrisk_db")


def test_the_simulator_image_starts(node: Cluster, images: dict[str, str], namespace: str) -> None:
    pod = manifests.pod("gemini", images["sandbox"], 10001, ("/var/lib/finrisk", "/tmp"))
    node.kubectl("-n", namespace, "apply", "-f", "-", stdin=manifests.document(pod))
    node.kubectl("-n", namespace, "wait", "--for=condition=Ready", "--timeout=60s", "pod/gemini")
    until(lambda: '"port"' in node.kubectl("-n", namespace, "logs", "gemini"), 30)


def test_a_pod_that_is_not_restricted_is_refused(cluster: Cluster, namespace: str) -> None:
    pod = manifests.pod("root", "localhost/any", 10001, ())
    pod["spec"]["containers"][0]["securityContext"] = {"privileged": True}
    with pytest.raises(ClusterError, match='violates PodSecurity "restricted'):
        cluster.kubectl("-n", namespace, "create", "-f", "-", stdin=manifests.document(pod))


def test_an_immutable_config_map_cannot_be_changed(cluster: Cluster, namespace: str) -> None:
    made = manifests.config_map("fixed", {"AB_TEST_TRAFFIC_SPLIT": "0.25"}, immutable=True)
    cluster.kubectl("-n", namespace, "create", "-f", "-", stdin=manifests.document(made))
    patch = '{"data": {"AB_TEST_TRAFFIC_SPLIT": "1"}}'
    with pytest.raises(ClusterError, match="field is immutable when `immutable` is set"):
        cluster.kubectl("-n", namespace, "patch", "configmap", "fixed", "-p", patch)


def test_server_side_apply_of_a_field_that_another_owns_is_a_conflict(
    cluster: Cluster, namespace: str
) -> None:
    def apply(manager: str, value: str) -> None:
        body = manifests.document(manifests.config_map("shared", {"key": value}))
        flags = ("--server-side", f"--field-manager={manager}")
        cluster.kubectl("-n", namespace, "apply", *flags, "-f", "-", stdin=body)

    apply("finrisk", "1")
    with pytest.raises(ClusterError, match=r'conflict with "finrisk": \.data\.key'):
        apply("somebody", "2")


def test_an_unknown_field_is_refused_by_strict_validation(cluster: Cluster, namespace: str) -> None:
    made = {**manifests.config_map("odd", {}), "imutable": True}
    with pytest.raises(ClusterError, match='unknown field "imutable"'):
        cluster.kubectl("-n", namespace, "create", "--validate=strict", "-f", "-", stdin=json.dumps(made))


def test_a_service_account_may_not_read_secrets(cluster: Cluster, namespace: str) -> None:
    account = f"system:serviceaccount:{namespace}:default"
    asked = ("auth", "can-i", "list", "secrets", "--as", account)
    assert cluster.kubectl("-n", namespace, *asked, check=False).strip() == "no"


def test_the_kubelet_may_not_change_another_node(cluster: Cluster) -> None:
    if cluster.place is None:
        pytest.skip("the kubelet's credentials of a disposable cluster are its own")
    kubelet = [
        *cluster.kubectl_program,
        "--kubeconfig",
        str(cluster.place.certificates / "kubelet.kubeconfig"),
    ]
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "another"}}
    done = subprocess.run(
        [*kubelet, "create", "-f", "-"], input=json.dumps(node), capture_output=True, text=True, check=False
    )
    assert f'node "{NODE_NAME}" is not allowed to modify node "another"' in done.stderr
