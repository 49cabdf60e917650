"""Words and signs of scale, percent and currency, in the languages in which firms report."""

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from finrisk_rules.alternations import alternation
from finrisk_rules.patterns import pattern_of

Unit = Literal["", "percent", "points", "basis_points"]

_SCALES = {
    "thousand thousands tsd tausend teur keur mille milliers mila mil tys 千": 3,
    "lakh lakhs lac": 5,
    "万 萬 만": 4,
    "million millions mn mln mio meur millionen millón millones milhão milhões milione milioni miljoen "
    "miljoner mkr 百万 百萬 백만": 6,
    "crore crores 千万": 7,
    "億 亿 억": 8,
    "billion billions bn bln mrd mia md mds milliarde milliarden milliard milliards miliardo miliardi "
    "miljard miljarder mdkr bilhão bilhões 十億 十亿 십억": 9,
    "trillion trillions tn trn billionen 兆 조": 12,
}
SCALES: dict[str, int] = {word: power for words, power in _SCALES.items() for word in words.split()}
SCALES |= {
    "mil millones": 9,
    "miles de": 3,
    "milhares de": 3,
    "migliaia di": 3,
    "mil millón": 9,
    "mil milhões": 9,
    "mil milhão": 9,
}
"""Power of ten of a word of scale, in lower case."""

_LETTERS = {"k": 3, "m": 6, "mm": 6, "b": 9, "t": 12}
_SIGN_LETTERS = {"t": 3, "k": 3, "m": 6}
"""Of a letter before the sign of a currency: ``12 M€``."""

_CURRENCIES = {
    "$": "$ dollar dollars ドル 달러", "¥": "¥", "USD": "us$ us-$ u.s.$ 美元 米ドル", "AUD": "a$ au$",
    "CAD": "c$ ca$", "HKD": "hk$ 港元", "NZD": "nz$", "SGD": "s$", "TWD": "nt$", "BRL": "r$",
    "EUR": "€ euro euros ユーロ 欧元 歐元 유로", "GBP": "£ pound pounds ポンド 英镑 英鎊",
    "INR": "₹ rs. rs rupee rupees", "KRW": "₩ won 원", "RUB": "₽", "TRY": "₺", "ILS": "₪", "THB": "฿",
    "VND": "₫", "PHP": "₱", "NGN": "₦", "UAH": "₴", "PLN": "zł", "CZK": "kč", "CHF": "fr. francs franken",
    "JPY": "円 yen 日元 엔", "CNY": "元 yuan renminbi 人民币元 人民元",
}  # fmt: skip
CURRENCIES: dict[str, str] = {word: code for code, words in _CURRENCIES.items() for word in words.split()}
CURRENCIES |= {"us dollars": "USD", "u.s. dollars": "USD"}
"""Code of ISO 4217 of a sign or word in lower case; the sign itself where several currencies share it."""

CODES = (
    "AED ARS AUD BGN BHD BRL CAD CHF CLP CNH CNY COP CZK DKK EGP EUR GBP HKD HUF IDR ILS INR ISK JPY KES KRW "
    "KWD KZT LKR MAD MXN MYR NGN NOK NZD OMR PEN PHP PKR PLN QAR RMB RON RSD RUB SAR SEK SGD THB TND TRY TWD "
    "UAH USD UYU VND ZAR"
).split()
CURRENCIES |= {code.lower(): {"RMB": "CNY", "CNH": "CNY"}.get(code, code) for code in CODES}

_PERCENT = ("%", "percent", "per cent", "pct", "prozent", "pour cent", "por ciento", "por cento", "per cento",
            "procent", "パーセント", "퍼센트")  # fmt: skip
_POINTS = ("percentage points", "percentage point", "percent points", "per cent points", "prozentpunkte",
           "prozentpunkten", "points de pourcentage", "point de pourcentage", "puntos porcentuales",
           "punto porcentual", "ponto percentual", "pontos percentuais", "punto percentuale",
           "punti percentuali", "procentpunt", "procentpunten", "pp", "ppt", "%ポイント",
           "ポイント", "p.p.", "个百分点", "個百分點", "百分点", "%p")  # fmt: skip
BASIS_POINTS = ("basis points", "basis point", "basispunkte", "basispunkten", "points de base",
                 "point de base", "puntos básicos", "pontos base", "punti base", "basispunten", "bps", "bp",
                 "p.b.", "ベーシスポイント", "个基点", "個基點", "基点")  # fmt: skip


