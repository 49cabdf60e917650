"""What a page is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from markupsafe import Markup


@dataclass(frozen=True)
class Tile:
    """One figure that counts, in large type."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Tiles:
    """Figures beside each other."""

    tiles: Sequence[Tile]
    kind: ClassVar[str] = "tiles"


@dataclass(frozen=True)
class Track:
    """How far a number is on its way, with named marks; ``band`` is where it should end."""

    value: int
    marks: Sequence[tuple[int, str]]
    band: tuple[int, int]
    kind: ClassVar[str] = "track"

    def percent(self, number: int) -> float:
        """Return where a number stands, in percent of the track."""
        end = max(self.value, self.band[1]) * 1.04
        return round(100 * number / end, 2)


@dataclass(frozen=True)
class Plot:
    """A drawing with its title and what to know of it."""

    title: str
    svg: Markup
    note: str = ""


@dataclass(frozen=True)
class Plots:
    """Drawings beside each other."""

    plots: Sequence[Plot]
    kind: ClassVar[str] = "plots"


@dataclass(frozen=True)
class Bar:
    """A named number, or several that add up."""

    label: str
    parts: Sequence[int]
    is_rest: bool = False  # the sum of what is not named: no bar, since it would dwarf the named ones

    @property
    def total(self) -> int:
        """Return the sum of the parts."""
        return sum(self.parts)


@dataclass(frozen=True)
class Bars:
    """A table of named numbers, each with a bar as long as its share of the largest."""

    title: str
    bars: Sequence[Bar]
    columns: Sequence[str]  # what the parts are
    empty: str  # what to say without bars
    kind: ClassVar[str] = "bars"

    @property
    def _longest(self) -> int:
        return max((bar.total for bar in self.bars if not bar.is_rest), default=0) or 1

    def percent(self, number: int) -> float:
        """Return the length of a bar."""
        return round(100 * number / self._longest, 2)


@dataclass(frozen=True)
class Table:
    """Rows of text under named columns; the first column names the row."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    is_wide: bool = False  # as wide as the page
    kind: ClassVar[str] = "table"


@dataclass(frozen=True)
class Excerpt:
    """Somebody's text, shown as it stands: parts with their names; ``folded`` is opened on demand.

    Parts that are ``beside`` each other are to be compared.
    """

    label: str
    parts: Sequence[tuple[str, str]]
    folded: tuple[str, str] | None = None
    beside: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Excerpts:
    """Texts below each other."""

    excerpts: Sequence[Excerpt]
    kind: ClassVar[str] = "excerpts"


Block = Tiles | Track | Plots | Bars | Table | Excerpts


@dataclass(frozen=True)
class Section:
    """A part of the page with its heading, a sentence on it, and what it shows."""

    title: str
    lead: str
    blocks: Sequence[Block] = field(default_factory=list)
