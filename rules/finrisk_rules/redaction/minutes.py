"""Names in minutes, files and notes: after the word for a part in them."""

import re
from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.firms import acts_as_firm
from finrisk_rules.redaction.kinds import Seen
from finrisk_rules.redaction.parties import WORDS
from finrisk_rules.redaction.persons import (
    FULL_NAME,
    NAME,
    PARTICLE,
    TITLES,
    is_office,
    is_person,
)
from finrisk_rules.redaction.reading import STEM, Reading, Span

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
_FIRST = pattern_of(rf" ?[:=\uff1a] ?{TITLES}(?P<name>{_NAMED}){_ASIDE}")
_OTHER = pattern_of(rf"{_NEXT}{TITLES}(?:(?P<name>{FULL_NAME})|\[person_\d+\]){_ASIDE}")
"""The sign after a word for a part and who has it; the next one who does."""

_MOST_NAMES = 31
_PARTS_SET = frozenset((*_PARTS, *WORDS))
_MOST_WORDS = max(part.count(" ") for part in _PARTS) + 1
_STEMS = frozenset(re.split(r"[\W\d_]", part)[0][:STEM] for part in _PARTS)
_SIGNS = ":=\uff1a"
_HEAD = 48
_BRACKETS = pattern_of(r" ?\([^()\n]{1,24}\)\Z")
_WORD = pattern_of(r"[^\W\d_]+(?:-[^\W\d_]+)*")


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
        words = _WORD.findall(head.rstrip("0123456789# "))[-_MOST_WORDS:]
        if all(" ".join(words[at:]) not in _PARTS_SET for at in range(len(words))):
            continue
        for name in _names(text, start):
            if is_person(name, "name") and not is_office(name["name"]):
                span = name.span("name")
                if not acts_as_firm(text, span[1], start):
                    yield span


def _names(text: str, start: int) -> Iterator[re.Match[str]]:
    """Those named after a sign, one after the other."""
    match = _FIRST.match(text, start)
    for _ in range(_MOST_NAMES):
        if match is None:
            return
        if match["name"]:
            yield match
        match = _OTHER.match(text, match.end())


def _has_parts(reading: Reading) -> bool:
    return not _STEMS.isdisjoint(reading.stems)


KINDS = (Seen("person", _has_parts, _listed),)
