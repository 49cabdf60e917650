"""What a judgement costs, relative to how fast this machine is just now."""

import random
from functools import partial

from benchmarks.judge_speed import HOSTILE, LENGTH, case, forget, milliseconds
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.pace import cpu_seconds, pace

PARTS = [
    *"0123456789.,;:()[]{}$%-/\\|*+=_'\"#&~^<>!?\u2013\u20ac \n\t\u00a0\u202e\u3002\u3001\u0663\u00bd",
    *"No. |Rs. |A|Revenue |rose |from |to |and |of |million|bn|2023|Q3|FY21|second quarter |May |[1]|[1, 2]"
    "|(1)|1,234.5|999|5 %|nahm |ab|not |total |\u5104|\u4e07|\u58f2\u4e0a\u9ad8"
    "|\u306b\u5bfe\u3057|\u304b\u3089|\u5e74|\u4ee4\u548c\u5143\u5e74|compared to |days "
    "|TEUR |**| - |1. |\u00d7".split("|"),
]
CHANCES = 24

MOST = 17
"""Times what reading 100 KB of JSON takes: twice what is measured, since cores are shared."""


def test_an_answer_of_four_hundred_words_is_judged_within_its_budget() -> None:
    asked = [case(seed) for seed in range(5)]
    unit = pace()
    forget()
    cold = min(sum(milliseconds(partial(judge, *each)) for each in asked) / len(asked) for _ in range(3))

    assert cold < MOST * max(unit, pace())


def chance() -> list[str]:
    """Return texts put together by chance of what answers, figures and layout are made of."""
    rng = random.Random(1)  # noqa: S311 - texts, no secrets
    return ["".join(rng.choices(PARTS, k=rng.randint(1, 6))) for _ in range(CHANCES)]


def test_a_hostile_text_costs_a_moment() -> None:
    def seconds(text: str) -> float:
        source = JudgedSource("", text, stored(facts_of(text)))
        return cpu_seconds(lambda: judge(text, text, [source]))

    for piece in (*HOSTILE, *chance()):
        before = pace()
        spent = seconds((piece * LENGTH)[:LENGTH])
        assert spent < 1.2 * max(before, pace(), 0.5), piece
