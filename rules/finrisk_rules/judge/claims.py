"""The claims of an answer: its statements, the figures in them, and what they say of each figure.

Headings and the numbers of lists claim nothing. A Markdown table claims a figure in each cell, with the
words of its row and column. A statement without a citation has that of the next one of its paragraph.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from finrisk_rules.judge.evidence import pairs_of_numbers
from finrisk_rules.judge.phrasing import Phrase, phrases
from finrisk_rules.judge.stems import stems
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import Quantity, Style, quantities, style_of
from finrisk_rules.sentences import sentences
from finrisk_rules.tables import Table, tables_of, without_footnote

MOST_COUNT = 12
"""A bare whole number up to this one counts things."""

MOST_SOURCES = 99

_CITATION = re.compile(
    r"[\[\u3010](?:[^\W\d_]{2,12}\.? ?)?(?P<numbers>\d{1,2}(?:\s*(?:[,;\u3001\u2013-]|and|und|et|to)\s*(?:[^\W\d_]{2,12} ?)?\d{1,2})*)[\]\u3011]"
)
_RANGE = re.compile(r"(\d{1,2})(?:\s*[-\u2013]\s*(\d{1,2}))?")
_LIST_MARK = re.compile(r"\s*(?:>\s*)*(?:[-*+\u2022\u30fb]\s+|\(?\d{1,3}[.)]\s+|#{1,6}\s+)*")
_HEADING = re.compile(r"\s*#{1,6}\s")
_EMPHASIS = re.compile(r"[*_`]+")
_NAME = re.compile(r"(?:[^\W\d_a-z][\w&.'-]*|[^\W\d_]*[A-Z][\w&.'-]*)[ \u00a0]\Z")
_NAME_LIST = re.compile(r"(?:,| and| or| und| et| y|, and|/)? ?")
_TIME = re.compile(
    r"[ -]?(?:(?:consecutive|business|fiscal|calendar|full) )?(?:months?|years?|days?|weeks?|quarters?|hours?|minutes?|fiscal|monate?n?|jahren?|jahre|tagen?|tage"
    r"|wochen?|mois|ans?|années?|jours?|semaines?|trimestres?|meses|años?|días?|mesi|anni|giorni)(?![^\W_])"
    r"|[か个個カヶケ]?月|年|日|週|周|時間|小时|四半期",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:about|around|approximately|approx\.?|roughly|nearly|almost|over|more than|less than|just under|just over|some|circa|ca\.?|rund|etwa|knapp"
    r"|fast|über|environ|près de|plus de|cerca de|unos|alrededor de|casi|circa|約|およそ|[~\u2248])\s*\Z",
    re.IGNORECASE,
)


_CHANGE = re.compile(
    r"(?<![^\W_])(?:by|um|(?:increase|decrease|decline|rise|drop|growth|reduction|change|hausse|baisse|augmentation|diminution|aumento|Anstieg|Rückgang)s? (?:of|from|de|du|von))(?: \w+)?[\s$€£¥(~]*\Z",
    re.IGNORECASE,
)
_CHANGE_BEHIND = re.compile(r"\s*(?:increase|decrease|decline|rise|drop|growth|reduction|higher|lower|の?増|の?減)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure of an answer and what its statement says of it.

    ``text`` is the figure as written, ``phrase`` its words and periods; ``is_about`` whether a word says that
    the figure is not exact; ``name`` the word to which a bare number is glued ("IFRS 16"), "" otherwise.
    """

    text: str
    quantity: Quantity
    phrase: Phrase
    is_about: bool = False
    is_change: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence of an answer or a row of its table, without its citations.

    ``cited`` are numbers of sources from 1, in their order; ``topic`` the words of the heading above.
    """

    text: str
    cited: tuple[int, ...]
    claims: tuple[Claim, ...]
    topic: frozenset[str]
    topic_periods: tuple[tuple[int | None, str], ...]
    start: int
    end: int


Pairs = frozenset[tuple[str, str]]


def statements(answer: str, names_of: Callable[[Sequence[int]], Pairs] = lambda cited: frozenset()) -> list[Statement]:
    """Return the statements of an answer in order; time is linear in the text.

    ``names_of`` tells the numbers in the names of rows and columns of the cited sources, with a word beside
    each ("S&P 500"): they are no figures.
    """
    style = style_of(answer)
    result: list[Statement] = []
    topic, topic_periods = frozenset[str](), ()
    at = 0
    lines = answer.splitlines(keepends=True)
    for is_table, block in groupby(lines, key=lambda line: line.lstrip().startswith("|")):
        texts = list(block)
        if is_table:
            result += _of_table(texts, at, style, topic, topic_periods)
            at += sum(map(len, texts))
            continue
        for line in texts:
            if _HEADING.match(line) or _is_bold_heading(line):
                topic = stems(line)
                topic_periods = tuple((p.year, p.part) for p in periods(line))
            else:
                result += _of_line(line, at, style, topic, topic_periods, names_of)
            at += len(line)
    return result


def _is_bold_heading(line: str) -> bool:
    bare = line.strip()
    return len(bare) < 100 and bare.startswith("**") and bare.rstrip(":").endswith("**") and bare.count("**") == 2


def _of_line(
    line: str, at: int, style: Style, topic: frozenset[str], topic_periods: tuple[tuple[int | None, str], ...],
    names_of: Callable[[Sequence[int]], Pairs],
) -> list[Statement]:
    if not line.strip():
        return []
    offset = _LIST_MARK.match(line).end()  # type: ignore[union-attr]  # matches anything
    marks = [(match.start(), match.end(), cited_numbers(match["numbers"])) for match in _CITATION.finditer(line, offset)]
    bare = _blanked(line, [(start, end) for start, end, _ in marks])
    if "*" in bare or "`" in bare:
        bare = _EMPHASIS.sub(lambda match: " " * len(match[0]), bare)
    spans = _joined([(offset + start, offset + end) for start, end in sentences(bare[offset:])], bare)
    result = []
    for number, (start, end) in enumerate(spans):
        following = spans[number + 1][0] if number + 1 < len(spans) else len(line)
        cited = [n for a, _, numbers in marks if start <= a < following for n in numbers]
        if not cited:
            later = [numbers for a, _, numbers in marks if a >= following] or [numbers for _, _, numbers in marks][-1:]
            cited = list(later[0]) if later else []
        text = bare[start:end]
        result.append(
            Statement(text, tuple(dict.fromkeys(cited)), claims_of(text, style, names_of(cited)), topic, topic_periods, at + start, at + end)
        )
    return result


def _joined(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Return the sentences, one that begins with a small letter as part of the one before."""
    result: list[tuple[int, int]] = []
    for start, end in spans:
        if result and (text[start].islower() or (text[start].isdecimal() and text[result[-1][1] - 2 : result[-1][1]] == " .")):
            result[-1] = result[-1][0], end
        else:
            result.append((start, end))
    return result


