"""Long answers as models write them: a readable case of each rule that they asked for."""

import pytest

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.page_facts import facts_of, stored

CREDIT = """Credit quality (dollars in thousands)

| December 31, | 2024 | 2023 |
|---|---|---|
| Total loans | 7,900,000 | 7,676,000 |
| Cash paid for settlements | (121) | (98) |
"""
PEER = "Total loans were $5,412 million at December 31, 2024. The common equity tier 1 ratio was 12.18%."
PROSE = """Net income was $341 million, or $2.18 a share, compared with $496 million, or $3.15 a share.
Of the advances, 6.2% were more than 90 days past due.
A 10% rise in prices would reduce EBITDA by $84 million.
We used a terminal growth rate of 1.0%, before 1.5%.
It is reasonably possible that tax benefits will decrease by $20 million within twelve months.
"""


def source(text: str, company: str) -> JudgedSource:
    return JudgedSource(f"{company} 2024", text, stored(facts_of(text)), company, 2024)


FIRMS = "| | Brightwater | Cedarline |\n|---|---|---|\n"
SOURCES = [source(CREDIT, "Brightwater Bancorp"), source(PEER, "Cedarline Corp."), source(PROSE, "Orrin plc")]


def verdicts(answer: str) -> list[tuple[str, str]]:
    """Return the figures of an answer, each with its verdict."""
    return [(each.text, each.verdict) for each in judge("What are the risks?", answer, SOURCES).figures]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (
            f"{FIRMS}| Total loans | $7.9 billion [1] | $5.4 billion [2] |",
            ["stated", "stated"],
        ),
        (
            f"{FIRMS}| Total loans | $5.4 billion [1] | $7.9 billion [2] |",
            ["misattributed", "misattributed"],
        ),
        ("- Money spent: $121 thousand on settlements in 2024 [1].", ["stated"]),
        (
            "Net income dropped to $341 million ($2.18 a share) from $496 million ($3.15) [3].",
            ["stated"] * 4,
        ),
        ("Overdue (90+ days) advances were 6.2% [3].", ["stated"]),
        ("A 10% price rise would take $84 million off EBITDA [3].", ["stated", "stated"]),
        ("A 10% price rise would add $84 million to a higher EBITDA [3].", ["stated", "wrong_direction"]),
        ("The terminal growth was cut to 1.0% [3].", ["stated"]),
        ("A decrease in tax benefits of $20 million is reasonably possible [3].", ["stated"]),
        ("Tax benefits decreased by $20 million [3].", ["misattributed"]),
    ],
)
def test_long_answers(answer: str, expected: list[str]) -> None:
    assert [verdict for _, verdict in verdicts(answer)] == expected, verdicts(answer)
