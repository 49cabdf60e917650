"""Names that a greeting, a signature, a field or a question for them tells."""

import re
from collections.abc import Iterable

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, FOREIGN
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.persons import ANY_NAME, FULL_NAME, TITLES, is_person
from finrisk_rules.redaction.reading import STEM, Span

_INTRODUCTIONS = (
    "my name is", "my name's", "mein name ist", "ich heiße", "ich heisse", "je m'appelle", "je me nomme",
    "mon nom est", "me llamo", "mi nombre es", "mi chiamo", "il mio nome è", "chamo-me", "me chamo",
    "meu nome é",
    "mijn naam is", "ik heet", "nazywam się", "mam na imię", "jag heter", "mitt namn är", "jeg hedder",
    "mit navn er", "jeg heter", "mitt navn er", "nimeni on", "benim ad\u0131m", "ad\u0131m", "benim adim",
    "adim", "jmenuji se",
    "numele meu este",
    "mă numesc", "nama saya", "меня зовут", "моё имя", "мое имя", "hier spricht", "u spreekt met",
    "le habla",
)  # fmt: skip
_VALEDICTIONS = (
    "regards", "sincerely", "faithfully", "respectfully", "cordially", "yours", "grüßen", "grüße",
    "gruß", "gruss",
    "hochachtungsvoll", "cordialement", "salutations", "saludo", "atentamente", "cordialmente", "saluti",
    "groet", "hoogachtend", "hälsning", "hilsen", "terveisin", "pozdrawiam", "poważaniem", "pozdrav",
    "atenciosamente", "cumprimentos", "abraço", "уважением", "sayg\u0131lar", "saygilar",
    "stimă", "üdvözlettel", "rgds", "mfg", "mvh", "vg", "lg", "bien à vous", "bien à toi", "cdt", "cdlt",
    "groetjes",
    "pozdr", "kr", "br",
)  # fmt: skip
_THANKS = (
    "best",
    "thanks",
    "thx",
    "thank you",
    "cheers",
    "danke",
    "merci",
    "gracias",
    "grazie",
    "obrigado",
    "obrigada",
    "bedankt",
    "tack",
)
_FIELDS = (
    "full name", "full_name", "fullname", "first name", "first_name", "firstname", "last name",
    "last_name", "lastname",
    "given name", "given_name", "family name", "family_name", "middle name", "maiden name", "surname",
    "forename",
    "customer name", "customer_name", "customername", "client name", "client_name", "borrower name",
    "borrower_name",
    "holder name", "holder_name", "contact name", "contact_name", "beneficiary name", "beneficiary_name",
    "employee name", "employee_name", "nachname", "vorname", "prénom", "prenom", "apellido", "cognome",
    "voornaam",
    "achternaam", "фамилия", "фио", "nazwisko", "efternamn", "förnamn", "sobrenome",
)  # fmt: skip
_ORIENTAL_FIELDS = (
    "氏名",
    "姓名",
    "名前",
    "성명",
    "이름",
    "담당자",
    "担当者",
    "联系人",
    "聯絡人",
    "负责人",
    "連絡先",
)


def _any_of(words: Iterable[str]) -> str:
    """A pattern of all words; those that are shorter than a stem are whole, the others may go on."""
    return "|".join(re.escape(word) + r"\b" * (len(word) < STEM) for word in words)


_INTRODUCED = pattern_of(
    rf"{BEGIN}(?i:{_any_of(_INTRODUCTIONS)}):? "
    rf"{TITLES}({ANY_NAME}|(?<=name is )(?!(?:not|on|in|the|an?|still|also|too) )[a-z]{{2,12}} "
    rf"[a-z]{{2,14}}(?= and |[,.!\n]|\Z))"
)
_CALLER = pattern_of(
    rf"(?<!\w)[Tt]his is {TITLES}({FULL_NAME}),? (?:from|at|of|with|calling|speaking|here)\b(?! (?:an?"
    rf"|every|any|its|their)\b)"
)
_SIGNED = pattern_of(
    rf"(?<!\w)(?i:(?:{_any_of(_VALEDICTIONS)})(?:(?P<alone>,)|[^\n,]{{0,24}}(?:,|\n|,\n))"
    rf"|(?:{_any_of(_THANKS)})(?:,|[^\n,]{{0,24}}[,!.][ ]?\n))"
    rf"[ \n>*_-]{{0,6}}{TITLES}(?P<name>{ANY_NAME}|[A-Z]{{2,}}(?: [A-Z]{{2,}}){{1,2}})(?=[ "
    rf"*_]{{0,3}}(?:[\n|]|\Z|(?(alone),|\n)))"
)
"""Within a line a comma follows a name only right after a valediction: "as regards Asia, Europe, ..."."""

