"""What a judgement costs, relative to how fast this machine is just now."""

from functools import partial

from benchmarks.judge_speed import HOSTILE, LENGTH, case, forget, milliseconds
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.pace import cpu_seconds, pace

MOST = 17
"""Times what reading 100 KB of JSON takes: twice what is measured, since cores are shared."""


def test_an_answer_of_four_hundred_words_is_judged_within_its_budget() -> None:
    asked = [case(seed) for seed in range(5)]
    unit = pace()
    forget()
    cold = min(sum(milliseconds(partial(judge, *each)) for each in asked) / len(asked) for _ in range(3))

    assert cold < MOST * max(unit, pace())


def test_a_hostile_text_costs_a_moment() -> None:
    def seconds(text: str) -> float:
        source = JudgedSource("", text, stored(facts_of(text)))
        return cpu_seconds(lambda: judge(text, text, [source]))

    for piece in HOSTILE:
        before = pace()
        spent = seconds((piece * LENGTH)[:LENGTH])
        assert spent < 1.2 * max(before, pace(), 0.5), piece
