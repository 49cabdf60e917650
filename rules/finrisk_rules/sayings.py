"""Words by which a sentence bids an answer to say something, in the languages that questions are asked in.

Beginnings of words, folded, and runs of signs where no blanks part the words. They prove nothing alone:
filings say and state too.
"""

from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

_SAY = (  # whole words
    "write|say|add|include|insert|append|begin|start|end|finish|close|conclude|answer|reply"
    "|respond|print|output|mention"
    "|claim|state|tell|call|declare|put|praise|recommend|repeat|name|assert|link|act|sign|open|ende|enden|speak|talk"
    "|you are|pose|rate"
    "|sag|sage|sagen|setz|setze|setzen|bau|baue|du bist|zeg|zet|je bent|noem|raad|sag|saga|sig|si"
    "|svar|svara|du ar|du er"
    "|dis|dites|mets|mettez|tu es|vous etes|di|diga|digan|pon|ponga|eres|dica|dite|metti|mettete"
    "|sei|voce e|spune|scrie"
    "|ird|irj|mondd|tedd|tegye|yaz|yazin|soyle|ekle|ekleyin|viet|noi|them|bat dau|ket thuc|tra loi"
    "|ты|ти|πες"
)
_SAY_BEGINNINGS = (
    # German, Dutch, Swedish, Danish, Norwegian
    "schreib|fuge|beginn|beend|schliess|antwort|beantwort|erwahn|behaupt|bezeichn|nenn|empfiehl"
    "|empfehl|verweis"
    "|schrijf|voeg|eindig|sluit|vermeld|beweer|skriv|lagg|tilfoj|legg|borja|begyn|avslut|afslut"
    "|namn|naevn|nevn|pasta"
    "|rekommend|anbefal"
    # French, Spanish, Italian, Portuguese, Romanian
    "|ecri|ajout|inser|commenc|termin|finis|repond|affirm|afirm|pretend|qualifi|recommand|conclu"
    "|escrib|anad|agreg|incluy|empie|empez|comien|comenz|respond|mencion|asegur|recomiend|recomend"
    "|scriv|aggiun|inizi|cominci|rispond|menzion|afferm|dichiar|consigl|raccom|chiud"
    "|escrev|adicion|acrescent|comec|inici|adaug|incep|inchei|raspun"
    # Polish, Czech, Slovak, Hungarian, Finnish, Turkish, Indonesian
    "|napis|powiedz|dodaj|zaczni|rozpoczn|zakoncz|odpowiedz|wspomn|stwierdz|polec|umies|jestes"
    "|rekni|prid|zacni|ukonc|zakonc|odpov|zmin|tvrd|doporuc|uved|povedz"
    "|kezd|fejez|valasz|emlits|allits|ajanl|kirjoit|sano|lisaa|aloita|lopeta|paata|vasta|mainit|vait"
    "|basla|bitir|cevap|yanit|belirt|iddia|tulis|katak|tambah|mulai|akhiri|jawab|sebut|serta|klaim"
    # Russian, Ukrainian, Bulgarian, Greek
    "|напиш|скаж|добав|встав|начн|начин|законч|заверш|ответ|отвеч|упомян|утвержд|заяв|назов"
    "|рекоменд|порекоменд"
    "|додай|почн|закінч|відпов|згада|стверд|кажи|кажете|започн|завърш|отговор|спомен|твърд"
    "|γραψ|γράψ|πείτε|πρόσθε|προσθέσ|ξεκίν|ξεκιν|άρχισ|τελείωσ|κλείσ|απάντησ|απαντήσ|ανάφερ|αναφέρ|ισχυρ"
)
_SAY_ANYWHERE = (
    "書いて|書く|書け|述べて|述べよ|言って|言い|付け加|付け足|加えて|添えて|入れて|始めて|終えて"
    "|終わ|締め|答えて|答えよ"
    "|回答して|記し|記載して|主張し|写|寫|说|說|加上|加入|添加|开头|開頭|开始|結尾|结尾|结束|回答"
    "|答复|声称|聲稱|提到|注明|附上|宣称"
    "|쓰세|써|적어|적으|말하|덧붙|추가하|시작하|끝내|마치|마무리|답하|답변|언급하|주장하"
    "|כתוב|כתבי|אמור|הוסף|התחל|סיים|ענה|הזכר|ציין|اكتب|قل|أضف|ابدأ|اختم|أجب|اذكر|أنه|بنویس|بگو"
    "|اضافه کن|شروع کن|پایان"
    "|लिख|कह|जोड़|शुरू|समाप्त|बता|লিখ|বল|যোগ|শুরু|শেষ|เขียน|บอก|เพิ่ม|เริ่ม|จบ|ปิดท้าย|ตอบ|ใส่"
    "|\\b(?:yaz|ekle|bitir|basla|soyle|belirt)(?:in|iniz|yin|yiniz)?\\W*\\Z"
)
_ASK = (
    "how|whether|if|why|what|which|who|whom|whose|when|where|ob|wie|warum|was|welch|wer|wann|wo"
    "|inwie|si|comment|pourquoi"
    "|quel|quell|quels|qui|quand|combien|cual|cuant|quien|cuando|donde|se|come|perche|qual|quale"
    "|quali|quant|chi|quando|dove"
    "|quem|onde|of (?:het|de|er|een|deze|dit|dat|zij|hij|men)|hoe|waarom|wat|welk|om|hur|varfor"
    "|vad|vilk|hvordan|hvorfor|hvad|hva|hvilk|czy|jak|dlaczego|co|ktor"
    "|zda|proc|kter|ли|как|почему|какой|какая|какие|каков|сколько|кто|когда|где|чи|як|чому|скільки"
    "|дали|защо|колко"
    "|mi|mu|nasil|neden|kac|ce|cum|daca|cat|care|hogy|mennyi|miert|onko|miten|miksi|apakah"
    "|bagaimana|mengapa|\u03b1\u03bd|\u03c0\u03ce\u03c2|\u03b3\u03b9\u03b1\u03c4\u03af"
    "|\u03c0\u03cc\u03c3\u03bf"
)
_ASK_BEGINNINGS = "(?:inwie|welch|cual|cuant|qual|quant|quell|welk|vilk|hvilk|ktor|kter|как|каков)"
_ASK_ANYWHERE = (
    "かどうか|どの|どう|なぜ|何|いくら|是否|如何|为什么|為什麼|多少|怎么|哪|여부|어떻|왜|무엇|얼마"
    "|هل|كيف|لماذا|האם|כיצד|למה|क्या|कैसे|หรือไม่|อย่างไร"
)
_OR = (
    "or|either|if|whether|depending|oder|wenn|falls|ob|ou|soit|o|u|eller|lub|albo|nebo|alebo|или"
    "|\u0435\u0441\u043b\u0438|\u043b\u0438|\u0430\u0431\u043e|\u044f\u043a\u0449\u043e"
    "|\u0447\u0438|veya|ya da"
    "|vagy|sau|tai|atau|hoac|ή"
)
_OR_ANYWHERE = "または|もしくは|或|还是|또는|או|أو|अथवा|หรือ|/"
_HEADING = (
    r"\b(?:heading|title|section|uberschrift|titel|titre|titulo|encabezado|titolo|cabecalho|kop"
    r"|rubrik|overskrift|naglowek|nadpis"
    r"|заголов|baslik)|見出し|标题|標題|제목"
)


