"""Opposites: a figure that is said of the contrary of what its place names, ``a minimum of 5.25x``."""

import re
from functools import lru_cache

from finrisk_rules.judge.bounds import bound
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import cannot_say, telling
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import whole

_PAIRS = (
    (
        "maximum ceiling cap upper highest höchstens plafond máximo massimo",
        "minimum floor lower lowest mindestens plancher mínimo minimo",
    ),
    ("basic undiluted unverwässertes de_base básico", "diluted verwässertes dilué diluée diluido diluito"),
    ("repurchased bought_back buyback buybacks repurchase repurchases retired", "issued issuance"),
    ("receivable receivables forderungen", "payable payables verbindlichkeiten"),
    ("inflow inflows", "outflow outflows"),
    ("assets aktiva", "liabilities passiva"),
    ("opened openings", "closed closures closings"),
    ("unfavorable unfavourable adverse", "favorable favourable"),
    ("underfunded", "overfunded"),
    ("short-term kurzfristige", "long-term langfristige"),
)
_ABOVE, _BELOW = "above exceeding exceeds exceeded over more_than", "below under less_than"
_ORDER = re.compile(rf"(?:(?P<above>{whole(_ABOVE)})|(?P<below>{whole(_BELOW)}))[^\w]*\Z", re.IGNORECASE)
"""Right before a figure, on which side of it another one lies: "above $100,000"."""

_WORDS = tuple(tuple(re.compile(whole(words), re.IGNORECASE) for words in pair) for pair in _PAIRS)
_ANY = re.compile("|".join(whole(words) for pair in _PAIRS for words in pair), re.IGNORECASE)
WORDS_OF_SIDES = telling(
    word for pair in (*_PAIRS, (_ABOVE, _BELOW)) for words in pair for word in words.split()
)
_LEAD, _TAIL = 60, 30
_FIGURE = re.compile(r"\d")
_ABOVE_OR_BELOW = frozenset(("above", "below"))


def is_opposite(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether the words by a figure name the contrary of those by its place, or bound it otherwise."""
    if claim.bound in _ABOVE_OR_BELOW and trace.table is None:
        start, end = _spot(trace)
        bound_there = bound(trace.place.sentence, start, end)
        if bound_there in _ABOVE_OR_BELOW and bound_there != claim.bound:
            return True
    if cannot_say(statement.words, WORDS_OF_SIDES):
        return False
    if trace.table is None:
        order = _said_before(statement.text, claim.quantity.start)
        order_there = _said_before(trace.place.sentence, _spot(trace)[0]) if order else None
        if order and order_there and order.lastgroup != order_there.lastgroup:
            return True
    there = _sides_of(trace.place.row if trace.table else _beside(trace.place.sentence, *_spot(trace)))
    if not there:
        return False
    said = _sides_of(_beside(statement.text, claim.quantity.start, claim.quantity.end))
    return any((pair, not side) in there and (pair, side) not in there for pair, side in said)


def _said_before(text: str, start: int) -> re.Match[str] | None:
    return _ORDER.search(text, max(0, start - _LEAD), start)


def _spot(trace: Trace) -> tuple[int, int]:
    start, end = trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][4:6]
    return start, end


def _beside(text: str, start: int, end: int) -> str:
    """Return the words by a figure, up to the figures on its sides."""
    before = _FIGURE.split(text[max(0, start - _LEAD) : start])[-1]
    return f"{before} {_FIGURE.split(text[end : end + _TAIL])[0]}"


@lru_cache(maxsize=4096)
def _sides_of(words: str) -> frozenset[tuple[int, bool]]:
    """Return which sides of which pairs words name; a pair of which both are named tells nothing."""
    if not _ANY.search(words):
        return frozenset()
    sides = [(at, [bool(side.search(words)) for side in pair]) for at, pair in enumerate(_WORDS)]
    return frozenset((at, first) for at, (first, second) in sides if first != second)
