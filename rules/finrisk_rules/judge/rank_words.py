"""Words of rank: the largest, the second, the lowest, and what ranks some things alone."""

import re

from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

_LARGEST = (
    "largest biggest greatest heaviest main leading top bulk the_most größte größter größten größtes "
    "plus_grand plus_grande plus_gros plus_important plus_importante más_grande più_grande mayor maggiore"
)
_HIGHEST = (
    "highest peak peaked höchste höchster höchsten höchstes plus_élevé plus_élevée más_alto más_alta "
    "più_alto più_alta"
)
_SMALLEST = (
    "smallest lightest the_least fewest kleinste kleinster kleinsten kleinstes plus_petit plus_petite "
    "más_pequeño más_pequeña menor più_piccolo più_piccola minore"
)
_LOWEST = (
    "lowest bottomed troughed niedrigste niedrigster niedrigsten niedrigstes plus_faible plus_bas "
    "plus_basse más_bajo más_baja più_basso più_bassa"
)
_FASTEST = "fastest quickest schnellsten schnellste le_plus_vite más_rápido"
_SLOWEST = "slowest langsamsten langsamste le_moins_vite más_lento"
_BEST = "best strongest beste bester besten bestes meilleur meilleure mejor migliore"
_WORST = "worst weakest schlechteste schlechtester schlechtesten pire peor peggiore"
_SECOND = "second second-place deuxième zweitgrößte zweitgrößter zweitgrößten segundo segunda secondo seconda"
_THIRD = "third troisième drittgrößte drittgrößter drittgrößten tercer tercero tercera terzo terza"
_WORDS = {
    "largest": _LARGEST,
    "highest": _HIGHEST,
    "smallest": _SMALLEST,
    "lowest": _LOWEST,
    "best": _BEST,
    "worst": _WORST,
    "fastest": _FASTEST,
    "slowest": _SLOWEST,
}
_SPAN = "(?:(?<=year[ -])|(?<=month[ -])|(?<=record[ -])|(?<=time[ -]))"
"""Before a noun of rank: "its five-year low", "an all-time high"."""

RANK = pattern_of(
    "|".join(rf"(?P<{name}>{whole(words)})" for name, words in _WORDS.items())
    + rf"|{_SPAN}(?:(?P<high>high)|(?P<low>low))(?![^\W_])"
    + rf"|(?P<ordinal>{whole('ranked ranks came comes place')}[^\d,.;]{{0,12}}?"
    rf"(?=\s*{whole('second third')}))",
    re.IGNORECASE,
)
"""Parts are large or small; high and low is what a row or its parts are in some year."""

WORDS_OF_RANK = telling(f"{' '.join(_WORDS.values())} {_SECOND} {_THIRD} high low".split())
ORDINALS = (
    (pattern_of(rf"{whole(_SECOND)}", re.IGNORECASE), 1),
    (pattern_of(rf"{whole(_THIRD)}", re.IGNORECASE), 2),
)

APART = pattern_of(
    whole(
        "after behind besides beside except excluding among outside following since before until apart_from "
        "neben außer unter hinter seit après sauf hormis parmi depuis tras salvo entre desde dopo tra"
    ),
    re.IGNORECASE,
)
"""What ranks some parts or years alone: "after loans, the largest", "the highest since 2019"."""

NOT_ALONE = pattern_of(
    r"(?:\d|\b(?:fourth|fifth|next|two|three|four|five|ten|twenty|of|among|unter"
    r"|einer|eine|parmi|des|entre|uno|una|tra|at)) ?-?"
    r"(?:(?:the|our|its|their|die|der|den|les|los|las|le|i|delle|dei)\s)?\s*\Z",
    re.IGNORECASE,
)
"""Before a word of rank: then it is of several, or not of the first."""
