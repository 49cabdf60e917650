"""`python -m sandbox.kubernetes build | up | down | status | images | kubeconfig | kubectl ...`."""

from __future__ import annotations

import argparse
import json
import os
import sys

from sandbox.kubernetes import binaries, cluster, images, ladder
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.place import Place
from sandbox.kubernetes.progress import say

NUMBERS = range(10)


def main(words: list[str] | None = None) -> int:
    """Run one command; 1 and a sentence when it fails."""
    arguments = _parser().parse_args(words)
    try:
        arguments.run(arguments, Place(arguments.number or 0))
    except ClusterError as error:
        say(f"test cluster: {error}")
        return 1
    return 0


def _up(arguments: argparse.Namespace, place: Place) -> None:
    rung = ladder.choose(control_plane_only=arguments.control_plane)
    if rung.kind is ladder.Kind.CONTROL_PLANE:
        say(f"           control plane with a fake node ({rung.reason})")
    there = cluster.up(place, rung)
    there.load()
    say(f"           export KUBECONFIG={there.kubeconfig}")


def _build(_: argparse.Namespace, __: Place) -> None:
    rung = ladder.choose()
    say(f"           {rung.kind.value}: {rung.reason}")
    if rung.kind is not ladder.Kind.DISPOSABLE:
        binaries.build()
    if rung.kind is ladder.Kind.NODE:
        binaries.install_missing()
    if rung.kind is not ladder.Kind.CONTROL_PLANE:
        with binaries.locked(cluster.IMAGES_LOCK):
            for make in images.every().values():
                images.archive(make())


def _down(arguments: argparse.Namespace, _: Place) -> None:
    for number in NUMBERS if arguments.number is None else (arguments.number,):
        place = Place(number)
        if number and binaries.is_locked(cluster.session_lock(place)):
            say(f"           cluster {number} stays: a session of tests uses it")
        else:
            cluster.down(place, forget=arguments.forget)


def _status(_: argparse.Namespace, place: Place) -> None:
    there = cluster.running(place)
    left = cluster.leftovers(place)
    answer = {
        "kind": there.kind.value if there else None,
        "kubeconfig": str(there.kubeconfig) if there else None,
        "leftovers": [] if there else left,
    }
    sys.stdout.write(json.dumps(answer, indent=1) + "\n")


def _images(_: argparse.Namespace, place: Place) -> None:
    sys.stdout.write(json.dumps(_running(place).load(), indent=1) + "\n")


def _kubeconfig(_: argparse.Namespace, place: Place) -> None:
    sys.stdout.write(f"{_running(place).kubeconfig}\n")


def _kubectl(arguments: argparse.Namespace, place: Place) -> None:
    command = [*_running(place).kubectl_command(), *[word for word in arguments.words if word != "--"]]
    os.execvp(command[0], command)  # noqa: S606 - becomes kubectl, without a shell


def _running(place: Place) -> Cluster:
    there = cluster.running(place)
    if there is None:
        raise ClusterError("it is not up: `make cluster-up` starts it")
    return there


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.kubernetes", description="A Kubernetes cluster for tests."
    )
    which = "which of several (0; down: all that no session of tests uses)"
    parser.add_argument("--number", type=int, choices=NUMBERS, help=which)
    commands = parser.add_subparsers(required=True)
    up = commands.add_parser("up", help="start it, and load the images; nothing when it runs")
    up.add_argument("--control-plane", action="store_true", help="without a real node: needs no root")
    up.set_defaults(run=_up)
    text = "build and install what a cluster needs, start nothing"
    commands.add_parser("build", help=text).set_defaults(run=_build)
    down = commands.add_parser("down", help="stop it and remove everything, also after a crash")
    down.add_argument("--forget", action="store_true", help="also forget the node's store of images")
    down.set_defaults(run=_down)
    for name, run, text in (
        ("status", _status, "what runs, as JSON"),
        ("images", _images, "build and load the images as the sources are now; print their names"),
        ("kubeconfig", _kubeconfig, "print the path of the administrator's kubeconfig"),
    ):
        commands.add_parser(name, help=text).set_defaults(run=run)
    kubectl = commands.add_parser("kubectl", help="run kubectl as the administrator")
    kubectl.add_argument("words", nargs=argparse.REMAINDER)
    kubectl.set_defaults(run=_kubectl)
    return parser


if __name__ == "__main__":
    sys.exit(main())
