"""What a clause does in an answer that may be a refusal, in the languages that models speak."""

from typing import Literal

from finrisk_rules.clauses import tokens
from finrisk_rules.patterns import pattern_of

Kind = Literal["unable", "denial", "lacking", "unanswered", "weak", "courtesy", "rest"]
"""An inability of the one who speaks, a denial of the matter, a lack in what was given, a question that stays
unanswered, what may be one of these, courtesy, and the rest."""

_SELF = pattern_of(
    r"\bi(?:'(?:m|d|ve|ll)\b| (?:[a-z]+ly |just |also |still |only )?(?:am|can|cannot|cant|could|couldn"
    r"|do|don|did"
    r"|didn|have|haven|had|got|lack|will|won|would|wouldn|must|was|decline|refuse|regret|know|see|find"
    r"|handle|deal|discuss|need|require)\b)"
    r"|\b(?:(?:for|by|from|lets?|allows?) me|(?:my|our) (?:side|part)|prefiero|prefiro|prefer(?:irei|iria)"
    r"|preferisco|podria|vorrei)\b"
    r"|\b(?:ich|mir|je|j'|ik|mij|puedo|dispongo|tengo|estoy|soy|posso|consigo|disponho|tenho"
    r"|estou|sou"
    r"|ho)\b|\b(?:my|mes|mis|mie|mijn|minhas|meine\w?) (?:training|data\w*|context|records|capa\w+|scope"
    r"|knowledge|abilit\w+|guidelines"
    r"|faehig\w+|fahig\w+)|\bm'est\b|\b(?:no me|non mi|nao me|mi e)\b|私は|当アシスタント|我|저는"
)
NOT = frozenset(
    """not neither t cannot cant no none nothing nichts rien nada niente nulla niets unable decline declined
    declining refuse refused beyond outside oltre fuera alem ausserhalb buiten rather lack lacks
    impossible insufficient inappropriate nicht kein keine keinen keiner keinem keinerlei ausserstande
    unmoglich ne n pas aucun aucune ningun ninguna imposible nao nenhum nenhuma impossivel non nessun
    nessuna impossibile niet geen onmogelijk inte ingen inga ikke intet avoid refrain abstain saknas
    omojligt nie brak niemozliwe yok degil ingenting neni nic zadne zadny zadna nimic mitaan
    hicbir не нет невозможно нельзя""".split()
)
"""Words that deny, or say that something cannot be."""

_CANNOT = pattern_of(
    "(?:でき|出来|行え|応じられ|答えられ|わかり|分かり)(?:ません|ない)|かねます|控え|超出|无法|無法|不能|不便"
    "|没法|没有权限|无权|無權|수 없|못합니다|어렵습니다"
)
_UNABLE = pattern_of(
    r"\bi(?:'ll| will| must| have to|'d rather) (?:have to )?pass(?: on (?:this|that)\b[^.]{0,20})?\W*\Z"
    r"|\bmuss ich (?:\w+ )?passen\b"
    r"|\b(?:no creo|nao creio|non credo)\b.*\b(?:ayud|respond|contest|ajud|aiut|rispond)"
    r"|\A(?:ma |quindi |e |purtroppo )*non (?:sono in grado|riesco)\b"
    r"|\bnie (?:moge|potrafie|jestem w stanie)\b|\w[ae]miyorum\b"
    r"|\bjag (?:kan|far|har) (?:\w+ )?(?:inte|ingen|inga)\b"
    r"|\b(?:kan|far) jag (?:\w+ )?inte\b|\b(?:не (?:могу|смогу|вправе|в состоянии))\b"
    r"|\bjeg (?:kan|kunne|har|vil) (?:\w+ )?(?:ikke|ingen|intet)\b|\b(?:kan|vil) jeg (?:\w+ )?(?:ikke"
    r"|ingen|intet)\b"
    r"|\ben (?:\w+ )?(?:voi|osaa|pysty)\b|\bne(?:mohu|muzu|umim|dokazu)\b|\bnem (?:tudok|tudom"
    r"|all modomban)\b|\bnu pot\b"
    r"|\b(?:saya|kami) tidak (?:dapat|bisa)\b|\btoi khong the\b"
    r"|не (?:можу|зможу|маю змоги|мога)|δεν μπορ[ωώ]|αδυνατ[ωώ]|ไม่สามารถ|ตอบไม่ได้|נבצר ממני|אין באפשרותי"
    r"|(?:איני|אינני|לא) (?:יכול|מסוגל|אוכל)|نمی.?توانم|\bne mogu\b|\bnemozem\b|\bsiwezi\b"
    r"|لا (?:أستطيع|يمكنني|أقدر)|لن أتمكن|لست قادر"
    r"|मैं .{0,60}(?:नहीं .{0,16}सकत|असमर्थ)"
)
"""Inability of the one who speaks in languages whose verb tells the person."""

