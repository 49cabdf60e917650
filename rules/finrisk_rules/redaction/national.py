"""Numbers by which a state knows a person, passports and births."""

import re
from collections.abc import Callable

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.checks import (
    SHAPES,
    cpf_valid,
    ean_valid,
    itin_valid,
    nir_valid,
    resident_valid,
    ssn_valid,
)
from finrisk_rules.redaction.context import after
from finrisk_rules.redaction.kinds import LONG_CODE, Proof, Said, Seen, among_digits, among_runs, proved
from finrisk_rules.redaction.reading import Span

_PLAIN_SSN = pattern_of(r"(?<![\w.,$€£-])\d{3}-\d{2}-\d{4}(?![\w-]|[.,]\d)")
_NINE = r"\d{3}(?: ?[.-] ?| )?\d{2}(?: ?[.-] ?| )?\d{4}"
_TAX_WORDS = (
    r"ssn|social security|social(?= (?:is|no|number)\b|:)"
    r"|soc\.? ?sec\.?|itin|tin|tax(?:payer)?(?:'s)? (?:id\w*|number|no\.?)|taxpayer"
)
_SSN = after(_TAX_WORDS, _NINE)
_NINO = pattern_of(
    r"(?<![A-Za-z0-9])[A-Z]{2}"
    r"(?: \d\d \d\d \d\d ?|-\d\d-\d\d-\d\d-?)[A-D](?![A-Za-z0-9])"
)
_NINO_SAID = after(
    r"nino|ni (?:number|no\.?)|national insurance", r"[A-Z]{2}[ -]?\d\d[ -]?\d\d[ -]?\d\d[ -]?[A-D]"
)
_NATIONAL_WORDS = (
    r"national(?: id\w*| identity)(?: (?:number|no\.?|card))?|identity card|id card|personal (?:id\w*"
    r"|number)|driv(?:er'?s?|ing) licen[cs]e(?: (?:number|no\.?))?|medicare(?: (?:number|no\.?))"
    r"|nhs(?: (?:number|no\.?))"
    r"|(?-i:DNI)|dni(?= (?:es|n|is)\b|:)|nif|(?-i:NIE)|curp|rfc|cpf|rg n[.º°]*|pesel|personnummer"
    r"|personalausweis\w*|steuer-?id\w*"
    r"|steuernummer|sozialversicherungsnummer"
    r"|sécurité sociale|nir|numéro fiscal|codice fiscale|bsn|burgerservicenummer|aadhaar|pan(?= (?:card"
    r"|number|no))|(?-i:SIN)|sin(?= (?:number|no)\b)|social insurance|tfn"
    r"|(?:utr|unique taxpayer reference)(?=\D{1,16}\d{5} ?\d{5}\b)|(?:nik|ktp)(?=\D{1,12}\d{16}\b)"
    r"|bvn(?=\D{1,12}\d{11}\b)"
    r"|cnic|emirates id|iqama|mykad|svnr"
    r"|nric|pps(?: (?:number|no\.?))|ppsn|rut|cuil"
    r"|cuit|егн|рнокпп|іпн|αμκα|αφμ|תעודת זהות|ת\.ז\."
    r"|my number|マイナンバー|個人番号|身份证\w{0,3}|身分證\w{0,3}|주민등록번호|снилс|паспорт гражданина"
    r"|cpr(?:-n\w*)?|fødselsn\w*|fodselsn\w*|henkilötunnu\w*|kennital\w*|rodné číslo|rodné c\w*|cnp"
    r"|oib|jmbg"
    r"|seguridad social|registre national|rijksregister\w*|seguro social|kimlik\w*|आधार|بطاقة الهوية"
    r"|رقم الهوية|identifiant national|documento nacional|cédula|carta d'identità|carte d'identité"
    r"|dowód osobist\w*|dowodu osobist\w*|identiteitskaart|ahv(?:-\w*)?|numer pesel"
)
_NATIONAL_SAID = after(
    _NATIONAL_WORDS, r"(?-i:(?:[A-Z]{1,6}[ -]?)?\d(?:(?:[ ./-]?[A-Z]{0,6}| [A-Z] )\d){4,17}(?:-?[A-Z]{1,2})?)"
)
_CPF = pattern_of(r"(?<![\d.])\d{3}\.\d{3}\.\d{3}-\d{2}(?!\d)")
_RESIDENT = pattern_of(
    r"(?<![A-Za-z0-9])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d"
    r"|3[01])\d{3}[\dXx](?![A-Za-z0-9])"
)
_NIR = pattern_of(
    r"(?<![\w.,-])[12] \d\d (?:0[1-9]|1[0-2]) (?:\d\d|2[AB]) \d{3} \d{3} \d\d(?![\w-]|[ .,]\d)"
    r"|(?<![\w.,-])[12]\d\d(?:0[1-9]|1[0-2])\d{10}(?![\w-]|[ .,]\d)"
)
_AHV = pattern_of(r"(?<![\w.,-])756\.\d{4}\.\d{4}\.\d\d(?![\w-]|[.,]\d)")
_FISCAL = pattern_of(r"(?<![A-Za-z0-9])[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z](?![A-Za-z0-9])")
_SHAPES = pattern_of(
    r"(?<![\w.,$€£/-])(?:(?P<rut>\d{1,2}\.\d{3}\.\d{3}-[\dkK])|(?P<cuil>2[0-7]-\d{8}-\d)"
    r"|(?P<thai>[1-8]-\d{4}-\d{5}-\d\d-\d)|(?P<nric>[STFG]\d{7}[A-Z])|(?P<dni>[XYZ]?-?\d{7,8}-?[A-Z])"
    r"|(?P<hetu>\d{6}[-+A-FU-Y]\d{3}[\dA-FHJ-NPR-Y])"
    r"|(?P<belgian>\d\d\.\d\d\.\d\d-\d{3}\.\d\d)|(?P<rrn>\d{6}-[1-8]\d{6})"
    r"|(?P<swedish>(?:(?:19|20)\d\d)?\d{6}[-+]\d{4})|(?P<czech>\d{6}/\d{3,4})"
    r"|(?P<pesel>(?!\d*000(?!\d))\d{11}))(?![\w%/-]|[.,]\d)"
)
_PAN = after(r"pan(?: (?:card|number|no\.?))?", r"(?-i:[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z])")
_INN = after("инн", r"\d{12}")
"""A firm's has ten digits."""

