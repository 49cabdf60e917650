"""Numbers of phones."""

import itertools
import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, LETTER
from finrisk_rules.redaction.kinds import Said, among_digits, proved
from finrisk_rules.redaction.reading import Span

_INTERNATIONAL = pattern_of(
    r"(?<![A-Za-z0-9.,$€£¥+-])(?:\+ ?|00(?=[1-9]\d{0,2}[ ./-]))[1-9]"
    r"(?:[ ./-]?(?:\( ?\d{1,5} ?\)[ -]?)?\d){6,14}(?!\w(?<=[\0-\u0dff])|[.,]\d)"
)
_AMOUNT = pattern_of(r"\+ ?\d{1,3}(?:([ .])\d{3})+")
_COUNTRY = pattern_of(
    r"1|7|2(?:0|7|[1-689]\d)|3(?:[0-469]|[578]\d)|4(?:[013-9]|2\d)|5(?:[1-8]|[09]\d)|6(?:[0-6]|[7-9]\d)"
    r"|8(?:[1246]|[0578]\d)|9(?:[0-58]|[679]\d)"
)
_NATIONAL = pattern_of(
    r"(?<![\w.,$€£¥+-])(?:(?:1[ .-])?\(\d{3}\) ?\d{3}[ .-]\d{4}|(?:1-)?[2-9]\d{2}-[2-9]\d{2}-\d{4}"
    r"|(?:1\.)?[2-9]\d{2}\.[2-9]\d{2}\.\d{4}|1 [2-9]\d{2} [2-9]\d{2} \d{4})(?![\w-]|[.,]\d)"
)
_PAIRS = pattern_of(r"(?<![\w.,$€£¥|+-])(?<![\w|] )0[1-9]([ .-])\d\d(?:\1\d\d){3}(?![\w-]| ?\||[ .,-]\d)")
"""France and its neighbours in Africa: a zero, and pairs."""

_BRACKETED = pattern_of(
    r"(?<![\w.,$€£¥|+/-])(?<!\| )\((?:0[1-9]\d{0,3}\) ?\d{3,4}[ -]?\d{3,4}(?:[ -]\d{2,4})?"
    r"|[1-9]\d\) ?9?\d{4}-\d{4})(?![\w-]|[.,]\d)"
)
"""An area in brackets, with the zero of trunk calls, or with a hyphen after it: figures have neither."""

_TRUNK = pattern_of(
    r"(?<![0-9A-Za-z\u00c0-\u0dff.,$€£¥|+/-])0[1-9]\d{0,3}-(?:\d{3,4}[ -]\d{3,4}(?: \d{2})?|\d{7,8}|\d\d "
    r"\d\d \d\d)(?!\w(?<=[\0-\u0dff])|[-/]|[.,]\d)"
)
"""The zero of trunk calls, and groups of which the first ends with a hyphen: figures have neither."""

_ZERO = pattern_of(
    r"(?<![\w.,$€£¥|+/-])(?:(?<=[A-Za-zß-ÿа-яёα-ώ] )|(?<=[:,] )|(?<=\())0[1-9]\d{0,4}"
    r"(?:(?: ?/ ?| )\d{3,8}(?:[ -]\d{2,5}){0,3}|(?:[ .]\d\d){4}|\d{5,8}(?<=\d{9}))"
    r"(?!\w(?<=[\0-\u0dff])|[-/]|[.,]\d| ?\|| \d)"
)
"""The zero of trunk calls, and groups, after a word: figures have none, the numbers of things a word that "
"says so."""

_AT = pattern_of(
    r"(?i)\b(?:au|sur le|on|at|unter|auf|op|onder|al|pelo|pod|na|på|til|на)(?: (?:the|le|der))? \Z"
)
"""What stands before the number at which one is reached; ids and references have other words before them."""

