"""`python -m sandbox.cluster demo | up | down | connection`."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.cluster import environment
from sandbox.cluster.environment import Environment
from sandbox.connection import shell_lines
from sandbox.console import REPOSITORY, Console, StepFailedError, short
from sandbox.kubernetes import cluster, ladder
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import Place
from sandbox.process import SandboxError
from sandbox.story import Stage, Story, farewell, queries_of
from sandbox.terminal import command, heading, say

INVENTORY = ("-i", "inventory/cluster")
NAMESPACE = "finrisk-demo"
STAGES = (Stage(25, "Deploy: a quarter of the users get the tuned model"),)


class Node:
    """A Kubernetes node of this machine as the place of the story."""

    export_options: Sequence[str] = ()

    def __init__(self, var: Path, place: Place) -> None:
        self.var = var
        self.place = place
        self.documents = var / "samples"
        self.console = Console(var / "logs" / "demo.log", INVENTORY, {"FINRISK_VAR_DIR": str(var)})

    def start(self) -> None:
        """Bring up node, simulator, service and documents."""
        self.console.open()
        command("make cluster-up")
        rung = ladder.choose()
        if rung.kind is not ladder.Kind.NODE:
            raise ClusterError(f"the demo needs a whole node, and here is none: {rung.reason}")
        there = cluster.up(self.place, rung)
        self._environment(there).prepare(there.load())
        held = short(str(environment.file(self.var)))
        say(f"   the simulator runs; {held} has the addresses and throw-away secrets")
        self.console.module("sandbox.samples", str(self.documents))
        self.console.playbook("site")
        self.console.playbook("ingest")

    def queries(self) -> list[dict[str, Any]]:
        """The questions of the sample documents."""
        return queries_of(self.documents)

    def service(self) -> tuple[str, str]:
        """Address and key of the API."""
        held = self.connection()
        return held["api_url"], held["api_key"]

    def connection(self) -> dict[str, str]:
        """Addresses and key of what is up; StepFailedError when nothing is."""
        there = cluster.running(self.place)
        if there is None or not environment.described(self.var):
            raise ClusterError("nothing is up: `make cluster-demo KEEP=1` starts it and leaves it running")
        return self._environment(there).published()

    def is_up(self) -> bool:
        """Whether an environment was made, and its node runs."""
        return bool(environment.described(self.var)) and cluster.running(self.place) is not None

    def stop(self) -> None:
        """Remove the environment; the node stays, and the files that playbooks wrote."""
        if not environment.described(self.var):
            say("   nothing is up")
            return
        there = cluster.running(self.place)
        if there is None:
            environment.file(self.var).unlink()
            say("   the node does not run any more")
        else:
            self._environment(there).remove()
            say("   the environment and the simulator are removed; `make cluster-down` stops the node")

    def _environment(self, there: cluster.Cluster) -> Environment:
        return Environment(there, self.var, NAMESPACE)


def require_samples(named: str | None) -> None:
    """Stop before anything starts when other documents are asked for."""
    if named:
        raise ClusterError(
            f"DOCUMENTS={named} is for `make demo`, this one asks about the samples: nothing was started. "
            f"`make cluster-demo KEEP=1`, then `ansible-playbook {' '.join(INVENTORY)} playbooks/ingest.yml "
            f"-e finrisk_documents={named}` brings yours"
        )


def show(node: Node, *, keep: bool) -> int:
    """Tell the story; end what it started, unless that is to be kept. What was up before stays up."""
    was_up, node_was_up = node.is_up(), cluster.running(node.place) is not None
    story = Story(node)
    try:
        story.tell(STAGES, "a Kubernetes node, the Gemini wire, the service, the documents")
        if keep:
            farewell(node.service(), "make -s cluster-connection FORMAT=shell", f"{' '.join(INVENTORY)} ")
            say("   Stop it with: make cluster-down")
    finally:
        if was_up and not keep:
            say("   it was up before, and stays up: `make cluster-down` stops it")
        elif not keep:
            heading("Stop")
            node.stop()
            if not node_was_up:
                cluster.down(node.place)
    return 1 if story.failed_requests else 0


def main(words: list[str] | None = None) -> int:
    """Run one command; 1 and a sentence when it fails."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.cluster", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="show the whole loop; KEEP=1 leaves it running")
    commands.add_parser("up", help="start node, simulator, service and documents, and stop there")
    commands.add_parser("down", help="remove the environment and the simulator; the node stays")
    connection = commands.add_parser("connection", help="print addresses and key of what is up, as JSON")
    connection.add_argument("--shell", action="store_true", help="print lines for `eval` in a shell")
    chosen = parser.parse_args(words)
    var = Path(os.environ.get("FINRISK_VAR_DIR") or REPOSITORY / "var" / "cluster").absolute()
    node = Node(var, Place(int(os.environ.get("FINRISK_TEST_CLUSTER_NUMBER", "0"))))
    try:
        if chosen.command in ("demo", "up"):
            require_samples(os.environ.get("DOCUMENTS"))
        if chosen.command == "demo":
            return show(node, keep=os.environ.get("KEEP") == "1")
        if chosen.command == "connection":
            held = node.connection()
            sys.stdout.write((shell_lines(held) if chosen.shell else json.dumps(held)) + "\n")
        elif chosen.command == "up":
            node.start()
        else:
            node.stop()
    except StepFailedError as error:
        log = node.console.log
        sys.stderr.write(f"cluster demo: {error}; everything the playbooks printed is in {log}\n")
        return 1
    except (ClusterError, SandboxError) as error:
        sys.stderr.write(f"cluster demo: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
