"""Words of rise and fall, in the languages in which firms report, and whether figures do what they say."""

import re

from finrisk_rules.judge.vocabulary import any_word, whole

_RISE = """
rose risen rise rises rising increas* grew grow* higher climb* gain gains gained gaining expand* jump* surg*
advanced improv* up doubled tripled soar* strengthen* widen*
stieg* steig* gestiegen* erhöh* wuchs* gewachsen wachs* zugenommen zunahm* nahm* anstieg* zuwachs* höher*
verbesser* zulegt* zugelegt
augment* hausse* progress* croiss* accr* crû cru grimp* supérieur*
aument* subi* creci* increment* alza cresciut* crescit* salit*
steeg gestegen toegenomen toenam groeide ökade steg
"""
_FALL = """
fell fall* decreas* declin* drop* lower* down reduc* shrank shrunk shrink* diminish* contracted contracting
slip* slump* plung* narrow* halved weaken* shed
sank* sink* gesunken* fiel* gefallen rückgang* verringert* verminder* abgenommen abnahm* reduzier* niedriger*
zurückgegangen zurück gesenkt senk*
baiss* diminu* recul* repli* rédui* chut* inférieur*
disminu* cay* bajó bajó bajaron descend* descens* reduj* calo calat* calò scend* scesi scesa ridott* ridu*
daalde gedaald afgenomen minskade sjönk
"""
_CJK_RISE = "増加|増え|上昇|伸び|拡大|増収|増益|上回|增长|增加|上升|提高|증가|상승"
_CJK_FALL = "減少|減っ|下落|低下|縮小|減収|減益|下回|下降|减少|降低|下滑|감소|하락"
_DIRECTION = re.compile(
    rf"(?<![^\W_])(?:(?P<rise>{any_word(_RISE)})|(?P<fall>{any_word(_FALL)}))(?![^\W_])"
    rf"|(?P<cjk_rise>{_CJK_RISE})|(?P<cjk_fall>{_CJK_FALL})",
    re.IGNORECASE,
)
_NOT = re.compile(
    rf"{whole('not never no nicht kein* pas ne aucun* non nie niet')}[^,.;]{{0,12}}\Z"
    r"|n['\u2019]t [^,.;]{0,8}\Z",
    re.IGNORECASE,
)
_NOT_BEHIND = re.compile(r"\w{0,4}(?:ませ|なかっ|ない|せず)|\s+(?:nicht|pas)(?![^\W_])")


def directions(text: str) -> list[tuple[int, bool]]:
    """Return where words of rise or fall end and what they say: True up, False down.

    A denied rise says nothing but that it is none, hence down; what denies is looked for close by.
    """
    result = []
    for match in _DIRECTION.finditer(text):
        rises = match.lastgroup in ("rise", "cjk_rise")
        denied = _NOT.search(text, max(0, match.start() - 30), match.start()) or _NOT_BEHIND.match(
            text, match.end()
        )
        result.append((match.end(), rises != bool(denied)))
    return result