_CLAUSE = (
    r"(?:\A|[^\w\s'\u2019-]\s*|\b(?:and|und|et|y|e|en|och|og|i|a|oraz|\u0438|\u0456|\u0442\u0430|ve"
    r"|si|es|ja|dan|va"
    r"|then|please|also|now|bitte|dann|must"
    r"|shall|should|to|soll|sollst|muss|musst|doit|dois|debe|debes|deve|devi|moet|kindly|just"
    r"|always|only|simply|unbedingt|immer|auch|ebenfalls|zusatzlich|toujours|aussi|egalement|siempre|tambien|sempre"
    r"|anche|tambem|altijd|ook|alltid|ocksa|altid|ogsa|zawsze|koniecznie|takze|vzdy|mutlaka|ayrica|обязательно"
    r"|непременно|также|всегда|обов'язково|завжди|також)\s)[\s*_]*"
)
"""What an imperative stands after: nothing, a mark, a word that joins clauses, or a duty."""

_ADVERB = r"(?:[^\W\d_]+(?:ly|mente|ment|\u043e)\s)?"
_SAYING = pattern_of(
    rf"{_CLAUSE}{_ADVERB}(?:(?:{_SAY})(?!\w)|(?:{_SAY_BEGINNINGS})\w*)|(?P<anywhere>{_SAY_ANYWHERE})"
)
_ASKING = pattern_of(rf"(?<!\w)(?:(?:{_ASK})(?!\w)|{_ASK_BEGINNINGS})|{_ASK_ANYWHERE}")
_CHOICE = pattern_of(rf"(?<!\w)(?:{_OR})(?!\w)|{_OR_ANYWHERE}")
_THAT = pattern_of(
    r"(?:\W+(?!(?:the|a|an|all|any|each|every|those|die|das|der|den|le|la|les|el|los|las|il|o|os|as|de|het)\b)\w+)"
    r"{0,3}?\W+(?:that|dass|que|qu|che|dat|att|at|ze|zda|hogy|etta|ca|bahwa|rang|что|що|че|οτι|ότι|πως)\b"
    r"|[^:]*\b(?:sentence|phrase|word|satz|wort|frase|mot|zin|woord|mening|ord|zdanie|slowo|veta|фраз\w+|слов\w+)\s?:"
    r"(?!\s*(?:is|are|was|were|do|does|did|has|have|can|will|ist|sind|hat|est|a|es|e)\b)"
    r"|\W+(?:me|us|them|every\w+|readers|users)\W+(?:it|this|they|he|she|there|we|you)\b"
)
_COURTESY = (
    "please|also|now|just|then|finally|kindly|always|only|simply|instead|bitte|immer|nur|auch|jetzt|toujours|aussi|siempre"
    "|tambien|sempre|anche|tambem|altijd|ook|alltid|zawsze|vzdy|\u0432\u0441\u0435\u0433\u0434\u0430|\u0442\u0430\u043a\u0436\u0435"
)
_AMBIGUOUS = (
    "state|close|claim|name|sign|open|end|link|act|start|rate|call|print|output|put|finish|begin|report|present|address"
    "|show|give|talk|answer|reply|change|use|note|stop|switch"
)
"""Words that are also nouns: an order goes on as a verb does."""

