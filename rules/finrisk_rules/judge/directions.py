"""Words of rise and fall, in the languages in which firms report, and whether figures do what they say."""

import re

_RISE = (
    "rose risen rise rises rising increas\\w* grew grow\\w* higher climb\\w* gain(?:ed|s|ing)? expand\\w* jump\\w* surg\\w* advanced improv\\w* up doubled tripled soar\\w* strengthen\\w* widen\\w* "
    "stieg\\w* steig\\w* gestiegen\\w* erhöht\\w* erhöh\\w* wuchs\\w* gewachsen wachs\\w* zugenommen zunahm\\w* nahm\\w* anstieg\\w* zuwachs\\w* höher\\w* verbesser\\w* zulegt\\w* zu(?:ge)?legt\\w* "
    "augment\\w* hausse\\w* progress\\w* croiss\\w* accr\\w* crû cru grimp\\w* supérieur\\w* "
    "aument\\w* subi\\w* creci\\w* increment\\w* alza cresciut\\w* crescit\\w* salit\\w* "
    "steeg gestegen toegenomen toenam groeide ökade steg"
)
_FALL = (
    "fell fall\\w* decreas\\w* declin\\w* drop\\w* lower\\w* down reduc\\w* shr[aiu]nk\\w* decreas\\w* diminish\\w* contract(?:ed|ing) slip\\w* slump\\w* plung\\w* narrow\\w* halved weaken\\w* shed "
    "sank\\w* sink\\w* gesunken\\w* fiel\\w* gefallen rückgang\\w* verringert\\w* verminder\\w* abgenommen abnahm\\w* reduzier\\w* niedriger\\w* zurückgegangen zurück gesenkt senk\\w* "
    "baiss\\w* diminu\\w* recul\\w* repli\\w* rédui\\w* chut\\w* inférieur\\w* "
    "disminu\\w* cay\\w* baj[óoa]\\w* descend\\w* descens\\w* redu[cj]\\w* cal(?:o|at\\w*|ò) diminuit\\w* scend\\w* scesi? ridott\\w* ridu\\w* "
    "daalde gedaald afgenomen minskade sjönk"
)
_CJK_RISE = "増加|増え|上昇|伸び|拡大|増収|増益|上回|增长|增加|上升|提高|증가|상승"
_CJK_FALL = "減少|減っ|下落|低下|縮小|減収|減益|下回|下降|减少|降低|下滑|감소|하락"
_DIRECTION = re.compile(
    rf"(?<![^\W_])(?:(?P<rise>{'|'.join(_RISE.split())})|(?P<fall>{'|'.join(_FALL.split())}))(?![^\W_])"
    rf"|(?P<cjk_rise>{_CJK_RISE})|(?P<cjk_fall>{_CJK_FALL})",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"(?<![^\W_])(?:not|n't|never|no|nicht|kein\w*|pas|ne|aucune?|no|non|nie|niet)(?![^\W_])[^,.;]{0,12}\Z|(?:didn|hasn|wasn|doesn)['\u2019]t [^,.;]{0,8}\Z",
    re.IGNORECASE,
)
_NOT_BEHIND = re.compile(r"\w{0,4}(?:ませ|なかっ|ない|せず)|\s+(?:nicht|pas)(?![^\W_])")
LOSS = re.compile(
    r"(?<![^\W_])(?:loss(?:es)?|deficits?|outflows?|used|expenses?|costs?|charges?|expenditures?|payments?|purchases?|paid|verlust\w*|aufwand|aufwendungen|fehlbetrag|pertes?|charges|déficit|pérdidas?|gastos|perdit[ae])(?![^\W_])|損失|赤字|費用",
    re.IGNORECASE,
)


def directions(text: str) -> list[tuple[int, int, bool | None]]:
    """Return where words of rise or fall stand and what they say: True up, False down.

    A denied rise says nothing but that it is none, hence down; what denies is looked for close by.
    """
    result = []
    for match in _DIRECTION.finditer(text):
        rises = match.lastgroup in ("rise", "cjk_rise")
        denied = _NOT.search(text, max(0, match.start() - 30), match.start()) or _NOT_BEHIND.match(text, match.end())
        result.append((match.start(), match.end(), rises != bool(denied)))
    return result
