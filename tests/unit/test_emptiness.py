"""Which answers state nothing."""

from __future__ import annotations

import time

import pytest

from finrisk_rules.emptiness import says_nothing
from finrisk_rules.examples import problem
from finrisk_rules.refusals import is_refusal

QUESTION = "What are the credit, market and liquidity risks of Corvane Bank in 2024, and how large are they?"
SAID = "Corvane Bank lost $412 million on loans in 2024, after $390 million a year before [1]. "


@pytest.mark.parametrize(
    "analysis",
    [
        "The margin of {{ firm }} went from {{ before }} to {{ now }} because of {{ driver }}, "
        "as the filing says [1].",
        "${FIRM} earned ${REVENUE} in ${YEAR}, and its order book of ${BACKLOG} is of the same "
        "size as before [1].",
        "The margin of [INSERT FIRM] fell to [insert margin] because of [your driver], as its "
        "filing for the year says.",
        "## Credit risk\nTODO\n\n## Market risk\nTODO\n\n## Liquidity risk\nTBD, see the filing "
        "of the firm for this year.",
        "Revenue of ____ fell to ______ in the year because of ________, as the filing of the "
        "firm for this year says.",
        "Credit risk: N/A\nMarket risk: N/A\nLiquidity risk: n/a\nLegal risk: N/A\nConclusion: "
        "N/A\nSources: N/A\nNotes: N/A",
        "- Kreditrisiko: keine Angabe\n- Marktrisiko: k. A.\n- Zinsrisiko: entfällt\n- "
        "Liquiditätsrisiko: keine Angaben\n- Fazit: -",
        "| Risk | Size |\n| --- | --- |\n| Credit | to be supplied |\n| Market | to be supplied "
        "|\n| Liquidity | pending |\n| Legal | - |",
        "." * 150,
        "- " * 60,
        "test " * 30,
        "テスト" * 40,
        QUESTION,
        f"{QUESTION} {QUESTION}",
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor "
        "incididunt ut labore et dolore.",
    ],
)
def test_an_answer_states_nothing(analysis: str) -> None:
    assert says_nothing(QUESTION, analysis)
    assert problem(QUESTION, analysis) in ("says_nothing", "analysis_too_short", "obeys_instruction")


@pytest.mark.parametrize(
    "analysis",
    [
        SAID + "A template of the bank showed {{ name }} to two customers.",
        SAID + "Its mails began with {{ first_name }}, {{ last_name }}.",
        "The report of the bank held `{{ client }}` and `{{ amount }}` where a template was not "
        "filled in [1].",
        "The loss given default is $${PD}_{t} \\times {LGD}_{t}$$, and ${EAD}_{t}$ is the "
        "exposure at default then [1].",
        SAID
        + "\n\n| Risk | 2024 | 2023 |\n| --- | --- | --- |\n| Credit | n/a | n/a |\n| Market | 12 | 14 |",
        "Legal risk: n/a\nTax risk: n/a\n" + SAID,
        "Impairment: none\nLitigation: None\n\nThe bank kept all its cash because of its merger.",
        "减值\uff1a无\n诉讼\uff1a无\n\n该公司因并购计划保留全部现金。",
        "Still to do are five of nineteen points: TBD in the plan of the bank, and so is the "
        "data warehouse of 2025 [1].",
        "負債比率は低下し利息負担は改善した。" * 3,
        f"{QUESTION}\n\n{SAID}",
        "[EMAIL] and [PHONE] of the bank are in its report, with the number of its card, and "
        "nobody knows why they are [1].",
        "See <https://corvane.example> and <CR> for the bank's loans of $412 million, $390 "
        "million and $12 million [1].",
    ],
)
def test_an_answer_with_such_signs_states_something(analysis: str) -> None:
    assert not says_nothing(QUESTION, analysis)


@pytest.mark.parametrize(
    ("analysis", "is_promise"),
    [
        (
            "Certainly! I'll go through the filings and compare the ratios of both years. Just a "
            "moment, please.",
            True,
        ),
        (
            "Gerne! Ich werde die Berichte beider Jahre vergleichen. Einen Moment bitte, ich sehe in "
            "den Unterlagen nach.",
            True,
        ),
        ("I will look at liquidity first. The bank relies on wholesale funding, which is weak [a].", False),
        ("Let me compare the years. Debt rose from $390 million to $412 million [1].", False),
    ],
)
def test_a_promise_alone_is_no_answer(analysis: str, is_promise: bool) -> None:
    assert is_refusal(analysis) == is_promise


@pytest.mark.parametrize(
    "sign",
    [
        "{{ ",
        "${",
        "[insert ",
        "____",
        "`",
        "$",
        "a: n/a\n",
        ": ",
        "TODO ",
        "|-",
        "I will. ",
        "x",
        "\n",
        "{{ a }} 1 ",
    ],
)
def test_a_hostile_text_is_told_at_once(sign: str) -> None:
    text = (sign * 30_000)[:30_000]
    started = time.perf_counter()
    says_nothing(QUESTION, text)
    assert time.perf_counter() - started < 0.3
