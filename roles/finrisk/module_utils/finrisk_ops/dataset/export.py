"""A consistent snapshot of the collected examples, as one JSON array with one element a line."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finrisk_rules.figures import LEFT_OUT, selection
from finrisk_rules.version import rules_version

from .. import database
from ..counts import breakdown, number_of
from ..errors import FinriskError
from ..machine import folder_lock
from ..machine.files import (
    HashedFile,
    Sink,
    free_stamp,
    newest,
    put_in_place,
    read_json,
    remove_abandoned,
    scratch,
    sha256_of,
    write_json,
)
from .columns import SELECTED
from .names import RAW, RAW_METADATA
from .repeats import duplicates_told, without_duplicates
from .tally import BIN, Tally

if TYPE_CHECKING:
    import psycopg

    from .examples import Terms
    from .rows import Usable

_REASON = f"""case
    when withdrawn_at is not null and correction is null then 'withdrawn'
    when created_at < %(since)s::timestamptz then 'before_since'
    when created_at >= %(until)s::timestamptz then 'from_until_on'
    when arm is distinct from coalesce(%(arm)s, arm) then 'other_arm'
    when %(company)s::text is not null and not exists (
        select from jsonb_path_query(sources, '$[*]') source
        where lower(source ->> 'company') = lower(%(company)s)
    ) then 'other_company'
    else {LEFT_OUT} end"""
_COMPANIES = f"""select distinct source ->> 'company'
    from training_data, jsonb_path_query(sources, '$[*]') source
    where {_REASON} = 'other_company' and {LEFT_OUT} is null and source ->> 'company' <> ''
    order by 1"""  # noqa: S608 - constants
_QUALITY = "coalesce(correction_score, quality_score)"
_SHOWN = f"greatest(0, least({_QUALITY}, 1::real))"  # also of what is no score
_COUNTS = f"""select {_REASON} as reason,
    least(({_SHOWN}::float8 * 10000)::int / {BIN}, {10_000 // BIN - 1}),
    count(*), min({_SHOWN}), sum({_SHOWN}::float8),
    to_json(min(created_at)) #>> '{{}}', to_json(max(created_at)) #>> '{{}}'
    from training_data group by 1, 2"""  # noqa: S608 - constants
_FIT = f"""rules_version = %(rules_version)s
    and {_QUALITY} between case when correction is null then %(min_quality)s::real else 0 end and 1"""
_BLOCK = 1 << 18
"""How many bytes are written at a time: a call for each row would cost more than its hash."""
_BY_INDEX = "set local enable_sort = off; set local max_parallel_workers_per_gather = 0"
"""The planner takes the rows that are not left out for few: it would sort all of them on disk, as JSON, or
have them handed over by workers, which costs more than to read them."""

_COPY = f"""copy (
    select coalesce(case when {_FIT} then question_digest end, ''),
        (select row_to_json(r) from (select {SELECTED}) r)
    from training_data where {_REASON} is null order by id)
    to stdout with (format binary)"""  # noqa: S608 - constants
"""A row's question, where these very rules found the pair fit already, and the row. As binary: text and CSV
look at every character of a row for what to escape."""
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_length = struct.Struct(">xxi").unpack_from


@dataclass(frozen=True)
class Request:
    """What to export, where to, and how many usable examples make it worth while."""

    database_url: str = field(repr=False)
    output_dir: Path
    environment: str
    min_examples: int
    min_quality: float
    since: datetime | None = None
    until: datetime | None = None
    arm: str = ""
    company: str = ""
    tuned_rows: bool = False
    refused_producers: tuple[str, ...] = ()
    training_labels: frozenset[str] = frozenset()

    @property
    def terms(self) -> Terms:
        """Return the terms by which usable rows are counted."""
        from .examples import Terms  # which loads all rules of a row

        return Terms(self.min_quality, self.training_labels, self.refused_producers, self.tuned_rows)

    def parameters(self) -> dict[str, object]:
        """Return the filters as the queries take them."""
        chosen = selection(
            self.refused_producers, tuned_rows=self.tuned_rows, training_labels=self.training_labels
        )
        return {
            "since": self.since,
            "until": self.until,
            "arm": self.arm or None,
            "company": self.company or None,
            "rules_version": rules_version(),
            "min_quality": self.min_quality,
            **chosen,
        }

    def filters(self) -> dict[str, Any]:
        """Return the filters as they stand in the metadata."""
        return {
            "min_quality": self.min_quality,
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat() if self.until else None,
            "arm": self.arm or None,
            "company": self.company or None,
            "tuned_rows": self.tuned_rows,
            "refused_producers": list(self.refused_producers),
            "training_labels": sorted(self.training_labels),
        }


def run(request: Request, check_mode: bool) -> dict[str, Any]:
    """Write the export and its metadata, or keep the newest one when the data is the same.

    Raises FinriskError when there are too few usable examples: then nothing is written.
    """
    if check_mode:
        nowhere = Sink()
        return _result(request, _snapshot(request, nowhere), nowhere, None)
    with folder_lock.held(request.output_dir):  # while rows are erased, none is written anew
        remove_abandoned(request.output_dir)
        with scratch(request.output_dir, RAW) as (file, temporary):
            tally = _snapshot(request, file)
            return _result(request, tally, file, temporary)


def _result(request: Request, tally: Tally, file: Sink, temporary: Path | None) -> dict[str, Any]:
    if tally.eligible < request.min_examples:
        raise _too_few(request, tally)
    earlier = _same_as_newest(request.output_dir, file.sha256())
    if earlier:
        raw, metadata = earlier
    else:
        moment = free_stamp(request.output_dir, (RAW, ".json"), (RAW_METADATA, ".json"))
        raw = request.output_dir / f"{RAW}_{moment}.json"
        metadata = request.output_dir / f"{RAW_METADATA}_{moment}.json"
        if temporary is not None and isinstance(file, HashedFile):
            put_in_place(file, temporary, raw)
            write_json(metadata, metadata_of(request, tally, file, raw))
    examples = number_of(tally.total, "example")
    return {
        "changed": not earlier,
        "raw_file": str(raw),
        "metadata_file": str(metadata),
        "total_examples": tally.total,
        "eligible_examples": tally.eligible,
        "rejected": tally.reasons(),
        "sha256": file.sha256(),
        "summary": _summary(tally, raw, metadata, is_new=not earlier, check_mode=temporary is None),
        "diff": {
            "before": "" if not earlier else f"{raw.name}\n",
            "after": f"{raw.name}\n" if earlier else f"{raw.name}: {examples}\n{metadata.name}\n",
        },
    }


def _snapshot(request: Request, file: Sink) -> Tally:
    """Stream the rows of one snapshot into the file; memory does not grow with their number."""
    import psycopg  # only this module pays for the import

    try:
        with database.connect(request.database_url) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            tally = Tally()
            expected = tally.announce(connection.execute(_COUNTS, request.parameters()))
            connection.execute(_BY_INDEX)
            with connection.cursor().copy(_COPY, request.parameters()) as copy:
                _write(_rows(copy), request, file, tally)
    except psycopg.Error as error:
        raise database.query_error(error, request.database_url) from None
    tally.close()
    if tally.total != expected:
        raise FinriskError(
            f"the export was cut: {tally.total} of {expected} rows arrived. Nothing was written; run it again"
        )
    return tally


def _write(rows: Iterable[tuple[memoryview, memoryview]], request: Request, file: Sink, tally: Tally) -> None:
    """Write each row's JSON as the database made it, and count it.

    A row that the same rules found fit when it was collected is not asked about again: that takes a hundred
    times as long as to write it. Prepare asks about every row that it trains on.
    """
    is_usable = tally.questions.add
    lines, opening = bytearray(), b"[\n"
    for question, line in rows:
        lines += opening
        lines += line
        opening = b",\n"
        if len(lines) >= _BLOCK:
            file.write(lines)
            lines = bytearray()
        if question:
            is_usable(int(bytes(question), 16))
        elif isinstance(pair := _usable(line, request), str):
            tally.rejected[pair] += 1
        else:
            is_usable(pair.question)
    file.write(lines + (b"[\n]\n" if opening == b"[\n" else b"\n]\n"))


def _usable(line: memoryview, request: Request) -> Usable | str:
    """Return the pair of a row's JSON, or why it is not usable.

    The first such row loads the rules: 10 MB of memory, and a fifth of a second.
    """
    from .rows import usable

    return usable(json.loads(str(line, "utf-8")), request.terms)


def _rows(copy: psycopg.Copy) -> Iterator[tuple[memoryview, memoryview]]:
    """Yield the two columns of each row of ``_COPY``, at half of what psycopg's own rows cost.

    https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format": after the header two bytes with
    the number of fields, four with the length of each before it, and two bytes at the end.
    """
    start = len(_HEADER)
    for block in copy:
        row = memoryview(block)[start:]
        start = 0
        if row != _TRAILER:
            (length,) = _length(row)
            yield row[6 : 6 + length], row[10 + length :]


def _same_as_newest(folder: Path, sha256: str) -> tuple[Path, Path] | None:
    """Return the newest export and its metadata when it holds exactly these bytes."""
    metadata = newest(folder, RAW_METADATA, ".json")
    if metadata is None:
        return None
    try:
        content = read_json(metadata)
    except FinriskError:
        return None
    raw = newest(folder, RAW, ".json")
    if not isinstance(content, dict) or raw is None or content.get("file") != raw.name:
        return None
    return (raw, metadata) if content.get("sha256") == sha256 == sha256_of(raw) else None


def metadata_of(request: Request, tally: Tally, file: Sink, raw: Path) -> dict[str, Any]:
    """Return what stands in the metadata file beside an export."""
    return {
        "exported_at": datetime.now(UTC).replace(microsecond=0).isoformat(),
        "environment": request.environment,
        "total_examples": tally.total,
        "eligible_examples": tally.eligible,
        "min_examples": request.min_examples,
        "filters": request.filters(),
        "quality": tally.quality(),
        "oldest": tally.oldest,
        "newest": tally.newest,
        "rejected": tally.reasons(),
        "file": raw.name,
        "bytes": file.size,
        "sha256": file.sha256(),
        "erased": [],
    }


def _too_few(request: Request, tally: Tally) -> FinriskError:
    from . import shortfall  # which only a failure needs

    missing = request.min_examples - tally.eligible
    why = f" Not usable: {breakdown(tally.reasons())}." if tally.reasons() else ""
    is_asked = shortfall.main_reason(tally) == shortfall.OTHER_COMPANY
    return FinriskError(
        f"{tally.eligible:,} usable examples, finrisk_min_examples is {request.min_examples:,}: "
        f"{missing:,} are missing. Nothing was written.{why} "
        + shortfall.advice(request.filters(), tally, _companies(request) if is_asked else ()),
        eligible_examples=tally.eligible,
        missing_examples=missing,
        rejected=tally.reasons(),
    )


def _companies(request: Request) -> list[str]:
    """Return the companies whose rows only the wish for another one leaves out; none when nobody answers."""
    import psycopg

    with suppress(FinriskError, psycopg.Error), database.connect(request.database_url) as connection:
        return [name for (name,) in connection.execute(_COMPANIES, request.parameters())]
    return []


def _summary(tally: Tally, raw: Path, metadata: Path, *, is_new: bool, check_mode: bool) -> list[str]:
    lines = [f"{number_of(tally.total, 'example')}, {tally.eligible:,} of them usable"]
    if tally.total:
        lines[0] += f", from {tally.oldest} to {tally.newest}"
    lines += duplicates_told(tally.rejected)
    if others := without_duplicates(tally.rejected):
        lines.append(f"exported but not usable: {breakdown(others)}")
    if tally.left_out:
        lines.append(f"left out: {breakdown(tally.left_out)}")
    if is_new:
        lines.append("would write:" if check_mode else "wrote:")
    else:
        lines.append("the data is that of the newest export, which is kept:")
    return [*lines, str(raw), str(metadata)]


def moment(text: str, variable: str = "finrisk_since") -> datetime | None:
    """Read a day or moment in ISO 8601, UTC unless it says otherwise; None when the text is empty."""
    if not text.strip():
        return None
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise FinriskError(
            f"{variable} is {text!r}: expected a day or moment such as 2026-11-01 or 2026-11-01T08:00:00Z"
        ) from None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def period(since: str, until: str) -> tuple[datetime | None, datetime | None]:
    """Read both ends of the time to export; raises FinriskError when nothing can lie between them."""
    first, end = moment(since), moment(until, "finrisk_until")
    if first and end and first >= end:
        raise FinriskError(
            f"finrisk_since is {since!r} and finrisk_until is {until!r}: nothing lies from the one on and "
            "before the other; set finrisk_until to a later moment"
        )
    return first, end
