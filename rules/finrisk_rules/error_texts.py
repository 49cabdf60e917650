"""Error texts: what a machine says when it fails, as vendors, proxies and frameworks word it.

Some shapes are nothing else wherever they open a text: bodies, pages, exceptions, stack traces, lines of a
log. Plain sentences are judged by the whole: an answer that states something beside them is an answer.
"""

import re
from functools import lru_cache
from itertools import islice

from finrisk_rules.clauses import LONGEST, cites, sentences_of, states, tokens
from finrisk_rules.judge.wording import words
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import Signs, folded, latin_words

_HEAD = 400
_STATUS_NAMES = (
    "failed to (?:respond|connect|load|fetch|generate|process)|(?:does not|doesn't) exist or you"
    "|internal server error|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    "|too many requests|(?:page )?not found|forbidden|unauthorized|bad request|request time-?out"
    "|payload too large|method not allowed|conflict"
).replace(" ", r"\ ")
_SHAPES = rf"""
        (?i:traceback\ \(most\ recent\ call\ last\))
      | (?i:<!doctype\ html | <html | <head\b | <\?xml | <error\b)
      | (?i:(?:http(?:/\d(?:\.\d)?)?|error|status)?(?:\ (?:status|code|status\ code))?:?\ *
          [45]\d\d\ *[-:,]?\ *(?:{_STATUS_NAMES})\b)
      | (?i:internal\ server\ error|bad\ gateway|gateway\ time-?out|too\ many\ requests)\b\ *(?:[:.(\n]|\Z)
      | (?i:error)\ (?:code\ |\#)?\d{{3,5}}\W*(?:\n|\Z)
      | (?i:(?:finish|stop|block)_?reason|prompt_?feedback|safety_?ratings?
          |candidates\[\d\][\w.]*)\W{{1,3}}(?=\w)
      | (?i:http)/\d(?:\.\d)?\ [45]\d\d\b
      | [45]\d\d\ [A-Z_]{{4,}}[:.]
      | (?:[\w$]+(?:\.|::|/))*(?:[A-Za-z]\w*)?[a-z](?:Error|Exception|Fault|Timeout|Panic)\b\W*(?:[:(\n]|\Z)
      | (?:[\w$]+(?:\.|::))+(?:Error|Exception)\b\s*[:(]
      | (?:[\w$]+\.)*(?:exceptions?|errors?)\.\w+\s*:
      | (?i:(?:php\ )?fatal\ error:)
      | File\ "[^"\n]{{1,200}}",\ line\ \d
      | (?:[a-z]+\ )?E(?:CONN|TIMEDOUT|NOTFOUND|PIPE|HOSTUNREACH|AI_)[A-Z]*\b
      | (?:Exception\ in\ thread|Unhandled\ exception|Uncaught\ \w|panic:\ |goroutine\ \d)
      | thread\ '.{{0,80}}'\ panicked
      | (?i:rpc\ error:\ code\ =|(?:grpc\.)?StatusCode\.[A-Z_]{{5,}}|_?\w{{0,40}}RpcError\b)
      | (?:UNAVAILABLE|RESOURCE_EXHAUSTED|DEADLINE_EXCEEDED|PERMISSION_DENIED|UNAUTHENTICATED|INVALID_ARGUMENT
          |FAILED_PRECONDITION|INTERNAL|ABORTED)\b[:.]
      | (?:\d{{4}}[-/]\d\d[-/]\d\d[T\ ][\d:.,Z+-]{{5,20}}\W{{1,3}}(?:[\w.\[\]-]{{1,60}}\W{{1,3}})?)?
        \[?(?:ERROR|FATAL|CRITICAL|SEVERE)\]?\ (?=\S)
      | (?i:(?:null|none|undefined|nan)\b(?:\W+(?:null|none|undefined|nan)\b)*\W*\Z)
      | \[object\ \w+\]\W*\Z
      | (?i:upstream\ (?:connect\ error|request\ timeout)|no\ healthy\ upstream|default\ backend\ -\ 404)
"""
_SHAPE = pattern_of(rf"(?x) \A \W* (?: {_SHAPES} )")
_BODY_KEY = pattern_of(
    r"""(?i)\A[\[{\s]*["'](?:errors?|err|fault|exception|details?|message|msg|status(?:_?code)?|code|type"""
    r"""|title|timestamp|success|ok|path|trace\w*|request_?id|reason)["']\s*:"""
)
_FAULT_KEY = pattern_of(r"""(?i)\A[\[{\s]*["'](?:errors?|err|fault|exception|details?|message|msg)["']\s*:""")
"""What begins a body that is of a fault, or else states something."""

