"""The Makefile in a checkout whose path has blanks."""

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
