"""Writes the sets: what is trained on and what validates, the preference pairs, and where each comes from."""

from __future__ import annotations

from array import array

from finrisk_rules import tokens

from ..machine.files import Sink
from . import vertex
from .candidates import Line, Rejections, UsableRows
from .names import PREFERENCES, ROWS, TRAINING, VALIDATION
from .places import Places, is_request
from .portrait import Portrait
from .preferences import Preferences, pair_line
from .rows import is_safe

_TOKEN_SAMPLE = 500  # examples whose tokens are counted; the rest follows from their characters


def write_sets(
    usable: UsableRows,
    rows: array[int],
    validation: set[int],
    files: dict[str, Sink],
    rejections: Rejections,
    preferences: Preferences,
    portrait: Portrait,
) -> tuple[int, int]:
    """Write the sets, the pairs, and what was taken out; return the training set's tokens and the pairs."""
    places = Places(files[ROWS])
    in_sets = bytearray(len(usable.fates))
    for row in rows:
        in_sets[row] = 1
    samples = sample_tokens = sample_chars = chars = pairs = 0
    for row, line in enumerate(usable.lines()):
        if fate := usable.fate(row):
            rejections.add(line.number, line.name, fate)
            continue
        if not in_sets[row]:
            continue
        is_validating, body = row in validation, line.body
        portrait.add(row, line, side=int(is_validating))
        if is_validating:
            files[VALIDATION].write(body)
            places.add(VALIDATION, _name_of(line))
        else:
            files[TRAINING].write(body)
            places.add(TRAINING, _name_of(line))
            if worse := preferences.worse(body, line.replaced, is_liked=line.is_liked):
                files[PREFERENCES].write(pair_line(body, worse.analysis))
                others = (worse.name,) if worse.name and _may_be_shown(worse.name) else ()
                places.add(PREFERENCES, _name_of(line), *others)
                pairs += 1
            chars += line.chars[-1]
            if samples < _TOKEN_SAMPLE:
                samples += 1
                sample_tokens += tokens.estimate("\n".join(vertex.texts(body)))
                sample_chars += line.chars[-1]
    portrait.settle()
    return (round(sample_tokens * chars / sample_chars) if sample_chars else 0), pairs


def _name_of(line: Line) -> str:
    """Return what a row is called where its texts may not be: its id, else its line in the export."""
    return line.name if line.name and _may_be_shown(line.name) else f"#{line.number}"


def _may_be_shown(name: str) -> bool:
    """Say whether an id may be shown; a request's is random, and most are of requests."""
    return is_request(name) or is_safe(name)
