"""Where a person lives, in Chinese, Japanese, Korean and Arabic."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import FOREIGN
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.reading import Span

_ORIENTAL = pattern_of(
    r"(?<!公司)(?<!办公)(?<!辦公)(?<!企业)(?<!注册)(?<!本社)(?<!会社)(?<!본사)(?<!본사 )(?<!회사 )"
    r"(?:住所|地址|住址|주소)[ :は是는]{0,3}"
    r"((?:〒 ?)?(?:\d{3}-?\d{4}[ \n]?)?[^\s,。;|]{4,60}(?: [가-힣]{2,8}){0,4}(?:[ ,\n]{1,2}[^\s,。;"
    r"|]{0,12}\d[^\s,。;|]{0,12}){0,3})"
)

_ORIENTAL_LIVES = (
    "住在", "居住在", "居住于", "居住於", "家住", "现居", "寄到", "寄往", "寄至", "送到", "搬到", "搬至",
    "お住まい", "自宅", "送付先", "転居先", "引越し先", "〒", "거주지", "자택", "배송지",
)  # fmt: skip
_ORIENTAL_DOOR = (
    r"\d{1,5} ?(?:番地の?|丁目|丁|番|号楼|号院|号|號|弄|栋|棟|幢|单元|室|번지|번길|길|동|호)(?![的码召一-三])"
)
_ORIENTAL_HOME = pattern_of(
    rf"(?:{'|'.join(_ORIENTAL_LIVES)})[ :は是]{{0,3}}"
    r"((?:〒? ?\d{3}-?\d{4}[ \n]?)?[^\s,。;|\d]{2,30}(?: [^\s,。;|\d]{1,12}){0,5}"
    rf" ?(?:{_ORIENTAL_DOOR}|\d{{1,5}}(?:-\d{{1,5}}){{1,4}})(?:[ -]?{_ORIENTAL_DOOR}|-?\d{{1,5}}){{0,5}})"
)
"""After a word for living or sending, or the sign of a postcode: words, and the numbers of a house."""

_KOREAN_HOME = (
    rf"(?:{FOREIGN}{{1,8}}[시도군구읍면리] ){{1,4}}{FOREIGN}{{1,10}}[로길동리]\d{{0,3}}(?:번길|길)?"
    r" ?\d{1,5}(?:-\d{1,4})?"
    r"(?:,? \d{1,4} ?[동호층]){0,3}"
)
_KOREAN_LABELS = ("주소", "자택", "거주지", "배송지")
_KOREAN = pattern_of(
    rf"(?<!본사)(?<!본사 )(?<!회사 )(?:{'|'.join(_KOREAN_LABELS)})(?: 주소)?(?:는|은)?[ :]{{0,3}}"
    rf"({_KOREAN_HOME})"
)
_LIVING = ("に住ん", "に住む", "に在住", "に居住", "에 거주", "에 살")
_LIVES_THERE = pattern_of("|".join(_LIVING))
_BEFORE_LIVING = pattern_of(
    rf"(?:{_KOREAN_HOME}|[^\s,。;|はがをで:\d]{{2,12}}[都道府県市区町村]"
    r"[^\s,。;|はがを]{0,30}\d[^\s,。;|はがを]{0,12}(?: [^\s,。;|はがを]{1,10})?)\Z"
)
"""Towns, streets and a number, before a word for living."""

_DIGIT = pattern_of(r"\d")
_LONGEST = 60


def _lived_in(match: re.Match[str]) -> Span | None:
    before = max(0, match.start() - _LONGEST), match.start()
    home = _BEFORE_LIVING.search(match.string, *before) if _DIGIT.search(match.string, *before) else None
    return home.span() if home else None


_ARABIC_LABELS = (
    "العنوان", "عنوان", "عنواني", "عنوانه", "عنوانها", "يسكن", "تسكن", "أسكن", "يقيم", "تقيم", "أقيم",
    "مقيم", "مقيمة",
)  # fmt: skip
_ARABIC_PLACE = "شارع|حي|طريق|عمارة|شقة|مبنى|فيلا|منزل|برج"
_ARABIC = pattern_of(
    r"(?:العنوان|عنوان(?:ي|\u0647|\u0647\u0627)?(?: (?:السكن|المنزل|العميلة?))?"
    r"|(?:[يتأ]سكن|[يتأ]قيم|مقيمة?) (?:في|ب))"
    rf" ?:? ?((?:{_ARABIC_PLACE}) [^\n.،؟:;|]{{2,40}}?"
    rf"(?:، ?(?:(?:{_ARABIC_PLACE}) [^\n.،؟:;|]{{1,24}}?|{FOREIGN}{{2,14}}|\d{{1,6}}))*)"
    r"(?=[\n.،؟:;|]|\Z)"
)
"""A street or a quarter, and what follows comma by comma: one word, a number, or another part of a place."""


def _numbered(match: re.Match[str]) -> Span | None:
    return match.span(1) if any(map(str.isdigit, match[1])) else None


KINDS = (
    Said("address", ("住所", "地址", "住址", "주소"), _ORIENTAL),
    Said("address", _ORIENTAL_LIVES, _ORIENTAL_HOME),
    Said("address", _KOREAN_LABELS, _KOREAN),
    Said("address", _LIVING, _LIVES_THERE, _lived_in),
    Said("address", _ARABIC_LABELS, _ARABIC, _numbered),
)
