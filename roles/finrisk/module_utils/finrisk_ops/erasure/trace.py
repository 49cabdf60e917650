"""Where a request, or all that a user asked, went: its rows, exports, datasets and models."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..counts import number_of
from ..dataset.names import ROWS
from ..dataset.places import place_at, places_of
from ..errors import FinriskError
from . import files, models, tables
from .ordered import newest, rows_of

SHOWN = 100
"""Most requests, and lines of a dataset, that are told; all of them are counted and looked for."""

_SECONDS = 60
_LINE = re.compile(r"(?P<set>[a-z_]+)_(?P<stamp>\d{8}_\d{6})\.jsonl:(?P<number>[1-9]\d*)")
_REQUESTS = """
    with a as (select * from analyses where {analysis}), t as (select * from training_data where {pair})
    select coalesce(a.id, t.id)::text, coalesce(a.created_at, t.created_at)::text,
        coalesce(a.arm_served, t.arm), coalesce(a.model, t.model),
        coalesce(to_jsonb(a.documents),
            (select jsonb_agg(s) from jsonb_path_query(t.sources, '$[*].document_id') s)),
        t.id is not null, t.corrected_by, count(*) over ()
    from a full join t on t.id = a.id order by 1 desc limit %(shown)s"""
_IDS = """
    select id::text from analyses where {analysis}
    union select unnest(array[id, request_id])::text from training_data where {pair}"""
_KEPT = "select id::text from training_data where id = any(%(ids)s::uuid[])"
_OF_USER = {"analysis": "user_hash = %(user)s", "pair": "user_id = %(user)s"}
_OF_REQUEST = {"analysis": "id = %(request)s::uuid", "pair": "id = %(request)s::uuid"}


@dataclass(frozen=True)
class Request:
    """An answered request, with the ids of its sources, and whether it is in ``training_data``.

    ``corrected_by`` is the id of the key whose correction stands there in the answer's place.
    """

    request_id: str
    created_at: str
    arm: str | None
    model: str | None
    sources: list[str]
    is_collected: bool
    corrected_by: str | None


@dataclass(frozen=True)
class Holding:
    """A dataset, in how many of its lines the requests are (None: unknown), and which: ``<set>:<line>``."""

    metadata: str
    rows: int | None
    lines: list[str]


def request_at(folder: Path, line: str) -> str:
    """Return the request that a dataset's line comes from, such as ``training_set_20261101_080000.jsonl:17``.

    Raises FinriskError when there is none.
    """
    named = _LINE.fullmatch(line)
    if not named:
        raise FinriskError(
            f"{line!r} names no line of a dataset: expected FILE:NUMBER, such as "
            "training_set_20261101_080000.jsonl:17"
        )
    rows = folder / f"{ROWS}_{named['stamp']}.tsv"
    if not rows.is_file():
        raise FinriskError(f"{rows} is not there, which knows where {line} comes from: run prepare.yml again")
    place = place_at(rows, named["set"], int(named["number"]))
    if place is None:
        raise FinriskError(f"{rows} knows no request behind {line}: there is no such line")
    if not place.is_of_request:
        raise FinriskError(f"{line} comes from no request: its row {place.name} was made elsewhere")
    return place.name


def run(database_url: str, folder: Path, *, request_id: str, user: str) -> dict[str, Any]:
    """Return the report on a request, or on a user by the keyed hash: text and data.

    Raises FinriskError when the database cannot be asked.
    """
    requests, total, known, rows = _asked(database_url, request_id, user)
    tuned = models.known(rows, folder)
    written = files.written(folder)
    for path in _younger_than_tables(database_url, written) if user else ():
        known |= files.requests(path, user)
    counted = {path: rows_of(path, known) for path in written}
    exports = {path: number for path, number in counted.items() if number}
    every = list(files.datasets(folder))
    holdings = [(each, _holding(each, known, exports)) for each in every]
    inside = [(each, holding) for each, holding in holdings if holding]
    data = {
        "requests": [asdict(request) for request in requests],
        "total_requests": total,
        "exports": {str(path): rows for path, rows in exports.items()},
        "datasets": [asdict(holding) for _, holding in inside],
        "models": models.tuned_on(tuned, [each for each, _ in inside]),
        "other_models": models.tuned_on_others(tuned, every),
    }
    text = _text(requests, data)
    if not (total or exports or inside):
        text[:1] = _unknown(request_id, len(written), len(every), folder)
    return {"text": text, "data": data}


def _younger_than_tables(database_url: str, exports: Sequence[Path]) -> list[Path]:
    """Return the exports whose last row no table has: the database was restored from an older backup.

    Or that row was purged or erased since. Such a file is read for a user from end to end.
    """
    last = {path: newest(path) for path in exports}
    [known] = tables.asked(
        database_url, (_KEPT, {"ids": [name for name in last.values() if name]}), seconds=_SECONDS
    )
    kept = {str(row[0]) for row in known}
    return [path for path, name in last.items() if name not in kept]


def _asked(
    database_url: str, request_id: str, user: str
) -> tuple[list[Request], int, set[str], list[tuple[object, ...]]]:
    """Return the newest requests, how many there are, the ids of all of them, and the rows of models."""
    named = _OF_USER if user else _OF_REQUEST
    values: dict[str, object] = {"user": user, "request": request_id or None, "shown": SHOWN}
    rows, ids, tuned = tables.asked(
        database_url,
        (_REQUESTS.format(**named), values),
        (_IDS.format(**named), values),
        (models.ROWS, {}),
        seconds=_SECONDS,
    )
    known = {str(row[0]) for row in ids if row[0]} | ({request_id} if request_id else set())
    total = int(str(rows[0][-1])) if rows else 0
    return [_request(row) for row in rows], total, known, tuned


def _request(row: Sequence[Any]) -> Request:
    identifier, moment, arm, model, sources, is_collected, corrected_by, _ = row
    ids = [str(source) for source in sources or []]
    return Request(identifier, moment, arm, model, ids, is_collected, corrected_by)


def _holding(dataset: files.Dataset, known: Collection[str], exports: Collection[Path]) -> Holding | None:
    """Return where the requests are in a dataset; None when nowhere."""
    if not dataset.rows.is_file():
        return Holding(str(dataset.metadata), None, []) if dataset.raw in exports else None
    places = list(places_of(dataset.rows, known))
    lines = [f"{place.set_name}:{place.line}" for place in places[:SHOWN]]
    return Holding(str(dataset.metadata), len(places), lines) if places else None


def _unknown(request_id: str, exports: int, datasets: int, folder: Path) -> list[str]:
    """Return what is said of an id that nothing knows: where it was looked for, and what an id looks like."""
    what = f"the request {request_id}" if request_id else "this user"
    return [
        f"Nothing of {what} is in analyses, in training_data, in the {number_of(exports, 'export')} or the "
        f"{number_of(datasets, 'dataset')} of {folder}.",
        "A request's id is the X-Request-Id of its answer, such as 0195c0de-7000-7000-8000-000000000001; a "
        "user's is the user_id as clients send it, found by the USER_HASH_KEY that the service has.",
    ]


def _text(requests: Sequence[Request], data: dict[str, Any]) -> list[str]:
    lines = [number_of(data["total_requests"], "request")]
    for request in requests:
        kept = "collected" if request.is_collected else "not collected"
        if request.corrected_by:
            kept += f", corrected with key {request.corrected_by}"
        lines.append(
            f"  {request.request_id}  {request.created_at}  {request.arm or 'no answer'}  "
            f"{request.model or '-'}  {kept}  sources: {', '.join(request.sources) or 'none'}"
        )
    if data["total_requests"] > len(requests):
        lines.append(f"  and {data['total_requests'] - len(requests):,} older ones")
    lines += [f"{number_of(rows, 'row')} of {path}" for path, rows in data["exports"].items()]
    for each in data["datasets"]:
        if each["rows"] is None:
            lines.append(f"perhaps lines of {each['metadata']}, which does not say where its lines come from")
            continue
        more = f" and {each['rows'] - SHOWN:,} more" if each["rows"] > SHOWN else ""
        lines.append(
            f"{number_of(each['rows'], 'line')} of {each['metadata']}: {', '.join(each['lines'])}{more}"
        )
    lines += [f"{model} was tuned on such a dataset" for model in data["models"]]
    return lines + [
        f"{model} was tuned on a dataset that is not here: it may hold them" for model in data["other_models"]
    ]