_OF_A_THING = pattern_of(
    r"(?i)\b(?:no|nr|num|number|nummer|ref\w*|invoice|account|acct|konto|contract|policy|case|ticket|order"
    r"|id|code|serial"
    r"|part|lot|batch|docket|file|vertrag|facture|compte|cuenta|conto|conta|rechnung|isin|cusip|cert\w*"
    r"|reg\w*|section"
    r"|note|item|sku|model|voucher|claim|total|sum|summe|gesamt|somme)\b[.:# ]{1,3}\Z"
)
_AFTER_WORDS = (
    "numara",
    "联系",
    "聯繫",
    "に電話",
    "にお電話",
    "まで電話",
    "までお電話",
    "로 전화",
    "로 연락",
)
_AFTER = pattern_of(f"(?i){'|'.join(_AFTER_WORDS)}")
_BEFORE = pattern_of(r"(?<![\w.,$€£¥+-])(0?[1-9]\d{1,3}(?:[ -]?\d){7,9}) ?으?\Z")
_WORDS = (
    r"(?:t|m)(?=:)|(?:ph|hp|cel|dw|extension)(?=[.:]| [(+0])|ph(?= \d{3} \d{3} \d{4})|tlf|telp|durchwahl"
    r"|direct dial"
    r"|(?<=mio )numero|(?<=mon )numéro|(?<=mi )número|(?<=meu )número"
    r"|contact(?= (?:no|nr|num|tel|phone|mobile)\b)|contac?to(?=:| (?:no|en|al)\b)|contatt[oi](?=:)"
    r"|kontakt(?=:| tel)|kontakt telefonicz\w*"
    r"|(?:mob|kom|cep|\u043c\u043e\u0431|\u0441\u043e\u0442)(?=[.:]| [(+\d])|\u0442(?=[.:])"
    r"|telefoonn(?:umme)?r|telefonnr|handyn(?:umme)?r|mobiln(?:umme)?r|faxn(?:umme)?r|teln(?:umme)?r"
    r"|gsm(?=[.:])|direct line|switchboard|call-?back|(?:my|his|her|your) number|reachable|fone|tfno|tlfno"
    r"|recapito(?: telefonico)?|localizable|marque(?= el\b)|marcar|contact(?:ar|e)|oddzwoni\w*"
    r"|pod numerem|m[óo]j numer|mijn nummer|meine nummer|terugbel\w*|bereiken(?= (?:op|onder)\b)"
    r"|мобильный|сотовый|(?:мой|моего) номер|связаться|свяжитесь|faks|irtibat|ulaş\w*(?=:)|arayabil\w*"
    r"|(?:\u0627\u0644|لل)?(?:جوال|هاتف|موبايل|تليفون)|جوالي|هاتفي|للتواصل|رقمي|連絡先|连络|联系方式|座机|微信"
    r"|我的(?:号码|號碼)|热线|熱線|핸드폰|휴대전화|직통|팩스|제 번호"
    r"|erreichbar|joignable|bereikbaar|raggiungibile|localizable|get (?:me|us|him|her|them)|contact(?: me| "
    r"us| number)"
    r"|tel(?:efono|éfono|efon(?:um?|en?|em|ie|unuz)?|efone|efoon|ephone)?|phone|telefonnummer"
    r"|call(?:(?:ed|s|ing)(?= (?:me |us )?(?:from|on|at)))?|ring(?:ede|de|er|te)?|dial|mobile|cell|fax"
    r"|whatsapp|sms|hotline"
    r"|desk|reach|handy|mobil|rufnummer|anruf|tél|téléphone|portable|r?appele[rz]|joindre|móvil|telem[óo]vel"
    r"|celular|ll[aá]m[aeá]\w*|lig(?:ue|ar)(?:-\w+)?"
    r"|mobiel|bel|cellulare|(?:ri)?chiam[ai]\w*|telefonar\w*|contattar\w*|dzwoni\w*|zadzwo\w*|nomor|ponsel|hubungi|numara\w*"
    r"|gọi|sđt|điện thoại|hívjon|volejte|sunați|aray\u0131n|κινητό|τηλ\.?|τηλέφωνο|телефонуйте|звоніть|โทร\.?"
    r"|โทรศัพท์|טלפון|נייד|اتصل|جوال|कॉल|मोबाइल|puh\.?|puhel\w*"
    r"|请打|請打|致电|致電|拨打|撥打|联系|聯繫|komórka|тел|телефон\w{0,3}"
    r"|(?:пере|по)?звон(?:ите|ить|и)|(?<=mój )numer(?= to\b)|text(?= (?:me|us|him|her|them|you)\b)"
    r"|电话|電話|手机|手機|携帯|전화|휴대폰|연락처|هاتف|फोन|फ़ोन|[☎✆📞📱]"
)
_CALL_WORDS = (
    "telefoonn", "telefonnr", "handyn", "mobiln", "faxnummer", "faxnr", "telnummer", "telnr", "contact t",
    "contact p", "contacto", "contato", "contatto", "contatti", "kontakt", "mob", "kom", "gsm", "cep",
    "\u043c\u043e\u0431", "\u0441\u043e\u0442", "\u0442.", "\u0442:", "мобильный", "сотовый", "мой номер",
    "моего номер", "связа", "свяжи", "direct line", "switchboard", "callback", "call-back", "my number",
    "his number", "her number", "your number", "fone", "tfno", "tlfno", "recapito", "localizable",
    "marque el", "marcar", "contactar", "contacte", "oddzwoni", "pod numerem", "mój numer", "moj numer",
    "mijn nummer", "meine nummer", "terugbel", "bereiken o", "faks", "irtibat", "ulaş", "ulaşa",
    "ula\u015f\u0131", "arayabil", "الجوال", "للجوال", "للهاتف", "للموبايل", "للتليفون", "جوالي",
    "الهاتف", "هاتفي", "للتواصل", "موبايل", "الموبايل", "تليفون", "التليفون", "رقمي", "連絡先", "连络",
    "联系方式", "座机", "微信", "我的号码", "我的號碼", "热线", "熱線", "핸드폰", "휴대전화", "직통",
    "팩스", "제 번호", "joindre", "lláma", "lláme", "llamá", "ligar", "ligue-", "richiam", "telefonar",
    "contattar", "телефона", "телефону", "t:", "m:", "ph", "hp", "cel", "tlf", "telp", "durchwahl",
    "extension", "direct dial", "dw", "numero", "número", "numéro", "erreichbar", "joignable",
    "bereikbaar", "raggiung", "get me", "get us", "get him", "get her", "get them", "contact m",
    "contact u", "contact n", "gọi", "sđt", "điện thoại", "hívjon", "volejte", "sunați", "aray\u0131n",
    "arayin", "κινητό", "τηλ", "τηλέφωνο", "телефонуйте", "звоніть", "โทร", "טלפון", "נייד", "اتصل",
    "جوال", "कॉल", "मोबाइल", "tel", "telem", "telef", "teléf", "telep", "phone", "call", "ring", "dial",
    "mobile", "mobil", "mobie", "cell", "cellulare", "fax", "whatsapp", "sms", "hotline", "desk", "reach",
    "handy", "rufnummer", "anruf", "tél", "télép", "portable", "calle", "calls", "calli", "ringe",
    "ringd", "ringt", "appel", "rappel", "перезвон", "позвон", "numer", "text", "móvil", "celular",
    "dzwoni", "zadzwo", "nomor", "ponsel", "hubungi", "numara", "puh", "puhel", "llámen", "llámam",
    "请打", "請打", "致电", "致電", "拨打", "撥打", "联系", "聯繫", "chiama", "chiami", "llame", "llama",
    "ligue", "bel", "chiam", "komórka", "тел", "телефон", "звони", "电话", "電話", "手机", "手機", "携帯",
    "전화", "휴대폰", "연락처", "هاتف", "फोन", "फ़ोन", "☎", "✆", "📞", "📱",
)  # fmt: skip
_BETWEEN = (
    r"(?:[\s.:#,()-]{0,3}(?:(?:me|us|him|her|them|you|on|at|no|nr|number|num|n[°º]|is|the|my|our|office"
    r"|desk|direct|home|para|para o|cho|tôi|số|theo"
    r"|work|now|back|phone|line|line:|guarantor|borrower|customer|client|is|unter|sous|au|al|el|número"
    r"|numéro|numero|numerem|nummer|en|le|il|o|sul|telefono|teléfono|telefone|mobile|privat|fijo|contacto"
    r"|номеру?|номера"
    r"|ist|est|es|é|op|pod|nr|numer\w*|na|aan|på|til|di|saya|kom|для|по|на|номер|番号|号码|号碼|moi|nous|mir"
    r"|mich|uns|mij|ons|мне|нам|è|to|fra|från|from)"
    rf"(?!{LETTER})"
    r"|(?:は|是|为|号码?|號碼?|번호|는|은|الرقم|على))){0,4}[\s.:#,)-]{0,3}"
)
_CALLED = pattern_of(
    rf"(?i){BEGIN}(?:{_WORDS})(?!{LETTER}){_BETWEEN}((?:\+"
    rf"|\()?\d(?:[ ./-]{{0,3}}[()]?[ -]?\d){{6,14}})(?!\w(?-i:(?<=[\0-\u0dff]))|[.,]?\d)"
)
_CALLED_BY_TRUNK = pattern_of(
    rf"(?i){BEGIN}(?:{_WORDS})(?!{LETTER})"
    r"(?:[^\w\n|;]{1,3}[^\W\d_]{1,12}){0,4}[^\w\n|;]{1,4}?"
    r"((?:\(?0\d{1,5}\)?|\+\d{1,3})(?:[ ./-]{0,3}\d){5,10})(?!\w(?-i:(?<=[\0-\u0dff]))|[.,]\d| \d)"
)
"""A number that begins with the zero of trunk calls is none of a table: other words may stand before it."""


