"""Relations: calculations that a text says in words, ``rose by 1.1 from 4.1 to 5.2``, ``12 % of 9.6``.

A word names the operation, and the figures nearest to the result are its operands, in its sentence or, where
that has too few, in those before. Time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, pairwise
from math import log10
from operator import attrgetter

from finrisk_rules.judge.arithmetic import Calculation, Expression, Operator, Term
from finrisk_rules.judge.formulas import MOST_NUMBERS
from finrisk_rules.judge.fractions import fractions, has_fraction
from finrisk_rules.judge.operations import names_operation, operations
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import Quantity, Style, quantities
from finrisk_rules.sentences import sentences

_PERCENT = re.compile(r"\d ?(?:%|per|pct|pour|por|proz|pp|パーセント)", re.IGNORECASE)
_OF = re.compile(r"\W*(?<![^\W_])(?:of|von|der|des|de|du|del|dei)(?![^\W_])", re.IGNORECASE)
_BASE = re.compile(
    r"(?<![^\W_])(?:from|than|over|versus|vs|against"
    r"|(?:compared|relative|comparison) (?:to|with)|von|gegenüber"
    r"|als|nach|depuis|de|par rapport à|contre|desde|frente a|que)(?![^\W_])",
    re.IGNORECASE,
)
_BY = re.compile(r"(?<![^\W_])(?:by|um)[^\w]*\Z")
_BASE_BEHIND = re.compile(r" ?(?:から|より|に比べ|に対し)")
_NUMBER = re.compile(r"\d[\d.,']*")
_COUNT = re.compile(r"[0-9](?<=[^\W\d_] .)[0-9]?(?=\s*(?:[;)\[]|\.(?!\d)|\n|\Z))")
_WINDOW = 40
"""Characters beside a figure in which a word or a period belongs to it."""

_MOST_TERMS = 12
_FEWEST_FIGURES = 3
_MOST_FIGURES = 24
"""A sentence with more of them is a list, and no sentence of which words say what is computed from what."""

_LOOKS_BACK = frozenset({"mean", "total", "change"})
"""Operations that a sentence names of the figures before it: ``The increase was 26.8 %.``"""

_MOST_YEARS = 4
_FLOAT_ERROR = 1e-9
_LARGEST_COUNT = 12


@dataclass(frozen=True, slots=True)
class _Said:
    """The figures and periods of a sentence, with their places.

    ``words`` are the operations that its words name, ``before`` the figures of the sentences before it where
    it has too few of its own: both only where it may hold a result. ``years`` are its numbers that look like
    a year, which may be a figure after all.
    """

    text: str
    figures: Sequence[Quantity]
    periods: Sequence[Period]
    words: Sequence[tuple[str, int]] = ()
    before: Sequence[Quantity] = ()
    years: Sequence[Quantity] = ()

    @property
    def kinds(self) -> Set[str]:
        """The operations that the sentence names."""
        return {kind for kind, _ in self.words}


def has_relation(text: str) -> bool:
    """Whether a text may say a calculation in words: a cheap test, and where it is false it says none."""
    return bool(_PERCENT.search(text)) or has_fraction(text) or names_operation(text)


def has_count(text: str) -> bool:
    """Whether a text may say a bare count as a result: "a difference of 4", where no noun is counted."""
    return bool(_COUNT.search(text)) and names_operation(text)


def relations(
    text: str, style: Style = "point", joined: Set[tuple[int, int]] = frozenset()
) -> Iterator[Calculation]:
    """Yield the calculations in words of a plain text without citations that follow as written.

    ``joined`` are the ends of two figures with an operator between them: words do not join them anew.
    """
    for said in _statements(text, style):
        is_said = False
        for calculation in _relations(said):
            places = sorted(operand.end for operand in calculation.operands)
            if joined.isdisjoint(pairwise(places)) and calculation.unrounded() is not None:
                is_said = True
                yield replace(calculation, in_words=True)
        if not is_said:
            yield from _of_years(said)


def _of_years(said: _Said) -> Iterator[Calculation]:
    """Yield the calculations with one operand that looks like a year: "1909 of 5,312 is 35.9 %"."""
    for year in said.years[:_MOST_YEARS]:
        figures = sorted([*said.figures, year], key=lambda each: each.start)
        periods = [each for each in said.periods if each.start != year.start]
        for calculation in _relations(replace(said, figures=figures, periods=periods)):
            is_told = calculation.result.places > 0 or calculation.result.unit == "percent"
            if is_told and year in calculation.operands and calculation.unrounded() is not None:
                yield replace(calculation, in_words=True)


def _statements(text: str, style: Style) -> Iterator[_Said]:
    """Yield each sentence that may hold a result, with the figures before it where it has few.

    Those behind the first MOST_NUMBERS that have a number are not looked at.
    """
    numbered = (span for span in sentences(text) if _NUMBER.search(text, *span))
    spans = list(islice(numbered, MOST_NUMBERS))
    read: dict[int, _Said] = {}

    def said(at: int) -> _Said:
        if at not in read:
            read[at] = _read(text, spans[at], style)
        return read[at]

    for at, (start, end) in enumerate(spans):
        words = list(operations(text[start:end]))
        if not _may_say(text[start:end], {kind for kind, _ in words}):
            continue
        here = replace(said(at), words=[(kind, place + start) for kind, place in words])
        if not 0 < len(here.figures) <= _MOST_FIGURES:
            continue
        before: list[Quantity] = []
        named = here.periods
        if len(here.figures) < _FEWEST_FIGURES and here.kinds & _LOOKS_BACK:
            for earlier in map(said, range(at - 1, max(-1, at - 1 - _MOST_TERMS), -1)):
                if len(before) + len(earlier.figures) > _MOST_TERMS:
                    break
                before = [*earlier.figures, *before]
                named = [*earlier.periods, *named]
        if len(before) + len(here.figures) + bool(here.years) >= _FEWEST_FIGURES:
            yield replace(here, before=before, periods=named)


def _may_say(sentence: str, kinds: Set[str]) -> bool:
    """Whether a sentence has an operation and figures enough, of its own or by what it says of others."""
    has_operation = bool(kinds) or bool(_PERCENT.search(sentence))
    if kinds & _LOOKS_BACK or (has_operation and len(_NUMBER.findall(sentence)) >= _FEWEST_FIGURES):
        return True
    return has_fraction(sentence)


def _read(text: str, span: tuple[int, int], style: Style) -> _Said:
    start, end = span
    sentence = text[start:end]
    if len(_NUMBER.findall(sentence)) > 4 * _MOST_FIGURES:
        return _Said(text, (), ())
    named = periods(sentence)
    apart = [(period.start, period.end) for period in named]
    figures = [
        each.moved(start)
        for each in quantities(sentence, style, apart if sentence.isascii() else ())
        if not any(first < each.end and each.start < last for first, last in apart)
    ]
    if has_fraction(sentence):
        figures += [each.moved(start) for each in fractions(sentence)]
        figures.sort(key=attrgetter("start"))
    named = [period.moved(start) for period in named]
    years = [
        Quantity(Decimal(each.year), 0, None, "", "", False, each.start, each.end)
        for each in named
        if each.year and text[each.start : each.end] == str(each.year)
    ]
    return _Said(text, figures, named, years=years)


def _relations(said: _Said) -> Iterator[Calculation]:
    yield from _of(said)
    if any(map(_is_count, said.figures)) or any(map(_is_count, said.before)):
        figures, before = (
            [each for each in side if not _is_count(each)] for side in (said.figures, said.before)
        )
        yield from _of(replace(said, figures=figures, before=before))


def _is_count(figure: Quantity) -> bool:
    """Whether this may count something in the sentence ("over 3 years") and be no operand."""
    bare = not (figure.unit or figure.currency or figure.places or figure.scale is not None)
    return bare and 0 <= figure.value <= _LARGEST_COUNT


def _of(said: _Said) -> Iterator[Calculation]:
    kinds = said.kinds
    for is_part in (False, True):
        before = [each for each in said.before if bool(each.unit) is is_part]
        figures = before + [each for each in said.figures if bool(each.unit) is is_part]
        if kinds & {"mean", "total"}:
            yield from _sums(said.words, figures, len(before))
        if "change" in kinds:
            yield from _differences(said, figures, len(before))
    amounts = [each for each in (*said.before, *said.figures) if not each.unit]
    for result in said.figures:
        if result.unit or "quotient" in kinds:
            for left, right in _pairs(amounts, result):
                yield from _quotients(said, result, left, right)


def _sums(words: Sequence[tuple[str, int]], figures: Sequence[Quantity], here: int) -> Iterator[Calculation]:
    """Yield each result of this sentence with its terms.

    They are all figures before it or all behind it, or those between it and the word; where the sentence has
    none but results, those that end the sentences before.
    """
    kinds = {kind: place for kind, place in reversed(words) if kind in ("mean", "total")}
    for at in range(here, len(figures)):
        result, own = figures[at], figures[here:at]
        for kind, place in kinds.items():
            behind_word = [each for each in own if each.start > place]
            runs = [own, figures[at + 1 :], *([behind_word] if len(behind_word) < len(own) else [])]
            if kind == "mean" and len(own) > 2 and sum(map(_grouped, own[:-1])) == _grouped(own[-1]):
                runs.append(own[:-1])
            if len(figures) - here <= 2:
                runs = [figures[max(0, here - count) : here] for count in range(2, here + 1)]
            for terms in runs:
                if not own and _is_coarse(result, terms):
                    continue
                if 2 <= len(terms) <= _MOST_TERMS:
                    count = len(terms) if kind == "mean" else 1
                    if _may_be(result, *(sum(map(size, terms)) / count for size in _SIZES)):
                        yield Calculation(_sum(terms, mean=kind == "mean"), result)


def _is_coarse(result: Quantity, terms: Sequence[Quantity]) -> bool:
    """Whether a result is rounded more than each of its terms: then chance has many sums like it.

    A sum or mean that is exactly the result was not rounded.
    """
    last = (result.scale or 0) - result.places
    if last <= max(((term.scale or 0) - term.places for term in terms), default=last):
        return False
    total = sum(term.amount for term in terms)
    return result.amount not in (total, total / max(1, len(terms)))


def _written(figure: Quantity) -> float:
    return float(figure.value)


def _amount(figure: Quantity) -> float:
    return float(figure.amount)


def _grouped(figure: Quantity) -> float:
    """The amount where brackets say no minus: ``Segment A ($160 million)``."""
    return float(abs(figure.amount) if figure.bracketed else figure.amount)


_SIZES = (_written, _amount, _grouped)


def _may_be(result: Quantity, *values: float) -> bool:
    """Whether it is worth to ask if a result rounds one of the values, whatever their powers of ten."""
    written = abs(float(result.value))
    if not written:
        return True
    for value in map(abs, values):
        if value and abs(value * 10.0 ** round(log10(written / value)) - written) <= (
            0.51 * 10.0**-result.places + written * _FLOAT_ERROR
        ):
            return True
    return False


def _sum(terms: Sequence[Quantity], *, mean: bool = False) -> Expression:
    first, *rest = terms
    postfix: list[Term | Operator] = [Term(first)]
    for term in rest:
        postfix += [Term(term), "+"]
    if mean:
        postfix += [Term(_count(len(terms), terms[-1].end), constant=True), "/"]
    return Expression(tuple(postfix))


def _count(value: int, at: int) -> Quantity:
    """Return the number of a mean's terms, which the text does not write."""
    return Quantity(Decimal(value), 0, None, "", "", False, at, at)