def any_of(words: Iterable[str], *, whole: bool = True) -> str:
    """Return an alternation, the longest word first; ``whole``: a word of letters ends where letters end.

    A text is held against none where no word begins with its first character.
    """
    every = sorted(set(words))
    firsts = "".join(map(re.escape, sorted({word[0] for word in every})))
    end = r"(?![^\W_])"
    return f"(?=[{firsts}])" + alternation(every, end=lambda word: end if whole and _spells(word) else "")


def _spells(word: str) -> bool:
    return word[-1].isalpha() and word[-1] < "\u2e80"


MEASURES = any_of((*_POINTS, *BASIS_POINTS, *_PERCENT, *SCALES))
"""What makes a number a figure: words and signs of scale and of percent."""

_BEHIND = pattern_of(
    rf"[ -]?(?:(?P<points>{any_of(_POINTS)})|(?P<basis_points>{any_of(BASIS_POINTS)})"
    rf"|(?P<percent>{any_of(_PERCENT)}))"
    rf"|(?:[ -]?(?P<scale>{any_of(SCALES)})(?:\.(?= ?{any_of(CURRENCIES)}(?! ?\d)))?"
    rf"|(?P<letter>{any_of(_LETTERS)})"
    rf"| ?(?P<sign_letter>[ktm])(?=[€£$])"
    rf"|(?= ?(?:{any_of(CURRENCIES)})))(?: ?(?:d'|d[eio] |of )?(?P<currency>{any_of(CURRENCIES)})(?!\d))?",
    re.IGNORECASE,
)


def _firsts() -> frozenset[str]:
    """Return what stands behind a number that has a unit: its first three characters, or fewer."""
    words = (*_POINTS, *BASIS_POINTS, *_PERCENT, *SCALES, *_LETTERS, *CURRENCIES)
    glue = ("", " ", "-", "of ", " of ", "d'", " d'", "de ", " de ", "di ", " di ", "do ", " do ")
    return frozenset(f"{joint}{word}"[:3] for word in words for joint in glue)


_FIRSTS = _firsts()
_FAR_LETTER = pattern_of(rf" (?P<letter>{any_of(_LETTERS)})", re.IGNORECASE)
_WINDOW = 40
"""Characters behind a number in which its unit stands."""

_BEFORE_NUMBER = {
    word: code for word, code in CURRENCIES.items() if not word.isalpha() or len(word) in (1, 3)
}
_SCALES_BEFORE = {
    f"{scale}{word}": (power, code)
    for scale, power in {"t": 3, "k": 3, "m": 6, "mio. ": 6, "mio ": 6, "mrd. ": 9, "mrd ": 9}.items()
    for word, code in {"eur": "EUR", "€": "EUR", "chf": "CHF", "usd": "USD", "gbp": "GBP"}.items()
}
"""Power of ten and currency of what German and Swiss reports write before a number: ``TEUR 1.234``."""

_BEFORE_NUMBER |= {word: code for word, (_, code) in _SCALES_BEFORE.items()}
_LENGTHS_BEFORE = {
    last: sorted({len(word) for word in _BEFORE_NUMBER if word[-1] == last}, reverse=True)
    for last in {word[-1] for word in _BEFORE_NUMBER}
}
"""Lengths of the words before a number, by their last character."""

_SIGNS_BEFORE = frozenset(word for word in _BEFORE_NUMBER if len(word) == 1)
_ENDS_BEFORE = frozenset(word[-2:] for word in _BEFORE_NUMBER if len(word) > 1)


_WORD_BEFORE = frozenset(
    f"{letter} " for letter in "abcdefghijklmnopqrstuvwxyz,:;" if letter not in _LENGTHS_BEFORE
)
"""What stands before most numbers: the end of a word that is neither currency nor sign, and a blank."""

_TRIANGLES = "\u25b2\u25b3"
"""A minus, in Japanese reports, right before a number."""

_SIGNS = frozenset("(-").union(_TRIANGLES, _SIGNS_BEFORE, map(str.upper, _SIGNS_BEFORE))
"""What may belong to a number, if one of these stands before it."""


_NUMBER_ENDS = pattern_of(rf"\d ?(?:{any_of((*SCALES, *_LETTERS))}\.?)? ?\Z", re.IGNORECASE)
"""Before the sign of a currency, what it is the currency of."""


