"""What words say of a change: that a figure is how much something rose or fell, and which of both."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.directions import Direction, is_evaluation
from finrisk_rules.judge.formulas import is_operand
from finrisk_rules.judge.governors import governors, is_in_clause
from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.vocabulary import CHANGED, whole
from finrisk_rules.patterns import pattern_of

_END = pattern_of(rf"{whole('to at from of auf bei von à a de hasta was were is')}[^\w]*\Z", re.IGNORECASE)
_OF_CHANGE = pattern_of(rf"{whole('of de von di')}[^\w]*\Z", re.IGNORECASE)
_DE = pattern_of(r"\s+de\s+[^\w\s]?", re.IGNORECASE)
"""What leads in French from a verb of change to by how much: "recule de 93 M€ à 241 M€"; or to its base."""

_OF_NOUN = pattern_of(
    rf"{whole('of at was were is are von war ist de di era était est')}[^\w]*\Z", re.IGNORECASE
)
"""What leads from a noun ("growth", "the difference") to the figure that it is."""

_NEUTRAL = pattern_of(
    whole("difference gap change veränderung differenz unterschied différence écart"), re.IGNORECASE
)
_ADDED = pattern_of(f"(?P<plus>{whole('plus addition additions')})|{whole('minus')}", re.IGNORECASE)
"""Nouns that lead to a change, and mean no direction elsewhere: "a plus of 25 %", "a net addition of 756"."""

_MOST_BETWEEN = 100
_WIDEST_MORE = 8
"""Characters between such a word and its figure."""

_SIGN = pattern_of(r"(?:\(\s?|(?<![=\u2248:])[ ,;])([-+\u2212\u2013])\s?[^\w\s]?(?=\d)")
"""Before a percentage, or an amount in brackets, what says that it is a change: ``(+6.4 %)``, ``(-$5m)``."""

_SIGN_IN_WORDS = pattern_of(
    rf"[,(\u2013\u2014-]\s*(?:(?P<plus>{whole('plus')})|{whole('minus')})\s+\Z", re.IGNORECASE
)
"""Before a percentage, a sign in words: "to $158 in 2019 – plus 31 % overall"."""

_YEAR = pattern_of(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_GAP = pattern_of(
    rf"(?:\s*,)?\s*{whole('and und et y e')}\s+(?!{whole('was were is are to at of from reached stood')})"
    rf"(?:(?!{whole('was were is are to at of from reached stood war lag était es')})[^\d,.;:])*",
    re.IGNORECASE,
)
"""Between two changes with one verb: "A grew 18 % and B 5 %"."""

_COMPARED = pattern_of(
    rf"(?:\s|,|{whole('in for fiscal the year')})*"
    rf"{whole('after following versus vs against compared_with compared_to nach gegenüber après contre')}"
    r"[^\d,.;:]*",
    re.IGNORECASE,
)
"""Between a change and one of before with which it is compared."""

_AGAIN = pattern_of(
    rf"(?:\s*{whole('from to in between and over fiscal the year von bis')})*"
    r"\s*(?:,\s*)?(?:\(\s*)?(?:(?:or|i\.e\.,?|that is,?|oder|soit|bzw\.)\s+)?[+\u2248~]?\s*",
    re.IGNORECASE,
)
"""What stands between a change and the same change in another unit: ``$5 million, or 3 %``."""

_MORES = (
    "more above over greater larger ahead mehr über oberhalb de_plus au-dessus más por_encima mais acima "
    "in_più"
)
_LESSES = (
    "less fewer below under smaller weniger unter unterhalb de_moins au-dessous en-dessous menos por_debajo "
    "abaixo in_meno"
)
_OVER_TIME = (
    r"(?!over\s+(?:the|this|that|these|those)\s+(?:(?:full|whole|entire|same|past|two|three|four|five|six|ten)\s+)*"
    r"(?:year|period|quarter|month|half|decade|week)s?(?![^\W_])(?!\s+(?:before|earlier|ago)))"
)
"""A time over which something changed: "shrank by 10.7 % over the year"."""

_UNIT = r"(?:\s?(?:[a-z]{0,2}[A-Z][A-Za-z]{0,3}|kg|km|t|oz|ha)(?![^\W_]))?"
_MORE = pattern_of(rf"{_UNIT}\s*{_OVER_TIME}(?:{whole(_MORES)}\s|多[いくか]|高[いくか])", re.IGNORECASE)
_LESS = pattern_of(rf"{_UNIT}\s*(?:{whole(_LESSES)}\s|少な[いくか]|低[いくか])", re.IGNORECASE)
_COUNTED_MORE = pattern_of(rf"(?:(?P<more>{whole('mais')})|{whole('menos')})\s+[^\w\s]?\Z", re.IGNORECASE)
_THAN = pattern_of(rf"\s+{whole('do_que face')}", re.IGNORECASE)
"""Around a figure in Portuguese, "mais 10 % do que"."""

WORDS_OF_MORE = telling(f"{_MORES} {_LESSES}".split())


class Spoken(NamedTuple):
    """That a claim is a change; ``rises`` as its words say, None where they say neither.

    ``is_difference`` where it is one of two figures, which the sentence may write; ``is_better`` where the
    words say better or worse, of which a lower figure may be the better one.
    """

    rises: bool | None
    is_difference: bool = False
    is_better: bool = False


def spoken_changes(text: str, claims: Sequence[Claim]) -> list[Spoken | None]:
    """Return of each claim of a sentence whether it says how much something changed."""
    spans = [(claim.quantity.start, claim.quantity.end) for claim in claims]
    result: list[Spoken | None] = []
    for at, (claim, governor) in enumerate(zip(claims, governors(text, spans), strict=True)):
        said = _spoken(text, claim, governor)
        if said is None and at and (last := result[-1]) and not is_operand(text, claim.quantity.end):
            said = _spoken_with(text[spans[at - 1][1] : spans[at][0]], claim, claims[at - 1], last)
        result.append(said)
    return result


def _spoken_with(between: str, claim: Claim, before: Claim, last: Spoken) -> Spoken | None:
    """Return what a claim behind one that is a change says where words take that up.

    The same in another unit ("$5 million, or 3 %"), another one of its verb ("A rose 18 % and B 5 %"),
    or one that it is compared with ("after 7 % in 2023"), which may be of either direction.
    """
    between = _YEAR.sub("", between)
    if claim.quantity.unit != before.quantity.unit:
        return last if _AGAIN.fullmatch(between) else None
    if claim.quantity.unit not in ("", "percent"):
        return None
    if not claim.quantity.unit:
        return last if claim.quantity.currency and _GAP.fullmatch(between) else None
    if _COMPARED.fullmatch(between):
        return last._replace(rises=None)
    return last if _GAP.fullmatch(between) else None


def _spoken(text: str, claim: Claim, governor: Direction | None) -> Spoken | None:
    start, end = claim.quantity.start, claim.quantity.end
    is_by = governor is not None and bool(_DE.fullmatch(text, governor.end, start))
    if (claim.phrase.is_base and not (claim.bound or is_by)) or is_operand(text, end):
        return None  # "a change of 46 - 41 = 5" is of 5
    more = says_more(text, end)
    more = _is_counted_more(text, start, end) if more is None else more
    if more is not None:
        return Spoken(more)
    is_signed = claim.quantity.unit or "(" in text[max(0, start - 2) : start + 1]
    if is_signed and (sign := _SIGN.search(text, max(0, start - 2), start + 3)):
        return Spoken(sign[1] == "+")
    if claim.quantity.unit and (worded := _SIGN_IN_WORDS.search(text, max(0, start - 10), start)):
        return Spoken(worded["plus"] is not None)
    says = governor is not None and is_in_clause(text, governor, start, end)
    rises = governor.rises if governor and says else None
    is_better = governor is not None and is_evaluation(governor)
    if claim.is_change or (governor and _is_right_behind(text, governor, end)):
        return Spoken(rises, is_better=is_better)
    if governor is not None and says and governor.end <= start:
        noun = text[governor.start : governor.end].lower() in CHANGED
        leads = _leads(text[governor.end : start], is_noun=noun)
        return Spoken(rises, is_better=is_better) if leads else None
    added = _ADDED.search(text, max(0, start - _MOST_BETWEEN), start)
    if added and _OF_CHANGE.search(text, added.end(), start):
        return Spoken(added["plus"] is not None)
    named = _NEUTRAL.search(text, max(0, start - _MOST_BETWEEN), start)
    is_difference = named is not None and _leads(text[named.end() : start], is_noun=True)
    return Spoken(None, is_difference=True) if is_difference else None


def _is_right_behind(text: str, direction: Direction, end: int) -> bool:
    """Whether a word of East Asia behind a figure says how much something rose or fell: "0.6ポイント低下"."""
    return text[end : direction.start].strip(" の") == "" and text[direction.start] >= "\u2e80"


def says_more(text: str, end: int) -> bool | None:
    """Return whether "more" or "less" stands behind the figure that ends here; None for neither."""
    if _MORE.match(text, end):
        return True
    return False if _LESS.match(text, end) else None


def _is_counted_more(text: str, start: int, end: int) -> bool | None:
    """Return whether words around a figure say that it is so much more, or less; None for neither."""
    said = _COUNTED_MORE.search(text, max(0, start - _WIDEST_MORE), start) if _THAN.match(text, end) else None
    return bool(said["more"]) if said else None


def _leads(between: str, *, is_noun: bool) -> bool:
    """Whether a word of change leads over these words to a figure: no other one, and no end of the change."""
    between = _YEAR.sub("", between)
    if any(map(str.isdigit, between)):
        return False
    return not _END.search(between) or bool((_OF_NOUN if is_noun else _OF_CHANGE).search(between))
