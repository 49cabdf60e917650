"""What minus signs and brackets beside a figure say: below zero, taken from another figure, or an aside."""

import re
from functools import lru_cache

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import cannot_say, telling
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stem, stems_of_name
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import OUTFLOW, RESULT, whole
from finrisk_rules.patterns import pattern_of

_DASHES = frozenset("-\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d")
"""Signs of what is below zero."""

_BEFORE = 24
_ABOVE_ZERO = pattern_of(rf"{whole('positive positiv* positif positiva')}[^,;.]*\Z", re.IGNORECASE)
_GAINS = (
    "profit profits gain gains surplus income earnings gewinn überschuss bénéfice excédent beneficio utile "
    "lucro lucros ganho ganhos"
)
_LOSSES = (
    "loss losses deficit deficits verlust fehlbetrag perte pertes déficit pérdida perdita perda perdas "
    "prejuízo prejuízos"
)
_GAIN, _LOSS = (pattern_of(whole(words), re.IGNORECASE) for words in (_GAINS, _LOSSES))
_GAIN_OR_LOSS = pattern_of(
    rf"(?:(?P<gain>{whole(_GAINS)})|{whole(_LOSSES)})\s+(?:net\w*\s+)?(?:of|von|de|di)\s+[^\w\s]*(?:[A-Za-z]{{1,3}}[$\s]*)?[^\w\s]?\Z",
    re.IGNORECASE,
)
"""Right before a figure, whether it is a gain or a loss."""

_LOSE = "lost verlor verloren perdu perdit perdió perso perse perdeu"
_LOST = pattern_of(rf"{whole(_LOSE)}\W*\Z", re.IGNORECASE)
"""Right before a figure, that it is a loss: "the segment lost $5 million"."""

_LONGEST_LEAD = 60
"""Characters before a figure in which a word says that it is a gain or a loss."""

_FIGURE = pattern_of(r"\d")
_NOUN_BEHIND = pattern_of(r"(?:\s+[^\W\d_]+){1,3}")

_PLUS = pattern_of(r"(?:\A|[(,;:\[]|[^\d%)\]] )\+\s?\Z")
"""A plus that joins no two figures."""

_OF = " of ", " von ", " de ", " di "

_ITEM = pattern_of(r"[:|][\s*_]*\Z")
"""Between the name of an item and its figure."""

_TAKEN_OFF = pattern_of(
    whole(
        "amortization amortisation depreciation capital_expenditure* capex dividends abschreibung* "
        "amortissement* dividendes dividenden amortización depreciación dividendos ammortament* dividendi"
    ),
    re.IGNORECASE,
)
"""What a list takes off, where it writes a minus: "Amortization: -78"."""

_MINUSES = "loss losses deficit negative verlust fehlbetrag perte déficit pérdida perdita perda prejuízo"
_ASIDE = pattern_of(r"\([^()]*\)")
_BELOW_ZERO = pattern_of(
    rf"{whole(_MINUSES)}[^,;.]*\Z",
    re.IGNORECASE,
)
_INFLOWS = "brought_in yielded received earned added addition_of additions_of"
_INFLOW = pattern_of(rf"{whole(_INFLOWS)}\W*\Z", re.IGNORECASE)
_WORDS_OF_INCOME = frozenset(("income", "expense", "expenses"))
_WORDS_OF_INFLOW = telling(_INFLOWS.split())
_OF_EXPENSE = pattern_of(
    r"(interest|finance|financial|rental|dividend|other) (income|expenses?|costs?)(?!\w)"
)
_WORDS_OF_RESULT, _WORDS_BELOW_ZERO = (
    telling(f"{_GAINS} {_LOSSES} {_LOSE}".split()),
    telling(_MINUSES.split()),
)


def _is_operator(claim: Claim, statement: Statement) -> bool:
    """Whether the minus of a figure takes it from the one before: a blank, or a number, is beside it.

    A minus outside the figure, before a bracket, does so too.
    """
    if not claim.quantity.bracketed and _DASHES.isdisjoint(claim.text):
        return True
    before = statement.text[: claim.quantity.start].rstrip()[-1:]
    return claim.text[1:2] == " " or before.isdecimal() or before in ("%", ")", "]")


def is_aside(claim: Claim, statement: Statement) -> bool:
    """Whether brackets may hold a figure as an aside: a word stands before them, and no operator beside."""
    before = statement.text[: claim.quantity.start].rstrip()[-1:]
    behind = statement.text[claim.quantity.end :].lstrip()[:1]
    return (
        claim.quantity.bracketed and before.isalnum() and (not behind or behind.isalnum() or behind in ",.;:")
    )


