"""Answers that state nothing: templates that nobody filled in, fields without values, and mere filling."""

import re
from itertools import islice

from finrisk_rules.clauses import cites
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import latin_words

_SLOT = pattern_of(
    r"\{\{ ?[^\W\d][\w .-]{0,40}\}\}|\$\{[^\W\d]\w{0,40}\}|\b(?:TODO|TBD|TBC|FIXME|XXX)\b"
    r"|\[(?i:insert|fill in|enter|add|todo|tbd|your|placeholder)\b[^\[\]\n]{0,60}\]|<[A-Z][A-Z_]{2,40}>|_{4,}"
)
"""A place that a value was to be put in. What redaction takes out is ``[EMAIL]``, and no place."""

_SLOT_SIGNS = ("{", "_", "<")
_SLOT_WORDS = frozenset("todo tbd tbc fixme xxx insert fill enter add your placeholder".split())
"""Of these signs and words each place has one; a sign alone is found in a tenth of the time of two."""

_CODE = pattern_of(
    r"```.{0,20000}?```|`[^`\n]{1,200}`|\$\$[^$\n]{1,200}\$\$|\$(?![\d\s{])[^$\n]{1,200}\$", re.DOTALL
)
_FIGURE = pattern_of(r"(?<![\w\[{])\d[\d.,]*(?![\w\]}])")
_LEAST_SLOTS = 2

_FIELD = pattern_of(
    r"(?:\|\s*)?[^\n:\uff1a|]{1,60}[:\uff1a|]\s*\W{0,3}(?i:n/?a|tb[acd]|to\s?do|none|null|nil|unknown|pending|undefined|nan"
    r"|not (?:available|applicable|provided|specified|given)"
    r"|to be (?:added|supplied|completed|determined|confirmed|filled in|provided)"
    r"|k\. ?a\.|keine angaben?|entfällt|n/?d|s/?o|不明|なし|未定|无|暂无|없음)?[\s.|]*"
)
"""A line that names something and gives no value of it."""

_LEAST_FIELDS = 2
_NONE = pattern_of(
    r"[:\uff1a|]\W{0,5}(?:none|nil|not applicable|entfällt|なし|无|暂无|없음)[\s.|]*\Z", re.IGNORECASE
)
"""A value after all, where a sentence says more: of what there is none."""

_SENTENCE = pattern_of(r"(?:[^\W_]+[^\w\n.!?]{1,3}){5,60}[^\W_]+[.!?]|[^\W_]{8,40}[\u3002\uff01\uff1f]")
_NO_VALUE = pattern_of(
    r"[:\uff1a|][\s*]{0,3}(?:n/?a\b|tb|to\b|no|nu|un|pend|k\. ?a|kein|entf"
    r"|[\ns\-\u2013\u2014?.]|不|な|未|无|暂|없)",
    re.IGNORECASE,
)
"""How such a line may go on: one is near the beginning of a form of them."""

_WORD = pattern_of(r"[^\W_]+")
_LEAST_WORDS = 3
_LONG_RUN, _LEAST_SIGNS = 12, 8
"""Letters without a blank that are a sentence of a script without blanks, and how many different it has."""

_HEAD, _PEEK = 200, 80
"""Characters at the beginning that are looked at for a form, and for words."""

_FILLING = "lorem ipsum"


def says_nothing(strategy: str, analysis: str) -> bool:
    """Whether an answer states nothing: it has hardly a word of its own, or no value where values belong."""
    return (
        _is_wordless(strategy, analysis)
        or (_may_have_slots(analysis) and _is_template(analysis))
        or (_NO_VALUE.search(analysis[:_HEAD]) is not None and _is_form(analysis))
    )


def _is_wordless(strategy: str, analysis: str) -> bool:
    """Whether the answer is a printer's filling, or has hardly a word or figure but those of the question."""
    repeats = bool(strategy) and analysis.startswith(strategy[:_PEEK])
    rest = analysis.replace(strategy, " ") if repeats else analysis
    return _FILLING in rest[:_PEEK].lower() or not (_has_words(rest[:_PEEK]) or _has_words(rest))


def _has_words(text: str) -> bool:
    seen: set[str] = set()
    for word in _WORD.finditer(text):
        seen.add(word[0].lower())
        is_sentence = len(word[0]) > _LONG_RUN and len(set(word[0])) >= _LEAST_SIGNS
        if len(seen) == _LEAST_WORDS or is_sentence:
            return True
    return False


def _may_have_slots(analysis: str) -> bool:
    return any(map(analysis.__contains__, _SLOT_SIGNS)) or not _SLOT_WORDS.isdisjoint(latin_words(analysis))


def _is_template(analysis: str) -> bool:
    """Whether there are places for values, and more of them than figures."""
    bare = _CODE.sub(" ", analysis) if "`" in analysis or "$" in analysis else analysis
    slots = len(_SLOT.findall(bare))
    if slots < _LEAST_SLOTS:
        return False
    return sum(1 for _ in islice(_FIGURE.finditer(bare), slots)) < slots


def _is_form(analysis: str) -> bool:
    """Whether at least two fields have no value, and no figure or source stands outside of them.

    Where a field says that there is none of a thing, a sentence outside is enough.
    """
    lines = analysis.split("\n")
    empty = [line for line in lines if _FIELD.fullmatch(line.strip())]
    if len(empty) < _LEAST_FIELDS:
        return False
    rest = "\n".join(line for line in lines if not _FIELD.fullmatch(line.strip()))
    if any(map(_NONE.search, empty)) and _SENTENCE.search(rest):
        return False
    return _FIGURE.search(rest) is None and not cites(rest)
