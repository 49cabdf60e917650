"""Places of another value that fit a claim clearly better than its own: then the figure belongs elsewhere."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice

from finrisk_rules.judge.comparison_words import WORDS_OF_BASE
from finrisk_rules.judge.directions import says_direction
from finrisk_rules.judge.evidence import MOST_SENTENCES, Spot, StatementEvidence
from finrisk_rules.judge.fits import CLEARLY, GOOD_ROW, GOOD_SENTENCE, LEAST_WORDS, NEARLY_ALL, PERIOD, ROW
from finrisk_rules.judge.period_fits import best_fit, period_fit
from finrisk_rules.judge.row_names import are_namesakes, is_outdone
from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.judge.table_evidence import TableEvidence
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import LOOKS_OF_PLACE, Reader

MOST_ROWS, GOOD_PERIOD = 64, 0.8
BEST_ROWS = 8
"""Rows of a table in which a place of another value is looked for."""

MOST_TABLES, MOST_PLACES = 50, 100
"""Tables of a source in which such a place is looked for, and places in its sentences."""

_ROWS_A_LOOK = 4
"""Rows or sentences of which it is told for one look whether they share words."""

LIKE = 0.75
"""Share of the claim's words that a sentence has which says the same of another figure."""

_STEMS_OF_BASE = stems_of_name(" ".join(WORDS_OF_BASE))


def best_rival(readers: Sequence[Reader], right: Trace | None) -> Trace | None:
    """Return the place of another value that fits the claim best, over all its sources.

    Where there is a place that says the claim's value, only one that fits clearly better. Sentences are
    looked at where that place does not have the words of the claim.
    """
    above = right.fit + CLEARLY if right else 0.0
    sentences = right is None or right.row_fit < (GOOD_ROW if right.table else GOOD_SENTENCE)
    best: Trace | None = None
    for reader in readers:
        if reader.allowance.is_spent:
            break
        rival = _rival(reader, best.fit if best else above, right, sentences=sentences)
        best = rival or best
    return best


def _rival(reader: Reader, above: float, right: Trace | None, *, sentences: bool) -> Trace | None:
    """Return the place of another value that fits best, where one fits better than ``above``.

    A row that is called as that of the ``right`` place, for the same period, is no rival of it.
    """
    best: Trace | None = None
    taken = reader.rows_of_operands() if reader.operands else ()
    rows = (reader.table_fits(table)[0].get(row, 0.0) / ROW for table, row in taken if table >= 0)
    spent = max(rows, default=0.0) if reader.is_signed else 0.0
    own = (right.spot[0], right.spot[2][0]) if right else None
    for spot, fit, row_fit in _cells(reader, above):
        reader.allowance.spend(1)
        row = spot[0], spot[2][0]
        if row in taken and (reader.is_signed or reader.is_bare or row_fit < GOOD_ROW or not reader.near):
            continue
        if row != own and (reader.is_term or 0 < row_fit < spent):
            continue
        if right and reader.is_of_formula(spot, is_of_row=row == own and _are_of_kind(reader, right, spot)):
            continue
        if fit > above and reader.is_other(spot):
            if right and right.table and are_namesakes(reader, spot, right):
                continue
            if right and right.table and is_outdone(reader, spot, row_fit, right):
                continue
            best, above = reader.trace(spot, fit, "", row_fit), fit
    if sentences:
        is_timeless = reader.claim.phrase.is_base or not reader.periods
        for spot in islice(_sentences(reader, right), MOST_PLACES):
            reader.allowance.spend(LOOKS_OF_PLACE)
            if right and reader.is_of_formula(spot, is_of_row=False):
                continue
            if right and right.table is None and bool(spot[2][5]) != bool(right.spot[2][5]):
                continue  # money of what is none
            fit, row_fit = reader.sentence_fit(spot[1], spot[2][0])
            if fit > above and reader.is_other(spot):
                if right and right.table is None and _is_of_other_period(reader, spot):
                    continue
                if right and is_timeless and _is_other_end(reader, spot, right):
                    continue
                best, above = reader.trace(spot, fit, "", row_fit), fit
    return best


def _are_of_kind(reader: Reader, right: Trace, spot: Spot) -> bool:
    """Whether two cells of a row are of one kind of columns, but for their years."""
    table = right.table
    if table is None or right.source != reader.source:
        return False
    return table.kinds[right.spot[2][1]] == table.kinds[spot[2][1]]


def _is_of_other_period(reader: Reader, spot: Spot) -> bool:
    """Whether a figure of prose is of no period that stands by the claim: not what that should say.

    It is of that beside it, else of those before it in its sentence. One that has the claim word for word
    is what it should say, whatever the year.
    """
    statement = reader.evidence.statements[spot[1]]
    if len(reader.words) > 2 * LEAST_WORDS and reader.shared(spot[1]) > NEARLY_ALL * reader.total:
        return False
    own = tuple((period, weight) for period, weight in reader.periods if weight >= 1)
    if not own or not statement.periods:
        return False
    said = statement.periods_to(spot[2][0], reader.text)
    return bool(said) and not best_fit(own, said)


