"""Names after what somebody did: who signed or complained, with whom one talked."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.firms import acts_as_firm
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.persons import is_office, is_officer, named
from finrisk_rules.redaction.reading import Span

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
_DONE = pattern_of(
    rf"{BEGIN}(?i:{one_of(map(re.escape, _DOERS))})(?P<role> (?:our|the|your) [a-z]{{4,12}},?)? "
)
_OF_ONE = pattern_of(
    r"(?i)\b(?:account|policy|card|mortgage|deposit|savings|isa|lease|letter|complaint|claim|form|request"
    r"|application|note"
    r"|minutes|mandate|konto|depot|beschwerde|antrag|compte|réclamation|plainte|demande|cuenta"
    r"|reclamaci[óo]n|queja"
    r"|solicitud|conto|reclamo|domanda|conta|reclamação|pedido|rekening|klacht|aanvraag|rachunek|skarga"
    r"|wniosek|счёт|счет"
    r"|жалоб\w|заявлени\w|konto|klagomål|ansökan|memo|ticket|case|attorney|proxy|authority|vollmacht"
    r"|procuration|poder|procura)\b[^.\n]{0,40}\Z"
)
_PERSONAL = pattern_of(
    r"(?i)\b(?:he|she|his|her|him|herself|himself|who|whom|mrs?|ms|overdraft|payslips?|i|me|my|er|seine?\w?"
    r"|ihre?\w?|qui"
    r"|il|elle|quien|él|ella|lui|lei|che|quem|ele|ela|hij|zij|die|który|która|он|она|\u0435\u0433\u043e|её"
    r"|han|hon|hun|hennes|hans|née?|geb|geboren|born)\b|\((?:IBAN|a/c|acc(?:oun)?t|\[iban|\[account)"
)
_NAMED_SO = pattern_of(r"(?i)\b(?:in(?: the)?|im|au|en|a|em|op|i) \Z")
_OF_A_PERSON = pattern_of(
    r"(?i)(?:signed|taken|written|referred|introduced|witnessed|namens|podpisa|подписа|firmad|firmat|assinad"
    r"|ondertekend|unter|signé|raised|lodged|escalat|interview|t\.n\.v|ten name|lautend|intestat|na nazw)"
)
_ALSO = pattern_of(
    r"(?i)(?:,|;| and|\.)? (?:then )?(?:approved|reviewed|signed|prepared|checked|countersigned) by\b"
)
"""A paper goes from one hand to the next."""


def _is_personal(text: str, end: int) -> bool:
    return _PERSONAL.search(text, end, end + 90) is not None


def _done(match: re.Match[str]) -> Span | None:
    """Who signed, asked, complained or owns; a firm may do so too."""
    name, text = named(match), match.string
    if name is None or is_office(name[1]) or acts_as_firm(text, name.end(), match.start()):
        return None
    if is_officer(text, *name.span(1)):
        return None
    is_name = match[0][:3].lower() in ("nam", "nom")
    if is_name and not _NAMED_SO.search(text, max(0, match.start() - 8), match.start()):
        return None
    is_one = (
        match["role"]
        or _OF_A_PERSON.match(match[0])
        or _OF_ONE.search(text, max(0, match.start() - 60), match.start())
        or _is_personal(text, name.end())
        or _ALSO.match(text, name.end())
    )
    return name.span(1) if is_one else None


_TALKS = (
    "call with", "called", "call from", "meeting with", "met", "spoke", "speak", "talked", "talk to",
    "visited",
    "email from", "e-mail from", "letter from", "message from", "complaint from", "complaint by",
    "request from",
    "enquiry from", "estate of", "overdraft of", "mortgage of", "payslip of", "file of", "loan to",
    "payment to",
    "payment from", "transfer to", "transfer from", "refund to", "dossier de", "akte von", "expediente de",
    "tell", "told", "letter to", "reply to", "write to", "wrote to", "lending to", "lend to", "credit to",
    "remind", "reminded", "inform", "informed", "advise", "advised",
    "ask", "asked", "contacted", "phoned", "emailed", "heard from", "gespräch mit", "telefonat mit",
    "appel avec", "entretien avec", "réunion avec", "llamada con", "reunión con", "chiamata con",
    "incontro con",
    "reunião com", "ligação com", "gesprek met", "rozmowa z", "spotkanie z", "звонок от", "встреча \u0441",
    "samtal med",
)  # fmt: skip
_ABOUT = pattern_of(
    r"(?:,? (?:if|whether|about|before|when|why|once|unless)\b| in (?:the|our|my|accounts|treasury"
    r"|compliance)\b)"
)
_TALK = pattern_of(rf"{BEGIN}(?i:{one_of(_TALKS)})(?: (?:to|with))? ")


def _talked(match: re.Match[str]) -> Span | None:
    """With whom somebody talked, where a word for a person follows."""
    name, text = named(match), match.string
    if name is None or is_office(name[1]):
        return None
    if not (_is_personal(text, name.end()) or _ABOUT.match(text, name.end())):
        return None
    is_other = acts_as_firm(text, name.end(), match.start()) or is_officer(text, *name.span(1))
    return None if is_other else name.span(1)


KINDS = (
    Said("person", _DOERS, _DONE, _done),
    Said("person", _TALKS, _TALK, _talked),
)
