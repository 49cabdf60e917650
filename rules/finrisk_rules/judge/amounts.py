"""Amounts that go by a name: figures that an answer said rightly before, lines of tables, figures of prose.

What is derived without its working is derived from them: "59 % of EBITDAX" is of what the name leads to, in
the period of the other operand.
"""

import re
from collections.abc import Callable, Iterator, Sequence, Set
from itertools import islice
from typing import NamedTuple

from finrisk_rules.judge.agreement import are_other_currencies
from finrisk_rules.judge.bounds import allows
from finrisk_rules.judge.counterparts import counterparts
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.fits import BESIDE
from finrisk_rules.judge.lines import across_of, cells_of, periods_across
from finrisk_rules.judge.mentions import lists, mentions, names_of
from finrisk_rules.judge.phrasing import FADING
from finrisk_rules.judge.prose_changes import pairs_in_sentence
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems, stems_of_name
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

MOST_TABLES, MOST_SENTENCES, MOST_SAID = 8, 24, 40
"""Tables and sentences of a source, and figures said before, in which a name is looked for."""

MOST_BEFORE = 6
"""Figures before a part, of which one may be its whole."""

MOST_ALIKE = 2
"""Figures said before of which one name may speak: the last ones."""

LONGEST_NAME = 60

LOOKS_OF_NAME = 4
"""What it counts for to look for a name in a source."""

_FIGURES_A_LOOK = 8
"""Figures of prose of which it is told for one look whether a name stands beside them."""

_NAME_END = pattern_of(
    rf"[,;:()\d.]|{whole('and or but in at by from to for compared against versus after while which a')}"
    rf"|{whole('und oder im zum et en au contre y e por frente')}",
    re.IGNORECASE,
)
_CLAUSE_END = pattern_of(r";|\.\s")
_PART = pattern_of(whole("of_which of_that of_this davon dont de_los_cuales di_cui") + "|うち", re.IGNORECASE)


IsAnother = Callable[[Finding, int], bool]
"""What says of a figure and the number of a source whether that is of another firm."""


class Amount(NamedTuple):
    """A figure of money or of things, in ones, with its currency, the years that it is of, and its place."""

    value: float
    currency: str
    years: frozenset[int]
    place: Trace


def amount_of(finding: Finding) -> Amount | None:
    """Return a right figure as an amount; None for percentages, and for what has no place of its own."""
    trace, quantity = finding.trace, finding.claim.quantity
    if not finding.is_right or trace is None or quantity.unit:
        return None
    own = frozenset(year for year, _ in finding.claim.phrase.periods if year)
    return amount_at(trace, quantity.scale, own)


def amount_at(trace: Trace, scale: int | None = None, years: frozenset[int] = frozenset()) -> Amount | None:
    """Return the amount of a place; ``scale`` and ``years`` are where the place says none itself."""
    _, _, value, power, unit, currency = trace.spot[2]
    if unit:
        return None
    power = scale if power is None else power
    return Amount(abs(float(value)) * 10.0 ** (power or 0), currency, frozenset(trace.years) or years, trace)


def amounts_named(
    text: str, start: int, readers: Sequence[Reader], earlier: Sequence[Finding]
) -> Iterator[Amount]:
    """Yield the amounts to which the name leads that begins at a place of a sentence.

    First what the answer said by these words before, then lines of tables, then figures of prose.
    """
    end = _NAME_END.search(text, start, start + LONGEST_NAME)
    own = stems(text[start : end.start() if end else start + LONGEST_NAME]) - STEMS_OF_TOTAL
    said = (amount_of(each) for each in earlier[: -MOST_SAID - 1 : -1] if own and own <= _names_of(each))
    yield from islice(filter(None, said), MOST_ALIKE)
    for reader in readers:
        reader.allowance.spend(LOOKS_OF_NAME)
        yield from _in_tables(text, start, reader)
        yield from _in_prose(own, reader) if own else ()


def subjects(text: str, end: int, years: Set[int], reader: Reader) -> Iterator[Amount]:
    """Yield the amounts of the last line of each table that a sentence names before a figure, of these years.

    Of the last year that the table has where there are none; not where it is one of a list, as "A and B".
    """
    reader.allowance.spend(LOOKS_OF_NAME)
    for number, table in enumerate(reader.evidence.tables[:MOST_TABLES]):
        named = [each for each in mentions(text, table) if each.end <= end]
        if not named or len([*lists(text, named)][-1]) > 1 or _CLAUSE_END.search(text, named[-1].end, end):
            continue
        cells = [amount_at(_trace(reader, number, cell)) for cell in cells_of(table, named[-1].line)]
        known = [each for each in cells if each and each.years]
        last = max((max(each.years) for each in known), default=0)
        yield from (each for each in known if each.years & (years or {last}))


def _in_tables(text: str, start: int, reader: Reader) -> Iterator[Amount]:
    """Yield the cells of the lines of tables whose names begin at a place of a sentence."""
    for number, table in enumerate(reader.evidence.tables[:MOST_TABLES]):
        for mention in mentions(text, table):
            if mention.start == start:
                cells = (amount_at(_trace(reader, number, cell)) for cell in cells_of(table, mention.line))
                yield from filter(None, cells)


