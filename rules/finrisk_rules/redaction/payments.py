"""Numbers of cards and accounts."""

import itertools
import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.checks import IBAN_LENGTHS, aba_valid, card_valid, iban_valid
from finrisk_rules.redaction.context import after
from finrisk_rules.redaction.kinds import Said, numbered
from finrisk_rules.redaction.reading import Reading, Span

_LONG = pattern_of(r"\d(?:[ ./-]?\d){12,}")
_GROUP = pattern_of(r"\d+")
_SHAPES = ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 5), (4, 4, 4, 4, 1), (4, 4, 4, 4, 2), (4, 4, 4, 4, 3))
_CARD_WORD = pattern_of(
    r"(?i)card|visa|amex|carte|karte|tarjeta|cartão|cartao|carta|kaart|karta|карт|カード|卡|\bPAN\b"
)
_IBAN_START = pattern_of(r"\d\d(?<=[A-Za-z]{2}\d\d)(?=[ .-]?[A-Za-z0-9])")
_ALNUM = pattern_of(r"[ .-]?([A-Za-z0-9])")


def _cards(reading: Reading) -> Iterator[Span]:
    text = reading.text
    for run in _LONG.finditer(text):
        groups = [match.span() for match in _GROUP.finditer(text, *run.span())]
        place = 0
        while place < len(groups):
            size = next((size for size in (5, 4, 3, 2, 1) if _is_card(text, groups, place, size)), 0)
            if size:
                yield groups[place][0], groups[place + size - 1][1]
            place += size or 1


def _is_card(text: str, groups: list[Span], place: int, size: int) -> bool:
    window = groups[place : place + size]
    if len(window) < size:
        return False
    parts = [text[start:end] for start, end in window]
    start, end = window[0][0], window[-1][1]
    if not 12 < sum(map(len, parts)) < 20:
        return False
    is_named = _CARD_WORD.search(text, max(0, start - 40), start) is not None
    if size > 1 and tuple(map(len, parts)) not in _SHAPES and not is_named:
        return False
    signs = {text[before[1] : after[0]] for before, after in itertools.pairwise(window)}
    if not card_valid("".join(parts)) or _is_amount(text, start, end):
        return False
    if is_named:
        return True
    return len(signs) != 1 or not (_is_column(text, groups, place, size, *signs) or _is_scale(parts))


def _is_amount(text: str, start: int, end: int) -> bool:
    """Whether the digits are part of an amount: a currency before, or a decimal sign and digits beside."""
    return (
        text[start - 1 : start] in tuple("$€£¥")
        or bool(re.search(r"\d[.,]$", text[max(0, start - 2) : start]))
        or bool(re.match(r"[.,]\d", text[end : end + 2]))
    )


def _is_column(text: str, groups: list[Span], place: int, size: int, sign: str) -> bool:
    """Whether more groups of as many digits stand beside, as in a row of figures."""
    before = groups[place - 1] if place else None
    after = groups[place + size] if place + size < len(groups) else None
    return bool(
        (before and before[1] - before[0] >= 4 and text[before[1] : groups[place][0]] == sign)
        or (after and after[1] - after[0] >= 4 and text[groups[place + size - 1][1] : after[0]] == sign)
    )


def _is_scale(parts: list[str]) -> bool:
    """Whether the groups are years or steps of a scale, or round figures."""
    values = [int(part) for part in parts]
    steps = {later - earlier for earlier, later in itertools.pairwise(values)}
    return len(steps) == 1 or all(value and value % 50 == 0 for value in values)


def _ibans(reading: Reading) -> Iterator[Span]:
    text = reading.text
    end = 0
    for match in _IBAN_START.finditer(text):
        start = match.start() - 2
        if start < end or (start > end and text[start - 1].isalnum()):
            continue
        length = int(IBAN_LENGTHS.get(text[start : start + 2].upper(), "0"))
        place = match.end()
        for _ in range(length - 4):
            step = _ALNUM.match(text, place)
            if step is None:
                break
            place = step.end()
        else:
            if length and iban_valid(text[start:place]):
                yield start, place
                end = place


_ACCOUNT = after(
    r"acc(?=\.? ?[:#]?\.? ?(?!(?:19|20)\d\d\b)\d)|account(?:s)?(?: (?:number|no\.?|nr\.?|num\.?|#|id))"
    r"|acct\.?|a/c"
    r"|(?:(?<=my )|(?<=his )|(?<=her ))account(?= is \d)"
    r"|account ?(?=[:#])|kontonummer|konto-?nr\.?|numéro de compte|compte n[°o]|número de cuenta"
    r"|cuenta n[.°º]+"
    r"|número da conta|conta corrente|numero di conto|conto corrente|rekeningnummer|numer konta|номер счета"
    r"|номер счёта|口座番号|账号|帳號|계좌번호",
    r"\d(?:[ -]?\d){5,19}",
)
_ACCOUNT_BARE = pattern_of(
    r"(?i)(?<![^\W\d_])(?:account|acct|konto|compte|cuenta|conta|conto|rekening|сч[её]т)[:. ]{1,2}"
    r"(?!\d*000(?!\d))(\d{7,17}|\d{5,12}-[\dxX])(?![\w%]|[.,/-]?\d| \d)"
)
"""A figure of seven digits or more is written with signs between its thousands."""

_ROUTING = after(
    r"routing(?: transit)?(?: (?:number|no\.?|nr\.?|#|code))?|aba(?: (?:number|no\.?|routing|#))?|rtn"
    r"|sort[ -]?code|bsb|ifsc(?: code)?"
    r"|transit (?:number|no\.?)|bank ?code|blz|bankleitzahl|code banque|银行代码",
    r"(?:\d(?:[ -]?\d){4,8}|[A-Z]{4}0[A-Z0-9]{6})",
)

_LABELLED = pattern_of(r"(?i)number|code|transit|\b(?:no|nr|aba|rtn|bsb|blz|ifsc)\b|#|银行代码|zahl|banque")


def _routing(match: re.Match[str]) -> Span | None:
    """Nine digits after "routing" alone may be anything: their check digit tells."""
    value = match[1]
    is_one = (
        not re.fullmatch(r"\d{9}", value) or _LABELLED.search(match[0][: -len(value)]) or aba_valid(value)
    )
    return match.span(1) if is_one else None


KINDS = (
    numbered("iban", _ibans),
    numbered("card", _cards),
    Said(
        "account",
        (
            "account", "acct", "acc ", "acc.", "acc:", "konto", "kontonummer", "kontonr",
            "numéro de compte", "compte n",
            "número d", "cuenta n", "conta c",
            "numero di conto", "conto c", "rekeningnummer", "numer konta", "номер сч", "口座番号", "账号",
            "帳號", "계좌번호",
        ),
        _ACCOUNT,
        inside=("a/c",),
        of_digits=True,
    ),
    Said(
        "account",
        ("account", "acct", "konto", "compte", "cuenta", "conta", "conto", "rekening", "счет", "счёт"),
        _ACCOUNT_BARE,
        of_digits=True,
    ),
    Said(
        "routing",
        (
            "routing", "aba", "rtn", "sort", "sortcode", "bsb", "ifsc", "transit", "bank", "bankcode",
            "bankleitzahl", "blz", "code banque", "银行代码",
        ),
        _ROUTING,
        _routing,
    ),
)  # fmt: skip
