"""What the judge says of an answer: a verdict for each figure, with its place, and counts of the rest."""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

JUDGE_VERSION = "11"
"""Raised whenever the same answer could get another verdict."""

Verdict = Literal[
    "stated",
    "computed",
    "asked",
    "unsupported",
    "misattributed",
    "wrong_scale",
    "wrong_direction",
    "unread",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

RIGHT: frozenset[Verdict] = frozenset({"stated", "computed"})
"""The figure says what its source says, or follows from it."""

WRONG: frozenset[Verdict] = frozenset({"unsupported", "misattributed", "wrong_scale", "wrong_direction"})
"""The figure keeps its answer out of training."""


MOST_SHOWN = 400
"""Characters of a label, a sentence or a figure as clients read them."""


@dataclass(frozen=True, slots=True)
class JudgedSource:
    """A source as the answer's model had it, in the order of the citations.

    ``facts`` is what ``page_facts.stored`` made of the text when it was indexed; None where nothing was kept.
    """

    title: str
    text: str
    facts: str | None
    company: str | None = None
    year: int | None = None


class Place(NamedTuple):
    """Where a source says a figure: row and column of a table, or a sentence; "" for what there is not."""

    row: str = ""
    column: str = ""
    sentence: str = ""

    def as_dict(self) -> dict[str, str]:
        """The place as clients read it: ``{"row", "column"}`` or ``{"sentence"}``."""
        if self.sentence:
            return {"sentence": _shown(self.sentence)}
        return {"row": _shown(self.row), "column": _shown(self.column)}


class FigureVerdict(NamedTuple):
    """A figure of the answer, as written, and what the sources say of it.

    ``source`` is the number of the source, from 1, where its place is; None where it has none.
    ``source_says`` is what stands there, for a figure that is wrong; "" otherwise.
    """

    text: str
    verdict: Verdict
    source: int | None = None
    place: Place | None = None
    source_says: str = ""

    def as_dict(self) -> dict[str, object]:
        """The figure as clients read it: a ``Figure`` of the API."""
        return {
            "text": _shown(self.text),
            "verdict": self.verdict,
            "source": self.source,
            "place": self.place.as_dict() if self.place else None,
            "source_says": _shown(self.source_says) or None,
        }


def _shown(text: str) -> str:
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


@dataclass(frozen=True, slots=True)
class Judgement:
    """The figures of an answer in their order, and its statements without figures.

    ``statements`` is their number, ``supported`` those whose words their source has, ``unread`` those of
    which nothing can be said, because they are in another language than their source.
    """

    figures: tuple[FigureVerdict, ...]
    statements: int = 0
    supported: int = 0
    unread: int = 0

    @property
    def counts(self) -> dict[Verdict, int]:
        """The number of figures of each verdict that there is."""
        count = Counter(figure.verdict for figure in self.figures)
        return {verdict: count[verdict] for verdict in VERDICTS if count[verdict]}

    @property
    def is_wrong(self) -> bool:
        """Whether a figure is wrong: then the answer is no example for anybody."""
        return any(figure.verdict in WRONG for figure in self.figures)

    @property
    def is_unread(self) -> bool:
        """Whether something could not be checked."""
        return bool(self.unread) or any(figure.verdict == "unread" for figure in self.figures)

    @property
    def is_grounded(self) -> bool:
        """Whether every figure is right or was asked, and at least one statement is right."""
        right = any(figure.verdict in RIGHT for figure in self.figures) or self.supported > 0
        return right and all(figure.verdict in RIGHT | {"asked"} for figure in self.figures)
