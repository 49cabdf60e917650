"""Sentences that a source has word for word: they say of their figures what it says."""

_LEAST_WORDS = 6
_MARKS = " \t*_#>•-"
_ENDS = ".;:!?"
_EDGES = f"{_MARKS}{_ENDS}"


def on_one_line(text: str) -> str:
    """Return a text in which one blank stands for each run of blanks and ends of lines."""
    return " ".join(text.split())


def is_copied(text: str, source: str) -> bool:
    """Whether a whole sentence of prose is a whole one of a source on one line, but for marks around it.

    A part of one may say something else, and a row of a table says nothing without its head.
    """
    words = text.strip(_EDGES).split()
    if len(words) < _LEAST_WORDS or "|" in text:
        return False
    said = " ".join(words)
    at = source.find(said)
    return at >= 0 and _is_begun(source, at) and _is_ended(source, at + len(said))


def _is_begun(text: str, at: int) -> bool:
    before = text[max(0, at - 4) : at].rstrip(_MARKS)
    return text[at].isupper() or not before or before[-1] in _ENDS


def _is_ended(text: str, at: int) -> bool:
    behind = text[at : at + 4].lstrip(_MARKS)
    return not behind or (behind[0] in _ENDS and not behind[1:2].isdigit())
