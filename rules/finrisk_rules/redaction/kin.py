"""Names of relatives, and those with a father's name in them."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.persons import ANY_NAME, NAME, is_officer, is_person, named_before
from finrisk_rules.redaction.reading import STEM, Reading, Span

_KIN = (
    "mother", "father", "mum", "mom", "dad", "sister", "brother", "son", "daughter", "wife", "husband",
    "spouse",
    "uncle", "aunt", "cousin", "nephew", "niece", "grandmother", "grandfather", "grandson", "granddaughter",
    "widow", "widower", "fiancé", "fiancée", "stepson", "stepdaughter", "stepfather", "stepmother",
    "neighbour",
    "neighbor", "girlfriend", "boyfriend", "mutter", "vater", "schwester", "bruder", "sohn", "tochter",
    "frau",
    "ehefrau", "ehemann", "mann", "gatte", "gattin", "witwe", "witwer", "neffe", "nichte", "onkel", "tante",
    "mère", "père", "soeur", "sœur", "frère", "fils", "fille", "épouse", "époux", "mari", "femme", "veuve",
    "madre", "padre", "hermana", "hermano", "hijo", "hija", "esposa", "esposo", "marido", "viuda", "sorella",
    "fratello", "figlio", "figlia", "moglie", "marito", "vedova", "mãe", "pai", "irmã", "irmão", "filho",
    "filha",
    "mulher", "moeder", "vader", "zus", "broer", "zoon", "dochter", "vrouw", "echtgenoot", "echtgenote",
    "matka",
    "ojciec", "siostra", "brat", "syn", "córka", "żona", "mąż", "мать", "отец", "сестра", "брат", "сын",
    "дочь",
    "жена", "муж", "syster", "bror", "dotter", "fru", "hustru", "søster", "sønn", "søn", "datter", "kone",
)  # fmt: skip
_KINDRED = pattern_of(rf"{BEGIN}(?i:{one_of(_KIN)})(?![^\W\d_])(?:,|:)? ({ANY_NAME})")
_OF_ONE = pattern_of(
    r"(?i)(?:\b(?:my|his|her|their|your|late|meine?[rmn]?|seine?[rmn]?|ihre?[rmn]?|ma|mon|sa|son|leur|mi|su"
    r"|mia|mio|sua"
    r"|suo|minha|meu|seu|mijn|zijn|haar|moj[aą]?|mój|jego|jej|моя|мой|\u0435\u0433\u043e|её|\u0435\u0435"
    r"|min|mitt|hans|hennes|hendes)|\w{2}['’]s) \Z"
)


def _kindred(match: re.Match[str]) -> Span | None:
    """The name of a relative of one who is spoken of."""
    if not _OF_ONE.search(match.string, max(0, match.start() - 12), match.start()):
        return None
    return match.span(1) if is_person(match) else None


_WHO_IS = pattern_of(r"(?:,| \()(?: (?:the|an?|my|his|her|their|die|der|la|le|el|il))? ?\Z")
_RELATED = (
    *_KIN,
    "verstorben",
    "deceased",
    "died",
    "décédé",
    "fallecid",
    "decedut",
    "falecid",
    "overleden",
    "zmarł",
    "умер",
    "avliden",
)
_RELATIVE = pattern_of(
    rf"{BEGIN}(?i:{one_of(_RELATED)})(?:(?<=\w{{{STEM}}})\w{{0,2}})?"
    r"(?=[),.;]| (?:of|von|de|des|du|di|da|do|van|der|am|le|el|il"
    rf"|on|op|in|and)\b|\Z)"
)


def _relative(match: re.Match[str]) -> Span | None:
    """The name before a word for a relative, or for one who died: "Jane Roe (niece of the depositor)"."""
    name = named_before(match, _WHO_IS)
    return name.span(1) if name and not is_officer(match.string, *name.span(1)) else None


_PATRONYMIC = pattern_of(
    rf"(?<!\w)(?:[\u0410-ЯЁ][\u0430-яё]+ )?[\u0410-ЯЁ][\u0430-яё]+ [\u0410-ЯЁ][\u0430-яё]{{2,}}(?:ович|евич"
    rf"|ьич|овна|евна|ична)(?:[ауеы]|ем|ой)?(?!\w)"
    r"(?: [\u0410-ЯЁ][\u0430-яё]+)?"
    r"|(?<!\w)(?:[\u0410-ЯЁІЇЄ][\u0430-яёіїє']+ )?[\u0410-ЯІЇЄ][\u0430-яіїє']+ "
    r"[\u0410-ЯІЇЄ][\u0430-яіїє']{2,}(?:йович|івна|ївна)(?!\w)"
    rf"|(?<!\w){NAME} [A-Z][a-z]{{2,}}(?:ovich|evich|ovna|evna) {NAME}"
)
"""A father's name as the language of Russia, Ukraine and their neighbours makes it."""


def _patronymics(reading: Reading) -> list[Span]:
    text = reading.text
    return [match.span() for match in _PATRONYMIC.finditer(text) if not is_officer(text, *match.span())]


def _may_have_fathers_name(reading: Reading) -> bool:
    lower = reading.lower
    return bool(
        reading.signs and ("вич" in lower or "вна" in lower or "ьич" in lower or "ична" in lower)
    ) or ("vich " in lower or "vna " in lower)


KINDS = (
    Said("person", _KIN, _KINDRED, _kindred),
    Said("person", _RELATED, _RELATIVE, _relative),
    Seen("person", _may_have_fathers_name, _patronymics),
)
