"""Words of rise and fall, in the languages in which firms report, and whether figures do what they say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.stems import stem, stems_of_name
from finrisk_rules.judge.tracing import Trace
from finrisk_rules.judge.vocabulary import OUTFLOW, any_word, whole

_RISE = """
rose risen rise rises rising increas* grew grow* higher climb* gain gains gained gaining expand* jump* surg*
advanced improv* up doubled tripled soar* strengthen* widen*
stieg* steig* gestiegen* erhöh* wuchs* gewachsen wachs* zugenommen zunahm* nahm* anstieg* zuwachs* höher*
verbesser* zulegt* zugelegt
augment* hausse* progress* croiss* accr* crû cru grimp* supérieur*
aument* subi* creci* increment* alza cresciut* crescit* salit*
steeg gestegen toegenomen toenam groeide ökade steg
"""
_FALL = """
fell fall* decreas* declin* drop* lower* down reduc* shrank shrunk shrink* diminish* contracted contracting
slip* slump* plung* narrow* halved weaken* shed
sank* sink* gesunken* fiel* gefallen rückgang* verringert* verminder* abgenommen abnahm* reduzier* niedriger*
zurückgegangen zurück gesenkt senk*
baiss* diminu* recul* repli* rédui* chut* inférieur*
disminu* cay* bajó bajó bajaron descend* descens* reduj* calo calat* calò scend* scesi scesa ridott* ridu*
daalde gedaald afgenomen minskade sjönk
"""
_CJK_RISE = "増加|増え|上昇|伸び|拡大|増収|増益|上回|增长|增加|上升|提高|증가|상승"
_CJK_FALL = "減少|減っ|下落|低下|縮小|減収|減益|下回|下降|减少|降低|下滑|감소|하락"
_WORD = re.compile(rf"{_CJK_RISE}|{_CJK_FALL}|[^\W_]+")
_RISES = re.compile(rf"{any_word(_RISE)}|{_CJK_RISE}")
_FALLS = re.compile(rf"{any_word(_FALL)}|{_CJK_FALL}")


@lru_cache(maxsize=16384)
def _rises(word: str) -> bool | None:
    """Whether a word, in small letters, says rise or fall; None where it says neither."""
    return True if _RISES.fullmatch(word) else False if _FALLS.fullmatch(word) else None


_NOT = re.compile(
    rf"{whole('not never no nicht kein* pas ne aucun* non nie niet')}[^,.;]{{0,12}}\Z"
    r"|n['\u2019]t [^,.;]{0,8}\Z",
    re.IGNORECASE,
)
_NOT_BEHIND = re.compile(r"\w{0,4}(?:ませ|なかっ|ない|せず)|\s+(?:nicht|pas)(?![^\W_])")


PAIR = 2

NEAR = 60
"""Characters before a figure in which a word of rise or fall speaks of it alone."""

_TO = re.compile(rf"(?:\s+\w+)?\s+{whole('to auf à a hasta until reaching')}[^\d]{{0,8}}\Z", re.IGNORECASE)

Traced = tuple[Claim, Trace | None]


@dataclass(frozen=True, slots=True)
class Direction:
    """A word of rise or fall: where it ends in its text, and whether it says up."""

    end: int
    rises: bool
    word: str


def directions(text: str) -> list[Direction]:
    """Return the words of rise and fall of a text; a denied rise counts as a fall, and the reverse."""
    result = []
    for match in _WORD.finditer(text):
        word = match[0].lower()
        rises = _rises(word)
        if rises is None:
            continue
        start, end = match.span()
        denied = _NOT.search(text, max(0, start - 30), start) or _NOT_BEHIND.match(text, end)
        result.append(Direction(end, rises != bool(denied), stem(word)))
    return result


def contradicts(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims of a sentence whose figures do the opposite of what its words say."""
    spoken = directions(text)
    for at, direction in enumerate(spoken):
        stop = spoken[at + 1].end if at + 1 < len(spoken) else len(text)
        if len(spoken) == 1 and len(traced) == PAIR:
            known = [n for n in range(PAIR) if traced[n][1] is not None]
            if len(known) == PAIR:
                wrong = None if _is_name(direction, traced[0][1]) else _pair(known, traced, direction)
                if wrong is not None:
                    yield wrong
                continue
        behind = [n for n, (claim, _) in enumerate(traced) if direction.end <= claim.quantity.start < stop]
        known = [n for n in behind if traced[n][1] is not None]
        if not known or _is_name(direction, traced[known[0]][1]):
            continue
        if len(known) > 1:
            wrong = _pair(known[:2], traced, direction)
        else:
            wrong = _alone(text, known[0], traced, direction) if len(behind) == 1 else None
        if wrong is not None:
            yield wrong


def _is_name(direction: Direction, trace: Trace | None) -> bool:
    """Whether the word is part of the name of the row: "increase in receivables"."""
    return trace is not None and direction.word in stems_of_name(trace.place.row)


def _pair(places: Sequence[int], traced: Sequence[Traced], direction: Direction) -> int | None:
    """Return the later of two figures of one row where it lies on the other side of the earlier one."""
    (first, one), (second, two) = (traced[n] for n in places)
    if (
        one is None
        or two is None
        or one.source != two.source
        or one.spot[0] != two.spot[0]
        or one.spot[0] < 0
    ):
        return None
    is_first_later = _is_later(first, second)
    if is_first_later is None:
        return None
    old, new = (two.value, one.value) if is_first_later else (one.value, two.value)
    are_amounts = max(old, new) < 0 <= min(first.quantity.value, second.quantity.value)
    if old == new or (are_amounts and OUTFLOW.search(one.place.row)):
        return None
    return places[0 if is_first_later else 1] if (new > old) != direction.rises else None


def _is_later(first: Claim, second: Claim) -> bool | None:
    """Whether the first of two figures is of the later period; None where nothing tells."""
    if first.phrase.is_base != second.phrase.is_base:
        return second.phrase.is_base
    one, two = (next((year for year, _ in claim.phrase.periods if year), None) for claim in (first, second))
    if one and two and one != two:
        return one > two
    return None


def _alone(text: str, n: int, traced: Sequence[Traced], direction: Direction) -> int | None:
    """Return the number of a claim that its place contradicts: by sign, year before or sentence."""
    claim, trace = traced[n]
    start = claim.quantity.start
    if trace is None or start - direction.end > NEAR or claim.phrase.is_base:
        return None
    table = trace.table
    if table is None:
        said = _said_there(trace)
        return n if said is not None and said != direction.rises else None
    row, column = trace.spot[2][:2]
    value = trace.value
    if table.is_change(row, column):
        is_signed = claim.quantity.value < 0
        return n if value and not is_signed and (value > 0) != direction.rises else None
    if not _TO.match(text[direction.end : start]) or value < 0:
        return None
    before = table.year_before(row, column)
    if before is None or before < 0 or before == value:
        return None
    return n if (value > before) != direction.rises else None


def _said_there(trace: Trace) -> bool | None:
    """Return whether the sentence of a trace lets its figure rise; None where it says neither."""
    text = trace.place.sentence
    start = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4]
    near = [each for each in directions(text) if 0 <= start - each.end <= NEAR]
    return near[-1].rises if near else None
