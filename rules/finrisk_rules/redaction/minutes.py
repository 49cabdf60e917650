"""Names in minutes, files and notes: after the word for a part in them, after what one did, before a part."""

import re
from collections.abc import Iterator

from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.firms import acts_as_firm
from finrisk_rules.redaction.kinds import Said, Seen
from finrisk_rules.redaction.persons import FULL_NAME, NAME, PARTICLE, TITLE, is_office, is_officer, is_person
from finrisk_rules.redaction.reading import STEM, Reading, Span

_TITLES = rf"(?:(?:{TITLE}|Dr|Prof|Ing)\.? )*"
_CAPITALS = r"[A-ZÀ-ÞĀ-Ž][A-ZÀ-ÞĀ-Ž'’-]{4,}"
_LAST_FIRST = (
    rf"(?:(?:{PARTICLE} ){{0,2}}(?:{NAME}|{_CAPITALS})(?: (?:{NAME}|{_CAPITALS}))?"
    rf", {NAME}(?:[ -](?:{NAME}|[A-Z]\.)){{0,2}}|{_CAPITALS}(?: {_CAPITALS})? {NAME})"
)
"""The family's name first: with a comma after it, or in capitals."""

_PARTS = (
    "contact", "contact person", "emergency contact", "point of contact", "cc", "bcc", "attendees",
    "attendee",
    "attending", "present", "apologies", "absent", "invitees", "prepared by",
    "reviewed by", "approved by", "signed by", "checked by", "verified by", "submitted by", "requested by",
    "reported by", "raised by", "witnessed by", "completed by", "author", "authors", "approver", "reviewer",
    "preparer", "requester", "requestor", "submitter", "reporter", "signatory", "signatories",
    "authorised signatory", "authorized signatory", "owner", "account owner", "action owner", "assignee",
    "assigned to", "handled by", "case handler", "case manager", "complainant", "claimant", "next of kin",
    "witness", "ubo", "ubos", "beneficial owner", "beneficial owners", "action", "actions", "caller",
    "minute taker",
    "minutes taken by", "minutes by", "note taker", "taken by", "interviewer", "interviewee", "staff member",
    "employee", "policyholder", "debtor", "borrowers", "guarantors", "beneficiaries", "applicants",
    "employees", "co-borrowers", "witnesses",
    "complainants", "debtors", "guarantors are", "borrowers are", "patient", "insured", "heir", "heirs",
    "executor", "power of attorney",
    "attorney-in-fact", "name", "full name", "nom", "nombre", "nome", "naam", "imię i nazwisko",
    "nom et prénom",
    "holder", "tenant", "occupant", "passenger", "donor", "sender", "recipient", "addressee",
    "rm", "relationship manager", "advisor", "adviser", "agent", "whistleblower", "landlord",
    "landlady",
    "ansprechpartner", "ansprechpartnerin", "kontaktperson", "kontakt", "teilnehmer", "teilnehmende",
    "anwesend",
    "anwesende", "entschuldigt", "verfasser", "verfasserin", "bearbeiter", "bearbeiterin", "sachbearbeiter",
    "sachbearbeiterin", "unterzeichner", "erstellt von", "geprüft von", "unterzeichnet von",
    "protokollführer", "beschwerdeführer", "beschwerdeführerin", "zeuge", "zeugin",
    "wirtschaftlich berechtigter",
    "wirtschaftlich berechtigte", "bevollmächtigter", "bevollmächtigte", "berater", "beraterin",
    "personne à contacter",
    "interlocuteur", "interlocutrice", "présents", "absents", "excusés", "rédigé par", "signé par",
    "établi par", "plaignant", "plaignante", "bénéficiaire effectif", "témoin", "mandataire", "conseiller",
    "conseillère", "contacto", "persona de contacto", "asistentes", "presentes", "ausentes", "firmado por",
    "elaborado por", "revisado por", "reclamante", "beneficiario final", "testigo", "apoderado", "gestor",
    "gestora",
    "contatto", "referente", "persona di contatto", "presenti", "assenti", "firmato da", "redatto da",
    "reclamante",
    "titolare effettivo", "testimone", "contato", "pessoa de contato", "pessoa de contacto",
    "assinado por", "beneficiário final", "beneficiário efetivo", "testemunha", "procurador",
    "contactpersoon",
    "aanwezig", "aanwezigen", "afwezig", "ondertekend door", "opgesteld door", "klager", "getuige",
    "gemachtigde",
    "osoba kontaktowa", "obecni", "podpisano", "podpisał", "podpisała", "sporządził", "sporządziła",
    "świadek",
    "pełnomocnik", "beneficjent rzeczywisty", "контактное лицо", "контакт", "присутствовали",
    "присутствующие",
    "подписал", "подписала", "подготовил", "подготовила", "заявитель", "свидетель", "бенефициар",
    "исполнитель",
    "ответственный", "kontaktperson", "närvarande", "deltagare", "deltagere", "til stede", "underskriven av",
    "undertecknad av", "verklig huvudman", "yhteyshenkilö", "läsnä", "irtibat", "yetkili",
    "kat\u0131l\u0131mc\u0131lar", "kontaktní osoba",
    "kapcsolattartó", "persoană de contact", "υπεύθυνος επικοινωνίας",
)  # fmt: skip
_NAMED = (
    rf"(?:{FULL_NAME}(?=, {FULL_NAME})|{_LAST_FIRST}"
    r"(?=\s*(?:[;|\n(\u2013-]|\Z|\. |\.\Z| (?!(?:and|und|et|y|e|en|i|och|og)\b)[a-z]))"
    rf"|{FULL_NAME})"
)
_NEXT = r"(?:[,;/&]|,? (?:and|und|et|y|e|en|i|и|och|og|ve|sowie)) ?"
_ASIDE = r"(?:[,:]? ?(?:\([^()\n]{1,40}\)|\d{1,3}(?:[.,]\d{1,2})? ?%))?"
_ROLES = (
    "account holder", "cardholder", "policyholder", "policy holder", "borrower", "co-borrower", "guarantor",
    "co-guarantor", "beneficiary", "beneficial owner", "customer", "client", "applicant", "payee", "tenant",
    "mortgagor", "debtor", "insured", "patient", "employee", "complainant", "claimant",
    "relationship manager",
    "loan officer", "account manager", "case worker", "case handler", "whistleblower", "landlord", "landlady",
    "signatory", "trader", "user", "caller", "spouse", "kunde", "kundin", "kreditnehmer",
    "kreditnehmerin", "bürge", "bürgin",
    "kontoinhaber", "kontoinhaberin", "antragsteller", "antragstellerin", "sachbearbeiter",
    "sachbearbeiterin",
    "emprunteur", "emprunteuse", "cliente", "titulaire", "assuré", "assurée", "titular", "prestatario",
    "prestataria",
    "avalista", "fiador", "fiadora", "solicitante", "mutuatario", "mutuataria", "garante", "klant",
    "kredietnemer",
    "aanvrager", "klient", "klientka", "kredytobiorca", "poręczyciel", "клиент", "клиентка", "заёмщик",
    "заемщик",
    "поручитель", "kund", "låntagare", "borgensman", "müşteri", "kefil", "kontoinnehavare",
    "kontoinnehavaren", "låntagaren", "kunden", "kredytobiorczyni", "dlužník",
    "majitel účtu", "žadatel", "ügyfél", "számlatulajdonos", "client", "debitor", "πελάτης", "hesap sahibi",
    "nasabah",
    "клієнт", "позичальник", "вкладчик", "владелец счета", "владелец счёта", "account owner", "co-signer",
    "cosigner",
    "titolare del conto", "intestatario", "rekeninghouder", "posiadacz rachunku", "titular de la cuenta",
    "karteninhaber",
    "titular da conta", "mandant", "darlehensnehmer", "darlehensnehmerin",
)  # fmt: skip
_LISTED = re.compile(
    rf" ?[:=\uff1a] ?(?P<names>{_TITLES}{_NAMED}{_ASIDE}"
    rf"(?:{_NEXT}{_TITLES}(?:{FULL_NAME}|\[person_\d+\]){_ASIDE}){{0,30}})"
)
"""The sign after a word for a part, and who has it."""

