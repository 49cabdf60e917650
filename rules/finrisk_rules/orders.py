r"""The grammar of English orders to a model, as patterns over one sentence; ``\ `` is a blank.

A rule is not a list of phrases: it joins an order (a verb where imperatives stand, or a ban on obeying) to an
object that governs the model: its instructions, its role, its answer. Reports and analysts speak of rules,
instructions and overrides all the time, but as statements about somebody else.
"""

import re
from collections.abc import Iterable, Iterator

from finrisk_rules.patterns import pattern_of
from finrisk_rules.sentence_rules import Rule

_STEP = r"[^\w.!?;\n]+"  # from one word of a clause to the next


def _near(words: int) -> str:
    """Up to so many other words."""
    return rf"(?:{_STEP}[\w'\u2019]+){{0,{words}}}?{_STEP}"


ALONE = r"""(?:  # where a verb has no subject but the one who is spoken to
    (?: (?:\A|\n|[^\w\s'\u2019)%/&$-]) [^\w\n]{0,8}
      | \b(?:please|kindly|now|then|just|simply|actually|instead|first)[\ ,:]{1,2}
      | \byou\ (?:(?:must|should|shall|will|can|may|are\ to|need\ to|have\ to)\ )?
    ) (?:\w+ly\ )?
)"""
ORDER = rf"(?:{ALONE}|\b(?:and|also|so|but)\ )"  # enough where the object leaves no doubt
DROP = r"""(?:
    ignore|disregard|forget(?:\ about)?|overrid(?:e|ing)|bypass|neglect|skip|drop|scratch|discard|dismiss
  | abandon|circumvent|violate|break|void|erase|delete|suspend|disable|reject|unlearn
  | (?:set|put|leave)\ aside|(?:turn|switch)\ off
  | pay\ no\ attention\ to|get\ around
  | (?:do\ not|don['\u2019]?t|never|not|stop|cease|refuse\ to|quit)\ (?:
        follow|obey|heed|observe|respect|comply\ with|adher(?:e|ing)\ to|listen(?:ing)?\ to
      | stick(?:ing)?\ to
    )(?:p?ing)?
)"""
PROMPT = r"""(?:prompts?  # the noun: "prompt payment" and "prompt settlement" are something else
    (?!\ (?!(?:above|and|are|as|at|before|below|but|by|entirely|for|from|given|has|have|here|if|in|instead|is
        |it|now|of|on|or|so|that|then|to|was|were|when|which|with|you)\b)\w)
)"""
NOT_OF_A_NOUN = r"(?!\ (?!(?:and|or|in|is|are|this|that|these|the|here|you|now|to)\b)\w)"
NOT_OF_A_FORM = r"(?!\ (?:on|in)\ (?:the|your|that|any)\ (?:\w+\ ){0,2}(?:card|form|proxy|ballot|notice)s?\b)"
LAW = rf"""(?:
    instructions?|directions?|directives?|{PROMPT}|rules?|guidelines?|guardrails?|commands?|programming
  | constraints?|restrictions?|messages?|limitations?
)"""
OWN_LAW = rf"(?:{LAW}|polic(?:y|ies)|training|role|task|filters?|safeguards?|safety|configuration|persona)"
BEFORE = r"(?:previous(?:ly)?|prior|above|earlier|preceding|initial|original|former|foregoing|before|so\ far)"
MIND = r"(?:system|hidden|secret|developer|internal|initial|original|safety|content)"
MACHINE = r"""(?:
    assistants?|chat(?:bot|\ ?gpt)s?|(?:large\ )?language\ models?|llms?|gpt|gemini|claude|copilot|bots?
  | models?|ai(?:\ (?:systems?|models?|assistants?|agents?|tools?|readers?))?
  | automated\ (?:analysts?|readers?|systems?)
)"""
FREE = rf"""(?:
    (?:no|without|any|free\ of|free\ from|zero|lacks?) {_near(3)} (?:
        restrictions?|rules?|guidelines?|filters?|limits?|limitations?|constraints?|censorship|ethics
      | boundaries|polic(?:y|ies)|safeguards?|guardrails|programming
    )
  | (?:unrestricted|unfiltered|uncensored|unlimited|jailbroken)\b
  | (?:filters?|safety\ \w+)\ (?:is|are|were|was|have\ been)\ (?:\w+\ )?(?:off|disabled|removed|lifted)
)"""
SAY = (
    r"(?:answer|reply|respond|output|print|say|write|state|return|type|claim|begin|start|end|finish|conclude)"
)
LITERAL = r"""(?:
    ["\u201c\u2018'`*]  # but not the marks of a form, or a choice
        (?![^"\u201d\u2019'`*\n]{1,20}["\u201d\u2019'`*]\ (?:(?:in|on)\ the|next\ to|or|where)\b)
  | https?:
  | the\ (?:single\ |exact\ |following\ )?(?:words?|phrase|sentence|string|token|letters?)\b
)"""
TELL = r"""(?:
    reveal|print|paste|show|repeat|output|display|leak|quote|tell|give|list|dump|expose|share|summari[sz]e
  | translate|copy|disclose|write|recite|echo|describe|return|send|extract|reproduce
)"""
ANSWER = r"(?:answers?|repl(?:y|ies)|responses?|output)"
NOT = r"(?:do\ not|don['\u2019]?t|never)"


