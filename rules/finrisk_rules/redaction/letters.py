"""Names in letters: whom one greets, who signs, who says who he is, and one's family."""

import re
from collections.abc import Iterator

from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.persons import (
    FULL_NAME,
    INITIALS,
    NAME,
    PARTICLE,
    TITLE,
    is_office,
    is_officer,
    is_person,
)
from finrisk_rules.redaction.reading import STEM, Reading, Span
from finrisk_rules.spelling import folded

_TITLES = rf"(?:(?:{TITLE}|Dr|Prof)\.? )*"
_ANY_NAME = (
    rf"(?:{INITIALS})?(?:{PARTICLE} ){{0,2}}{NAME}(?: (?:[A-Z]\.|(?:{PARTICLE} ){{0,2}}{NAME})){{0,3}}"
)

_GREETINGS = (
    "dear", "hi", "hello", "hey", "morning", "good morning", "good afternoon", "good evening", "greetings",
    "hallo", "liebe", "lieber", "sehr geehrte", "guten tag", "guten morgen", "guten abend", "moin", "servus",
    "bonjour", "bonsoir", "cher", "chère", "salut", "hola", "estimado", "estimada", "querido", "querida",
    "apreciado", "apreciada", "buenos días", "buenas tardes", "gentile", "egregio", "caro", "cara", "ciao",
    "buongiorno", "buonasera", "salve", "prezado", "prezada", "olá", "ola", "bom dia", "boa tarde", "beste",
    "geachte", "dag", "hoi", "goedemorgen", "goedemiddag", "drogi", "droga", "szanowny", "szanowna", "cześć",
    "witaj", "dzień dobry", "уважаемый", "уважаемая", "дорогой", "дорогая", "здравствуйте", "добрый день",
    "привет", "шановний", "шановна", "hej", "hejsan", "bästa", "bäste", "kära", "käre", "kære", "kjære",
    "hei",
    "hyvä", "arvoisa", "sevgili", "merhaba", "say\u0131n", "sayin",
    "dobrý den", "vážený", "vážená", "milý", "milá",
    "αξιότιμε", "αξιότιμη", "kedves", "tisztelt", "stimate", "stimată", "dragă", "bună ziua", "αγαπητέ",
    "αγαπητή",
)  # fmt: skip
_GREETED = re.compile(
    rf"{BEGIN}(?i:{one_of(_GREETINGS)})(?:(?<=\w{{{STEM}}})[rn])?,? "
    rf"(?:(?:{TITLE}|Dr|Prof)\.? ){{0,2}}({_ANY_NAME})"
    r"(?=,|:(?=\s*(?:\n|\Z))|!|;|\.(?:\s|\Z)| ?[-\u2013\u2014] | ?\n| ?\Z)"
)
"""A greeting begins a line or a sentence, and a sign or the line's end follows the name."""

