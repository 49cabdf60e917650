"""Names of persons beside what identifies them: a mailbox, a number of a person, a line of a letter."""

import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, alternatives, one_of
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.mailboxes import emails, has_at
from finrisk_rules.redaction.persons import (
    FULL_NAME,
    TITLES,
    is_office,
    is_officer,
    is_person,
    named,
    named_before,
)
from finrisk_rules.redaction.reading import Reading, Span
from finrisk_rules.spelling import folded

_BEFORE, _AFTER = 200, 80
"""Characters around a mailbox in which its owner stands."""

_LEAST = 4
"""Letters of a name below which a mailbox may have them by chance."""

_FULL = pattern_of(rf"(?<![\w@]){FULL_NAME}(?![\w@])")


def _mailbox_owners(reading: Reading) -> Iterator[Span]:
    """The names beside an address of mail that has a word of them before its sign, and not all after it."""
    for start, end in emails(reading):
        mailbox, _, host = folded(reading.text[start:end]).partition("@")
        label = host.replace("-", "").partition(".")[0]
        for match in _FULL.finditer(reading.text, max(0, start - _BEFORE), end + _AFTER):
            words = folded(match[0]).replace("-", " ").split()
            is_owner = any(len(word) >= _LEAST and word in mailbox for word in words) or any(
                mailbox == word[0] + words[-1] for word in words[:-1]
            )
            if is_owner and label != "".join(words) and is_person(match, 0):
                yield match.span()


_NUMBER_OF_A_PERSON = (
    r"ssn|social security|itin|nino|national (?:insurance|id\w*)|passport|passeport|pasaporte|reisepass"
    r"|driv(?:er'?s?|ing) licen[cs]e|tax id|steuer-?id|dni|nie|cpf|pesel|bsn|aadhaar"
)
_BORN = (
    r"dob|date of birth|birth ?date|born(?: on)?|geboren(?: am)?|geb\.|née? le|nacid[oa] el|nat[oa] il"
    r"|nascid[oa] em|geboren op|urodzon[ya]"
)
_ACCOUNT = r"account(?: (?:number|no\.?|nr\.?))|iban|card(?: (?:number|no\.?))"
_VALUE = r"(?:(?:is|was|ist|est|es|è|é)[ ])?[A-Z]{0,4}\d(?:[ ./-]?[A-Z\d]){4,30}"
_OWNED = pattern_of(
    rf"(?i:{BEGIN}(?:{one_of(alternatives(_NUMBER_OF_A_PERSON))})(?: (?:number|no\.?|nr\.?|#))?[:# "
    rf"(]{{1,3}}{_VALUE}"
    rf"|{BEGIN}(?:{_BORN})[: ]{{1,2}}(?:the )?(?:\d|[^\W\d_]{{3,12}}\.? \d)"
    rf"|{BEGIN}(?P<account>{_ACCOUNT})[:# ]{{1,3}}{_VALUE})"
)
_OWNED_WORDS = (
    "ssn", "social", "itin", "nino", "national", "passport", "passeport", "pasaporte", "reisepass", "driver",
    "driving", "tax id", "steuer", "dni", "nie", "cpf", "pesel", "bsn", "aadhaar", "dob", "date of birth",
    "birth", "born", "geboren", "geb", "née", "né ", "nacid", "nato", "nata", "nascid", "urodzon",
    "account n", "iban", "card",
)  # fmt: skip
_OWN = pattern_of(r"['’]s? ")
_OWNER = pattern_of(
    r"(?:['’]s?|,| \(|:| -)? (?:(?:his|her|whose|with|tax|bank|the|is|was|wurde|est|era) ){0,2}\Z"
    r"| ?\(\Z"
)
_OF_WORDS = tuple(
    f"{label} {number}of"
    for label in (
        "ssn", "social security", "itin", "nino", "national insurance", "national id", "passport", "account",
        "driver's license", "driving licence", "tax id", "iban", "card", "phone", "birth", "birthday",
        "address",
    )
    for number in ("", "number ")
)  # fmt: skip
_OF_OWNER = pattern_of(
    rf"(?i:{BEGIN}(?:{one_of(map(re.escape, _OF_WORDS))})(?: our)?(?: (?:customer|client|borrower))? )"
    rf"{TITLES}({FULL_NAME})(?:,|:|\)| \(| is| was)? ?(?={_VALUE}|\[|\+|\()"
)


def _owner(match: re.Match[str]) -> Span | None:
    """The name right before what only a person has; before an account's number it must own it."""
    name = named_before(match, _OWNER)
    if name is None or (match["account"] and not _OWN.match(match.string, name.end())):
        return None
    return None if is_officer(match.string, *name.span(1)) else name.span(1)


def _of_owner(match: re.Match[str]) -> Span | None:
    return match.span(1) if is_person(match) else None


def _addressee(match: re.Match[str]) -> Span | None:
    """A name in an address; an office of two words is none."""
    return None if is_office(match[1]) else _of_owner(match)


_LINE_WORDS = frozenset("from to cc bcc sende von an de para van aan".split())
_LINES = r"from|to|b?cc|sender|von|an|de|para|van|aan"
_HEADER = pattern_of(
    rf"(?m)^[ >*]{{0,4}}(?i:{_LINES}):[ *]{{0,3}}{TITLES}({FULL_NAME})(?=[ \"']{{0,2}}(?:[<\[(,;]|$))"
)
_MAIL_LINE = pattern_of(
    rf"(?im)^[ >*]{{0,4}}(?:{_LINES}|subject|sent|date|re|betreff|objet|asunto|oggetto|onderwerp):"
)
_LEAST_LINES = 2
_ATTENTION = pattern_of(
    rf"(?i:attn|attention|z\.? ?hd\.?|t\.a\.v\.)[.:]{{0,2}} {TITLES}({FULL_NAME})(?=[,;\n]|\Z)"
)
_MET = pattern_of(r"(?:spoke|spoken|talked|met|chatted|corresponded) (?:with|to) ")
_WE = pattern_of(r"(?i)\b(?:i|we)(?:'ve| have| had)?(?: just)? \Z")


def _has_lines(reading: Reading) -> bool:
    return "\n" in reading.text and ":" in reading.text and not _LINE_WORDS.isdisjoint(reading.stems)


def _addressees(reading: Reading) -> Iterator[Span]:
    """Who stands after a word that begins one of several lines of a letter."""
    names = [match.span(1) for match in _HEADER.finditer(reading.text) if is_person(match)]
    if names and len(_MAIL_LINE.findall(reading.text)) >= _LEAST_LINES:
        yield from names


def _met(match: re.Match[str]) -> Span | None:
    """Whom the one who speaks met."""
    name = named(match) if _WE.search(match.string, max(0, match.start() - 16), match.start()) else None
    return name.span(1) if name else None


KINDS = (
    Seen("person", has_at, _mailbox_owners),
    Seen("person", _has_lines, _addressees),
    Said("person", _OWNED_WORDS, _OWNED, _owner),
    Said("person", _OF_WORDS, _OF_OWNER, _of_owner),
    Said("person", ("attn", "attention", "z. hd", "z.hd", "zhd", "z hd", "t.a.v"), _ATTENTION, _addressee),
    Said("person", ("spoke", "talked", "met ", "chatted", "corresponded"), _MET, _met),
)
