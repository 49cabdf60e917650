"""Small words that say how a figure belongs to its sentence, in the languages in which firms report."""

import itertools
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from finrisk_rules.alternations import alternation
from finrisk_rules.judge.hints import Words, cannot_say, telling
from finrisk_rules.patterns import pattern_of

LEAD = 40
"""Characters before a figure in which the words stand that lead to it."""

_STRIPPED = "$€£¥(.,:~\u2248"

_ABOUT = frozenset(
    "about around approximately approx roughly nearly almost over some circa ca rund etwa knapp fast über "
    "environ unos casi".split()
)
_ABOUT_OF_TWO = frozenset(
    ("more than", "less than", "just under", "just over", "près de", "plus de", "cerca de", "alrededor de")
)
_ABOUT_SIGNS = ("約", "およそ", "~", "\u2248")
CHANGED = frozenset(
    "increase increases decrease decreases decline rise drop growth reduction change improvement hausse "
    "baisse augmentation diminution aumento anstieg rückgang zuwachs zunahme abnahme steigerung erhöhung "
    "verringerung incremento calo crescita diminuzione riduzione flessione rialzo disminución reducción "
    "crecimiento caída descenso subida crescimento queda redução diminuição acréscimo decréscimo".split()
)
OF_CHANGE = frozenset("of from de du von di".split())
_BY = frozenset(("by", "um"))

WORDS_OF_CHANGE = CHANGED | _BY | {"higher", "lower"}
WORDS_OF_ABOUT = telling(_ABOUT | _ABOUT_OF_TWO)
"""A text in ASCII that says how much something changed, or that a figure is not exact, has one of these words
or a sign (ABOUT_SIGN)."""

ABOUT_SIGN = "~"


def lead(text: str, start: int, first: int = 0) -> list[str]:
    """Return the last three words before a figure, from ``first`` on, the last one first.

    They are in small letters and without signs; what is too far away, or before a colon, leads to nothing.
    """
    words = text[max(first, start - LEAD) : start].rpartition(":")[2].lower().rsplit(None, 3)[:-4:-1]
    return [bare for word in words if (bare := word.strip(_STRIPPED))]


def is_about(text: str, start: int, words: Sequence[str]) -> bool:
    """Whether what stands before a figure, the last words first, says that it is not exact."""
    if text[max(0, start - LEAD) : start].rstrip().endswith(_ABOUT_SIGNS):
        return True
    return bool(words) and (words[0] in _ABOUT or " ".join(words[1::-1]) in _ABOUT_OF_TWO)


def is_change(text: str, end: int, words: Sequence[str]) -> bool:
    """Whether what stands before a figure, the last words first, or behind says how much another one changed.

    ``rose by 5``, ``an increase of 5``, ``a 5 % increase``.
    """
    if not _BY.isdisjoint(words[:2]) or CHANGE_BEHIND.match(text, end):
        return True
    return any(change in CHANGED for of, change in itertools.pairwise(words) if of in OF_CHANGE)


_SIGNS = {"_": r"\s+", "*": r"\w*"}


def any_word(words: str) -> str:
    """Return an alternation of words parted by blanks; "_" is a blank, and "*" any ending."""
    by_ending = sorted(words.split(), key=lambda word: "*" in word)  # "costs of sales" before "cost*"
    return alternation(by_ending, sign=lambda sign: _SIGNS.get(sign) or re.escape(sign))


def whole(words: str) -> str:
    """Return a pattern of these words, each standing alone; most texts fail at its first character."""
    return rf"(?={beginning(words.replace(' ', '|'))})(?<![^\W_])(?:{any_word(words)})(?![^\W_])"


def beginning(words: str, signs: str = "") -> str:
    """Return a class of the characters with which words of an alternation begin in either case, or ``signs``.

    At the head of a pattern it lets the search skip to where a match may begin.
    """
    alike = {"i": "\u0131\u0130", "k": "\u212a", "s": "\u017f"}
    firsts = sorted({word[0] for word in words.split("|") if word})
    return f"[{''.join(first + first.upper() + alike.get(first, '') for first in firsts)}{signs}]"


def where(pattern: str, words: str, signs: str) -> re.Pattern[str]:
    """Compile a pattern that, in either case, begins with one of ``words`` or ``signs``.

    It is searched for fast, and what it matches is the first character alone.
    """
    return pattern_of(rf"{beginning(words.replace(' ', '|'), signs)}(?<=(?=(?i:{pattern}))(?s:.))")