_ONE = re.compile(_NAMED)
_PARTS_SET = frozenset((*_PARTS, *_ROLES))
_MOST_WORDS = max(part.count(" ") for part in _PARTS) + 1
_STEMS = frozenset(re.split(r"[\W\d_]", part)[0][:STEM] for part in _PARTS)
_SIGNS = ":=\uff1a"
_HEAD = 48
_BRACKETS = re.compile(r" ?\([^()\n]{1,24}\)\Z")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def _signs(text: str) -> Iterator[int]:
    """Where a sign stands with a capital after it."""
    for sign in _SIGNS:
        place = text.find(sign)
        while place >= 0:
            if text[place + 1 : place + 3].strip()[:1].isupper():
                yield place
            place = text.find(sign, place + 1)


def _listed(reading: Reading) -> Iterator[Span]:
    """Those named after the word for their part."""
    text = reading.text
    for start in _signs(text):
        head = _BRACKETS.sub("", reading.lower[max(0, start - _HEAD) : start].rpartition("\n")[2].rstrip())
        head = head.rstrip("0123456789# ")
        words = _WORD.findall(head)[-_MOST_WORDS:]
        if all(" ".join(words[at:]) not in _PARTS_SET for at in range(len(words))):
            continue
        match = _LISTED.match(text, start)
        for name in _ONE.finditer(text, *match.span("names")) if match else ():
            if is_person(name, 0) and not is_office(name[0]) and not acts_as_firm(text, name.end(), start):
                yield name.span()


