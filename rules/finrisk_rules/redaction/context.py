"""Identifiers that a word before them tells: the word, a few words between, the value."""

import re

BEGIN = r"(?<![^\W\d_\u0e00-\uffff])"
"""What stands before a word: no letter of it; scripts without blanks write other words right before."""

END = r"(?![A-Za-z0-9_\u00c0-\u024f]|[.,/-]?\d)"
"""What follows no value: more of it, or the rest of a figure."""


def after(
    words: str,
    value: str,
    between: str = r"[^\d\n|;]{0,30}?(?<![A-Za-z0-9])",
    flags: re.RegexFlag = re.IGNORECASE,
) -> re.Pattern[str]:
    """A pattern of a value (group 1) that stands after one of the words."""
    return re.compile(rf"{BEGIN}(?:{words})(?![a-z\u00c0-\u024f\u0370-\u08ff]){between}({value}){END}", flags)