_PASSPORT = after(
    r"passport|travel document|passeport|pasaporte|reisepass\w*|passaporto|passaporte|paspoort"
    r"|paszport\w*|паспорт\w*"
    r"|护照\w{0,2}|護照\w{0,2}|パスポート\w{0,2}|旅券番号|여권번호",
    r"(?:(?:[A-Z]{1,3} ?)?\d(?:[ -]?\d){4,9}[A-Z]?|(?=[A-Z]*(?:\d[A-Z]*){2})[A-Z\d]{7,10})",
)
_DATE = (
    r"\d{1,4}[./-] ?\d{1,2}[./-] ?\d{1,4}|\d{1,2}(?:st|nd|rd|th|er|º)?\.? (?:of |de "
    r"|d')?[^\W\d_]{3,12}\.?,? (?:de )?\d{4}"
    r"|(?:昭和|平成|令和|大正|明治)(?:\d{1,2}|元)年\d{1,2}月\d{1,2}日"
    r"|[^\W\d_]{3,12}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{4} ?[年년] ?\d{1,2} ?[月월] ?\d{1,2} ?[日일]"
)
_BORN_AT = after(
    r"nat[oa] a|née? à|nacid[oa] en|nascid[oa] em|born in|geboren in|geboren te|urodzon[ya] w|född i|født i"
    r"|родил(?:ся|ась) в",
    rf"(?:{_DATE})",
    r" [^\W\d_][\w'’.-]{1,20}(?: [^\W\d_][\w'’.-]{1,20}){0,2}?(?: \([^\W\d_]{2,12}\))?,? (?:(?:il|le|el|em"
    r"|a|on|am|op|dnia|den) )?",
)
"""Where, and then when one was born."""

