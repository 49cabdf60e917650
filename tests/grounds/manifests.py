"""The objects of every environment as they are rendered, as text and as what it says."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import yaml

from tests.grounds.rendering import (
    OTHER_CHOICES,
    rendered_text,
)

CLUSTERS = ("staging", "production")
SITES = (*CLUSTERS, "other choices")
OUR_OWN = "finrisk-ai"
"""Their namespace."""

Manifest = dict[str, Any]


@functools.cache
def texts(site: str) -> dict[str, str]:
    if site == "other choices":
        return rendered_text("production", **OTHER_CHOICES)
    if site == "long answers":
        return rendered_text("staging", finrisk_request_deadline_seconds=119.5)
    return rendered_text(site)


def manifests(site: str) -> dict[str, Manifest]:
    return {name: yaml.safe_load(text) for name, text in texts(site).items()}


def pods(site: str) -> Iterator[tuple[str, Manifest]]:
    """The pod templates of a site by the names of their templates."""
    for name, manifest in manifests(site).items():
        spec = manifest.get("spec") or {}
        spec = spec["jobTemplate"]["spec"] if manifest["kind"] == "CronJob" else spec
        if "template" in spec:
            yield name, spec["template"]


def container(site: str, name: str = "deployment") -> Manifest:
    held: Manifest = manifests(site)[name]["spec"]["template"]["spec"]["containers"][0]
    return held