def _international(match: re.Match[str]) -> bool:
    digits = re.sub(r"\D", "", match[0]).removeprefix("00")
    if digits[0] == "1" and len(digits) != 11:
        return False
    return _COUNTRY.match(digits) is not None and not _AMOUNT.fullmatch(match[0])


def _national(match: re.Match[str]) -> bool:
    return "|" not in match.string[max(0, match.start() - 2) : match.start()]


_UNIT = pattern_of(
    r"(?i) ?\(?(?:(?:en|in|de) )?(?:[€$£¥%]|[km]€|(?:eur|usd|gbp|chf|mio|mld|tsd)\b|milli|thousand|tausend"
    r"|mille|units|unités|stück|shares|actions)"
)
"""What follows a figure."""


def _paired(match: re.Match[str]) -> bool:
    """Whether the pairs are no scale, months or hours, and no figure."""
    if _UNIT.match(match.string, match.end()):
        return False
    values = [int(pair) for pair in re.findall(r"\d\d", match[0])]
    return len({later - earlier for earlier, later in itertools.pairwise(values)}) > 1


def _hyphened(match: re.Match[str]) -> bool:
    """Whether the groups are no month and year."""
    groups = re.findall(r"\d+", match[0])
    if _UNIT.match(match.string, match.end()):
        return False
    return 9 <= sum(map(len, groups)) <= 12 and not any(
        re.fullmatch("(?:19|20)..", group) for group in groups[:2]
    )