class Behind(NamedTuple):
    """What stands behind a number: its power of ten if one is written, unit, currency, and their length."""

    scale: int | None
    unit: Unit
    currency: str
    length: int


class Before(NamedTuple):
    """What stands before a number: currency, scale, a minus, an open bracket, and their length."""

    currency: str
    scale: int | None
    minus: bool
    bracket: bool
    length: int


_NOTHING_BEHIND, _NOTHING_BEFORE = Behind(None, "", "", 0), Before("", None, False, False, 0)
_DOLLAR_BEFORE = Before("$", None, False, False, 1)


def behind(text: str, end: int, *, has_currency: bool = False) -> Behind:
    """Return the unit behind the number that ends here, in a plain text.

    A letter that stands apart ("1.2 m") is a scale only behind a number that has a currency.
    """
    following = text[end : end + 3].lower()
    if not (following[:1] in _FIRSTS or following[:2] in _FIRSTS or following in _FIRSTS):
        return _NOTHING_BEHIND
    match = _BEHIND.match(text, end, end + _WINDOW)
    if match is None:
        match = _FAR_LETTER.match(text, end, end + _WINDOW) if has_currency else None
        if match is None:
            return _NOTHING_BEHIND
        return Behind(_LETTERS[match["letter"].lower()], "", "", match.end() - end)
    points, basis_points, percent, word, letter, sign_letter, currency = match.groups()
    unit: Unit = "points" if points else "basis_points" if basis_points else "percent" if percent else ""
    scale = None
    if word:
        scale = SCALES[word.lower()]
    elif letter:
        scale = _LETTERS[letter.lower()]
    elif sign_letter:
        scale = _SIGN_LETTERS[sign_letter.lower()]
    code = CURRENCIES.get(currency.lower(), "") if currency else ""
    return Behind(scale, unit, code, match.end() - end)


def before(text: str, start: int) -> Before:
    """Return the currency and the sign before the number that starts here, in a plain text.

    They stand in any order, each with a blank behind it or none: ``-$5``, ``$ (5``, ``($-5``.
    """
    if _is_bare(text, start):
        return _NOTHING_BEFORE
    if text[start - 1] == "$" and _is_bare(text, start - 1) and text[start - 2] == " ":
        return _DOLLAR_BEFORE
    currency, scale, minus, bracket, first = "", None, False, False, start
    while first:
        at = first - 1 if first > 1 and text[first - 1] == " " else first
        sign = text[at - 1]
        if sign == "(" and not bracket:
            bracket, first = True, at - 1
        elif not minus and (
            (sign in _TRIANGLES and at == start) or (sign == "-" and not _is_dash(text, at - 1, first))
        ):
            minus, first = True, at - 1
        elif not currency and (word := _currency_that_ends(text, at)):
            if bracket and _NUMBER_ENDS.search(text, max(0, at - len(word) - _WINDOW), at - len(word)):
                break  # "24,8 M€ (2022: 19,5 M€)": of the number before
            currency, first = _BEFORE_NUMBER[word.lower()], at - len(word)
            scale, _ = _SCALES_BEFORE.get(word.lower(), (None, ""))
        else:
            break
    return Before(currency, scale, minus, bracket, start - first)


def _is_bare(text: str, start: int) -> bool:
    """Whether neither currency nor sign ends where a number, or the sign before it, starts."""
    if not start or text[start - 2 : start] in _WORD_BEFORE:
        return True
    at = start - 1 if start > 1 and text[start - 1] == " " else start
    return text[at - 1] not in _SIGNS and text[max(0, at - 2) : at].lower() not in _ENDS_BEFORE


def _is_dash(text: str, at: int, number: int) -> bool:
    """Whether a dash here joins or parts what stands on its sides: ``5-10``, ``net - 5``."""
    left = text[at - 1] if at else " "
    return (
        left.isalnum()
        or left in ")%]"
        or (number - at > 1 and left == " " and text[at - 2 : at - 1].isalnum())
    )


def _currency_that_ends(text: str, end: int) -> str:
    last = text[max(0, end - 2) : end].lower()
    if last not in _ENDS_BEFORE and last[-1:] not in _SIGNS_BEFORE:
        return ""
    for length in _LENGTHS_BEFORE.get(last[-1:], ()):
        word = text[max(0, end - length) : end]
        if word.lower() in _BEFORE_NUMBER and not (
            word[0].isalpha() and text[end - length - 1 : end - length].isalpha()
        ):
            return word
    return ""