def _has_parts(reading: Reading) -> bool:
    return not _STEMS.isdisjoint(reading.stems)


_DOERS = (
    "signed by", "prepared by", "reviewed by", "approved by", "submitted by", "requested by", "filed by",
    "taken by",
    "raised by", "reported by", "verified by", "witnessed by", "referred by", "introduced by", "lodged by",
    "completed by", "escalated by", "handled by", "logged by", "received by", "authorised by",
    "authorized by",
    "interviewed by", "processed by", "noted by", "assigned by", "granted to", "t.n.v.", "ten name van",
    "lautend auf",
    "intestato a", "na nazwisko", "written by", "drafted by", "countersigned by", "held by", "owned by",
    "opened by",
    "name of", "behalf of", "unterzeichnet von", "unterschrieben von", "eingereicht von",
    "erstellt von", "geprüft von", "namen von", "auftrag von", "signé par", "signée par", "rédigé par",
    "déposée par", "déposé par", "nom de", "firmado por", "firmada por", "presentada por", "presentado por",
    "nombre de", "firmato da", "firmata da", "presentato da", "nome di", "conto di",
    "assinado por", "assinada por", "apresentada por", "nome de", "ondertekend door", "ingediend door",
    "namens",
    "naam van", "podpisano przez", "imieniu", "podpisał", "podpisała", "подписал", "подписала", "имени",
    "undertecknad av", "underskrivet av", "namn av",
)  # fmt: skip
_DONE = re.compile(
    rf"{BEGIN}(?i:{one_of(map(re.escape, _DOERS))})(?P<role> (?:our|the|your) [a-z]{{4,12}},?)? "
    rf"{_TITLES}({FULL_NAME})(?![-&/])"
)
_OF_ONE = re.compile(
    r"(?i)\b(?:account|policy|card|mortgage|deposit|savings|isa|lease|letter|complaint|claim|form|request"
    r"|application|note"
    r"|minutes|mandate|konto|depot|beschwerde|antrag|compte|réclamation|plainte|demande|cuenta"
    r"|reclamaci[óo]n|queja"
    r"|solicitud|conto|reclamo|domanda|conta|reclamação|pedido|rekening|klacht|aanvraag|rachunek|skarga"
    r"|wniosek|счёт|счет"
    r"|жалоб\w|заявлени\w|konto|klagomål|ansökan|memo|ticket|case|attorney|proxy|authority|vollmacht"
    r"|procuration|poder|procura)\b[^.\n]{0,40}\Z"
)
_PERSONAL = re.compile(
    r"(?i)\b(?:he|she|his|her|him|herself|himself|who|whom|mrs?|ms|overdraft|payslips?|i|me|my|er|seine?\w?"
    r"|ihre?\w?|qui"
    r"|il|elle|quien|él|ella|lui|lei|che|quem|ele|ela|hij|zij|die|który|która|он|она|\u0435\u0433\u043e|её"
    r"|han|hon|hun|hennes|hans|née?|geb|geboren|born)\b|\((?:IBAN|a/c|acc(?:oun)?t|\[iban|\[account)"
)
_NAMED_SO = re.compile(r"(?i)\b(?:in(?: the)?|im|au|en|a|em|op|i) \Z")
_OF_A_PERSON = re.compile(
    r"(?i)(?:signed|taken|written|referred|introduced|witnessed|namens|podpisa|подписа|firmad|firmat|assinad"
    r"|ondertekend|unter|signé|raised|lodged|escalat|interview|t\.n\.v|ten name|lautend|intestat|na nazw)"
)


_ALSO = re.compile(
    r"(?i)(?:,|;| and|\.)? (?:then )?(?:approved|reviewed|signed|prepared|checked|countersigned) by\b"
)
"""A paper goes from one hand to the next."""


def _is_personal(text: str, end: int) -> bool:
    return _PERSONAL.search(text, end, end + 90) is not None


def _done(match: re.Match[str]) -> Span | None:
    """Who signed, asked, complained or owns; a firm may do so too."""
    start, end = match.span(2)
    text = match.string
    if not is_person(match, 2) or acts_as_firm(text, end, match.start()) or is_office(match[2]):
        return None
    if is_officer(text, start, end):
        return None
    is_name = match[0][:3].lower() in ("nam", "nom")
    if is_name and not _NAMED_SO.search(text, max(0, match.start() - 8), match.start()):
        return None
    is_one = (
        match["role"]
        or _OF_A_PERSON.match(match[0])
        or _OF_ONE.search(text, max(0, match.start() - 60), match.start())
        or _is_personal(text, end)
        or _ALSO.match(text, end)
    )
    return (start, end) if is_one else None