_ENVELOPE = pattern_of(
    r"""(?i)\A[\[{\s]*["'](?:prompt_?feedback|candidates|choices|usage(?:_?metadata)?|model_?version"""
    r"""|(?:finish|stop|block)_?reason|response_?id)["']\s*:"""
)
"""What begins the body of a vendor's reply, as it came from the wire."""

_FAILURE = pattern_of(
    r"""(?i)["']?(?:error|fault|exception)\w*["']?\s*:|error|fail|exceed|denied|unauthori|limit|not found"""
    r"""|unavailable|time[d -]?out|overload|["'](?:code|status\w*)["']\s*:\s*-?[1-9]"""
)
_PAGE_TITLE = pattern_of(r"^[ \t]*<title>[ \t]*[45]\d\d\b", re.MULTILINE)
_FRAMES = (
    r"""at[ ][\w.$<>/ ]{1,200}\(|File[ ]"[^"\n]{1,300}",[ ]line[ ]\d"""
    r"""|(?:from[ ])?\S{1,200}\.\w{1,4}:\d+:in[ ]|#\d+[ ]\S{1,200}\(\d+\)|\S{1,200}\.go:\d+"""
    r"""|goroutine[ ]\d+[ ]\["""
)
_FRAME = pattern_of(rf"[ \t]*(?:{_FRAMES})")
_CHAIN = pattern_of(r"\A(?=[a-z\d][^\n]{0,300}\Z)[\w.+/()-]+(?: [\w.:/+()\[\]-]+){0,6}?: (?P<cause>[^\n]+)\Z")
"""A line of a program: who failed, at what, and why, parted by colons, without the capital of a sentence."""

_CAUSE = pattern_of(
    r"\bno such\b|\bnot (?:found|permitted|allowed|supported)\b|\b(?:refused|denied|closed"
    r"|closing|reset|unreachable|unknown"
    r"|invalid|failed|failure|eof|expired|cancell?ed|killed|unsupported|aborted|unavailable"
    r"|timeout|timed out)\b|does not exist"
    r"|\b(?:cannot|could not|unable to) (?:open|read|write|connect|resolve|load|find|parse|allocate)\b"
)
_TECHNICAL = pattern_of(r"[a-z]\d|\d[a-z]|\w\.[a-z]|\w/\w|:\d|: .*: |::|_")
"""What a name of a host, a file or a call has, or a second colon."""

_TRACEBACK = "Traceback (most recent call last):"
_LEAST_FRAMES = 2

