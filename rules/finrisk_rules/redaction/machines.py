"""Addresses of machines."""

import ipaddress
import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.kinds import Seen, anywhere, proved

_V4 = pattern_of(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)")

_V6 = pattern_of(
    r"(?<![\w:.])[0-9a-fA-F]{0,4}:[0-9a-fA-F:]{2,37}(?:\d{0,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})?(?![\w:])"
)
_MACHINE = pattern_of(r"(?i)\b(?:ip(?:v4)?|address|host|server|client|from|dns)\b[ :=(]{0,3}$")
_NUMBERING = pattern_of(
    r"(?i)(?:\bv|versions?|release|build|firmware|sections?|notes?|items?|clauses?|paragraphs?|chapters?"
    r"|articles?|schedules?"
    r"|exhibits?|part|rule|table|figure|appendix|annex|abschnitt|kapitel|sección|§|#|no\.|nr\.)[ :.]{0,2}$"
)


def _v4(match: re.Match[str]) -> bool:
    parts = match[0].split(".")
    if any(int(part) > 255 or (len(part) > 1 and part[0] == "0") for part in parts):
        return False
    text, start = match.string, match.start()
    before = text[max(0, start - 20) : start]
    is_heading = not before.rpartition("\n")[2].strip() and re.match(
        r" +[A-Z]", text[match.end() : match.end() + 4]
    )
    is_small = max(map(int, parts)) < 25 and parts[0] != "10"
    if is_small and not _MACHINE.search(before):
        return False
    if _NUMBERING.search(before) or (is_heading and max(map(int, parts)) < 40):
        return False
    return before[-1:] not in tuple("$€£¥")


def _v6(match: re.Match[str]) -> bool:
    value = match[0].rstrip(":") if not match[0].endswith("::") else match[0]
    if value.count(":") < 2 or not re.search(r"\d", value) or len(value) < 5:
        return False
    try:
        ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return True


_V4_HINT = pattern_of(r"\.\d{1,3}\.\d{1,3}\.\d")

_V6_HINT = pattern_of(r":[0-9a-fA-F]{0,4}:")


KINDS = (
    Seen(
        "ip",
        lambda reading: reading.text.count(".") > 2 and _V4_HINT.search(reading.text),
        anywhere(_V4, proved(_v4)),
    ),
    Seen(
        "ip",
        lambda reading: reading.text.count(":") > 1 and _V6_HINT.search(reading.text),
        anywhere(_V6, proved(_v6)),
    ),
)