_FIELD = pattern_of(rf"(?<![^\W\d_])(?i:{_any_of(_FIELDS)})s?\\?[\"']? ?[:=] ?\\?[\"']?{TITLES}({ANY_NAME})")
_ORIENTAL_FIELD = pattern_of(
    rf"(?:{_any_of(_ORIENTAL_FIELDS)})\\?[\"']? ?(?:[:=]|は|是|는"
    rf"|은) ?\\?[\"']?({FOREIGN}{{2,5}}(?: {FOREIGN}{{1,3}})?)"
    rf"(?={FOREIGN}?(?:[^\w]|\Z))"
)
_ORIENTAL_SPEAKER = pattern_of(
    rf"(?:我叫|我的名字是|我姓名是)({FOREIGN}{{2,4}})(?=\W|\Z)|私の名前は({FOREIGN}{{2,8}}?)(?:です|と"
    rf"|。)"
    rf"|(?:제 이름은|내 이름은) ?({FOREIGN}{{2,4}}?)(?:입니다|이고|이에요|예요)"
)
_WHOSE = pattern_of(
    r"(?i)(?<![^\W\d_])(?:your|his|her|their|my|full|first|last|given|family|maiden|middle|ihr\w*|deine?n?"
    r"|votre|vos|ton|son|leur|su|tu|seu|sua|suo|tuo|uw|je|jouw|ваше|твоё|twoje|pani|pana)"
    r" (?:(?:full|first|last|whole) )?\Z"
)
"""What stands before the word where a person is asked for a name, and not for that of a firm or a segment."""

_ASKED = pattern_of(
    r"(?<![^\W\d_])(?i:name|nom|nombre|nome|naam|имя"
    r"|nazwisko)\b[^\n?]{0,60}\?\s{1,3}(?:\[[^\]\n]{1,12}\] ?)?\w{1,16} ?[>:]\s?"
    rf"(?i:it's |it is |my name is |i'm |i am |this is )?{TITLES}({ANY_NAME})(?=[\s,.;]|\Z)"
)


_ORIENTAL_PART = pattern_of(
    r"(?:[部处處组組팀]|部[门門]|公司|[团團][队隊]|中心|客服|委[员員][会會]|부서|센터|회사|会社)\Z"
)
"""How a part of a firm is called in a script without capitals."""


def _oriental(match: re.Match[str]) -> Span | None:
    return None if _ORIENTAL_PART.search(match[1]) else match.span(1)


def _asked(match: re.Match[str]) -> Span | None:
    is_person_asked = _WHOSE.search(match.string, max(0, match.start() - 24), match.start())
    return _spoken(match) if is_person_asked else None


def _signed(match: re.Match[str]) -> Span | None:
    return match.span("name") if is_person(match, match.re.groupindex["name"]) else None


def _spoken(match: re.Match[str]) -> Span | None:
    group = match.lastindex or 1
    return match.span(group) if is_person(match, group) else None


KINDS = (
    Said("person", _INTRODUCTIONS, _INTRODUCED, _spoken),
    Said("person", ("this is",), _CALLER, _spoken),
    Said("person", (*_VALEDICTIONS, *_THANKS), _SIGNED, _signed),
    Said("person", _FIELDS, _FIELD, _spoken),
    Said("person", _ORIENTAL_FIELDS, _ORIENTAL_FIELD, _oriental),
    Said(
        "person", ("我叫", "我的名字", "我姓名", "私の名前", "제 이름", "내 이름"), _ORIENTAL_SPEAKER, _spoken
    ),
    Said("person", ("name", "nom", "nombre", "nome", "naam", "имя", "nazwisko"), _ASKED, _asked),
)