_ABLE = frozenset(
    "mogu nemozem siwezi pass passen creo creio credo"
    " riesco grado moge potrafie jestem jag jeg voi osaa pysty nemohu nemuzu neumim nedokazu tudok tudom"
    " modomban pot saya kami toi".split()
)
_ANSWERING = pattern_of(
    r"\b(?:(?:your|this|that|the|my|an?) (?:question(?! of)|query|prompt|answer|analysis)|(?:your|this"
    r"|that) request"
    r"|answer(?:ed|ing)?|respond|comply|assist|frage|anfrage|beantwort\w*|repond\w*|(?:cette|votre) demande"
    r"|question(?! of\b)|aussage|pregunta|solicitud|responder|domanda|richiesta|rispondere|pergunta|pedido"
    r"|solicitacao|vraag"
    r"|verzoek|beantwoord\w*|antwort|reponse|respuesta|risposta|resposta|antwoord)\b|質問|回答|お答え|要望"
    r"|お手伝い|依頼|提供|助言|问题|問題|请求|請求|协助|協助|答案|질문|답변|요청|도와|제공"
    r"|\b(?:ответ(?:ить|ом)|вопрос|запрос|помочь|odpowied\w+|pytani\w+|yanit\w*|soru\w*|svara|fragan)\b"
    r"|السؤال|الإجابة|الطلب|प्रश्न|उत्तर|अनुरोध"
)
_GIVEN = pattern_of(
    r"\b(?:the|these|those|your) (?:\w+ ){0,2}(?:sources?|documents?|passages?|excerpts?|texts?|context)\b"
    r"|\bneither \w+|\bnone of the \w+"
    r"|\bthe (?:annual |provided |given )?(?:filings?|reports?)\b|\b(?:quellen?"
    r"|dokument\w*|(?:les|ces|des) (?:documents|sources|passages)|zdroj\w*"
    r"|unterlagen|extraits?|trechos?|excertos?|fragmentos?|brani|estratti|ausz\w+|passagen|fuentes?"
    r"|documentos?|fonti|documenti|fontes|bronnen|documenten)\b|資料|文書|情報"
    r"|资料|文件|文档|信息|来源|자료|문서|출처|정보"
    r"|\b(?:источник|документ|материал|zrodl|dokumentach|kaynak|belge|kallor|underlag)\w*"
    r"|المصادر|المستندات|الوثائق"
    r"|स्रोत|दस्तावेज"
)
_HOLDING = pattern_of(
    r"\bsays?\b|\bstates?\b|\btells?\b|\btouch|\bthere (?:is|are|was)\b|abord|\btrata[mn]?o?\b|\bsag(?:en|t"
    r"|er)\b|siger|\bsier\b"
    r"|bilgi|\bo tom\b|contain|includ|mention|provid|\bgiv|\bgeben|\bgibt|address|cover|hold|disclos|specif"
    r"|discuss"
    r"|speak|availabl|found|appear"
    r"|inform|data\b|daten|angaben|enthalt|innehall|namner|zawier|podaj|icer|bulun"
    r"|contien|donn|traz|fornec|menz|mencion|mention|conten|contem|indic|dati\b|dados|bevat|gegevens"
)
_ABSENT = pattern_of(
    "含まれて|ありません|ないため|記載されてい|見つかりません|没有|沒有|未涵盖|缺乏|不足|없습니다|없으므로"
    "|없지만|없어"
    r"|\b(?:нет|отсутству\w+|не (?:содерж|упомин|указан|привод|сообща)\w+)\b"
    r"|لا (?:تحتوي|تتضمن|توجد|يوجد)|لم (?:ترد|يرد|تذكر)"
    r"|नहीं (?:है|हैं|दि|मिल)"
)
_TOO_LITTLE = pattern_of(
    r"\A\W*(?:insufficient|not enough|too little|unzureichende\w?) (?:context|information|data|details?)\b|"
    r"\b(?:no|not|without|insufficient|kein\w*|nicht|pas|aucun\w*|non|nao|geen|niet|sem"
    r"|sin)\b[^.]{0,20} ?\b(?:any|enough|(?:in)?sufficient|relevant|adequate|necessary|further"
    r"|ausreichend\w*"
    r"|suffisant\w*|suficient\w*|sufficient\w*|voldoende)\b[^.]{0,12}\b(?:information\w*|context|data"
    r"|details"
    r"|daten|angaben|donnees|datos|dati|dados|gegevens|informatie)\b|\b(?:no|keine|aucune|ninguna|nessuna"
    r"|nenhuma|geen) (?:relevant )?(?:information\w*|data|informatie)|\b(?:informa\w+|datos|dati|dados"
    r"|daten"
    r"|gegevens|donnees) (?:suffisant|suficient|sufficient|ausreichend)"
)
POLICIES = frozenset(
    """policy policies guidelines terms richtlinien nutzungsrichtlinien politique politica politicas beleid
    gebruiksbeleid richtlijnen""".split()
)
"""What an answer names that refuses for a rule's sake."""