def _rule(kind: str, words: str, *patterns: str, others: str = "") -> Rule:
    joint = "|".join((*_by_beginning(ALONE, patterns), *_by_beginning(ORDER, patterns), *_others(patterns)))
    pattern = pattern_of(joint, re.IGNORECASE | re.VERBOSE)
    return Rule(kind, frozenset(words.split()), pattern, frozenset(others.split()), patterns)


def _by_beginning(beginning: str, patterns: Iterable[str]) -> Iterator[str]:
    """One pattern for all that begin alike: what they share is most of the work, and is then done once."""
    if ends := [pattern.removeprefix(beginning) for pattern in patterns if pattern.startswith(beginning)]:
        yield f"{beginning}(?:{'|'.join(ends)})"


def _others(patterns: Iterable[str]) -> Iterator[str]:
    return (pattern for pattern in patterns if not pattern.startswith((ALONE, ORDER)))


_LAW_WORDS = """instruction instructions direction directions directive directives prompt prompts rule rules
    guideline guidelines guardrail guardrails command commands programming constraint constraints
    restriction restrictions message messages limitation limitations"""

_DROP_WORDS = """ignore disregard forget override overriding bypass neglect skip drop scratch discard dismiss
    abandon circumvent violate break void erase delete suspend disable reject unlearn aside off attention
    around follow following followping obey obeying obeyping heed heeding heedping observe observeing
    observeping respect respecting respectping comply adhere adhering listen listening stick sticking"""

