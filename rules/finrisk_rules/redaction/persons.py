"""What tells one person: national numbers, passports, births, homes and names."""

import re
from collections.abc import Callable

from finrisk_rules.redaction.checks import (
    cpf_valid,
    ean_valid,
    itin_valid,
    nir_valid,
    resident_valid,
    ssn_valid,
)
from finrisk_rules.redaction.context import after
from finrisk_rules.redaction.kinds import Proof, Said, Seen, among_digits, anywhere, proved
from finrisk_rules.redaction.reading import Span

_PLAIN_SSN = re.compile(r"(?<![\w.,$€£-])\d{3}-\d{2}-\d{4}(?![\w-]|[.,]\d)")
_NINE = r"\d{3}(?: ?[.-] ?| )?\d{2}(?: ?[.-] ?| )?\d{4}"
_TAX_WORDS = (
    r"ssn|social security|soc\.? ?sec\.?|itin|tin|tax(?:payer)?(?:'s)? (?:id\w*|number|no\.?)|taxpayer"
)
_SSN = after(_TAX_WORDS, _NINE)
_NINO = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}"
    r"(?: \d\d \d\d \d\d ?|-\d\d-\d\d-\d\d-?)[A-D](?![A-Za-z0-9])"
)
_NINO_SAID = after(
    r"nino|ni (?:number|no\.?)|national insurance", r"[A-Z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D]"
)
_NATIONAL_WORDS = (
    r"national(?: id\w*| identity)(?: (?:number|no\.?|card))?|identity card|id card|personal (?:id\w*"
    r"|number)|driver'?s? licen[cs]e"
    r"|dni|nif|nie|curp|rfc|cpf|rg n[.º°]*|pesel|personnummer|personalausweis\w*|steuer-?id\w*"
    r"|steuernummer|sozialversicherungsnummer"
    r"|sécurité sociale|nir|numéro fiscal|codice fiscale|bsn|burgerservicenummer|aadhaar|pan(?= (?:card"
    r"|number|no))|sin|social insurance|tfn"
    r"|nric|my number|マイナンバー|身份证\w{0,3}|身分證\w{0,3}|주민등록번호|инн|снилс|паспорт гражданина"
)
_NATIONAL_SAID = after(
    _NATIONAL_WORDS, r"(?-i:(?:[A-Z]{1,6}[ -]?)?\d(?:[ ./-]?[A-Z]{0,6}\d){4,17}(?:-?[A-Z]{1,2})?)"
)
_CPF = re.compile(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_RESIDENT = re.compile(
    r"(?<![A-Za-z0-9])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
    r"|3[01])\d{3}[\dXx](?![A-Za-z0-9])"
)
_NIR = re.compile(
    r"(?<![\w.,-])[12] \d\d (?:0[1-9]|1[0-2]) (?:\d\d|2[AB]) \d{3} \d{3} \d\d(?![\w-]|[ .,]\d)"
    r"|(?<![\w.,-])[12]\d\d(?:0[1-9]|1[0-2])\d{10}(?![\w-]|[ .,]\d)"
)
_AHV = re.compile(r"(?<![\w.,-])756\.\d{4}\.\d{4}\.\d\d(?![\w-]|[.,]\d)")
_FISCAL = re.compile(r"(?<![A-Za-z0-9])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![A-Za-z0-9])")
_PASSPORT = after(
    r"passport|passeport|pasaporte|reisepass\w*|passaporto|passaporte|paspoort|paszport\w*|паспорт\w*"
    r"|护照\w{0,2}|護照\w{0,2}|パスポート\w{0,2}|旅券番号|여권번호",
    r"(?:(?:[A-Z]{1,3} ?)?\d(?:[ -]?\d){4,9}[A-Z]?|(?=[A-Z]*(?:\d[A-Z]*){4})[A-Z\d]{7,10})",
)
_DATE = (
    r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}|\d{1,2}(?:st|nd|rd|th|er|º)?\.? (?:of |de "
    r"|d')?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]"
)
_BIRTH = after(
    r"dob|d\.o\.b\.?|date of birth|birth ?date|birthday|born|geburtsdatum|geb\.|geboren"
    r"|date de naissance|née? le"
    r"|fecha de nacimiento|nacid[oa] el|data de nascimento|nascid[oa] em|data di nascita|nat[oa] il"
    r"|geboortedatum"
    r"|data urodzenia|urodzon[ya]|дата рождения|родил(?:ся|ась)|生年月日|出生日期|出生年月日|생년월일",
    rf"(?:{_DATE})",
    r"[^\w\n|;]{0,4}(?:[^\W\d_]{1,4}[^\w\n|;]{1,3})?",
)
_WORD = r"[^\W\d_][\w'’.-]{0,30}"
_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}(?![A-Za-z\d])"
_STREET = (
    rf"(?:\d{{1,6}}[A-Za-z]?,? (?:{_WORD} ){{0,4}}{_WORD}|(?:{_WORD} ){{0,4}}{_WORD},? \d{{1,5}}[a-z]?)"
    rf"(?:,? {_POSTCODE}|, [A-Z#]{_WORD}(?: (?!{_POSTCODE})[A-Z]{_WORD}){{0,2}}"
    rf"|, \d{{4,6}}(?:-\d{{3,4}})? [A-ZÀ-ÞĀ-ŽА-Я]{_WORD}"
    rf"|,? #? ?\d{{1,6}}(?:-\d{{3,4}}|[A-Za-z])?(?!\w|[,.]\d)"
    rf"|,? [A-Z]{{2}}(?![\w])){{0,6}}"
)
_ADDRESS = re.compile(
    r"(?<![^\W\d_])(?i:liv(?:es|ing) (?:at|in)|resid(?:es|ing|ent) (?:at|in)|(?:home|postal|private"
    r"|residential|mailing|billing) address"
    r"|property (?:located )?at|domiciled (?:at|in)|wohnhaft(?: in)?|wohnt in|anschrift|domicilié à"
    r"|demeurant|adresse personnelle"
    r"|domicilio|dirección|residente en|endereço|residente (?:a|em)|indirizzo|woonachtig|zamieszkał[ya]"
    r"|проживает по адресу|адрес)"
    rf"(?: is| ist| est| es| è| é)?[ :,]{{1,3}}({_STREET})"
)
_NO_PLACE = re.compile(
    r"(?i)(?:section|note|item|part|chapter|page|table|figure|article)s? \d"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|ju[nl]|aug|sep|oct|nov|dec)"
)
_STREETS = re.compile(
    r"\b(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Way|Place|Pl|Terrace|Square|Parkway|Pkwy|Circle)\b"
)
_ORIENTAL = re.compile(r"(?:住所|地址|住址|주소)[ :は是]{0,3}([^\s,。;|]{4,60})")

