"""Where a person lives."""

import re
from collections.abc import Iterable, Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.kinds import Said, Seen, numbered
from finrisk_rules.redaction.reading import Reading, Span

_WORD = r"[^\W\d_][\w'’.-]{0,30}"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![A-Za-z\d])"
_STREET = (
    rf"(?:\d{{1,6}}(?:/\d{{1,4}})?[A-Za-z]?,? (?:{_WORD} ){{0,4}}{_WORD}"
    rf"|(?:{_WORD} ){{0,4}}{_WORD},? \d{{1,5}}[a-z]?)"
    rf"(?:,? {_POSTCODE}|, [A-Z#]{_WORD}(?: (?!{_POSTCODE})[A-Z]{_WORD}){{0,2}}"
    rf"|, \d{{4,6}}(?:-\d{{3,4}})?(?: [A-Z]{{2}})? [A-ZÀ-ÞĀ-ŽА-Я]{_WORD}"
    rf"|,? #? ?\d{{1,6}}(?:-\d{{3,4}}|[A-Za-z])?(?!\w|[,.]\d)"
    rf"|,? [A-Z]\d[A-Z] \d[A-Z]\d(?!\w)|,? [A-Z]{{2,3}}(?![\w])){{0,6}}"
)
_ADDRESS = pattern_of(
    r"(?<![^\W\d_])(?i:liv(?:es|ing) (?:at|in)|resid(?:es|ing|ent) (?:at|in)|(?:home|postal|private"
    r"|residential|mailing|billing) address"
    r"|property (?:located )?at|domiciled (?:at|in)|wohnhaft(?: in)?|wohnt in|anschrift|domicilié à"
    r"|demeurant|adresse personnelle"
    r"|domicilio|dirección|residente en|endereço|residente (?:a|em)|indirizzo|woonachtig|woont|wonende"
    r"|zamieszkał[ya]"
    r"|проживает по адресу|адрес)"
    rf"(?: is| ist| est| es| è| é| op| aan| in)?(?: de| het)?[ :,]{{1,3}}({_STREET})"
)
_SLAVIC = pattern_of(
    r"(?i:ул|улица|вул|вулиця|просп|проспект|пер|переулок|наб|шоссе|бульвар|площадь)\b\.? ?[^,\n\d]{2,40},"
    r" ?(?:(?i:дом|буд|будинок|\u0434)\.? ?)?\d{1,4}\w?"
    r"(?:, ?(?i:корп|стр|\u043a|(?P<flat>кв|квартира))\.? ?\d{1,4}){0,3}"
)
_SLAVIC_TOWN = pattern_of(r"(?:(?:\b\w{1,5}\. ?)?[\u0410-\u042f\u0406\u0407\u0404][\w-]{1,30}, ?)\Z")
_LIVES = pattern_of(r"(?i)прожив|прописан|жив[её][емт]|живу|зарегистрирован|мешка|мой адрес|домашний адрес")