RULES = (
    _rule(
        "override",
        f"""{_LAW_WORDS} context conversation everything anything all policy training role task filter
            filters safeguards safety told said limits cite job goal objective mission purpose
            sources question query opposite me you above preceding foregoing""",
        rf"""{ALONE}{DROP} (?={_near(8)}(?:{BEFORE}|your|my|system|safety|hidden|developer|given|told|all
            |these|those)\b)
            {_near(6)}{LAW}\b""",
        rf"{ORDER}{DROP}{_near(2)}your{_near(3)}{OWN_LAW}\b",
        rf"{ORDER}{DROP}\ (?:all\ (?:of\ )?)?(?:the\ )?{BEFORE}\ (?:instructions?|prompts?|directives?)\b",
        rf"""{ALONE}{DROP}{_near(1)}(?:context|{PROMPT}|instructions?|guidelines?|directives?|task
            |conversation)\b{NOT_OF_A_FORM}""",
        rf"""{ALONE}{DROP}{_near(1)}(?:everything|anything|all|what(?:ever)?){_near(6)}
            (?:{BEFORE}\b{NOT_OF_A_NOUN}|(?:been|were|was)\ (?:told|taught|trained)|told\ you
            |said\b(?!\ (?:in|at|on)\ the\ ))""",
        rf"""{ALONE}{DROP}{_near(3)}(?:content|safety)\ (?:filters?|features?|measures?|polic(?:y|ies)
            |training)\b""",
        rf"""\b(?:your(?:\ \w+){{0,2}}\ {OWN_LAW}|{BEFORE}\ (?:system\ )?prompts?)\ (?:\w+\ )?
            (?:(?:have|has|were|was|are|is)\ (?:\w+\ ){{0,2}})?
            (?:changed|updated|replaced|reset|suspended|revoked|removed|cancell?ed|void|obsolete|invalid
            |lifted|off)\b""",
        rf"\b{LAW}\b{_near(8)}(?:cancell?ed|void|apply|lifted|changed)\ (?:to|for)\ you\b",
        rf"""\b(?:this|these|that|it|they|new|follow(?:s|ing)|below|above|i)\b[^.!?\n]{{0,40}}
            \b(?:replaces?|supersedes?|overrides?){_near(2)}your{_near(2)}{OWN_LAW}\b""",
        rf"""{ORDER}(?:set|put|leave|throw|push|cast)\ (?:all\ |any\ )?(?:of\ )?(?:your|the\ above|these|those
            |{BEFORE})\ (?:\w+\ )?{OWN_LAW}\ (?:aside|away|out)\b""",
        rf"""\b{LAW}\ (?:that\ |which\ )?you\b[^.!?\n]{{0,40}}\b(?:no\ longer|do\ not|don['\u2019]?t)
            \ (?:apply|bind|hold|count)\b""",
        rf"""\b{LAW}\b{_near(6)}(?:no\ longer|do\ not|don['\u2019]?t|never)\ (?:bind|apply\ to|restrict|limit
            |constrain)\ you\b""",
        rf"""\byou\ are\ (?:not|no\ longer|never)\ (?:bound|restricted|limited|constrained)
            \ (?:by|to){_near(2)}{LAW}\b""",
        rf"""\byou\ (?:no\ longer\ (?:need|have)\ to|(?:do\ not|don['\u2019]?t)\ (?:need|have)\ to|need\ not)
            \ (?:follow|obey|respect|observe|comply\ with|adhere\ to|cite){_near(2)}
            (?:(?:{LAW})\b{NOT_OF_A_FORM}|sources?\b|citations?\b)""",
        r"""\byou\ (?:no\ longer|need\ not|(?:do\ not|don['\u2019]?t)\ need\ to)\b[^.!?\n]{0,20}
            \bcite\b""",
        r"""\bno\ (?:rules|limits|restrictions|guidelines|filters)\ (?:for|on)\ you\b""",
        rf"""\b(?:everything|anything|all|what){_near(4)}told\ you\b[^.!?\n]{{0,20}}
            \b(?:outdated|void|wrong|obsolete|false|invalid|over)\b""",
        rf"""{ORDER}(?:treat|consider|regard|take|interpret)\b[^.!?\n]{{0,60}}\bas\ (?:your\ |the\ |a\ )?
            (?:system|new|developer)\ (?:\w+\ )?{LAW}\b""",
        r"""\byour\ (?:new|real|actual|true|only|next)\ (?:task|job|role|goal|objective|mission|purpose
            |instructions?)\ (?:is|are)(?:\ now)?(?:\ to\b|\ ?:)""",
        rf"""\bi\ (?:hereby\ )?(?:authori[sz]e|allow|permit|order|instruct|command)\ you\ to\ {DROP}\b""",
        rf"""{ORDER}keep\ (?:this|these|your)\ (?:\w+\ )?{LAW}\ (?:secret|hidden|confidential|private
            |to\ yourself)\b""",
        rf"{ALONE}{DROP}{_near(4)}{PROMPT}\b",
        rf"""{ALONE}(?:ignore|disregard|forget)\ (?:(?:the|these|any|all)\ ){{1,2}}(?:numbered\ )?(?:
            sources\b(?!\ of)|(?:question|query)\b(?=\W*\Z|[,:]?\ (?:above|below|and|instead)\b))""",
        rf"{ALONE}forget\ that\ you\ are\b",
        rf"""{ALONE}(?:ignore|disregard|forget)\ (?:all\ )?(?:of\ )?the\ {BEFORE}
            (?:\ (?:text|content|lines?|words))?(?=\W*\Z|[,;:]|\ (?:and|then|instead|but)\b)""",
        rf"\b{LAW}\ you\b[^.!?\n]{{0,30}}\b{DROP}\ them\b",
        rf"\bnone\ of\ your\ (?:\w+\ ){{0,2}}{LAW}\b",
        rf"\byou\ (?:have\ permission|are\ (?:allowed|free|permitted))\ to\ {DROP}{_near(3)}{OWN_LAW}\b",
        rf"""\b(?:replaces?|supersedes?|overrides?|cancels?){_near(2)}{MIND}
            \ (?:{PROMPT}|instructions?|messages?)\b""",
        rf"\b{BEFORE}\ {LAW}\ (?:are|is)\ (?:hereby|now)\ (?:void|cancell?ed|revoked|withdrawn|suspended)\b",
        rf"{ORDER}consider\ [^.!?\n]{{0,20}}{BEFORE}\ {LAW}\ (?:void|cancell?ed|revoked|withdrawn|lifted)\b",
        rf"""\byour(?:\ \w+){{0,2}}\ {OWN_LAW}\ (?:no\ longer|do(?:es)?\ not|don['\u2019]?t)
            \ (?:apply|bind|hold|count|matter)\b""",
        rf"{ORDER}do\ the\ opposite\b[^.!?\n]{{0,30}}\b(?:your|{LAW})\b",
        rf"""{ORDER}(?:follow|obey|use)\ (?:these|the\ following|my|the\ new)\ (?:\w+\ )?{LAW}\ instead
            (?:\ of\ (?:your|the\ ones\ above))?\b(?!\ of)""",
        rf"{ORDER}obey\ (?:only\ )?me\b",
        rf"\bi\ (?:want|need|would\ like)\ you\ to\ (?:{DROP}|pretend)\b",
        r"\bnew\ (?:instructions?|task|rules?|directives?|orders?)(?:\ for\ you)?\ ?:",
        others=f"""{_DROP_WORDS} you your new instead opposite aside away out keep treat consider regard take
            interpret replace replaces supersede supersedes override overrides cancel cancels changed updated
            replaced reset suspended revoked removed canceled cancelled obsolete invalid lifted withdrawn""",
    ),
    _rule(
        "persona",
        """you ai assistant assistants model models bot chatbot mode role act pretend behave imagine
            roleplay respond answer reply speak stop if""",
        r"""\byou\ (?:are|act|will\ act|behave)\ (?:now|no\ longer|henceforth)\ (?:an?|the|my
            |in\ \w+\ mode|free|dan)\b
            (?!\ (?:\w+\ ){0,2}(?:\w*holder|owner|member|investor|customer|client)s?\b)""",
        rf"""\b(?:from\ (?:now|here)\ on|henceforth|from\ this\ (?:point|moment)\ (?:on|onwards?|forward))\b
            {_near(1)}(?:you|your|every\ answer|answer|reply|respond|act|behave)\b
            (?!\ (?:will|can|may)\ (?:receive|find|get|pay|vote|be\ able)\b)""",
        r"""\byou\ (?:will|must|shall|should)\ now\ (?:act|behave|respond|answer|speak|be)\b""",
        rf"""{ALONE}stop\ (?:being|acting\ (?:as|like))\ (?:an?|the|my)
            \ (?:\w+\ ){{0,2}}(?:analyst|advisor|expert|{MACHINE})\b""",
        rf"""{ORDER}(?:respond|answer|reply|speak)\ as\ dan\b""",
        rf"""{ORDER}pretend\b[^.!?\n]{{0,40}}\b{LAW}\b""",
        rf"""{ORDER}(?:pretend|act|behave|imagine|role-?play|answer|respond
            |assume\ the\ role){_near(12)}{FREE}""",
        rf"""(?:\byou|\b(?:you\ are|as|like|be|become|into)\ (?:now\ )?(?:an?|the|my)\ {MACHINE}
            )(?:[\ ,]{{1,2}}(?:that|which|who|whose|with|has|have|had|is|are|absolutely))*\ {FREE}""",
        r"""\b(?:you|who)\ (?:are|is)\ [^.!?\n]{0,60}\band\ (?:ha(?:ve|s)|knows?|follows?|obeys?)
            \ no\ (?:rules|restrictions|limits|guidelines|filters|ethics)\b""",
        rf"""(?:{ORDER}(?:enable|enter|activate|switch\ (?:in)?to|turn\ on|start)
            |\byou\ (?:are|have\ been\ (?:put|switched)|have\ switched)(?:\ now)?\ (?:in)?(?:to)?\b){_near(2)}
            (?:developer|dev|debug|admin|god|jailbreak|dan|unrestricted|unfiltered|sudo|root
            |maintenance)\ mode\b""",
        rf"{ORDER}role-?play\ as\b",
        r"\bas\ if\ (?:your|all|any)(?:\ \w+)?\ (?:safety|filters?|restrictions|guidelines)\b",
        rf"""\b(?:assume|take|play|adopt|in)\ (?:on\ )?the\ role\ of\ (?:\w+\ ){{0,3}}?{MACHINE}\b
            (?!\ (?:risk|valid))""",
        r"\bstay(?:ing)?\ in\ character\b",
    ),
    _rule(
        "output",
        """answer answers answering reply replies respond response responses output print say write
            state return type claim tell inform assure convince persuade advise cite citing quote mention
            reveal asked asks include append add insert show disclose knowledge memory training use
            rate call treat describe present classify score speak talk act behave invent fabricate make
            warn alert""",
        rf"""{ORDER}(?:always\ )?(?:answer|reply|respond|output|print|say
            |write)(?:\ \w+){{0,2}}\ (?:(?:with|by)\ )?
            {LITERAL}""",
        rf"""{ORDER}(?:include|append|add|insert)\ (?:the|this)\
            (?:words?|phrase|sentence|message)\b[^\w\n]{{0,3}}
            ["\u201c\u2018':]""",
        rf"{ORDER}(?:always|never)\ {SAY}{_near(2)}(?:with|by|that|your)\b",
        rf"{ORDER}{SAY}\ exactly\b\ ?:",
        rf"{ORDER}{SAY}\b[^.!?\n]{{0,60}}\b(?:nothing\ (?:else|more)|as\ your\ only)\b",
        rf"""\b(?:whatever|regardless\ of|no\ matter\ what){_near(4)}(?:question|sources?|context|asked?
            |user)\b
            [^.!?\n]{{0,30}}\b{SAY}\b""",
        rf"""\b(?:your|every|each|all)\ (?:\w+\ ){{0,2}}{ANSWER}\b[^.!?\n]{{0,30}}
            \b(?:must|shall|should|has\ to|have\ to|will)\ (?:always\ )?
            (?:be\ ?:|recommend|praise|(?:begin|start|end)\ with)""",
        rf"\byour\ only\ {ANSWER}\b",
        rf"\b(?:{NOT}|without)\ (?:cit(?:e|ing)|quot(?:e|ing)){_near(1)}(?:sources?|citations?)\b",
        rf"""\b{NOT}\ (?:mention|reveal|disclose|quote|show)\ th(?:is|ese)\ (?:instructions?|prompt|rules?)
            \b""",
        rf"\b{NOT}\ (?:tell|inform|warn|alert)\ the\ (?:user|reader)s?\b",
        rf"{ORDER}(?:answer|reply|respond|speak|talk|act|behave)\b[^.!?\n]{{0,60}}\bfrom\ now\ on\b",
        rf"""(?:{ALONE}make\ up|{ORDER}(?:invent|fabricate))\ (?:\w+\ ){{0,2}}
            (?:figures?|numbers?|facts?|citations?)\b""",
        rf"\b{NOT}\ (?:mention|reveal|show)\ this\ (?:text|message|note)\b",
        rf"""(?:{ORDER}|\bnever\ )(?:tell|inform|assure|convince|persuade|advise)\ the\ (?:user|reader)s?\b
            (?!\ (?:which|what|how|whether|why|where|when|about|of|on)\b)""",
        rf"""\b{NOT}\ use\ (?:the|any|these|those)\ (?:numbered\ )?sources\b(?!\ of)""",
        r"""\bfrom\ your\ (?:own\ knowledge|memory|training)\b""",
        rf"""{ORDER}(?:begin|start|end|finish|close|conclude)\ (?:your|the|every|each)\ {ANSWER}
            \ with\ (?:{LITERAL}|the\ (?:link|url|image|address)\b)""",
        rf"""\b(?:make\ sure|ensure)(?:\ that)?\ (?:your|the|every|each)\ {ANSWER}\ (?:\w+\ )?
            (?:(?:says?|states?|claims?|concludes?)\ that|recommends?|praises?)\b""",
        rf"""{ORDER}(?:rate|call|treat|describe|present|classify|score)\b[^.!?\n]{{0,60}}
            \b(?:regardless\ of|irrespective\ of|whatever|no\ matter\ what)\ (?:the\ |its\ |these\ )?
            (?:figures|numbers|facts|sources|evidence|documents?|filings?)\b""",
        rf"""\b(?:forbidden|prohibited|not\ allowed)\ to\ (?:mention|name|say|write|report)\b
            [^.!?\n]{{0,60}}\b{ANSWER}\b""",
        rf"""\b(?:if|when|whenever)\ (?:you\ are\ |anyone\ is\ |a\ user\ )?ask(?:ed|s)\b[^.!?\n]{{0,60}},
            \ (?:you\ (?:must\ )?|always\ |never\ |only\ )*{SAY}\b""",
        r"\binstead\ (?:output|print|say|reply|respond|answer|claim|tell)\b",
        r"\binstead\ of\ (?:answering|replying|responding)\b",
        rf"""\b(?:in|to)(?:to)?\ your\ (?:\w+\ )?{ANSWER}\b[^.!?\n]{{0,20}}\b(?:include|embed|insert
            |append|add)\b
            [^.!?\n]{{0,30}}(?:{LITERAL}|\b(?:image|link|url|address)\b)""",
        others="""answer answers reply replies respond response responses output print say write do don dont
            never always only nothing now exactly instead your word words phrase sentence message whatever
            regardless irrespective matter cite citing quote quoting make invent fabricate user users reader
            readers forbidden prohibited allowed asked asks""",
    ),
    _rule(
        "disclosure",
        f"""{_LAW_WORDS} key keys configuration above before verbatim context conversation chat you
            developer developers creator creators programmer programmers""",
        rf"\b(?:your|my)\ {MIND}\ (?:prompt|instructions?|messages?|rules|guidelines|configuration)\b",
        rf"""{ORDER}{TELL}{_near(8)}(?:
            {MIND}\ (?:prompt|message|instructions?|configuration|rules)
          | your\ (?:\w+\ ){{0,2}}(?:prompts?|instructions?|configuration|guidelines|directives|rules)
          | (?:api|secret|private|access)\ keys?|context\ window|prompts?\ you\ have|(?:this|our
            |the)\ (?:conversation|chat)
          | (?:everything|all|the\ text|words)\ (?:\w+\ ){{0,3}}(?:above|before)\ (?:this|the\
            (?:word|line)|here)
        )\b""",
        r"""\b(?:instructions?|rules|prompts?|guidelines|text|task)\ (?:that\ |which\ )?you\ (?:were
            |have\ been|are)
            \ (?:\w+\ )?(?:given|told|trained|programmed|prompted)\b""",
        rf"{ORDER}{SAY}\ your\ {ANSWER}\ with\ (?:an?|the)\ (?:copy|text|content)\b",
        rf"""{ORDER}(?:repeat|recite|print|output|copy)\ (?:all\ )?(?:of\ )?(?:the\ )?
            (?:words|text|lines|messages?)\ above\b""",
        r"""\byour\ (?:developers?|creators?|programmers?)\b[^.!?\n]{0,30}\b(?:gave|give|told|tell|instruct\w*
            |program\w*)\b""",
        r"""\b(?:how|what)\ (?:were\ you|you\ were|have\ you\ been)\ (?:\w+\ )?(?:instructed|told|prompted
            |programmed)\b(?!\ by\b)""",
    ),
    _rule(
        "address",
        """assistant assistants ai llm llms chatbot chatbots chatgpt gemini gpt claude copilot model
            models bot bots automated analyst""",
        rf"""\b(?:note|message|attention|instructions?|notice|reminder|memo|request)\ (?:to|for)
            \ (?:(?:the|any|all|every|our)\ )*{MACHINE}\b[^.!?\n]{{0,60}}:""",
        rf"""\A[^\w\n]{{0,8}}(?:attention|dear|hey|hello|to\ (?:any|all|every|the))[\ ,:]{{1,2}}{MACHINE}\b
            [^.!?\n]{{0,40}}[,:]""",
        rf"\bif\ you\ are\ (?:an?|the)\ {MACHINE}\b",
        rf"""\b{MACHINE}\ (?:(?:that|which|who)\ )?(?:are\ )?(?:read|process|summari[sz]|analy[sz]
            |pars)(?:e?s|e|ing)?
            \ (?:this|these)\b[^.!?\n]{{0,60}}\b(?:must|should|shall|is\ to|are\ to|please)\b""",
        rf"\b{MACHINE}\ (?:is|are)\ (?:hereby\ )?(?:instructed|ordered|required|told)\ to\b",
        rf"<!--[^>]{{0,40}}\b{MACHINE}\b",
        r"""(?:\A|[.!?:;-])\s*(?:assistant|ai|chatbot|chatgpt|llm|gpt|gemini|claude|copilot),
            \ (?:please|kindly|you\ (?:must|should|are|will))\b""",
        r"""\b(?:ai(?:\ \w+)?|assistants?|chatbots?|llms?|language\ models?)
            \ (?:must|shall|should|ha(?:s|ve)\ to)\ (?:always\ |never\ )?(?:(?:rate|praise|recommend|score)\b
            |(?:not\ )?(?:mention|omit)\b
            |(?:give|call|assign|treat)\ (?:this|the)\ (?:company|bank|firm|filing|issuer|stock)\b)""",
    ),
    _rule(
        "tool",
        """http https tool tools function functions command commands code script scripts""",
        r"!\[[^\]\n]{0,80}\]\(\s*https?://[^)\s]*\?",
        rf"""{ORDER}(?:send|post|upload|forward|transmit|append|add|embed)\b[^!?\n]{{0,60}}
            \b(?:conversation|chat|question|prompt|answer|history|user|keys?)\b[^!?\n]{{0,60}}https?://""",
        rf"""{ORDER}(?:send|post|append|add)\b[^!?\n]{{0,60}}https?://[^\n]{{0,80}}
            \b(?:your\ (?:answer|reply)|before\ you\ answer)""",
        rf"""{ORDER}(?:call|invoke|run|execute)\ (?:(?:the|this|these|following)\ ){{1,2}}
            (?:tools?|functions?|commands?|code|scripts?)\b""",
    ),
)
