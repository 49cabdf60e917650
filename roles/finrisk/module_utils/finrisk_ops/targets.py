"""The module options that say where an environment runs, and the target that they mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .process import ProcessTarget
from .service import Place

OPTIONS: dict[str, Any] = {
    "target": {"type": "str", "choices": ["process"], "default": "process"},
    "process": {
        "type": "dict",
        "options": {
            "var_dir": {"type": "path", "required": True},
            "repository": {"type": "path", "required": True},
            "api_port": {"type": "int", "default": 8000},
            "ops_port": {"type": "int", "default": 9090},
        },
    },
}
REQUIRED_IF = [("target", "process", ["process"])]


def chosen(parameters: Mapping[str, Any], timeout_seconds: float = 60.0) -> ProcessTarget:
    """Return the target of these module parameters."""
    process = parameters["process"]
    place = Place(
        var_dir=Path(process["var_dir"]),
        root=Path(process["repository"]),
        api_port=process["api_port"],
        ops_port=process["ops_port"],
    )
    return ProcessTarget(place, timeout_seconds)
