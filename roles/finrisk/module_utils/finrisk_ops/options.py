"""What the options of modules mean: where an environment runs, and where models are tuned."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .cloud.gemini import PROVIDERS, Platform
from .errors import FinriskError
from .gate.rules import MARGINS, Rules
from .release.records import ACTIONS

# A module compiles whatever it imports at every start: what one kind of place needs, or few modules, is
# imported where its options are read.
if TYPE_CHECKING:
    from .kube.client import Cluster
    from .kube.ledger import ClusterLedger
    from .kube.target import KubernetesTarget
    from .process.ledger import FileLedger
    from .process.target import ProcessTarget
    from .release.approval import Rule
    from .tuning.watch import JobPlace

HIGHEST_PORT = 65535
_PLACE: dict[str, Any] = {
    "type": "dict",
    "options": {
        "process": {
            "type": "dict",
            "options": {
                "var_dir": {"type": "path", "required": True},
                "repository": {"type": "path", "required": True},
                "api_port": {"type": "int", "default": 8000},
                "ops_port": {"type": "int", "default": 9090},
            },
        },
        "kubernetes": {
            "type": "dict",
            "options": {
                "kubeconfig": {"type": "str", "default": ""},
                "context": {"type": "str", "required": True},
                "namespace": {"type": "str", "required": True},
            },
        },
    },
    "mutually_exclusive": [("process", "kubernetes")],
    "required_one_of": [("process", "kubernetes")],
}

# Each of these groups has its documentation in doc_fragments, under the same name.
PLACE: dict[str, Any] = {"place": {**_PLACE, "required": True}}
PLACE_REACHED: dict[str, Any] = {"place": _PLACE}
RECORD: dict[str, Any] = {
    "record": {
        "type": "dict",
        "options": {
            "environment_name": {"type": "str", "required": True},
            "action": {"type": "str", "required": True, "choices": list(ACTIONS)},
            "why": {"type": "str", "default": ""},
        },
    }
}
RETIREMENTS: dict[str, Any] = {
    "retirements": {
        "type": "list",
        "elements": "dict",
        "default": [],
        "options": {
            "name": {"type": "str", "required": True},
            "date": {"type": "str", "default": ""},
            "successor": {"type": "str", "required": True},
        },
    }
}
GOOGLE_ACCOUNT: dict[str, Any] = {
    "credentials_file": {"type": "str", "default": "", "no_log": False},
    "request_timeout": {"type": "float", "default": 60.0},
}
GOOGLE_PLATFORM: dict[str, Any] = {
    "provider": {"type": "str", "choices": list(PROVIDERS), "default": "vertex"},
    "project": {"type": "str", "default": ""},
    "location": {"type": "str", "default": ""},
    "base_url": {"type": "str", "default": ""},
}
TUNING_RECORDS: dict[str, Any] = {
    "output_dir": {"type": "path", "required": True},
    "database_url": {"type": "str", "default": "", "no_log": True},
}
GATE_RULES: dict[str, Any] = {
    "gate_rules": {
        "type": "dict",
        "required": True,
        "options": {
            "margins": {"type": "dict", "default": MARGINS},
            "alpha_promote": {"type": "float", "default": 0.05},
            "alpha_rollback": {"type": "float", "default": 0.01},
            "requests": {"type": "int", "default": 100},
            "users": {"type": "int", "default": 30},
            "days": {"type": "float", "default": 7.0},
            "fresh_minutes": {"type": "float", "default": 15.0},
        },
    }
}
COMMANDS: dict[str, Any] = {
    "inventories": {"type": "list", "elements": "str", "default": []},
    "confirms": {"type": "bool", "default": False},
    "repository": {"type": "path", "default": ""},
}
GOAL: dict[str, Any] = {
    "target_examples": {"type": "int", "default": 1000},
    "refused_producers": {"type": "list", "elements": "str", "default": []},
    "tuned_rows": {"type": "bool", "default": False},
    "training_labels": {"type": "str", "default": ""},
    "min_quality": {"type": "float", "default": 0.0},
}
DATA: dict[str, Any] = {
    "database_url": {"type": "str", "required": True, "no_log": True},
    "output_dir": {"type": "path", "required": True},
}
APPROVALS: dict[str, Any] = {
    "approvals": {
        "type": "dict",
        "options": {
            "number": {"type": "int", "default": 0},
            "approvers": {"type": "str", "default": ""},
            "signatures": {"type": "list", "elements": "str", "default": []},
            "evaluation_dir": {"type": "path", "default": ""},
        },
    }
}
TUNING_JOB: dict[str, Any] = {
    "job_name": {"type": "str", "default": ""},
    "max_dropped_share": {"type": "float", "default": 1.0},
}
TUNING_DATASET: dict[str, Any] = {
    "dataset_metadata": {"type": "str", "default": ""},
    "measured": {"type": "dict", "default": {}},
    "storage_url": {"type": "str", "default": ""},
    "patience": {"type": "float", "default": 60.0},
}


def on_cluster(parameters: Mapping[str, Any]) -> bool:
    """Return whether these module parameters name a cluster as the place of the environment."""
    place = parameters["place"]
    return bool(place and place["kubernetes"])


def target(parameters: Mapping[str, Any], timeout_seconds: float = 60.0) -> ProcessTarget | KubernetesTarget:
    """Return the target of these module parameters.

    Raises FinriskError when the cluster that they name cannot be one.
    """
    if on_cluster(parameters):
        from .kube.target import KubernetesTarget

        return KubernetesTarget(cluster(parameters), timeout_seconds=timeout_seconds)
    return process(parameters, timeout_seconds)


def ledger(parameters: Mapping[str, Any]) -> ClusterLedger | FileLedger:
    """Return where the place of these module parameters keeps records of releases at first."""
    if on_cluster(parameters):
        from .kube.ledger import ClusterLedger

        return ClusterLedger(cluster(parameters))
    from .process.ledger import FileLedger

    return FileLedger(Path(_values(parameters, "process")["var_dir"]))


def record_refusal(parameters: Mapping[str, Any], message: str) -> None:
    """Record that a module refused what was asked for, when its parameters say of which release."""
    from .release import recording

    wanted = parameters.get("record")
    if wanted and parameters.get("place"):
        of = recording.Wanted(wanted["environment_name"], wanted["action"], wanted["why"])
        recording.refused(ledger(parameters), target(parameters), of, message)


def rollout_timeout(parameters: Mapping[str, Any]) -> int:
    """Return the seconds that a roll-out may take.

    Raises FinriskError for none: it would end, and what it puts back too, before anything could answer.
    """
    seconds = int(parameters["timeout"])
    if seconds < 1:
        raise FinriskError(f"finrisk_rollout_timeout is {seconds}: expected 1 second or more")
    return seconds


def process(parameters: Mapping[str, Any], timeout_seconds: float) -> ProcessTarget:
    """Return the service of this machine that these module parameters name.

    Raises FinriskError when they name a cluster, or what is no port.
    """
    from .process.gunicorn import Place
    from .process.target import ProcessTarget

    values = _values(parameters, "process")
    for name in ("api_port", "ops_port"):
        if not 0 < values[name] <= HIGHEST_PORT:
            raise FinriskError(f"finrisk_{name} is {values[name]}: expected a port, 1 to {HIGHEST_PORT}")
    place = Place(
        var_dir=Path(values["var_dir"]),
        root=Path(values["repository"]),
        api_port=values["api_port"],
        ops_port=values["ops_port"],
    )
    return ProcessTarget(place, timeout_seconds)


def cluster(parameters: Mapping[str, Any]) -> Cluster:
    """Return the cluster of these module parameters.

    Raises FinriskError when they name a process.
    """
    from .kube.client import Access, Cluster

    values = _values(parameters, "kubernetes")
    return Cluster(Access(values["kubeconfig"] or "", values["context"] or "", values["namespace"] or ""))


def manifest(parameters: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the rendered object that a cluster needs as the option ``name``.

    Raises FinriskError when it is not given: no argument spec can require it by the kind of a place.
    """
    body: dict[str, Any] | None = parameters[name]
    if body is None:
        raise FinriskError(f"{name} is missing: it is required when place is kubernetes")
    return body


