"""Small words that say how a figure belongs to its sentence, in the languages in which firms report."""

import re


def any_word(words: str) -> str:
    """Return an alternation of words parted by blanks; "_" is a blank, and "*" any ending."""
    ordered = sorted(set(words.split()), key=len, reverse=True)
    return "|".join(re.escape(word).replace(r"\*", r"\w*").replace("_", r"\s+") for word in ordered)


def whole(words: str) -> str:
    """Return a pattern of these words, each standing alone."""
    return rf"(?<![^\W_])(?:{any_word(words)})(?![^\W_])"


_BEFORE_BASE = (
    "from against versus vs vs. compared_to compared_with than over von gegenüber nach contre de depuis "
    "desde frente_a da contro"
)
JOINT = re.compile(
    r"[,;:()\u2013\u2014|/\u3001\u3002\uff0c\uff08\uff09\uff1a]|から|に対し|と比べ|"
    + whole(
        "and but while whereas to from against versus vs compared than or up down und sowie aber während auf "
        "von gegenüber nach zu et mais tandis contre à de y pero mientras a desde frente e contro da"
    ),
    re.IGNORECASE,
)
"""What parts the words of one figure from those of the next."""

PREPOSITION = re.compile(
    rf"\s*\(|\s*{whole('in for at as_of during on by of ended im per zum für en au pour al para nel')}",
    re.IGNORECASE,
)
"""What begins a period or a name that belongs to the figure before it."""

LIST_JOINT = re.compile(
    rf"\s*(?:[,;\u3001\uff0c/&]\s*(?:and|und|et|y|e|or)?(?![^\W_])"
    rf"|{whole('and und sowie et y e or')}|と|及び)\s*",
    re.IGNORECASE,
)
"""What parts the items of a list."""

BASE = re.compile(rf"{whole(_BEFORE_BASE)}(?: \w+)?[\s.$€£¥(]*\Z|に対し.{{0,4}}\Z", re.IGNORECASE)
BASE_BEHIND = re.compile(r"\s*(?:から|より|に対)")
"""What stands before, or behind, a figure with which another one is compared: "from 5", "against 5"."""

_ABOUT = (
    "about around approximately approx roughly nearly almost over more_than less_than just_under just_over "
    "some circa ca rund etwa knapp fast über environ près_de plus_de cerca_de unos alrededor_de casi"
)
ABOUT = re.compile(
    rf"(?:{whole(_ABOUT)}|約|およそ|[~\u2248])[\s.]*\Z",
    re.IGNORECASE,
)
"""What says that a figure is not exact."""

_CHANGES = (
    "increase increases decrease decreases decline rise drop growth reduction change hausse baisse "
    "augmentation diminution aumento anstieg rückgang"
)
CHANGE = re.compile(
    rf"(?:{whole('by um')}|{whole(_CHANGES)} (?:of|from|de|du|von))(?: \w+)?[\s$€£¥(~]*\Z", re.IGNORECASE
)
CHANGE_BEHIND = re.compile(rf"\s*(?:{whole(_CHANGES + ' higher lower')}|の?[増減])", re.IGNORECASE)
"""What says that a figure is how much another one changed: "rose by 5", "a 5 % increase"."""

CHANGE_NAME = re.compile(
    r"change|increase|decrease|variance|variation|difference|growth|veränderung|abweichung|évolution|variación"
    r"|variazione|増減|[+-]/[-+]|%",
    re.IGNORECASE,
)
"""What names a row or a column that tells how much something changed."""

TIME = re.compile(
    r"[ -]?(?:(?:consecutive|business|fiscal|calendar|full) )?(?:"
    + any_word(
        "month months year years day days week weeks quarter quarters hour hours minute minutes monat monate "
        "monaten jahr jahre jahren tag tage tagen woche wochen mois an ans année années jour jours semaine "
        "semaines trimestre trimestres meses año años día días mesi anni giorni"
    )
    + r")(?![^\W_])|[か個カヶケ]?月|年|日|週|周|時間|小时|四半期",
    re.IGNORECASE,
)
"""A unit of time behind a number: "24 months"."""

OUTFLOW = re.compile(
    whole(
        "loss losses deficit deficits outflow outflows used expense expenses cost costs payment payments "
        "purchase purchases repurchases paid verlust* aufwand aufwendungen fehlbetrag perte pertes coûts "
        "déficit pérdida* gastos perdit*"
    )
    + "|損失|赤字|費用|支出",
    re.IGNORECASE,
)
"""What names an amount that goes out: below zero in a table, and said without a sign."""
