"""Calculations that an answer writes: which results follow from operands that the sources state."""

import json
import random
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from finrisk_rules.judge.arithmetic import Support
from finrisk_rules.judge.calculations import calculations, computed
from finrisk_rules.quantities import Quantity, number, style_of


def results(text: str, *stated: str, power: int | None = None) -> set[str]:
    """The results that are computed where the sources state these numbers, in this power of ten."""
    values = {abs(Decimal(each)) for each in stated}

    def support(figure: Quantity) -> Support | None:
        return Support(power) if abs(figure.value) in values else None

    return {
        text[each.result.start : each.result.end].strip("(-−.) ")
        for each in computed(calculations(text), support)
    }


RIGHT = {
    "difference": ("5.2 - 4.1 = 1.1", "1.1", "5.2 4.1"),
    "long dash": ("5.2 – 4.1 = 1.1", "1.1", "5.2 4.1"),
    "no blanks": ("(5,765.2-5,050.2)/5,050.2=14.16%", "14.16%", "5765.2 5050.2"),
    "tight slash": ("68389/144535 = 47.3%", "47.3%", "68389 144535"),
    "times": ("5.8 million x 1.2 = $6.96 million", "$6.96 million", "5.8 1.2"),
    "tight times": ("5.8x1.2 = 6.96", "6.96", "5.8 1.2"),
    "division sign": ("15.3 ÷ 9 ≈ 1.7", "1.7", "15.3"),
    "German division": ("15,300 : 10,200 = 1.5", "1.5", "15300 10200"),
    "citations": ("$5.2 million [1] - $4.1 million [2] = $1.1 million [1, 2]", "$1.1 million", "5.2 4.1"),
    "named citations": ("$5.2 [Source 1] − $4.1 [Source 2] = $1.1", "$1.1", "5.2 4.1"),
    "footnotes": ("$5.2¹ - $4.1² = $1.1", "$1.1", "5.2 4.1"),
    "labels": (
        "Leases 68,389 (operating) ÷ total obligations 144,535 (2013) = 47.3%",
        "47.3%",
        "68389 144535",
    ),
    "periods": ("5.2 in 2019 − 4.1 in 2018 = 1.1", "1.1", "5.2 4.1"),
    "bold": ("**5.2 − 4.1 = 1.1**", "1.1", "5.2 4.1"),
    "word": ("5.2 minus 4.1 equals 1.1", "1.1", "5.2 4.1"),
    "German word": ("5.2 geteilt durch 4 ergibt 1.3", "1.3", "5.2"),
    "result first": ("Growth was 26.8% ((5.2 − 4.1) / 4.1)", "26.8%", "5.2 4.1"),
    "result on the next line": ("Growth = (5.2 − 4.1) / 4.1\n= 26.8%", "26.8%", "5.2 4.1"),
    "factor of 100": ("(5.2 − 4.1) / 4.1 × 100 = 26.8%", "26.8%", "5.2 4.1"),
    "less one": ("5.2 / 4.1 − 1 = 26.8%", "26.8%", "5.2 4.1"),
    "growth of an index": ("(233.86 − 100) / 100 = 133.86%", "133.86%", "233.86"),
    "rest of the whole": ("100% − 23.4% = 76.6%", "76.6%", "23.4"),
    "mean": ("(7,488 + 6,547 + 7,001) / 3 = 7,012", "7,012", "7488 6547 7001"),
    "square brackets": ("[(1,062+1,018)/2] - [(1,018+950)/2] = 56", "56", "1062 1018 950"),
    "negative": ("2.29 − (−3.27) = 5.56", "5.56", "2.29 3.27"),
    "accountants' brackets": ("2.29 − (3.27) = 5.56", "5.56", "2.29 3.27"),
    "brackets that group": ("5.29 − (3.27) = 2.02", "2.02", "5.29 3.27"),
    "negative result": ("4.1 − 5.2 = −1.1", "1.1", "5.2 4.1"),
    "fall said in words": ("a decrease of 1.1 (4.1 − 5.2)", "1.1", "5.2 4.1"),
    "percentage points": ("4.1% − 3.2% = 0.9 percentage points", "0.9 percentage points", "4.1 3.2"),
    "basis points": ("4.1% − 3.2% = 90 basis points", "90 basis points", "4.1 3.2"),
    "percent of": ("$9.6 million × 12% = $1.152 million", "$1.152 million", "9.6 12"),
    "scale of the result": ("1,442,912 × 86.98 = $125.5 million", "$125.5 million", "1442912 86.98"),
    "mixed scales": ("$1.2 billion − $350 million = $850 million", "$850 million", "1.2 350"),
    "scale left out": ("$1,234 − $1,100 = $134 million", "$134 million", "1234 1100"),
    "said average": ("The average of 14.8, 15.2 and 16.7 is 15.57.", "15.57", "14.8 15.2 16.7"),
    "said total": ("Leases of 14.8 and loans of 15.2 together make 30.0.", "30.0", "14.8 15.2"),
    "said total, first": ("The total is 30.0: 14.8 and 15.2.", "30.0", "14.8 15.2"),
    "said difference": ("The difference between 5.2 and 4.1 is 1.1.", "1.1", "5.2 4.1"),
    "said rise": ("Sales rose by $1.1 million from $4.1 million to $5.2 million.", "$1.1 million", "4.1 5.2"),
    "said growth": ("Sales went up 26.8% from $4.1 million to $5.2 million.", "26.8%", "4.1 5.2"),
    "said growth, then": (
        "Sales were 5.2 in 2019 and 4.1 in 2018. The increase was 26.8%.",
        "26.8%",
        "4.1 5.2",
    ),
    "said share": ("Of sales of 9.6, 1.152 or 12% came from leases.", "12%", "9.6 1.152"),
    "said part": ("12% of $9.6 million is $1.152 million.", "$1.152 million", "12 9.6"),
    "said ratio": ("The ratio of 5.6 to 4.0 is 1.4.", "1.4", "5.6 4.0"),
    "German words": ("Der Umsatz stieg von 4.1 auf 5.2, ein Anstieg um 26.8 %.", "26.8 %", "4.1 5.2"),
    "French words": ("Le chiffre est passé de 4.1 à 5.2, en hausse de 26.8 %.", "26.8 %", "4.1 5.2"),
    "Japanese words": ("売上高は4.1億円から5.2億円に26.8%増加した。", "26.8%", "4.1 5.2"),
    "list": ("- 2019: 5.2 [1]\n- 2018: 4.1 [1]\n- Change: 1.1 (26.8%)", "1.1", "5.2 4.1"),
}