def _values(parameters: Mapping[str, Any], kind: str) -> Mapping[str, Any]:
    values: Mapping[str, Any] | None = (parameters["place"] or {}).get(kind)
    if values is None:
        raise FinriskError(f"this can be done on {kind} alone: give {kind} as the place")
    return values


@contextlib.contextmanager
def reachable(parameters: Mapping[str, Any], url: str, *, must: bool = True) -> Iterator[str]:
    """Lend a URL of the environment as one that works from here: a Service of its cluster by port-forward.

    Raises FinriskError when that Service cannot be reached; unless it ``must`` be: then the URL is lent as it
    is.
    """
    with contextlib.ExitStack() as stack:
        if url and on_cluster(parameters):
            from .kube import port_forward

            try:
                url = stack.enter_context(port_forward.reachable(cluster(parameters), url))
            except FinriskError:
                if must:
                    raise
        yield url


def gate_rules(parameters: Mapping[str, Any]) -> Rules:
    """Return what the gate asks for.

    Raises FinriskError for margins and rates that mean nothing.
    """
    values = dict(parameters["gate_rules"])
    margins = values.pop("margins")
    try:
        shares = {name: float(margin) for name, margin in margins.items()}
    except (TypeError, ValueError):
        raise FinriskError(
            f"finrisk_margins is {margins}: give each metric a share between 0 and 1"
        ) from None
    return Rules(margins=shares, alpha_roll_back=values.pop("alpha_rollback"), **values)


def approvals(parameters: Mapping[str, Any]) -> Rule:
    """Return how many approvals are asked for, whose, and which are given; texts go to the evaluations."""
    from .release.approval import Rule

    given = parameters["approvals"] or {}
    signatures = [Path(name) for name in given.get("signatures") or []]
    return Rule(
        given.get("number") or 0,
        given.get("approvers") or "",
        signatures,
        Path(given.get("evaluation_dir") or "."),
    )


def platform(options: Mapping[str, Any]) -> Platform:
    """Return where the options say that models are reached."""
    return Platform(
        provider=options["provider"],
        project=options["project"],
        location=options["location"],
        credentials_file=options["credentials_file"],
        base_url=options["base_url"],
        timeout_seconds=options["request_timeout"],
    )


def job_place(options: Mapping[str, Any]) -> JobPlace:
    """Return where the options say that jobs run and are written down."""
    from .tuning.watch import JobPlace

    return JobPlace(
        platform(options),
        Path(options["output_dir"]),
        options["database_url"],
        options["max_dropped_share"],
    )
