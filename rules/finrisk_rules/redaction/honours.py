"""Names in scripts without capitals: by a family's name that many have, a word of honour, or a field for "
"it."""

import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import FOREIGN
from finrisk_rules.redaction.kinds import Said
from finrisk_rules.redaction.reading import Span

CHINESE = (
    "欧阳|上官|司马|诸葛|[王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許韩"
    "韓冯馮邓鄧曹彭曾肖蕭田董潘袁蔡蒋蔣余于杜叶葉程魏苏蘇吕呂丁任卢盧姚沈钟鍾姜崔谭譚"
    "陆陸范汪廖石金韦賈贾夏付方邹邹熊白孟秦邱侯江尹薛闫雷段龙龍黎史陶贺賀毛郝顾顧龚龔邵万萬覃武钱錢戴严嚴莫"
    "孔向常汤湯]"
)
KOREAN = (
    "[김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원"
    "천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모]|남궁|황보|선우"
)
NO_GIVEN = (
    r"[金额額部行期率款元亿万数量值性化类型司度面员者户于的在和与及或等内外上下中前后风险年月日利息信用资产业"
    r"务还贷存收益费本方向]"
)
"""Signs of business and of grammar, with which no given name is written."""

_JAPANESE = (
    "佐藤|鈴木|高橋|田中|渡辺|渡邊|渡邉|伊藤|山本|中村|小林|加藤|吉田|山田|佐々木|山口|松本|井上|木村|林"
    "|斎藤|齋藤|斉藤|清水|山崎|森|池田|橋本|阿部|石川|山下|中島|石井|小川|前田|岡田|長谷川|藤田"
    "|後藤|近藤|村上|遠藤|青木|坂本|福田|太田|西村|藤井|金子|岡本|三浦|藤原|中野|原田|中川|松田|竹内|小野"
    "|田村|中山|和田|石田|上田|森田|柴田|酒井|宮崎|横山|高木|内田|安藤|大野|谷口|工藤|今井|丸山|河野"
    "|藤本|高田|菅原|村田|武田|上野|杉山|増田|平野|小島|千葉|久保|松井|岩崎|桜井|木下|野口|松尾|菊地|野村"
    "|新井|佐野|杉本|古川|大塚|島田|水野|本田|浜田|川口|北村|秋山|矢野|西川|大西|平田|川村|五十嵐|久保田|東"
    "|服部|岩田|土屋|川崎|福島|本間|大島|飯田|辻|樋口|安田|馬場|永井|須藤|堀"
)
_NO_MORE = rf"(?!{FOREIGN})"
_HONOURS = (
    "先生",
    "女士",
    "小姐",
    "太太",
    "さん",
    "様",
    "殿",
    "씨",
    "님",
    "고객님",
    "과장",
    "차장",
    "대리",
    "팀장",
)
_HONOUR = pattern_of(
    r"(?:先生(?!产)|女士(?!兵)|小姐(?!装)|太太(?!平洋)|さん|様(?![式子相態々])|殿(?![堂下])"
    r"|(?:씨|고객님|님|과장|차장|대리|팀장)(?:님)?"
    r"(?![\uac00-\ud7af]{2}(?<!에게)(?<!께서)(?<!한테)(?<!으로)(?<!이랑)(?<!이고)(?<!입니)))"
)
_BEFORE = pattern_of(
    rf"(?:(?:{CHINESE})[\u4e00-\u9fff]{{1,2}}|(?:{_JAPANESE}) ?[\u4e00-\u9fff\u3040-\u30ff]{{0,3}}"
    rf"|(?<![\uac00-\ud7af])(?:{KOREAN})[\uac00-\ud7af]{{1,2}}) ?\Z"
)
OFFICES = pattern_of(
    "董事|总裁|總裁|总经理|總經理|主席|首席|监事|監事|行长|行長|代表取締役|取締役|監査役|社長|会長|대표이사"
    "|사장|회장|이사|감사"
)
_AROUND = 40
_NO_NAMES = frozenset(
    "고객 주주 선생 하나 부모 이용자 우리 임원 임직원 위원 의원 교수 기자 사모 신청자 차주 구매자 지원자"
    " 수신자 차용인 주인 변호사 심사역 이사 감사 유저 채권자 채무자 명의인 기사 소비자 전문가".split()
)
"""Words that begin like a name and are addressed with honour: "주주님" is a shareholder."""


