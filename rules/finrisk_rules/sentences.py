"""Sentences of a text, in any script."""

from collections.abc import Iterator

from finrisk_rules.patterns import pattern_of

_CLOSING = "\"'\u201d\u2019\u00bb)\\]"
_OPENING = "\"'\u201c\u201e\u00ab(\\[$\u20ac\u00a3\u00a5-"
_STOP = r".!?\u061f\u06d4\u0964\u0965\u2026"
_FULL_STOP = r"\u3002\uff01\uff1f\uff1b\uff61\u0589\u104b\u1362\u1367\u1368\u17d4\u17d5"
_END = pattern_of(
    rf"[{_STOP}{_FULL_STOP}\n](?:(?<=[{_STOP}])[{_CLOSING}]*"
    rf"(?=\s+[^\W_a-z\u00df-\u00f6\u00f8-\u00ff]|\s+[{_OPENING}]|\s*\n|\s*\Z)"
    r"|(?<= [.!?])(?= )"
    rf"|(?<=[{_FULL_STOP}])[\u201d\u2019\u300d\u300f\uff09]*"
    r"|(?<=\n))\s*"
)
"""Where a sentence ends. What it may begin with comes first, so that the search skips to it."""
_WHOLE = pattern_of(
    "[.!?:|\u2026\u061f\u06d4\u0964\u0965\u3002\uff01\uff1f\uff61\u0589\u104b\u1362\u1367\u1368\u17d4\u17d5\"'\u201d\u2019\u00bb)\\]"
    "\u300d\u300f\uff09\u3011\u0e00-\u0eff]\\s*\\Z"
)
"""What a text ends with that is whole; Thai and Lao have no sign of it, so any of their letters."""

_SHORT_FORM = pattern_of(
    r"(?:(?<![^\W_])[^\W\d_]|\b(?:No|Nos|Inc|Corp|Co|Ltd|Mr|Mrs|Ms|Dr|St|vs|approx|Mio|Mrd|Nr|Art|bzw|ca|Abs|cf"
    r"|ex|env))\Z"
)
_WINDOW = 8


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends. A line break always ends one; an abbreviation does not.

    Together they hold everything of the text but the blanks between them.
    """
    start = len(text) - len(text.lstrip())
    last = len(text)
    for match in _END.finditer(text, start):
        first, end = match.span()
        if text[first] == "." and end < last and _is_short_form(text, start, first):
            continue
        stop = first + len(text[first:end].rstrip())
        if stop > start:
            yield start, stop
        start = end
    if start < last and (rest := text[start:].rstrip()):
        yield start, start + len(rest)


def _is_short_form(text: str, start: int, end: int) -> bool:
    """Whether the word that ends here in the sentence that starts there is an abbreviation."""
    return bool(_SHORT_FORM.search(text, max(start, end - _WINDOW), end))


def is_whole(text: str) -> bool:
    """Whether a text ends where a sentence, a table or a quotation does, and is not cut off before."""
    return bool(_WHOLE.search(text, max(0, len(text.rstrip()) - 1)))