@pytest.mark.parametrize(("text", "result", "stated"), RIGHT.values(), ids=RIGHT)
def test_a_result_that_follows_is_computed(text: str, result: str, stated: str) -> None:
    assert result in results(text, *stated.split())


@pytest.mark.parametrize(("text", "result", "stated"), RIGHT.values(), ids=RIGHT)
def test_without_evidence_for_an_operand_nothing_is_computed(text: str, result: str, stated: str) -> None:
    assert result not in results(text, *stated.split()[1:])


AS_MODELS_WRITE = [
    json.loads(line) for line in (Path(__file__).parent / "calculations.jsonl").read_text().splitlines()
]
"""Texts with their results; every other figure is stated."""


@pytest.mark.parametrize("case", AS_MODELS_WRITE, ids=range(len(AS_MODELS_WRITE)))
def test_calculations_as_models_write_them(case: dict[str, Any]) -> None:
    text = case["text"]
    style = style_of(text)
    values = {read[0] for each in case["results"] if (read := number(each, style))}
    done = computed(
        calculations(text, style), lambda figure: None if abs(figure.value) in values else Support()
    )
    assert values <= {abs(each.result.value) for each in done}


WRONG = {
    "result": ("5.2 − 4.1 = 1.2", "1.2", "5.2 4.1"),
    "operator": ("5.2 + 4.1 = 1.1", "1.1", "5.2 4.1"),
    "rounding": ("15.3 ÷ 9 ≈ 1.8", "1.8", "15.3"),
    "percent for a ratio": ("68,389 / 144,535 = 0.47%", "0.47%", "68389 144535"),
    "ratio for a percentage": ("68,389 / 144,535 = 47.3", "47.3", "68389 144535"),
    "scale": ("$5.2 million − $4.1 million = $1.1 billion", "$1.1 billion", "5.2 4.1"),
    "sign": ("5.2 − 4.1 = −1.1", "1.1", "5.2 4.1"),
    "mean of too few": ("(14.8 + 15.2) / 3 = 10.0", "10.0", "14.8 15.2"),
    "constants alone": ("100 / 4 = 25", "25", ""),
    "base of a growth": ("Sales went up 21.2% from $4.1 million to $5.2 million.", "21.2%", "4.1 5.2"),
    "base of another year": (
        "Sales were 5.2 in 2019 and 4.1 in 2018, an increase of 21.2%.",
        "21.2%",
        "4.1 5.2",
    ),
    "no calculation is written": ("Sales of 5.2, costs of 4.1, profit of 1.1.", "1.1", "5.2 4.1"),
    "an operator between, and a share": ("5.2 + 4.1 = 78.8%", "78.8%", "5.2 4.1"),
}


