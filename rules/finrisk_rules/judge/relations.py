"""Relations: calculations that a text says in words, ``rose by 1.1 from 4.1 to 5.2``, ``12 % of 9.6``.

A word names the operation, and the figures nearest to the result are its operands, in its sentence or, where
that has too few, in those before. Time is linear in the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finrisk_rules.judge.arithmetic import Calculation, Expression, Operator, Term
from finrisk_rules.periods import Period, periods
from finrisk_rules.quantities import Quantity, Style, quantities
from finrisk_rules.sentences import sentences

_KINDS = {
    "mean": r"averag\w*|mean|durchschnitt\w*|im mittel|mittelwert|moyenne|promedio",
    "total": r"total\w*|sum|sums|combined|together|altogether|aggregate\w*|overall|plus|insgesamt|zusammen|summe"
    r"|gesamt\w*|somme|ensemble|en tout|juntos|suma",
    "change": r"chang\w+|change|differen\w+|differs?|increas\w+|decreas\w+|rise[ns]?|rising|rose|f[ae]ll\w*|gr[eo]w\w*"
    r"|declin\w+|drop\w*|reduc\w+|up|down|gain\w*|gap|widen\w*|narrow\w*|improv\w+|jump\w*|climb\w*|exceed\w*"
    r"|expan\w+|contract\w+|shr[aiu]nk\w*|more|less|fewer|higher|lower|larger|smaller|greater|above|below|ahead"
    r"|veränder\w+|änderung\w*|differenz|unterschied\w*|anstieg\w*|stieg\w*|gestiegen|zun[ai]hm\w*|zugenommen"
    r"|wuchs\w*|gewachsen|wachstum\w*|rückgang\w*|sank\w*|gesunken|fiel\w*|gefallen|abn[ai]hm\w*|erhöh\w+|mehr"
    r"|weniger|höher|niedriger|vari\w+|différence|écart|augment\w+|hausse|progress\w+|croissance|baiss\w+"
    r"|dimin\w+|recul\w*|aument\w+|crec\w+|dismin\w+|cambio",
    "quotient": r"ratio\w*|times|multiple|fold|per|quotient|share|shares|proportion|percentage|represent\w*"
    r"|account\w*|equal\w*|margin|verhältnis|fache\w*|anteil\w*|entspr\w+|fois|rapport|part|représent\w+|soit|pro|par",
}
_CJK = {"mean": "平均", "total": "合計|総額", "change": "増|減|差|変化|上昇|下落|伸び|成長|低下",
        "quotient": "比率|割合|倍|占め|うち"}  # fmt: skip
_OPERATION = re.compile(
    "|".join(f"(?P<{kind}>(?<![^\\W_])(?:{words})(?![^\\W_])|{_CJK[kind]})" for kind, words in _KINDS.items()),
    re.IGNORECASE,
)
_PERCENT = re.compile(r"\d ?(?:%|per|pct|pour|por|proz|pp|パーセント)", re.IGNORECASE)
_BASE = re.compile(
    r"(?<![^\W_])(?:from|than|over|versus|vs|against|(?:compared|relative|comparison) (?:to|with)|von|gegenüber|als"
    r"|nach|depuis|de|par rapport à|contre|desde|frente a|que)(?![^\W_])|から|比べ",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\d.,' ]*")
_WINDOW = 40
"""Characters beside a figure in which a word or a period belongs to it."""

_MOST_TERMS = 12
_FEWEST_FIGURES = 3
_LARGEST_COUNT = 12


@dataclass(frozen=True, slots=True)
class _Said:
    """The figures of a sentence and of what stands before it, the operations and the periods that it names."""

    text: str
    figures: Sequence[Quantity]
    first: int
    kinds: frozenset[str]
    periods: Sequence[Period]


def has_relation(text: str) -> bool:
    """Whether a text may say a calculation in words: a cheap test, and where it is false it says none."""
    return bool(_OPERATION.search(text) or _PERCENT.search(text))


def relations(text: str, style: Style = "point") -> Iterator[Calculation]:
    """Yield the calculations in words of a plain text without citations that follow as written."""
    for said in _statements(text, style):
        for calculation in _relations(said):
            if calculation.unrounded() is not None:
                yield calculation


def _statements(text: str, style: Style) -> Iterator[_Said]:
    """Yield each sentence that may hold a result, with the figures before it."""
    before: list[Quantity] = []
    named: list[Period] = []
    for start, end in sentences(text):
        sentence = text[start:end]
        periods_here = [
            replace(each, start=each.start + start, end=each.end + start) for each in periods(sentence)
        ]
        here = [
            replace(each, start=each.start + start, end=each.end + start)
            for each in quantities(sentence, style)
            if not any(p.start < each.end + start and each.start + start < p.end for p in periods_here)
        ]
        kinds = frozenset(match.lastgroup or "" for match in _OPERATION.finditer(sentence))
        figures = before + here
        named = [*named, *periods_here][-2 * _MOST_TERMS :]
        if here and (kinds or any(each.unit for each in here)) and len(figures) >= _FEWEST_FIGURES:
            yield _Said(text, figures, len(before), kinds, named)
        before = figures[-_MOST_TERMS:]


def _relations(said: _Said) -> Iterator[Calculation]:
    yield from _of(said, said.figures, said.first)
    counts = [each for each in said.figures if _is_count(each)]
    if counts:
        rest = [each for each in said.figures if not _is_count(each)]
        first = sum(1 for each in said.figures[: said.first] if not _is_count(each))
        yield from _of(said, rest, first)


def _is_count(figure: Quantity) -> bool:
    """Whether this may count something in the sentence ("over 3 years") and be no operand."""
    bare = not (figure.unit or figure.currency or figure.places or figure.scale is not None)
    return bare and 0 <= figure.value <= _LARGEST_COUNT


def _of(said: _Said, figures: Sequence[Quantity], first: int) -> Iterator[Calculation]:
    amounts = [each for each in figures if not each.unit]
    parts = [each for each in figures if each.unit]
    start = figures[first].start if first < len(figures) else len(said.text)
    for alike in (amounts, parts):
        here = sum(1 for each in alike if each.start < start)
        if said.kinds & {"mean", "total"}:
            yield from _sums(said.kinds, alike, here)
        if "change" in said.kinds:
            yield from _differences(alike, here)
    results = [each for each in parts if each.start >= start]
    if "quotient" in said.kinds:
        results += [each for each in amounts if each.start >= start]
    for result in results:
        for left, right in _pairs(amounts, result):
            yield from _quotients(said, result, left, right)


def _sums(kinds: frozenset[str], figures: Sequence[Quantity], here: int) -> Iterator[Calculation]:
    """Yield each result of this sentence with the terms that end before it, or that begin behind it."""
    for at in range(here, len(figures)):
        runs = [figures[max(0, at - count) : at] for count in range(2, min(at, _MOST_TERMS) + 1)]
        runs += [
            figures[at + 1 : at + 1 + count]
            for count in range(2, min(len(figures) - at - 1, _MOST_TERMS) + 1)
        ]
        for terms in runs:
            total = sum((term.value for term in terms), Decimal(0))
            if "total" in kinds and _may_be(total, figures[at], terms):
                yield Calculation(_sum(terms), figures[at])
            if "mean" in kinds and _may_be(total / len(terms), figures[at], terms):
                yield Calculation(_sum(terms, mean=True), figures[at])


def _may_be(value: Decimal, result: Quantity, terms: Sequence[Quantity]) -> bool:
    """Whether it is worth to ask: values of several scales may always be."""
    if any(term.scale != result.scale for term in terms):
        return True
    return abs(abs(value) - abs(result.value)) < 1


def _sum(terms: Sequence[Quantity], *, mean: bool = False) -> Expression:
    first, *rest = terms
    postfix: list[Term | Operator] = [Term(first)]
    for term in rest:
        postfix += [Term(term), "+"]
    if mean:
        postfix += [Term(_bare(len(terms), terms[-1].end), constant=True), "/"]
    return Expression(tuple(postfix))


def _bare(value: int, at: int) -> Quantity:
    """Return a number that the text does not write but means: the count of a mean, the one of a growth."""
    return Quantity(Decimal(value), 0, None, "", "", False, at, at)


def _differences(figures: Sequence[Quantity], here: int) -> Iterator[Calculation]:
    """Yield each figure of three neighbours as the difference of the two others.

    The last may say again, in another unit, what stands before it: then it takes the two before that.
    """
    for at in range(max(2, here), len(figures)):
        trios = [figures[at - 2 : at + 1]]
        if at > 2:
            trios.append([*figures[at - 3 : at - 1], figures[at]])
        for trio in trios:
            smallest_first = sorted(trio, key=lambda each: abs(_ones(each)))
            larger = smallest_first[-1]
            for result, smaller in (smallest_first[:2], smallest_first[1::-1]):
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
    if result.unit != "percent":
        if not result.unit:
            yield Calculation(Expression((Term(left), Term(right), "/")), result)
        return
    if "change" in said.kinds:
        for base in _bases(said, left, right):
            other = right if base is left else left
            yield Calculation(Expression((Term(other), Term(base), "-", Term(base), "/")), result)
    if "change" not in said.kinds or "quotient" in said.kinds:
        part, whole = sorted((left, right), key=lambda each: abs(each.amount))
        if abs(result.value) > 100:
            part, whole = whole, part
        yield Calculation(Expression((Term(part), Term(whole), "/")), result)
        yield Calculation(Expression((Term(result), Term(whole), "*")), part)


def _bases(said: _Said, left: Quantity, right: Quantity) -> Sequence[Quantity]:
    """Return which of two figures a change starts from: a word before it says so, or the earlier year."""
    named = [each for each in (left, right) if _BASE.search(_before(said, each))]
    if len(named) == 1:
        return named
    years = [_year(said, each) for each in (left, right)]
    if years[0] and years[1] and years[0] != years[1]:
        return [left if years[0] < years[1] else right]
    return left, right


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