def _zero(match: re.Match[str]) -> bool:
    if not 9 <= sum(map(str.isdigit, match[0])) <= 12:
        return False
    before = match.string[max(0, match.start() - 24) : match.start()]
    if match[0].isdigit():
        return _AT.search(before) is not None
    return not _OF_A_THING.search(before) and _paired(match)


def _by_trunk(match: re.Match[str]) -> bool:
    return sum(map(str.isdigit, match[1])) >= 9


def _called(match: re.Match[str]) -> bool:
    value = match[1]
    groups = re.findall(r"\d+", value)
    if value[0] in "+(" or groups[0][0] == "0":
        return True
    if all(len(group) == 4 and group[:2] in ("19", "20") for group in groups):
        return False
    return not re.fullmatch(r"[1-9]\d{0,2}(?: 000)+|[1-9]\d?(?: \d{3}){2,}|\d+\.\d+", value)


def _before(match: re.Match[str]) -> Span | None:
    """The number that stands right before a word of calling."""
    number = _BEFORE.search(match.string, max(0, match.start() - 24), match.start())
    return number.span(1) if number else None


KINDS = (
    among_digits("phone", _INTERNATIONAL, proved(_international)),
    among_digits("phone", _NATIONAL, proved(_national)),
    among_digits("phone", _PAIRS, proved(_paired)),
    among_digits("phone", _TRUNK, proved(_hyphened)),
    among_digits("phone", _ZERO, proved(_zero)),
    among_digits("phone", _BRACKETED, proved(_national)),
    Said("phone", _AFTER_WORDS, _AFTER, _before, of_digits=True),
    Said("phone", _CALL_WORDS, _CALLED, proved(_called, 1), of_digits=True),
    Said("phone", _CALL_WORDS, _CALLED_BY_TRUNK, proved(_by_trunk, 1), of_digits=True),
)
