"""The layout of an answer: its headings, lists and tables, and what each says of the statements below it.

Headings and the numbers of lists state nothing. A list has the words, the period and the citations of the
line that leads to it, with a colon.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.answer_tables import statements_of_table
from finrisk_rules.judge.bare_numbers import is_bare
from finrisk_rules.judge.citations import CITATION, first_citations, parted
from finrisk_rules.judge.claims import MOST_FIGURES
from finrisk_rules.judge.comparison_words import COMPARED
from finrisk_rules.judge.statements import (
    LIST_MARK,
    Names,
    Statement,
    Topic,
    only_period,
    statements_of_line,
)
from finrisk_rules.judge.stems import stems
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Style
from finrisk_rules.scales import scale_said

LONGEST_HEADING = 100

_HEADING = pattern_of(r"\s*#{1,6}\s")


def statements(answer: str, style: Style, names: Names, allowance: Allowance) -> Iterator[Statement]:
    """Yield the statements of an answer in order; time is linear in the text.

    ``names`` tells the numbers in the names of rows and columns of cited sources ("S&P 500"): no figures.
    Where the ``allowance`` is spent, each sentence and row has one claim, the first number in it.
    """
    topic = above = Topic()
    leads: list[_Lead] = []
    at, most = 0, MOST_FIGURES
    blocks = [
        (is_table, list(lines))
        for is_table, lines in groupby(
            answer.splitlines(keepends=True), key=lambda line: line.lstrip()[:1] == "|"
        )
    ]
    for number, (is_table, lines) in enumerate(blocks):
        if is_table:
            beside = [*blocks[number + 1 : number + 2], *blocks[max(0, number - 1) : number][::-1]]
            cited = first_citations([each for _, each in beside])
            yield from statements_of_table(lines, at, style, topic, cited, allowance)
            at += sum(map(len, lines))
            continue
        for line in lines:
            if _is_heading(line):
                named = tuple(dict.fromkeys((period.year, period.part) for period in periods(line)))
                topic = above = Topic(stems(line), named, power=scale_said(line).power)
                said_there = statements_of_line(line, at, style, topic, names, allowance)
                yield from filter(_states_figure, said_there)
            elif line.strip():
                is_item = _is_item(line)
                leads = _leads_to(leads, line) if is_item else []
                over = leads[-1].topic if leads else above if is_item else topic
                before = most
                for said in statements_of_line(line, at, style, over, names, allowance, most):
                    most -= len(said.claims)
                    yield said
                if not is_item:
                    above = _leading(line, topic)
                elif most == before:
                    leads.append(_Lead(_indent(line), _below(line, over)))
            at += len(line)


def _states_figure(heading: Statement) -> bool:
    """Whether a heading states a figure all the same: it cites a source, or the figure has a unit."""
    return any(heading.cited or not is_bare(claim.quantity) for claim in heading.claims)


def _is_heading(line: str) -> bool:
    if "#" in line and _HEADING.match(line):
        return True
    if "*" not in line:
        return False
    bare = CITATION.sub("", line).strip().rstrip(":")
    return (
        len(bare) < LONGEST_HEADING
        and bare.startswith("**")
        and bare.endswith("**")
        and bare.count("**") == 2
        and not bare.endswith((".**", "!**", "。**"))
    )


def _is_item(line: str) -> bool:
    first = line.lstrip()[:1]
    if first.isalpha():
        return False
    mark = LIST_MARK.match(line)
    return bool(mark and mark[0].strip())


class _Lead(NamedTuple):
    """An item without a figure, to which those below it that are indented further belong."""

    indent: int
    topic: Topic


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _leads_to(leads: list[_Lead], line: str) -> list[_Lead]:
    """Return the items to which an item below them belongs."""
    indent = _indent(line)
    return [each for each in leads if each.indent < indent]


def _below(line: str, over: Topic) -> Topic:
    """Return the topic of what stands below an item: what is over that, but for its own period and scale."""
    power = scale_said(line).power
    named = only_period(periods(line)) or over.periods
    return over._replace(periods=named, power=over.power if power is None else power)


def _leading(line: str, topic: Topic) -> Topic:
    """Return the topic of a list below this line: what the line says where it leads to one, with a colon."""
    if ":" not in line and "\uff1a" not in line:
        return topic
    text, marks = parted(line)
    if not text.rstrip(" \n\r*_").endswith((":", "\uff1a")):
        return topic
    cited = tuple(dict.fromkeys(n for _, numbers in marks for n in numbers))
    said = [each for each in periods(text) if not COMPARED.search(text, max(0, each.start - 40), each.start)]
    named = only_period(said) or topic.periods
    return Topic(topic.words | stems(text), named, cited, scale_said(text).power)
