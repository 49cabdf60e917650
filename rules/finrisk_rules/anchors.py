"""The anchors: answers whose verdicts are known, judged again at every evaluation.

The judge has no dice. So an anchor that it judges otherwise than here is proof that the judge moved, and not
the models: another rule, another library, another machine. Pages and firms are invented.
"""

from functools import cache
from typing import NamedTuple

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource, Verdict
from finrisk_rules.page_facts import facts_of, stored

QUESTION = "What does the report say?"


class Anchor(NamedTuple):
    """An answer to ``QUESTION`` on a page, and the verdicts on its figures, in their order."""

    page: int
    answer: str
    expected: tuple[Verdict, ...]


PAGES = (
    (
        "Aldermere Tools plc annual report 2023",
        "Aldermere Tools plc",
        2023,
        "Aldermere Tools plc states amounts in millions of dollars, except per share data.\n\n"
        "| | 2023 | 2022 |\n|---|---|---|\n| Net sales | 6,240 | 5,780 |\n"
        "| Cost of sales | (3,912) | (3,655) |\n"
        "| Operating income | 731 | 802 |\n| Net income | 498 | 561 |\n| Earnings per share | 1.87 | 2.11 |\n"
        "| Gross margin | 37.3% | 36.8% |\n| Capital expenditure | 415 | 377 |\n\n"
        "Aldermere Tools plc employed 14,300 people at the end of 2023, against 13,650 a year earlier.",
    ),
    (
        "Brackmoor Bank annual report 2023: credit risk",
        "Brackmoor Bank",
        2023,
        "The liquidity coverage ratio of Brackmoor Bank fell to 124 % at the end of 2023 from 139 % a year "
        "earlier, because wholesale deposits of $386 million left in the fourth quarter.\n\n"
        "Impaired loans rose to $215 million at the end of 2023 from $178 million at the end of 2022.",
    ),
)

ANCHORS = (
    Anchor(0, "Net sales were $6,240 million in 2023 [1].", ("stated",)),
    Anchor(
        0, "Net sales were $6.24 billion in 2023, after $5,780 million in 2022 [1].", ("stated", "stated")
    ),
    Anchor(0, "Net sales were $6,420 million in 2023 [1].", ("unsupported",)),
    Anchor(0, "Net sales were $5,780 million in 2023 [1].", ("misattributed",)),
    Anchor(0, "Operating income was $498 million in 2023 [1].", ("misattributed",)),
    Anchor(0, "Net sales were $6,240 billion in 2023 [1].", ("wrong_scale",)),
    Anchor(
        0,
        "Operating income rose to $731 million in 2023 from $802 million in 2022 [1].",
        ("wrong_direction", "stated"),
    ),
    Anchor(
        0,
        "Operating income fell to $731 million in 2023 from $802 million in 2022 [1].",
        ("stated", "stated"),
    ),
    Anchor(
        0,
        "The increase of net sales in 2023 was $460 million (6,240 - 5,780) [1].",
        ("computed", "stated", "stated"),
    ),
    Anchor(
        0,
        "The increase of net sales in 2023 was $480 million (6,240 - 5,780) [1].",
        ("unsupported", "stated", "stated"),
    ),
    Anchor(0, "Earnings per share were $1.87 in 2023 [1].", ("stated",)),
    Anchor(0, "The gross margin was 37.3 % in 2023, after 36.8 % in 2022 [1].", ("stated", "stated")),
    Anchor(0, "The company employed 14,300 people at the end of 2023 [1].", ("stated",)),
    Anchor(0, "The company employed 15,900 people at the end of 2023 [1].", ("unsupported",)),
    Anchor(0, "Capital expenditure was $415 million in 2023 [1].", ("stated",)),
    Anchor(1, "The liquidity coverage ratio fell to 124 % at the end of 2023 [1].", ("stated",)),
    Anchor(1, "The liquidity coverage ratio was 142 % at the end of 2023 [1].", ("unsupported",)),
    Anchor(1, "Wholesale deposits of $386 million left in the fourth quarter [1].", ("stated",)),
    Anchor(1, "Impaired loans fell to $215 million at the end of 2023 [1].", ("wrong_direction",)),
    Anchor(
        1,
        "Impaired loans rose by $37 million, from $178 million to $215 million [1].",
        ("computed", "stated", "stated"),
    ),
)


def others() -> list[str]:
    """Return the answers that the judge judges otherwise than expected, each with what it says.

    One that it cannot judge at all is among them: no fault of the judge ends what asks here.
    """
    told = ((anchor, _said(anchor)) for anchor in ANCHORS)
    return [f"{anchor.answer} {said}" for anchor, said in told if said != ", ".join(anchor.expected)]


def _said(anchor: Anchor) -> str:
    """Return the verdicts on an anchor in words, or why there are none."""
    try:
        figures = judge(QUESTION, anchor.answer, [_source(anchor.page)]).figures
    except Exception as error:  # whatever breaks the judge is what is looked for
        return f"cannot be judged ({type(error).__name__}: {error})"
    return ", ".join(figure.verdict for figure in figures) or "no figure"


@cache
def _source(page: int) -> JudgedSource:
    title, company, year, text = PAGES[page]
    return JudgedSource(title, text, stored(facts_of(text)), company, year)