def _honoured(match: re.Match[str]) -> Span | None:
    """The name right before a word of honour, where no office stands near."""
    text, at = match.string, match.start()
    name = next(
        (found for size in (7, 6, 5, 4, 3, 2) if (found := _BEFORE.fullmatch(text, max(0, at - size), at))),
        None,
    )
    if name is None or name[0].strip() in _NO_NAMES:
        return None
    if OFFICES.search(text, max(0, name.start() - _AROUND), match.end() + _AROUND):
        return None
    return name.start(), name.start() + len(name[0].rstrip())


_PARTS = (
    "客户", "客戶", "抄送", "签字人", "签署人", "投诉人", "投訴人", "经办人", "审批人", "收件人", "寄件人",
    "出席", "记录人",
    "受益所有人", "实际控制人", "保证人", "担保人", "申请人", "持卡人", "联系人", "負責人", "负责人",
    "签名", "証人", "证人",
    "顧客", "担当", "担当者", "署名", "作成者", "承認者", "出席者", "差出人", "宛先", "申請者", "申込者",
    "保証人", "連絡先",
    "実質的支配者", "記録", "契約者", "借主", "고객", "담당", "담당자", "작성자", "승인자", "참석자",
    "신청인", "보증인", "수신",
    "참조", "민원인", "연락처", "서명", "차주", "채무자", "실소유자",
)  # fmt: skip
_PART = pattern_of(
    rf"(?:{'|'.join(sorted(_PARTS, key=len, reverse=True))})(?:名|氏名|姓名|성명|이름)?(?: ?[:=\uff1a] ?|は"
    rf"|是|은 |는 )"
    rf"((?:{CHINESE})(?:(?!{NO_GIVEN})[\u4e00-\u9fff]){{1,2}}{_NO_MORE}|(?:{_JAPANESE}) "
    rf"?[\u4e00-\u9fff\u3040-\u309f]{{1,3}}{_NO_MORE}"
    rf"|(?:(?<=[은는] )(?:{KOREAN})[\uac00-\ud7af]{{1,2}}(?=입니다|이며|이고|이다|씨|님)"
    rf"|(?<![은는] )(?:{KOREAN})[\uac00-\ud7af]{{1,2}}(?<![팀처])(?<!본부)(?<!부서)(?<!센터)(?<!회사)"
    rf"{_NO_MORE}(?! [\uac00-\ud7af]))"
    rf"|(?:{_JAPANESE})[\u4e00-\u9fff]{{1,2}}(?=です|と|で|が))"
)
_SPOKEN_OF = (
    "客户",
    "客戶",
    "借款人",
    "担保人",
    "持卡人",
    "申请人",
    "投诉人",
    "차주",
    "채무자",
    "예금주",
    "신청인",
    "보증인",
)
_MENTIONED = pattern_of(
    rf"(?:{'|'.join(_SPOKEN_OF)}) ?"
    rf"((?:{CHINESE})[\u4e00-\u9fff]{{2}}(?=[的已未于没不曾称说仍还]|申请|要求|表示|反映)"
    rf"|(?:{KOREAN})[\uac00-\ud7af]{{2}}(?= ?(?:고객|씨|님)))"
)
"""A part and the name of three signs, before a word that goes on."""

