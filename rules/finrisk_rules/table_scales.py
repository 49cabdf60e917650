"""The unit of a figure of a table: as its cell, row, column or section say, else as the table does."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.judge.stems import stems_of_name
from finrisk_rules.patterns import pattern_of
from finrisk_rules.scales import Scale, scale_said, unit_said
from finrisk_rules.table_cells import Said
from finrisk_rules.units import CODES, Unit

MOST_ABOVE = 1_000
"""Characters above a table in which its unit is looked for."""

EXCEPT = pattern_of(r"\b(?:except|ausser|außer|sauf|excepto|eccetto)\b", re.IGNORECASE)
_BRACKET = pattern_of(r"\([^()\n]{2,80}\)")
_SHARES = pattern_of(r"\bshares?\b|\baktien?\b|\bactions?\b|株", re.IGNORECASE)
_STEMS_OF_SHARES = stems_of_name("share shares aktie aktien action actions")
_DIVIDED = pattern_of(
    r"(?:[$€£¥₹]|(?<![^\W_])(?:(?P<code>[A-Z]{3})|cts?|cents?|pence)) ?/ ?(?P<under>[^\W\d_]+)"
)

_CENTS = pattern_of(r"(?<!\d)(?<!\d )(?<![^\W_])(?:cents?|pence|centimes)(?! ?/)(?![^\W_])|¢", re.IGNORECASE)
_PER_UNIT = pattern_of(r"\bper\b|\bje\b|\bpar action\b|\bpor acción\b|１株|1株", re.IGNORECASE)


class Naming(NamedTuple):
    """What a label, a head or a section says of its figures; ``own`` is the power of ten of hundredths and of
    money for each of something, which no scale of a table is meant for."""

    scale: Scale
    unit: Unit
    own: int | None
    has_shares: bool


@lru_cache(maxsize=8192)
def _naming(name: str) -> Naming:
    own = None
    if _CENTS.search(name):
        own = -2
    elif _is_each(name) or (_PER_UNIT.search(name) and not EXCEPT.search(name)):
        own = 0
    return Naming(scale_said(name), unit_said(name), own, bool(_SHARES.search(name)))


def _is_each(name: str) -> bool:
    """Whether a name says money for each of something, "€/MWh"; a row of two currencies may be of amounts."""
    divided = _DIVIDED.finditer(name) if "/" in name else ()
    return any(each["under"] not in CODES and (each["code"] or CODES[0]) in CODES for each in divided)


def scale_above(above: str, heads: Sequence[str]) -> Scale:
    """Return the scale of a table: as what stands right above it or its own head says, else as declared.

    That is by the last bracket that names one, however far above: ``(in thousands)``.
    """
    said = scale_said(" ".join([above[-MOST_ABOVE:], *heads]))
    if said.power is not None:
        return said
    brackets = (scale_said(match[0]) for match in reversed(list(_BRACKET.finditer(above))))
    return next((each for each in brackets if each.power is not None), said)


def unit_of(said: Said, names: tuple[str, str, str], of_table: Scale) -> tuple[int | None, Unit, str]:
    """Return power of ten, unit and currency of a figure; ``names`` are those of row, column and section."""
    figure = said.figure
    row, column, section = map(_naming, names)
    unit = column.unit if column.unit == "basis_points" else row.unit or column.unit
    if figure.unit or (not figure.currency and unit):
        return None, figure.unit or unit, ""
    if said.is_multiple:
        return 0, "", ""
    scales = (row.scale, column.scale, section.scale, of_table)
    currency = figure.currency or next((each.currency for each in scales if each.currency), "")
    if figure.scale is not None:
        return figure.scale, "", currency
    for each in (row, column, section):
        if each.own is not None:
            return 0 if figure.currency else each.own, "", currency
        counts = figure.currency and not each.scale.currency and each.has_shares
        if each.scale.power is not None and not counts:
            return each.scale.power, "", currency
    excepted = names[:2] if of_table.excepted and not EXCEPT.search(names[1]) else names[:1]
    if of_table.excepted and any(_is_excepted(name, of_table) for name in excepted):
        return 0, "", figure.currency
    return of_table.power, "", currency


def _is_excepted(label: str, said: Scale) -> bool:
    """Whether a row or column is named among what the scale of its table does not count for."""
    if not said.excepted.isdisjoint(_STEMS_OF_SHARES) and _SHARES.search(label):
        return True
    return not said.excepted.isdisjoint(stems_of_name(label))