def _is_other_end(reader: Reader, spot: Spot, right: Trace) -> bool:
    """Whether a figure is compared with the one at the right place, where the claim is as that is."""
    if right.table is not None or right.spot[1] != spot[1] or right.source != reader.source:
        return False
    phrases = reader.evidence.statements[spot[1]].phrases(reader.text)
    is_base = phrases[right.spot[2][0]].is_base
    return is_base == reader.claim.phrase.is_base != phrases[spot[2][0]].is_base


def _cells(reader: Reader, above: float) -> Iterator[tuple[Spot, float, float]]:
    """Yield the cells to which the claim's words lead, as far as they may fit better than ``above``."""
    for at, table in enumerate(reader.evidence.tables[:MOST_TABLES]):
        rows, columns = reader.table_fits(at)
        reader.allowance.spend(1 + len(rows) // _ROWS_A_LOOK)
        most = max(columns) + (PERIOD if table.has_row_periods else 0.0)
        if rows and max(rows.values()) + most <= above:
            continue
        best = sorted(rows, key=rows.__getitem__, reverse=True)[:BEST_ROWS]
        if reader.periods and table.has_row_periods:
            best += [row for row in _rows_in_period(reader, table) if row not in rows]
        elif reader.periods and not best:
            best = list(table.by_row)[:BEST_ROWS]
        for row in best:
            row_fit = rows.get(row, 0.0)
            if row_fit + most <= above:
                continue
            for cell in table.by_row.get(row, ()):
                if reader.claim.is_change and not table.is_change(row, cell[1]):
                    continue
                fit = row_fit + reader.cell_fit(at, row, cell[1], columns)
                if fit > above:
                    yield (at, -1, cell), fit, row_fit / ROW


def _rows_in_period(reader: Reader, table: TableEvidence) -> list[int]:
    """Return the rows that name a period of the claim."""
    rows = list(table.by_row)[:MOST_ROWS]
    return [row for row in rows if period_fit(reader.periods, table.row_periods[row]) > GOOD_PERIOD][
        :BEST_ROWS
    ]


def _sentences(reader: Reader, right: Trace | None) -> Iterator[Spot]:
    """Yield the figures of sentences that have the words of the claim; of few words, of the right one.

    The words beside the claim are enough where no table has its figure.
    """
    least = LIKE * reader.total
    sharing: Mapping[int, float] = {}
    if len(reader.words) - len(reader.about_sources) >= LEAST_WORDS:
        sharing = reader.sharing
    elif right and right.table is None and right.source == reader.source:
        sharing = {right.spot[1]: reader.shared(right.spot[1])}
    is_in_prose = right is None or right.table is None
    is_near = is_in_prose and len(reader.words) > len(reader.near) >= LEAST_WORDS
    if right and right.table is None and right.source == reader.source:
        yield from _of_names(reader, right)
    reader.allowance.spend(1 + len(sharing) // _ROWS_A_LOOK)
    for at in sorted(sharing):
        statement = reader.evidence.statements[at]
        if sharing[at] >= least or (is_near and _shares_near(reader, statement)):
            for spot, is_change in statement.amounts(reader.text):
                if is_change == reader.claim.is_change:
                    yield spot


def _of_names(reader: Reader, right: Trace) -> Iterator[Spot]:
    """Yield the figures of sentences that have all names by the claim, of which its own lacks half or more.

    "Comparable sales fell 2.9 %" where comparable transactions did, and another sentence tells of such sales.
    """
    own = reader.evidence.statements[right.spot[1]].words(reader.text)
    if own.issuperset(reader.near):
        return
    names = {word for word in reader.near if not says_direction(word)} - reader.about_sources.keys()
    if 2 * len(own & names) > len(names) or (names and names <= _STEMS_OF_BASE):
        return
    sentences = reader.evidence.statements[:MOST_SENTENCES]
    reader.allowance.spend(1 + len(sentences) // _ROWS_A_LOOK)
    for statement in sentences:
        if names <= statement.words(reader.text):
            for spot, is_change in statement.amounts(reader.text):
                is_alike = is_change == reader.claim.is_change or spot[2][4] == "percent"
                if is_alike and spot[2][4:6] == right.spot[2][4:6]:
                    yield spot


def _shares_near(reader: Reader, statement: StatementEvidence) -> bool:
    """Whether a sentence has most of the words beside the claim, whatever is said further away."""
    return len(statement.words(reader.text).intersection(reader.near)) >= LIKE * len(reader.near)
