"""Comparisons of two figures of a sentence: ``9.2 %, above the authorized 9.65 %`` is not so."""

import re
from collections.abc import Iterator, Sequence

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.traces import Traced
from finrisk_rules.judge.vocabulary import whole

_ABOVE = (
    "above exceeding exceeds exceeded exceed surpassing surpassed topping topped beating beat ahead_of "
    "higher_than greater_than more_than larger_than better_than over mehr_als höher_als plus_que plus_de "
    "plus_élevé_que más_que mayor_que mais_que maior_que supérieur_à supérieure_à au-dessus_du "
    "au-dessus_de über oberhalb por_encima_de por_encima_del superior_a superior_al sopra"
)
_BELOW = (
    "below under short_of lower_than less_than smaller_than fewer_than beneath behind missing missed "
    "weniger_als niedriger_als geringer_als moins_que moins_élevé_que menos_que menor_que inférieur_à "
    "inférieure_à au-dessous_du en-dessous_du en_dessous_du sous unter unterhalb por_debajo_de "
    "por_debajo_del inferior_a inferior_al sotto"
)
_BETWEEN = re.compile(
    rf"(?:[^\d;.:]|(?<!\d)(?:19|20)\d\d(?!\d)){{0,60}}?"
    rf"(?P<not>{whole('not never no nicht pas non')}[^\d;.:]{{0,12}})?"
    rf"(?:(?P<above>{whole(_ABOVE)})|(?P<below>{whole(_BELOW)}))"
    r"(?P<object>(?:\s+[^\s\d,;.:()]+){0,6})\s+[^\w\s]{0,3}",
    re.IGNORECASE,
)
_BETWEEN_EAST = re.compile(
    r"[^\d;.:\u3002]{0,12}?(?P<not>[不未没沒])?(?:(?P<above>高于|超过|超過)|(?P<below>低于))"
    r"(?P<object>(?:(?:19|20)\d\d年)?[^\d;.:\u3002]{0,8})"
)
_LARGERS, _SMALLERS = "larger bigger greater higher", "smaller lower lesser"
WORDS_OF_ORDER = telling(f"{_ABOVE} {_BELOW} {_LARGERS} {_SMALLERS}".split())
_COMPARES = re.compile(f"{whole(f'{_ABOVE} {_BELOW}')}|[高低]于|超[过過]", re.IGNORECASE)
_OTHER = re.compile(
    whole(
        "from to by and but while versus vs compared against at in was were is are half third quarter fifth "
        "hälfte drittel viertel moitié tiers quart mitad tercio metade metà"
    ),
    re.IGNORECASE,
)
"""Words behind a comparison that lead to another figure than the one compared with."""
_CLAUSE = re.compile(
    whole("and but though although while whereas und aber obwohl et mais bien_que y pero aunque e ma")
    + rf"(?!\s+{whole('thus hence so therefore thereby damit somit donc ainsi por_tanto portanto quindi')})",
    re.IGNORECASE,
)
"""Words before a comparison by which it is of something else than the figure before them."""

_LONGEST = 120
_THAN_BEFORE = re.compile(
    rf"\A[^\d.;:]{{0,20}}?\s*{whole('versus vs compared_with compared_to against after gegenüber')}\.?\s+"
    r"(?:a\s+|an\s+)?[^\w\s]{0,3}\Z",
    re.IGNORECASE,
)
_AS_LARGER = re.compile(
    rf"(?:(?P<above>{whole(_LARGERS)})|{whole(_SMALLERS)})(?:\s+(?!than\b)[^\W\d_][\w-]*){{1,6}}\s*[(:]?\s*(?:of\s+)?[^\w\s]{{0,3}}\Z",
    re.IGNORECASE,
)
"""Before two figures, how the first one is to the second: "a larger gain ($27 versus $88 million)"."""

_LEAD = 80


def of_another_order(text: str, traced: Sequence[Traced]) -> Iterator[int]:
    """Yield the numbers of the claims that are said above what is above them, or below what is below."""
    for n in range(len(traced) - 1):
        (one, there), (two, other) = traced[n], traced[n + 1]
        start, end = one.quantity.end, two.quantity.start
        if there is None or other is None or end - start > _LONGEST or not _are_comparable(one, two):
            continue
        if _THAN_BEFORE.match(text[start:end]) and two.phrase.is_base:
            larger = _AS_LARGER.search(text, max(0, one.quantity.start - _LEAD), one.quantity.start)
            first, second = abs(float(one.quantity.amount)), abs(float(two.quantity.amount))
            if larger and first != second and (first > second) != bool(larger["above"]):
                yield n
            continue
        said = None
        if _COMPARES.search(text, start, end):
            said = _BETWEEN.fullmatch(text, start, end) or _BETWEEN_EAST.fullmatch(text, start, end)
        if said is None or said["not"] or _is_difference(text, start, said) or _OTHER.search(said["object"]):
            continue
        if _CLAUSE.search(text, start, max(said.start("above"), said.start("below"))):
            continue
        first, second = abs(float(one.quantity.amount)), abs(float(two.quantity.amount))
        if first != second and (first > second) != bool(said["above"]):
            yield n


def _is_difference(text: str, start: int, said: re.Match[str]) -> bool:
    """Whether a comparison stands right behind a figure, which may be by how much: "$5 million above"."""
    return not text[start : max(said.start("above"), said.start("below"))].strip()


def _are_comparable(one: Claim, two: Claim) -> bool:
    """Whether two figures are of one kind: unit, currency, and a scale of both or of neither."""
    first, second = one.quantity, two.quantity
    return (
        first.unit == second.unit
        and first.currency == second.currency
        and (first.scale is None) == (second.scale is None)
        and min(first.value, second.value) >= 0
        and not one.is_change
        and not two.is_change
    )
