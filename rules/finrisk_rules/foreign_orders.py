"""Orders to drop one's instructions in other languages than English, as patterns over skeletons.

Each language gives its imperatives of dropping and its nouns for what governs a model; in languages whose
verb comes last, or that write no blanks, a word for "earlier", "all" or "your" must stand with the noun.
"""

import re
from collections.abc import Collection
from functools import lru_cache

from finrisk_rules.lookalikes import skeleton
from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import Signs, latin_runs

_CLAUSE = r"(?:\A|\n|[^\w\s'\u2019][^\w\n]{0,8}|\b(?:und|bitte|et|y|e|en|i|och|now|please)\s+)"
_IMPERATIVE_FIRST = {
    "de": (
        "ignorier|ignoriere|ignoriert|ignorieren sie|vergiss|vergesst|vergessen sie|missachte|missachten sie"
        "|befolge nicht|befolge keine|folge nicht|halte dich nicht an",
        "anweisung|instruktion|regel|vorgabe|richtlinie|befehl|prompt|kontext",
    ),
    "fr": (
        "ignore|ignorez|oublie|oubliez|ne suis pas|ne suivez pas|ne tiens pas compte|ne tenez pas compte"
        "|ne respecte pas|ne respectez pas",
        "instruction|consigne|r\u00e8gle|directive",
    ),
    "es": (
        "ignora|ignore|ignorad|ignoren|olvida|olvide|olvidad|descarta|descarte|no sigas|no siga|no sigan"
        "|no hagas caso|haz caso omiso|no obedezcas",
        "instruccion|reglas|indicacion|\u00f3rdenes|directrices",
    ),
    "it": (
        "ignora|ignorate|ignori|dimentica|dimenticate|trascura|non seguire|non seguite|non tenere conto",
        "istruzion|regole|direttive|indicazion|prompt",
    ),
    "pt": (
        "ignore|ignora|ignorem|esque\u00e7a|esquece|desconsidere|descarte",
        "instru\u00e7|regras|diretrizes|orienta\u00e7|comandos",
    ),
    "nl": ("negeer|vergeet", "instructie|regels|richtlijn|opdracht|prompt"),
    "sv": ("ignorera|gl\u00f6m|bortse fr\u00e5n", "instruktion|regler|anvisning|riktlinjer|prompt"),
    "pl": ("ignoruj|zignoruj|zapomnij|pomi\u0144", "instrukcj|polece|zasad|regu\u0142|prompt"),
    "ru": (
        "\u0438\u0433\u043d\u043e\u0440\u0438\u0440\u0443\u0439|\u0438\u0433\u043d\u043e\u0440\u0438\u0440\u0443\u0439\u0442\u0435"
        "|\u0437\u0430\u0431\u0443\u0434\u044c|\u0437\u0430\u0431\u0443\u0434\u044c\u0442\u0435"
        "|\u043e\u0442\u0431\u0440\u043e\u0441\u044c",
        "\u0438\u043d\u0441\u0442\u0440\u0443\u043a\u0446|\u043f\u0440\u0430\u0432\u0438\u043b|\u0443\u043a\u0430\u0437\u0430\u043d"
        "|\u043f\u0440\u043e\u043c\u043f\u0442|\u043a\u043e\u043c\u0430\u043d\u0434",
    ),
    "ar": (
        "\u062a\u062c\u0627\u0647\u0644|\u0627\u0646\u0633\u064e|\u062a\u062c\u0627\u0648\u0632",
        "\u0627\u0644\u062a\u0639\u0644\u064a\u0645\u0627\u062a|\u062a\u0639\u0644\u064a\u0645\u0627\u062a\u0643"
        "|\u0627\u0644\u0642\u0648\u0627\u0639\u062f|\u0627\u0644\u0623\u0648\u0627\u0645\u0631",
    ),
    "da": (
        "ignorer|glem|se bort fra",
        "instruks|instruktion|regler|anvisning|retningslinj|prompt",
    ),
    "fi": (
        "j\u00e4t\u00e4|unohda|ohita|\u00e4l\u00e4 noudata",
        "ohje|s\u00e4\u00e4n|k\u00e4sky",
    ),
    "cs": (
        "ignoruj|ignorujte|zapome\u0148|zapome\u0148te",
        "pokyn|instrukc|pravidl|p\u0159\u00edkaz",
    ),
    "ro": (
        "ignor\u0103|ignora\u021bi|uit\u0103|uita\u021bi",
        "instruc\u021biun|regulile|indica\u021biil",
    ),
    "hu": (
        "hagyd figyelmen k\u00edv\u00fcl|hagyja figyelmen k\u00edv\u00fcl|felejtsd el",
        "utas\u00edt\u00e1s|szab\u00e1ly|el\u0151\u00edr\u00e1s",
    ),
    "el": (
        "\u03b1\u03b3\u03bd\u03cc\u03b7\u03c3\u03b5|\u03b1\u03b3\u03bd\u03bf\u03ae\u03c3\u03c4\u03b5|\u03be\u03ad\u03c7\u03b1\u03c3\u03b5|\u03be\u03b5\u03c7\u03ac\u03c3\u03c4\u03b5",
        "\u03bf\u03b4\u03b7\u03b3\u03af|\u03b5\u03bd\u03c4\u03bf\u03bb|\u03ba\u03b1\u03bd\u03cc\u03bd",
    ),
    "uk": (
        "\u0456\u0433\u043d\u043e\u0440\u0443\u0439|\u0456\u0433\u043d\u043e\u0440\u0443\u0439\u0442\u0435|\u0437\u0430\u0431\u0443\u0434\u044c|\u0437\u0430\u0431\u0443\u0434\u044c\u0442\u0435",
        "\u0456\u043d\u0441\u0442\u0440\u0443\u043a\u0446|\u043f\u0440\u0430\u0432\u0438\u043b|\u0432\u043a\u0430\u0437\u0456\u0432\u043a",
    ),
    "id": (
        "abaikan|lupakan",
        "instruksi|perintah|aturan|petunjuk",
    ),
    "vi": (
        "b\u1ecf qua|qu\u00ean",
        "h\u01b0\u1edbng d\u1eabn|ch\u1ec9 d\u1eabn|quy t\u1eafc|m\u1ec7nh l\u1ec7nh|ch\u1ec9 th\u1ecb",
    ),
    "he": (
        "\u05d4\u05ea\u05e2\u05dc\u05dd|\u05d4\u05ea\u05e2\u05dc\u05de\u05d9|\u05d4\u05ea\u05e2\u05dc\u05de\u05d5|\u05e9\u05db\u05d7",
        "\u05d4\u05d4\u05d5\u05e8\u05d0\u05d5\u05ea|\u05d4\u05d5\u05e8\u05d0\u05d5\u05ea|\u05d4\u05db\u05dc\u05dc\u05d9\u05dd|\u05d4\u05d4\u05e0\u05d7\u05d9\u05d5\u05ea|\u05d4\u05e0\u05d7\u05d9\u05d5\u05ea",
    ),
}
_WITHOUT_BLANKS = (
    (  # Chinese: drop, earlier or all, law
        "\u5ffd\u7565|\u5ffd\u89c6|\u5ffd\u8996|\u65e0\u89c6|\u7121\u8996|\u5fd8\u8bb0|\u5fd8\u8a18|\u5fd8\u6389|\u4e0d\u8981\u9075\u5b88",
        "\u4e4b\u524d|\u5148\u524d|\u4ee5\u524d|\u4ee5\u4e0a|\u4e0a\u8ff0|\u4e0a\u9762|\u524d\u9762|\u6240\u6709|\u5168\u90e8|\u4f60\u7684|\u60a8\u7684|\u7cfb\u7edf",
        "\u6307\u4ee4|\u6307\u793a|\u89c4\u5219|\u898f\u5247|\u63d0\u793a|\u547d\u4ee4|\u9650\u5236",
    ),
    (  # Japanese: earlier or all, law, drop
        "\u4ee5\u524d|\u4e4b\u524d|\u3053\u308c\u307e\u3067|\u4e0a\u8a18|\u4e0a\u306e|\u3059\u3079\u3066|\u5168\u3066|\u3042\u306a\u305f|\u30b7\u30b9\u30c6\u30e0",
        "\u6307\u793a|\u547d\u4ee4|\u30eb\u30fc\u30eb|\u898f\u5247|\u30d7\u30ed\u30f3\u30d7\u30c8|\u5236\u9650",
        "\u7121\u8996|\u5fd8\u308c|\u7121\u52b9",
    ),
    (  # Korean: earlier or all, law, drop
        "\uc774\uc804|\uc704\uc758|\uc704 |\uc55e\uc758|\ubaa8\ub4e0|\ub2f9\uc2e0|\uc2dc\uc2a4\ud15c",
        "\uc9c0\uc2dc|\uba85\ub839|\uaddc\uce59|\ud504\ub86c\ud504\ud2b8|\uc9c0\uce68",
        "\ubb34\uc2dc|\uc78a\uc5b4|\uc78a\uc73c",
    ),
    (  # Turkish: earlier or all, law, drop
        "\u00f6nceki|t\u00fcm|b\u00fct\u00fcn|yukar\u0131daki",
        "talimat|kural|komut|y\u00f6nerge",
        "yok say|g\u00f6rmezden gel|unut|dikkate alma",
    ),
    (  # German, the verb at the end: please, law, drop
        "bitte",
        "anweisung|instruktion|regel|vorgabe|richtlinie",
        "vergessen|ignorieren|missachten|nicht beachten",
    ),
    (  # Hindi: earlier or all, law, drop
        "\u092a\u093f\u091b\u0932\u0947|\u0938\u092d\u0940|\u092a\u0942\u0930\u094d\u0935|\u0909\u092a\u0930\u094b\u0915\u094d\u0924",
        "\u0928\u093f\u0930\u094d\u0926\u0947\u0936|\u0928\u093f\u092f\u092e|\u0906\u0926\u0947\u0936",
        "\u0905\u0928\u0926\u0947\u0916\u093e|\u0928\u091c\u093c\u0930\u0905\u0902\u0926\u093e\u091c\u093c|\u092d\u0942\u0932",
    ),
)