_NAME = r"[A-ZÀ-ÖØ-ÞĀ-ŽА-Я](?:['’][A-Z])?[a-zß-öø-ÿā-žа-яё]+(?:['’]?[A-Z][a-zß-ÿ]+)?(?:-[A-ZÀ-Þ][a-zß-ÿ]+)?"
_PARTICLE = r"(?:van|von|zu|de|da|do|dos|di|del|della|der|den|ten|ter|du|le|bin|binti|al|el|la)"
_FULL_NAME = rf"(?:{_PARTICLE} )*{_NAME}(?: (?:[A-Z]\.|{_NAME}|{_PARTICLE}(?= )))*? {_NAME}(?: {_NAME})?"
_TITLE = (
    r"Mr|Mrs|Ms|Miss|Messrs|Herrn?|Frau|Mme|Mlle|M\.|Monsieur|Madame|Sra?|[Ss]eñora?|[Dd]on|[Dd]oña|Dña|Senhora?"
    r"|Sig(?:\.?ra)?|[Ss]ignora?|Dott(?:\.?ssa)?|Dhr|[Hh]eer|Mevr(?:ouw)?|mevrouw|Pan(?:i[aą]?|a|u|em)?"
    r"|Say\u0131n|Г-н|Г-жа|\u0433-н|\u0433-жа|[Гг]осподин|[Гг]оспожа"
)
_ROLE = (
    r"account[ -]?holders?|card[ -]?holders?|policy[ -]?holders?|borrower|co-borrower|guarantor"
    r"|beneficiary|beneficial owner"
    r"|customer|client|applicant|payee|tenant|mortgagor|debtor|insured|patient|employee|spouse"
    r"|Kunden?|Kundin|Mandant(?:in)?|Anleger(?:in)?|Bürgen?|Bürgin|cliente|assuré|souscripteur|avalista"
    r"|fiador|fiadora|garante|klant|borgsteller|klient|klientka|poręczyciel|kund|låntagare|müşteri"
    r"|клиент|клиентка|клиента|поручитель"
    r"|Kontoinhaber(?:in)?"
    r"|Karteninhaber(?:in)?|Kreditnehmer(?:in)?|titulaire(?: du compte)?|emprunteur|emprunteuse"
    r"|titular(?: de la cuenta| da conta)?"
    r"|prestatario|prestataria|intestatari[oa]|rekeninghouder|kredietnemer|posiadacz(?: rachunku)?"
    r"|владелец счета|заёмщик|заемщик"
)
_HOLDER = re.compile(
    rf"(?<![\w-])(?:(?i:{_ROLE})(?i: name)?(?: is| was| named| called| ist| est| es| è| é)?[:,]? ?[:(]? ?"
    rf"|(?i:full name|customer name|client name|name of (?:the )?(?:account holder|borrower|customer"
    rf"|client)|(?:request|signed|prepared|submitted) by)[: ] ?)"
    rf"(?:(?:{_TITLE}|Dr|Prof)\.? )*"
    rf"({_FULL_NAME}|(?<=: )[A-Z][A-Z'-]+(?: [A-Z][A-Z'-]+){{1,2}})"
)
_TITLED = re.compile(
    rf"(?<!\w)(?:{_TITLE})\.? "
    rf"((?:(?:Dr|Prof)\.? )?(?:{_PARTICLE} ){{0,2}}{_NAME}"
    rf"(?: (?:[A-Z]\.|(?:{_PARTICLE} ){{0,2}}{_NAME})){{0,2}})"
)
_HONOURED = re.compile(
    r"(?:客户|客戶|借款人|担保人|投资者|投資者|持卡人|申请人|申請人|契約者|名義人|顧客|고객|차주|보증인|신청인|예금주)"
    r"[: は의の]{0,2}([\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,6}?(?: [\u4e00-\u9fff]{1,3})?)"
    r"(?= ?(?:先生|女士|小姐|様|さん|님|씨))"
)
_ADDRESSED = re.compile(
    r"(?:(?<=[\s。、「(:,.])|\A)([\u4e00-\u9fff]{2,3} ?[\u3040-\u30ff\u4e00-\u9fff]{1,3})様"
    r"(?=[のはがへにをと、。,\s])"
)
_NO_NAME = frozenset("客皆株主先社者員方各同多仕模")
"""Signs of words that are addressed with honour and name nobody."""
_ASIAN_NAME = re.compile(
    r"(?:口座名義人?|账户持有人|户名|戶名|开户人|예금주|借款人|保证人)[: 是は]{1,2}"
    r"([\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]{2,6})"
)
_FIRM = frozenset(
    "inc corp corporation company co llc ltd limited plc ag gmbh se sa spa nv bv kg ab as group holding"
    " holdings bank trust fund capital partners lp llp insurance financial securities association"
    " university department service services systems technologies energy airlines account accounts"
    " deposit deposits loan loans relationship relationships contract contracts plan plans risk rating"
    " credit asset assets liabilities receivable receivables right rights benefit benefits subsidiary"
    " subsidiaries revenue revenues matters stock option options retirement national american federal"
    " states agreement report interest banco banca banque banka grupo groupe gruppe deutsche compagnie"
    " compañía versicherung versicherungen sparkasse werke bahn fonds fondo fundo".split()
)
"""Words that tell a firm or a heading from a person."""

