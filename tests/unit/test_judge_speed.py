"""What a judgement costs, relative to how fast this machine is just now."""

import random
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from benchmarks.judge_speed import DIVISIONS, HOSTILE, case, forget, hostile_case, milliseconds
from finrisk_rules.judge.allowance import MOST_LOOKS
from finrisk_rules.judge.claims import MOST_FIGURES
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

NAMES = "Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron".split()

MOST_CALLS = 900_000
"""Calls of functions of a judgement: a sixth more than the most that was seen, some 0.25 s."""

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
    for piece in (*HOSTILE, *chance()):
        asked = hostile_case(piece, 1)
        before = pace()
        spent = cpu_seconds(partial(judge, *asked))
        assert spent < 0.6 * max(before, pace(), 0.5), piece


@pytest.mark.parametrize("piece", HOSTILE[-4:])
def test_the_work_is_bounded_however_many_pages_a_hostile_text_is_divided_into(piece: str) -> None:
    for pages in DIVISIONS:
        asked = hostile_case(piece, pages)
        forget()
        assert calls(partial(judge, *asked)) < MOST_CALLS


def test_the_years_of_a_long_sentence_are_read_once() -> None:
    page = "| Amounts in millions | 2024 | 2023 |\n|---|---|---|\n| Revenue | 5 | 4 |\n"
    sources = [JudgedSource("", page, stored(facts_of(page)))]
    answer = ("5\uff0c\u6bd42023\u5e74\u589e\u52a04\uff0c" * 3_000)[:30_000]
    forget()
    assert calls(partial(judge, "", f"{answer} [1].", sources)) < 4 * MOST_CALLS


def calls(work: Callable[[], object]) -> int:
    """Return how many functions some work calls, Python's own among them: no other process changes that."""
    count = 0

    def see(_: FrameType, event: str, __: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(see)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


PAGE = "(in millions)\n\n| | 2024 | 2023 | 2022 |\n|---|---|---|---|\n" + "".join(
    f"| Sales of plant {name} | {n + 3100.5} | {n + 5200.5} | {n + 7300.5} |\n"
    for n, name in enumerate(f"{first}{second}" for first in NAMES for second in NAMES)
)


def listed(count: int) -> str:
    """Return an answer that states so many figures of the page, each right, without a citation."""
    rows = [line.split("|")[1:-1] for line in PAGE.splitlines()[4:]]
    said = [f"- {name.strip()}: {value.strip()} in 2024." for name, value, *_ in rows]
    assert len(said) >= count
    return "\n".join(said[:count])


def test_all_that_an_honest_answer_says_is_looked_at() -> None:
    pages = [JudgedSource(f"Plants {n}", PAGE, stored(facts_of(PAGE))) for n in range(8)]
    assert judge("What did each plant sell?", listed(MOST_FIGURES), pages).counts == {"stated": MOST_FIGURES}


def test_what_is_left_when_the_looks_are_spent_is_unread_and_never_right() -> None:
    answer = listed(MOST_FIGURES)
    pages = [JudgedSource(f"Plants {n}", f"{PAGE}\n{n}", stored(facts_of(PAGE))) for n in range(80)]

    judgement = judge("What did each plant sell?", answer, pages)

    verdicts = [figure.verdict for figure in judgement.figures]
    read = verdicts.index("unread")
    assert 0 < read < MOST_FIGURES == len(verdicts)
    assert verdicts == ["stated"] * read + ["unread"] * (MOST_FIGURES - read)
    assert judgement == judge("What did each plant sell?", answer, pages)
    assert not judgement.is_grounded


def test_numbers_that_are_no_figures_hide_none_behind_them() -> None:
    answer = f"{'See note 5. ' * 2400}\nSales of plant AlphaAlpha were 9,999.5 in 2024."
    judgement = judge("What?", answer, [JudgedSource("", PAGE, stored(facts_of(PAGE)))])
    assert judgement.figures
    assert not judgement.is_grounded


def test_a_figure_is_not_convicted_by_half_of_its_sources() -> None:
    said = "Net sales were 77.7 million in 2024."
    other, own = (
        JudgedSource("", text, stored(facts_of(text))) for text in ("Costs were 5.5 in 2024.", said)
    )
    judgement = judge("What?", said, [*[other] * MOST_LOOKS, own])
    assert judgement.counts == {"unread": 1}