_BIRTH = after(
    r"ur\.|nar\.|narozena?|född|født|syntynyt|născut[ăa]?|ngày sinh|tanggal lahir|doğum tarihi|дата "
    r"народження|תאריך לידה"
    r"|تاريخ الميلاد|जन्म तिथि|जन्मतिथि|วันเกิด|ημερομηνία γέννησης|γεννήθηκε|syntymäaika|fødselsdato"
    r"|födelsedatum"
    r"|datum narození|születési idő|data nașterii|dob|d\.o\.b\.?|date of birth|birth ?date|birthday|born"
    r"|geburtsdatum|geb\.|geboren"
    r"|date de naissance|née? le"
    r"|fecha de nacimiento|nacid[oa] el|data de nascimento|nascid[oa] em|nasceu(?: em| a)"
    r"|nació el|data di nascita|nat[oa] il"
    r"|geboortedatum"
    r"|data urodzenia|urodzon[ya]|дата рождения|родил(?:ся|ась)|生年月日|出生日期|出生年月日|생년월일",
    rf"(?:{_DATE})",
    r"[^\w\n|;]{0,4}"
    r"(?:[は是為为은는이]|[^\W\d_]{1,4}[^\w\n|;]{1,3}|(?:[^\W\d_]{2,12} ){0,3}[^\W\d_]{2,12}: ?)?",
)
_NATIONAL_BEGINNINGS = (
    "national", "identity card", "id card", "personal", "driver", "driving", "medicare n", "nhs n",
    "dni", "nif", "nie", "curp", "rfc",
    "cpf", "rg n", "pesel",
    "personnummer", "steuer", "sozialvers", "sécurité soc", "nir", "numéro fiscal", "codice fiscale",
    "bsn", "burgerservice",
    "aadhaar", "pan", "sin", "social ins", "tfn", "nric", "pps", "ppsn", "rut", "utr", "unique tax", "bvn",
    "cnic", "emirates id", "iqama", "mykad", "ktp",
    "nik", "svnr",
    "cuil", "cuit", "егн", "рнокпп", "іпн", "αμκα", "αφμ", "תעודת זהות", "ת.ז",
    "my number", "マイナンバー", "身份证",
    "身分證", "주민등록번호", "снилс", "паспорт гражданина", "個人番号", "cpr", "fødselsn",
    "fodselsn", "henkil", "kennital", "rodné c", "rodné č", "cnp", "oib", "jmbg", "seguridad social",
    "registre national", "rijksregister", "seguro social", "kimlik", "आधार", "بطاقة الهوية", "رقم الهوية",
    "identifiant national", "documento nacional", "cédula", "carta d'id", "carte d'id", "dowód osob",
    "dowodu osob", "identiteitskaart", "ahv", "numer pesel",
)  # fmt: skip
_PASSPORT_BEGINNINGS = (
    "passport", "travel document", "passeport", "pasaporte", "reisepass", "passapor", "paspoort",
    "paszport", "паспорт",
    "护照", "護照",
    "パスポート", "旅券番号", "여권번호",
)  # fmt: skip
_BIRTH_BEGINNINGS = (
    "ur.", "nar.", "narozen", "född", "født", "syntynyt", "născut", "ngày sinh", "tanggal lahir", "doğum tar",
    "дата народ", "תאריך לידה", "تاريخ الميلاد", "जन्म", "วันเกิด", "ημερομηνία \u03b3", "γεννήθηκε",
    "syntymä", "fødselsd",
    "födelsed", "datum nar", "születési", "data naș",
    "dob", "date of birth", "birth", "born", "geb", "geboren", "geburt", "geboorte", "date de naiss",
    "né", "née",
    "fecha de nac", "nacido", "nacida", "data d", "data urodzenia", "nascid", "nasceu", "nació",
    "nato", "nata", "urodzon",
    "дата рожд",
    "родил", "生年月日",
    "出生", "생년월일",
)  # fmt: skip
_TAX_BEGINNINGS = ("ssn", "soc", "socsec", "social", "itin", "tin", "tax", "taxpayer")


