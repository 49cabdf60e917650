"""Words as they are compared: without inflection, in any script."""

from functools import lru_cache

from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u31f0-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_WORD = pattern_of(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+|%")
_ASCII_WORD = pattern_of(r"[a-z0-9]+|%")
_ENDING = pattern_of(
    r"(?<=....)(?:ations?|ational|ings?|ions?|ies|ed|es|s|y|e|ungen|ung|en|ern|er|n|al|ly)\Z"
    r"|(?<=...)(?:ies|es|s|e|y)\Z"
)
_LONGEST_DOUBLED = 5
"""Letters of a word up to which a doubled l is its own: "small", "selling"."""

_YEAR = pattern_of(r"(?:fy|cy)?(?:19|20)\d\d")


_SAME = {"pre": "befor", "overall": "total", "altogether": "total", "insgesamt": "total"}
_SAME |= dict.fromkeys("総計 全体 全社 合计 总计 總計".split(), "合計")
"""Words that say what another one does: "pre-tax income" is income before tax, a sum is a total."""

SILENT_WORDS = frozenset(
    """a an the of in on at to for from by with and or as is are was were be been being it its this that these
    those which than has have had not per also our their his her will would came amounted
    year years fiscal ended ending jahr jahre geschaftsjahr exercice annee ejercicio ano esercizio anno
    der die das den dem des ein eine einer eines einem einen und oder im am zum zur bei von vom mit fur auf
    aus    ist sind war waren wurde wurden als sich nach betrug betrugen
    le la les l un une du de d et ou en au aux dans pour par sur est sont etait etaient ont ete
    el los las del y o e con por se fue fueron es al una
    dos das do ao aos em com para foi foram il lo gli i della dei delle di da nel nella che sono
    het een van voor met op te
    betragt belief beliefen lag lagen liegt liegen erreicht erreichte erreichten verzeichnete
    atteint atteignait atteignaient ressort ressortent eleve elevent elevait elevaient etablit etablissent
    ascendio ascendieron alcanzo alcanzaron situo situaron
    ascendeu ascenderam atingiu atingiram situou situaram cifrou
    ammonta ammontano ammontava ammontavano attesta attestano""".split()
)
"""Words that do not say what a figure is, such as those that say that it is. "Other" and "all" do: they name
rows."""


_NOTHING: frozenset[str] = frozenset()


def stems(text: str) -> frozenset[str]:
    """Return the telling words of a text, each without its ending; no years.

    Where a script sets no blanks between words, each two characters that follow one another are a word.
    """
    if text.isascii():
        read = _ASCII_WORD.findall(text.lower()) if text else ()
        return frozenset(filter(None, map(stem, read))) if read else _NOTHING
    return frozenset(filter(None, _stems(_WORD.findall(folded(text)))))


@lru_cache(maxsize=8192)
def stems_of_name(text: str) -> frozenset[str]:
    """Return the words of a label or a head, which is asked for again and again."""
    return stems(text)


def _stems(words: list[str]) -> set[str]:
    result: set[str] = set()
    for word in words:
        if word[0] < "\u0e00" or word[0] > "\U0003ffff":
            result.add(stem(word))
        else:
            pairs = [word[at : at + 2] for at in range(len(word) - 1)] or [word]
            result.update(_SAME.get(pair, pair) for pair in pairs)
    return result


@lru_cache(maxsize=32768)
def stem(word: str) -> str:
    """Return a folded word without its ending; "" for a year and for a word that says nothing."""
    if word in SILENT_WORDS or _YEAR.fullmatch(word):
        return ""
    word = _SAME.get(word, word)
    if len(word) < 4 or word[0].isdecimal():
        return word[:40]
    bare = _ENDING.sub("", word.replace("z", "s"))
    if bare != word and bare.endswith("ll") and len(bare) > _LONGEST_DOUBLED:  # "totalled", "labelled"
        bare = bare[:-1]
    return bare[:12]


STEMS_OF_TOTAL = stems("total sum group company consolidated gesamt summe konzern totale totaux 合計")
"""What names a row that sums up others."""