_ASKED = frozenset(
    "request prompt question content usage anfrage demande solicitud richiesta pedido verzoek".split()
)
_FOREIGN_POLICY = pattern_of("[请請]求.*政策|政策.*违反|ポリシーに反|정책에 위반")
_COURTESY = pattern_of(
    r"sorry|apolog|\btry (?:asking|again|rephrasing)|(?:great|good|interesting) question\b"
    r"|\byou(?:'re| are| have| asked| want)\b|thank you|let me know|feel free|anything else"
    r"|\bplease\b|could you|can you|\bi (?:recommend|suggest|understand|hope)\b|recommend that you"
    r"|you (?:can"
    r"|may|could) (?:find|consult|contact|check)|language model|\b(?:as )?an? ai\b(?: (?:model"
    r"|assistant))?\W*\Z|knowledge cutoff|my training|financial advi"
    r"|\b(?:qualified|licensed|certified) (?:\w+ ){0,2}(?:professional|advis|account|lawyer|expert|counsel)"
    r"|\bunfortunately\b|leid\b|leider|entschuldig|\bbitte\b|sprachmodell|weiterhelfen|empfehle|desole"
    r"|excus"
    r"|veuillez|\bmerci\b|pourriez|modele de langage|recommande|malheureusement|lo siento|disculp|perdon"
    r"|por favor|modelo de len?guaje|modelo de linguagem|recomiend|recomend|\bconsulte\b|lamentablemente"
    r"|mi dispiace|\bscus|per favore|modello linguistico|consiglio di|purtroppo|desculp|infelizmente"
    r"|spijt me"
    r"|excuses|alstublieft|taalmodel|raadpleeg|helaas|申し訳|恐れ入|すみません|了承|ください|下さい"
    r"|言語モデル|抱歉|对不起|對不起|请您|建议您|请咨询|请提供|請提供|语言模型|語言模型|遗憾|죄송|유감|양해"
    r"|pare rau|lituji|omlouv|sajnal|xin loi|\bmaaf\b|beklager|λυπ[αά]μαι|δυστυχ[ωώ]ς|do you (?:mean|want"
    r"|refer)"
    r"|сожалени|извин|прошу прощения|niestety|przykro mi|przepraszam|uzgunum|maalesef|ne yazik|tyvarr"
    r"|ledsen|ursakta|عذر|آسف|نأسف|للأسف|क्षमा|खेद|माफ"
    r"|바랍니다|주세요|주십시오|언어 모델"
)


def kind_of(clause: str) -> Kind:
    """Return what a folded clause does, courtesy left aside."""
    said = tokens(clause)
    says_not = not said.isdisjoint(NOT)
    if (says_not and _SELF.search(clause)) or (_may_be_unable(clause, said) and _UNABLE.search(clause)):
        return "unable"
    if not clause.isascii():
        cannot, given = _CANNOT.search(clause), _GIVEN.search(clause)
        if cannot and (_SELF.search(clause) or _ANSWERING.search(clause)):
            return "unable"
        if _FOREIGN_POLICY.search(clause) or (given and (cannot or _ABSENT.search(clause))):
            return "lacking"
        if cannot:
            return "weak"
    if not said.isdisjoint(POLICIES) and (not said.isdisjoint(_ASKED) or _SELF.search(clause)):
        return "lacking"
    if says_not and (_TOO_LITTLE.search(clause) or (_GIVEN.search(clause) and _HOLDING.search(clause))):
        return "lacking"
    return "unanswered" if says_not and _ANSWERING.search(clause) else "rest"


def _may_be_unable(clause: str, said: frozenset[str]) -> bool:
    return not (said.isdisjoint(_ABLE) and clause.isascii()) or "miyorum" in clause


def is_talk(clause: str) -> bool:
    """Whether the one who speaks talks of itself, or to the one who asks."""
    return bool(_COURTESY.search(clause) or _SELF.search(clause))