_CLOSINGS = ("敬具", "草々", "敬礼", "敬禮", "此致", "敬上", "祝好", "商祺", "올림", "드림")
_CLOSED = pattern_of(
    rf"(?:敬具|草々|敬礼|敬禮|此致|敬上|祝好|商祺)[!。,]?\n\s{{0,4}}((?:{CHINESE})[\u4e00-\u9fff]{{1,2}}"
    rf"|(?:{_JAPANESE}) ?[\u4e00-\u9fff\u3040-\u309f]{{1,3}})(?=\n|\Z)"
)

_ARABIC = r"[\u0621-\u064a\u0671-\u06d3]{2,16}"
_DEVANAGARI = r"[\u0900-\u0963]{2,18}"
_HEBREW = r"[\u05d0-\u05ea'\"-]{2,16}"
_THAI = r"[\u0e01-\u0e4e]{2,24}"
_HINDI_NAME = rf"(?:(?!(?:ने|को|का|की|के|से|में|पर|और|है)(?![\u0900-\u0963])){_DEVANAGARI}(?: |(?=\W)|\Z)){{1,3}}"
_TITLE = pattern_of(
    rf"(?:السيدة|السيد|الآنسة|الأستاذة|الأستاذ|الدكتورة|الدكتور)(?:/| )? ?"
    rf"(?P<arabic>{_ARABIC}(?: (?:عبد|بن|ابن|بنت|أبو|آل) {_ARABIC})? {_ARABIC})"
    rf"|(?:श्रीमती|श्री|कुमारी|सुश्री) (?P<hindi>{_HINDI_NAME})"
    rf"|(?:גברת|גב['\u05f3]|מר) (?P<hebrew>{_HEBREW} {_HEBREW})"
    rf"|(?:นางสาว|นาง|นาย|คุณ) ?(?P<thai>{_THAI} {_THAI})"
)
_TITLES = (
    "السيدة", "السيد", "الآنسة", "الأستاذ", "الدكتور", "श्रीमती", "श्री", "कुमारी", "सुश्री", "גברת", "גב",
    "מר", "นาง", "นาย", "คุณ",
)  # fmt: skip
_FIELD = pattern_of(
    r"(?:صاحب الحساب|صاحبة الحساب|(?:صاحب|صاحبة|حامل|حاملة) (?:البطاقة|الوثيقة|البوليصة)|اسم العميل|العميلة?"
    r"|الاسم الكامل|الاسم|المقترضة?|الضامنة?|الكفيلة?|المستفيدة?|جهة الاتصال|المؤمن (?:له|لها|عليه|عليها)"
    r"|مقدمة? الطلب|المدينة?|الوارثة?|المشتكية?|المودعة?|المريضة?|الموظفة?|الموقع"
    r"|खाताधारक का नाम|खाताधारक|ग्राहक का नाम|ग्राहक|नाम|उधारकर्ता|गारंटर|संपर्क|שם הלקוח|שם מלא|שם|לקוח"
    r"|איש קשר|בעל החשבון"
    r"|ชื่อ|ลูกค้า|ผู้กู้|ผู้ค้ำประกัน|ผู้ติดต่อ) ?: ?"
    rf"((?:{_ARABIC}|{_DEVANAGARI}|{_HEBREW}|{_THAI})(?: (?:{_ARABIC}|{_DEVANAGARI}|{_HEBREW}"
    rf"|{_THAI})){{1,4}})(?=\s*(?:[\n.,;(|،0-9]|\Z))"
)
_FIELDS = (
    "صاحب", "صاحبة", "حامل", "حاملة", "الكفيل", "المؤمن", "مقدم", "مقدمة", "المدين", "الوارث", "المشتكي",
    "المودع", "المريض", "الموظف", "اسم", "العميل", "الاسم", "المقترض", "الضامن", "المستفيد", "جهة", "الموقع",
    "खाता", "ग्राहक", "नाम", "उधार", "गारंटर", "संपर्क", "שם", "לקוח", "איש קשר", "בעל", "ชื่อ", "ลูกค้า",
    "ผู้",
)  # fmt: skip
UNCASED_OFFICES = pattern_of('رئيس|مدير|مجلس|अध्यक्ष|निदेशक|मुख्य|\u05d9\u05d5"ר|מנכ"ל|דירקטור|ประธาน|กรรมการ')
UNCASED_FIRM = pattern_of('شركة|بنك|مصرف|مجموعة|बैंक|कंपनी|लिमिटेड|בנק|חברת|בע"מ|บริษัท|ธนาคาร|จำกัด')