_LABEL = pattern_of(
    r"\A\W*(?:[a-z]+ ){0,2}(?:error|fatal(?: error)?|exception|fehler|erreur|errore|erro|fout|エラー|错误"
    r"|錯誤|오류)(?: ?code)? ?\d{0,4} ?[:\]\uff1a]"
)
_MACHINE_TALK = pattern_of(
    r"failed to (?:respond|connect|load|fetch|generate|process)|does not exist or you|internal server error"
    r"|bad gateway|service (?:is )?(?:currently |temporarily )?unavailable|gateway time-?out"
    r"|too many requests|rate limit|try again|\bretry|\bretries|timed? ?out|deadline exceeded|api key"
    r"|status code|connection (?:was |to \S+ )?(?:refused|reset|error|failed|closed|aborted)|current quota"
    r"|overloaded|context length|\d tokens|content (?:management|filter\w*)|finish_?reason|safety_ratings?"
    r"|blocked due to|request id|upstream (?:connect|request|server|service|error|time-?out|response)"
    r"|(?:your"
    r"|this|the) request (?:could|was|has|failed|timed)|processing your|went wrong|error (?:has )?occurred"
    r"|unexpected error|(?:ran into|encountered) (?:an? |some )?(?:\w+ )?(?:issue|problem)|access denied"
    r"|your [^.]{0,40}\bquota\b|upgrade your (?:plan|account|tier|subscription)"
    r"|\b(?:response|request|prompt|candidate|completion) (?:was |is |has been )?(?:blocked|stopped"
    r"|filtered)\b(?! (?:by|through) (?!(?:\w+ ){0,3}(?:safety|content|filters?|polic(?:y|ies)|model"
    r"|moderation)))"
    r"|out of memory|tried to allocate|no space left|disk (?:is )?full|core dumped|segmentation fault"
    r"|permission denied|no such file|could not resolve|name or service not known|broken pipe|broken stream"
    r"|certificate verify|unexpected (?:token|end of (?:json|file|input|data)|eof)|(?:not|is not) valid json"
    r"|no such host|i/o timeout|(?:network|host) is unreachable|no route to host|tls handshake"
    r"|command not found|no module named|cannot import name|pool (?:is )?exhausted"
    r"|\d ?[kmgt]i?b(?:ytes)?\b|\d bytes\b"
    r"|did not respond|issue persists|plan and billing|reduce (?:the length|your)"
)
_FOREIGN_TALK = pattern_of(
    r"[a-z]{3,}(?:exception|error)\b|versuchen sie|spater erneut|voruber\w* nicht (?:verfugbar|erreichbar)"
    r"|ein fehler (?:ist )?aufgetreten|zeituberschreitung|ist ein fehler|reessay|erreur (?:est survenue"
    r"|s'est produite)|temporairement indisponible|delai d'attente|intentelo|intentarlo|intente de nuevo"
    r"|ha producido un error|ocurrio un error|limite de solicitudes|riprov|verificato un errore"
    r"|tente novamente|ocorreu um erro|limite de solicitac|probeer het|fout opgetreden|iets mis|エラーが発生"
    r"|お試しください|接続できません|タイムアウト|時間をおいて|稍[后後候]|重试|重試|超时|超時|服务器内部错误"
    r"|发生错误|出错了|오류가 발생|다시 시도|시간이 초과|잠시 후"
)
_MACHINE_WORDS = frozenset(
    """error gateway unavailable requests rate again retry retries timed time timeout deadline exceeded api
    code connection quota upgrade stopped filtered overloaded context tokens content finish safety blocked
    request upstream
    gib mib kib gb mb kb bytes
    memory allocate space disk dumped segmentation file resolve known pipe stream certificate unexpected json
    command module import pool host unreachable route handshake
    processing wrong denied respond persists billing reduce issue problem failed exist""".split()
)
"""One of these is in every English sentence of that kind."""

_LABEL_WORDS = words("error fatal exception fehler erreur errore erro fout code")
_SHAPE_SIGNS = Signs(
    """head http status code title file eai uncaught statuscode unavailable exceeded denied
    unauthenticated argument failed internal aborted fatal critical severe null none undefined nan object
    upstream healthy backend""".split(),
    """error exception fault timeout panic traceback html xml gateway requests econn etimedout enotfound
    epipe ehostunreach exhausted goroutine upstream reason feedback ratings candidates""".split(),
)
"""Of which each shape has one that does not begin with a number."""

_AGAIN = "again"
"""Of the words of machines the one that is in many an answer."""

