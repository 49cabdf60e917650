"""The statements of an answer, each with its citations and its claims.

Headings and the numbers of lists state nothing. Each row of a Markdown table is a statement that claims its
figures with the words of row and column. A statement without a citation has that of the next one of its
paragraph, else the last one before it.
"""

import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from finrisk_rules.judge.claims import MOST_FIGURES, Claim, Pairs, claims_of, is_bare, is_count
from finrisk_rules.judge.hints import Words, words_of
from finrisk_rules.judge.languages import COMMA_LANGUAGES, language_of
from finrisk_rules.judge.phrasing import Phrase, Span
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.vocabulary import CHANGE_NAME, COMPARED
from finrisk_rules.judge.wording import is_worded_as, words
from finrisk_rules.numerals import has_figure
from finrisk_rules.page_facts import style_of_page
from finrisk_rules.periods import Period, periods, with_listed
from finrisk_rules.quantities import Style, style_of
from finrisk_rules.scales import scale_said
from finrisk_rules.sentences import sentences
from finrisk_rules.tables import Cell, tables_of, without_footnote
from finrisk_rules.units import MEASURES

MOST_SOURCES = 99
"""The largest number of a source that a range of citations reaches."""

LONGEST_HEADING = 100

LONGEST_BEFORE = 300
"""Characters before a sentence, in its paragraph, in which its period may be named."""

MOST_OF_SOURCE = 6000
"""Characters of a source that tell how it writes decimals."""

_THOUSANDS = re.compile(r"\d[., ]\d{3}(?!\d)")

_NUMBERS = r"\d{1,2}(?:\s*(?:[,;\u3001\u2013-]|and|und|et|to|bis)\s*(?:[^\W\d_]{2,12} ?)?\d{1,2})*"
_CITATION = re.compile(
    rf"(?:[\[\u3010](?:[^\W\d_]{{2,12}}\.? ?)?|\((?i:sources?|quellen?|fuentes?|fonti?|bron(?:nen)?) )"
    rf"(?P<numbers>{_NUMBERS})[\]\u3011)](?! ?(?i:{MEASURES}))"
)
"""Numbers of sources in brackets, ``[1]``, ``(Source 1)``; ``[99] million`` is a figure."""

_IN_BRACKETS = re.compile(r"\((?i:sou|que|fue|fon|bro)")
_CITED = re.compile(r"(\d{1,2})(?:\s*(?:[-\u2013]|to|bis)\s*(\d{1,2}))?")
_LIST_MARK = re.compile(r"\s*(?:>\s*)*(?:[-*+\u2022\u30fb]\s+|\(?\d{1,3}[.)]\s+)*")
_HEADING = re.compile(r"\s*#{1,6}\s")
_EMPHASIS = re.compile(r"[*_`]+")
_START = attrgetter("start")


class Topic(NamedTuple):
    """What stands above: the words of a heading, or of the line that leads to a list, and its periods.

    ``cited`` are the sources that the line cites, ``power`` is the power of ten that it says of all figures
    below it ("in millions").
    """

    words: frozenset[str] = frozenset()
    periods: tuple[tuple[int | None, str], ...] = ()
    cited: tuple[int, ...] = ()
    power: int | None = None


class Statement(NamedTuple):
    """A sentence of an answer or a row of its table, without its citations.

    ``cited`` are numbers of sources from 1, in their order; ``start`` and ``end`` its place in the answer,
    ``words`` those of its text as they stand, where it has claims.
    """

    text: str
    cited: tuple[int, ...]
    claims: tuple[Claim, ...]
    topic: Topic
    start: int
    end: int
    words: Words = None


Mark = tuple[int, list[int]]
"""A citation: its place, and the numbers of sources that it names."""

Names = Callable[[Sequence[int]], Pairs]


def _no_names(_: Sequence[int]) -> Pairs:
    return frozenset()


def style_in(text: str, question: str = "", cited: Callable[[], str] = str) -> Style:
    """Return what parts decimals in a text: as its figures show, else as its language has it.

    A text too short to tell its language has the style of the text that it cites, where that has its words;
    else that of the language of the question, else of what it cites.
    """
    own = language_of(text)
    language = own or language_of(f"{question}\n{text}")
    default: Style = "comma" if language in COMMA_LANGUAGES else "point"
    source = "" if own or not _THOUSANDS.search(text) else cited()
    if source and (not language or is_worded_as(text, words(source[:MOST_OF_SOURCE]))):
        default = _style_of_source(source)
    return style_of(text, default)


@lru_cache(maxsize=256)
def _style_of_source(text: str) -> Style:
    return style_of_page(text[:MOST_OF_SOURCE])