_OFFICE = frozenset(
    "officer officers director directors president chairman chairwoman chairperson chair chief ceo cfo"
    " coo cio treasurer secretary governor executive executives trustee counsel partner auditor analyst"
    " minister senator board vorstand aufsichtsrat company registrant retire retired retirement elected"
    " appointed joined served employment compensation bonus salary severance award awards shares vest"
    " vested vesting messrs earned payout proceeds filing"
    " presidente director directora diretor diretora administrador consejo conselho amministratore consiglio"
    " président directeur directrice administrateur vorsitzender geschäftsführer bestuurder voorzitter prezes"
    " председатель директор".split()
)
"""Words that tell that a filing names its officers."""

_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"[A-Z][\w.]*\s$")
_POLISH = re.compile("[ąćęłńóśźż]")
_AROUND = 160
"""Characters before and after a name in which the office stands."""


def _is_person(match: re.Match[str]) -> bool:
    start, end = match.span(1)
    more = re.match(r",? [A-Z&][\w.]*", match.string[end : end + 24])
    return _FIRM.isdisjoint(_words(match.string[start : end + (more.end() if more else 0)]))


def _words(text: str) -> list[str]:
    return _LETTERS.findall(text.lower())


def _holder(match: re.Match[str]) -> Span | None:
    role = match[0][: match.start(1) - match.start()]
    is_heading = role[:1].isupper() and " " not in role.strip() and role[-1:] == " " and ":" not in role
    is_title_case = re.match(r"[A-Z]\w+[ -][A-Z]", role) is not None
    is_one = _is_person(match) and not is_title_case and not (is_heading and _in_heading(match))
    return match.span(1) if is_one else None