def _trace(reader: Reader, number: int, cell: Figure) -> Trace:
    return reader.trace((number, -1, cell), 1.0, "same", 1.0)


def _names_of(finding: Finding) -> Set[str]:
    """Return the words by a figure, and those by the figure before it."""
    return {word for word, weight in finding.claim.phrase.words.items() if weight >= FADING}


def _in_prose(name: Set[str], reader: Reader) -> Iterator[Amount]:
    """Yield the figures of sentences that have all words of a name beside them."""
    where = reader.evidence.sentences_with(reader.text)
    places = [set(where.get(word, ())) for word in name]
    for at in sorted(set.intersection(*places))[:MOST_SENTENCES]:
        statement = reader.evidence.statements[at]
        reader.allowance.spend(1 + len(statement.figures) // _FIGURES_A_LOOK)
        for spot, phrase in zip(statement.spots, statement.phrases(reader.text), strict=True):
            near = {word for word, weight in phrase.words.items() if weight >= BESIDE}
            amount = amount_at(reader.trace(spot, 1.0, "same", 1.0)) if name <= near else None
            if amount:
                yield amount


def totals_of(part: Amount) -> Iterator[Amount]:
    """Yield the total of the column of a part, or the whole of which its sentence says that it is a part."""
    place = part.place
    if (table := place.table) is None:
        yield from _whole_in_prose(place)
        return
    names, across = names_of(table), across_of(table, place.spot[2])
    own = place.spot[2][1] if table.is_turned else place.spot[2][0]
    lines = [line for line, (name, _) in enumerate(names) if stems_of_name(name) & STEMS_OF_TOTAL]
    if _PART.match(names[own][0]):
        lines = [line for line in range(own - 1, -1, -1) if not _PART.match(names[line][0])][:1]
    for line in lines:
        for cell in cells_of(table, line):
            if across_of(table, cell) == across and (total := _moved(place, cell)):
                yield total


def _whole_in_prose(place: Trace) -> Iterator[Amount]:
    """Yield the figure before "of which" in the sentence of a part."""
    statement = place.evidence.statements[place.spot[1]]
    sentence, figures = place.text[statement.start : statement.end], statement.figures
    part, number = figures[place.spot[2][0]], place.spot[2][0]
    for at in range(number - 1, max(-1, number - 1 - MOST_BEFORE), -1):
        said = _PART.search(sentence, figures[at][5], part[4])
        if said and figures[at][1:4] == part[1:4]:
            if total := _moved(place, [at, 0, *figures[at][:4]]):
                yield total
            return


def of_years(amount: Amount, years: Set[int]) -> Iterator[Amount]:
    """Yield what an amount was in one of these years, in the year before where none is said.

    In a table that is the cell of its line, in prose the figure that its sentence has for the year before.
    """
    place = amount.place
    if (table := place.table) is None:
        for new, old in (*counterparts(place), *pairs_in_sentence(place)):
            before = _moved(place, old) if new[0] == place.spot[2][0] else None
            if before and (not years or not before.years or before.years & years):
                yield before
        return
    row, column = place.spot[2][:2]
    wanted = years or {year - 1 for year in amount.years}
    for cell in cells_of(table, column if table.is_turned else row):
        is_alike = table.is_turned or table.kinds[cell[1]] == table.kinds[column]
        said = {year for year, _ in periods_across(table, across_of(table, cell)) if year}
        if is_alike and said and said <= wanted and (other := _moved(place, cell)):
            yield other


def last_year_of(amount: Amount) -> int:
    """Return the last year of which the line or the sentence of an amount tells."""
    place = amount.place
    if (table := place.table) is None:
        named = place.evidence.statements[place.spot[1]].named
        return max((year for year, _ in named if year), default=0)
    row, column = place.spot[2][:2]
    cells = cells_of(table, column if table.is_turned else row)
    years = (year for cell in cells for year, _ in periods_across(table, across_of(table, cell)))
    return max(filter(None, years), default=0)


def _moved(place: Trace, figure: Sequence[object]) -> Amount | None:
    """Return the amount of another figure of the table or of the sentence of a place."""
    spot = (*place.spot[:2], list(figure))
    return amount_at(
        Trace(place.source, place.text, place.evidence, spot, place.fit, "same", place.row_fit, place.table)
    )


def divided(finding: Finding, part: Amount, total: Amount) -> Trace | None:
    """Return the place of a part where a figure is its share or multiple of the whole, as it is written."""
    if not total.value or are_other_currencies(part.currency, total.currency):
        return None
    is_share = finding.claim.quantity.unit == "percent"
    return part.place if says(finding, part.value / total.value * (100 if is_share else 1)) else None


def says(finding: Finding, value: float, scale: int | None = None) -> bool:
    """Whether a figure says this value, rounded as it is written; ``scale`` is where it writes none."""
    quantity, bound = finding.claim.quantity, finding.claim.bound
    power = scale if quantity.scale is None else quantity.scale
    unit = 1.0 if quantity.unit else 10.0 ** (power or 0)
    said, there = abs(float(quantity.value)), abs(value) / unit
    is_near = abs(there - said) <= finding.readers[0].half * 1.0001
    return is_near and (not bound or allows(bound, said, there))