def statements(answer: str, style: Style = "point", names: Names = _no_names) -> Iterator[Statement]:
    """Yield the statements of an answer in order; time is linear in the text.

    ``names`` tells the numbers in the names of rows and columns of cited sources ("S&P 500"): no figures.
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
            yield from _of_table(lines, at, style, topic, _first_citations([each for _, each in beside]))
            at += sum(map(len, lines))
            continue
        for line in lines:
            if _is_heading(line):
                named = tuple((period.year, period.part) for period in periods(line))
                topic = above = Topic(stems(line), named, power=scale_said(line).power)
                yield from filter(_states_figure, _of_line(line, at, style, topic, names))
            elif line.strip():
                is_item = _is_item(line)
                leads = _leads_to(leads, line) if is_item else []
                over = leads[-1].topic if leads else above if is_item else topic
                before = most
                for said in _of_line(line, at, style, over, names, most):
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
    bare = _CITATION.sub("", line).strip().rstrip(":")
    return (
        len(bare) < LONGEST_HEADING
        and bare.startswith("**")
        and bare.endswith("**")
        and bare.count("**") == 2
    )


def _is_item(line: str) -> bool:
    first = line.lstrip()[:1]
    if first.isalpha():
        return False
    mark = _LIST_MARK.match(line)
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
    named = _only_period(periods(line)) or over.periods
    return over._replace(periods=named, power=over.power if power is None else power)


def _leading(line: str, topic: Topic) -> Topic:
    """Return the topic of a list below this line: what the line says where it leads to one, with a colon."""
    if ":" not in line and "\uff1a" not in line:
        return topic
    text, marks = _parted(line)
    if not text.rstrip(" \n\r*_").endswith((":", "\uff1a")):
        return topic
    cited = tuple(dict.fromkeys(n for _, numbers in marks for n in numbers))
    said = [each for each in periods(text) if not COMPARED.search(text, max(0, each.start - 40), each.start)]
    named = _only_period(said) or topic.periods
    return Topic(topic.words | stems(text), named, cited, scale_said(text).power)


def _of_line(
    line: str, at: int, style: Style, topic: Topic, names: Names, most: int = MOST_FIGURES
) -> Iterator[Statement]:
    """Yield the statements of a line; where no figures are left of the ``most``, nothing is said of them."""
    mark = _LIST_MARK.match(line)
    offset = mark.end() if mark else 0
    text, marks = _parted(line)
    if "*" in text or "`" in text or "_" in text:
        text = _EMPHASIS.sub(_blank, text)
    spans = list(sentences(text[offset:]))
    if offset:
        spans = [(offset + start, offset + end) for start, end in spans]
    if len(spans) > 1:
        spans = _joined(spans, text)
    has_figures = has_figure(text, offset)
    named = with_listed(text, periods(text)) if has_figures else []
    for (start, end), own_cited in zip(spans, _cited_by(spans, marks), strict=True):
        sentence, cited = text[start:end], own_cited or topic.cited
        claims: tuple[Claim, ...] = ()
        words = None
        if has_figures and (len(spans) == 1 or has_figure(sentence)):
            own = [period.moved(-start) for period in _between(named, start, end)]
            words = words_of(sentence)
            claims = claims_of(
                sentence, style, own, names(cited), words, most=MOST_FIGURES if most > 0 else 0
            )
            most -= len(claims)
            if len(marks) > 1 and len(claims) > 1:
                claims = _with_citations(
                    claims, [(at - start, n) for at, n in marks if start <= at < end], text[start:end]
                )
        if named and not topic.periods and start > offset:
            topic = topic._replace(periods=_only_period(_between(named, start - LONGEST_BEFORE, start)))
        yield Statement(sentence, cited, claims, topic, at + start, at + end, words)


def _cited_by(spans: Sequence[Span], marks: Sequence[Mark]) -> list[tuple[int, ...]]:
    """Return what each sentence cites, each source once; where it cites none, what is cited next or last."""
    if len(spans) == len(marks) == 1:
        return [tuple(dict.fromkeys(marks[0][1]))]
    result: list[tuple[int, ...]] = []
    number = bisect_left(marks, spans[0][:1]) if spans else 0
    for following in [*(start for start, _ in spans[1:]), sys.maxsize][: len(spans)]:
        cited: list[int] = []
        while number < len(marks) and marks[number][0] < following:
            cited += marks[number][1]
            number += 1
        if not cited and marks:
            cited = marks[min(number, len(marks) - 1)][1]
        result.append(tuple(dict.fromkeys(cited)))
    return result


def _with_citations(claims: tuple[Claim, ...], marks: Sequence[Mark], text: str) -> tuple[Claim, ...]:
    """Return the claims of a sentence, each amount with what is cited right behind it.

    Where a citation stands before the first figure or none behind the last, all are of the whole sentence.
    """
    groups: list[Mark] = []
    for at, numbers in marks:
        if groups and not text[groups[-1][0] : at].strip(" ,;"):
            groups[-1] = groups[-1][0], groups[-1][1] + numbers
        else:
            groups.append((at, list(numbers)))
    places = [at for at, _ in groups]
    if len(groups) < 2 or places[0] < claims[0].quantity.end or places[-1] < claims[-1].quantity.end:
        return claims
    return tuple(
        claim
        if claim.quantity.unit
        else claim._replace(cited=tuple(groups[bisect_left(places, claim.quantity.end)][1]))
        for claim in claims
    )


def _between(named: list[Period], start: int, end: int) -> list[Period]:
    """Return the periods that stand between two places."""
    first = bisect_left(named, start, key=_START)
    last = bisect_left(named, end, first, key=_START)
    return [period for period in named[first:last] if period.end <= end]


def _only_period(named: Sequence[Period]) -> tuple[tuple[int | None, str], ...]:
    """Return the period that the sentences before named, where they named just one."""
    different = {(period.year, period.part) for period in named}
    return tuple(different) if len(different) == 1 else ()


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def without_citations(text: str) -> str:
    """Return the text with blanks for its citations, so that places in it stay."""
    return _parted(text)[0]


def _parted(text: str) -> tuple[str, list[Mark]]:
    """Return the text with blanks for its citations, and these."""
    first = 0 if "\u3010" in text else text.find("[")
    if word := _IN_BRACKETS.search(text):
        first = word.start() if first < 0 else min(first, word.start())
    if first < 0:
        return text, []
    pieces: list[str] = []
    marks: list[Mark] = []
    last = 0
    for match in _CITATION.finditer(text, first):
        start, end = match.span()
        pieces += [text[last:start], " " * (end - start)]
        marks.append((start, _cited(match["numbers"])))
        last = end
    return ("".join([*pieces, text[last:]]), marks) if marks else (text, marks)


def _joined(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Return the sentences, one that goes on with a small letter as part of the one before."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        goes_on = text[start].islower() or (
            text[start].isdecimal() and bool(result) and _is_apart(text, result[-1][1])
        )
        if result and goes_on:
            result[-1] = result[-1][0], end
        else:
            result.append((start, end))
    return result


def _is_apart(text: str, end: int) -> bool:
    """Whether the full stop that ends here stands apart from its word, as in "dec . 28"."""
    return text[end - 2 : end] == " ."


def _cited(text: str) -> list[int]:
    """Return the numbers of sources of a citation, ranges written out."""
    if text.isdecimal():
        return [int(text)]
    numbers: list[int] = []
    for match in _CITED.finditer(text):
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, min(last, MOST_SOURCES) + 1)
    return numbers


def citations_of(text: str) -> tuple[int, ...]:
    """Return the numbers of all sources that a text cites, each once, in their order."""
    return tuple(dict.fromkeys(n for match in _CITATION.finditer(text) for n in _cited(match["numbers"])))


def _first_citations(texts: Sequence[list[str]]) -> tuple[int, ...]:
    """Return the citations of the paragraph behind a table, else of the one before it."""
    return next(
        (
            cited
            for text in texts
            if (cited := citations_of("".join(text[:3] if text is texts[0] else text[-3:])))
        ),
        (),
    )


def _of_table(
    lines: list[str], at: int, style: Style, topic: Topic, beside: tuple[int, ...]
) -> Iterator[Statement]:
    texts = [without_citations(line) for line in lines]
    labels = [without_footnote(line.strip().strip("|").split("|")[0].strip()) for line in texts]
    starts = [at]
    for line in lines:
        starts.append(starts[-1] + len(line))
    of_all = citations_of("".join(lines)) or beside
    number = 0
    for table in tables_of("".join(texts), style):
        for _, cells in groupby(table.cells, key=lambda cell: cell.row):
            row = list(cells)
            below = range(number + 1, len(labels))
            number = next((each for each in below if labels[each] == row[0].label), number)
            written = texts[number].strip().removeprefix("|").removesuffix("|").split("|")
            claims = tuple(_cell_claim(cell, written) for cell in row if not is_count(cell.value))
            cited = citations_of(lines[number]) or of_all
            yield Statement(texts[number].strip(), cited, claims, topic, starts[number], starts[number + 1])


def _cell_claim(cell: Cell, texts: Sequence[str]) -> Claim:
    """Return what a cell of a table claims: its figure, in the unit of row, column or table."""
    label = f"{cell.label} {cell.section}"
    named = tuple((period.year, period.part) for text in (cell.head, label) for period in periods(text))
    words = dict.fromkeys(stems(label) | stems(cell.head), 1.0)
    quantity = cell.value._replace(unit=cell.unit)
    if quantity.scale is None and cell.scale and not cell.unit:
        quantity = quantity._replace(scale=cell.scale)
    text = texts[cell.column].strip() if cell.column < len(texts) else str(cell.value.value)
    is_change = bool(CHANGE_NAME.search(cell.head) and not named)
    return Claim(text, quantity, Phrase(words, named, is_base=False), is_change=is_change)
