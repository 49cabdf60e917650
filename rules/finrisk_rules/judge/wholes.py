"""Wholes: totals that a sentence sets beside their parts, by whose names they are found.

``Severance was $7 of $9 million`` and ``rate contracts make up most of the total of $3.3 billion`` name the
part alone. The figure behind "of" is right where it is the total of that column.
"""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems_of_name
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_ABOUT = "about around roughly nearly almost some approximately just over only rund etwa environ unos"
_TOTAL = "the its our a an total sum overall of der die einer la le un une"
_OF_WHOLE = pattern_of(
    rf"(?:\d[\d.,]*\s?(?:%|{whole('thousand million billion percent')})?"
    rf"|{whole('most all half part much out rest')})\s+{whole('of von de')}\s+"
    rf"(?:{whole(_TOTAL)}\s+)*(?:{whole(_ABOUT)}\s+)*[^\w\s]?\Z",
    re.IGNORECASE,
)
"""Before a figure, what says that it is the whole of a part or amount named before it."""

_LEAD = 70


def of_wholes(text: str, findings: Sequence[Finding]) -> Iterator[tuple[Finding, Trace]]:
    """Yield the figures that the name of a part convicts though they are said to be its whole.

    With each goes its place: the total of the column where that part stands.
    """
    for finding in findings:
        verdict, start = finding.verdict, finding.claim.quantity.start
        if verdict is None or verdict.verdict != "misattributed" or verdict.place is None:
            continue
        if not _OF_WHOLE.search(text, max(0, start - _LEAD), start):
            continue
        for reader in finding.readers:
            for trace in reader.traces() if reader.source == verdict.source else ():
                is_there = trace.agreement not in ("", "scale") and trace.place.column == verdict.place.column
                if trace.table and is_there and stems_of_name(trace.place.row) & STEMS_OF_TOTAL:
                    yield finding, trace
                    break
