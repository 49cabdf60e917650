"""Opposites: a figure that is said of the contrary of what its place names, ``a minimum of 5.25x``."""

import re
from functools import lru_cache

from finrisk_rules.judge.bounds import BOUNDING, WORDS_OF_BOUND, Bound, bound, bound_behind
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.denials import (
    WORDS_OF_EXCEPT,
    WORDS_OF_NET,
    denies,
    excepts_otherwise,
    is_gross_for_net,
    may_deny,
)
from finrisk_rules.judge.hints import cannot_say, telling
from finrisk_rules.judge.ranges import bound_of_end
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_PAIRS = (
    (
        "maximum ceiling cap upper highest höchstens plafond máximo massimo never_exceeded never_above "
        "nie_über nicht_über",
        "minimum floor lower lowest mindestens plancher mínimo minimo never_fell_below never_below "
        "nie_unter nicht_unter",
    ),
    (
        "average averaged averages averaging mean durchschnitt* moyenne moyen promedio media",
        "maximum highest peak peaked höchst* maximal* máximo massimo",
    ),
    ("basic undiluted unverwässertes de_base básico", "diluted verwässertes dilué diluée diluido diluito"),
    (
        "repurchased bought_back buyback buybacks repurchase repurchases retired purchased bought",
        "issued issuance sold",
    ),
    ("receivable receivables forderungen", "payable payables verbindlichkeiten"),
    ("inflow inflows", "outflow outflows"),
    ("assets aktiva", "liabilities passiva"),
    ("opened openings", "closed closures closings"),
    (
        "unfavorable unfavourable adverse unfavorably unfavourably adversely",
        "favorable favourable favorably favourably",
    ),
    ("fixed festverzinslich fest fixe fijo fisso", "variable floating variabel variabler variabile"),
    ("domestic inland", "foreign abroad overseas ausland"),
    ("drawn borrowed", "available unused"),
    ("less_than_one less_than_a within_one", "more_than_one more_than_a after_one"),
    ("underfunded", "overfunded"),
    ("short-term kurzfristige", "long-term langfristige"),
    (
        "marginal marginale incremental",
        "average mean durchschnittlich durchschnittliche durchschnittlichen moyen moyenne medio media médio "
        "média",
    ),
    ("pretax pre-tax before_tax before_taxes vor_steuern", "after-tax after_tax after_taxes nach_steuern"),
)
_ABOVE = "above exceeding exceeds exceeded over more_than at_least no_less_than minimum_of"
_BELOW = "below under less_than at_most up_to no_more_than maximum_of"
_ORDER = pattern_of(rf"(?:(?P<above>{whole(_ABOVE)})|(?P<below>{whole(_BELOW)}))[^\w]*\Z", re.IGNORECASE)
"""Right before a figure, on which side of it another one lies: "above $100,000"."""

