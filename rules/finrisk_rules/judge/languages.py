"""The language of a text, well enough to say that an answer is in another one than its source.

The script comes first. Languages in Latin letters are told by their function words; where nothing tells,
two texts read as one language.
"""

from functools import lru_cache
from struct import Struct

from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded, latin_runs

FUNCTION_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the a an in is of and to for from with without that this these those was were are be been "
        "being has have had which who whose what when where while its it their there they them than "
        "then as at by on or not also both each other such into over under between during after "
        "before because since until would could should will shall may might can more most less about "
        "against through further however but our we you your if any all some only same did does do "
        "how why very well per amounted rose fell",
        "de": "in an der die das den dem des ein eine einer eines einem einen und oder aber nicht auch nur "
        "noch ist sind war waren wird werden wurde wurden worden hat haben hatte hatten mit von vom "
        "zum zur im am bei beim aus auf fur uber unter nach vor seit bis durch gegen ohne um als wie "
        "dass sich sie er es wir ihr ihre ihrer sein seine diese dieser dieses diesem diesen welche "
        "welcher sowie zwischen wahrend gegenuber jedoch daher damit dabei dazu davon hierbei kann "
        "konnen mehr betrug betrugen belief stieg sank bezw bzw wobei weil wenn insgesamt laut gemass",
        "fr": "a en est le la les un une des du de et ou mais ne pas plus aussi sont etait etaient sera "
        "seront ete avoir avait ont au aux avec sans dans par pour sur sous entre vers chez depuis "
        "pendant apres avant contre ce cet cette ces son sa ses leur leurs il elle ils elles on nous "
        "vous qui que quoi dont comme si afin ainsi donc car tandis lors selon soit etre fait tout "
        "tous toute toutes meme cela celui celle eleve elevait elevent notamment",
        "es": "a en el la los las un una unos unas del de y o pero no mas tambien es son era eran fue "
        "fueron sera ser sido ha han habia con sin por para sobre bajo entre hacia desde hasta "
        "durante despues antes contra este esta estos estas ese esa su sus se lo al que cual como si "
        "cuando donde mientras segun porque aunque asi muy mayor todo todos toda ascendio alcanzo "
        "ello",
        "pt": "o a os as um uma uns umas do da dos das de e ou mas nao mais tambem foi foram era eram sera "
        "ser sido tem havia com sem em no na nos nas por pelo pela pelos pelas para sobre sob entre "
        "desde ate durante apos antes contra este esta estes estas esse essa isso seu sua seus suas "
        "se ao aos que qual como quando onde enquanto segundo porque muito todo todos sao atingiu",
        "it": "il lo la gli le un uno una del dello della dei degli delle di e o ma non piu anche sono era "
        "erano fu furono sara essere stato stata stati state ha hanno aveva con senza in nel nello "
        "nella nei negli nelle al allo alla ai agli alle dal dalla dai dalle sul sulla sui sulle per "
        "su tra fra verso fino durante dopo prima contro questo questa questi queste suo sua suoi "
        "loro si che cui come se quando dove mentre secondo perche molto pari ammontava",
        "nl": "in de het een en of maar niet ook nog is zijn was waren wordt worden werd werden heeft "
        "hebben had hadden met van voor door uit op aan bij tot naar over onder tussen sinds tijdens "
        "zonder tegen om te dan als dat die dit deze welke zich zij hij wij haar hun er meer zoals "
        "omdat terwijl echter volgens wel bedroeg steeg daalde",
        "sv": "och att det som en ett den de av for med till pa var ar inte har hade fran vid om men eller "
        "under efter mellan blev kan ska sina sin sitt denna detta dessa vilket samt uppgick okade "
        "minskade",
        "pl": "i w z na do nie sie jest sa byl byla bylo byly to ze od o po za przez dla oraz jako ktory "
        "ktora ktore ten ta te tego tym jej jego ich przed przy ale lub jak wyniosl wyniosla wyniosly "
        "wzrosl spadl",
        "tr": "ve bir bu da de ile icin olarak olan gore kadar sonra once daha cok ise gibi ancak veya "
        "arasinda tarafindan uzere oldu olmustur artti",
    }.items()
}
"""Words of grammar of a language, folded: they say in what language a text is, and nothing else."""

COMMON_WORDS = frozenset().union(*FUNCTION_WORDS.values())

COMMA_LANGUAGES = frozenset("de fr es it pt nl sv pl tr cyrillic greek".split())
"""Languages in which a comma parts decimals, as long as the figures do not tell otherwise."""

