"""Removal of personal identifiers and secrets, before the first byte reaches disk, database or log.

Each kind is found by its pattern and, where it has one, by its check digits, so that the figures of a
financial text stay untouched. Names of persons are not recognised.
"""

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

VERSION = "1"


@dataclass(frozen=True)
class Redacted:
    """The text with each identifier replaced by ``[kind]``, and how many of each kind there were."""

    text: str
    found: Mapping[str, int]


def luhn_valid(digits: str) -> bool:
    """Whether the digits pass the Luhn check of ISO/IEC 7812-1 (payment card numbers)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban_valid(text: str) -> bool:
    """Whether the text passes the mod-97 check of ISO 13616."""
    compact = re.sub(r"\s", "", text).upper()
    if not 15 <= len(compact) <= 34:
        return False
    rotated = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rotated)) % 97 == 1


def _is_card(match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match[0])
    return 13 <= len(digits) <= 19 and luhn_valid(digits)


def _is_ssn(match: re.Match[str]) -> bool:
    area, group, serial = match["area"], match["group"], match["serial"]
    return area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def _is_iban(match: re.Match[str]) -> bool:
    return iban_valid(match[0])


def _always(_: re.Match[str]) -> bool:
    return True


Check = Callable[[re.Match[str]], bool]

_KINDS: tuple[tuple[str, re.Pattern[str], re.Pattern[str], Check], ...] = (
    (
        "private_key",
        re.compile(r"-----BEGIN"),
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        _always,
    ),
    (
        "connection_string",
        re.compile(r"://"),
        re.compile(
            r"(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\s:@/]{0,256}:[^\s@/]{1,256}@[^\s\"'<>]*[^\s\"'<>.,;)]"
        ),
        _always,
    ),
    (
        "secret_key",
        re.compile(
            r"A[KS]IA|AIza|gh[pousr]_|github_pat_|xox[abprs]-|sk-[\w-]{20}|frk_|ya29|eyJ"
            r"|b(?i:earer )|B(?i:earer )"
        ),
        re.compile(
            r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
            r"|\bAIza[\w-]{35}"
            r"|\bgh[pousr]_[A-Za-z0-9]{36,}"
            r"|\bgithub_pat_\w{22,}"
            r"|\bxox[abprs]-[\w-]{10,}"
            r"|\bsk-[\w-]{20,}"
            r"|\bfrk_[A-Za-z0-9]+_[\w-]{20,}"
            r"|\bya29\.[\w-]{20,}"
            r"|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}"
            r"|(?i:(?<=bearer ))[\w.~+/-]{20,}=*"
        ),
        _always,
    ),
    (
        "secret_key",
        re.compile(r"[pPaAsS\u017ftT](?i:assw|pi|ecret|oken)"),
        re.compile(r"(?i)(?:\b(?:password|passwd|api[ _-]?key|secret|token)\s*[:=]\s*)\S{6,}"),
        _always,
    ),
    (
        "email",
        re.compile(r"@"),
        re.compile(
            r"(?<![A-Za-z0-9.!#$%&'*+/=?^_`{|}~-])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
            r"@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}\b"
        ),
        _always,
    ),
    (
        "iban",
        re.compile(r"[A-Z]{2}\d{2}"),
        re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"),
        _is_iban,
    ),
    (
        "card",
        re.compile(r"\d[\d -]{12}"),
        re.compile(
            r"(?<![\d.,$-])"
            r"(?:[2-6]\d{3}([ -])\d{4}\1\d{4}\1\d{1,7}|3[47]\d{2}([ -])\d{6}\2\d{5}|[2-6]\d{12,18})"
            r"(?!\d|[.,-]\d)"
        ),
        _is_card,
    ),
    (
        "ssn",
        re.compile(r"\d{3}[- ]\d{2}[- ]\d{4}"),
        re.compile(r"(?<![\w.,-])(?P<area>\d{3})([- ])(?P<group>\d{2})\2(?P<serial>\d{4})(?![\w-])"),
        _is_ssn,
    ),
    (
        "ssn",
        re.compile(r"[sS\u017f](?i:sn|ocial security)"),
        re.compile(
            r"(?i:\b(?:ssn|social security)(?:[\s)]|number|no\.?|:|#)*)"
            r"(?P<area>\d{3})(?P<group>\d{2})(?P<serial>\d{4})(?!\d)"
        ),
        _is_ssn,
    ),
    (
        "phone",
        re.compile(r"[+\d](?:(?<=\+)\d|\d{2}[ .-]\d{4})"),
        re.compile(
            r"(?<![\w.,$+-])(?:"
            r"\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){2,4}"
            r"|(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]\d{4}"
            r"|(?:1[ .-])?[2-9]\d{2}([ .-])[2-9]\d{2}\1\d{4}"
            r")(?![\w-]|[.,]\d)"
        ),
        _always,
    ),
)
"""Each kind with a hint, its pattern and its check: what lacks the hint has none of the kind, and is read
once at the speed of a plain search. A hint begins with the characters that it may begin with."""


SECRETS = ("private_key", "connection_string", "secret_key")
"""The kinds that open a door; the others name a person."""


def redact(text: str, kinds: Collection[str] = ()) -> Redacted:
    """The text without e-mail addresses, phone, card, account and social security numbers and keys.

    With ``kinds`` only these are replaced.
    """
    found: Counter[str] = Counter()
    for kind, hint, pattern, is_one in _KINDS:
        if (kinds and kind not in kinds) or not hint.search(text):
            continue

        def replaced(match: re.Match[str], kind: str = kind, is_one: Check = is_one) -> str:
            if not is_one(match):
                return match[0]
            found[kind] += 1
            return f"[{kind}]"

        text = pattern.sub(replaced, text)
    return Redacted(text, dict(found))
