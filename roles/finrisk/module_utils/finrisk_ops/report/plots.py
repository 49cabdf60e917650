"""Plots as SVG within a page: no script, no address, no colour of their own, the same bytes every time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element

from markupsafe import Markup
from pygal import XY, Histogram
from pygal.etree import etree
from pygal.graph.graph import Graph
from pygal.style import Style

from .bins import Bins, round_step

etree.to_etree()  # with or without lxml, the same bytes

_WIDTH, _HEIGHT, _TYPE = 400, 200, 12
_LEFT_OUT = {"defs", "desc", etree.Comment}  # scripts and styles, what scripts show, the day of the drawing


def histogram(title: str, bins: Bins) -> Markup:
    """Draw the bins; ``title`` is what a reader hears who cannot see the plot."""
    chart = _chart(Histogram)
    borders = bins.borders
    chart.x_labels = borders[:: -(-len(bins.counts) // 6) or 1]
    chart.y_labels = _round_marks(max(bins.counts, default=0))
    chart.add("", list(zip(bins.counts, borders, borders[1:], strict=False)))
    return _drawing(chart, title)


def curves(title: str, series: Mapping[str, Sequence[tuple[float, float]]]) -> Markup:
    """Draw points (x, y) joined in the order given, a curve for each name; the style tells them apart."""
    chart = _chart(XY)
    chart.dots_size = 2
    for name, points in series.items():
        chart.add(name, list(points))
    return _drawing(chart, title)


def _chart(kind: type[Graph]) -> Graph:
    return kind(
        width=_WIDTH,
        height=_HEIGHT,
        margin=6,
        margin_right=24,
        style=Style(label_font_size=_TYPE, major_label_font_size=_TYPE),
        spacing=6,
        max_scale=5,
        show_legend=False,
        no_prefix=True,
        js=(),
        css=(),
        value_formatter=_number,
        x_value_formatter=_number,
    )


def _drawing(chart: Graph, title: str) -> Markup:
    root = chart.render_tree()
    _strip(root)
    for name in ("id", "class"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-label", title)
    return Markup(etree.tostring(root, encoding="unicode"))  # noqa: S704 - escaped by the library


def _strip(node: Element) -> None:
    for child in list(node):
        if child.tag in _LEFT_OUT or "overlay" in child.get("class", ""):
            node.remove(child)
        else:
            _strip(child)


def _round_marks(most: int) -> list[int]:
    """Return four or five round numbers from 0 to at least ``most``."""
    step = int(round_step(most / 4, least=1))
    return list(range(0, most + step, step))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"
