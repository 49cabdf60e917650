"""Erases a user or a document from index, journal, tables and exports; names what it cannot rewrite."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..counts import number_of
from ..documents.client import Service
from ..machine import folder_lock
from ..machine.files import remove_abandoned
from . import files, journal, models, tables
from .subject import Subject


@dataclass(frozen=True)
class Place:
    """Where the data of an environment is."""

    database_url: str = field(repr=False)
    output_dir: Path
    api_url: str
    api_key: str = field(repr=False)
    var_dir: Path | None  # None: the journals are in pods
    repository: Path | None
    service_command: str = ""  # in a pod


def run(subject: Subject, place: Place, *, check: bool) -> dict[str, Any]:
    """Erase the subject, or in check mode say what would go; return the module's result.

    First what brings new rows, then the rows, then the files. Broken off, it is run again, and finishes.
    It waits for an export or a dataset that is being made: that may hold the rows too.
    """
    if check or not place.output_dir.is_dir():
        return _erased(subject, place, check=check)
    with folder_lock.held(place.output_dir):
        remove_abandoned(place.output_dir)  # an export that was cut may hold rows too
        return _erased(subject, place, check=check)


def _erased(subject: Subject, place: Place, *, check: bool) -> dict[str, Any]:
    exports = files.exports(place.output_dir, subject)
    kept = tables.erase(place.database_url, subject, check=True)
    is_indexed = kept.is_indexed
    if is_indexed and not check:
        with Service(place.api_url, place.api_key) as service:
            is_indexed = service.delete(subject.document)
    waiting = 0
    if place.var_dir and place.repository:
        known = tables.requests(place.database_url, subject)
        waiting = journal.erase(place.var_dir, place.repository, subject, known, check=check)
    if not check:
        kept = tables.erase(place.database_url, subject, check=False)
        for export in exports:
            files.rewrite(export, subject)
    rewritten = [export.path for export in exports]
    datasets = files.stale(place.output_dir, rewritten)
    answers = files.answers(place.output_dir, datasets)
    if not check:
        for path in answers:
            files.remove(path)
    [rows] = tables.asked(place.database_url, (models.ROWS, {}))
    tuned = models.known(rows, place.output_dir)
    stale = models.tuned_on(tuned, datasets)
    others = models.tuned_on_others(tuned, files.datasets(place.output_dir))
    gone = _gone(kept.rows, waiting, exports, document=subject.document if is_indexed else "")
    unknown = _unknown(subject, place) if subject.document and not gone else []
    gone += [f"all of {path}" for path in answers]
    own = [each for each in datasets if each.raw in rewritten or not each.raw.is_file()]
    earlier = [each for each in datasets if each not in own]
    left = _left(subject, place, others) + _to_do(subject, own, models.tuned_on(tuned, own))
    left += _of_earlier_runs(_to_do(subject, earlier, models.tuned_on(tuned, earlier)))
    return {
        "changed": bool(gone),
        "rows": kept.rows,
        "journal_records": waiting,
        "removed_document": is_indexed,
        "exports": {str(export.path): export.rows for export in exports},
        "stale_datasets": [str(dataset.metadata) for dataset in datasets],
        "models": stale,
        "other_models": others,
        "summary": _summary(subject, gone, [*unknown, *left], check=check),
        "diff": {"before": "".join(f"{line}\n" for line in gone), "after": ""},
    }


def _gone(rows: dict[str, int], waiting: int, exports: Sequence[files.Export], document: str) -> list[str]:
    """Return what goes, a line each; nothing when nothing does."""
    lines = [f"the document {document} of the index"] if document else []
    lines += [f"{number_of(count, 'row')} of {table}" for table, count in rows.items() if count]
    if waiting:
        lines.append(f"{number_of(waiting, 'record')} of the journal")
    return lines + [f"{number_of(export.rows, 'row')} of {export.path}" for export in exports]


def _unknown(subject: Subject, place: Place) -> list[str]:
    """Return that nothing knows such a document, and which ids are like it: perhaps it was mistyped."""
    near = tables.near(place.database_url, subject.document)
    like = f"ids like it are {', '.join(near)}" if near else "the index holds no id like it"
    return [f"there is no document of that id, and no answer that stands on one: {like}"]


def _left(subject: Subject, place: Place, others: Sequence[str]) -> list[str]:
    """Return what else may hold the subject, a line each."""
    lines = []
    if place.service_command:
        command = shlex.join(journal.arguments(subject))
        lines.append(
            "records that wait or were set aside in pods are erased there, in each: "
            f"{place.service_command} {command}"
        )
    return lines + [
        f"{model} was tuned on a dataset that is not here any more: it may hold {subject.name}"
        for model in others
    ]


def _to_do(subject: Subject, datasets: Sequence[files.Dataset], stale: Sequence[str]) -> list[str]:
    """Return what a person has to do about datasets and the models that were tuned on them, a line each."""
    lines = []
    for dataset in datasets:
        if dataset.raw.is_file():
            raw = shlex.quote(str(dataset.raw))
            command = f"playbooks/prepare.yml -e finrisk_raw_file={raw}"
            told = f"and its report were made of an export that changed since: make them anew with {command}"
        else:
            told = f"may hold {subject.name}: its export {dataset.raw.name} is not here"
        lines.append(f"{dataset.metadata} {told}")
    return lines + [
        f"{model} was tuned on such a dataset: tune and release another one, then delete it at Google"
        for model in stale
    ]


def _of_earlier_runs(lines: Sequence[str]) -> list[str]:
    """Return what is still to do about exports that this run left as they were."""
    return ["left to do by earlier runs, whomever they were about:", *lines] if lines else []


def _summary(subject: Subject, gone: Sequence[str], left: Sequence[str], *, check: bool) -> list[str]:
    verb = "would be erased" if check else "erased"
    first = f"{subject.name}: {verb}:" if gone else f"{subject.name}: nothing is kept"
    return [first, *gone, *left]
