"""Where a person lives, after a word that says so and below a name: read word by word, as far as it goes."""

import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.firms import is_firm_name
from finrisk_rules.redaction.homes import NO_PLACE, firm_has, has_street, has_street_type
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.reading import Reading, Span

_SMALL = (
    r"de|del|della|delle|dei|degli|la|las|le|les|los|l|d|da|das|do|dos|du|des|di|der|den|die|dem|am|an|auf"
    r"|im|in der"
    r"|zum|zur|bei|van|von|op|het|ten|ter|aan|na|nad|pod|u|v|the|of|y|e|et|og|och|rue|avenue|av|boulevard"
    r"|bd|place|chemin"
    r"|quai|impasse|allée|cours|route|calle|c|plaza|paseo|avenida|avda|carrer|camino|via|viale|vicolo"
    r"|piazza|corso|largo"
    r"|rua|travessa|praça|estrada|alameda|ulica|ul|al|os|pl|aleja|osiedle|nám|náměstí|utca|út|tér|u|sokak"
    r"|cadde|caddesi"
    r"|mahallesi|mah|sok|cad|str|strada|straße|strasse|gata|gate|vej|vei|jalan|jl|gang|đường|phố|улица|ул"
    r"|проспект|просп|пр-т|пр"
    r"|переулок|пер|дом|д|кв|квартира|корп|к|стр|\u0433|город|обл|наб|шоссе|бульвар|вул|буд|οδός"
)
_DOORS = (
    r"apt|apto|app|appt|apartment|flat|unit|suite|ste|floor|fl|lgh|tv|th|mf|st|sal|bus|bte|hs|bis|ter|piso"
    r"|esc|escalera|dcha|izq"
    r"|esq|dto|int|interno|scala|sc|top|stiege|tür|no|nr|n|m|lok|kat|daire|bloco|block|blk|bl|lote|casa|km"
    r"|box|cep|eircode"
    r"|postcode|zip|plz|cap|cp|d|rt|rw|kel|kec|c/o"
)
_NUMERAL = (
    r"(?:n(?:\.o|[.º°]{1,2}) ?|(?i:no|nr|d)[.:]{1,2} ?|№ ?|# ?)?"
    r"\d{1,6}(?:\.?[oa°](?:[A-Z])?(?!\w)|(?:st|nd|rd|th)\b)?[A-Za-z\u0430-я]?"
    r"(?:[-/](?:\d{1,5}[A-Za-z]?|[A-Z]\b)|-[a-z]{1,3}\b){0,4}\.?"
)
_POSTCODES = (
    r"[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?!\w)|[A-Z]\d[A-Z] \d[A-Z]\d(?!\w)|[A-Z]\d[\dW] [A-Z\d]{4}(?!\w)"
    r"|\d{3} \d{2}(?! ?\d)|\d{4} ?[A-Z]{2}(?!\w)|(?:[A-Z]{1,2}-)\d{4,5}|\d{2,5}-\d{3,4}(?!\d)"
)
_WORD = r"[^\W\d_a-zà-öø-ÿ](?<![\u0430-яα-ω])[\w'’.-]{0,30}"
_TOKEN = (
    rf"(?:{_POSTCODES}|{_NUMERAL}|{_WORD}|(?:{_SMALL})(?:\.|['’]|(?=[ ,]))"
    rf"|(?i:{_DOORS})(?:[.:](?!\w)|[.:]?(?=[ ,\d]|$)))"
)
_STEP = r"(?:[\"”“]?,? |, ?\n|\n| ?[/\u2013-] ?|(?<=['’]))"
_DOOR = (
    r"(?!(?:for|since|about|with|and|on|in|at|by|until|from|over|seit|für|vor|desde|depuis|pour|od|dla)\b)"
    r"(?:[^\W\d_]{1,10}(?:\.(?= \d)|:? ?\d{1,4}[A-Za-z]?(?=\s*(?:[,;\n)]|\.?(?:\s*\Z|\s[A-Z]))))"
    r"|[^\W\d_]{2,12}(?= \d{1,3}(?!\d)))"
)
"""A short word before a number, as the language calls a street, a floor or a door: "iela 14", "ap. 41"."""

