"""Names of persons, told by what stands around them."""

import re

from finrisk_rules.redaction.context import FOREIGN, alternatives, one_of
from finrisk_rules.redaction.firms import acts_as_firm, has_firm_word, is_firm_name, moves
from finrisk_rules.redaction.kinds import Said, proved
from finrisk_rules.redaction.reading import Span

_UPPER = (
    r"[A-ZÀ-ÖØ-Þ\u0100-\u024f\u1e00-\u1eff\u0386-\u03abЁЄ\u0406ЇҐ\u0410-Я](?![\u0386-\u03ab\u0401-\u042f])"
)
_LOWER = r"[^\W\d_A-ZÀ-ÖØ-Þ]"
"""A first letter after which no capital of Greece or of the Cyrillic script stands, and a letter that is no
capital of Latin-1: a set of letters above U+00FF takes long to compile, so that a name has one of them."""

NAME = (
    rf"{_UPPER}(?:['’][A-Z])?{_LOWER}+(?:['’](?!s\b)[A-Za-z][a-zß-ÿ]*|[A-Z][a-zß-ÿ]+)?"
    rf"(?:-[^\W\d_a-zß-öø-ÿ]{_LOWER}+)?"
)
INITIALS = r"(?!U\. ?[SKN]\.|E\. ?U\.)(?:[A-Z]\. ?){1,3}"
PARTICLE = r"(?:van|von|af|zu|de|da|do|dos|di|del|della|der|den|ten|ter|du|le|bin|binti|al|el|la)"
FULL_NAME = (
    rf"(?:(?:{PARTICLE} )*{NAME}(?: (?:[A-Z]\.|{NAME}|{PARTICLE}(?= )))*?(?: {NAME}){{1,2}}"
    rf"|{INITIALS}(?:{PARTICLE} ){{0,2}}{NAME})"
)
TITLE = (
    r"Mr|Mrs|Ms|Miss|Messrs|Herrn?|Frau|Fru|Hr|Mme|Mlle|M\.|Monsieur|Madame|Sra?|[Ss]eñora?|[Dd]on|[Dd]oña"
    r"|Dña"
    r"|Senhora?"
    r"|[Ss]ig(?:\.?ra)?|[Ss]ignora?|[Dd]ott(?:\.?ssa)?|Dhr|[Hh]eer|Mevr(?:ouw)?|mevrouw|Pan(?:i[aąe]?|a|u"
    r"|em)?"
    r"|Say\u0131n|Г-н|Г-жа|\u0433-н|\u0433-жа|[Гг]осподин|[Гг]оспожа|Dame|Rev|Sgt|Cpl|Lt|Capt|Maj|Insp|Det"
    r"|Supt|Me|D\."
    r"|dhr|[Mm]w|[Pp]ane|[Pp]aní|[Dd]omnule|[Dd]omnului|[Dd]omnul|[Dd]oamn[aăe]i?|dl|dna|[Hh]erra|[Rr]ouva"
    r"|[Nn]eiti"
    r"|[Κκ]ύρι[εο]ς?|[Κκ]υρία|[Κκ]|Bapak|Ibu|Sdri?|Pak|Encik|Puan|[Пп]ан[\u0435\u0456]?|[Пп]ані|[ÔÔô]ng"
    r"|[Bb]à|Bayan"
)
_ROLE = (
    r"account[ -]?holders?|co-?borrowers|guarantors|card[ -]?holders?|policy[ -]?holders?|borrower"
    r"|co-borrower|guarantor"
    r"|beneficiary|beneficial owner"
    r"|customer|clienta|client|applicant|payee|tenant|mortgagor|debtor|insured|patient|employee|spouse"
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
    r"|владелица счёта"
    r"|владелец счёта|вкладчик|contactpersoon|persona de contacto|teller|solicitor|notary|notaris|notario"
    r"|notaire"
)
_NAME_FIELDS = (
    "full name", "customer name", "client name", "name of account holder", "name of the account holder",
    "name of borrower", "name of the borrower", "name of customer", "name of the customer", "name of client",
    "name of the client",
)  # fmt: skip
_HOLDER = re.compile(
    rf"(?<![\w-])(?:(?>(?i:{one_of(alternatives(_ROLE))})(?:(?:['’]s)?(?i: name))?"
    rf"(?: is| was| named| called| ist| est| es| è| é)?,?:? ?[:(]? ?)"
    rf"|(?i:{one_of(_NAME_FIELDS)}|(?:request(?:ed)?|signed|prepared|submitted) by"
    r"(?:(?: the)?(?-i: [a-z]{4,12}){1,2}(?= [A-ZÀ-Þ]))?)(?:[: ]| [=-] )[ ]?)"
    rf"(?>(?:(?:{TITLE}|Dr|Prof)\.? )*)"
    rf"({FULL_NAME}|(?<=: )[A-Z][A-Z'-]+(?: [A-Z][A-Z'-]+){{1,2}}|[A-Z]{{5,}} {NAME})"
)
_TITLED = re.compile(
    rf"(?<!\w)(?:{TITLE})\.? "
    rf"((?:(?:Dr|Prof)\.? )?(?:{PARTICLE} |{INITIALS}){{0,2}}{NAME}"
    rf"(?: (?:[A-Z]\.|(?:{PARTICLE} ){{0,2}}{NAME})){{0,2}})"
)
_HONOURED = re.compile(
    r"(?:客户|客戶|借款人|担保人|投资者|投資者|持卡人|申请人|申請人|契約者|名義人|顧客|고객|차주|보증인"
    r"|신청인|예금주)"
    rf"[: は의の]{{0,2}}({FOREIGN}{{2,6}}?(?: [\u4e00-\u9fff]{{1,3}})?)"
    r"(?= ?(?:先生(?!产)|女士|小姐|様|さん|님|씨))"
)
_ADDRESSED = re.compile(r"様(?=[のはがへにをともでか、。,(\s])")
_BEFORE_HONOUR = re.compile(
    r"(?:[\s。、「(:,.の]|\A)([\u4e00-\u9fff]{2,3} ?[\u3040-\u30ff\u4e00-\u9fff]{1,3})\Z"
)
_NO_NAME = frozenset("客皆株主先社者員方各同多仕模家")
"""Signs of words that are addressed with honour and name nobody."""
_ASIAN_NAME = re.compile(
    r"(?:口座名義人?|账户持有人|户名|戶名|开户人|예금주|借款人|保证人)[: 是は]{1,2}"
    rf"({FOREIGN}{{2,6}})"
)
_ASIAN_FIRM = re.compile(
    rf"{FOREIGN}{{0,20}}?(?:集团|集團|公司|银行|銀行|会社|证券|基金|控股|그룹"
    r"|은행|전자|건설|보험)"
    rf"(?!{FOREIGN})"
)
"""A firm's name in a script without capitals: how it ends."""