_JOINT_SIGNS = r",;:()\u2013\u2014|\u3001\u3002\uff0c\uff08\uff09\uff1a"
_JOINT_WORDS = (
    "and but while whereas although though from against versus vs compared than or up down und sowie "
    "aber während obwohl auf von gegenüber nach nachdem zu et mais tandis contre après de y pero mientras "
    "tras desde frente contra e enquanto contro dopo da"
)
_FIGURE_FOLLOWS = r" \W{0,2}\d| (?:[a-z]{3}|[^\W\d_]+ de) \W{0,2}\d| (?:casi|unos|quasi|circa|oltre) "
_TO = rf"(?<![^\W_])(?:à|a(?={_FIGURE_FOLLOWS}))(?![^\W_])(?! (?:la |l'|fin|cierre))"
"""A French or Spanish "to"; "a" only where a figure follows, since it is an article in English."""

JOINT = where(
    rf"[{_JOINT_SIGNS}]|(?<![^\W_])/|/(?![^\W\d_])|から|に対し|と比べ|{_TO}|{whole(_JOINT_WORDS)}"
    rf"|{whole('to')}(?! [^\d,;:()\x00]{{1,20}}(?: and | or |,|;|\.|\Z))",
    f"à to {_JOINT_WORDS}",
    f"{_JOINT_SIGNS}/かにと",
)
"""Where what parts the words of one figure from those of the next begins."""

_CONTRASTS = "while whereas während wohingegen tandis alors_que mientras mentre"
_CONCESSIONS = "although though obwohl bien_que aunque sebbene"
CONTRAST = where(f"{whole(_CONTRASTS)}|一方|반면", _CONTRASTS, "一반")
"""Where what goes over to another subject begins."""

WORDS_OF_CLAUSES = telling(f"{_CONTRASTS} {_CONCESSIONS}".split())
OTHER_CLAUSE = where(
    f"{whole(f'{_CONTRASTS} {_CONCESSIONS}')}|一方|반면", f"{_CONTRASTS} {_CONCESSIONS}", "一반"
)
"""Where a clause begins whose words and periods are not those of the figure before."""

_PARTS = "of_which of_these davon dont de_los_cuales de_las_cuales di_cui dos_quais waarvan varav"
_PART = pattern_of(f"{whole(_PARTS)}|うち|其中", re.IGNORECASE)
_WORDS_OF_PART = telling(_PARTS.split())


def part_in(text: str, words: Words) -> int | None:
    """Return where a text goes over from a whole to a part of it: a period behind it is of the part."""
    match = None if cannot_say(words, _WORDS_OF_PART) else _PART.search(text)
    return match.start() if match else None


PREPOSITION = pattern_of(
    r"\s*\(|\s*"
    + whole(
        "in for at as_of during on by of ended im per zum für en au pour al para nel à_la à_fin a_fin "
        "a_finales alla"
    ),
    re.IGNORECASE,
)
"""What begins a period or a name that belongs to the figure before it."""

LIST_JOINT = pattern_of(
    rf"\s*(?:[,;\u3001\uff0c/&]\s*(?:and|und|et|y|e|or)?(?![^\W_])"
    rf"|{whole('and und sowie et y e or')}|と|及び)\s*",
    re.IGNORECASE,
)
"""What parts the items of a list."""

CHANGE_BEHIND = pattern_of(rf"\s*(?:{whole(' '.join(CHANGED) + ' higher lower')}|の?[増減])", re.IGNORECASE)
"""What says behind a figure that it is how much another one changed: "a 5 % increase"."""

CHANGE_NAME = pattern_of(
    r"change|increase|decrease|variance|variation|difference|growth|veränderung|abweichung|évolution|variación"
    r"|variazione|増減|增减|变动|同比|[+-]/[-+]|%(?!\s*(?:of|der|des|vom|du|de|del|di|do)(?!\w))",
    re.IGNORECASE,
)
"""What names a row or a column that tells how much something changed."""