NO_PLACE = pattern_of(
    r"(?i)(?:section|note|item|part|chapter|page|table|figure|article|stage|level|tier|step|phase|version"
    r"|band|grade|bucket|book|desk|rack|bank|regulation|directive|basel|class|tranche|series"
    r"|scenario)s? (?:no\.? )?\d"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec)"
)
_STREETS = pattern_of(
    r"\b(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace"
    r"|Square|Parkway|Pkwy|Circle)\b"
)
_TYPES = (
    "Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Square"
    "|Parkway|Pkwy"
    "|Circle|Crescent|Close|Mews|Gardens|Grove|Hill|Row|Walk|Trail|Highway|Hwy|Loop|Rise|Green|Quay"
    "|Park|View"
)
_FOREIGN_TYPES = (
    "rue|avenue|boulevard|place|chemin|quai|impasse|allée|calle|plaza|paseo|avenida|carrer|via|viale"
    "|piazza|corso"
    "|largo|rua|travessa|praça|ulica|ul|aleja|улица|ул"
)
_SUFFIXES = (
    r"straße|strasse|str\.|allee|weg|platz|gasse|damm|ufer|gracht|straat|laan|plein|kade|gatan|vägen|gade"
    r"|gata|veien|vegen"
    r"|vej|vei|katu|allé|hof|dijk|steig"
)
_STREET_TYPE = pattern_of(rf"(?i)(?:{_TYPES})(?![^\W\d_])")
_ANY_TYPE = pattern_of(rf"(?i)\b(?:{_TYPES}|{_FOREIGN_TYPES})\b|(?:{_SUFFIXES})(?![^\W\d_])")
_HOUSE = r"\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}){0,3}(?:[ -]?(?:bis|ter)\b)?"
_DOOR = r"(?:Flat|Apt|Apartment|Unit|Suite|Ste|Floor|#)\.? ?\w{1,6}"
_TOWN_WORD = r"(?:Ste?\. )?[A-ZÀ-ÞĀ-ŽА-Я][\w'’-]{1,30}"
_TOWN = rf"{_TOWN_WORD}(?: {_TOWN_WORD}){{0,2}}"
_PLACE = pattern_of(
    rf"(?<![\w.,$€£-])(?:{_DOOR},? )?{_HOUSE},? (?:[A-Z][\w'’.-]{{0,30}} ){{1,4}}(?:{_TYPES})\b\.?(?:,?"
    rf" {_DOOR})?,? {_TOWN}"
    rf"(?:,? (?:[A-Z]{{2}},? \d{{5}}(?:-\d{{4}})?|{_POSTCODE})|, {_TOWN_WORD}(?: {_TOWN_WORD})? "
    rf"\d{{5}})(?!\w)"
)
"""A house, a street, a town, and the state and code of the USA or the code of the United Kingdom."""

_CONTINENTAL = pattern_of(
    rf"(?<!\w)(?:(?i:(?:{_FOREIGN_TYPES})\b\.?) (?:{_WORD} ){{0,4}}{_WORD},? (?:n[.º°]+ ?)?{_HOUSE}"
    rf"|{_HOUSE},? (?i:(?:{_FOREIGN_TYPES})\b\.?) (?:{_WORD} ){{0,4}}{_WORD}"
    rf"|[A-ZÀ-Þ](?:[\w'’-]{{0,30}}| (?=[A-ZÀ-Þ])){{1,3}}(?i:{_SUFFIXES}) {_HOUSE}(?: lgh \d{{1,5}})?)"
    rf"(?:, [^\s,]{{1,4}}(?: [^\s,]{{1,4}})?)?,? (?:[A-Z]{{1,2}}-)?(?:\d{{5}}|\d{{2}}-\d{{3}}"
    rf"|\d{{4}} ?[A-Z]{{2}}|\d{{3}} \d{{2}}|\d{{4}}) {_TOWN}"
)
"""A street of a type that is named, a house, a code and a town."""

_OF_A_FIRM = pattern_of(
    r"(?i)\b(?:(?:registered|statutory|corporate|company|business) (?:office|address|seat)|offices?"
    r"|headquarter\w*|facilit\w+|plants?|stores?|branch\w*|buildings?|warehouses?"
    r"|premises|sitz|siège|refiner\w+|mills?|mines?|factor(?:y|ies)|cent(?:er|re)s?|campus|terminals?|hotels?"
    r"|attn|attention|secretary|relations|werk\w*|fabrik\w*|usines?|bureaux|planta|fábrica|oficinas?|social"
    r"|stabilimento|fabbrica|fabriek|kantoor\w*|fabryka|zakład\w*|siedziba"
    r"|sede|zetel)\b"
)
_FIRM_BESIDE = pattern_of(
    r"\b(?:Inc|Corp|Corporation|Company|LLC|L\.?P|Ltd|Limited|plc|PLC|GmbH|AG|SE|N\.?V|S\.?A|Registrant)\b"
    r"[^\n;]{0,24}\Z"
)
_FIRM_AFTER = pattern_of(
    r"(?i)(?:[^.;\n]|\.\d){0,40}\b(?:offices?|square (?:feet|met)|headquarter\w*|tenants?|registrant)"
)
"""Words of a firm right before and after an address: its name, and what the place is."""