_OFFICE = frozenset(
    "officer officers director directors president chairman chairwoman chairperson chair chief ceo cfo"
    " coo cio treasurer secretary governor executive executives trustee counsel partner auditor analyst"
    " minister senator board vorstand aufsichtsrat company registrant retire retired retirement elected"
    " appointed joined served employment messrs filing"
    " presidente director directora diretor diretora administrador consejo conselho amministratore"
    " consiglio"
    " président directeur directrice administrateur vorsitzender geschäftsführer bestuurder voorzitter"
    " prezes"
    " председатель директор правления совета"
    " wirtschaftsprüfer abschlussprüfer commissaire commissaires revisore revisor auditores auditeur biegły"
    " zarządu nadzorczej kurulu styrelse styrelsen raad accountant"
    " presidenta consejero consejera vicepresidente vicepresidenta présidente administratrice gérant "
    "finanzvorstand"
    " delegato sindaco bestuurder commissaris członek wiceprezes verkställande ordförande styreleder direktør"
    " toimitusjohtaja puheenjohtaja ředitel předseda vezérigazgató elnök müdür müdürü başkan başkan\u0131 "
    "komisaris direktur"
    " διευθύνων πρόεδρος голова директора präsident präsidentin".split()
)
"""Words that tell that a filing names its officers."""

_OFFICE_ENDS = (
    "vorsitzender",
    "vorsitzende",
    "vorsitzenden",
    "voorzitter",
    "direktor",
    "direktorin",
    "vorstands",
    "minister",
    "ministerin",
    "kanzler",
    "kanzlerin",
)
"""Ends of words of offices that are written in one word."""

_PAY = frozenset(
    "compensation bonus salary severance award awards shares vest vested vesting earned payout"
    " proceeds".split()
)
"""Words that do so beside figures."""