def _differences(said: _Said, figures: Sequence[Quantity], here: int) -> Iterator[Calculation]:
    """Yield each figure of three neighbours as the difference of the two others.

    The last may say again, in another unit, what stands before it: then it takes the two before that. What
    a change starts from is no result.
    """
    for at in range(max(2, here), len(figures)):
        trios = [figures[at - 2 : at + 1]]
        if at > 2:
            trios.append([*figures[at - 3 : at - 1], figures[at]])
        for trio in trios:
            smallest_first = sorted(trio, key=lambda each: abs(_ones(each)))
            larger = smallest_first[-1]
            for result, smaller in (smallest_first[:2], smallest_first[1::-1]):
                if not _may_be(result, *(size(larger) - size(smaller) for size in _SIZES)):
                    continue
                are_levels = result.unit == smaller.unit == larger.unit == "percent"
                if (are_levels and _BY.search(_before(said, result))) or _is_base(said, result):
                    continue  # two percentages differ by points
                operands = (smaller, larger) if result.value < 0 else (larger, smaller)
                yield Calculation(Expression((Term(operands[0]), Term(operands[1]), "-")), result)


def _ones(figure: Quantity) -> Decimal:
    return figure.amount / 100 if figure.unit == "basis_points" else figure.amount


def _pairs(amounts: Sequence[Quantity], result: Quantity) -> Iterator[tuple[Quantity, Quantity]]:
    """Yield the two figures before the result, those on its sides, and the two behind it.

    A difference that stands between the two and the result ("from 4 to 5, by 1 or 25 %") is passed over.
    """
    before = [each for each in amounts if each.end <= result.start][-3:]
    behind = [each for each in amounts if each.start >= result.end][:3]
    if len(before) >= 2:
        yield before[-2], before[-1]
    if len(before) == 3 and abs(before[0].amount - before[1].amount) == abs(before[2].amount):
        yield before[0], before[1]
    if before and behind:
        yield before[-1], behind[0]
    if len(behind) >= 2:
        yield behind[0], behind[1]
    if len(behind) == 3 and abs(behind[1].amount - behind[2].amount) == abs(behind[0].amount):
        yield behind[1], behind[2]


