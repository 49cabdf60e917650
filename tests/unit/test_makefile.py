"""The Makefile: a checkout whose path has blanks, and what a target needs."""

from __future__ import annotations

import re

from tests.grounds.repository import REPOSITORY


def test_every_recipe_quotes_the_folder_of_the_checkout() -> None:
    recipes = [
        line for line in (REPOSITORY / "Makefile").read_text("utf-8").splitlines() if line.startswith("\t")
    ]
    named = [found for line in recipes for found in re.findall(r'("?)\$\(CURDIR\)[^"\s]*("?)', line)]
    assert named
    assert all(quotes == ('"', '"') for quotes in named), named


def test_a_cluster_to_try_needs_no_more_than_the_playbooks_do() -> None:
    """What `make cluster-demo` started goes down without an environment for developers."""
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    rules = re.findall(r"^(cluster-[a-z]+:.*\n(?:\t.*\n)+)", makefile, re.MULTILINE)
    assert len(rules) >= 5
    assert [rule for rule in rules if "$(DEV)" in rule or ".venv-dev" in rule] == []