_LETTERS = re.compile(r"[^\W\d_]+")
_CAPITALISED = re.compile(r"[A-Z][\w.]*\s$|[A-Z]\.$")
_POLISH = re.compile("[ąćęłńóśźżěščřžýůň]")
_ROMANCE = re.compile(r"(?i)\b(?:el|la|los|las|del|que|con|en|su|por|il|di|che|per|ha|è|una?|y)\b")
_FRENCH_OR_SPANISH = re.compile(
    r"(?i)\b(?:le|la|les|des|et|du|el|los|las|del|que|con|en|su|por|una?|y|dña|mme|maître|est|sa|étaient)\b"
    r"|[éèñáí]"
)
_INDONESIAN = re.compile(
    r"(?i)\b(?:yang|dan|di|ke|dari|atas|untuk|dengan|telah|tidak|akan|ini|me[mn]\w+|kepada|oleh)\b"
)
_AROUND = 160
"""Characters before and after a name in which the office stands."""


def is_person(match: re.Match[str], group: int = 1) -> bool:
    """Whether no word of a name, or right after it, tells a firm or a heading."""
    return not (is_firm_name(match[group]) or goes_on_as_firm(match.string, match.end(group)))


def goes_on_as_firm(text: str, end: int) -> bool:
    """Whether a word that tells a firm stands right after a name."""
    more = re.match(r",? [A-Z&][\w.]*", text[end : end + 24])
    return more is not None and has_firm_word(more[0])


def _words(text: str) -> list[str]:
    return _LETTERS.findall(text.lower())


_OF_A_FILING = re.compile(r"(?i)(?:signed|prepared) by:? \Z")


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
    around = max(0, start - _AROUND), end + _AROUND
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


def is_office(name: str) -> bool:
    """Whether what reads like a name is an office: "Corporate Secretary"."""
    return _words(name)[-1] in _OFFICE


def is_officer(text: str, start: int, end: int) -> bool:
    """Whether an office, or pay in figures, stands near a name."""
    around = text[max(0, start - _AROUND) : end + _AROUND]
    words = _words(around)
    is_office = not _OFFICE.isdisjoint(words) or any(word.endswith(_OFFICE_ENDS) for word in words)
    return is_office or (not _PAY.isdisjoint(words) and any(map(str.isdigit, around)))


def _asian_holder(match: re.Match[str]) -> Span | None:
    return None if _ASIAN_FIRM.match(match.string, match.start(1)) else match.span(1)


def _addressed(match: re.Match[str]) -> Span | None:
    """The name before a word of honour."""
    name = _BEFORE_HONOUR.search(match.string, max(0, match.start() - 9), match.start())
    return name.span(1) if name and _NO_NAME.isdisjoint(name[1]) else None


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
    "posiadacz", "владелец", "заёмщик", "заемщик", "full name", "name of", "request", "signed",
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
    "contactpers", "persona de c", "teller", "solicitor", "notar",
)  # fmt: skip
_TITLES = (
    "mr", "mrs", "ms", "fru", "hr", "dame", "rev", "miss", "messrs", "herr", "herrn", "frau", "mme", "mlle",
    "monsieur", "madame", "sr",
    "sra", "señor", "sig", "sigra", "signor", "dottssa",
    "m.", "don ", "don.", "doña", "dña", "senhor", "dott", "heer", "dhr", "mevr", "mevrouw",
    "pan", "pana", "panu", "panem", "pani", "pania", "panie", "panią", "say\u0131n", "\u0433-",
    "господин", "госпожа", "sgt", "cpl", "lt", "capt", "maj", "insp", "det", "supt", "me ", "d. ", "mw",
    "pane", "paní",
    "domnul", "doamn", "dl", "dna", "herra", "rouva", "neiti", "κύριε", "κύριος",
    "κυρία", "κ ", "κ.", "bapak", "ibu",
    "sdr", "pak",
    "encik", "puan", "пан", "пане", "пан\u0456", "ông", "bà", "bayan",
)  # fmt: skip
_ASIAN_BEGINNINGS = ("口座名義", "账户持有人", "户名", "戶名", "开户人", "예금주", "借款人", "保证人")
_HONOURED_BEGINNINGS = (
    "客户", "客戶", "借款人", "担保人", "投资者", "投資者", "持卡人", "申请人", "申請人",
    "契約者", "名義人", "顧客", "고객", "차주", "보증인", "신청인", "예금주",
)  # fmt: skip
KINDS = (
    Said("person", _HOLDER_BEGINNINGS, _HOLDER, _holder),
    Said("person", _TITLES, _TITLED, proved(_titled, 1)),
    Said("person", _ASIAN_BEGINNINGS, _ASIAN_NAME, _asian_holder),
    Said("person", _HONOURED_BEGINNINGS, _HONOURED),
    Said("person", ("様",), _ADDRESSED, _addressed),
)
