"""Reads an export once: keeps what is usable, of the answers to one question the best; rejects the rest."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from .candidates import Candidates, Rejections, UsableRows
from .duplicates import Questions
from .intake import Look, batches
from .preferences import Preferences
from .raw import read
from .repeats import DUPLICATE
from .request import Request
from .summary import Origins


class Account(NamedTuple):
    """What an export holds."""

    origins: Origins  # who wrote and judged the rows
    redacted: Counter[str]  # how often, by kind
    conflicts: int  # rows whose question has another answer in another row
    sha256: str  # of the file


def collect(
    raw: Path, request: Request, usable: UsableRows, rejections: Rejections, preferences: Preferences
) -> Account:
    """Keep the rows of an export, and return what it holds."""
    questions, hashed = Questions(), hashlib.sha256()
    redacted: Counter[str] = Counter()
    origins, size = Origins(), max(1, raw.stat().st_size)
    look = Look(request.terms(_is_scored(raw)), request.judge_again, usable.spool)
    for batch in batches(raw, look, request.workers, hashed.update):
        origins.update(batch.origins)
        for dislike in batch.dislikes:
            preferences.add(dislike)
        duplicates = _keep(batch.rows, usable, questions)
        again = [usable.candidate(batch.rows, place) for place in duplicates]
        told = [(line.number, line.name, DUPLICATE) for line in again]
        for number, name, reason in sorted([*batch.rejections, *told], key=lambda each: each[0]):
            rejections.add(number, name, reason)
        for place, found in batch.rows.redacted.items():
            if place not in duplicates:
                redacted.update(found)
        if request.tell:
            request.tell(100 * batch.end // size, 100, "of the export read")
    return Account(origins, redacted, questions.conflicts, hashed.hexdigest())


def _keep(rows: Candidates, usable: UsableRows, questions: Questions) -> set[int]:
    """Keep the rows but those whose question has as good an answer; return the places of these."""
    start, duplicates = 0, set()
    before = len(usable)  # the number of the row at place 0, were all kept
    for place, question in enumerate(rows.questions):
        rival = questions.rival(question, before + place)
        if rival is None:
            continue
        usable.extend(rows, start, place)
        start = place
        is_better, differs = usable.beside(rows, place, rival)
        questions.conflicts += differs
        if is_better:
            questions.replace(question, before + place)
            usable.drop(rival, DUPLICATE)
        else:
            duplicates.add(place)
            start, before = place + 1, before - 1
    usable.extend(rows, start, len(rows.places))
    return duplicates


def _is_scored(raw: Path) -> bool:
    """Say whether a row of the export has a quality score; one made by hand may have none."""
    return any(isinstance(line.value, dict) and "quality_score" in line.value for line in read(raw))