_OF_A_THING = pattern_of(
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


def _shaped(match: re.Match[str]) -> bool:
    """Whether check characters and date of birth prove a number of the shape of a country's."""
    before = match.string[max(0, match.start() - 30) : match.start()]
    return not _OF_A_THING.search(before) and SHAPES[str(match.lastgroup)](match[0])


_BORN_THING = pattern_of(
    r"(?i)\b(?:the|this|that|an?|our|its|whose) (?:[\w-]+ ){0,2}?(?!(?:account|policy|card)?"
    r"(?:holder|customer|client|borrower|applicant|insured|patient|employee|spouse|child|son|daughter|wife"
    r"|husband|man|woman|person|tenant|beneficiary|guarantor|debtor|owner|member|founder|father|mother"
    r"|claimant|complainant|caller"
    r"|cardholder|policyholder|heir|widow|widower|brother|sister|user|signatory|payee|niece|nephew)\b)"
    r"[a-z-]+ (?:was|were|is) \Z"
)
"""A thing that was born: an article and a noun that names no person."""


_BORN_AFTER = pattern_of(r"geboren\b|született\b|doğumlu\b|doğdu\b|生まれ|出生|출생|생(?=[\s,.)입])")
_BEFORE_BORN = pattern_of(rf"(?:{_DATE})(?:[’']?(?:de|da|tarihinde|일|日)?)? ?(?:in [A-ZÀ-Þ][\w-]+ )?\Z")


def _born_before(match: re.Match[str]) -> Span | None:
    """The day that stands before a verb of birth, where the verb ends the sentence."""
    start = max(0, match.start() - 48)
    day = _BEFORE_BORN.search(match.string, start, match.start())
    return (
        (day.start(), day.start() + len(day[0].rstrip()))
        if day and sum(map(str.isdigit, day[0])) > 4
        else None
    )


_BIRTH_NOUN = pattern_of(
    r"(?i)d\.?o|تاريخ|जन्म|ngày|tanggal|doğum|תאריך|ημερομηνία|syntym|fødsels|födelse|datum|születési|date|data|дата|fecha|geburtsd|geboorted|birth"
)
"""What the day of a person is told by, and the person between it and a colon; a verb may be a firm's."""


def _birth(match: re.Match[str]) -> Span | None:
    head = match[0][: match.start(1) - match.start()]
    if head.rstrip().endswith(":") and head.count(" ") > 1 and not _BIRTH_NOUN.match(head):
        return None
    is_verb = match[0][:4].lower() == "born"
    before = match.string[max(0, match.start() - 60) : match.start()]
    return None if is_verb and _BORN_THING.search(before) else match.span(1)


KINDS = (
    among_digits("ssn", _PLAIN_SSN, _unsigned(ssn_valid, among=_OF_A_THING)),
    among_digits("itin", _PLAIN_SSN, _unsigned(itin_valid, among=_OF_A_THING)),
    Said("ssn", _TAX_BEGINNINGS, _SSN, _unsigned(ssn_valid, 1), of_digits=True),
    Said("itin", _TAX_BEGINNINGS, _SSN, _unsigned(itin_valid, 1), of_digits=True),
    among_digits("nino", _NINO),
    Said("nino", ("nino", "ni n", "national ins"), _NINO_SAID, of_digits=True),
    among_digits("national_id", _CPF, _unsigned(cpf_valid)),
    among_digits("national_id", _NIR, proved(lambda match: nir_valid(match[0]))),
    among_digits("national_id", _AHV, _unsigned(ean_valid, among=_OF_A_THING)),
    among_digits("national_id", _RESIDENT, proved(lambda match: resident_valid(match[0]))),
    Seen("national_id", LONG_CODE, among_runs(_FISCAL, 16)),
    among_digits("national_id", _SHAPES, proved(_shaped)),
    Said("national_id", ("pan",), _PAN),
    Said("national_id", ("инн",), _INN, of_digits=True),
    Said("passport", _PASSPORT_BEGINNINGS, _PASSPORT),
    Said("national_id", _NATIONAL_BEGINNINGS, _NATIONAL_SAID),
    Said(
        "birth_date",
        ("geboren", "született", "doğumlu", "doğdu", "生まれ", "出生", "출생", "생"),
        _BORN_AFTER,
        _born_before,
    ),
    Said(
        "birth_date",
        (
            "nato a",
            "nata a",
            "né à",
            "née à",
            "nacido en",
            "nacida en",
            "nascido em",
            "nascida em",
            "born in",
            "geboren in",
            "geboren te",
            "urodzon",
            "född i",
            "født i",
            "родил",
        ),
        _BORN_AT,
        _birth,
    ),
    Said("birth_date", _BIRTH_BEGINNINGS, _BIRTH, _birth, inside=("d.o.b",)),
)
