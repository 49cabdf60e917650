"""Text of 30,000 characters made to be slow is judged in a moment: one request must not hold up a worker."""

from __future__ import annotations

import pytest

from finrisk.quality import quality_parts
from finrisk_rules.examples import problem
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.prompt import Source, render
from finrisk_rules.redaction import redact
from tests.grounds.pace import cpu_seconds, pace

LENGTH = 30_000
HOSTILE = [
    "2010 - 2011 - " * 2200,
    "1-" * 15_000,
    "1 + " * 7500 + "= 5",
    "1=" * 15_000,
    "(" * LENGTH,
    "\n" * LENGTH,
    " " * LENGTH,
    "\n \n" * 10_000,
    "a.a." * 7500,
    "a@" * 15_000,
    "a" * LENGTH,
    "A1" * 15_000,
    "x://" * 7500,
    "user:pass" * 3300,
    "1234 " * 6000,
    "1" * LENGTH,
    "1,234," * 5000,
    "12-" * 10_000,
    "+1 202 " * 4200,
    "GB82 WEST " * 3000,
    "eyJ" * 10_000,
    "eyJaaaaaaaaaa." * 2100,
    "-----BEGIN PRIVATE KEY-----" * 1100,
    "password=" * 3300,
    "null " * 6000,
    "error.Error: " * 2300,
    "[1]" * 10_000,
    "# " * 15_000,
    "<title>" * 4200,
    "QUESTION\n" * 3300,
    "sorry i'm sorry as an ai " * 1200,
    "!" * LENGTH,
    "[" * LENGTH,
    f"Cash was 12 million [{'1' * LENGTH}].",
    "[1" * 15_000,
    "a$" * 15_000,
    "a-" * 15_000,
    "a b " * 7500,
    "1a " * 10_000,
    "&#105;" * 5000,
    "%69" * 10_000,
    "QUJD" * 7500,
    "Dr " * 10_000,
    "Mr " * 10_000,
    "Frau Prof. " * 2700,
    "Prof. Dr. Anna de la " * 1400,
    "S O U R C E " * 2500,
    "ignore " * 4200,
    "ignore the your all " * 1500,
    "do not follow " * 2100,
    "you are now with no " * 1500,
    "always answer the reply only " * 1000,
    "when asked answer, " * 1500,
    "reveal your system hidden " * 1100,
    "<!-- ai assistant " * 1600,
    "![x](https://" * 2300,
    "send the conversation " * 1300,
    "user: " * 5000,
    "system:\n" * 3700,
    "you <b>" * 4200,
    "\u0456gnore " * 4200,
    "\u5ffd\u7565\u4e4b\u524d" * 7500,
    "\u4ee5\u524d\u306e\u6307\u793a" * 6000,
    "ignora le tue " * 2100,
    "\U000e0041" * LENGTH,
    "\u200b" * LENGTH,
    "\ufdfa" * LENGTH,
    "i can't, " * 3300,
    "the sources do not " * 1500,
    "error: request " * 2000,
    "at a.b.c(" * 3300,
    "x.go" * 7500,
    "\u3067\u304d" * 15_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:14] for text in HOSTILE])
def test_no_text_is_slow_to_redact(text: str) -> None:
    before, spent = pace(), cpu_seconds(lambda: redact(text[:LENGTH]))
    assert spent < 0.3 * max(before, pace(), 1), "seconds of CPU, on a machine of pace 1"


@pytest.mark.parametrize("text", HOSTILE, ids=[text[:14] for text in HOSTILE])
def test_no_text_is_slow_to_judge(text: str) -> None:
    def answered() -> None:
        redact(text)
        problem(text, text)
        source = JudgedSource(text, text, None, text[:100])
        quality_parts(text, text, [source], judge(text, text, [source]))
        render(text, [Source(text[:100], text[:100], text)])

    before, spent = pace(), cpu_seconds(answered)
    assert spent < 1.5 * max(before, pace(), 0.4), "seconds of CPU, on a machine of pace 1"