_DWELLING = pattern_of(rf"(?:{_TOKEN}|[^\W\d_]{{1,6}}\. ?{_WORD})(?:{_STEP}(?:{_TOKEN}|{_DOOR})){{1,17}}")
_SENTENCE = pattern_of(
    r"(?<=[^\W\d_]{4})\. (?=[A-ZÀ-ÞА-Я])|\. (?=(?:He|She|It|We|I|My|They|The|His|Her|Please)\b)"
)
_LABELS = (
    "home address", "postal address", "private address", "residential address", "mailing address",
    "billing address",
    "delivery address", "shipping address", "correspondence address", "permanent address", "current address",
    "new address", "old address", "previous address", "address", "home", "residence", "resides at",
    "residing at",
    "resident at", "lives at", "lives in", "living at", "lived at", "live at", "live in", "moved to",
    "moving to",
    "relocated to", "ship to", "deliver to", "mail to", "sent to", "went to", "delivered to", "statement to",
    "cheque to", "check to", "letter to", "card to", "post to", "domiciled at", "staying at", "flat is",
    "house is",
    "she let out is", "adresse", "anschrift", "wohnanschrift", "wohnhaft", "wohnt", "wohne", "wohnen",
    "wohnsitz",
    "gemeldet", "umgezogen", "habite", "demeure", "demeurant", "domicilié", "domiciliée", "domicile",
    "réside",
    "dirección", "domicilio", "vive en", "vivo en", "reside en", "residente en", "domiciliado en",
    "domiciliada en",
    "indirizzo", "residenza", "residente in", "residente a", "abita in", "abito in", "domiciliato",
    "domiciliata",
    "endereço", "morada", "residência", "mora na", "mora no", "mora em", "moro na", "moro no", "moro em",
    "residente na", "adres", "woonadres", "woont", "woon", "woonachtig", "wonende", "zamieszkały",
    "zamieszkała",
    "mieszka", "mieszkam", "adres zamieszkania", "адрес", "проживает", "проживаю", "живёт", "живу",
    "прописан",
    "прописана", "адреса", "мешкає", "adress", "bostadsadress", "bor på", "bor i", "bosatt", "bopæl", "bopel",
    "bor", "bosted", "osoite", "kotiosoite", "asuu", "asun", "bytem", "bydliště", "bydlí", "adresa",
    "trvalý pobyt",
    "lakcím", "lakik", "lakhely", "domiciliul", "domiciliat", "ikamet", "adresi", "oturuyor", "alamat",
    "tinggal di",
    "beralamat di", "địa chỉ", "sống tại", "διεύθυνση", "κατοικία", "العنوان", "عنوان", "पता", "כתובת",
    "ที่อยู่", "lakcíme", "lakhelye", "elukoht", "elab", "dzīvesvieta", "dzīvo", "adrese", "gyvenamoji vieta",
    "gyvena", "adresas", "heimilisfang", "heimili", "locuiește", "locuiesc",
    "býr", "bydlisko", "bývá", "býva", "prebivališče", "prebivalište",
    "stanuje", "boravište", "živi u", "živi na", "naslov", "живее", "tirahan", "nakatira sa", "anwani",
    "vivienda sita en", "morador na", "moradora na", "morador em", "reside na", "reside no", "domiciliado na",
    "domiciliada na", "domiciliado em", "zam", "zameldowany", "zameldowana", "adres korespondencyjny",
    "ingeschreven op", "verhuisd naar", "проживающий", "проживающая", "зарегистрирован", "зарегистрирована",
    "место жительства", "домашний адрес", "postanschrift", "meldeadresse", "lieferadresse", "wohnort",
    "zugezogen", "adresim",
    "ev adresi", "ikametgah", "hjemmeadresse", "κατοικεί", "μένω", "μένει", "живёт", "мекенжай",
)  # fmt: skip
_MORE = r"(?: (?!is |was |ist |to |at |in )[^\W\d_]{2,12}){1,3}(?= ?[:=]| (?:is|ist|est|es|è) )"
"""Words between the one for an address and the sign: "home address on file is", "address of the client:"."""

