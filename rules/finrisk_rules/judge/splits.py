"""Splits: where what is said of one figure ends, and what is said of the next one begins."""

import re

from finrisk_rules.judge.vocabulary import JOINT, OTHER_CLAUSE, PREPOSITION, whole
from finrisk_rules.patterns import pattern_of

_ASIDE = pattern_of(r"\s*[(\uff08][^()\uff08\uff09]{0,40}[)\uff09]")
_EACH = pattern_of(r"/[^\W\d_]+")
"""Glued to a figure, of what it is one: "5.42/Boe"."""

_NEXT_OF = pattern_of(r"[^\W\d_]\s+(?:of|von|de|di)\s+[^\w\s]{0,3}\s?\Z")
"""What leads to the next figure, whatever begins the words before it: "5 on revenue of 8"."""

_PERIOD_BEHIND = pattern_of(r"\s+(?:[^\W\d_]+\s+){1,3}\x00+", re.IGNORECASE)
"""What stands right behind a figure with its period: "in fiscal 2018"."""

_BASES = whole("from against versus vs compared after gegenüber nach après contre tras frente dopo contro")
_PERIOD_BEFORE_BASE = pattern_of(
    rf"[\s,]*(?:[^\W\d_]+(?:\s+|['\u2019])){{1,6}}\x00+(?=,?\s+{_BASES})", re.IGNORECASE
)
"""Behind a comma, the period of a figure with which the next one is compared: "5, in 2024, after 4"."""

_THAN = rf"(?:{whole('than als que')}|(?<![^\W_])qu['\u2019](?=en\s))"
_TO_PERIOD = rf"\.?\s*(?:{whole('in im en em no nel the fiscal end of ende final fim fine fin de di')}\s+)*"
_OTHER_SIDE = pattern_of(
    whole(
        "above below exceeding beating missing ahead_of short_of oberhalb unterhalb au-dessus en_dessous "
        "por_encima por_debajo acima abaixo über unter"
    )
    + r"(?=\s+(?:de|d[aeo]s?|du|de[lmnr]|the|its|our|a|an|le|la)(?![^\W_]))",
    re.IGNORECASE,
)
"""What leads to the figure with which the one before is compared: "5 in 2024, below the target of 6"."""

_OF = pattern_of(whole("von de di"), re.IGNORECASE)
_OF_PERIOD = pattern_of(rf"{whole('von de di')}\s+\x00+", re.IGNORECASE)
"""What leads to a period, and so to no figure: "no final de 2023"."""

_OPENINGS = "(\uff08:\uff1a"
BEFORE_PERIOD = pattern_of(rf"{_THAN}{_TO_PERIOD}\Z")
_THAN_PERIOD = pattern_of(rf"{_THAN}{_TO_PERIOD}\x00+")
"""What compares a figure with that of another period, which is none of the next figure."""


def contrast(text: str, start: int, end: int) -> int:
    """Return where the words behind the last figure go over to another subject, else their end."""
    match = OTHER_CLAUSE.search(text, start, end)
    return match.start() if match else end


def behind_each(text: str, at: int) -> int:
    """Return where the words behind a figure begin that are not glued to it: "/Boe came in"."""
    each = _EACH.match(text, at)
    return each.end() if each else at


def split(text: str, start: int, end: int) -> int:
    """Return where the words of the figure before end and those of the next one begin.

    The text is without its periods, which are filled up: they part nothing.
    What stands in brackets right behind a figure is said of it: "from 5 (2021) to 6 (2022)".
    """
    aside = _ASIDE.match(text, start, end)
    joint = JOINT.search(text, aside.end() if aside else start, end)
    if joint and (compared := _THAN_PERIOD.match(text, joint.start(), end)):
        following = JOINT.search(text, compared.end(), end)
        joint = following if following and text[following.start()] not in _OPENINGS else joint
    if joint and (dated := _OF_PERIOD.match(text, joint.start(), end)):
        joint = JOINT.search(text, dated.end(), end) or joint
    is_of = joint is not None and _OF.match(text, joint.start(), end) is not None
    if joint and not (is_of and _OTHER_SIDE.search(text, start, joint.start())):
        own = _PERIOD_BEFORE_BASE.match(text, joint.start(), end)
        return own.end() if own else joint.start()
    if other := _OTHER_SIDE.search(text, start, end):
        return other.start()
    if not PREPOSITION.match(text, start, end):
        return start
    if not _NEXT_OF.search(text, start, end):
        return end
    period = _PERIOD_BEHIND.match(text, start, end)
    return period.end() if period else start
