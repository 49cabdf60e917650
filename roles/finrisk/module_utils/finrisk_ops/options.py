"""What the options of modules mean: where an environment runs, and where models are tuned."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .cloud.gemini import Platform
from .errors import FinriskError
from .kube import port_forward
from .kube.client import Access, Cluster
from .kube.target import KubernetesTarget
from .process.gunicorn import Place
from .process.target import ProcessTarget
from .tuning.watch import Place as JobPlace

KUBERNETES: dict[str, Any] = {
    "type": "dict",
    "options": {
        "kubeconfig": {"type": "str", "default": ""},
        "context": {"type": "str", "required": True},
        "namespace": {"type": "str", "required": True},
    },
}
OPTIONS: dict[str, Any] = {
    "target": {"type": "str", "choices": ["process", "kubernetes"], "default": "process"},
    "process": {
        "type": "dict",
        "options": {
            "var_dir": {"type": "path", "required": True},
            "repository": {"type": "path", "required": True},
            "api_port": {"type": "int", "default": 8000},
            "ops_port": {"type": "int", "default": 9090},
        },
    },
    "kubernetes": KUBERNETES,
}
REQUIRED_IF = [("target", "process", ["process"]), ("target", "kubernetes", ["kubernetes"])]
REACHED: dict[str, Any] = {  # for modules that only have to reach something of the environment
    "target": OPTIONS["target"],
    "kubernetes": KUBERNETES,
}
REACHED_IF = [("target", "kubernetes", ["kubernetes"])]


TUNING: dict[str, dict[str, Any]] = {
    "provider": {"type": "str", "default": "vertex"},
    "project": {"type": "str", "default": ""},
    "location": {"type": "str", "default": ""},
    "credentials_file": {"type": "str", "default": "", "no_log": False},
    "base_url": {"type": "str", "default": ""},
    "request_timeout": {"type": "float", "default": 60.0},
    "output_dir": {"type": "path", "required": True},
    "database_url": {"type": "str", "default": "", "no_log": True},
    "job_name": {"type": "str", "default": ""},
    "max_dropped_share": {"type": "float", "default": 1.0},
    **REACHED,
}


def chosen(parameters: Mapping[str, Any], timeout_seconds: float = 60.0) -> ProcessTarget | KubernetesTarget:
    """Return the target of these module parameters.

    Raises FinriskError when the cluster that they name cannot be one.
    """
    if parameters["target"] == "kubernetes":
        return KubernetesTarget(cluster(parameters), timeout_seconds=timeout_seconds)
    return process(parameters, timeout_seconds)


def process(parameters: Mapping[str, Any], timeout_seconds: float) -> ProcessTarget:
    """Return the service of this machine that these module parameters name."""
    named = parameters["process"]
    place = Place(
        var_dir=Path(named["var_dir"]),
        root=Path(named["repository"]),
        api_port=named["api_port"],
        ops_port=named["ops_port"],
    )
    return ProcessTarget(place, timeout_seconds)


def cluster(parameters: Mapping[str, Any]) -> Cluster:
    """Return the cluster of these module parameters."""
    named = parameters["kubernetes"]
    return Cluster(Access(named["kubeconfig"] or "", named["context"] or "", named["namespace"] or ""))


@contextlib.contextmanager
def reachable(parameters: Mapping[str, Any], url: str, *, must: bool = True) -> Iterator[str]:
    """Lend a URL of the environment as one that works from here: a Service of its cluster by port-forward.

    Raises FinriskError when that Service cannot be reached; unless it ``must`` be: then the URL is lent as it
    is.
    """
    with contextlib.ExitStack() as stack:
        if parameters["target"] == "kubernetes" and url:
            try:
                url = stack.enter_context(port_forward.reachable(cluster(parameters), url))
            except FinriskError:
                if must:
                    raise
        yield url


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
    return JobPlace(
        platform(options),
        Path(options["output_dir"]),
        options["database_url"],
        options["max_dropped_share"],
    )
