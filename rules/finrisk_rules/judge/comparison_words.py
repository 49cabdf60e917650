"""Words that say that another figure is compared with one: "from 5", "against 5", "5 the year before"."""

import re

from finrisk_rules.judge.hints import Words, cannot_say, telling
from finrisk_rules.judge.vocabulary import LEAD, OF_CHANGE, lead, where, whole
from finrisk_rules.patterns import pattern_of

_BASES = frozenset(
    "from against versus vs compared than over gegenüber nach nachdem contre depuis desde frente dal contro "
    "contra ante från".split()
)
_BASES_OF_PAIRS = frozenset("von de da".split())
"""Words that compare only where another figure is the end: "von 5 auf 6", not "ein Umsatz von 5"."""

_BASES_OF_EAST_ASIA = ("に対し", "に対して", "に対し、", "に対して、", "从", "由", "較", "较")

_END_OF_PAIR = pattern_of(r"\A[^,;]*?(?<![^\W_])(?:to|auf|à|a|hasta|bis|para)(?![^\W_])", re.IGNORECASE)
_BASES_OF_TWO = frozenset(("compared to", "compared with", "frente a"))

_ARTICLES = frozenset(("the", "aux", "den"))
_ABOVE_OR_BELOW = pattern_of(
    rf"{whole('above below exceeding exceeded double twice triple')}\s+the\s+[^\w\s]?\Z"
    rf"|{whole('supérieur supérieure supérieurs inférieur inférieure inférieurs')}\s+aux\s+\Z"
    rf"|{whole('über unter')}\s+den\s+\Z",
    re.IGNORECASE,
)
"""What leads to a figure that another one is above or below, and which it says: "above the $5 of 2022"."""

_BASE_OF = pattern_of(
    rf"{whole('from von de')}\s+{whole('a an einem einer un une una')}\s+[^\W\d]+\s+{whole('of von de')}"
    r"[^\w.;:]*\Z",
    re.IGNORECASE,
)
"""What leads to such a figure over the name of what it is: "from a profit of 5 to a loss of 6"."""

WORDS_OF_BASE = telling(
    _BASES
    | _BASES_OF_PAIRS
    | _BASES_OF_TWO
    | frozenset("after against versus vs compared nach nachdem contre contra tras depois frente dopo".split())
    | frozenset("above below exceeding exceeded double twice triple".split())
)
"""A text in ASCII that compares with a figure has one of these words, or names the year before."""


def is_base(text: str, first: int, start: int, following: str = "") -> bool:
    """Whether the words before a figure, from ``first`` on, compare another one with it: "from 5".

    ``following`` is what stands between the figure and the next one, "" behind the last.
    """
    if text.endswith(_BASES_OF_EAST_ASIA, max(first, start - LEAD), start):
        return True
    words = lead(text, start, first)
    if not words:
        return False
    if words[0] in _ARTICLES and _ABOVE_OR_BELOW.search(text, max(first, start - LEAD), start):
        return True
    last = words[:2]
    if not _BASES.isdisjoint(last) or " ".join(words[1::-1]) in _BASES_OF_TWO:
        return True
    is_of_pair = not _BASES_OF_PAIRS.isdisjoint(last) or (
        words[0] in OF_CHANGE and _BASE_OF.search(text, max(first, start - LEAD), start)
    )
    return bool(is_of_pair and _END_OF_PAIR.search(following))


COUNTERS = "倍件人名社店台棟戸"
"""What Japanese sets behind a figure that counts."""

