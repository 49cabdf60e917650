"""What another source says of the year before: the row of the same name there, or a sentence like it.

``Cash: NOK 18,640 million, down 29 %`` compares this year's filing with that of the year before.
"""

from collections.abc import Iterator, Sequence

from finrisk_rules.judge.fits import BESIDE
from finrisk_rules.judge.table_evidence import Figure
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader

MOST_TABLES, MOST_ROWS, MOST_SENTENCES = 8, 100, 40
"""Tables of a source, rows of a table and sentences that are looked at."""

LOOKS_OF_SOURCE = 4
"""What it counts for to look for a row in another source."""

ALIKE = 0.75
"""Share of the words beside two figures that are the same where they tell of one thing."""


def pairs_across(trace: Trace, readers: Sequence[Reader]) -> Iterator[tuple[Figure, Figure]]:
    """Yield the figure of a place with what another source says of the year before."""
    year_of = {reader.source: reader.year for reader in readers}
    years = {year - 1 for year in _years(trace, year_of[trace.source])}
    for reader in readers:
        if reader.source == trace.source or len(years) != 1:
            continue
        reader.allowance.spend(LOOKS_OF_SOURCE)
        found = _in_tables(trace, reader) if trace.table else _in_prose(trace, reader)
        for other in found:
            if _years(other, reader.year) == years and other.spot[2][3:] == trace.spot[2][3:]:
                yield trace.spot[2], other.spot[2]


def _years(trace: Trace, year: int | None) -> set[int]:
    """Return the years that are said of a figure or of its sentence, else that of its source."""
    said = trace.years
    if not said and trace.table is None:
        said = {named for named, _ in trace.evidence.statements[trace.spot[1]].named if named}
    return said or ({year} if year else set())


def _in_tables(trace: Trace, reader: Reader) -> Iterator[Trace]:
    """Yield the cells of the rows that are called as that of a place, under heads of the same kind."""
    if (own := trace.table) is None or own.is_turned:
        return
    row, column = trace.spot[2][:2]
    for number, table in enumerate(reader.evidence.tables[:MOST_TABLES]):
        for line, name in enumerate(table.rows[:MOST_ROWS]):
            if [each.lower() for each in name] == [each.lower() for each in own.rows[row]]:
                for cell in table.by_row.get(line, ()):
                    if table.kinds[cell[1]].strip() == own.kinds[column].strip():
                        yield reader.trace((number, -1, cell), 1.0, "same", 1.0)


def _in_prose(trace: Trace, reader: Reader) -> Iterator[Trace]:
    """Yield the figures of sentences that have the same words beside them."""
    own = _names(trace)
    for statement in reader.evidence.statements[:MOST_SENTENCES] if own else ():
        if len(own & statement.words(reader.text)) < ALIKE * len(own):
            continue
        for spot in statement.spots:
            other = reader.trace(spot, 1.0, "same", 1.0)
            words = _names(other)
            if len(own & words) >= ALIKE * max(len(own), len(words)):
                yield other


def _names(trace: Trace) -> set[str]:
    """Return the words beside a figure of prose."""
    phrase = trace.evidence.statements[trace.spot[1]].phrases(trace.text)[trace.spot[2][0]]
    return {word for word, weight in phrase.words.items() if weight >= BESIDE and not word.isdecimal()}
