"""Answers that break off: their last block is not whole, though they close what stands before it.

Only an answer that cites its sources is held to it: such a text was written as an analysis. A list, a label
with its value and a script without full stops may end with a word; prose may not, where it has stops.
"""

import re

from finrisk_rules.judge.citations import CITATION
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

HANGING = frozenset(
    """because and or but the a an of to in on at by for with from as than that which while due was were is
    are weil und oder der die das ein eine von zu mit durch parce que et ou le la les un une des du de par
    avec car porque y o el los las una con por perche e il lo gli di da per pois os uma com omdat en het
    een van door met eftersom och att av som fordi og af poniewaz oraz w z ze protoze v ve cunku ile karena
    dan yang потому и что из как""".split()
)
"""Words that end no sentence."""

_LAST = 400
"""Characters of the last line by which prose is told."""

_CLOSING = ".!?]"
_INTRODUCING = ":\uff1a"
_BARE_ITEM = 4
"""Characters of the longest number of a list that stands alone."""

_UNIT = 60
"""Characters at its end in which a figure and its unit stand."""

_OPEN = pattern_of(
    r"(?:\A|\s)\*\*(?=\S)[^*]*\Z|[(\[{\u3010\u300c\uff08\u201e\u00ab,;\uff0c\u3001\uff1b]\Z|[\[\u3010]\s*\d[\d,;\s\u2013-]*\Z"
)
_ITEM = pattern_of(
    r"\s*(?:(?:[-*+\u2022\u25aa\u2013]|(\d{1,3})[.)])(?=\s|\Z)|[\u00b9\u00b2\u00b3\u2070-\u2079\u2020\u2021]+)"
)
"""What a line of a list begins with, or a footnote."""

_ENTRY = pattern_of(r"\s+\S|\[\d{1,3}\]:?\s+\S")
"""How an item of a list goes on in a line of its own, and how a list of sources names one."""

_HEADING = pattern_of(r"\s*#{1,6}\s+\S")
_ROW = pattern_of(r"\s*\|")
_CELL = pattern_of(r"(?<!\\)\|")
_RULE = pattern_of(r"[\s|:-]+")
_STOP = pattern_of(
    r"[.!?\u061f\u06d4\u0964\u0965\u2026][\"'\u201d\u2019\u00bb)*_]*(?: ?\[[^\[\]\n]{1,40}\])*\s+"
    r"|[\u3002\uff01\uff1f](?:\[\d+\])*"
)
"""What closes a sentence that another follows."""

_LABEL = pattern_of(r"[^\n:\uff1a]{1,60}[:\uff1a]\s*\S")
_WORD = pattern_of(r"[^\W\d_]+")
_LAST_WORD = pattern_of(r"([^\W\d_]+)\Z")
_TOPIC = pattern_of(
    r"[\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff](?:[はをにとのへや]|については|ため、?)\Z|(?:因为|由于|以及|并且|但是|如果)\Z"
)
"""What a phrase of Japanese or Chinese ends with that another must follow."""

_SPACED = pattern_of(
    r"[^\W\d_\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]\Z"
)
"""A letter of a script that parts words by blanks and closes sentences by a sign; Korean closes by a verb."""

_FIGURE = pattern_of(r"\d\S*(?: [^\W\d_]+\.?){1,2}\Z")
"""A figure with its unit, as an answer may end: ``$31 million``, ``12 basis points``."""

_LEAST_AFTER_STOP, _LEAST_ALONE = 3, 8
"""Words without a stop that are a sentence: behind one that has a stop, and on a line of their own."""


def is_unfinished(answer: str) -> bool:
    """Whether an answer that cites its sources breaks off before its end."""
    text = answer.rstrip()
    line = text[text.rfind("\n") + 1 :]
    if not text or (text[-1] in _CLOSING and len(line) > _BARE_ITEM and line[0] != "|"):
        return False
    return _breaks_off(text, line) and CITATION.search(text) is not None


def _breaks_off(text: str, line: str) -> bool:
    if _ROW.match(line):
        return _is_open_table(text)
    if _HEADING.match(line) or line[-1] in _INTRODUCING or text.count("```") % 2:
        return True
    end = line[-_LAST:]
    if item := _ITEM.match(line):
        if item.end() == len(line):
            return item[1] is None or _is_next(text[: -len(line)], int(item[1]))
        return _OPEN.search(end) is not None or _hangs(end)
    if _ENTRY.match(line):
        return _OPEN.search(end) is not None or _hangs(end)
    return _OPEN.search(end) is not None or _TOPIC.search(end) is not None or _is_open_prose(end)


def _is_next(before: str, number: int) -> bool:
    """Whether a list stands before that has the number before."""
    return re.search(rf"^\s*{number - 1}[.)]\s", before, re.MULTILINE) is not None


def _is_open_table(text: str) -> bool:
    """Whether the last row of a table has fewer cells than its head, or is the line below the head."""
    rows: list[str] = []
    for line in reversed(text.split("\n")):
        if not _ROW.match(line):
            break
        rows.append(line.strip())
    head, last = rows[-1], rows[0]
    is_closed = last.endswith("|") or not head.endswith("|")
    return not is_closed or _cells(last) < _cells(head) or _RULE.fullmatch(last) is not None


def _cells(row: str) -> int:
    return len(_CELL.split(row.removeprefix("|").removesuffix("|")))


def _is_open_prose(line: str) -> bool:
    if not _SPACED.search(line):
        return False
    if _hangs(line):
        return True
    if _FIGURE.search(line[-_UNIT:]):
        return False
    stops = list(_STOP.finditer(line))
    rest = line[stops[-1].end() :] if stops else line
    least = _LEAST_AFTER_STOP if stops else _LEAST_ALONE
    return not _LABEL.match(rest) and len(_WORD.findall(rest)) >= least


def _hangs(line: str) -> bool:
    last = _LAST_WORD.search(line)
    return last is not None and last[1].islower() and folded(last[1]) in HANGING
