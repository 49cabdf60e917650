"""The patterns of redaction: the words that are looked for before them are those that they find."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from finrisk_rules.patterns import Pattern
from finrisk_rules.redaction import redactor
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.reading import STEM, Reading
from tests.grounds.spellings import spellings

SAID = [kind for kind in redactor._KINDS if isinstance(kind, Said)]


RANGE = re.compile(r"(\\u[0-9a-f]{4}|[^\\])-(\\u[0-9a-f]{4}|[^\\\]])")


GLUED = re.compile(r"[^\W\d_A-Z][A-Z]|\.\.")
"""What nobody writes, though a pattern that reads sloppy texts would find it: "heirJane Roe"."""


def code(sign: str) -> int:
    return int(sign[2:], 16) if sign.startswith("\\u") else ord(sign)


def test_patterns_name_few_letters_above_latin_1() -> None:
    """``re`` takes the longer to compile a class the more of them it names, which every worker pays."""
    patterns = {
        value.pattern
        for name, module in list(sys.modules.items())
        if name.startswith("finrisk_rules.redaction.")
        for value in vars(module).values()
        if isinstance(value, Pattern)
    }
    ranges = [each for pattern in patterns for each in RANGE.findall(pattern)]
    assert len(patterns) > 100
    assert sum(max(0, code(last) - max(code(first), 0xFF)) for first, last in ranges) < 800_000


@pytest.mark.parametrize("kind", SAID, ids=[f"{kind.name}: {kind.words[0]}" for kind in SAID])
@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_pattern_finds_is_looked_for(kind: Said, data: st.DataObject) -> None:
    """A text that has none of the words is never searched, so no pattern may begin otherwise."""
    drawn = data.draw(st.from_regex(re.compile(kind.pattern.pattern, kind.pattern.flags)))
    match = kind.pattern.search(Reading(drawn).text)
    assume(match)
    assert match
    assert _is_looked_for(kind, Reading(match[0])), match[0]


def test_each_alternative_of_a_pattern_is_looked_for() -> None:
    """Of the patterns that are found in a text of nothing but their alternatives: most of them."""
    spelled: dict[str, set[str]] = {}
    for kind in SAID:
        for text in spellings(kind.pattern):
            if not GLUED.search(text) and (match := kind.pattern.search(Reading(text).text)):
                spelled.setdefault(f"{kind.name}: {kind.words[0]}", set()).add(match[0])
                assert _is_looked_for(kind, Reading(match[0])), match[0]
    assert len(spelled) > 45


def _is_looked_for(kind: Said, reading: Reading) -> bool:
    return any(
        reading.lower.startswith(word)
        and (
            word in kind.inside
            or word[0] >= "\u0900"
            or re.split(r"[\W\d_]", word)[0][:STEM] in reading.stems
        )
        for word in (*kind.words, *kind.inside)
    )
