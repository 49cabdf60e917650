"""Names of persons: how they are written, and what tells them from firms and offices."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.firms import has_firm_word, is_firm_name

_UPPER = (
    r"[A-ZÀ-ÖØ-Þ\u0100-\u024f\u1e00-\u1eff\u0386-\u03abЁЄ\u0406ЇҐ\u0410-Я](?![\u0386-\u03ab\u0401-\u042f])"
)
_LOWER = r"[^\W\d_A-ZÀ-ÖØ-Þ]"
"""A first letter after which no capital of Greece or of the Cyrillic script stands, and a letter that is no
capital of Latin-1: a set of letters above U+00FF takes long to compile, so that a name has one of them."""

NAME = (
    rf"{_UPPER}(?:['’][A-Z])?{_LOWER}+(?:['’](?!s\b)[A-Za-z][a-zß-ÿ]*|[A-Z][a-zß-ÿ]+)?"
    rf"(?:-[^\W\d_a-zß-öø-ÿ]{_LOWER}+)?"
)
INITIALS = r"(?!U\. ?[SKN]\.|E\. ?U\.|P\. ?O\.)(?:[A-Z]\. ?){1,3}"
PARTICLE = r"(?:van|von|af|zu|de|da|do|dos|di|del|della|der|den|ten|ter|du|le|bin|binti|al|el|la)"
FULL_NAME = (
    rf"(?:(?:{PARTICLE} ){{0,4}}{NAME}(?: (?:[A-Z]\.|{NAME}|{PARTICLE}(?= ))){{0,8}}?(?: {NAME}){{1,2}}"
    rf"|{INITIALS}(?:{PARTICLE} ){{0,2}}{NAME})"
)
TITLE = (
    r"Mr|Mrs|Ms|Miss|Messrs|Herrn?|Frau|Fru|Hr|Mme|Mlle|M\.|Monsieur|Madame|Sra?|[Ss]eñora?|[Dd]on|[Dd]oña"
    r"|Dña"
    r"|Senhora?"
    r"|[Ss]ig(?:\.?ra)?|[Ss]ignora?|[Dd]ott(?:\.?ssa)?|Dhr|[Hh]eer|Mevr(?:ouw)?|mevrouw|Pan(?:i[aąe]?|a|u"
    r"|em)?"
    r"|Say\u0131n|Г-н|Г-жа|\u0433-н|\u0433-жа|[Гг]осподин|[Гг]оспожа|Dame|Rev|Sgt|Cpl|Lt|Capt|Maj|Insp|Det"
    r"|Supt|Me|D\."
    r"|dhr|[Mm]w|[Pp]ane|[Pp]aní|[Dd]omnule|[Dd]omnului|[Dd]omnul|[Dd]oamn[aăe]i?|dl|dna|[Hh]erra|[Rr]ouva"
    r"|[Nn]eiti"
    r"|[Κκ]ύρι[εο]ς?|[Κκ]υρία|[Κκ]|Bapak|Ibu|Sdri?|Pak|Encik|Puan|[Пп]ан[\u0435\u0456]?|[Пп]ані|[ÔÔô]ng"
    r"|[Bb]à|Bayan"
)
TITLES = rf"(?:(?:{TITLE}|Dr|Prof|Ing)\.? ){{0,4}}"
ANY_NAME = rf"(?:{INITIALS})?(?:{PARTICLE} ){{0,2}}{NAME}(?: (?:[A-Z]\.|(?:{PARTICLE} ){{0,2}}{NAME})){{0,3}}"
"""A name of one word or more."""

_NAMED = pattern_of(rf"{TITLES}({FULL_NAME})(?![-&/])")
_ENDING = pattern_of(rf"(?<![\w@&/-])({FULL_NAME})\Z")
_LONGEST = 70
_OFFICE = frozenset(
    "officer officers director directors president chairman chairwoman chairperson chair chief ceo cfo"
    " coo cio treasurer secretary governor executive executives trustee counsel partner auditor analyst"
    " minister senator board vorstand aufsichtsrat company registrant retire retired retirement elected"
    " appointed joined served employment messrs filing"
    " presidente director directora diretor diretora administrador consejo conselho amministratore"
    " consiglio"
    " président directeur directrice administrateur vorsitzender geschäftsführer bestuurder voorzitter"
    " prezes"
    " председатель директор правления совета"
    " wirtschaftsprüfer abschlussprüfer commissaire commissaires revisore revisor auditores auditeur biegły"
    " zarządu nadzorczej kurulu styrelse styrelsen raad accountant"
    " presidenta consejero consejera vicepresidente vicepresidenta présidente administratrice gérant "
    "finanzvorstand"
    " delegato sindaco bestuurder commissaris członek wiceprezes verkställande ordförande styreleder direktør"
    " toimitusjohtaja puheenjohtaja ředitel předseda vezérigazgató elnök müdür müdürü başkan başkan\u0131 "
    "komisaris direktur"
    " διευθύνων πρόεδρος голова директора präsident präsidentin".split()
)
"""Words that tell that a filing names its officers."""

_OFFICE_ENDS = (
    "vorsitzender",
    "vorsitzende",
    "vorsitzenden",
    "voorzitter",
    "direktor",
    "direktorin",
    "vorstands",
    "minister",
    "ministerin",
    "kanzler",
    "kanzlerin",
)
"""Ends of words of offices that are written in one word."""

_PAY = frozenset(
    "compensation bonus salary severance award awards shares vest vested vesting earned payout"
    " proceeds stake stakes votes voting".split()
)
"""Words that do so beside figures."""

_LETTERS = pattern_of(r"[^\W\d_]+")
AROUND = 160
"""Characters before and after a name in which the office stands."""


def is_person(match: re.Match[str], group: int | str = 1) -> bool:
    """Whether no word of a name, or right after it, tells a firm or a heading."""
    return not (is_firm_name(match[group]) or goes_on_as_firm(match.string, match.end(group)))


def goes_on_as_firm(text: str, end: int) -> bool:
    """Whether a word that tells a firm stands right after a name."""
    more = re.match(r",? [A-Z&][\w.]*", text[end : end + 24])
    return more is not None and has_firm_word(more[0])


def _words(text: str) -> list[str]:
    return _LETTERS.findall(text.lower())


def is_office(name: str) -> bool:
    """Whether what reads like a name is an office: "Corporate Secretary"."""
    return _words(name)[-1] in _OFFICE


_CLERK = pattern_of(
    r"(?i)\b(?:loan|lending|mortgage|case|complaints?|claims?|account|recovery|welfare|police|customs|probation|medical)"
    r" (?:officer|director|executive|analyst)s?\b"
)
"""Who deals with customers, and is no officer of the firm that files."""


def is_officer(text: str, start: int, end: int) -> bool:
    """Whether an office, or pay in figures, stands near a name."""
    around = _CLERK.sub("", text[max(0, start - AROUND) : end + AROUND])
    words = _words(around)
    is_office = not _OFFICE.isdisjoint(words) or any(word.endswith(_OFFICE_ENDS) for word in words)
    return is_office or (not _PAY.isdisjoint(words) and any(map(str.isdigit, around)))


def named(match: re.Match[str]) -> re.Match[str] | None:
    """The name of a person, group 1, that begins where a match ends, after titles if it has some."""
    name = _NAMED.match(match.string, match.end())
    return name if name and is_person(name) else None


def named_before(match: re.Match[str], between: re.Pattern[str]) -> re.Match[str] | None:
    """The name of a person, group 1, that ends before a match and what may stand between."""
    text, end = match.string, match.start()
    gap = between.search(text, max(0, end - _LONGEST), end)
    name = _ENDING.search(text, max(0, gap.start() - _LONGEST), gap.start()) if gap else None
    return name if name and is_person(name) else None
