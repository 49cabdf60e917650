"""Names in letters and threads: who wrote and who signs, who is called and who is named with another."""

import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.greetings import addresses_all
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.persons import (
    ANY_NAME,
    FULL_NAME,
    NAME,
    TITLES,
    is_office,
    is_person,
    named,
    named_before,
)
from finrisk_rules.redaction.reading import Reading, Span

_WROTE = pattern_of(
    r"(?i:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef|napisała?|написала?|skrev):(?=\s*(?:[\n>\"'“„«]|\Z))"
)
_WRITER = pattern_of(r"(?: (?:<[^<>\n]{1,80}>|\[email_\d+\]))? \Z")


def _writer(match: re.Match[str]) -> Span | None:
    """Who wrote what is quoted after a colon."""
    name = named_before(match, _WRITER)
    return name.span(1) if name and not is_office(name[1]) else None


_JOINED = pattern_of(
    r"\[person_\d+\](?: \([^()\n]{1,40}\))? (?:and|&|und|et|y|e|en|i|и|och|og|ve) |(?<![\w@.])@(?P<call>)"
)
_CALL_END = pattern_of(r"[ ,:;.!?\n]|\Z")


def _joined(reading: Reading) -> Iterator[Span]:
    """Who is named together with one who is a person already, or called as in a thread."""
    for match in _JOINED.finditer(reading.text):
        name = named(match)
        is_whole = match["call"] is None or (name and _CALL_END.match(reading.text, name.end()))
        if name and is_whole and not is_office(name[1]):
            yield name.span(1)


def _has_person(reading: Reading) -> bool:
    return "[person_" in reading.text or "@" in reading.text


_CLOSED = pattern_of(
    r"(?:[\n.!?][ \t]*\n)[ \t>*]{0,4}(?!(?:In|As|For|On|By|To|At|With|Of|And|Or|If"
    r"|Total)\b)[^\W\d_][^\n,.:;|\dA-ZÀ-Þ]{1,28}[,!] ?\n{1,2}"
    rf"[ \t>*]{{0,4}}{TITLES}({ANY_NAME})[ *]{{0,2}}(?=\n|\Z)"
)
"""A few words that end with a comma, and a name alone on the next line: so a letter ends."""

_ITEM = pattern_of(rf"\s*\n[ \t>*]{{0,4}}({NAME})[ *]{{0,2}}(?=\n|\Z)")


def _closed(reading: Reading) -> list[Span]:
    return [
        match.span(1)
        for match in _CLOSED.finditer(reading.text)
        if is_person(match)
        and not is_office(match[1])
        and not addresses_all(match[1])
        and not _is_item(match)
    ]


def _is_item(match: re.Match[str]) -> bool:
    """Whether one word is the first of a list: one more stands alone on the line below, and is no office."""
    item = _ITEM.match(match.string, match.end()) if " " not in match[1] else None
    return item is not None and is_person(item) and not is_office(item[1])


def _may_close(reading: Reading) -> bool:
    return "\n" in reading.text and (",\n" in reading.text or "!\n" in reading.text)


_SIGNING_LINE = pattern_of(
    rf"(?m)^[ \t>*]{{0,4}}{TITLES}({FULL_NAME})(?:, [A-Z][A-Za-z.]{{1,6}})?[ *]{{0,2}}$"
)
_REACHED_AT = pattern_of(
    r"(?i)\A(?:[^\n]{0,80}\n){0,4}?[^\n]{0,60}?(?:\[(?:phone|email)_\d|@|(?:\+|tel|phone|mobile|direct"
    r"|(?<!\w)[mt]:?|fax)[ .:]{0,3}[(\d])"
)
_DASHES = pattern_of(r"(?m)^-- ?\n\Z|^_{2,}\n\Z|^-{2,}\n\Z")


def _signatures(reading: Reading) -> list[Span]:
    """Names that are a line of their own, before lines that say how one is reached."""
    text = reading.text
    found = []
    for line in _SIGNING_LINE.finditer(text):
        after = text[line.end() + 1 : line.end() + 240]
        is_signed = _REACHED_AT.match(after) or _DASHES.search(text, 0, line.start())
        if is_signed and is_person(line) and not is_office(line[1]):
            found.append(line.span(1))
    return found


def _has_signature(reading: Reading) -> bool:
    text = reading.text
    return "\n" in text and ("@" in text or "[phone_" in text or "[email_" in text or bool(reading.digits))


KINDS = (
    Said(
        "person",
        (
            "wrote",
            "schrieb",
            "écrit",
            "escribi",
            "scritto",
            "escreveu",
            "schreef",
            "napisa",
            "написа",
            "skrev",
        ),
        _WROTE,
        _writer,
    ),
    Seen("person", _has_person, _joined),
    Seen("person", _may_close, _closed),
    Seen("person", _has_signature, _signatures),
)