_LANGUAGES = tuple(FUNCTION_WORDS)
_BITS = 16
_VOTES: dict[str, int] = {
    word: sum(1 << _BITS * place for place, words in enumerate(FUNCTION_WORDS.values()) if word in words)
    for word in COMMON_WORDS
}
"""The languages of a word in one number, 16 bits each: votes of many words are added at once."""

_HITS = Struct(f"<{len(_LANGUAGES)}H")
"""How such a number is read."""

_LATIN_LETTERS = pattern_of("[A-Za-z]+")
_OTHER = pattern_of(r"[^\x00-\x7f]+")
_SCRIPTS = {
    "latin": pattern_of("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]"),
    "han": pattern_of("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"),
    "kana": pattern_of("[\u3041-\u30fa\u30fd-\u30ff\uff66-\uff9f]"),
    "hangul": pattern_of("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]"),
    "cyrillic": pattern_of("[\u0400-\u052f]"),
    "greek": pattern_of("[\u0370-\u03ff\u1f00-\u1fff]"),
    "arabic": pattern_of("[\u0600-\u065f\u066e-\u06ef\u06fa-\u06ff\u0750-\u077f]"),
    "hebrew": pattern_of("[\u0590-\u05ff]"),
    "armenian": pattern_of("[\u0530-\u058f]"),
    "georgian": pattern_of("[\u10a0-\u10ff]"),
    "devanagari": pattern_of("[\u0900-\u0963\u0970-\u097f]"),
    "bengali": pattern_of("[\u0980-\u09e5\u09f0-\u09ff]"),
    "tamil": pattern_of("[\u0b80-\u0bff]"),
    "thai": pattern_of("[\u0e00-\u0e4f]"),
    "lao": pattern_of("[\u0e80-\u0ecf]"),
    "khmer": pattern_of("[\u1780-\u17df]"),
    "burmese": pattern_of("[\u1000-\u103f]"),
    "ethiopic": pattern_of("[\u1200-\u135f]"),
}
_READ = 6000
"""Characters that are looked at; a text does not change its language late."""

_LETTERS_LATIN_NEEDS = 4
"""A Latin letter weighs this much less than one of another script: firms, units and codes are in Latin."""

_LEAST_KANA = 0.06
"""Share of kana among kana and Han from which a text is Japanese."""

_LEAD = 2
"""How many more words of grammar a language must have than any other."""

_LEAST_RATIO = 1.25
"""And how many times as many."""


def language_of(text: str) -> str:
    """Return the language of a text in Latin letters ("de"), the script of any other, "" where nothing tells.

    "ja" and "zh" are told apart by kana.
    """
    return _language(text[:_READ])


@lru_cache(maxsize=512)
def _language(head: str) -> str:
    script = "latin" if head.isascii() else _script(head)
    if script == "latin":
        return _latin_language(head)
    return {"kana": "ja", "han": "zh"}.get(script, script)


def reads_as(answer: str, source: str) -> bool:
    """Whether the words of the answer can be compared with those of the source: they are of one language.

    True also where one of the two says too little to tell.
    """
    return are_alike(language_of(answer), language_of(source))


def are_alike(first: str, second: str) -> bool:
    """Whether two languages are one, as ``language_of`` tells them, or nothing tells one of them."""
    return first == second or not first or not second


def _script(text: str) -> str:
    latin, others = (sum(map(len, pattern.findall(text))) for pattern in (_LATIN_LETTERS, _OTHER))
    if latin // _LETTERS_LATIN_NEEDS >= others:
        return "latin"
    letters = {name: sum(1 for _ in pattern.finditer(text)) for name, pattern in _SCRIPTS.items()}
    if letters["kana"] > _LEAST_KANA * (letters["kana"] + letters["han"]):
        letters["kana"] += letters["han"]
    letters["latin"] //= _LETTERS_LATIN_NEEDS
    return max(letters, key=letters.__getitem__)


def _latin_language(text: str) -> str:
    runs = latin_runs(text if text.isascii() else folded(text))
    votes = sum(filter(None, map(_VOTES.get, runs)))
    hits = _HITS.unpack(votes.to_bytes(_HITS.size, "little"))
    next_most, most = sorted(hits)[-2:]
    is_ahead = most >= next_most + _LEAD and most >= _LEAST_RATIO * next_most
    return _LANGUAGES[hits.index(most)] if is_ahead else ""
