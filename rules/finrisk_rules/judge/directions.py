"""Words of rise and fall, in the languages in which firms report."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from finrisk_rules.judge.hints import Words
from finrisk_rules.judge.stems import stem
from finrisk_rules.judge.vocabulary import any_word, whole
from finrisk_rules.patterns import pattern_of

_RISE = """
rose risen rise rises rising increas* grew grow* higher climb* gain gains gained gaining expand* jump* surg*
advanced improv* up doubled doubling tripled tripling trebled quadrupled soar* strengthen* widen*
stieg* steig* gestiegen* erhöh* wuchs* gewachsen wachs* zugenommen zunahm* zunimmt anstieg* ansteig*
angestiegen zuwachs* höher* verbesser* zulegt* zugelegt kletter* geklettert zunehm* verdoppelt verdoppelte*
verdreifacht* vervierfacht*
augment* gagne gagné gagnent renchéri* relev* relèv* hausse* progresse progressé* progressent progression
croiss* accru accrus accroî* accroiss* alourdi*
crû cru grimp* bondi* supérieur* monté montée montés
aument* subi* creci* cresce* elevou elevaram avançou avançaram increment* alza
cresciut* crescit* crescim* crescid* salit* rialz* acrésc*
steeg gestegen toegenomen toenam groeide ökade steg raise raised raising raises lift lifts boost boosts
boosted boosting swelled
"""
_FALL = """
fell fall* decreas* declin* drop* lower* down reduc* shrank shrunk shrink* diminish* contracted
slip* slump* plung* narrow* halved halving weaken* shed
sank* sink* gesunken* fiel* gefallen rückgang* verringer* verminder* schrumpf* geschrumpft eingebrochen
einbr* nachgegeben abnehm* abgenommen abnahm* abnimmt reduzier* halbiert halbierte*
niedriger* zurückgegangen zurückging* zurückgeh* zurück gesenkt senk*
baiss* abaiss* diminu* perd perdent retrait recul* repli* rédui* chut* inférieur* tombé tombée tombés
disminu* cay* caiu caí* queda quedas decrésc* recuo* recuar* baixou baixaram baixa encolh* reduzi*
bajó bajaron bajado retroced* retroceso* descend* descens* desceu desceram descid* reduj*
calo calat* calò scend* sces* ridott* ridu* flession* contrazion*
daalde gedaald afgenomen minskade sjönk cut cutting dip dips dipped eased easing trimmed
worsen* deteriorat* verschlechter* détérior* empeor* peggior*
"""
_CJK_RISE = (
    "増加|増え|増大|急増|微増|上昇|伸び|伸長|拡大|増収|増益|上回|上がり|上がっ|高まり|高まっ"
    "|改善|好転|增长|增長|增加|上升|提高|提升|上涨|增至|升至|증가|상승|확대|늘었|늘어|늘며|높아|올랐|올라"
)
_CJK_FALL = (
    "減少|減っ|減り|急減|微減|下落|低下|縮小|減収|減益|下回|下がり|下がっ|落ち込"
    "|悪化|恶化|下降|减少|降低|下滑|下跌|降至|减至|감소|하락|축소|줄었|줄어|줄며|낮아|떨어|내렸"
)
_WORD = pattern_of(
    rf"{_CJK_RISE}|{_CJK_FALL}|(?<=[%円])の?[増減](?![価資損])|[^\W_\u2e80-\u9fff\uac00-\ud7af]+"
)
_ASCII_WORD = pattern_of(r"[A-Za-z0-9]+")
_RISES = pattern_of(rf"{any_word(_RISE)}|{_CJK_RISE}|の?増")
_FALLS = pattern_of(rf"{any_word(_FALL)}|{_CJK_FALL}|の?減")
_PARTED_OF = {
    "zu": "nahm nahmen nimmt nehmen legte legten legt legen",
    "an": "zog zogen zieht ziehen",
    "ab": "nahm nahmen nimmt nehmen sackte sackten schwächte schwächten",
    "zurück": "ging gingen geht gehen",
    "ein": "brach brachen bricht brechen",
    "nach": "gab gaben gibt geben",
}
_PARTED = {
    word: {particle for particle, words in _PARTED_OF.items() if word in words.split()}
    for word in " ".join(_PARTED_OF.values()).split()
}
_PARTICLES_OF_RISE = frozenset(("zu", "an"))
_PARTICLE = pattern_of(
    r"\w+\s(?:[^,.;]|[,.]\d|(?<=M[ir][or])\.|(?<=Mrd)\.){0,100}?"
    rf"\s(?P<particle>{'|'.join(_PARTED_OF)})(?=\s*(?:[,.;\[(]|und\s|\Z))",
    re.IGNORECASE,
)
"""Verbs that say rise or fall with the last word of their clause: "nahm um 5 % ab"."""

_TAKING = frozenset("take takes took taken taking shave shaves shaved".split())
_OFF = pattern_of(r"\w+\s[^\d,.;]{0,12}\d[^,;]{0,30}?\soff(?![^\W_])")
"""Verbs that say fall with an amount and "off": "takes $84 million off EBITDA"."""

_STEMS = frozenset(stem(word.rstrip("*")) for word in f"{_RISE} {_FALL}".split())

_RESULTS = frozenset(("gain", "gains"))
_LOSS = pattern_of(whole("loss losses"), re.IGNORECASE)
_NOT = pattern_of(
    rf"{whole('not never no nicht kein* pas ne aucun* non nie niet')}(?!-)[^,.;]{{0,12}}\Z"
    r"|n['\u2019]t [^,.;]{0,8}\Z",
    re.IGNORECASE,
)
_NOT_BEHIND = pattern_of(r"\w{0,4}(?:ませ|なかっ|ない|せず)|\s+(?:nicht|pas)(?![^\W_])")

_DUE = pattern_of(r"\s+(?:due|within|under|outside|into)(?![^\W_])", re.IGNORECASE)
"""Behind "falls", what is no fall: "falls due", "falls within"."""

_TERMINAL = pattern_of(whole("terminal perpetual") + r"\s+\Z", re.IGNORECASE)
"""Before "growth", what makes it an assumption: "terminal growth was cut to 1.0 %"."""

_OR = pattern_of(r"\s*(?:or|oder|ou|o|/|\()\s*", re.IGNORECASE)

_EVALUATION = pattern_of(
    any_word("improv* strengthen* weaken* worsen* deterior* verbess* verschlecht* détérior* empeor* peggior*")
    + "|改善|好転|悪化|恶化"
)


@lru_cache(maxsize=16384)
def says_rise(word: str) -> bool | None:
    """Whether a word, in small letters, says rise or fall; None where it says neither."""
    return True if _RISES.fullmatch(word) else False if _FALLS.fullmatch(word) else None


@lru_cache(maxsize=16384)
def _may_say(word: str) -> bool:
    """Whether a word says rise or fall, alone or with the last word of its clause."""
    return says_rise(word.lower()) is not None or word.lower() in _PARTED or word.lower() in _TAKING


@lru_cache(maxsize=16384)
def says_direction(stem_of_word: str) -> bool:
    """Whether a word without its ending says rise or fall."""
    return stem_of_word in _STEMS


def may_turn(words: Words) -> bool:
    """Whether a text with these words may say rise or fall."""
    return words is None or any(map(_may_say, words))


@dataclass(frozen=True, slots=True)
class Direction:
    """A word of rise or fall: its place in its text, and whether it says up."""

    start: int
    end: int
    rises: bool
    word: str


@lru_cache(maxsize=64)
def directions(text: str) -> tuple[Direction, ...]:
    """Return the words of rise and fall of a text; a denied rise counts as a fall, and the reverse."""
    words = _ASCII_WORD if text.isascii() else _WORD
    if not any(map(_may_say, words.findall(text))):
        return ()
    result = []
    particles: set[int] = set()
    results = _RESULTS if _LOSS.search(text) else ()  # "from a gain of 5 to a loss of 6"
    for match in words.finditer(text):
        word = match[0].lower()
        if word in results or match.start() in particles:
            continue
        rises = says_rise(word)
        if rises is False and _DUE.match(text, match.end()):
            continue
        if word == "growth" and _TERMINAL.search(text, max(0, match.start() - 12), match.start()):
            continue
        if rises is None and word in _PARTED and (parted := _PARTICLE.match(text, match.start())):
            particle = parted["particle"].lower()
            rises = particle in _PARTICLES_OF_RISE if particle in _PARTED[word] else None
            particles.add(parted.start("particle") if rises is not None else -1)
        if rises is None and word in _TAKING and _OFF.match(text, match.start()):
            rises = False
        if rises is None:
            continue
        start, end = match.span()
        denied = _NOT.search(text, max(0, start - 30), start) or _NOT_BEHIND.match(text, end)
        result.append(Direction(start, end, rises != bool(denied), stem(word)))
    return tuple(result) if len(result) < 2 else _told(text, result)


def _told(text: str, said: Sequence[Direction]) -> tuple[Direction, ...]:
    """Return the words without those that leave open which it was: "increase (decrease)", "rise or fall"."""
    pairs = [(one, two) for one, two in pairwise(said) if one.rises != two.rises]
    open_ones = {each for one, two in pairs if _OR.fullmatch(text, one.end, two.start) for each in (one, two)}
    return tuple(each for each in said if each not in open_ones) if open_ones else tuple(said)


def is_evaluation(direction: Direction) -> bool:
    """Whether a word says better or worse, which may be more or less."""
    return bool(_EVALUATION.match(direction.word))