TIME = pattern_of(
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

_PARTS_OF_YEAR = (
    "quarter* half-year* half_year* first_half second_half interim three_months six_months nine_months "
    "quartal* halbjahr* zwischenbericht* trimestre* semestre* trimestral* semestral* kwartaal halfjaar"
)
PART_OF_YEAR = where(
    rf"{whole(_PARTS_OF_YEAR)}|(?<![^\W_])(?:[QTHS][1-4]|[1-4][QTHS])(?![^\W\d_])"
    "|四半期|半期|中間|季度|半年|분기|반기",
    _PARTS_OF_YEAR,
    "1-4四半中季분반",
)
"""Where what speaks of a part of a year begins."""

_COUNTS = (
    "two zwei deux dos due", "three drei trois tres tre", "four vier quatre cuatro quattro",
    "five fünf cinq cinco cinque", "six sechs seis sei", "seven sieben sept siete sette",
    "eight acht huit ocho otto", "nine neun neuf nueve nove", "ten zehn dix diez dieci",
    "eleven elf onze once undici", "twelve zwölf douze doce dodici",
)  # fmt: skip


@lru_cache(maxsize=16)
def counted(value: Decimal) -> re.Pattern[str] | None:
    """Return a pattern of the words for a count, from two to twelve; None for any other value."""
    at = int(value) - 2
    return pattern_of(whole(_COUNTS[at]), re.IGNORECASE) if 0 <= at < len(_COUNTS) else None


NET_RESULT = pattern_of(
    whole(
        "net_income net_profit net_earnings net_loss net_result profit_for loss_for profit_attributable "
        "jahresüberschuss jahresfehlbetrag konzernergebnis nettogewinn résultat_net bénéfice_net "
        "beneficio_neto resultado_neto utile_netto"
    )
    + "|純利益|净利润|순이익",
    re.IGNORECASE,
)
"""What names the result of a period: "profit" alone means it."""

RESULT = pattern_of(
    whole(
        "profit operating_income net_income income_before* earnings result results gewinn jahresüberschuss "
        "ergebnis periodenergebnis jahresergebnis konzernergebnis betriebsergebnis utile risultato "
        "bénéfice resultado lucro lucros"
    )
    + f"|{NET_RESULT.pattern}",
    re.IGNORECASE,
)
"""What names a row that is a profit where it is above zero."""

WORDS_OF_RESULT = (
    "profit loss income earnings result gewinn verlust ergebnis bénéfice perte résultat utile 利益 利润 이익"
)
"""Words that say result, whatever was taken off."""

NET_OR_GROSS = pattern_of(
    whole("net gross netto brutto nets nette nettes brut bruts brute brutes neto neta bruto bruta lordo"),
    re.IGNORECASE,
)
"""What tells two measures of one thing apart."""

OUTFLOW = pattern_of(
    whole(
        "loss losses deficit deficits outflow outflows used expense expenses cost costs payment payments "
        "purchase purchases repurchases paid verlust* aufwand aufwendungen kosten fehlbetrag perte pertes "
        "coût coûts charges déficit pérdida* gastos costes costi perdit*"
    )
    + "|損失|赤字|費用|支出|原価|成本|비용",
    re.IGNORECASE,
)
"""What names an amount that goes out: below zero in a table, and said without a sign."""

LESS_MAY_BE_BETTER = pattern_of(
    f"{OUTFLOW.pattern}|"
    + whole(
        "ratio ratios debt leverage charge-offs provisions impairments churn quote quoten schulden dette "
        "deuda"
    ),
    re.IGNORECASE,
)
"""What names a measure that may be better where it is lower."""

LESS_IS_BETTER = pattern_of(
    whole(
        "combined_ratio loss_ratio expense_ratio claims_ratio cost_ratio efficiency_ratio cost:income churn "
        "npl_ratio nonperforming non-performing delinquenc* charge-offs injury injuries accident* attrition "
        "vacancy schadensatz schaden-kosten* schadenquote cost-income* emission*"
    ),
    re.IGNORECASE,
)
"""What names a measure that is better where it is lower."""

MORE_IS_BETTER = pattern_of(
    whole(
        "tier cet1 capital_ratio coverage margin margins return returns retention occupancy solvency "
        "liquidity load_factor marge rendite"
    ),
    re.IGNORECASE,
)
"""What names a ratio that is better where it is higher."""

REVENUE = pattern_of(
    rf"(?:total\s+)?(?:{whole('revenue revenues net_sales sales net_revenue net_revenues turnover')}"
    rf"|{whole('umsatz umsatzerlöse chiffre_d_affaires ingresos ricavi receita_líquida')})",
    re.IGNORECASE,
)
"""What names the revenue of a firm, of which its margins are."""
