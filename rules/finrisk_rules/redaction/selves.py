"""Names of those who say who they are."""

import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.persons import ANY_NAME, FULL_NAME, TITLES, is_office, is_person, named
from finrisk_rules.redaction.reading import Reading, Span

_FIRST_PERSONS = ("ich", "yo", "eu", "io", "ja", "ik", "jag", "jeg", "moi", "ben", "\u044f")
_UNDERSIGNED_WORDS = (
    "soussign", "sottoscritt", "undersigned", "unterzeichnete", "abajo firmante", "abaixo assinad",
    "niżej podpisan", "ondergetekende", "нижеподписавш", "undertecknad",
)  # fmt: skip
_UNDERSIGNED = pattern_of(
    rf"{BEGIN}(?i:(?:{'|'.join(_FIRST_PERSONS)})|(?:{'|'.join(_UNDERSIGNED_WORDS)})\w{{0,4}}(?P<so>)),? "
    rf"{TITLES}({FULL_NAME})(?=,| \(|(?(so) [a-zà-ÿа-я]|,))"
)
"""Who signs names himself: "I, Jane Roe, ...", "the undersigned Jane Roe"."""


def _undersigned(match: re.Match[str]) -> Span | None:
    return match.span(2) if is_person(match, 2) and not is_office(match[2]) else None


_SELVES = (
    "it's", "ich bin", "je suis", "yo soy", "soy", "io sono", "sono", "eu sou", "sou",
    "aqui é", "ik ben", "jestem", "jag är", "jeg er", "olen", "ben", "this is", "hier ist", "ici", "habla",
    "parla", "signed,", "signed:", "gez.", "ppa.", "p.p.", "\u044f -", "\u044f,", "это",
)  # fmt: skip
_SELF = pattern_of(rf"{BEGIN}(?i:{'|'.join(map(re.escape, _SELVES))})[ \n]{{1,2}}")
_SPEAKS = pattern_of(r" (?:here\b|calling\b|speaking\b|again\b)")
_I_AM = pattern_of(r"(?<![\w.])(?:I am|I['’]m|I,|i\. A\.) ")


def _i(reading: Reading) -> Iterator[Span | None]:
    return map(_self, _I_AM.finditer(reading.text))


def _has_i(reading: Reading) -> bool:
    text = reading.text
    return "i" in reading.stems and ("I am " in text or "I, " in text or "I'm " in text or "i. A. " in text)


_WITH_OWN_NAME = pattern_of(r"(?i)(?:it's|this is)")


def _self(match: re.Match[str]) -> Span | None:
    """Who says who he is; of those whom others may speak of only with a word that he speaks."""
    name = named(match)
    if name is None or is_office(name[1]):
        return None
    if _WITH_OWN_NAME.match(match[0]) and not _SPEAKS.match(match.string, name.end()):
        return None
    return name.span(1)


_HERE = pattern_of(r"(?i:here)(?=[.,:;!?]| from\b| again\b| at\b)")
_SPEAKER = pattern_of(
    rf"(?:(?:\A|[\n.!?] ?)({FULL_NAME})|(?i:(?:\A|\n|[.!?] )(?:hi|hello|hey|hallo|morning|good "
    rf"\w+)\b[^\n.!?]{{0,24}}[,.!] ?)({ANY_NAME})) \Z"
)


def _speaker(match: re.Match[str]) -> Span | None:
    name = _SPEAKER.search(match.string, max(0, match.start() - 90), match.start())
    group = 1 if name and name[1] else 2
    return name.span(group) if name and is_person(name, group) else None


KINDS = (
    Said("person", (*_FIRST_PERSONS, *_UNDERSIGNED_WORDS), _UNDERSIGNED, _undersigned),
    Said("person", ("here",), _HERE, _speaker),
    Seen("person", _has_i, _i),
    Said("person", _SELVES, _SELF, _self),
)
