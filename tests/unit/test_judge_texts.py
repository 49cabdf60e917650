"""The judge on any text: nothing raises, time is linear, and facts of older releases are judged alike."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules.judge.claims import MOST_FIGURES
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from tests.grounds.judged import REPORT, SOURCES, source, verdicts
from tests.grounds.pace import cpu_seconds

HOSTILE = [
    "",
    "[1]" * 2000,
    "1 " * 15_000,
    "$1,234.5 million in 2023, " * 1000,
    "|" * 30_000,
    "| 1 | 2 |\n" * 3000,
    "(" * 30_000,
    "\ud800\udfff" * 1000,
    "\u202e4,502 \u0633\u0646\u0629 2023 [1]" * 500,
    "9" * 30_000,
    "[1-99]" * 3000,
    "Revenue " * 4000,
    "rose " * 6000,
    "1.1.1.1" * 4000,
    "2023 " * 6000,
    "\n" * 30_000,
    "売上高は4,502百万円。" * 2000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_that_a_text_holds_raises(text: str) -> None:
    judge("", text, SOURCES)
    judge(text, "Revenue was 4,502 in 2023 [1].", SOURCES)
    judge("", "Revenue was 4,502 in 2023 [1].", [source(text)])


def test_time_is_linear_in_the_figures_of_one_sentence() -> None:
    text = "| | 2019 | 2018 |\n|---|---|---|\n| Sales | 1,250 | 1,000 |"
    source = JudgedSource("Report", text, stored(facts_of(text)))

    def seconds(times: int) -> float:
        wall = "+".join(map(str, range(100, 120))) * times
        return cpu_seconds(lambda: judge("", wall, [source]))

    seconds(1)
    assert seconds(160) < 8 * seconds(40) + 0.02


def test_of_a_wall_of_figures_the_first_ones_are_judged_and_the_others_never_pass() -> None:
    wall = "1234 " * 6000
    told = [each.verdict for each in verdicts(wall, wall, [source(wall)])]
    first_unread = told.index("unread")
    assert 0 < first_unread <= MOST_FIGURES
    assert told == ["stated"] * first_unread + ["unread"] * (6000 - first_unread)


def test_without_facts_a_source_is_read_as_it_stands() -> None:
    page = [JudgedSource("Annual report", REPORT, None)]

    assert [each.verdict for each in verdicts("Revenue was $4,502 million in 2023 [1].", sources=page)] == [
        "stated"
    ]


TEXTS = st.text(st.sampled_from("0123456789.,%$()|[]- \nabR\ud800\u0661年"), max_size=200)


@given(answer=TEXTS, page=TEXTS, question=TEXTS)
def test_no_text_raises_and_what_no_source_has_is_never_right(answer: str, page: str, question: str) -> None:
    judge(question, answer, [source(page)])
    absent = f"Revenue was $7,340,519,286.25 in 2023 [1]. {answer}"

    assert judge(question, absent, [source(page)]).figures[0].verdict not in RIGHT


def test_a_table_of_ten_thousand_rows_and_ragged_ones_are_read() -> None:
    rows = "\n".join(f"| Branch {n} | {n * 37 + 1_000_003:,} |{'|' * (n % 3)}" for n in range(10_000))
    page = [source(f"| | 2023 |\n|---|---|\n{rows}\n")]

    assert [each.verdict for each in verdicts("Branch 4711 had 1,174,310 in 2023 [1].", sources=page)][
        -1
    ] == "stated"


def test_facts_of_before_index_version_4_are_judged_alike() -> None:
    def old(facts: str) -> str:
        kept = json.loads(facts)
        return json.dumps({"t": kept["t"], "s": kept["s"]})

    new = [replace(each, facts=stored(facts_of(each.text))) for each in SOURCES]
    former = [replace(each, facts=old(each.facts or "")) for each in new]
    for answer in (
        "Revenue rose from $4,310 million in 2022 to $4,502 million in 2023 [1].",
        "Revenue was $4,310 million in 2023 [1].",
        "Der Umsatz von 4.502 Mio. $ wurde im Jahr 2023 nicht mehr so wie im Jahr zuvor erreicht [1].",
    ):
        assert verdicts(answer, sources=former) == verdicts(answer, sources=new)
    assert verdicts(answer, sources=new)[0].verdict == "unread"


def test_what_a_release_of_before_reads_of_facts_has_the_shape_that_it_knows() -> None:
    """Its pods run beside ours during a roll-out, and alone after a rollback; its judge takes no other."""
    kept = json.loads(stored(facts_of(SOURCES[0].text)))
    assert kept["t"]
    assert kept["s"]
    assert {len(table) for table in kept["t"]} == {len(statement) for statement in kept["s"]} == {4}