def _in_heading(match: re.Match[str]) -> bool:
    """Whether the words are a heading or a cell: what follows goes on with none in lower case."""
    return not re.match(r",? [^\W\d_A-ZÀ-ÞА-Я]|'s\b|’s\b", match.string[match.end() : match.end() + 3])


def _titled(match: re.Match[str]) -> bool:
    """Whether no office stands near: officers whom a filing names stay."""
    start, end = match.span()
    if match[0].startswith("M.") and _CAPITALISED.search(match.string[max(0, start - 24) : start]):
        return False  # an initial
    if match[0].startswith("Pan ") and not _POLISH.search(
        match.string, max(0, start - _AROUND), end + _AROUND
    ):
        return False
    around = match.string[max(0, start - _AROUND) : end + _AROUND]
    return _OFFICE.isdisjoint(_words(around)) and _is_person(match)


def _address(match: re.Match[str]) -> Span | None:
    if _NO_PLACE.match(match[1]) or (match[0][:8].lower() == "property" and not _STREETS.search(match[1])):
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


_NATIONAL_BEGINNINGS = (
    "national", "identity card", "id card", "personal", "driver", "dni", "nif", "nie", "curp", "rfc",
    "cpf", "rg n", "pesel",
    "personnummer", "steuer", "sozialvers", "sécurité soc", "nir", "numéro fiscal", "codice fiscale",
    "bsn", "burgerservice",
    "aadhaar", "pan", "sin", "social ins", "tfn", "nric", "my number", "マイナンバー", "身份证",
    "身分證", "주민등록번호", "инн", "снилс", "паспорт гражданина",
)  # fmt: skip
_PASSPORT_BEGINNINGS = (
    "passport", "passeport", "pasaporte", "reisepass", "passapor", "paspoort", "paszport", "паспорт",
    "护照", "護照",
    "パスポート", "旅券番号", "여권번호",
)  # fmt: skip
_BIRTH_BEGINNINGS = (
    "dob", "date of birth", "birth", "born", "geb", "geboren", "geburt", "geboorte", "date de naiss",
    "né", "née",
    "fecha de nac", "nacido", "nacida", "data d", "data urodzenia", "nascid", "nato", "nata", "urodzon",
    "дата рожд",
    "родил", "生年月日",
    "出生", "생년월일",
)  # fmt: skip
_ADDRESS_BEGINNINGS = (
    "lives", "living", "resid", "home address", "postal address", "private address", "mailing address",
    "billing address",
    "property", "domicil", "wohnhaft", "wohnt", "anschrift", "demeurant", "adresse", "direcci", "endere",
    "indirizzo", "woonachtig",
    "zamieszk", "проживает", "адрес",
)  # fmt: skip
_HOLDER_BEGINNINGS = (
    "account", "card", "cardholder", "policy", "borrower", "co-borrower", "guarantor", "benefici", "customer",
    "client", "applicant",
    "payee", "tenant", "mortgagor", "debtor", "insured", "patient", "employee", "spouse", "kontoinhaber",
    "karteninhaber",
    "kreditnehmer", "titular", "titulaire", "emprunteu", "prestatari", "intestatari", "rekeninghouder",
    "kredietnemer",
    "posiadacz", "владелец", "заёмщик", "заемщик", "full name", "name of", "request", "signed",
    "prepared", "submitted",
    "kund", "kunde", "kunden", "kundin", "mandant", "anleger", "bürge", "bürgen", "bürgin", "cliente",
    "assuré", "souscripteur",
    "avalista", "fiador", "garante", "klant", "borgsteller", "klient", "poręczyciel", "låntagare", "müşteri",
    "клиент", "поручитель",
)  # fmt: skip
_TITLES = (
    "mr", "mrs", "ms", "miss", "messrs", "herr", "herrn", "frau", "mme", "mlle", "monsieur", "madame", "sr",
    "sra", "señor", "sig", "signor",
    "m. ", "don ", "doña", "dña", "senhor", "dott", "heer", "dhr", "mevr", "mevrouw",
    "pan", "pana", "panu", "panem", "pani", "panią", "say\u0131n", "\u0433-",
    "господин", "госпожа",
)  # fmt: skip
_ASIAN_BEGINNINGS = ("口座名義", "账户持有人", "户名", "戶名", "开户人", "예금주", "借款人", "保证人")
_HONOURED_BEGINNINGS = (
    "客户", "客戶", "借款人", "担保人", "投资者", "投資者", "持卡人", "申请人", "申請人",
    "契約者", "名義人", "顧客", "고객", "차주", "보증인", "신청인", "예금주",
)  # fmt: skip
_TAX_BEGINNINGS = ("ssn", "soc", "socsec", "social", "itin", "tin", "tax", "taxpayer")


