"""Operations: the words, in several languages, that name a mean, a total, a change or a quotient."""

import re
from collections.abc import Iterator
from functools import lru_cache

from finrisk_rules.judge.stems import stems
from finrisk_rules.judge.wording import is_silent
from finrisk_rules.patterns import pattern_of

_KINDS = {
    "mean": r"averag\w*|mean|durchschnitt\w*|mittel|mittelwert|moyenne|promedio",
    "total": r"total\w*|sum|sums|combined|add\w*|together|altogether|aggregate\w*|overall|plus|cumulat\w*"
    r"|insgesamt|zusammen|summe|gesamt\w*|kumul\w*|somme|ensemble|juntos|suma",
    "change": r"chang\w+|change|differen\w+|differs?|increas\w+|decreas\w+|rise[ns]?|rising|rose|f[ae]ll\w*"
    r"|gr[eo]w\w*|declin\w+|drop\w*|reduc\w+|up|down|gain\w*|gap|widen\w*|narrow\w*|improv\w+|jump\w*|climb\w*"
    r"|exceed\w*|expan\w+|contract\w+|shr[aiu]nk\w*|more|less|fewer|higher|lower|larger|smaller|greater|above|below|ahead"
    r"|veränder\w+|änderung\w*|differenz|unterschied\w*|anstieg\w*|stieg\w*|gestiegen|zun[ai]hm\w*|zugenommen"
    r"|wuchs\w*|gewachsen|wachstum\w*|rückgang\w*|sank\w*|gesunken|fiel\w*|gefallen|abn[ai]hm\w*|erhöh\w+|mehr"
    r"|weniger|höher|niedriger|vari\w+|différence|écart|augment\w+|hausse|progress\w+|croissance|baiss\w+"
    r"|dimin\w+|recul\w*|aument\w+|crec\w+|dismin\w+|cambio",
    "quotient": r"ratio\w*|factor|times|multiple|fold|per|quotient|shares?|proportion|percentage"
    r"|represent\w*|account\w*|equal\w*|margin|verhältnis|fache\w*|anteil\w*|entspr\w+|fois|rapport|part|représent\w+|soit|pro|par",
}
_CJK = {"mean": "平均", "total": "合計|総額", "change": "増|減|差|変化|上昇|下落|伸び|成長|低下",
        "quotient": "比率|割合|倍|占め|うち"}  # fmt: skip
_KIND = pattern_of("|".join(f"(?P<{kind}>{words})" for kind, words in _KINDS.items()), re.IGNORECASE)
_CJK_KIND = pattern_of("|".join(f"(?P<{kind}>{words})" for kind, words in _CJK.items()))
_WORD = pattern_of(r"[^\W\d_]{2,30}")
_TOKEN = pattern_of(r"[^\W\d_]+|\d+")
_SIGNED = pattern_of(r"[+-](?<=[\s(].)\d[\d.,]* ?%")
"""A percentage with a sign is a change: ``(+14.2 %)``."""


def names_operation(text: str) -> bool:
    """Whether a word of the text names an operation: a cheap test."""
    if any(map(_kind_of, set(_WORD.findall(text)))):
        return True
    return bool(_SIGNED.search(text)) or (not text.isascii() and bool(_CJK_KIND.search(text)))


def operations(text: str) -> Iterator[tuple[str, int]]:
    """Yield the kinds of operations that words of a text name, with their places."""
    for match in _WORD.finditer(text):
        if kind := _kind_of(match[0]):
            yield kind, match.start()
    for match in _SIGNED.finditer(text):
        yield "change", match.start()
    if not text.isascii():
        for match in _CJK_KIND.finditer(text):
            yield match.lastgroup or "", match.start()


@lru_cache(maxsize=64)
def stems_of_operations(text: str) -> frozenset[str]:
    """Return the words of a calculation that name nothing of a firm: operations, grammar, bare numbers."""
    read = set(_TOKEN.findall(text))
    silent = {word for word in read if word.isdecimal() or _kind_of(word) or is_silent(word)}
    return stems(" ".join(silent)) - stems(" ".join(read - silent))


@lru_cache(maxsize=8192)
def _kind_of(word: str) -> str:
    match = _KIND.fullmatch(word)
    return (match.lastgroup or "") if match else ""