_LIVES = pattern_of(
    rf"{BEGIN}(?i:{one_of(_LABELS)})(?![^\W\d_])(?P<more>{_MORE})?"
    r"(?: ?[:=] ?[\n\"“„]?| (?:is|was|lautet|ist|est|es|è|é|er|är|on|to) )?"
    r"(?: ?(?:now|to|at|in|na|nell[ao]|en|à|au|op|aan|på|i|v|ve|em|no|di|a|на|в|по|\u0443|στην?|στο"
    r"|ul|адресу|nach|naar|adresem"
    r"|unter|der|die|dem|den|de|het|the|la|el|przy|pe|osoitteessa|adresi)\b){0,3}[ \n:\"“„]{0,2}"
)
_SENDS = tuple(
    f"{verb}{end}"
    for verb in ("send", "forward", "mail", "post", "ship", "deliver", "courier", "redirect")
    for end in ("", "s", "ed", "ing")
)
_SENT = pattern_of(
    rf"{BEGIN}(?i:{one_of(_SENDS)})(?P<more>(?: [a-z]{{1,12}}){{1,5}}?) to"
    rf"(?: (?:my|her|his|their|our) (?:new )?(?:house|home|flat|place|address),?:?)? "
)
_STRICT = pattern_of(
    r"(?i)(?:moved|moving|relocated|ship|deliver|mail|sent|went|statement|cheque|check|letter|card|post"
    r"|house|flat|she let"
    r"|home\b(?! address)|domicile|residence|staying|umgezogen"
    r"|zugezogen|gemeldet|zam|ingeschr|verhuisd|morador|vivienda|зарегистр|bor\b|lives?|living|lived|vive|viv"
    r"|woon|asu|mieszk|жив|прожив|elab|dzīvo|gyvena|býr|bývá|býva|stanuje|živi|naslov|nakatira|μέν|κατοικεί)"
)
_BARE = pattern_of(
    r"(?i)(?:address|adresse?|dirección|indirizzo|endereço|morada|адрес|adres|osoite|adresa|alamat|home)\b"
)
_TRIM = pattern_of(
    r"(?:[ ,\n]+(?:in|de|the|of|am|an|auf|at|on|la|le|na|v|e|y|et|og|och|do|da|d|c|u|m|n|no))+\Z"
)
_DIGITS = pattern_of(r"\d")
_TOWN = pattern_of(
    r"[^\W\d_]{2}\.? \d{1,4}[A-Za-z]?(?:[-/. ]{1,2}\w{1,4}){0,2}, ?(?:[A-Z]{1,2}-)?\d{3,6}(?:[ -]\d{2,4})?"
    r" [^\W\d_a-zß-öø-ÿ]"
)
"""A word and the number of a house, the code and a town."""

_FIRM_BEFORE = 70


def _extent(match: re.Match[str]) -> Span | None:
    """The words of an address that begin where a match ends, before the next sentence and what leads on."""
    text = match.string
    home = _DWELLING.match(text, match.end())
    if home is None:
        return None
    start, end = home.span()
    cut = _SENTENCE.search(text, start, end)
    end = cut.start() if cut else end
    trimmed = _TRIM.search(text, start, end)
    end = trimmed.start() if trimmed else end
    return start, start + len(text[start:end].rstrip(" ,.-/\n"))


def _dwelling(match: re.Match[str]) -> Span | None:
    """The words of an address, with a number, and a street or a code where the word before says less."""
    if (span := _extent(match)) is None:
        return None
    home = match.string[slice(*span)]
    if not _DIGITS.search(home) or NO_PLACE.match(home) or not re.search(r"[^\W\d_]{3}", home):
        return None
    head = match[0]
    needs_street = match["more"] or _STRICT.match(head) or (_BARE.match(head) and ":" not in head)
    if needs_street and not has_street(home) and (match["more"] or not _TOWN.search(home)):
        return None
    return None if firm_has(match.string, match.start(), span[1]) else span


def _sent(match: re.Match[str]) -> Span | None:
    """Where something is sent, unless the first words are the name of a firm that gets it."""
    span = _dwelling(match)
    recipient = match.string[slice(*span)].partition(",")[0] if span else ""
    return None if not _DIGITS.search(recipient) and is_firm_name(recipient) else span


_PERSON_LINE = pattern_of(r"(?m)^[ \t>*]{0,4}(?:[\w.]{1,8} )?\[person_\d+\],?\n")
_LINE = pattern_of(rf"{_TOKEN}(?: ?,? {_TOKEN}){{0,7}},?(?=\n|\Z)")
_MOST_LINES = 5


def _below(reading: Reading) -> Iterator[Span]:
    """The lines below a name, where they have a number and a street; the first has two words."""
    text = reading.text
    for person in _PERSON_LINE.finditer(text):
        start = end = person.end()
        for line in range(_MOST_LINES):
            words = _LINE.match(text, end + (line > 0))
            if words is None:
                break
            end = words.end()
        home = text[start:end]
        if " " in home.partition("\n")[0] and has_street(home) and _DIGITS.search(home):
            yield start, end


_BESIDE = pattern_of(r"\[person_\d+\](?:,| of| from| at| -| \(|;|:)* ")


def _beside(reading: Reading) -> Iterator[Span]:
    """What follows a name, where it is a number and a street."""
    for match in _BESIDE.finditer(reading.text):
        span = _extent(match)
        home = reading.text[slice(*span)] if span else ""
        is_home = has_street_type(home) and _DIGITS.search(home) and not NO_PLACE.match(home)
        if span and is_home and not firm_has(reading.text, match.start(), span[1]):
            yield span


def _has_person(reading: Reading) -> bool:
    return "[person_" in reading.text


KINDS = (
    Said("address", _LABELS, _LIVES, _dwelling),
    Said("address", _SENDS, _SENT, _sent),
    Seen("address", _has_person, _below),
    Seen("address", _has_person, _beside),
)
