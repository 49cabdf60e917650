"""What a person is to a firm, in the languages of its customers: who borrows, is insured, claims or inherits.

Buyers, sellers, payers, plaintiffs and investors are no roles here: those whom a filing names are mostly
firms.
"""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import one_of

WORDS = (
    "account holder", "account-holder", "accountholder", "account holders", "account owner", "cardholder",
    "card holder", "card-holder", "cardholders", "policyholder", "policy holder", "policy-holder",
    "policyholders", "policy holders", "borrower", "co-borrower", "coborrower", "co-borrowers",
    "coborrowers", "guarantor", "guarantors", "co-guarantor", "beneficiary", "beneficial owner", "customer",
    "client", "applicant", "payee", "remitter", "tenant", "mortgagor", "debtor", "insured",
    "patient", "employee", "spouse", "deceased", "the late", "widow", "widower", "testator",
    "testatrix", "executor", "executrix", "heir", "heiress", "legatee", "depositor", "pensioner",
    "co-signer", "cosigner", "co-owner", "coowner", "complainant", "claimant", "whistle-blower",
    "whistleblower", "trader", "caller", "witness", "loan officer", "relationship manager",
    "account manager", "branch manager", "caseworker", "case-worker", "case worker", "colleague",
    "husband", "teller", "solicitor", "notary", "case handler", "landlady", "landlord", "signatory", "user",
    "kunde", "kunden", "kundin", "bürge", "bürgen", "bürgin", "erbin", "witwe", "witwer", "anleger",
    "anlegerin", "kollege", "kollegen", "kollegin", "sparer", "sparerin", "rentner", "rentnerin",
    "mandant", "mandantin", "patientin", "sachbearbeiter", "sachbearbeiterin", "mitarbeiterin",
    "collègue", "femme", "veuf", "veuve", "cliente", "titulaire", "héritier", "héritière", "souscripteur",
    "souscriptrice", "garant", "garante", "notaire",
    "titular", "colega", "esposa", "viuda", "viudo", "clienta", "tomador", "tomadora", "asegurado",
    "asegurada", "empleado", "empleada", "deudor", "deudora", "fiador", "fiadora", "notario",
    "persona de contacto",
    "moglie", "collega", "vedova", "vedovo", "erede", "titolare", "assicurato", "assicurata", "debitore",
    "debitrice", "viúva", "viúvo", "segurado", "segurada",
    "klant", "klager", "notaris", "weduwe", "klient", "klientka", "klientki", "wdowa", "wdowiec", "emeryt",
    "emerytka", "vdova", "kund", "kundens", "adós", "clientul", "asiguratul", "asigurata", "garantul",
    "клиент", "клиентка", "клиента", "клиентки", "коллега", "вдова", "вдовец", "сотрудник", "сотрудница",
    "поручитель", "поручителя", "поручительница", "клієнт", "клієнтка",
    "asiakas", "asiakkaan", "hesap sahibi", "kart sahibi", "poliçe sahibi", "mevduat sahibi",
    "kart hamili", "kredi kullanan",
    "kefil", "müşteri", "müşterimiz", "lehtar", "borçlu", "borçlusu",
    "nasabah", "debitur", "pemohon", "peminjam", "khách hàng", "chủ tài khoản",
)  # fmt: skip
"""Words and phrases that are whole; where the insurer, the employer or the thing has the same stem, too."""

