"""Which answers break off before their end."""

from __future__ import annotations

import time

import pytest

from finrisk_rules.endings import is_unfinished
from finrisk_rules.examples import problem

QUESTION = "How did the debt of Corvane Bank change in 2024, and what does that say of its liquidity?"
BEGINNING = "Corvane Bank owed $412 million at the end of 2024, after $390 million a year before [1]. "
TABLE = f"{BEGINNING}\n\n| Year | Bonds | Loans |\n| --- | --- | --- |\n| 2025 | 120 | 45 |\n"


@pytest.mark.parametrize(
    "end",
    [
        "It means to pay out of the cash flow of its two",
        "It means to pay them ba",
        "The rest is due in 2027, 2028 and",
        "The rest is due in 2027,",
        "The rest is due in 2027 [",
        "The rest is due in 2027 [1, ",
        "The rest is due in 2027 (before",
        "Die übrigen Kredite laufen bis 2027, weil die",
        "Остальные кредиты погашаются в следующем году, потому что",
        "残りは2027年に返済される予定であり、その資金については",
        "\n\n## Liquidity",
        "\n\n**Liquidity:",
        "The bank names three reasons:",
        "\n\n1. Bonds of $120 million [1].\n2. Loans of $45 million [1].\n3.",
        "\n\n- Bonds of $120 million [1].\n- Loans of $45 million [1].\n-",
        "\n\n- Bonds of $120 million [1].\n- Loans of the",
        "\n\n```\n412 - 390 = 22",
    ],
)
def test_an_answer_breaks_off(end: str) -> None:
    assert is_unfinished(BEGINNING + end)
    assert problem(QUESTION, BEGINNING + end) == "unfinished"


@pytest.mark.parametrize("row", ["| 2026 | 60 |", "| 2026 | 60 | 4", "| 2026 |", "| --- | --- | ---"])
def test_a_table_ends_with_a_row_as_wide_as_its_head(row: str) -> None:
    assert is_unfinished(TABLE + row)
    assert not is_unfinished(TABLE)
    assert not is_unfinished(TABLE.replace(" |\n", "\n"))
    assert not is_unfinished(TABLE + "| 2026 | 60 | 45 a.\\|b. |")
    assert not is_unfinished(TABLE + "| 2026 | 60 ||")


@pytest.mark.parametrize(
    "end",
    [
        "It means to pay out of cash flow [1]",
        "Debt rose by 412 / 390 - 1 = 5.6 %",
        "Debt rose by 22",
        "Debt rose, and the bank now owes $412 million",
        "The spread of the bank rose by 12 basis points",
        "Outlook: stable",
        "It is owed to Corvane Holding Inc.",
        "Debt rose, liquidity fell, margins rose, etc.",
        'It speaks of "a cautious consumer ..." [1]',
        "\n\n- bonds of 120\n- loans of 45\n- leases of other firms",
        "\n\n**Liquidity is adequate**",
        "\n\nRating: A",
        "\n\nPrepared by the desk",
        "\n\n```\n412 - 390 = 22\n```",
        "\n\nIn all 3.",
        "\n\n\u00b9 Annual report of the bank, notes on its bonds and on its loans",
        "\n\nSources:\n[1] Annual report of the bank with the notes on its bonds and loans",
        "\n\n- Liquidity is strong, because its cash exceeds\n  the debt due in the next twelve months",
        "負債の比率は安定している",
        "부채 비율은 안정적이다",
        "หนี้สินเพิ่มขึ้นร้อยละ 5",
        "कर्ज बढ़ा।",
        "ارتفع الدين؟",
    ],
)
def test_an_answer_may_end_without_a_full_stop(end: str) -> None:
    assert not is_unfinished(BEGINNING + end)


def test_a_text_that_cites_nothing_is_left_alone() -> None:
    assert not is_unfinished(
        "The leverage ratio fell while interest cover improved. The leverage ratio fell whi"
    )


@pytest.mark.parametrize(
    "text",
    [
        "[1" * 15_000,
        "[1]" + "| a" * 9_999,
        "[1]\n" + "|a\n" * 9_999 + "|",
        "[1] " + "a" * 30_000,
        "[1] " + ". a" * 9_999,
        "[1]" + "\n1. a" * 5_000 + "\n2.",
        "[1] **" + "* " * 15_000 + "a",
        "[1] " + "# " * 15_000,
    ],
)
def test_a_hostile_text_is_told_at_once(text: str) -> None:
    started = time.perf_counter()
    is_unfinished(text)
    assert time.perf_counter() - started < 0.3