_CODE = pattern_of(
    r"\d(?:\d{4}(?!\d)(?:(?<=[A-Z] .{5})|(?<=[A-Z], .{5})|(?= [^\W\d_a-z]))|\d-\d{3} [^\W\d_a-z])"
)
_LETTERED_CODE = pattern_of(r"\d[A-Z]{2}(?![A-Za-z\d])")
"""Where the code of an address may stand."""

_BEFORE, _AFTER, _FIRM_BEFORE = 160, 80, 60
"""Characters of an address before and after its code, and of the words before it."""


def _windows(places: Iterable[Span]) -> list[Span]:
    """What is around codes, joined where it overlaps."""
    windows: list[Span] = []
    for place in places:
        start, end = max(0, place[0] - _BEFORE), place[1] + _AFTER
        if windows and start <= windows[-1][1]:
            start = windows.pop()[0]
        windows.append((start, end))
    return windows


def _coded(reading: Reading) -> Iterator[Span]:
    """Addresses with a code of five digits."""
    text = reading.text.replace("\n", " ")
    codes = (code.span() for digits in reading.digits for code in _CODE.finditer(text, *digits))
    for window in _windows(codes):
        yield from _homes(text, *window)


_SHORT_CODE = pattern_of(r"[,\n] ?(?:[A-Z]{1,2}-)?(?:\d{4}|\d{3} \d\d) [A-ZÀ-Þ][a-zà-ÿ]")
"""The code of four digits, or of three and two, of a town of the north or the Alps."""


def _may_have_short_code(reading: Reading) -> bool:
    """Whether a text has one, and is of a language or a form in which addresses are written so."""
    is_english = "the" in reading.stems and "\n" not in reading.text
    return not is_english and _SHORT_CODE.search(reading.text) is not None


def _short_coded(reading: Reading) -> Iterator[Span]:
    text = reading.text.replace("\n", " ")
    for window in _windows(code.span() for code in _SHORT_CODE.finditer(reading.text)):
        yield from _homes(text, *window)


def _lettered(street: re.Match[str]) -> Span | None:
    """The address of a street that has a code with letters."""
    text, start, end = street.string.replace("\n", " "), *street.span()
    if not _LETTERED_CODE.search(text, end, end + _AFTER):
        return None
    homes = _homes(text, max(0, start - _AFTER), end + _AFTER)
    return next((home for home in homes if home[0] <= start < home[1]), None)


def _homes(text: str, start: int, end: int) -> Iterator[Span]:
    """The addresses in a part of a text, but those of which a word beside them says that a firm has them."""
    for pattern in (_PLACE, _CONTINENTAL):
        for match in pattern.finditer(text, start, end):
            first, last = match.span()
            before = max(0, first - _FIRM_BEFORE), first
            of_a_firm = _OF_A_FIRM.search(text, *before) or _FIRM_BESIDE.search(text, *before)
            if not (of_a_firm or _FIRM_AFTER.match(text, last, last + _FIRM_BEFORE)):
                yield first, last


_OF_OURS = pattern_of(
    r"(?i)(?:\b(?:company|registrant|corporation|bank|firm|issuer|partnership|trust|fund)['’]s |\bour )\Z"
)
"""Whose address is that of a firm, in a filing."""


def _address(match: re.Match[str]) -> Span | None:
    if NO_PLACE.match(match[1]) or (match[0][:8].lower() == "property" and not _STREETS.search(match[1])):
        return None
    before = match.string[max(0, match.start() - _FIRM_BEFORE) : match.start()]
    if match[1].islower() and not _ANY_TYPE.search(match[1]):
        return None
    if match[0][:1].islower() and _OF_OURS.search(before) and not match[0].lower().startswith("home"):
        return None
    start, end = match.span(1)
    return start, _address_end(match.string, start, end)


def _address_end(text: str, start: int, end: int) -> int:
    """Where an address ends: at its last number or capitalised word, before the sentence goes on."""
    words = list(re.finditer(r"[\w'’.#-]+", text[start:end]))
    while (
        len(words) > 2
        and words[-1][0][0].islower()
        and not re.search(r"\d|stra(?:ß|ss)e|gasse|weg|platz", words[-1][0])
    ):
        words.pop()
    last = words[-1]
    return start + last.end() - (last[0].endswith(".") and last.end() == len(text[start:end]))