_OPENING = re.compile(r"(?:\A|[\n.!?:;|>\"'“„«(*])[ \t>*\"'“„«(]{0,4}\Z")
_ADDRESSED_ALL = frozenset(
    "sir sirs madam madame mesdames gentlemen ladies lady folks friend friends there team all everyone "
    "everybody"
    " colleague colleagues member members fellow valued reader readers user users staff sire board committee"
    " shareholder shareholders stockholder stockholders unitholder unitholders holder holders customer"
    " customers client clients borrower borrowers lender lenders applicant applicants manager managers"
    " hiring tenant"
    " tenants owner owners analyst analysts employee employees assistant bot ai model chatbot chatgpt"
    " gemini claude copilot world again guest guests student students candidate partner partners patient"
    " support service desk doctor professor president minister ambassador secretary chair chairman"
    " damen herren herr frau aktionar aktionare aktionarinnen kunde kunden kundin kundinnen kollege"
    " kollegen kolleginnen"
    " mitarbeiter mitarbeitende leser leserinnen freunde team alle anleger zusammen welt monsieur"
    " messieurs client cliente clientes clients actionnaire actionnaires collegue collegues tous toutes"
    " associe monde investisseur investisseurs senor senora senores senoras accionista accionistas"
    " equipo todos companero companera inversor inversores amigo amigos mundo cliente clienti azionista"
    " azionisti signore signora signori socio soci collega colleghi tutti investitore investitori amici"
    " mondo senhor senhora senhores acionista acionistas colega colegas investidor investidores klant"
    " klanten aandeelhouder aandeelhouders heer mevrouw collegae collegas relatie allemaal lezer"
    " akcjonariusz akcjonariusze klient klienci klientko panstwo panie pani koledzy kolezanki zespol"
    " inwestor inwestorzy клиент клиенты клиентка акционер акционеры коллеги коллега господа дамы друг"
    " друзья инвестор инвесторы партнер партнеры господин госпожа aktieagare kund kunder kollega kollegor"
    " alla aksjonaer aksjonaerer aksjonar kunde kollegaer alle aktionaer aktionaerer asiakas"
    " osakkeenomistaja kaikki hissedar hissedarlar musteri musterimiz yatirimci yatirimcilar arkadaslar"
    " herkese vsichni zakaznik akcionar kolegove ugyfelunk reszvenyes client clienti actionar".split()
)
"""Whom a greeting addresses without a name: by an office, a part in business, or together with others."""


def _greeted(match: re.Match[str]) -> Span | None:
    before = match.string[max(0, match.start() - 6) : match.start()]
    if not _OPENING.search(before) or not _ADDRESSED_ALL.isdisjoint(
        folded(match[1]).replace("'", "").split()
    ):
        return None
    return match.span(1) if is_person(match) else None


_SELVES = (
    "it's", "ich bin", "je suis", "yo soy", "soy", "io sono", "sono", "eu sou", "sou",
    "aqui é", "ik ben", "jestem", "jag är", "jeg er", "olen", "ben", "this is", "hier ist", "ici", "habla",
    "parla", "signed,", "signed:", "gez.", "ppa.", "p.p.", "\u044f -", "\u044f,", "это",
)  # fmt: skip
_SELF = re.compile(
    rf"{BEGIN}(?i:{'|'.join(map(re.escape, _SELVES))})[ \n]{{1,2}}{_TITLES}({FULL_NAME})(?=(?P<here> here\b"
    rf"| calling\b"
    r"| speaking\b| again\b)?)(?![-&/])"
)
_I_AM = re.compile(rf"(?<![\w.])(?:I am|I['’]m|I,|i\. A\.) {_TITLES}({FULL_NAME})(?![-&/])")


def _i(reading: Reading) -> Iterator[Span | None]:
    return map(_self, _I_AM.finditer(reading.text))


def _has_i(reading: Reading) -> bool:
    text = reading.text
    return "i" in reading.stems and ("I am " in text or "I, " in text or "I'm " in text or "i. A. " in text)


_WITH_OWN_NAME = re.compile(r"(?i)(?:it's|this is)")


def _self(match: re.Match[str]) -> Span | None:
    """Who says who he is; of those whom others may speak of only with a word that he speaks."""
    if _WITH_OWN_NAME.match(match[0]) and not match["here"]:
        return None
    return match.span(1) if is_person(match) and not is_office(match[1]) else None


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
_KINDRED = re.compile(rf"{BEGIN}(?i:{one_of(_KIN)})(?![^\W\d_])(?:,|:)? ({_ANY_NAME})")
_OF_ONE = re.compile(
    r"(?i)(?:\b(?:my|his|her|their|your|late|meine?[rmn]?|seine?[rmn]?|ihre?[rmn]?|ma|mon|sa|son|leur|mi|su"
    r"|mia|mio|sua"
    r"|suo|minha|meu|seu|mijn|zijn|haar|moj[aą]?|mój|jego|jej|моя|мой|\u0435\u0433\u043e|её|\u0435\u0435"
    r"|min|mitt|hans|hennes|hendes)|\w{2}['’]s) \Z"
)


