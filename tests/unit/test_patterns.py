"""Patterns that wait until they are asked answer as those that do not."""

import ast
import gc
import importlib
import pkgutil
import re

import pytest

import finrisk_rules
from finrisk_rules.patterns import Pattern, pattern_of
from tests.grounds.repository import REPOSITORY

ASKED_OF_RE = {f"re.{name}" for name in "search match fullmatch findall finditer sub split".split()}


def test_it_answers_as_a_compiled_one() -> None:
    waiting, compiled = pattern_of(r"(?P<n>\d)x?", re.IGNORECASE), re.compile(r"(?P<n>\d)x?", re.IGNORECASE)
    text = "a1X2"
    assert [each.span("n") for each in waiting.finditer(text)] == [(1, 2), (3, 4)]
    assert waiting.findall(text) == compiled.findall(text)
    assert waiting.sub("-", text) == compiled.sub("-", text) == "a--"
    assert waiting.split(text) == compiled.split(text)
    assert waiting.search(text, 2) and not waiting.match(text) and waiting.fullmatch("1x")  # noqa: PT018
    assert (waiting.pattern, waiting.flags) == (compiled.pattern, compiled.flags)
    assert waiting.groupindex == compiled.groupindex


def test_what_is_wrong_in_a_pattern_is_told_when_it_is_asked() -> None:
    wrong = pattern_of("(")
    with pytest.raises(re.error):
        wrong.search("")


def test_an_attribute_that_no_pattern_has_is_an_error() -> None:
    with pytest.raises(AttributeError, match="colour"):
        pattern_of("a").colour  # type: ignore[attr-defined]  # noqa: B018


def test_two_are_told_apart_by_what_they_say() -> None:
    assert repr(pattern_of("a+", re.IGNORECASE)) == "pattern_of('a+', 2)"


def test_no_rule_takes_one_for_a_pattern_of_re() -> None:
    """``re.search(pattern, text)`` refuses it, and the ``re`` of a match is the compiled one."""
    for path in sorted((REPOSITORY / "rules").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Compare):
                sides = (node.left, *node.comparators)
                assert not any(isinstance(side, ast.Attribute) and side.attr == "re" for side in sides), path
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ASKED_OF_RE:
                assert not (isinstance(node.args[0], ast.Name) and node.args[0].id.isupper()), path


def test_every_pattern_of_the_rules_compiles() -> None:
    for module in pkgutil.walk_packages(finrisk_rules.__path__, "finrisk_rules."):
        importlib.import_module(module.name)
    patterns = [each for each in gc.get_objects() if isinstance(each, Pattern) and each.pattern != "("]
    assert len(patterns) > 900
    for each in patterns:
        assert each.flags >= 0, each.pattern
