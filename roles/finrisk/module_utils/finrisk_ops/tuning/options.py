"""The options that both tuning modules take, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import options as targets
from ..cloud.gemini import Platform
from .watch import Place

OPTIONS: dict[str, dict[str, Any]] = {
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
    **targets.REACHED,
}


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


def place(options: Mapping[str, Any]) -> Place:
    """Return where the options say that jobs run and are written down."""
    return Place(
        platform(options),
        Path(options["output_dir"]),
        options["database_url"],
        options["max_dropped_share"],
    )