_WORDS = tuple(tuple(pattern_of(whole(words), re.IGNORECASE) for words in pair) for pair in _PAIRS)
_ANY = pattern_of("|".join(whole(words) for pair in _PAIRS for words in pair), re.IGNORECASE)
WORDS_OF_SIDES = telling(
    word for pair in (*_PAIRS, (_ABOVE, _BELOW)) for words in pair for word in words.split()
)
_LEAD, _TAIL = 60, 30
_FIGURE = pattern_of(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d")
"""Where a figure begins that is no year."""

_JOINED = pattern_of(rf"\s{whole('and und et y e')}\s", re.IGNORECASE)
_CLAUSE = pattern_of(
    rf";|,\s+{whole('and but while whereas und aber während et mais y pero e ma')}", re.IGNORECASE
)


def is_opposite(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether the words by a figure name the contrary of those by its place, or bound it otherwise."""
    is_prose = trace.table is None
    if is_prose and (claim.bound or not cannot_say(statement.words, WORDS_OF_BOUND)):
        side = _bound_said(claim, statement)
        if side and _bound_there(claim, trace) not in ("", side):
            return True
        order = _said_before(statement.text, claim.quantity.start)
        order_there = _said_before(trace.place.sentence, _spot(trace)[0]) if order else None
        if order and order_there and order.lastgroup != order_there.lastgroup:
            return True
    place = trace.place
    limit = trace.table.bounds.get((trace.spot[2][0], trace.spot[2][1])) if trace.table else None
    if limit and _bound_said(claim, statement) not in ("", limit):
        return True
    words = _beside(place.sentence, *_spot(trace)) if is_prose else f"{place.row} {place.column}"
    start, end = claim.quantity.start, claim.quantity.end
    if not cannot_say(statement.words, WORDS_OF_EXCEPT) and excepts_otherwise(
        _beside(statement.text, start, end), words
    ):
        return True
    if may_deny(statement.words, words) and denies(_beside(statement.text, start, end), words):
        return True
    may_be_gross = not cannot_say(statement.words, WORDS_OF_NET)
    before = _before(statement.text, start) if may_be_gross else ""
    if not is_prose:
        before = _JOINED.split(before)[-1]
    if before and is_gross_for_net(before, words if is_prose else place.row):
        return True
    if cannot_say(statement.words, WORDS_OF_SIDES):
        return False
    there = _sides_of(words) or (
        _sides_by_sign(trace.place.row, trace.value > 0) if trace.value else frozenset()
    )
    if not there:
        return False
    said = _sides_of(_beside(statement.text, start, end))
    return any((pair, not side) in there and (pair, side) not in there for pair, side in said)


def names_contrary(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether the row and the column of a cell name the contrary of a word by a figure: another thing.

    "Trade payables of 25" are none of "Trade receivables".
    """
    there = _sides_of(f"{trace.place.row} {trace.place.column}")
    if not there or cannot_say(statement.words, WORDS_OF_SIDES):
        return False
    said = _sides_of(_beside(statement.text, claim.quantity.start, claim.quantity.end))
    return any((pair, not side) in there and (pair, side) not in there for pair, side in said)


def _bound_said(claim: Claim, statement: Statement) -> Bound:
    """Return on which side of a figure its words put the one that is meant, "" for neither."""
    said = claim.bound or bound(statement.text, claim.quantity.start, claim.quantity.end)
    return said if said in BOUNDING else ""


def _bound_there(claim: Claim, trace: Trace) -> Bound:
    """Return on which side the sentence of a place puts it: by its words, or as an end of a range."""
    sentence = trace.place.sentence
    there = (bound_behind(sentence, _spot(trace)[1]) or bound(sentence, *_spot(trace))) if claim.bound else ""
    if there in BOUNDING:
        return there
    return bound_of_end(sentence, trace.evidence.statements[trace.spot[1]].figures, trace.spot[2][0])


def _said_before(text: str, start: int) -> re.Match[str] | None:
    return _ORDER.search(text, max(0, start - _LEAD), start)


def _spot(trace: Trace) -> tuple[int, int]:
    start, end = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4:6]
    return start, end


def _beside(text: str, start: int, end: int) -> str:
    """Return the words by a figure, up to the figures on its sides."""
    return f"{_before(text, start)} {_FIGURE.split(text[end : end + _TAIL])[0]}"


def _before(text: str, start: int) -> str:
    """Return the words before a figure, but those of the one before it: "5 of gross premiums, of which 4"."""
    *others, words = _FIGURE.split(text[max(0, start - _LEAD) : start])
    if others:
        words = words.split(", ", maxsplit=1)[-1]
    return _CLAUSE.split(words)[-1]


@lru_cache(maxsize=4096)
def _sides_of(words: str) -> frozenset[tuple[int, bool]]:
    """Return which sides of which pairs words name; a pair of which both are named tells nothing."""
    if not _ANY.search(words):
        return frozenset()
    sides = [(at, [bool(side.search(words)) for side in pair]) for at, pair in enumerate(_WORDS)]
    return frozenset((at, first) for at, (first, second) in sides if first != second)


@lru_cache(maxsize=4096)
def _sides_by_sign(label: str, is_above: bool) -> frozenset[tuple[int, bool]]:
    """Return the side of a pair that a figure is on whose row has the other one in brackets.

    Below zero, a figure of "favorable (unfavorable)" is unfavorable.
    """
    sides = set()
    for at, pair in enumerate(_WORDS) if "(" in label and _ANY.search(label) else ():
        first, second = (side.search(label) for side in pair)
        if first and second and label[max(first.start(), second.start()) - 1] == "(":
            sides.add((at, (first.start() < second.start()) == is_above))
    return frozenset(sides)
