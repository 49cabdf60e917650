"""Words of rise and fall, in the languages in which firms report, and whether figures do what they say."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.formulas import is_operand
from finrisk_rules.judge.hints import Words
from finrisk_rules.judge.languages import language_of
from finrisk_rules.judge.stems import stem, stems_of_name
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import (
    CONTRAST,
    LESS_IS_BETTER,
    LESS_MAY_BE_BETTER,
    MORE_IS_BETTER,
    OUTFLOW,
    any_word,
    whole,
)

_RISE = """
rose risen rise rises rising increas* grew grow* higher climb* gain gains gained gaining expand* jump* surg*
advanced improv* up doubled doubling tripled tripling trebled quadrupled soar* strengthen* widen*
stieg* steig* gestiegen* erhöh* wuchs* gewachsen wachs* zugenommen zunahm* zunimmt anstieg* ansteig*
angestiegen zuwachs* höher* verbesser* zulegt* zugelegt verdoppelt verdoppelte* verdreifacht* vervierfacht*
augment* hausse* progresse progressé* progressent progression croiss* accru accrus accroî* accroiss* alourdi*
crû cru grimp* bondi* supérieur* monté montée montés
aument* subi* creci* cresce* increment* alza cresciut* crescit* salit*
steeg gestegen toegenomen toenam groeide ökade steg raised raising raises boosted boosting swelled
"""
_FALL = """
fell fall* decreas* declin* drop* lower* down reduc* shrank shrunk shrink* diminish* contracted
slip* slump* plung* narrow* halved halving weaken* shed
sank* sink* gesunken* fiel* gefallen rückgang* verringert* verminder* abgenommen abnahm* abnimmt reduzier*
halbiert halbierte* niedriger* zurückgegangen zurückging* zurückgeh* zurück gesenkt senk*
baiss* diminu* recul* repli* rédui* chut* inférieur* tombé tombée tombés
disminu* cay* caiu caí* recuo* recuar* bajó bajaron bajado retroced* retroceso* descend* descens* reduj*
calo calat* calò scend* scesi scesa ridott* ridu*
daalde gedaald afgenomen minskade sjönk cut cutting dip dips dipped eased easing trimmed
worsen* deteriorat* verschlechter* détérior* empeor* peggior*
"""
_CJK_RISE = (
    "増加|増え|増大|急増|微増|上昇|伸び|伸長|拡大|増収|増益|上回|上がり|上がっ|高まり|高まっ"
    "|增长|增長|增加|上升|提高|提升|上涨|增至|升至|증가|상승|확대|늘었|늘어|늘며|높아|올랐|올라"
)
_CJK_FALL = (
    "減少|減っ|減り|急減|微減|下落|低下|縮小|減収|減益|下回|下がり|下がっ|落ち込"
    "|下降|减少|降低|下滑|下跌|降至|减至|감소|하락|축소|줄었|줄어|줄며|낮아|떨어|내렸"
)
_WORD = re.compile(
    rf"{_CJK_RISE}|{_CJK_FALL}|(?<=[%円])の?[増減](?![価資損])|[^\W_\u2e80-\u9fff\uac00-\ud7af]+"
)
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
_RISES = re.compile(rf"{any_word(_RISE)}|{_CJK_RISE}|の?増")
_FALLS = re.compile(rf"{any_word(_FALL)}|{_CJK_FALL}|の?減")
_PARTED = frozenset("nahm nahmen nimmt nehmen legte legten".split())
_PARTICLE = re.compile(
    r"\w+\s(?:[^,.;]|[,.]\d|(?<=M[ir][or])\.|(?<=Mrd)\.){0,100}?\s(?P<particle>zu|ab)(?=\s*(?:[,.;\[(]|und\s|\Z))",
    re.IGNORECASE,
)
"""Verbs that say rise or fall with the last word of their clause: "nahm um 5 % ab"."""


_STEMS = frozenset(stem(word.rstrip("*")) for word in f"{_RISE} {_FALL}".split())


@lru_cache(maxsize=16384)
def says_rise(word: str) -> bool | None:
    """Whether a word, in small letters, says rise or fall; None where it says neither."""
    return True if _RISES.fullmatch(word) else False if _FALLS.fullmatch(word) else None


@lru_cache(maxsize=16384)
def _may_say(word: str) -> bool:
    """Whether a word says rise or fall, alone or with the last word of its clause."""
    return says_rise(word.lower()) is not None or word.lower() in _PARTED


@lru_cache(maxsize=16384)
def says_direction(stem_of_word: str) -> bool:
    """Whether a word without its ending says rise or fall."""
    return stem_of_word in _STEMS


def may_turn(words: Words) -> bool:
    """Whether a text with these words may say rise or fall."""
    return words is None or any(map(_may_say, words))


_RESULTS = frozenset(("gain", "gains"))
_LOSS = re.compile(whole("loss losses"), re.IGNORECASE)
_NOT = re.compile(
    rf"{whole('not never no nicht kein* pas ne aucun* non nie niet')}(?!-)[^,.;]{{0,12}}\Z"
    r"|n['\u2019]t [^,.;]{0,8}\Z",
    re.IGNORECASE,
)
_NOT_BEHIND = re.compile(r"\w{0,4}(?:ませ|なかっ|ない|せず)|\s+(?:nicht|pas)(?![^\W_])")


_DUE = re.compile(r"\s+(?:due|within|under|outside|into)(?![^\W_])", re.IGNORECASE)
"""Behind "falls", what is no fall: "falls due", "falls within"."""

_OR = re.compile(r"\s*(?:or|oder|ou|o|/|\()\s*", re.IGNORECASE)

NEAR = 60
"""Characters between a figure and a word of rise or fall that speaks of it alone."""

LONGEST_CLAUSE = 200
"""Characters between a figure and a word of its clause."""

_CLAUSE_END = re.compile(
    r"[,\uff0c](?!\d)|[;:\uff1b\uff1a\u3001\u3002]|一方|"
    + whole(
        "and but while whereas due because as since und aber während weil wobei nachdem da sodass et mais "
        "tandis alors y pero mientras e ma mentre"
    ),
    re.IGNORECASE,
)
"""Where the part of a sentence that a word of rise or fall speaks of may end."""

_COMPARATIVE = re.compile(
    any_word("higher lower up down höher* niedriger* supérieur* inférieur* rising falling")
)
"""Words that speak of a figure before them only where they stand beside it: "5 % higher"."""

_FROM = re.compile(rf"\s*{whole('from than')}", re.IGNORECASE)
"""Behind "up", what leads to the figure with which one before is compared."""

_EVALUATION = re.compile(
    any_word("improv* strengthen* weaken* worsen* deterior* verbess* verschlecht* détérior* empeor* peggior*")
)

_TO = re.compile(
    rf"(?:\s+\w+|\s+by(?:\s+\w+){{1,3}})?\s+{whole('to auf à a hasta para until reaching')}[^\d]{{0,8}}\Z",
    re.IGNORECASE,
)
_TO_BEFORE = re.compile(rf"{whole('to auf à a hasta para')}[^\d]{{0,8}}\Z", re.IGNORECASE)
_TO_BEHIND = re.compile(r"\s*(?:に|へ|으?로)")
_BY = re.compile(rf"\s*(?:(?:sich|en|it)\s+)?(?:{whole('by um de del di um un')}\s*)*", re.IGNORECASE)

Traced = tuple[Claim, Trace | None]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Direction:
    """A word of rise or fall: its place in its text, and whether it says up."""

    start: int
    end: int
    rises: bool
    word: str


@lru_cache(maxsize=64)
def directions(text: str) -> tuple[Direction, ...]:
    """Return the words of rise and fall of a text; a denied rise counts as a fall, and the reverse."""
    words = _ASCII_WORD if text.isascii() else _WORD
    if not any(map(_may_say, words.findall(text))):
        return ()
    result = []
    results = _RESULTS if _LOSS.search(text) else ()  # "from a gain of 5 to a loss of 6"
    for match in words.finditer(text):
        word = match[0].lower()
        if word in results:
            continue
        rises = says_rise(word)
        if rises is False and _DUE.match(text, match.end()):
            continue
        if rises is None and word in _PARTED and (parted := _PARTICLE.match(text, match.start())):
            rises = parted["particle"] == "zu"
        if rises is None:
            continue
        start, end = match.span()
        denied = _NOT.search(text, max(0, start - 30), start) or _NOT_BEHIND.match(text, end)
        result.append(Direction(start, end, rises != bool(denied), stem(word)))
    return tuple(result) if len(result) < 2 else _told(text, result)


def _told(text: str, said: Sequence[Direction]) -> tuple[Direction, ...]:
    """Return the words without those that leave open which it was: "increase (decrease)", "rise or fall"."""
    pairs = [(one, two) for one, two in pairwise(said) if one.rises != two.rises]
    open_ones = {each for one, two in pairs if _OR.fullmatch(text, one.end, two.start) for each in (one, two)}
    return tuple(each for each in said if each not in open_ones) if open_ones else tuple(said)


def governors(text: str, figures: Sequence[Span]) -> list[Direction | None]:
    """Return the word of rise or fall that speaks of each figure, None where there is none.

    That is the one before it in its clause, else the one behind it in its clause ("from 5 to 6 gestiegen"),
    else the last one before it, else the next one.
    """
    said = directions(text)
    if not said:
        return [None] * len(figures)
    ends, starts = [each.end for each in said], [each.start for each in said]
    result: list[Direction | None] = []
    for start, end in figures:
        last, following = bisect_right(ends, start) - 1, bisect_left(starts, end)
        before = said[last] if last >= 0 else None
        behind = said[following] if following < len(said) else None
        result.append(_governor(text, start, end, before, behind))
    return result


def _governor(
    text: str, start: int, end: int, before: Direction | None, behind: Direction | None
) -> Direction | None:
    """Return which of the words on its sides speaks of a figure, None for neither."""
    if before is None:
        return None if behind is None or CONTRAST.search(text, end, behind.start) else behind
    if _is_one_clause(text, before.end, start):
        return before
    if behind and _is_one_clause(text, end, behind.start):
        is_apart = behind.start - end > 1
        if not (is_apart and _COMPARATIVE.fullmatch(text[behind.start : behind.end].lower())):
            return behind
    return None if _speaks_back(text, before) else before


def _speaks_back(text: str, direction: Direction) -> bool:
    """Whether a word compares a figure before it: "5, up from 4"."""
    is_comparative = _COMPARATIVE.fullmatch(text[direction.start : direction.end].lower())
    return bool(is_comparative and _FROM.match(text, direction.end))


def is_in_clause(text: str, direction: Direction, start: int, end: int) -> bool:
    """Whether a word of rise or fall stands in the clause of a figure and near it."""
    if max(start - direction.end, direction.start - end) > NEAR:
        return False
    first, last = (direction.end, start) if direction.end <= start else (end, direction.start)
    return _is_one_clause(text, first, last)


def is_led_by_change(text: str, start: int) -> bool:
    """Whether a word of rise or fall leads right to a figure: "decreased 1.7 %"."""
    return any(each.end <= start and _BY.fullmatch(text, each.end, start) for each in directions(text))


def is_evaluation(direction: Direction) -> bool:
    """Whether a word says better or worse, which may be more or less."""
    return bool(_EVALUATION.match(direction.word))


def _is_one_clause(text: str, start: int, end: int) -> bool:
    return end - start <= LONGEST_CLAUSE and not _CLAUSE_END.search(text, start, end)


def spoken(text: str, traced: Sequence[Traced]) -> dict[Direction, list[int]]:
    """Return the words of rise and fall of a sentence with the numbers of the claims of which they speak."""
    groups: dict[Direction, list[int]] = {}
    spans = [(claim.quantity.start, claim.quantity.end) for claim, _ in traced]
    for n, each in enumerate(governors(text, spans)):
        if each:
            groups.setdefault(each, []).append(n)
    return groups


def contradicts(
    text: str, traced: Sequence[Traced], groups: Mapping[Direction, Sequence[int]]
) -> Iterator[int]:
    """Yield the numbers of the claims of a sentence whose figures do the opposite of what its words say."""
    for direction, group in groups.items():
        if direction.rises and any(_is_minus(text, traced[n][0], direction) for n in group):
            direction = replace(direction, rises=False)
        known = [n for n in group if traced[n][1] is not None]
        if not known or _is_name(direction, traced[known[0]][1]):
            continue
        if is_evaluation(direction) and (better := {is_better_above(traced[n][1]) for n in known}) != {True}:
            if better != {False} or any(_is_change_cell(traced[n][1]) for n in known):
                continue
            direction = replace(direction, rises=not direction.rises)
        amounts = [n for n in known if not _is_change(text, traced[n][0], direction)]
        pair = _ends(amounts, traced)
        is_pair = len(pair) > 1
        wrong = {_pair(pair, traced, direction, text)} if is_pair else set()
        is_told = is_pair and by_time(pair, traced) is not None
        alone = [n for n in known if n not in amounts or not is_told]
        wrong |= {_alone(text, n, traced, direction) for n in alone}
        yield from (n for n in wrong if n is not None)


def _is_change_cell(trace: Trace | None) -> bool:
    return trace is not None and trace.table is not None and trace.table.is_change(*trace.spot[2][:2])


def _ends(amounts: Sequence[int], traced: Sequence[Traced]) -> Sequence[int]:
    """Return the two figures between which something changed: the first one, and the first one compared."""
    bases = [n for n in amounts if traced[n][0].phrase.is_base]
    others = [n for n in amounts if n not in bases]
    return sorted((others[0], bases[0])) if bases and others else amounts[:2]


def _is_change(text: str, claim: Claim, direction: Direction) -> bool:
    """Whether a figure is how much something rose or fell: "rose 5 %", "a reculé de 5 %"."""
    if claim.is_change and not claim.phrase.is_base:
        return True
    return bool(claim.quantity.unit and _BY.fullmatch(text, direction.end, claim.quantity.start))


def _is_minus(text: str, claim: Claim, direction: Direction) -> bool:
    """Whether a figure is how much something grew, and below zero: "growth of -7.8 %"."""
    return claim.quantity.value < 0 and _is_change(text, claim, direction)


def is_better_above(trace: Trace | None) -> bool | None:
    """Whether more is better of what a place tells; None where either may be: a cost, a ratio."""
    if trace is None:
        return True
    place, said = trace.place, trace.place.row
    if trace.table is None:
        said = place.sentence[: trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4]]
    if LESS_IS_BETTER.search(said):
        return False
    return True if MORE_IS_BETTER.search(said) or not LESS_MAY_BE_BETTER.search(said) else None


def _is_name(direction: Direction, trace: Trace | None) -> bool:
    """Whether the word is part of the name of the row: "increase in receivables"."""
    return trace is not None and direction.word in stems_of_name(trace.place.row)


def _pair(places: Sequence[int], traced: Sequence[Traced], direction: Direction, text: str) -> int | None:
    """Return the later of two figures of one row where it lies on the other side of the earlier one.

    A loss below zero that is said without its sign may be said to rise or to fall: readers mean either. In
    other languages than English a row of what goes out rises with its amounts.
    """
    pair = by_time(places, traced)
    if pair is None:
        return None
    (_, one), (later, two) = pair
    old, new = one.value, two.value
    are_amounts = max(old, new) < 0 <= min(traced[n][0].quantity.value for n in places)
    is_english = language_of(text) in ("", "en")
    if are_amounts and OUTFLOW.search(f"{one.place.row}\n{text}" if is_english else one.place.row):
        return None
    if are_amounts and not is_english and _is_outflow(one) and _is_outflow(two):
        old, new = -old, -new
    if old == new:
        return None
    return later if (new > old) != direction.rises else None


def by_time(
    places: Sequence[int], traced: Sequence[Traced]
) -> tuple[tuple[int, Trace], tuple[int, Trace]] | None:
    """Return the earlier and the later of two figures of one thing, each with its place.

    None where nothing tells.
    """
    (first, one), (second, two) = (traced[n] for n in places)
    if one is None or two is None or not are_of_one_thing(one, two):
        return None
    is_first_later = _is_later(first, second)
    if is_first_later is None and bool(first.phrase.periods) != bool(second.phrase.periods):
        is_first_later = _is_later_head(one, two)
    if is_first_later is None:
        return None
    pair = (places[0], one), (places[1], two)
    return pair[::-1] if is_first_later else pair


def are_of_one_thing(one: Trace, two: Trace) -> bool:
    """Whether two figures stand in one table, or in one sentence and in one unit."""
    if one.source != two.source or one.spot[0] != two.spot[0]:
        return False
    if one.table is not None:
        return True
    return one.spot[1] == two.spot[1] and one.spot[2][3:] == two.spot[2][3:]


def _is_outflow(trace: Trace) -> bool:
    """Whether a row says with a minus what goes out: it grows where its amount does."""
    table = trace.table
    return table is not None and all(float(cell[2]) <= 0 for cell in table.by_row[trace.spot[2][0]])


def _is_later(first: Claim, second: Claim) -> bool | None:
    """Whether the first of two figures is of the later period; None where nothing tells."""
    if first.phrase.is_base != second.phrase.is_base:
        return second.phrase.is_base
    one, two = (next((year for year, _ in claim.phrase.periods if year), None) for claim in (first, second))
    if one and two and one != two:
        return one > two
    return None


def _is_later_head(one: Trace, two: Trace) -> bool | None:
    """Whether the first of two figures of one row stands under the later year; None where nothing tells."""
    table = one.table
    if table is None or one.spot[2][0] != two.spot[2][0]:
        return None
    years = [{year for year, _ in table.head_periods[each.spot[2][1]] if year} for each in (one, two)]
    return None if not all(years) or years[0] & years[1] else max(years[0]) > max(years[1])


def _alone(text: str, n: int, traced: Sequence[Traced], direction: Direction) -> int | None:
    """Return the number of a claim that its place contradicts: by sign, year before or sentence."""
    claim, trace = traced[n]
    start, end = claim.quantity.start, claim.quantity.end
    is_change = _is_change(text, claim, direction)
    if trace is None or (claim.phrase.is_base and not is_change):
        return None
    if max(start - direction.end, direction.start - end) > NEAR:
        return None
    table = trace.table
    if table is None:
        said = _said_there(trace)
        if said is None and _is_end(text, start, end, direction):
            said = rises_in_prose(trace)
        return n if said is not None and said != direction.rises else None
    row, column = trace.spot[2][:2]
    value = trace.value
    if table.is_change(row, column):
        is_signed = claim.quantity.value < 0
        return n if value and not is_signed and (value > 0) != direction.rises else None
    if is_change and claim.quantity.unit == trace.spot[2][4] == "percent" and not is_operand(text, end):
        return n if value and (value > 0) != direction.rises and claim.quantity.value > 0 else None
    before = table.year_before(row, column)
    if before is None or before == value or not _is_end(text, start, end, direction):
        return None
    if max(value, before) < 0 <= claim.quantity.value and _is_outflow(trace):
        value, before = -value, -before
    if min(value, before) < 0:
        return None
    return n if (value > before) != direction.rises else None


def rises_in_prose(trace: Trace) -> bool | None:
    """Return whether a figure is more than the one of the next period before in its sentence; None for none.

    That is the one beside it of its kind, with which it is compared or whose year is the one before.
    """
    statement = trace.evidence.statements[trace.spot[1]]
    phrases, at = statement.phrases(trace.text), trace.spot[2][0]
    figure = statement.figures[at]
    if at + 1 >= len(statement.figures) or phrases[at].is_base:
        return None
    other = statement.figures[at + 1]
    if other[1:4] != figure[1:4] or not phrases[at + 1].is_base or float(other[0]) == float(figure[0]):
        return None
    return None if min(float(figure[0]), float(other[0])) < 0 else float(figure[0]) > float(other[0])


def _is_end(text: str, start: int, end: int, direction: Direction) -> bool:
    """Whether a figure is what something rose or fell to."""
    if direction.end <= start:
        return bool(_TO.match(text[direction.end : start]))
    return bool(_TO_BEFORE.search(text, max(0, start - 12), start) or _TO_BEHIND.match(text, end))


def _said_there(trace: Trace) -> bool | None:
    """Return whether the sentence of a trace lets its figure rise; None where it says neither."""
    figures = trace.evidence.statements[trace.spot[1]].figures
    start, end = figures[trace.spot[2][0]][4:6]
    (governor,) = governors(trace.place.sentence, [(start, end)])
    if governor is None or max(start - governor.end, governor.start - end) > NEAR:
        return None
    if is_evaluation(governor):
        is_above = is_better_above(trace)
        return None if is_above is None else governor.rises == is_above
    return governor.rises