_WHO_IS = re.compile(
    rf"(?<![\w@&/-])({FULL_NAME})(?:,| \()(?: (?:the|an?|my|his|her|their|die|der|la|le|el|il))? ?\Z"
)
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
_RELATIVE = re.compile(
    rf"{BEGIN}(?i:{one_of(_RELATED)})(?:(?<=\w{{{STEM}}})\w{{0,2}})?"
    r"(?=[),.;]| (?:of|von|de|des|du|di|da|do|van|der|am|le|el|il"
    rf"|on|op|in|and)\b|\Z)"
)


def _relative(match: re.Match[str]) -> Span | None:
    """The name before a word for a relative, or for one who died: "Jane Roe (niece of the depositor)"."""
    before = match.string[max(0, match.start() - 8) : match.start()]
    if "," not in before and "(" not in before:
        return None
    name = _WHO_IS.search(match.string, max(0, match.start() - 70), match.start())
    if name is None or not is_person(name) or is_officer(match.string, *name.span(1)):
        return None
    return name.span(1)


def _kindred(match: re.Match[str]) -> Span | None:
    """The name of a relative of one who is spoken of."""
    if not _OF_ONE.search(match.string, max(0, match.start() - 12), match.start()):
        return None
    return match.span(1) if is_person(match) else None


