"""Comparisons of two figures of a sentence: ``9.2 %, above the authorized 9.65 %`` is not so."""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.contradictions import is_better_above
from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.subjects import CLAUSE, are_comparable, range_at, size, subject_of
from finrisk_rules.judge.traces import Traced
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_ABOVE = (
    "above exceeding exceeds exceeded exceed surpassing surpassed topping topped beating beat ahead_of "
    "higher_than greater_than more_than larger_than over mehr_als höher_als plus_que plus_de "
    "plus_élevé_que más_que mayor_que mais_que maior_que supérieur_à supérieure_à au-dessus_du "
    "au-dessus_de über oberhalb por_encima_de por_encima_del superior_a superior_al sopra "
    "acima_de acima_do acima_da över"
)
_BELOW = (
    "below under short_of lower_than less_than smaller_than fewer_than beneath behind missing missed "
    "weniger_als niedriger_als geringer_als moins_que moins_élevé_que menos_que menor_que inférieur_à "
    "inférieure_à au-dessous_du en-dessous_du en_dessous_du sous unter unterhalb por_debajo_de "
    "por_debajo_del inferior_a inferior_al sotto abaixo_de abaixo_do abaixo_da"
)
_BETTER, _WORSE = "better_than besser_als mieux_que mejor_que", "worse_than schlechter_als pire_que peor_que"
_LARGERS, _SMALLERS = "larger bigger greater higher more", "smaller lower lesser fewer less"
_NOUN_THAN = r"(?:\s+[^\W\d_][\w'-]*){1,3}\s+than(?![^\W_])"
_ELIDED = r"\s+(?:[^\W\d_]+\s+)?qu['\u2019]"
_ORDER = (
    rf"(?:(?P<above>{whole(_ABOVE)}|{whole(_LARGERS)}{_NOUN_THAN}|{whole('plus')}{_ELIDED})"
    rf"|(?P<below>{whole(_BELOW)}|{whole(_SMALLERS)}{_NOUN_THAN}|{whole('moins')}{_ELIDED})"
    rf"|(?P<better>{whole(_BETTER)})|(?P<worse>{whole(_WORSE)}))"
)
_DOT = r"(?:(?<=\b[a-zA-Z])\.)"
"""The dot of an abbreviation: "i.e."."""

_BETWEEN = pattern_of(
    rf"(?:[^.:]|{_DOT}){{0,80}}?"
    rf"(?P<not>{whole('not never no nicht pas non')}[^\d;.:]{{0,12}})?{_ORDER}"
    r"(?P<object>(?:\s*(?:(?:19|20)\d\d|[^\s\d,;.:()]+)(?=[\s(])){0,6})\s*(?P<open>\()?[^\w\s(]{0,3}",
    re.IGNORECASE,
)
_BETWEEN_EAST = pattern_of(
    r"[^\d;.:\u3002]{0,12}?(?P<not>[不未没沒])?(?:(?P<above>高于|超过|超過)|(?P<below>低于))"
    r"(?P<object>(?:(?:19|20)\d\d年)?[^\d;.:\u3002]{0,8})"
)
WORDS_OF_ORDER = telling(f"{_ABOVE} {_BELOW} {_BETTER} {_WORSE} {_LARGERS} {_SMALLERS} plus moins".split())
_COMPARES = pattern_of(
    f"{whole(f'{_ABOVE} {_BELOW} {_BETTER} {_WORSE} {_LARGERS} {_SMALLERS} plus moins')}|[高低]于|超[过過]",
    re.IGNORECASE,
)
_OTHER = pattern_of(
    whole(
        "from to by and but while versus vs compared against at in was were is are half third quarter fifth "
        "hälfte drittel viertel moitié tiers quart mitad tercio metade metà"
    ),
    re.IGNORECASE,
)
"""Words behind a comparison that lead to another figure than the one compared with."""

_MULTIPLE = pattern_of(
    whole(
        "twice double triple times half third quarter fifth doppelte hälfte drittel viertel fünftel fois "
        "moitié tiers quart veces mitad tercio vezes metade terço volte metà terzo"
    ),
    re.IGNORECASE,
)
_BY_MULTIPLE = pattern_of(rf"{_MULTIPLE.pattern}(?:\s+as\s+\w+)?\s*\Z", re.IGNORECASE)
_EACH = pattern_of(
    whole("both each all beide alle jeweils tous chacun ambos ambas todos entrambi"), re.IGNORECASE
)

_DOES = pattern_of(r"exceed|surpass|topp|beat(?!\w)|miss", re.IGNORECASE)
"""Verbs that join what happened at some time, not what a figure is: "5 on average and exceeded 6 in July"."""

_THUS = pattern_of(
    rf"\W*{whole('thus hence so therefore thereby damit somit donc ainsi por_tanto portanto quindi')}",
    re.IGNORECASE,
)
_ON = (
    "it they this that these those which he she es sie dies das er ce cela il elle elles ils "
    "is are was were be been has have had does do would stays stayed stay remains remained remain lies lay "
    "stands stood stand comes came ends ended falls fell keeps kept ist war lag liegt blieb bleibt est était "
    "reste restait demeure es era sigue seguía quedó è era resta rimane "
    "still well far just clearly slightly somewhat barely hardly only even already yet also again a an "
    "the little half noch weiterhin immer leicht deutlich knapp klar etwas weit toujours encore nettement "
    "todavía aún ligeramente claramente ancora low high lower upper bottom top end"
)
_ON_THE_SAME = pattern_of(rf"(?:\W*{whole(_ON)})*\W*", re.IGNORECASE)
"""Between a joint of clauses and a comparison: nothing that names another subject."""