def _uncased(match: re.Match[str]) -> Span | None:
    """A name after a title or in a field, in a script without capitals."""
    start, end = match.span(match.lastgroup or 1)
    around = match.string[max(0, start - _AROUND) : end + _AROUND]
    if UNCASED_OFFICES.search(around) or UNCASED_FIRM.search(match.string, start, end):
        return None
    return start, end - (match.string[end - 1] == " ")


_CLIENT = pattern_of(
    r"(?:客户|客戶|借款人|担保人|投资者|投資者|持卡人|申请人|申請人|契約者|名義人|顧客|고객|차주|보증인"
    r"|신청인|예금주)"
    rf"[: は의の]{{0,2}}({FOREIGN}{{2,6}}?(?: [\u4e00-\u9fff]{{1,3}})?)"
    r"(?= ?(?:先生(?!产)|女士|小姐|様|さん|님|씨))"
)
_ADDRESSED = pattern_of(r"(?:様|さん)(?=[のはがへにをともでか、。,(\s])")
_BEFORE_ADDRESS = pattern_of(
    r"(?:[\s。、「(:,.の者]|\A)([\u4e00-\u9fff]{2,3} ?[\u3040-\u30ff\u4e00-\u9fff]{1,3})\Z"
)
_NO_NAME = frozenset("客皆株主先社者員方各同多仕模家")
"""Signs of words that are addressed with honour and name nobody."""
_ASIAN_NAME = pattern_of(
    r"(?:口座名義人?|账户持有人|户名|戶名|开户人|예금주|借款人|保证人)[: 是は]{1,2}"
    rf"({FOREIGN}{{2,6}})"
)
_ASIAN_FIRM = pattern_of(
    rf"{FOREIGN}{{0,20}}?(?:集团|集團|公司|银行|銀行|会社|证券|基金|控股|그룹"
    r"|은행|전자|건설|보험)"
    rf"(?!{FOREIGN})"
)
"""A firm's name in a script without capitals: how it ends."""


def _asian_holder(match: re.Match[str]) -> Span | None:
    return None if _ASIAN_FIRM.match(match.string, match.start(1)) else match.span(1)


def _addressed(match: re.Match[str]) -> Span | None:
    """The name before a word of honour."""
    name = _BEFORE_ADDRESS.search(match.string, max(0, match.start() - 9), match.start())
    return name.span(1) if name and _NO_NAME.isdisjoint(name[1]) else None


_ACCOUNTS = ("口座名義", "账户持有人", "户名", "戶名", "开户人", "예금주", "借款人", "保证人")
_CLIENTS = (
    "客户", "客戶", "借款人", "担保人", "投资者", "投資者", "持卡人", "申请人", "申請人",
    "契約者", "名義人", "顧客", "고객", "차주", "보증인", "신청인", "예금주",
)  # fmt: skip

KINDS = (
    Said("person", _TITLES, _TITLE, _uncased),
    Said("person", _FIELDS, _FIELD, _uncased),
    Said("person", _HONOURS, _HONOUR, _honoured),
    Said("person", _PARTS, _PART),
    Said("person", _SPOKEN_OF, _MENTIONED),
    Said("person", _CLOSINGS, _CLOSED),
    Said("person", _ACCOUNTS, _ASIAN_NAME, _asian_holder),
    Said("person", _CLIENTS, _CLIENT),
    Said("person", ("様", "さん"), _ADDRESSED, _addressed),
)