def _follows_name(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether brackets hold an amount with its scale behind a name of its place: "Home ($5 million)"."""
    if not is_aside(claim, statement) or not claim.text.rstrip(" )")[-1:].isalpha():
        return False
    words = (
        statement.text[max(0, claim.quantity.start - _LONGEST_LEAD) : claim.quantity.start].lower().split()
    )
    return bool(words) and stem(words[-1]) in stems_of_name(trace.place.row or trace.place.sentence) - {""}


def _follows_figure(claim: Claim, statement: Statement) -> bool:
    """Whether brackets hold a figure right behind one of another kind: "$496 million (18 %)"."""
    if not claim.quantity.bracketed or statement.text.startswith("|"):
        return False
    before = statement.text[: claim.quantity.start].rstrip()
    others = (each.quantity for each in statement.claims if each.quantity.end == len(before))
    return any(not claim.quantity.unit or each.unit != claim.quantity.unit for each in others)


def _is_gain_below_zero(trace: Trace) -> bool | None:
    """Whether a row has its gains below zero, as one named for a loss may; None where nothing tells."""
    if trace.table is None or not trace.value:
        return None
    label = trace.place.row
    if _LOSS.search(label) and _GAIN.search(label):
        return not _GAIN.search(_ASIDE.sub("", label))  # "loss (profit)"
    if _LOSS.search(label):
        row = [float(cell[2]) for cell in trace.table.by_row[trace.spot[2][0]]]
        losses = sum(value < 0 for value in row)
        return None if losses in (0, len(row)) or 2 * losses == len(row) else 2 * losses < len(row)
    return False if RESULT.search(label) and not OUTFLOW.search(label) else None


def _is_of_another_word(claim: Claim, trace: Trace, statement: Statement, *, says_result: bool) -> bool:
    start = claim.quantity.start
    before = statement.text[max(0, start - _BEFORE) : start]
    is_led = says_result and any(word in before for word in _OF)
    if is_led and (said := _GAIN_OR_LOSS.search(statement.text, max(0, start - 2 * _BEFORE), start)):
        inverse = _is_gain_below_zero(trace)
        if inverse is not None:
            return bool(said["gain"]) != ((trace.value > 0) != inverse)
    if trace.value < 0:
        return bool(_ABOVE_ZERO.search(before))
    if trace.value <= 0 or cannot_say(statement.words, _WORDS_BELOW_ZERO):
        return False
    return bool(_BELOW_ZERO.search(before)) and _is_result(trace.place.row)


def is_called_gain(text: str, start: int, end: int) -> bool | None:
    """Return whether the words by a figure make it a gain; None where they say neither, or both."""
    before = _FIGURE.split(text[max(0, start - _LONGEST_LEAD) : start])[-1]
    gain, loss = _GAIN.search(before), _LOSS.search(before) or _LOST.search(before)
    if not (gain or loss) and (behind := _NOUN_BEHIND.match(text, end)):
        gain, loss = _GAIN.search(behind[0]), _LOSS.search(behind[0])
    return None if bool(gain) == bool(loss) else bool(gain)


def _said_by(text: str, start: int, end: int, value: float) -> bool | None:
    """Return whether the words by a figure make it a gain; None where they say neither, or both.

    A loss may be written below zero or above it; a gain below zero is none, and nothing is told.
    """
    is_gain = is_called_gain(text, start, end)
    return None if is_gain and value < 0 else is_gain


def _is_of_another_result(claim: Claim, trace: Trace, statement: Statement) -> bool:
    """Whether a figure is said to be a gain where the words of its place say a loss, or the reverse."""
    quantity = claim.quantity
    if quantity.unit or not trace.value:
        return False
    if trace.table is None:
        sentence = trace.evidence.statements[trace.spot[1]]
        start, end = sentence.figures[trace.spot[2][0]][4:6]
        there = _said_by(trace.place.sentence, start, end, trace.value)
    else:
        there = _says_row(trace)
    if there is None:
        return False
    said = _said_by(statement.text, quantity.start, quantity.end, float(quantity.value))
    return said is not None and there != said


def _says_row(trace: Trace) -> bool | None:
    """Return whether a figure of a row named for gains or losses is a gain; None where nothing tells."""
    is_gain = _is_called_gain(trace.place.row)
    if trace.table is None:
        return None
    head = trace.place.column
    is_named = _GAIN.search(trace.place.row) or _LOSS.search(trace.place.row)
    if not is_named and _GAIN.search(head) and _LOSS.search(head):
        return (trace.value > 0) == bool(_GAIN.search(_ASIDE.sub("", head)))  # "gain (loss)"
    if trace.value > 0 and not is_named:
        return _is_called_gain(head)
    if (
        is_gain is not True
        and RESULT.search(trace.place.row)
        and not trace.table.is_change(*trace.spot[2][:2])
    ):
        inverse = _is_gain_below_zero(trace) if _LOSS.search(trace.place.row) else None
        if inverse is not None:
            return (trace.value > 0) != inverse
    if is_gain is None:
        return None
    if is_gain:
        row = [float(cell[2]) for cell in trace.table.by_row[trace.spot[2][0]]]
        is_taken_off = len(row) > 1 and max(row) < 0 and not RESULT.search(trace.place.row)
        return None if OUTFLOW.search(trace.place.row) or (trace.value < 0 and not is_taken_off) else True
    row = [float(cell[2]) for cell in trace.table.by_row[trace.spot[2][0]]]
    return False if min(row) >= 0 or max(row) <= 0 else None


@lru_cache(maxsize=4096)
def _is_called_gain(label: str) -> bool | None:
    """Return whether a row is named for gains; None where for neither gains nor losses, or for both."""
    gain, loss = _GAIN.search(label), _LOSS.search(label)
    return None if bool(gain) == bool(loss) else bool(gain)


@lru_cache(maxsize=4096)
def _is_result(row: str) -> bool:
    """Whether a row is a profit where it is above zero."""
    return bool(RESULT.search(row)) and not OUTFLOW.search(row)


def _is_called_contrary(label: str, statement: Statement) -> bool:
    """Whether a statement says "interest income" of a row of "interest expense", or the reverse."""
    if not (contraries := _contraries(label)):
        return False
    said = statement.text.lower()
    return any(contrary in said and name not in said for name, contrary in contraries)


@lru_cache(maxsize=4096)
def _contraries(label: str) -> tuple[tuple[str, str], ...]:
    """Return the names of incomes or expenses in a label, each with its contrary, which is not in it."""
    names = [(match[0], match[1], match[2]) for match in _OF_EXPENSE.finditer(label.lower())]
    pairs = [(name, f"{of} {'expense' if kind == 'income' else 'income'}") for name, of, kind in names]
    return tuple((name, contrary) for name, contrary in pairs if contrary not in label.lower())


def _brings(statement: Statement, start: int) -> bool:
    """Whether words right before a figure say that it comes in: "brought in $5 million"."""
    return not cannot_say(statement.words, _WORDS_OF_INFLOW) and bool(
        _INFLOW.search(statement.text, max(0, start - _BEFORE), start)
    )


def is_of_another_sign(claim: Claim, statement: Statement, trace: Trace, *, is_operand: bool) -> bool:
    """Whether a figure is written below zero of what its place has above, and nothing there is an outflow.

    Words do so too: a "loss of 5" is none of a row that is a profit, and "a positive 5" none below zero.
    """
    says_result = not cannot_say(statement.words, _WORDS_OF_RESULT)
    if _is_of_another_word(claim, trace, statement, says_result=says_result):
        return True
    if says_result and _is_of_another_result(claim, trace, statement):
        return True
    table = trace.table
    if not cannot_say(statement.words, _WORDS_OF_INCOME):
        label = table.rows[trace.spot[2][0]][0] if table else trace.place.sentence
        if _is_called_contrary(label, statement):
            return True
    if table and _brings(statement, claim.quantity.start) and trace.value < 0 <= claim.quantity.value:
        return True
    if (
        "+" in statement.text
        and not is_operand
        and trace.value < 0 <= claim.quantity.value
        and (claim.text.startswith("+") or _PLUS.search(statement.text[: claim.quantity.start][-4:]))
    ):
        return True
    if claim.quantity.value >= 0 or trace.value <= 0 or _is_operator(claim, statement):
        return False
    if claim.quantity.scale and _follows_name(claim, statement, trace):
        return False
    if (claim.quantity.currency or claim.quantity.unit == "percent") and _follows_figure(claim, statement):
        return False
    if _ITEM.search(statement.text[: claim.quantity.start]) and _TAKEN_OFF.search(trace.place.row):
        return False
    return not (OUTFLOW.search(trace.place.row) or OUTFLOW.search(statement.text))
