"""Names after a role, in scripts without capitals and without blanks: told by how a name begins and ends."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import FOREIGN
from finrisk_rules.redaction.honours import CHINESE, KOREAN, NO_GIVEN, OFFICES, UNCASED_FIRM, UNCASED_OFFICES
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.reading import Span

_OF_ONE = (
    "借款人", "投保人", "被保险人", "受益人", "储户", "存款人", "债务人", "担保人", "保证人", "抵押人",
    "继承人", "遗嘱人", "患者", "户主", "持卡人", "委托人", "申请人", "投诉人", "保单持有人", "账户持有人",
    "账户所有人", "共有人", "索赔人",
)  # fmt: skip
"""Chinese roles after which a name may stand without a sign; after the others stand other words as well."""

_CHINESE_ROLES = (
    *_OF_ONE,
    "客户",
    "客戶",
    "员工",
    "職員",
    "职员",
    "户名",
    "戶名",
    "经办人",
    "联系人",
    "受托人",
)
_JAPANESE_ROLES = (
    "契約者", "被保険者", "受取人", "借入人", "借主", "預金者", "債務者", "保証人", "名義人", "申込者",
    "申込人", "申請者", "相続人", "加入者", "請求者", "お客様名", "顧客名", "担当者名", "従業員名", "患者名",
)  # fmt: skip
_KOREAN_ROLES = (
    "계약자", "피보험자", "수익자", "대출자", "차용인", "채무자", "보증인", "상속인", "환자", "직원",
    "고객", "소지자", "민원인", "예금주", "예금자", "가입자", "신청인", "신청자", "명의자", "명의인",
    "청구인", "수취인", "차주",
)  # fmt: skip
_NO_MORE = rf"(?! ?{FOREIGN})"
_AFTER_ROLE = pattern_of(
    rf"(?:(?:{'|'.join(_CHINESE_ROLES)})(?:姓名|名称|名)?(?:[:=]|是|为|為) ?"
    rf"|(?:{'|'.join(_OF_ONE)})(?=(?:{CHINESE}){FOREIGN}{{2}}(?!{FOREIGN})))"
    rf"(?P<chinese>(?:{CHINESE})(?!{NO_GIVEN}){FOREIGN}(?:(?!{NO_GIVEN}){FOREIGN})?)"
    rf"(?:{_NO_MORE}|(?=先生|女士|小姐))"
    rf"|(?:{'|'.join(_JAPANESE_ROLES)})(?:氏名|名)?[:=] ?"
    rf"(?P<japanese>{FOREIGN}{{1,4}} ?{FOREIGN}{{1,4}}?)(?:{_NO_MORE}|(?=様|さん))"
    rf"|(?:{'|'.join(_KOREAN_ROLES)})(?:명|의 성명| 성명| 이름)?[:=] ?"
    rf"(?P<korean>(?:{KOREAN}){FOREIGN}{{2}}){_NO_MORE}"
)
_ARABIC_ROLES = (
    "العميل", "العميلة", "صاحب", "صاحبة", "حامل", "حاملة", "المقترض", "المقترضة", "الضامن", "الضامنة",
    "الكفيل", "الكفيلة", "المستفيد", "المستفيدة", "المؤمن", "مقدم", "مقدمة", "المدين", "المدينة", "الوارث",
    "الوارثة", "المشتكي", "المشتكية", "المودع", "المودعة", "المريض", "المريضة", "الموظف", "الموظفة",
)  # fmt: skip
_ARABIC = r"[\u0621-\u064a\u0671-\u06d3]"
_DESCENT = pattern_of(
    rf"[وف]?(?:{'|'.join(sorted(_ARABIC_ROLES, key=len, reverse=True))})"
    r"(?: (?:الحساب|البطاقة|الوثيقة|البوليصة|الطلب|له|لها|عليه|عليها))?(?: ?: ?| )"
    rf"((?!ال){_ARABIC}{{3,12}}(?: (?:بن|بنت|ابن) {_ARABIC}{{2,12}}| (?!ال){_ARABIC}{{3,12}})?"
    rf" ال{_ARABIC}{{2,14}}ي)(?!{_ARABIC})"
)
"""A name that ends with one of descent: with the article, and the ending of what is of a tribe or a town."""

_ENDS = frozenset("業務部課社店会行庫者人員局署省所係室団組院校客様等円率額")
"""Last signs of what has a role in Japanese and is a part of a firm, a firm or no one in particular."""

_NOBODY = frozenset(
    "本人 法人 個人 个人 当社 同社 弊社 不明 未定 複数 企業 企业 家族 配偶者 女性 男性 同上 非公開".split()
)
_AROUND = 40


def _has_kana(text: str) -> bool:
    """Whether a sign of grammar, or of a name by sound, is among those of a text."""
    return any("\u3040" <= sign <= "\u309f" for sign in text)


def _having(match: re.Match[str]) -> Span | None:
    """Who has the role, where it is no firm and no office stands near."""
    kind = str(match.lastgroup)
    name = match[kind]
    family = name.partition(" ")[0]
    if name in _NOBODY or (kind == "japanese" and (name[-1] in _ENDS or len(name) < 3 or _has_kana(family))):
        return None
    start, end = match.span(kind)
    near = match.string[max(0, start - _AROUND) : end + _AROUND]
    return None if OFFICES.search(near) else (start, end)


def _descended(match: re.Match[str]) -> Span | None:
    """Who has the role, where it is no firm and no office stands near."""
    start, end = match.span(1)
    near = match.string[max(0, start - _AROUND) : end + _AROUND]
    return None if UNCASED_OFFICES.search(near) or UNCASED_FIRM.search(match[1]) else (start, end)


KINDS = (
    Said("person", (*_CHINESE_ROLES, *_JAPANESE_ROLES, *_KOREAN_ROLES), _AFTER_ROLE, _having),
    Said(
        "person",
        tuple(f"{and_}{role}" for role in _ARABIC_ROLES for and_ in ("", "و", "ف")),
        _DESCENT,
        _descended,
    ),
)