STEMS = (
    "kontoinhab", "karteninhab", "kreditnehm", "darlehensnehm", "versicherungsnehm",
    "antragstell", "beschwerdeführ", "miteigentüm", "schuldner",
    "emprunteu", "assuré", "bénéficiair", "demandeu", "sinistré", "plaignant", "patiente", "salarié",
    "déposant", "copropriétair", "débiteur", "débitric", "retraité", "épargnant",
    "prestatari", "avalist", "beneficiari", "solicitant", "perjudicad", "reclamante", "pacient", "hereder",
    "depositant", "copropietari", "jubilad", "hipotecad",
    "intestatari", "mutuatari", "contraent", "danneggiat", "richiedent", "pazient", "dipendent",
    "comproprietari", "pensionat", "fideiubent",
    "mutuári", "beneficiári", "requerent", "lesad", "funcionári", "herdeir", "coproprietári", "devedor",
    "aposentad",
    "rekeninghoud", "kredietnem", "geldnem", "verzekeringnem", "verzekeringsnem", "verzekerde",
    "begunstigde", "patiënt", "aanvrager", "gedupeerde", "medewerker", "erfgena", "spaarder", "kaarthoud",
    "mede-eigena", "schuldena", "gepension", "borgstell", "contactpersoon",
    "kredytobior", "pożyczkobior", "ubezpieczon", "ubezpieczają", "poręczyc", "beneficjent", "wnioskodaw",
    "poszkodowan", "skarżąc", "pacjent", "spadkobier", "deponent", "współwłaści", "dłużni",
    "заёмщи", "заемщи", "созаёмщи", "созаемщи", "страховател", "застрахован", "бенефициар", "заявител",
    "потерпевш", "пациент", "наследни", "вкладчи", "совладел", "должни", "пенсионер", "позичальни",
    "спадкоєм", "боржни",
    "låntag", "låntak", "försäkringstag", "försäkrad", "borgensm", "sökande", "kontoinneh", "kontohav",
    "kortinneh", "forsikringstak", "forsikringstag", "arvinge", "pensionär", "pensjonist", "pensionist",
    "lainanott", "tilinomist", "vakuutuksenott", "vakuutettu", "takaaja",
    "dlužní", "pojistní", "pojištěn", "žadatel", "ručitel", "dědic", "poškozen", "stěžovatel",
    "ügyfel", "ügyfél", "számlatulajdonos", "biztosított", "kedvezményezett", "hitelfelvev", "örökös",
    "debitorul", "titularul", "împrumutat", "moștenitor", "sigortal\u0131", "başvuran", "mirasç", "emekli",
    "πελάτ", "δανειολ", "ασφαλισμέν", "εγγυητ", "κληρονόμ", "συνταξιούχ",
)  # fmt: skip
"""Beginnings of words that end as gender, number and case want it."""

_NOUNS = ("Versicherte", "Begünstigte", "Geschädigte", "Verstorbene")
"""German nouns that are adjectives in small letters: "das versicherte Haus"."""

_HOLDERS = (
    "titular", "titulaire", "titolare", "intestatario", "intestataria", "tomador", "tomadora", "posiadacz",
    "posiadaczka", "posiadacza", "właściciel", "właścicielka", "владелец", "владелица", "владельца",
    "держатель", "держателя", "majitel", "majitelka", "inhaber", "inhaberin", "houder", "houdster",
    "indehaver", "innehavare", "innehaver",
)  # fmt: skip
_HELD = (
    r"(?:cuenta|tarjeta|p[óo]li[zc]a|préstamo|hipoteca|seguro|dep[óo]sito|compte|carte|police|contrat|prêt"
    r"|livret|cart[ao]|kart|conto|polizza|mutuo|conta|cartão|apólice|empréstimo|konto?|rachunk|polis|lokat|kredyt|сч[её]т"
    r"|карт|полис|вклад|договор|účt|smlouv|pojistk|kort|rekening|kaart)[^\W\d_]{0,3}"
)
_OF = r"(?: (?:de|des|du|do|da|del|della|der|van|al|la|el|il|le|av|til|for)){0,2} (?:(?:l|d|dell)['’])?"

ROLE = pattern_of(
    rf"(?<![\w-])(?i:(?:{one_of(_HOLDERS)}){_OF}{_HELD}|{one_of(map(re.escape, WORDS))}"
    rf"|(?:{one_of(map(re.escape, STEMS))})[^\W\d_]{{0,6}}"
    rf"|(?-i:{'|'.join(_NOUNS)})[rn]?)(?![^\W\d_])"
)
"""A role, in any case."""

AFTER_NAMES = frozenset(("landlord", "user", "case handler"))
"""Roles that tell a name before them alone: after them stand firms as well."""

BEGINNINGS = tuple(
    dict.fromkeys((*WORDS, *STEMS, *map(str.lower, _NOUNS), *(f"{holder} " for holder in _HOLDERS)))
)
"""How roles begin, in lower case."""

_PLURAL = pattern_of(r"(?:[oaé]s|ées|nti|ati|ari)\Z")
_KNOWN = frozenset(WORDS)


def is_plural(role: str) -> bool:
    """Whether a role ends as those of several do in French, Spanish, Portuguese and Italian."""
    return _PLURAL.search(role) is not None and role.lower() not in _KNOWN