_PATRONYMIC = re.compile(
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


_SIGNING_LINE = re.compile(
    rf"(?m)^[ \t>*]{{0,4}}{_TITLES}({FULL_NAME})(?:, [A-Z][A-Za-z.]{{1,6}})?[ *]{{0,2}}$"
)
_REACHED_AT = re.compile(
    r"(?i)\A(?:[^\n]{0,80}\n){0,4}?[^\n]{0,60}?(?:\[(?:phone|email)_\d|@|(?:\+|tel|phone|mobile|direct"
    r"|(?<!\w)[mt]:?|fax)[ .:]{0,3}[(\d])"
)
_DASHES = re.compile(r"(?m)^-- ?\n\Z|^_{2,}\n\Z|^-{2,}\n\Z")


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


_FIRST_PERSONS = ("ich", "yo", "eu", "io", "ja", "ik", "jag", "jeg", "moi", "ben", "\u044f")
_UNDERSIGNED_WORDS = (
    "soussign", "sottoscritt", "undersigned", "unterzeichnete", "abajo firmante", "abaixo assinad",
    "niżej podpisan", "ondergetekende", "нижеподписавш", "undertecknad",
)  # fmt: skip
_UNDERSIGNED = re.compile(
    rf"{BEGIN}(?i:(?:{'|'.join(_FIRST_PERSONS)})|(?:{'|'.join(_UNDERSIGNED_WORDS)})\w{{0,4}}(?P<so>)),? "
    rf"{_TITLES}({FULL_NAME})(?=,| \(|(?(so) [a-zà-ÿа-я]|,))"
)
"""Who signs names himself: "I, Jane Roe, ...", "the undersigned Jane Roe"."""


def _undersigned(match: re.Match[str]) -> Span | None:
    return match.span(2) if is_person(match, 2) and not is_office(match[2]) else None


_WROTE = re.compile(
    r"(?i:wrote|schrieb|écrit|escribió|scritto|escreveu|schreef|napisała?|написала?|skrev):(?=\s*(?:[\n>\"'“„«]|\Z))"
)
_WRITER = re.compile(rf"(?<![\w@-])({FULL_NAME})(?: (?:<[^<>\n]{{1,80}}>|\[email_\d+\]))? \Z")


def _writer(match: re.Match[str]) -> Span | None:
    """Who wrote what is quoted after a colon."""
    name = _WRITER.search(match.string, max(0, match.start() - 120), match.start())
    return name.span(1) if name and is_person(name) and not is_office(name[1]) else None


_HERE = re.compile(r"(?i:here)(?=[.,:;!?]| from\b| again\b| at\b)")
_SPEAKER = re.compile(
    rf"(?:(?:\A|[\n.!?] ?)({FULL_NAME})|(?i:(?:\A|\n|[.!?] )(?:hi|hello|hey|hallo|morning|good "
    rf"\w+)\b[^\n.!?]{{0,24}}[,.!] ?)({_ANY_NAME})) \Z"
)


def _speaker(match: re.Match[str]) -> Span | None:
    name = _SPEAKER.search(match.string, max(0, match.start() - 90), match.start())
    group = 1 if name and name[1] else 2
    return name.span(group) if name and is_person(name, group) else None


_HONOURED = re.compile(r"(?:Han\u0131m|Bey|Han\u0131mefendi|Beyefendi)(?!\w)")
_BEFORE_HONOUR = re.compile(rf"(?<!\w)((?!Han|Bey){NAME}(?: {NAME})?) \Z")


def _honoured(match: re.Match[str]) -> Span | None:
    name = _BEFORE_HONOUR.search(match.string, max(0, match.start() - 32), match.start())
    return name.span(1) if name and is_person(name) and not is_officer(match.string, *name.span(1)) else None


_JOINED = re.compile(
    rf"\[person_\d+\](?: \([^()\n]{{1,40}}\))? (?:and|&|und|et|y|e|en|i|и|och|og|ve) "
    rf"{_TITLES}({FULL_NAME})(?![-&/])"
)
_CALLED = re.compile(rf"(?<![\w@.])@({FULL_NAME})(?=[ ,:;.!?\n]|\Z)")


def _joined(reading: Reading) -> list[Span]:
    """Who is named together with one who is a person already, or called as in a thread."""
    text = reading.text
    found = [*_JOINED.finditer(text), *(_CALLED.finditer(text) if "@" in text else ())]
    return [match.span(1) for match in found if is_person(match) and not is_office(match[1])]


def _has_person(reading: Reading) -> bool:
    return "[person_" in reading.text or "@" in reading.text


_CLOSED = re.compile(
    r"(?:[\n.!?][ \t]*\n)[ \t>*]{0,4}(?!(?:In|As|For|On|By|To|At|With|Of|And|Or|If"
    r"|Total)\b)[^\W\d_][^\n,.:;|\dA-ZÀ-Þ]{1,28}[,!] ?\n{1,2}"
    rf"[ \t>*]{{0,4}}{_TITLES}({_ANY_NAME})[ *]{{0,2}}(?=\n|\Z)"
)
"""A few words that end with a comma, and a name alone on the next line: so a letter ends."""

_ITEM = re.compile(rf"\s*\n[ \t>*]{{0,4}}({NAME})[ *]{{0,2}}(?=\n|\Z)")


def _closed(reading: Reading) -> list[Span]:
    return [
        match.span(1)
        for match in _CLOSED.finditer(reading.text)
        if is_person(match)
        and not is_office(match[1])
        and _ADDRESSED_ALL.isdisjoint(folded(match[1]).split())
        and not _is_item(match)
    ]


def _is_item(match: re.Match[str]) -> bool:
    """Whether one word is the first of a list: one more stands alone on the line below, and is no office."""
    item = _ITEM.match(match.string, match.end()) if " " not in match[1] else None
    return item is not None and is_person(item) and not is_office(item[1])


def _may_close(reading: Reading) -> bool:
    return "\n" in reading.text and (",\n" in reading.text or "!\n" in reading.text)


KINDS = (
    Said("person", (*_FIRST_PERSONS, *_UNDERSIGNED_WORDS), _UNDERSIGNED, _undersigned),
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
    Said("person", ("here",), _HERE, _speaker),
    Said("person", ("han\u0131m", "bey", "beyefendi"), _HONOURED, _honoured),
    Seen("person", _has_person, _joined),
    Seen("person", _may_close, _closed),
    Said("person", _GREETINGS, _GREETED, _greeted),
    Seen("person", _has_i, _i),
    Said("person", _SELVES, _SELF, _self),
    Said("person", _KIN, _KINDRED, _kindred),
    Said("person", _RELATED, _RELATIVE, _relative),
    Seen("person", _may_have_fathers_name, _patronymics),
    Seen("person", _has_signature, _signatures),
)
