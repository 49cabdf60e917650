"""Where a request, or all that a user asked, went: its rows, exports, datasets and models.

An export is its own index: it is searched as bytes, so that a trace is right also after rows were erased.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..counts import number_of
from ..dataset.names import METADATA, RAW, RAW_METADATA, REJECTED
from ..machine.files import stamped_files
from . import files, tables

SHOWN = 100
"""Most requests that are told, the newest; all of them are counted and looked for."""

_BLOCK = 8 << 20  # bytes
_ROW = re.compile(rb'"row": (\d+),')
_SECONDS = 60
_REQUESTS = """
    with a as (select * from analyses where {analysis}), t as (select * from training_data where {pair})
    select coalesce(a.id, t.id)::text, coalesce(a.created_at, t.created_at)::text,
        coalesce(a.arm_served, t.arm), coalesce(a.model, t.model),
        coalesce(to_jsonb(a.documents),
            (select jsonb_agg(s -> 'document_id') from jsonb_array_elements(t.sources) s)),
        t.id is not null, count(*) over ()
    from a full join t on t.id = a.id order by 1 desc limit %(shown)s"""
_OF_USER = {"analysis": "user_hash = %(user)s", "pair": "user_id = %(user)s"}
_OF_REQUEST = {"analysis": "id = %(request)s::uuid", "pair": "id = %(request)s::uuid"}


@dataclass(frozen=True)
class Request:
    """An answered request, with the ids of its sources, and whether it is in ``training_data``."""

    request_id: str
    created_at: str
    arm: str | None
    model: str | None
    sources: list[str]
    is_collected: bool


@dataclass(frozen=True)
class Place:
    """A dataset, and how many of the rows it took; None when that cannot be told any more."""

    metadata: str
    rows: int | None


def run(database_url: str, folder: Path, *, request_id: str, user: str) -> dict[str, Any]:
    """Return the report on a request, or on a user by the keyed hash: text and data.

    Raises FinriskError when the database cannot be asked.
    """
    requests, total = _requests(database_url, request_id, user)
    needle = user.encode() if user else f'"{request_id}"'.encode()
    searched = ((path, list(_lines(path, needle))) for path in stamped_files(folder, RAW, ".json"))
    exports = {path: rows for path, rows in searched if rows}
    datasets = [
        (dataset, _taken(dataset, exports[dataset.raw]))
        for dataset in files.datasets(folder)
        if dataset.raw in exports
    ]
    datasets = [(dataset, rows) for dataset, rows in datasets if rows != 0]
    models = tables.models(database_url, {sha for dataset, _ in datasets for sha in dataset.hashes})
    data = {
        "requests": [asdict(request) for request in requests],
        "total_requests": total,
        "exports": {str(path): len(rows) for path, rows in exports.items()},
        "datasets": [asdict(Place(str(dataset.metadata), rows)) for dataset, rows in datasets],
        "models": models,
    }
    return {"text": _text(requests, data), "data": data}


def _requests(database_url: str, request_id: str, user: str) -> tuple[list[Request], int]:
    statement = _REQUESTS.format(**(_OF_USER if user else _OF_REQUEST))
    values: dict[str, object] = {"user": user, "request": request_id or None, "shown": SHOWN}
    [rows] = tables.asked(database_url, (statement, values), seconds=_SECONDS)
    return [_request(row) for row in rows], int(str(rows[0][-1])) if rows else 0


def _request(row: Sequence[Any]) -> Request:
    identifier, moment, arm, model, sources, is_collected, _ = row
    return Request(identifier, moment, arm, model, [str(source) for source in sources or []], is_collected)


def _lines(path: Path, needle: bytes) -> Iterator[int]:
    """Yield the numbers, from 1, of the lines of a file that hold the needle."""
    number, rest = 1, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            block = rest + block
            end = block.rfind(b"\n") + 1
            start, at = 0, block.find(needle, 0, end)
            while at >= 0:
                number += block.count(b"\n", start, at)
                yield number
                start = block.index(b"\n", at)
                at = block.find(needle, start, end)
            number += block.count(b"\n", start, end)
            rest = block[end:]
    if needle in rest:
        yield number


def _taken(dataset: files.Dataset, rows: Sequence[int]) -> int | None:
    """Return how many of an export's rows a dataset took; None when its export or its choice hides that."""
    content = files.content(dataset.metadata)
    export = files.content(dataset.raw.with_name(dataset.raw.name.replace(RAW, RAW_METADATA, 1)))
    rejected = dataset.metadata.with_name(dataset.metadata.name.replace(METADATA, REJECTED, 1) + "l")
    if export.get("sha256") != content["source"].get("sha256") or not rejected.is_file():
        return None
    left = set(rows) - {int(number) for number in _ROW.findall(rejected.read_bytes())}
    return None if left and content.get("max_examples") else len(left)


def _text(requests: Sequence[Request], data: dict[str, Any]) -> list[str]:
    lines = [number_of(data["total_requests"], "request")]
    for request in requests:
        kept = "collected" if request.is_collected else "not collected"
        lines.append(
            f"  {request.request_id}  {request.created_at}  {request.arm or 'no answer'}  "
            f"{request.model or '-'}  {kept}  sources: {', '.join(request.sources) or 'none'}"
        )
    if data["total_requests"] > len(requests):
        lines.append(f"  and {data['total_requests'] - len(requests):,} older ones")
    lines += [f"{number_of(rows, 'row')} of {path}" for path, rows in data["exports"].items()]
    for place in data["datasets"]:
        rows = "perhaps rows" if place["rows"] is None else number_of(place["rows"], "row")
        lines.append(f"{rows} of {place['metadata']}")
    return lines + [f"{model} was tuned on such a dataset" for model in data["models"]]
