"""Which rules decided, and what they need not decide again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from finrisk_rules.examples import version_of_rules
from finrisk_rules.limits import TRAINING_PROMPT_MAX
from finrisk_rules.version import rules_version, version_of
from tests.grounds.repository import REPOSITORY


def test_equal_rules_have_one_version_and_any_other_source_has_another(tmp_path: Path) -> None:
    assert len(rules_version()) == 16
    for number, (name, more) in enumerate(
        (("limits.py", ""), ("limits.py", "# another\n"), ("redaction/checks.py", "# another\n"))
    ):
        rules = tmp_path / str(number)
        shutil.copytree(REPOSITORY / "rules/finrisk_rules", rules)
        with (rules / name).open("a") as source:
            source.write(more)
        assert (version_of(rules) == rules_version()) is (not more), name


@pytest.mark.parametrize(
    ("strategy", "analysis", "prompt", "final"),
    [
        ("q", "a", "p" * TRAINING_PROMPT_MAX, True),
        ("é\u200e", "日本", "p", True),
        ("q", "a", "p" * (TRAINING_PROMPT_MAX + 1), False),
        ("q\u202a", "a", "p", False),
        ("q", "a\u2069", "p", False),
        ("q", "a", "p\u2066", False),
        ("q", "a", "p\u202e", False),
        ("q", "a", "p\x01", False),
    ],
)
def test_texts_are_final_where_prepare_takes_out_no_mark_and_refuses_none(
    strategy: str, analysis: str, prompt: str, final: bool
) -> None:
    assert version_of_rules(strategy, analysis, prompt) == (rules_version() if final else None)
