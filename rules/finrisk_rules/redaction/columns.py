"""Identifiers in a column whose head names their kind: tables, comma-separated rows, columns of blanks."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.kinds import Several
from finrisk_rules.redaction.persons import FULL_NAME, NAME, is_person
from finrisk_rules.redaction.reading import STEM, Reading, Span
from finrisk_rules.spelling import folded


def _stem(head: str) -> str:
    return re.split(r"[\W_]", head)[0][:STEM]


_NUMBER = r"[A-Z]{0,4}\d(?:[ ./-]?\d){4,20}[A-Z]?"
_VALUES = {
    "ssn": (r"\d{3}[ .-]?\d{2}[ .-]?\d{4}", "ssn|social security number|social security"),
    "birth_date": (
        r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}\.? [^\W\d_]{3,12}\.? \d{4}|[^\W\d_]{3,12} \d{1,2}, \d{4}",
        "dob|date of birth|birth date|birthdate|birthday|born|geburtsdatum|geboren|date de naissance"
        "|fecha de nacimiento|data di nascita|data de nascimento|geboortedatum|data urodzenia"
        "|дата рождения",
    ),
    "routing": (
        r"\d{9}|\d{2}[ -]\d{2}[ -]\d{2}|\d{6,8}",
        "routing|routing number|aba|sort code|bsb|blz|bankleitzahl",
    ),
    "account": (
        r"\d(?:[ -]?\d){5,19}",
        "account|account number|account no|acct|acct no|konto|kontonummer|compte|cuenta|conto|conta|rekening",
    ),
    "phone": (
        r"\+\d[\d ()./-]{6,18}|\(?0[\d ()./-]{7,16}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}",
        "phone|telephone|tel|mobile|cell|fax|phone number|mobile number|telefon|téléphone|telefono"
        "|teléfono|telefone"
        "|telefoon|телефон",
    ),
    "passport": (
        rf"{_NUMBER}|[A-Z\d]{{7,10}}",
        "passport|passport number|passport no|reisepass|passeport|pasaporte",
    ),
    "national_id": (
        _NUMBER,
        "national id|id number|id no|tax id|tin|nif|dni|nie|cpf|pesel|bsn|aadhaar|sin|nino|steuer-id"
        "|codice fiscale",
    ),
    "secret_key": (
        r"\S{6,80}",
        "password|passwort|pwd|passwd|secret|api key|apikey|token|contraseña|mot de passe|senha",
    ),
    "person": (
        rf"{FULL_NAME}|{NAME}",
        "name|full name|customer|customer name|client|client name|borrower|borrower name|holder"
        "|account holder|payee|first name|last name|given name|family name|surname|forename|first_name"
        "|last_name|firstname|lastname"
        "|given_name|family_name|full_name|vorname|nachname|prénom|apellido|apellidos|cognome|voornaam"
        "|achternaam"
        "|förnamn|efternamn|nazwisko|имя|фамилия"
        "|employee|contact|contact person|beneficiary|owner|kunde|nom|nombre|nome|naam|имя|фио",
    ),
}
"""By kind: how a value is written, and the words of a head."""

_PERSON = "person"
_ELSEWHERE = dict.fromkeys(("e-mail", "email", "mail", "iban", "card", "card number"), "elsewhere")
"""Heads of kinds that are proved wherever they stand."""

_OF_FIGURES = frozenset(
    "aba account acct cell compte conta conto cuenta dni konto mobile nie routing secret sin tin"
    " token".split()
)
"""Heads that tables of figures have too, as accounts, segments or metals: they count beside another one."""

_PARTED = (
    "first name|last name|given name|family name|surname|forename|first_name|last_name|firstname|lastname"
    "|given_name|family_name|full_name|vorname|nachname|prénom|apellido|apellidos|cognome|voornaam"
    "|achternaam|förnamn|efternamn|nazwisko|имя|фамилия"
)
_OF_ONE = frozenset(map(folded, _PARTED.split("|")))
"""Heads that only persons have."""

_FIGURE = pattern_of(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_PATTERNS = {kind: pattern_of(value) for kind, (value, _) in _VALUES.items()}
_WORDED = {head: kind for kind, (_, heads) in _VALUES.items() for head in heads.split("|")} | _ELSEWHERE
_HEADS = {folded(head): kind for head, kind in _WORDED.items()}
_UNSPELLED = [head for head in _HEADS if head not in _WORDED]
"""Heads that are known by their folded form alone."""
_STEMS: Mapping[str, list[str]] = {
    stem: [head for head in _WORDED if _stem(head) == stem] for stem in map(_stem, _WORDED)
}
_SEPARATORS = {
    "|": pattern_of(r"[^|]+"),
    "\t": pattern_of(r"[^\t]+"),
    ";": pattern_of(r"[^;]+"),
    ",": pattern_of(r"[^,]+"),
    "  ": pattern_of(r"\S+(?: \S+)*"),
}
"""What stands between cells, and a pattern of what does not; commas before blanks: a line may have both."""

_LINE = pattern_of(r"[^\n]+")
_RULE = pattern_of(r"[\s|:+=-]*")
_DRAWN = pattern_of(r"(?=.*\d)|(?=.*[^\w.-])")


@dataclass(frozen=True)
class _Table:
    """How the lines under a head are cut into cells, and the kinds of some columns."""

    cell: re.Pattern[str]
    width: int
    kinds: Mapping[int, str]


def columns(reading: Reading) -> Sequence[tuple[Span, str]]:
    """Where a cell under a head that names a kind is written like one of it, and the kind."""
    tops = _tops(reading)
    found: list[tuple[Span, str]] = []
    table = None
    for line in _LINE.finditer(reading.text, min(tops)) if tops else ():
        if table and _RULE.fullmatch(line[0]):
            continue
        if line.start() in tops and (headed := _headed(line)):
            table = headed
        elif table:
            cells = _cells(table.cell, line)
            if len(cells) != table.width:
                table = None
                continue
            found += [
                (cells[at], kind)
                for at, kind in table.kinds.items()
                if _is_written(kind, reading.text[slice(*cells[at])])
            ]
    return found


def _tops(reading: Reading) -> set[int]:
    """Where lines begin that have a word of a head, if the text has one that identifies."""
    lower = reading.lower
    tops: set[int] = set()
    heads = [head for stem in _STEMS.keys() & reading.stems for head in _STEMS[stem] if head in lower]
    if "\n" not in lower or all(_WORDED[head] == _PERSON and folded(head) not in _OF_ONE for head in heads):
        return tops
    if lower.isascii() and _OF_FIGURES.issuperset(heads) and not any(head in lower for head in _UNSPELLED):
        return tops
    for head in heads:
        place = lower.find(head)
        while place >= 0:
            tops.add(lower.rfind("\n", 0, place) + 1)
            place = lower.find(head, max(place + 1, lower.find("\n", place)))
    return tops


def _headed(line: re.Match[str]) -> _Table | None:
    """The table that a line is the head of."""
    for sign, cell in _SEPARATORS.items():
        cells = _cells(cell, line) if sign in line[0] else []
        if len(cells) > 1 and (kinds := _kinds([folded(line.string[slice(*each)]) for each in cells])):
            return _Table(cell, len(cells), kinds)
    return None


def _kinds(heads: Sequence[str]) -> Mapping[int, str]:
    bare = [head.strip(" .:#") for head in heads]
    named = {at: kind for at, head in enumerate(bare) if (kind := _HEADS.get(head))}
    if all(kind == _PERSON for kind in named.values()) and not any(
        bare[at] in _OF_ONE for at in named
    ):  # officers of a filing have names, ages and offices
        return {}
    if all(bare[at] in _OF_FIGURES for at in named):
        return {}
    return {at: kind for at, kind in named.items() if kind in _VALUES}


def _cells(cell: re.Pattern[str], line: re.Match[str]) -> list[Span]:
    """The cells of a line without the blanks and quotes around them."""
    spans = []
    for match in cell.finditer(line.string, *line.span()):
        if bare := match[0].strip(" \"'`*"):
            start = match.start() + match[0].index(bare)
            spans.append((start, start + len(bare)))
    return spans


def _is_written(kind: str, value: str) -> bool:
    written = _PATTERNS[kind].fullmatch(value)
    if not written or _FIGURE.fullmatch(value):
        return False
    if kind == _PERSON:
        return is_person(written, 0)
    return kind != "secret_key" or bool(_DRAWN.match(value))


KINDS = (Several(tuple(_VALUES), lambda reading: "\n" in reading.text, columns),)