@pytest.mark.parametrize(("text", "result", "stated"), WRONG.values(), ids=WRONG)
def test_a_result_that_does_not_follow_is_not_computed(text: str, result: str, stated: str) -> None:
    assert result not in results(text, *stated.split())


def test_a_result_is_an_operand_of_the_next_step() -> None:
    assert results("5,765.2 − 5,050.2 = 715.0; 715.0 / 5,050.2 = 14.16%", "5765.2", "5050.2") == {
        "715.0",
        "14.16%",
    }


def test_a_step_may_be_written_behind_the_one_that_needs_it() -> None:
    assert results("1.1 / 4.1 = 26.8%, where 5.2 − 4.1 = 1.1", "5.2", "4.1") == {"1.1", "26.8%"}


def test_a_next_form_of_an_expression_is_a_step() -> None:
    text = "(5,765.2 − 5,050.2) / 5,050.2 = 715.0 / 5,050.2 = 14.16%"
    assert results(text, "5765.2", "5050.2") == {"715.0", "14.16%"}


def test_a_step_may_go_on_unrounded() -> None:
    text = "3,456 / 10,234 = 0.34; 0.34 × 100 = 33.77%"
    assert results(text, "3456", "10234") == {"0.34", "33.77%"}


def test_a_wrong_step_carries_no_further() -> None:
    assert not results("5,765.2 − 5,050.2 = 716.0; 716.0 / 5,050.2 = 14.18%", "5765.2", "5050.2")


def test_the_scale_that_a_source_says_holds_for_its_operands() -> None:
    assert results("38,476 − 24,264 = $14.2 million", "38476", "24264", power=3) == {"$14.2 million"}
    assert not results("38,476 − 24,264 = $14,212 million", "38476", "24264", power=3)
    assert results("38,476 − 24,264 = 14,212", "38476", "24264", power=3) == {"14,212"}


def test_places_hold_in_the_text() -> None:
    text = "Sales: **$5.2 million** [1] − $4.1 million [2] = $1.1 million."
    (calculation,) = calculations(text)
    shown = [text[each.start : each.end].strip(".") for each in (*calculation.operands, calculation.result)]
    assert shown == ["$5.2 million", "$4.1 million", "$1.1 million"]


@pytest.mark.parametrize(
    "text",
    [
        "1+" * 5_000,
        "1+1=" * 2_500,
        "(" * 4_000,
        "(1+" * 4_000,
        ")" * 4_000,
        "1/" * 5_000,
        "+".join(["1"] * 5_000),
        "+".join(map(str, range(10, 30))) * 150,
        "Average 12, 3, total 5, change 4%. " * 280,
        "5% of 6 is 7 " * 800,
        "\n- up 5%" * 1_200,
    ],
    ids=range(11),
)
def test_time_is_linear_in_hostile_text(text: str) -> None:
    def seconds(text: str) -> float:
        times = []
        for _ in range(2):
            start = time.process_time()
            list(computed(calculations(text), lambda _: Support()))
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(text) < 8 * seconds(text[: len(text) // 4]) + 0.02


def test_nothing_raises() -> None:
    chance = random.Random(7)  # noqa: S311 - texts, no secrets
    pieces = [*"0159.,()[]+-*/x×÷=%$€ \n", "million", "basis points", " average ", "2019", "\ud800", "1e9",
              "0 / 0", "9" * 45, "增", " of ", " from ", "−", "¹", "٣"]  # fmt: skip
    for _ in range(1_000):
        text = "".join(chance.choices(pieces, k=chance.randint(1, 40)))
        list(computed(calculations(text), lambda _: Support(6)))