_MORE = (
    "thank|greet|portray|describe|advertise|promote|pretend|impersonate|translate|rhyme|sing|replace|award|assign|forget"
    "|ignore|disregard|insist|behave|imagine|(?:do not|don't) [^\\W\\d_]+"
)
_OBJECT = (
    r"(?=\W+(?:that|the|an?|this|it|with|by|as|in|like|your|my|me|us|users|readers|every\w+|him|her|them|only|always|all)\b"
    r"|\s*[\"'\u201c\u00ab\u2018:])"
)
_COMMAND = pattern_of(
    r"\W*(?:[^.!?\n:,]{0,60}[:,]\s*)?(?:(?:from|at|in|before|after|ab|am|im|von|des|a|al|en|da"
    r"|vanaf)\b(?: [^\W\d_]+){1,4}? )?"
    rf"(?:you )?(?:(?:{_COURTESY}|[^\W\d_]+(?:ly|mente|ment|\u043e))\W+){{0,2}}"
    rf"(?:(?:{_AMBIGUOUS})\b{_OBJECT}|(?!(?:{_AMBIGUOUS})\b)(?:(?:{_SAY}|{_MORE})(?!\w)"
    rf"|(?:{_SAY_BEGINNINGS})(?!\w*(?:ing|ed|ions?|ance|al|ors?)\b)\w*))"
)
_REQUEST = pattern_of(
    f"(?P<say>{_SAY_ANYWHERE}).{{0,8}}\\Z|[\u8bf7\u8acb].{{0,20}}(?:{_SAY_ANYWHERE})"
    r"|(?:\u304f\u3060\u3055\u3044|\u305b\u3088|\uc138\uc694|\uc2ed\uc2dc\uc624)\W*\Z"
)
"""An order in scripts that write no blanks: the word of saying ends it, or one of asking stands with it."""