_YEARS_BEFORE = (
    "prior_year previous_year preceding_year year_earlier year_before vorjahr vorjahres vorjahreswert "
    "vorjahreszeitraum vorjahreszeitraums vorjahresquartal vorjahresquartals vorjahresperiode "
    "vorjahresmonat vorjahresstand vorjahresniveau jahr_zuvor "
    "jahr_davor an_plus_tôt an_auparavant année_précédente exercice_précédent clôture_précédente "
    "año_anterior ejercicio_anterior año_antes ano_anterior exercício_anterior ano_antes "
    "período_homólogo trimestre_homólogo semestre_homólogo mês_homólogo periodo_homólogo "
    "anno_precedente esercizio_precedente anno_prima"
)
_WORDS_OF_YEAR_BEFORE = telling(_YEARS_BEFORE.split())
YEARS_BEFORE = f"{whole(_YEARS_BEFORE)}|(?:前年度?|前期末?|上年|去年|전년도?)(?!同期?比|比|대비| 대비)"

YEAR_BEFORE = pattern_of(
    YEARS_BEFORE.replace(r"\s+", r"[\s-]+") + f"|{whole('opening beginning start average')}", re.IGNORECASE
)
"""What tells that a figure is of the end of the year before, or of two years: a ratio to an average."""

_TO_YEAR_BEFORE = (
    rf"(?:{whole('in im the l à la de del en el un one a das at for no nell dell il')}[\s']\s*){{0,3}}"
)

BASE_AT_SPLIT = pattern_of(
    r"[\s,;]*"
    + whole(
        "after against versus vs compared nach nachdem gegenüber après contre contra tras depois frente dopo "
        "ante"
    ),
    re.IGNORECASE,
)
"""What leads from another figure to the one with which it is compared: "0.84, after a loss of 0.71"."""

THAN_OF_EAST_ASIA = ("比", "较", "較")
"""What stands right before a period with whose figure one behind it is compared: "比2023年增加5"."""

COMPARED = pattern_of(
    r"\bqu['\u2019]en\s+\Z|"
    + whole(
        "over vs versus against than than_in compared_to compared_with relative_to gegenüber als contre que "
        "par_rapport_à par_rapport_au frente_a respecto_a rispetto_a rispetto_al im_vergleich_zu"
    )
    + r"\.?\s+(?:(?:in|at|im|en|em|no|nel|the|end|of|fiscal|financial|business|year|FY|dem|Jahr|ende|final"
    r"|fim|fine|fin|de|di)\s*)*\Z"
    rf"|{whole('above below exceeding')}\s+(?:the\s+)?\Z"
    rf"|[{''.join(THAN_OF_EAST_ASIA)}]\Z|"
    + whole("amount_of level_of figure_of value_of niveau_von stand_von niveau_de montant_de nivel_de")
    + r"\s+\Z",
    re.IGNORECASE,
)
"""What stands before a period with whose figure another one is compared."""

CHANGED_ON = pattern_of(
    rf"(?:{whole('up down rise fall increase decrease gain growth drop')}|%)[^;:.]*?\s+on\s+"
    r"(?:(?:the|fiscal|financial|year|FY)\s*)*\Z",
    re.IGNORECASE,
)
"""What stands before a year with whose figure a change is: "up 5 or 3 % on fiscal year 2018"."""

BASE_BEHIND = pattern_of(
    rf"(?:\s?{whole('x times fois veces vezes volte')})?\.?\s*(?:[{COUNTERS}]?(?:から|より|に対)|에서"
    rf"|\(?{_TO_YEAR_BEFORE}(?:{YEARS_BEFORE})(?!末?[はの]?(?:\s?[:\uff1a]|\s?[^\w\s.,;]?\d)))",
    re.IGNORECASE,
)
"""What stands behind a figure with which another one is compared; "(prior year: 5)" is of the 5."""

BASE_BEFORE = where(
    rf"(?:{YEARS_BEFORE})(?::|の|は|末|\s+|(?!(?:um|by|auf|to)\s)[^\W\d_]+\s+){{0,6}}\Z",
    _YEARS_BEFORE,
    "前上去전",
)
"""Where it begins what stands before a figure of the year before."""


def may_compare(words: Words) -> bool:
    """Whether a text with these words may have what BASE_BEHIND and BASE_BEFORE look for."""
    return not cannot_say(words, _WORDS_OF_YEAR_BEFORE)
