"""Sentences of a text, in any script."""

import re
from collections.abc import Iterator

_END = re.compile(
    r"(?:[.!?؟۔।॥…][\"'”’»)\]]*(?=\s+[^\W_a-zß-öø-ÿ]|\s+[\"'“„«(\[$€£¥-]|\s*\n|\s*\Z)|(?<= )[.!?](?= )|[。！？；][”’」』）]*|\n)\s*"
)
_SHORT_FORM = re.compile(
    r"(?:(?<![^\W_])[^\W\d_]|\b(?:No|Nos|Inc|Corp|Co|Ltd|Mr|Mrs|Ms|Dr|St|vs|approx|Mio|Mrd|Nr|Art|bzw|ca|Abs|cf|ex|env))\Z"
)
_WINDOW = 8


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence begins and ends. A line break always ends one; an abbreviation does not.

    Together they hold everything of the text but the blanks between them.
    """
    start = len(text) - len(text.lstrip())
    for match in _END.finditer(text, start):
        stop = match.start() + len(match[0].rstrip())
        if match[0].startswith(".") and _SHORT_FORM.search(
            text, max(start, match.start() - _WINDOW), match.start()
        ):
            continue
        if stop > start:
            yield start, stop
        start = match.end()
    if text[start:].strip():
        yield start, start + len(text[start:].rstrip())
