"""Units, amounts a share, names, equations, words of another sentence: a readable case of each rule."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import RIGHT, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

OUTPUT = """Output and shares (in millions, except per share data)

| | 2024 | 2023 |
|---|---|---|
| Copper production (kt) | 214.7 | 203.1 |
| Specific CO2 per tonne of cement (kg) | 584 | 601 |
| Electricity generated (GWh) | 9,143 | 8,872 |
| Basic weighted average shares outstanding | 212.4 | 214.0 |
| Basic earnings per share | $ 2.41 | $ 2.28 |
| Sensing | 958.3 | 688.5 |
| Total segment profit | 644.1 | 543.5 |
| Average price per tonne ($) | 912 | 876 |
| Net income | 512 | 488 |

| | >360 | >180 |
|---|---|---|
| Country risk: low | 313 | 447 |
"""
PROSE = """We generated 14,382 GWh in 2024. Diluted EPS was $2.39 in 2024.
At year end 40,870,215 shares were outstanding.
Operating income was $1.38 billion, or 7.9% of net sales, compared with $1.81 billion, or 10.0%.
Comparable transactions decreased 2.9%. Net sales decreased due to a 4.6% decline in comparable sales.
Backlog was $889.0 million. Orders in the Water segment were $1,204.8 million, in Process $1,167.3 million.
Amounts of $190 million and $465 million fall due next year and the year after.
Profit was $45,725 thousand in 2024, against $36,267 thousand in 2023.
Finance costs were $9,347 thousand, against $11,280 thousand.
"""


def is_kept(answer: str) -> bool:
    """Whether all figures of an answer on these pages are right, and one is read."""
    sources = [
        JudgedSource("Report 2024", text, stored(facts_of(text)), "Halden Mining Corp.", 2024)
        for text in (OUTPUT, PROSE)
    ]
    figures = judge("What does it say?", answer, sources).figures
    return bool(figures) and RIGHT.issuperset(each.verdict for each in figures)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        (
            "Copper production was 214,700 tonnes in 2024 [1].",
            "Copper production was 214,700 kt in 2024 [1].",
        ),
        (
            "Copper production was 214.7 thousand tonnes in 2024 [1].",
            "Copper production was 214.7 million tonnes in 2024 [1].",
        ),
        ("We generated 14.4 TWh in 2024 [2].", "We generated 14,382 MWh in 2024 [2]."),
        (
            "Specific CO2 per tonne of cement was 584 kg in 2024 [1].",
            "Specific CO2 per tonne of cement was 584 tonnes in 2024 [1].",
        ),
        (
            "The average price was $912 per tonne in 2024 [1].",
            "The average price was $912 thousand per tonne in 2024 [1].",
        ),
        ("Diluted EPS was $2.39 in 2024 [2].", "Diluted EPS was $2.39 million in 2024 [2]."),
        (
            "At year end 40.9 million shares were outstanding [2].",
            "At year end 40,870,215 thousand shares were outstanding [2].",
        ),
        (
            "There were 212.4 million basic shares in 2024 [1].",
            "There were 214.0 million basic shares in 2024 [1].",
        ),
        (
            "In 2024 the segment profit of Sensing was 958.3 million [1].",
            "In 2024 the total segment profit was 958.3 million [1].",
        ),
        (
            "- In >360, country risk: low came to 313 million [1].",
            "- In >360, country risk: low came to 331 million [1].",
        ),
        (
            "Operating income fell from $1.81 billion (10.0%) to $1.38 billion (7.9%) [2].",
            "Operating income fell from $1.81 billion (10.4%) to $1.38 billion (7.9%) [2].",
        ),
        ("Comparable sales fell 4.6% [2].", "Comparable sales fell 2.9% [2]."),
        ("Water had orders of $1,204.8 million [2].", "Water had orders of $889.0 million [2]."),
        (
            "Amounts of $190 million and $465 million fall due [2].",
            "Amounts of $190 million and $456 million fall due [2].",
        ),
        (
            "Profit was $45,725 thousand, against $36,267 thousand, while finance costs fell [2].",
            "Profit fell to $36,267 thousand, against $45,725 thousand [2].",
        ),
        ("Net income a share: 512 / 212.4 = $2.41 [1].", "Net income a share: 488 / 212.4 = $2.41 [1]."),
    ],
)
def test_right_answers_are_kept_and_wrong_ones_are_not(right: str, wrong: str) -> None:
    assert is_kept(right)
    assert not is_kept(wrong)


def test_an_english_table_of_amounts_a_share_is_not_italian() -> None:
    rows = ("Basic earnings", "Dividends", "Cash")
    page = "| | 2024 |\n|---|---|\n" + "".join(f"| {row} per share | 2.41 |\n" for row in rows)
    facts = facts_of(page)
    assert facts.language != "it"
    source = JudgedSource("Report", page, stored(facts))
    [figure] = judge("What is EPS?", "Basic EPS was 2.41 [1].", [source]).figures
    assert figure.verdict == "stated"


def test_a_short_answer_is_read_in_the_language_of_the_source_that_has_its_words() -> None:
    page = "Le ratio de la dette est de 2,5 fois et le coefficient d'exploitation de 59,5 % pour l'exercice."
    source = JudgedSource("Rapport", page, stored(facts_of(page)))
    [figure] = judge("What does the report say?", "Coefficient d'exploitation : 59,5 % [1]", [source]).figures
    assert figure.verdict == "stated"