def _slavic(match: re.Match[str]) -> Span | None:
    """A street with a flat, or of one who lives there, and the town before it."""
    start = match.start()
    if not (match["flat"] or _LIVES.search(match.string, max(0, start - _FIRM_BEFORE), start)):
        return None
    town = _SLAVIC_TOWN.search(match.string, max(0, start - _FIRM_BEFORE), start)
    return (town.start() if town else start), match.end()


_CODED = pattern_of(
    rf"{_POSTCODE}|(?<!\d)\d{{5}}(?:-\d{{4}})?(?!\d)|\b[A-Z]\d[A-Z] \d[A-Z]\d\b|\b[A-Z]\d[\dW] [A-Z\d]{{4}}\b"
    r"|\b\d{4} ?[A-Z]{2}\b|\b\d{2}-\d{3}\b|[,\n] ?(?:[A-Z]{1,2}-)?\d{3} ?\d{1,2} [^\W\d_a-zß-öø-ÿ]"
    r"|[^\W\d_] \d{6}(?!\d)|\b[A-Z]{2,3} "
    r"\d{4}\b"
)
_STREETLIKE = pattern_of(
    rf"(?i)(?<![^\W\d_])(?:{_TYPES}|{_FOREIGN_TYPES}|brae|vale|p\.? ?o\.? box|cottage|house|flat|cross"
    r"|marg|avda|av|c(?=/)|bulvar\w{0,3}|al(?=\.)|os(?=\.)|пр-т|проезд|résidence|nagar|layout|katu"
    r"|utca|út|tér|sokak|sok|cadde\w*|cad|mah\w*|jalan|jl|strada|str|náměstí|nám|вул|просп\w*|переулок"
    r"|đường|phố|iela|gatvė|mnt|cesta|trg|бул|רחוב|שדרות|شارع|طريق)(?![^\W\d_])"
    rf"|(?:{_SUFFIXES}|gata|veien|vägen|vegen|vej|vei|gate|gade|katu|tie|kuja|polku|stra(?:ß|ss)e|allé"
    rf"|straße|steeg|hof|dijk|pad|ring|steig"
    r"|markt|berg|feld|park)(?![^\W\d_])"
)


def has_street_type(home: str) -> bool:
    """Whether a word of an address is that for a kind of street, of any language."""
    return _STREETLIKE.search(home) is not None


def has_street(home: str) -> bool:
    """Whether words of an address have a kind of street, a code or a box in them."""
    return has_street_type(home) or _CODED.search(home) is not None


def firm_has(text: str, start: int, end: int) -> bool:
    """Whether words right before or after an address say that a firm has it."""
    before = max(0, start - _FIRM_BEFORE), start
    return bool(
        _OF_A_FIRM.search(text, *before)
        or _FIRM_BESIDE.search(text, *before)
        or _OF_OURS.search(text, *before)
        or _FIRM_AFTER.match(text, end, end + _FIRM_BEFORE)
    )


_SLAVIC_BEGINNINGS = (
    "ул", "улица", "вул", "вулиця", "просп", "проспект", "пер", "переулок", "наб", "шоссе", "бульвар",
    "площадь",
)  # fmt: skip
_ADDRESS_BEGINNINGS = (
    "lives", "living", "resid", "home address", "postal address", "private address", "mailing address",
    "billing address",
    "property", "domicil", "wohnhaft", "wohnt", "anschrift", "demeurant", "adresse", "direcci", "endere",
    "indirizzo", "woonachtig", "woont", "wonende",
    "zamieszk", "проживает", "адрес",
)  # fmt: skip
KINDS = (
    Said("address", _SLAVIC_BEGINNINGS, _SLAVIC, _slavic),
    numbered("address", _coded),
    Seen("address", _may_have_short_code, _short_coded),
    Said("address", tuple(_TYPES.lower().split("|")), _STREET_TYPE, _lettered),
    Said("address", _ADDRESS_BEGINNINGS, _ADDRESS, _address),
)