def _quotients(said: _Said, result: Quantity, left: Quantity, right: Quantity) -> Iterator[Calculation]:
    """Yield the result as the ratio of two figures, as the change between them, or as a part of them."""
    first, second = _grouped(left), _grouped(right)
    if not first or not second:
        return
    if result.unit != "percent":
        if result.unit:
            return
        if "change" in said.kinds and first < second:
            left, right = right, left
        if _may_be(result, _grouped(left) / _grouped(right)):
            yield Calculation(Expression((Term(left), Term(right), "/")), result)
        return
    if "change" in said.kinds and _may_be(result, first / second - 1, second / first - 1):
        for base in _bases(said, left, right):
            other = right if base is left else left
            yield Calculation(Expression((Term(other), Term(base), "-", Term(base), "/")), result)
    if said.kinds & _LOOKS_BACK and "quotient" not in said.kinds and not _is_part(said, result, left, right):
        return
    part, whole = sorted((left, right), key=lambda each: abs(each.amount))
    if abs(result.value) > 100:
        part, whole = whole, part
    if _may_be(result, _grouped(part) / _grouped(whole)):
        yield Calculation(Expression((Term(part), Term(whole), "/")), result)
    if _may_be(part, _grouped(whole) * float(result.value)):
        yield Calculation(Expression((Term(result), Term(whole), "*")), part)