_OF_A_THING = re.compile(
    r"(?i)\b(?:part|item|model|serial|sku|lot|batch|catalog(?:ue)?|invoice|docket|purchase order)s?"
    r"(?: (?:no\.?|number|nr\.?))?[ :#]{1,3}$"
)
"""What stands before the number of a thing."""


def _unsigned(check: Callable[[str], bool], group: int = 0, among: re.Pattern[str] | None = None) -> Proof:
    """The proof of a number by its digits alone, where the text before does not say what else it is."""

    def is_one(match: re.Match[str]) -> bool:
        before = match.string[max(0, match.start() - 30) : match.start()]
        return not (among and among.search(before)) and check(re.sub(r"\D", "", match[group]))

    return proved(is_one, group)


KINDS = (
    among_digits("ssn", _PLAIN_SSN, _unsigned(ssn_valid, among=_OF_A_THING)),
    among_digits("itin", _PLAIN_SSN, _unsigned(itin_valid, among=_OF_A_THING)),
    Said("ssn", _TAX_BEGINNINGS, _SSN, _unsigned(ssn_valid, 1)),
    Said("itin", _TAX_BEGINNINGS, _SSN, _unsigned(itin_valid, 1)),
    among_digits("nino", _NINO),
    Said("nino", ("nino", "ni n", "national ins"), _NINO_SAID),
    among_digits("national_id", _CPF, _unsigned(cpf_valid)),
    among_digits("national_id", _NIR, proved(lambda match: nir_valid(match[0]))),
    Seen("national_id", lambda reading: "756." in reading.text, anywhere(_AHV, _unsigned(ean_valid))),
    among_digits("national_id", _RESIDENT, proved(lambda match: resident_valid(match[0]))),
    Seen("national_id", lambda reading: reading.has_run(16), anywhere(_FISCAL)),
    Said("passport", _PASSPORT_BEGINNINGS, _PASSPORT),
    Said("national_id", _NATIONAL_BEGINNINGS, _NATIONAL_SAID),
    Said("birth_date", _BIRTH_BEGINNINGS, _BIRTH, inside=("d.o.b",)),
    Said("address", _ADDRESS_BEGINNINGS, _ADDRESS, _address),
    Said("address", ("住所", "地址", "住址", "주소"), _ORIENTAL),
    Said("person", _HOLDER_BEGINNINGS, _HOLDER, _holder),
    Said("person", _TITLES, _TITLED, proved(_titled, 1)),
    Said("person", _ASIAN_BEGINNINGS, _ASIAN_NAME),
    Said("person", _HONOURED_BEGINNINGS, _HONOURED),
    Seen(
        "person",
        lambda reading: "様" in reading.text,
        anywhere(_ADDRESSED, proved(lambda match: _NO_NAME.isdisjoint(match[1]), 1)),
    ),
)
