"""The rows of an answer's tables: statements that claim their figures with the words of row and column."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from finrisk_rules.judge.allowance import Allowance
from finrisk_rules.judge.bare_numbers import is_count
from finrisk_rules.judge.citations import citations_of, without_citations
from finrisk_rules.judge.claims import LOOKS_OF_NUMBER, Claim, first_number
from finrisk_rules.judge.phrasing import Phrase
from finrisk_rules.judge.statements import Statement, Topic
from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.vocabulary import CHANGE_NAME
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import periods
from finrisk_rules.quantities import Style
from finrisk_rules.table_cells import without_footnote
from finrisk_rules.tables import Cell, tables_of

_NO_LABEL = "-"
_AMOUNT = pattern_of(r"[^\w\s]{0,3}\s?\(?\d{1,3}(?:[.,' \u00a0]\d+)+\)?\s?%?")


def statements_of_table(
    lines: list[str], at: int, style: Style, topic: Topic, beside: tuple[int, ...], allowance: Allowance
) -> Iterator[Statement]:
    """Yield the rows of the tables that these lines write, which begin at a place of the answer.

    ``beside`` is what is cited by them where they cite nothing.
    """
    texts = [without_citations(line) for line in lines]
    if _has_no_labels(texts):
        texts = [f"| {_NO_LABEL} {text.lstrip()}" for text in texts]
    labels = [without_footnote(line.strip().strip("|").split("|")[0].strip()) for line in texts]
    starts = [at]
    for line in lines:
        starts.append(starts[-1] + len(line))
    of_all = citations_of("".join(lines)) or beside
    number = 0
    for table in tables_of("".join(texts), style):
        of_figures = {cell.column for cell in table.cells if not is_count(cell.value)}
        for _, cells in groupby(table.cells, key=lambda cell: cell.row):
            row = list(cells)
            below = range(number + 1, len(labels))
            number = next((each for each in below if labels[each] == row[0].label), number)
            written = texts[number].strip().removeprefix("|").removesuffix("|").split("|")
            if allowance.is_spent:
                claims = first_number(texts[number])
            else:
                claims = tuple(_cell_claim(cell, written) for cell in row if cell.column in of_figures)
            allowance.spend(LOOKS_OF_NUMBER * len(row))
            cited = citations_of(lines[number]) or of_all
            yield Statement(texts[number].strip(), cited, claims, topic, starts[number], starts[number + 1])


def _has_no_labels(lines: Sequence[str]) -> bool:
    """Whether the first column of a table has amounts, and no names: "| Q1 | Q2 |" over "| 146,381 | ..."."""
    firsts = [line.strip().strip("|").split("|")[0].strip() for line in lines]
    body = [each for each in firsts[1:] if each.strip(":- ")]
    return bool(body and firsts[0]) and all(_AMOUNT.fullmatch(each) and not periods(each) for each in body)


def _cell_claim(cell: Cell, texts: Sequence[str]) -> Claim:
    """Return what a cell of a table claims: its figure, in the unit of row, column or table."""
    label = f"{cell.label} {cell.section}"
    named = tuple((period.year, period.part) for text in (cell.head, label) for period in periods(text))
    words = dict.fromkeys(stems(label) | stems(cell.head), 1.0)
    quantity = cell.value._replace(unit=cell.unit)
    if quantity.scale is None and (cell.scale or 0) > 0 and not cell.unit:
        quantity = quantity._replace(scale=cell.scale)
    text = texts[cell.column].strip() if cell.column < len(texts) else str(cell.value.value)
    is_change = bool(CHANGE_NAME.search(cell.head) and not named)
    phrase = Phrase(words, named, is_base=False)
    return Claim(text, quantity, phrase, is_change=is_change, bound=cell.bound)
