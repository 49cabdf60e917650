"""Margins of a line whose table has revenue and result side by side, in columns of their own.

``| Coatings | 22.0 % |`` below "Margin 2024" and ``Copper: margin 44 % vs. 41 %`` divide the result of a year
by the revenue of that year, both in the row that is named.
"""

import re
from collections.abc import Iterator, Sequence, Set

from finrisk_rules.judge.amounts import LOOKS_OF_NAME, Amount, IsAnother, amount_at, divided
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.lines import cells_of
from finrisk_rules.judge.mentions import LONGEST, mentions, names_of
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems_of_name
from finrisk_rules.judge.table_evidence import TableEvidence
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict
from finrisk_rules.judge.vocabulary import REVENUE, whole
from finrisk_rules.patterns import pattern_of

MOST_TABLES, MOST_KINDS = 8, 4
"""Tables of a source, and kinds of columns of a table, that are looked at."""

MARGIN = pattern_of(
    whole("margin margins marge marges margen margine rendite gewinnmarge ebitda-marge") + "|利益率",
    re.IGNORECASE,
)
_STEMS_OF_MARGIN = stems_of_name("margin marge margen margine rendite gewinnmarge 利益率")
_GROUP = pattern_of(whole("group total consolidated overall konzern groupe grupo gruppo"), re.IGNORECASE)


def follow_margins(text: str, findings: Sequence[Finding], is_another: IsAnother) -> None:
    """Acquit the percentages of a sentence or a row that are the margin of the line that it names."""
    if len(text) > LONGEST:
        return
    for finding in findings:
        verdict = finding.verdict
        if verdict is None or verdict.verdict not in WRONG or finding.claim.quantity.unit != "percent":
            continue
        if finding.claim.phrase.words.keys().isdisjoint(_STEMS_OF_MARGIN):
            continue
        years = {year for year, _ in finding.claim.phrase.periods if year}
        for reader in finding.readers:
            if is_another(finding, reader.source):
                continue
            for part, total in _results(text, reader, years, is_base=finding.claim.phrase.is_base):
                if place := divided(finding, part, total):
                    finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
                    break


def _results(text: str, reader: Reader, years: Set[int], *, is_base: bool) -> Iterator[tuple[Amount, Amount]]:
    """Yield result and revenue of the rows that a text names, of these years.

    Of the last year where none are said, of the one before where a figure is compared with that.
    """
    reader.allowance.spend(LOOKS_OF_NAME)
    for number, table in enumerate(reader.evidence.tables[:MOST_TABLES]):
        kinds = {table.kinds[column] for column in table.by_column}
        if table.is_turned or not 2 <= len(kinds) <= MOST_KINDS:
            continue
        for row in _rows(text, table):
            cells = [
                amount_at(reader.trace((number, -1, cell), 1.0, "same", 1.0)) for cell in cells_of(table, row)
            ]
            known = [each for each in cells if each and each.years]
            last = max((max(each.years) for each in known), default=0) - is_base
            of_year = [each for each in known if each.years & (years or {last})]
            totals = [each for each in of_year if REVENUE.search(_head(table, each))]
            if not totals and len(kinds) == 2 and of_year:
                totals = [max(of_year, key=lambda each: each.value)]
            yield from ((part, total) for total in totals for part in of_year if part not in totals)


def _rows(text: str, table: TableEvidence) -> Sequence[int]:
    """Return the rows that a text names; the total where it speaks of the group."""
    named = [each.line for each in mentions(text, table)]
    if named or not _GROUP.search(text):
        return named[:1]
    return [row for row, (name, _) in enumerate(names_of(table)) if stems_of_name(name) & STEMS_OF_TOTAL]


def _head(table: TableEvidence, amount: Amount) -> str:
    head: str = table.heads[amount.place.spot[2][1]]
    return head