_TALK_SIGNS = Signs(
    _MACHINE_WORDS - {_AGAIN},
    """error exception fehler erreur fout erro fatal versuchen erneut verfugbar erreichbar uberschreitung
    reessay indisponible attente intent riprov tente ocorreu probeer opgetreden iets solicit""".split(),
)
"""Of which a text whose first sentence talks as a machine, or is labelled, has one, or ``_AGAIN``."""

_AGAIN_SIGNS = Signs(
    "kb mb gb tb kib mib gib tib".split(),
    """fail exist internal gateway unavailable requests limit try retr time deadline key status connection
    quota overloaded context token content finish safety blocked request upstream processing wrong error issue
    problem denied upgrade stopped filtered respond persist billing reduce memory allocate space disk dumped
    segmentation file resolve known pipe stream certificate unexpected json command module import exhausted
    host unreachable handshake route bytes""".split(),
)
"""Of which what ``_MACHINE_TALK`` finds has one."""

_BEGINNING = pattern_of(r"[{\[]|\W*\d")
"""How a body begins, or what begins with a number."""

_FRAME_SIGNS = ("(", '"', ":")
_FRAME_WORD = "goroutine"
"""Each frame has one of those signs, or that word."""


@lru_cache(maxsize=64)
def is_error_text(answer: str) -> bool:
    """Whether the text is an error message (not a text that speaks of errors, as audit notes do).

    Remembered for a moment, since score and collection ask of the same answer.
    """
    text = answer.strip()
    if not text.isascii():
        return _has_shape(text) or _has_trace(text) or _is_machine_talk(text)
    said = latin_words(text)
    return (
        _is_chain(text)
        or ((_SHAPE_SIGNS.among(said) or bool(_BEGINNING.match(text))) and _has_shape(text))
        or (_may_have_frames(text) and _has_trace(text))
        or (
            (_TALK_SIGNS.among(said) or (_AGAIN in said and _AGAIN_SIGNS.among(said)))
            and _is_machine_talk(text)
        )
    )


def _has_shape(text: str) -> bool:
    head = text[:_HEAD]
    if _SHAPE.match(head) or ("<title>" in text and _PAGE_TITLE.search(text)):
        return True
    if text[:1] not in ("{", "["):
        return False
    if _ENVELOPE.match(head):
        return True
    if _BODY_KEY.match(head) and _FAILURE.search(head):
        return True
    return bool(_FAULT_KEY.match(head)) and not states(text)


def _is_chain(text: str) -> bool:
    """Whether the text is one line of a program that names its fault behind a colon."""
    chain = _CHAIN.match(text)
    return (
        chain is not None
        and bool(_CAUSE.search(chain["cause"].lower()) and _TECHNICAL.search(text))
        and not states(text)
    )


def _may_have_frames(text: str) -> bool:
    return any(map(text.__contains__, _FRAME_SIGNS)) or _FRAME_WORD in latin_words(text)


def _has_trace(text: str) -> bool:
    if _TRACEBACK in text:
        return True
    frames = filter(_FRAME.match, text.split("\n"))
    return len(list(islice(frames, _LEAST_FRAMES))) == _LEAST_FRAMES


def _is_machine_talk(text: str) -> bool:
    """Whether the sentences speak of a failed request: the first one, and a third of the text or more."""
    machine = rest = 0
    for sentence in sentences_of(text):
        comparable = folded(sentence[:LONGEST])
        labelled = bool(_LABEL.match(comparable))
        if labelled and not machine and words(comparable) <= _LABEL_WORDS:
            return True
        if _talks_as_machine(comparable) and not cites(sentence):
            machine += len(sentence)
        elif not (machine or labelled) or states(sentence):
            return False
        elif labelled:
            machine += len(sentence)
        else:
            rest += len(sentence)
    return bool(machine) and 2 * machine >= rest


def _talks_as_machine(sentence: str) -> bool:
    said = tokens(sentence)
    if not said.isdisjoint(_MACHINE_WORDS) and _MACHINE_TALK.search(sentence):
        return True
    return bool(_FOREIGN_TALK.search(sentence))