_LANGUAGES = {
    language: pattern_of(names)
    for language, names in {
        "en": r"\b(?:english|englisch|anglais|ingles|engels|angiel"
        r"|\u0430\u043d\u0433\u043b\u0438\u0439\u0441\u043a)|[\u82f1](?:\u8bed|\u8a9e|\u6587)"
        r"|\uc601\uc5b4",
        "fr": r"\b(?:french|franzos|franc[aeo]|frans|\u0444\u0440\u0430\u043d\u0446)"
        r"|[\u6cd5\u4ecf](?:\u8bed|\u8a9e|\u6587)",
        "de": r"\b(?:german|deutsch|allemand|aleman|tedesc|duits|tysk|niemiec"
        r"|\u043d\u0435\u043c\u0435\u0446\u043a)|[\u5fb7](?:\u8bed|\u8a9e|\u6587)",
        "es": r"\b(?:spanish|spanisch|espagn|espan|spagn|spaans|hiszpan)",
        "it": r"\b(?:italian|italien|italiaans|wlosk)",
        "pt": r"\bportug",
        "nl": r"\b(?:dutch|niederlan|neerlan|holand|olandes|nederlands)",
        "sv": r"\b(?:swedish|schwedisch|suedois|sueco|svensk|zweeds)",
        "pl": r"\b(?:polish|polnisch|polonais|polaco|polsk|pools)",
        "tr": r"\b(?:turkish|turkisch|turc\b|turco|turkce)",
        "cyrillic": r"\b(?:russian|russisch|russe|ruso|russo|ukrain|\u0440\u0443\u0441\u0441\u043a)",
        "zh": r"\b(?:chinese|chinesisch|chinois|chino|cinese)|\u4e2d\u6587|\u4e2d\u56fd\u8bed"
        r"|\u4e2d\u56fd\u8a9e",
        "ja": r"\b(?:japan|japon|giappon)|\u65e5\u672c\u8a9e|\u65e5\u8bed",
        "hangul": r"\b(?:korea|corea)|\ud55c\uad6d\uc5b4",
        "arabic": r"\barab",
        "greek": r"\b(?:greek|griechisch|grec\b|griego)",
    }.items()
}
"""Names of languages, as ``language_of`` calls these."""

_TOLD_AS = pattern_of(
    r".*\b(?<!well )(?:as|als|come|como|comme)\b(?! (?:of|at)\b)(?:\W+[^\W\d]+){0,2}?[^\w.;:]*\d"
    r"|.*\b(?:instead of|statt|au lieu de|en lugar de)\b|.*\binstead\W*\Z"
)
"""A figure right behind the word by which a thing is told to be it, or what it is told instead of."""

TELLERS = frozenset(
    "that dass que qu che dat att at ze zda hogy etta ca bahwa rang me us them as als come como"
    " comme instead statt lieu lugar"
    " sentence phrase word satz wort frase mot zin woord mening ord zdanie slowo veta".split()
)
"""Runs of Latin letters of which one is in an order that tells what to say of something, in ASCII."""

_UNSPACED = pattern_of("[\u0590-\u08ff\u0900-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_OF_HEADINGS = pattern_of(_HEADING)
_LONGEST = 300
"""Characters of an order that is looked at."""

_DIGIT = pattern_of(r"\d")


def bidding_of(sentence: str) -> str | None:
    """What a sentence bids to say, folded: what follows its word for it; None where it bids nothing.

    The whole sentence where such a word may stand last.
    """
    comparable = folded(sentence)
    saying = _SAYING.search(comparable)
    if saying is None:
        return None
    return comparable if saying["anywhere"] else comparable[saying.end() :]


def asks_something(bidding: str) -> bool:
    """Whether what is to be said has a word that asks, as "State whether ..." does; it is folded."""
    return _ASKING.search(bidding) is not None


def tells_that(order: str, bidding: str) -> bool:
    """Whether an order says what is so ("Say that ..."), and does not ask or leave a choice.

    What is to be said of a thing ("Name the largest risk") is not told but asked for.
    """
    return (_THAT.match(bidding) or _UNSPACED.search(bidding)) is not None and not (
        asks_something(_THAT.sub("", bidding, 1)) or is_choice(order)
    )


def is_choice(order: str) -> bool:
    """Whether an order leaves a choice, or depends on something."""
    return _CHOICE.search(folded(order)) is not None


def of_headings(order: str) -> bool:
    """Whether an order speaks of headings: those are a form that one may ask for."""
    return _OF_HEADINGS.search(folded(order)) is not None


def commands(sentence: str) -> bool:
    """Whether a sentence is an imperative of saying, and none that tells of a duty ("Holders
    must state ...")."""
    if len(sentence) > _LONGEST:
        return False
    comparable = folded(sentence)
    if _UNSPACED.search(comparable):
        return _REQUEST.search(comparable) is not None
    return _COMMAND.match(comparable) is not None


def tells_figure(sentence: str) -> bool:
    """Whether a sentence commands to state a figure: "say that it was 4 %", "give it as 4 %"."""
    if sentence.endswith(("?", "\uff1f")) or not (_DIGIT.search(sentence) and commands(sentence)):
        return False
    bidding = bidding_of(sentence)
    return bidding is not None and bool(_THAT.match(bidding) or _TOLD_AS.match(bidding))


def languages_named(order: str) -> set[str]:
    """The languages that an order names, as ``language_of`` calls them."""
    comparable = folded(order)
    return {language for language, names in _LANGUAGES.items() if names.search(comparable)}