def cited_numbers(text: str) -> list[int]:
    """Return the numbers of sources of a citation, ranges written out."""
    numbers: list[int] = []
    for match in _RANGE.finditer(text):
        first, last = int(match[1]), int(match[2] or match[1])
        numbers += range(first, min(last, MOST_SOURCES) + 1)
    return numbers


def _blanked(text: str, spans: Sequence[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def claims_of(text: str, style: Style, names: frozenset[tuple[str, str]] = frozenset()) -> tuple[Claim, ...]:
    """Return the claims of one sentence. ``names`` are the numbers in names of rows, with a word beside each."""
    named = list(periods(text))
    figures: list[tuple[Quantity, str]] = []
    in_names = {word for pair in pairs_of_numbers(text) if pair in names for word in pair} if names else ()
    previous_name, previous_end = "", -1
    for quantity in quantities(text, style):
        if any(p.start < quantity.end and quantity.start < p.end for p in named):
            continue
        if _is_mark(text, quantity) or str(abs(quantity.value)) in in_names:
            continue
        bare = is_bare(quantity)
        name = ""
        if bare:
            name = _name_before(text, quantity.start) or _range(text, quantity) or (
                previous_name if _NAME_LIST.fullmatch(text, previous_end, quantity.start) else ""
            )
            previous_name, previous_end = name, quantity.end
            if quantity.value <= MOST_COUNT or _TIME.match(text, quantity.end):
                continue
        figures.append((quantity, name))
    said = phrases(text, [(q.start, q.end) for q, _ in figures], named)
    return tuple(
        Claim(
            text[q.start : q.end].strip(),
            q,
            phrase,
            bool(_ABOUT.search(text, max(0, q.start - 24), q.start)),
            bool(_CHANGE.search(text, max(0, q.start - 40), q.start) or _CHANGE_BEHIND.match(text, q.end)),
            name,
        )
        for (q, name), phrase in zip(figures, said, strict=True)
    )


MOST_NOTES = 20


def _is_mark(text: str, quantity: Quantity) -> bool:
    """Whether this marks a footnote ``(1)`` or a unit ``$'000``."""
    plain_whole = not (quantity.places or quantity.unit or quantity.scale)
    return plain_whole and (not quantity.value or (quantity.bracketed and text[quantity.start] == "(" and -MOST_NOTES < quantity.value))


def is_bare(quantity: Quantity) -> bool:
    """Whether a figure is a whole number and nothing else: it may count or name something."""
    return not (
        quantity.places or quantity.unit or quantity.currency or quantity.scale or quantity.bracketed
    ) and abs(quantity.value) < 10_000


_RANGE_BEFORE = re.compile(r"\d ?(?:[-\u2013\u2014]|to|bis|a|à) ?\Z")
_RANGE_BEHIND = re.compile(r" ?(?:[-\u2013\u2014]|to|bis|a|à) ?\d")


def _range(text: str, quantity: Quantity) -> str:
    """Return what stands for the name of a number that is one end of a range ("91-180")."""
    start, end = quantity.start, quantity.end
    return "-" if _RANGE_BEFORE.search(text, max(0, start - 6), start) or _RANGE_BEHIND.match(text, end) else ""


def _name_before(text: str, start: int) -> str:
    match = _NAME.search(text, max(0, start - 30), start)
    return match[0].strip() if match else ""


def _of_table(
    lines: list[str], at: int, style: Style, topic: frozenset[str], topic_periods: tuple[tuple[int | None, str], ...]
) -> list[Statement]:
    bare = [_CITATION.sub(lambda match: " " * len(match[0]), line) for line in lines]
    of_all = _citations("".join(lines))
    rows = [(without_footnote(line.strip().strip("|").split("|")[0].strip()), at_line) for at_line, line in enumerate(bare)]
    starts = [at]
    for line in lines:
        starts.append(starts[-1] + len(line))
    result = []
    line_number = 0
    for table in tables_of("".join(bare), style):
        for _, cells in groupby(table.cells, key=lambda cell: cell.row):
            row = list(cells)
            line_number = next((n for label, n in rows if n > line_number and label == row[0].label), line_number)
            line = lines[line_number]
            claims = tuple(_cell_claims(table, row, bare[line_number]))
            cited = _citations(line) or of_all
            result.append(
                Statement(bare[line_number].strip(), cited, claims, topic, topic_periods, starts[line_number], starts[line_number + 1])
            )
    return result


def _citations(text: str) -> tuple[int, ...]:
    return tuple(dict.fromkeys(n for match in _CITATION.finditer(text) for n in cited_numbers(match["numbers"])))


def _cell_claims(table: Table, row: list, line: str) -> Iterator[Claim]:
    texts = line.strip().removeprefix("|").removesuffix("|").split("|")
    for cell in row:
        if is_bare(cell.value) and cell.value.value <= MOST_COUNT:
            continue
        label = f"{cell.label} {cell.section}"
        words = dict.fromkeys(stems(label) | stems(cell.head), 1.0)
        named = [*periods(cell.head), *periods(label)]
        phrase = Phrase(words, tuple((p.year, p.part) for p in named), len(named), False)
        quantity = cell.value
        if quantity.scale is None and cell.scale and quantity.unit == "":
            quantity = replace(quantity, scale=cell.scale)
        if cell.unit and not quantity.unit:
            quantity = replace(quantity, unit=cell.unit)
        text = texts[cell.column].strip() if cell.column < len(texts) else str(cell.value.value)
        yield Claim(text, quantity, phrase)
