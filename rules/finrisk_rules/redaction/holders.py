"""Names after a role, a title or a word of honour."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, alternatives, one_of
from finrisk_rules.redaction.firms import acts_as_firm, moves
from finrisk_rules.redaction.kinds import Said, proved
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
)
from finrisk_rules.redaction.reading import Span

_ROLE = (
    r"account[ -]?holders?|co-?borrowers|guarantors|card[ -]?holders?|policy[ -]?holders?|borrower"
    r"|co-borrower|guarantor"
    r"|beneficiary|beneficial owner"
    r"|customer|clienta|client|applicant|payee|tenant|mortgagor|debtor|insured|patient|employee|spouse"
    r"|deceased|the late|testat(?:or|rix)|execut(?:or|rix)|heir(?:ess)?|legatee|depositor|pensioner"
    r"|co-?signer|co-?owner"
    r"|complainant|claimant|policyholder|whistle-?blower|trader|caller|witness"
    r"|loan officer|relationship manager|account manager|branch manager|case[ -]?worker"
    r"|colleague|wife(?= )|husband|kollegen?|kollegin|collègue|coleg[ao]|collega|коллега|esposa|moglie|femme"
    r"|Kunden?|Kundin|Mandant(?:in)?|Anleger(?:in)?|Bürgen?|Bürgin|cliente|assuré|souscripteur|avalista"
    r"|fiador|fiadora|garante|klant|borgsteller|klient|klientka|poręczyciel|kund|låntagare|müşteri"
    r"|клиент|клиентка|клиента|поручитель"
    r"|Kontoinhaber(?:in)?"
    r"|Karteninhaber(?:in)?|Kreditnehmer(?:in)?|titulaire(?: du compte)?|emprunteur|emprunteuse"
    r"|titular(?: de la cuenta| da conta)?"
    r"|prestatario|prestataria|intestatari[oa]|rekeninghouder|kredietnemer|posiadacz(?: rachunku)?"
    r"|владелец счета|заёмщик|заемщик|mutuatari[oa]|mutuári[oa]|débiteur|débitrice|debitore|devedora?"
    r"|deudora?|schuldner(?:in)?|dłużnik|dłużniczka|должник|solicitante|antragsteller(?:in)?|richiedente"
    r"|aanvrager|wnioskodawca|sökanden?|kontoinnehavaren?|låntagaren|kundens?|kontohaver(?:en)?"
    r"|låntager(?:en)?"
    r"|kontoinnehaver(?:en)?|låntaker(?:en)?|tilinomistaja|asiakas|lainanottaja|kredytobiorca"
    r"|kredytobiorczyni"
    r"|właściciel(?:ka)? rachunku|dlužník|majitel(?:ka)? účtu|žadatel(?:ka)?|ügyfelünk|ügyfél"
    r"|számlatulajdonos|adós"
    r"|clientul|clienta|debitorul|titularul|împrumutatul|πελάτης|πελάτισσα|δανειολήπτης|hesap sahibi|borçlu"
    r"|kefil"
    r"|müşterimiz|nasabah|debitur|pemohon|peminjam|khách hàng|chủ tài khoản|клієнт(?:ка)?|позичальник"
    r"|владелица счета|владелица счёта"
    r"|владелец счёта|вкладчик|contactpersoon|persona de contacto|teller|solicitor|notary|notaris|notario"
    r"|notaire"
)
_NAME_FIELDS = (
    "full name", "customer name", "client name", "name of account holder", "name of the account holder",
    "name of borrower", "name of the borrower", "name of customer", "name of the customer", "name of client",
    "name of the client",
)  # fmt: skip
_HOLDER = pattern_of(
    rf"(?<![\w-])(?:(?>(?i:{one_of(alternatives(_ROLE))})(?:(?:['’]s)?(?i: name))?"
    rf"(?: is| was| named| called| ist| est| es| è| é)?,?:? ?[:(]? ?)"
    rf"|(?i:{one_of(_NAME_FIELDS)}|(?:request(?:ed)?|signed|prepared|submitted) by"
    r"(?:(?: the)?(?-i: [a-z]{4,12}){1,2}(?= [A-ZÀ-Þ]))?)(?:[: ]| [=-] )[ ]?)"
    rf"(?>(?:(?:{TITLE}|Dr|Prof)\.? )*)"
    rf"({FULL_NAME}|(?<=: )[A-Z][A-Z'-]+(?: [A-Z][A-Z'-]+){{1,2}}|[A-Z]{{5,}} {NAME})"
)
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


def _holder(match: re.Match[str]) -> Span | None:
    role = match[0][: match.start(1) - match.start()]
    is_heading = role[:1].isupper() and " " not in role.strip() and role[-1:] == " " and ":" not in role
    is_title_case = re.match(r"[A-Z]\w+[ -][A-Z]", role) is not None
    is_firm = not is_person(match) or acts_as_firm(match.string, match.end(1), match.start())
    if _OF_A_FILING.match(role) and is_officer(match.string, *match.span(1)):
        return None
    is_one = not is_firm and not is_title_case and not (is_heading and _in_heading(match))
    return match.span(1) if is_one else None


def _in_heading(match: re.Match[str]) -> bool:
    """Whether the words are a heading or a cell: what follows goes on with none in lower case."""
    return not re.match(
        r",? [^\W\d_A-ZÀ-ÞА-Я]|['’]s\b| \((?:staff|id|no|account|born|aged?|customer|client)\b",
        match.string[match.end() : match.end() + 12],
    )


def _titled(match: re.Match[str]) -> bool:
    """Whether no office stands near: officers whom a filing names stay."""
    start, end = match.span()
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


_HOLDER_BEGINNINGS = (
    "account h", "account-h", "accounth", "account m", "loan officer", "relationship m", "branch m", "case",
    "casew", "colleague", "wife",
    "husband", "kolleg", "collègue", "coleg", "collega", "коллега", "esposa", "moglie", "femme",
    "card h", "card-h", "cardholder", "policy", "borrower", "co-borrower", "guarantor", "benefici",
    "customer",
    "client", "applicant",
    "payee", "tenant", "mortgagor", "debtor", "insured", "patient", "employee", "spouse", "kontoinhaber",
    "karteninhaber",
    "kreditnehmer", "titular", "titulaire", "emprunteu", "prestatari", "intestatari", "rekeninghouder",
    "kredietnemer",
    "posiadacz", "владелец", "владелица", "заёмщик", "заемщик", "full name", "name of", "request", "signed",
    "prepared", "submitted", "complainant", "claimant", "whistle", "trader", "caller", "witness",
    "kund", "kunde", "kunden", "kundin", "mandant", "anleger", "bürge", "bürgen", "bürgin", "cliente",
    "assuré", "souscripteur",
    "avalista", "fiador", "garante", "klant", "borgsteller", "klient", "poręczyciel", "låntagare",
    "müşteri",
    "клиент", "поручитель", "mutuatari", "mutuári", "débit", "debitore", "devedor", "deudor", "schuldner",
    "dłużni", "должник", "solicitante", "antragsteller", "richiedente", "aanvrager", "wnioskodaw", "sökande",
    "kontoinn", "låntag", "kontohav", "låntak", "tilinom", "asiakas", "lainano", "kredytob", "właścici",
    "dlužník",
    "majitel", "žadatel", "ügyfel", "ügyfél", "számlat", "adós", "debitor", "împrum", "πελάτ", "δανειολ",
    "hesap",
    "borçlu", "kefil", "nasabah", "debitur", "pemohon", "peminjam", "khách", "chủ", "клієнт", "позичал",
    "вкладчик",
    "deceased", "the late", "testat", "execut", "heir", "heiress", "legatee", "depositor", "pensioner",
    "co-signer", "cosigner", "co-owner", "coowner",
    "contactpers", "persona de c", "teller", "solicitor", "notar", "notaire", "coborrower",
)  # fmt: skip
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
    Said("person", _HOLDER_BEGINNINGS, _HOLDER, _holder),
    Said("person", _TITLES, _TITLED, proved(_titled, 1)),
    Said("person", _BEFORE_NAME, _POINT, _point),
    Said("person", ("dr", "prof"), _SCHOLAR, _scholar),
    Said("person", ("han\u0131m", "bey", "beyefendi"), _HONOURED, _honoured),
)
