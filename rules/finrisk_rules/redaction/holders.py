"""Names beside a role, after a title, and before or after a word of honour."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.firms import acts_as_firm, moves
from finrisk_rules.redaction.kinds import Said, proved
from finrisk_rules.redaction.parties import AFTER_NAMES, BEGINNINGS, ROLE, is_plural
from finrisk_rules.redaction.persons import (
    AROUND,
    FULL_NAME,
    INITIALS,
    NAME,
    PARTICLE,
    TITLE,
    is_office,
    is_officer,
    is_person,
    named,
    named_before,
)
from finrisk_rules.redaction.reading import Span

_NAME_FIELDS = (
    "full name", "customer name", "client name", "name of account holder", "name of the account holder",
    "name of borrower", "name of the borrower", "name of customer", "name of the customer", "name of client",
    "name of the client",
)  # fmt: skip
_IS = (
    r"(?: (?:is|was|named|called|ist|war|heißt|est|était|es|è|é|era|jest|heet|är|er)(?= )"
    r"| -(?= [\u0410-\u042f]))"
)
"""Between a role and who has it; a dash stands for "is" in Russian."""

_FOLLOWING = (
    rf"(?>(?:(?:{TITLE}|Dr|Prof)\.? ){{0,4}})"
    rf"({FULL_NAME}|(?<=: )[A-Z][A-Z'-]+(?: [A-Z][A-Z'-]+){{1,2}}|[A-Z]{{5,}} {NAME})"
)
_HAS_ROLE = pattern_of(rf"(?>(?:(?:['’]s)?(?i: name))?{_IS}?,?:? ?[:(]? ?){_FOLLOWING}")
_FIELD = pattern_of(
    rf"(?<![\w-])(?:(?i:{one_of(_NAME_FIELDS)}|(?:request(?:ed)?|signed|prepared|submitted) by"
    r"(?:(?: the)?(?-i: [a-z]{4,12}){1,2}(?= [A-ZÀ-Þ]))?)(?:[: ]| [=-] )[ ]?)"
    rf"{_FOLLOWING}"
)
_AND = pattern_of(r",? (?:and|und|et|y|e|en|i|и|och|og) [^\W\d_a-zà-ÿ]")
"""After a role of several stand several names, or that of the firm whose they are."""

_NEAR = 24
"""Characters after a role in which a name begins: where all are small letters, none does."""

_WIFE = pattern_of(r"(?<![\w-])(?i:wife)(?= )")
_TITLED = pattern_of(
    rf"(?<!\w)(?:{TITLE})\.? "
    rf"((?:(?:Dr|Prof)\.? )?(?:{PARTICLE} |{INITIALS}){{0,2}}{NAME}"
    rf"(?: (?:[A-Z]\.|(?:{PARTICLE} ){{0,2}}{NAME})){{0,2}})"
)
_CAPITALISED = pattern_of(r"[A-Z][\w.]*\s$|[A-Z]\.$")
_POLISH = pattern_of("[ąćęłńóśźżěščřžýůň]")
_ROMANCE = pattern_of(r"(?i)\b(?:el|la|los|las|del|que|con|en|su|por|il|di|che|per|ha|è|una?|y)\b")
_FRENCH_OR_SPANISH = pattern_of(
    r"(?i)\b(?:le|la|les|des|et|du|el|los|las|del|que|con|en|su|por|una?|y|dña|mme|maître|est|sa|étaient)\b"
    r"|[éèñáí]"
)
_INDONESIAN = pattern_of(
    r"(?i)\b(?:yang|dan|di|ke|dari|atas|untuk|dengan|telah|tidak|akan|ini|me[mn]\w+|kepada|oleh)\b"
)
_OF_A_FILING = pattern_of(r"(?i)(?:signed|prepared) by:? \Z")


def _field(match: re.Match[str]) -> Span | None:
    return _held(match, match.start())


def _holder(match: re.Match[str]) -> Span | None:
    """Who has the role that a match is: the name after it, or before it."""
    text, end = match.string, match.end()
    is_bare = text[end : end + _NEAR].islower() or match[0].lower() in AFTER_NAMES
    name = None if is_bare else _HAS_ROLE.match(text, end)
    if name and is_plural(match[0]) and not _AND.match(text, name.end(1)):
        name = None
    return (_held(name, match.start()) if name else None) or _named_first(match)


def _held(name: re.Match[str], start: int) -> Span | None:
    """The name after a role or a field that begins at ``start``."""
    role = name.string[start : name.start(1)]
    is_heading = role[:1].isupper() and " " not in role.strip() and role[-1:] == " " and ":" not in role
    is_title_case = re.match(r"[A-Z]\w+[ -][A-Z]", role) is not None
    is_firm = not is_person(name) or acts_as_firm(name.string, name.end(1), start)
    if _OF_A_FILING.match(role) and is_officer(name.string, *name.span(1)):
        return None
    is_one = not is_firm and not is_title_case and not (is_heading and _in_heading(name))
    return name.span(1) if is_one else None


_AFTER_ROLE = pattern_of(
    r"(?=[,.;:)\n]|\Z| (?:of|in|at|from|since|for|with|who|on|seit|aus|bei|von|der|die|dans|de|depuis|à|en"
    r"|desde|da|dal|di"
    r"|van|uit|sinds|od|z|\u0441|из|sedan|i|from|and|no|number|id)\b)"
)
_PARTING = frozenset(",(-\n")
_LONGEST_ARTICLE = 9
"""What parts a name from a role, and the characters in which it and an article stand."""

_BEFORE_ROLE = pattern_of(
    r"(?:,| \(| -|\n)(?: (?:our|the|an?|der|die|le|la|el|il|o|de|een|notre|unsere?)| l['’])? ?\Z"
)


def _named_first(match: re.Match[str]) -> Span | None:
    """The name before a role: "Jane Roe, our client"."""
    text, start = match.string, match.start()
    if _PARTING.isdisjoint(text[max(0, start - _LONGEST_ARTICLE) : start]) or not _AFTER_ROLE.match(
        text, match.end()
    ):
        return None
    name = named_before(match, _BEFORE_ROLE)
    if name is None or is_office(name[1]) or is_officer(text, *name.span(1)):
        return None
    return name.span(1)


def _in_heading(match: re.Match[str]) -> bool:
    """Whether the words are a heading or a cell: what follows goes on with none in lower case."""
    return not re.match(
        r",? [^\W\d_A-ZÀ-ÞА-Я]|['’]s\b| \((?:staff|id|no|account|born|aged?|customer|client)\b",
        match.string[match.end() : match.end() + 12],
    )


def _titled(match: re.Match[str]) -> bool:
    """Whether no office stands near: officers whom a filing names stay."""
    start, end = match.span()
    if match[0].startswith(f"{match[1]} "):
        return False  # "Mr Mr": the name stands behind the next one
    around = max(0, start - AROUND), end + AROUND
    if match[0].startswith("M.") and _CAPITALISED.search(match.string[max(0, start - 24) : start]):
        return False  # an initial
    if match[0].startswith(("Me ", "D. ")) and len(_FRENCH_OR_SPANISH.findall(match.string, *around)) < 2:
        return False  # English, and an initial
    if match[0].startswith(("Ibu ", "Pak ", "Bapak ")) and not _INDONESIAN.search(match.string, *around):
        return False
    if match[0].startswith(("Don ", "Sig ")) and len(_ROMANCE.findall(match.string, *around)) < 2:
        return False  # a name, or the beginning of one
    if match[0].startswith(("Pan ", "pan ")) and not _POLISH.search(match.string, *around):
        return False
    is_firm = not is_person(match) or moves(match.string, end)
    return not is_firm and not is_officer(match.string, start, end)


_TITLES = (
    "mr", "mrs", "ms", "fru", "hr", "dame", "rev", "miss", "messrs", "herr", "herrn", "frau", "mme", "mlle",
    "monsieur", "madame", "sr",
    "sra", "señor", "sig", "sigra", "signor", "dottssa",
    "m.", "don ", "don.", "doña", "dña", "senhor", "dott", "heer", "dhr", "mevr", "mevrouw",
    "pan", "pana", "panu", "panem", "pani", "pania", "panie", "panią", "say\u0131n", "\u0433-",
    "господин", "госпожа", "sgt", "cpl", "lt", "capt", "maj", "insp", "det", "supt", "me ", "me.",
    "d. ", "mw",
    "pane", "paní",
    "domnul", "doamn", "dl", "dna", "herra", "rouva", "neiti", "κύριε", "κύριο", "κύριος",
    "κυρία", "κ ", "κ.", "bapak", "ibu",
    "sdr", "sdri", "pak",
    "encik", "puan", "пан", "пане", "пан\u0456", "ông", "bà", "bayan",
)  # fmt: skip
_SCHOLAR = pattern_of(r"(?<!\w)(?:Dr|Prof)\.? ")
_AFTER_NAME = pattern_of(r"[A-Z][\w.]* \Z|\d \Z")


def _scholar(match: re.Match[str]) -> Span | None:
    name = named(match)
    if name is None or _AFTER_NAME.search(match.string, max(0, match.start() - 24), match.start()):
        return None
    return None if is_officer(match.string, *name.span(1)) else name.span(1)


_BEFORE_NAME = (
    "contact person",
    "emergency contact",
    "ansprechpart",
    "kontaktperson",
    "contactpersoon",
    "persona d",
    "cc ",
    "cc:",
)
_POINT = pattern_of(
    rf"{BEGIN}(?i:contact person|emergency contact|ansprechpartner(?:in)?|kontaktperson|contactpersoon"
    r"|persona de contacto|persona di contatto|cc)(?: is| ist|:)? "
)


def _point(match: re.Match[str]) -> Span | None:
    name = named(match)
    return name.span(1) if name and not is_office(name[1]) else None


_HONOURED = pattern_of(r"(?:Han\u0131m|Bey|Han\u0131mefendi|Beyefendi)(?!\w)")
_BEFORE_HONOUR = pattern_of(rf"(?<!\w)((?!Han|Bey){NAME}(?: {NAME})?) \Z")


def _honoured(match: re.Match[str]) -> Span | None:
    name = _BEFORE_HONOUR.search(match.string, max(0, match.start() - 32), match.start())
    return name.span(1) if name and is_person(name) and not is_officer(match.string, *name.span(1)) else None


KINDS = (
    Said("person", BEGINNINGS, ROLE, _holder),
    Said("person", ("wife",), _WIFE, _holder),
    Said(
        "person",
        (
            "full name",
            "customer name",
            "client name",
            "name of",
            "request",
            "signed",
            "prepared",
            "submitted",
        ),
        _FIELD,
        _field,
    ),
    Said("person", _TITLES, _TITLED, proved(_titled, 1)),
    Said("person", _BEFORE_NAME, _POINT, _point),
    Said("person", ("dr", "prof"), _SCHOLAR, _scholar),
    Said("person", ("han\u0131m", "bey", "beyefendi"), _HONOURED, _honoured),
)