_LONGEST = 120
_CITED = r"(?:[^\d.;:]|\[\d+\]|(?<!\d)(?:19|20)\d\d(?!\d))"
_THAN_BEFORE = pattern_of(
    rf"\A{_CITED}{{0,30}}?\s*{whole('versus vs compared_with compared_to against after gegenüber')}\.?\s+"
    r"(?:a\s+|an\s+)?[^\w\s]{0,3}\Z",
    re.IGNORECASE,
)
_AS_LARGER = pattern_of(
    rf"(?:(?P<above>{whole('larger bigger greater higher')})|{whole('smaller lower lesser')})"
    rf"(?:(?:\s+(?!than\b)[^\W\d_][\w-]*){{1,6}}\s*[(:]?\s*(?:of\s+)?"
    rf"|\s+(?:than|of\s+the\s+(?:two|pair))\s{_CITED}{{0,60}}?\b(?:with|at|by|of)\s+)[^\w\s]{{0,3}}\Z",
    re.IGNORECASE,
)
"""Before two figures, how the first one is to the second: "a larger gain ($27 versus $88 million)"."""

_LEAD = 100
_ABOUT = 0.06
"""How far a difference may be, as a share of it, from that of the two figures that it is said of."""

_END_OF_RANGE = pattern_of(rf"(?P<low>{whole('low lower bottom')})|{whole('high upper top')}", re.IGNORECASE)


def of_another_order(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims that are said above what is above them, or below what is below.

    Said is it of the last figure of the kind before it that is itself compared with nothing: "fell to 78 from
    119, still above the 86 of 2014" is of the 78.
    """
    claims = [claim for claim, _ in traced]
    for n in range(1, len(claims)):
        start, end = claims[n - 1].quantity.end, claims[n].quantity.start
        if end - start > _LONGEST:
            continue
        if _is_turned_pair(text, claims, n):
            yield n - 1
        elif _COMPARES.search(text, start, end):
            said = _BETWEEN.fullmatch(text, start, end) or _BETWEEN_EAST.fullmatch(text, start, end)
            at = None if said is None else _subject(text, claims, n, said)
            if said is not None and at is not None and _is_against(said, text, traced, at, n):
                yield at


def says_above(text: str, start: int, end: int) -> bool | None:
    """Return whether the words between two figures say that the first is above; None for neither."""
    if not _COMPARES.search(text, start, end):
        return None
    said = _BETWEEN.fullmatch(text, start, end) or _BETWEEN_EAST.fullmatch(text, start, end)
    if said is None or said["not"] or _OTHER.search(said["object"]):
        return None
    return {"above": True, "below": False}.get(_side(said))


def _is_turned_pair(text: str, claims: Sequence[Claim], n: int) -> bool:
    """Whether what stands before two figures makes the smaller one the larger."""
    one, two = claims[n - 1], claims[n]
    if not two.phrase.is_base or not are_comparable(one, two):
        return False
    if not _THAN_BEFORE.match(text[one.quantity.end : two.quantity.start]):
        return False
    larger = _AS_LARGER.search(text, max(0, one.quantity.start - _LEAD), one.quantity.start)
    return larger is not None and size(one) != size(two) and (size(one) > size(two)) != bool(larger["above"])


def _subject(text: str, claims: Sequence[Claim], n: int, said: re.Match[str]) -> int | None:
    """Return the number of the figure of which a comparison with the nth is said, None for none."""
    start, order = said.start(), said.start(_side(said))
    named = said["object"]
    if said["not"] or _MULTIPLE.search(named) or _BY_MULTIPLE.search(text, start, order):
        return None
    if _EACH.search(text, start, order):
        return None
    if CLAUSE.search(named) if said.groupdict().get("open") else _OTHER.search(named):
        return None
    clause = next(reversed(list(CLAUSE.finditer(text, start, order))), None)
    if clause is not None and (_DOES.match(text, order) or not _speaks_on(text, clause.end(), order)):
        return None
    if not text[start:order].strip():
        return _of_difference(claims, n)
    return subject_of(claims, n)


def _speaks_on(text: str, start: int, end: int) -> bool:
    """Whether a clause that begins goes on with the subject before it, or draws a conclusion from it."""
    return bool(_THUS.match(text, start, end) or _ON_THE_SAME.fullmatch(text, start, end))


def _side(said: re.Match[str]) -> str:
    """Return which way a comparison goes: "above", "below", "better" or "worse"."""
    return next(
        each for each, found in said.groupdict().items() if found and each not in ("not", "object", "open")
    )


def _of_difference(claims: Sequence[Claim], n: int) -> int | None:
    """Return the number of the figure that differs from the nth by that between: "684, 67 less than 617"."""
    between = claims[n - 1]
    at = subject_of(claims, n, n - 1)
    if at is None or not size(claims[n]):
        return None
    apart = abs(size(claims[at]) - size(claims[n]))
    if between.quantity.unit == "percent" != claims[n].quantity.unit:
        apart *= 100 / size(claims[n])
    return at if abs(apart - size(between)) <= _ABOUT * apart else None


def _is_against(said: re.Match[str], text: str, traced: Sequence[Traced], at: int, n: int) -> bool:
    """Whether two figures are the other way round than a comparison of them says."""
    claims = [claim for claim, _ in traced]
    side, one, other = _side(said), size(claims[at]), size(claims[n])
    if side in ("better", "worse"):
        is_above = is_better_above(traced[at][1])
        if is_above is None:
            return False
        is_above = is_above == (side == "better")
    else:
        is_above = side == "above"
    if (ends := range_at(text, claims, n)) is not None:
        end = _END_OF_RANGE.search(said["object"])
        other = ends[1] if (is_above if end is None else end["low"] is None) else ends[0]
    return one != other and (one > other) != is_above
