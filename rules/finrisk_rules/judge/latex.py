"""LaTeX of an answer as plain text: models write their working in it.

``\\frac{8{,}239}{12{,}676} \\times 100 = 65.0\\%`` says ``(8,239) / (12,676) × 100 = 65.0%``.
"""

import re

from finrisk_rules.patterns import pattern_of

_DEEPEST = 4
"""Fractions within fractions that are read."""

_GROUP = r"\{([^{}]*)\}"
_FRACTION = pattern_of(rf"\\[dtc]?frac\s*{_GROUP}\s*{_GROUP}")
_DRESS = pattern_of(
    rf"\\(?:text(?:bf|it|rm|sf|tt)?|math(?:rm|bf|it|sf|tt)|mbox|operatorname\*?|boxed)\s*{_GROUP}"
)
_COMMA = pattern_of(r"(?<=\d)\{,\}(?=\d)")
_SUBSCRIPT = pattern_of(rf"_{_GROUP}")
_INLINE = pattern_of(r"(?<!\\)\$(?!\$)([^$\n]{0,400}?(?:\\[a-zA-Z%,]|\{,\})[^$\n]{0,400}?)(?<!\\)\$(?!\d)")
_OPERATION = pattern_of(r"\S\s*[-+−×÷/*]")
_SIGNS = {"times": "×", "cdot": "×", "div": "÷", "approx": "≈", "simeq": "≈", "sim": "≈",
          "Rightarrow": "⇒", "rightarrow": "→", "to": "→", "implies": "⇒", "pm": "±", "euro": "€",
          "pounds": "£"}  # fmt: skip
_SIGN = pattern_of(rf"\\({'|'.join(_SIGNS)})(?![a-zA-Z])")
_ESCAPED = pattern_of(r"\\([%$&#_])")
_LAYOUT = pattern_of(
    r"\\(?:begin|end)\{[a-z]+\*?\}|\\[()\[\]]"
    r"|\\(?:left|right|big|Big|bigg|Bigg|displaystyle|quad|qquad|,|;|:|!| )(?![a-zA-Z])|&(?==)|\\\\"
)


def without_latex(text: str) -> str:
    """Return the text with plain signs for what LaTeX writes; the same text where there is none."""
    if not ("\\" in text or "{,}" in text):
        return text
    read = _INLINE.sub(r" \1 ", text.replace("$$", "  "))
    read = _ESCAPED.sub(lambda sign: "\x00" if sign[1] == "$" else sign[1], _COMMA.sub(",", read))
    read = _LAYOUT.sub(" ", _SIGN.sub(lambda sign: _SIGNS[sign[1]], read))
    for _ in range(_DEEPEST):
        read, dresses = _DRESS.subn(r"\1", _SUBSCRIPT.sub(r" \1", read))
        read, fractions = _FRACTION.subn(_quotient, read)
        if not dresses + fractions:
            break
    return read.replace("\x00", "$")


def _quotient(fraction: re.Match[str]) -> str:
    """Return a fraction on one line; a number alone in brackets would be below zero."""
    sides = (side.strip() for side in fraction.groups())
    return f"({' / '.join(f'({side})' if _OPERATION.search(side) else side for side in sides)})"