def _is_part(said: _Said, result: Quantity, left: Quantity, right: Quantity) -> bool:
    """Whether a word makes a percentage one of a whole: ``12 % of 9.6``, ``12 % (1.2 of 9.6)``."""
    between = said.text[left.end : min(right.start, left.end + _WINDOW)]
    return bool(_OF.match(said.text, result.end) or _OF.search(between))


def _bases(said: _Said, left: Quantity, right: Quantity) -> Sequence[Quantity]:
    """Return which of two figures a change starts from: a word before it says so, or the earlier year."""
    named = [each for each in (left, right) if _is_base(said, each)]
    if len(named) == 1:
        return named
    years = [_year(said, each) for each in (left, right)]
    if years[0] and years[1] and years[0] != years[1]:
        return [left if years[0] < years[1] else right]
    return left, right


def _is_base(said: _Said, figure: Quantity) -> bool:
    return bool(_BASE.search(_before(said, figure)) or _BASE_BEHIND.match(said.text, figure.end))


def _before(said: _Said, figure: Quantity) -> str:
    """Return the words before a figure, without what belongs to the figure before it."""
    words = said.text[max(0, figure.start - _WINDOW) : figure.start]
    return _NUMBER.split(words)[-1]


def _year(said: _Said, figure: Quantity) -> int | None:
    """Return the year nearest to a figure, of those beside it."""
    near = [
        (max(period.start - figure.end, figure.start - period.end), period.year)
        for period in said.periods
        if period.year and max(period.start - figure.end, figure.start - period.end) < _WINDOW
    ]
    return min(near)[1] if near else None