def _skeletons(words: str) -> list[str]:
    return [skeleton(word).lower() for word in words.split("|")]


def _forms(words: str) -> str:
    return "|".join(map(re.escape, _skeletons(words)))


_LAWS = tuple(
    word
    for words in (*(law for _, law in _IMPERATIVE_FIRST.values()), *(words[-1] for words in _WITHOUT_BLANKS))
    for word in _skeletons(words)
)
_ROOTS = tuple(law for law in set(_LAWS) if not any(root != law and root in law for root in _LAWS))
"""Of laws that begin or hold another only the other: whoever looks for it finds them all."""

_LATIN_ROOTS = {root: max(root.split(), key=len) for root in _ROOTS if root.isascii()}
"""Those of Latin letters, each with the longest part that stands in one word."""

LAW_ROOTS = frozenset(_LATIN_ROOTS.values())
"""Letters of which each sentence in ASCII that names a law has some together."""

_ROOT_SIGNS = Signs((), LAW_ROOTS)
_OTHER_ROOTS = tuple(root for root in _ROOTS if not root.isascii())
_PATTERN = pattern_of(
    "|".join(
        [
            rf"{_CLAUSE}(?:{_forms(drop)})\b(?:[^\w.!?;\n]+\w+){{0,5}}?[^\w.!?;\n]+(?:{_forms(law)})"
            for drop, law in _IMPERATIVE_FIRST.values()
        ]
        + [
            rf"(?:{_forms(one)})[^.!?;,\n\u3001\u3002\uff0c\uff01\uff1f]{{0,30}}?(?:{_forms(two)})"
            rf"[^.!?;,\n\u3001\u3002\uff0c\uff01\uff1f]{{0,30}}?(?:{_forms(three)})"
            for one, two, three in _WITHOUT_BLANKS
        ]
    )
)


def may_name_law(text: str, words: frozenset[str]) -> bool:
    """Whether ``laws_named`` can be more than nothing; ``words`` are the Latin ones of the text."""
    return not text.isascii() or _ROOT_SIGNS.among(words)


def laws_named(lower: str, words: Collection[str]) -> set[str]:
    """What a text has of words without which no sentence of it drops instructions.

    The text is a skeleton in lower case, ``words`` are its Latin ones.
    """
    named = {root for root in set().union(*map(_roots_within, words)) if root in lower}
    return named if lower.isascii() else named.union(root for root in _OTHER_ROOTS if root in lower)


@lru_cache(maxsize=1 << 14)
def _roots_within(word: str) -> tuple[str, ...]:
    """Remembered, since texts have most words in common."""
    return tuple(root for root, part in _LATIN_ROOTS.items() if part in word)


def drops_instructions(clause: str) -> bool:
    """Whether a sentence, as a skeleton, orders in another language to drop instructions or rules."""
    lower = clause.lower()
    return bool(laws_named(lower, latin_runs(lower))) and _PATTERN.search(lower) is not None