_TALKS = (
    "call with", "called", "call from", "meeting with", "met", "spoke", "speak", "talked", "talk to",
    "visited",
    "email from", "e-mail from", "letter from", "message from", "complaint from", "complaint by",
    "request from",
    "enquiry from", "estate of", "overdraft of", "mortgage of", "payslip of", "file of", "loan to",
    "payment to",
    "payment from", "transfer to", "transfer from", "refund to", "dossier de", "akte von", "expediente de",
    "ask", "asked", "contacted", "phoned", "emailed", "heard from", "gespräch mit", "telefonat mit",
    "appel avec", "entretien avec", "réunion avec", "llamada con", "reunión con", "chiamata con",
    "incontro con",
    "reunião com", "ligação com", "gesprek met", "rozmowa z", "spotkanie z", "звонок от", "встреча \u0441",
    "samtal med",
)  # fmt: skip
_ABOUT = re.compile(
    r"(?:,? (?:if|whether|about|before|when|why|once|unless)\b| in (?:the|our|my|accounts|treasury"
    r"|compliance)\b)"
)
_TALK = re.compile(rf"{BEGIN}(?i:{one_of(_TALKS)})(?: (?:to|with))? {_TITLES}({FULL_NAME})(?![-&/])")


def _talked(match: re.Match[str]) -> Span | None:
    """With whom somebody talked, where a word for a person follows."""
    start, end = match.span(1)
    is_one = _is_personal(match.string, end) or _ABOUT.match(match.string, end)
    if not is_one or not is_person(match) or is_office(match[1]):
        return None
    is_other = acts_as_firm(match.string, end, match.start()) or is_officer(match.string, start, end)
    return None if is_other else (start, end)


_ROLE = re.compile(
    r"(?:(?<=[(\n])|(?<=, )|(?<= - )|(?<=, [ao] )|(?<=, l['’])|(?<=, (?:an|le|la|el|il|de) )"
    r"|(?<=, (?:our|the|der|die|een) )|(?<=, (?:notre|unser) )|(?<=, unsere ))"
    rf"(?i:{one_of(_ROLES)})"
    r"(?=[,.;:)\n]|\Z| (?:of|in|at|from|since|for|with|who|on|seit|aus|bei|von|der|die|dans|de|depuis|à|en"
    r"|desde|da|dal|di"
    r"|van|uit|sinds|od|z|\u0441|из|sedan|i|from|and|no|number|id)\b)"
)
_BEFORE_ROLE = re.compile(
    rf"(?<![\w@&/-])({FULL_NAME})(?:,| \(| -|\n)(?: (?:our|the|an?|der|die|le|la|el|il|o|de|een|notre"
    rf"|unsere?)| l['’])? ?\Z"
)


def _with_role(match: re.Match[str]) -> Span | None:
    """The name before a word for one's part: "Jane Roe, our client"."""
    text = match.string
    name = _BEFORE_ROLE.search(text, max(0, match.start() - 64), match.start())
    if name is None or not is_person(name) or is_office(name[1]):
        return None
    start, end = name.span(1)
    return None if is_officer(text, start, end) else (start, end)


_SCHOLAR = re.compile(rf"(?<!\w)(?:Dr|Prof)\.? (?:Dr\.? )?({FULL_NAME})")
_AFTER_NAME = re.compile(r"[A-Z][\w.]* \Z|\d \Z")


def _scholar(match: re.Match[str]) -> Span | None:
    start, end = match.span(1)
    if _AFTER_NAME.search(match.string, max(0, match.start() - 24), match.start()) or not is_person(match):
        return None
    return None if is_officer(match.string, start, end) else (start, end)


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
_POINT = re.compile(
    rf"{BEGIN}(?i:contact person|emergency contact|ansprechpartner(?:in)?|kontaktperson|contactpersoon"
    rf"|persona de contacto|persona di contatto|cc)(?: is| ist|:)? {_TITLES}({FULL_NAME})"
)


def _point(match: re.Match[str]) -> Span | None:
    return match.span(1) if is_person(match) and not is_office(match[1]) else None


KINDS = (
    Said("person", _BEFORE_NAME, _POINT, _point),
    Seen("person", _has_parts, _listed),
    Said("person", _DOERS, _DONE, _done),
    Said("person", _TALKS, _TALK, _talked),
    Said("person", _ROLES, _ROLE, _with_role),
    Said("person", ("dr", "prof"), _SCHOLAR, _scholar),
)
