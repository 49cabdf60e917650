"""Names after a greeting."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.persons import ANY_NAME, TITLE, is_person
from finrisk_rules.redaction.reading import STEM, Span
from finrisk_rules.spelling import folded

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
_GREETED = pattern_of(
    rf"{BEGIN}(?i:{one_of(_GREETINGS)})(?:(?<=\w{{{STEM}}})[rn])?,? "
    rf"(?:(?:{TITLE}|Dr|Prof)\.? ){{0,2}}({ANY_NAME})"
    r"(?=,|:(?=\s*(?:\n|\Z))|!|;|\.(?:\s|\Z)| ?[-\u2013\u2014] | ?\n| ?\Z)"
)
"""A greeting begins a line or a sentence, and a sign or the line's end follows the name."""

_OPENING = pattern_of(r"(?:\A|[\n.!?:;|>\"'“„«(*])[ \t>*\"'“„«(]{0,4}\Z")
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


def addresses_all(name: str) -> bool:
    """Whether what reads like a name is one of those whom greetings address by what they are."""
    return not _ADDRESSED_ALL.isdisjoint(folded(name).replace("'", "").split())


def _greeted(match: re.Match[str]) -> Span | None:
    before = match.string[max(0, match.start() - 6) : match.start()]
    if not _OPENING.search(before) or addresses_all(match[1]):
        return None
    return match.span(1) if is_person(match) else None


KINDS = (Said("person", _GREETINGS, _GREETED, _greeted),)
