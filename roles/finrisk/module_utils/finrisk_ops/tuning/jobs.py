"""The tuning jobs that an environment knows: ``finetuning_job_<time>.json`` and the table ``tuning_jobs``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from ..errors import FinriskError
from ..machine.files import json_bytes, read_json, stamp, stamped_files, write_json
from .states import ACTIVE, CREATING
from .table import Table, TableError

PREFIX = "finetuning_job"
_APART = frozenset({"more", "path"})


@dataclass(frozen=True)
class Job:
    """A job as its file shows it. Times are ISO 8601 in UTC; ``path`` is where the file is, or empty.

    ``more`` is what a newer FinRisk wrote: it stays in the file, whoever writes the rest anew.
    """

    job_name: str
    state: str
    provider_state: str
    tuned_model_name: str | None
    display_name: str
    base_model: str
    hyperparameters: dict[str, Any]
    training_file: str
    validation_file: str | None
    dataset: dict[str, Any]
    spec_id: str
    created_at: str
    completed_at: str | None = None
    error: str | None = None
    tokens: dict[str, Any] = field(default_factory=dict)
    estimated_cost: float | None = None  # US dollars
    smoke_test: dict[str, Any] | None = None
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    statistics: dict[str, Any] | None = None
    more: dict[str, Any] = field(default_factory=dict)
    path: str = ""

    def content(self) -> dict[str, Any]:
        """Return what stands in the job file."""
        return {key: value for key, value in asdict(self).items() if key not in _APART} | self.more


def from_content(content: Any, source: str) -> Job:
    """Return the job that a file or row describes; ``source`` names it in errors.

    Raises FinriskError when something is missing, or of another kind than here.
    """
    names = {item.name for item in fields(Job)} - _APART
    try:
        known = {key: value for key, value in content.items() if key in names}
        job = Job(**known, more={key: value for key, value in content.items() if key not in names})
        if not all(_is_of(hint, getattr(job, name)) for name, hint in get_type_hints(Job).items()):
            raise TypeError
        datetime.fromisoformat(job.created_at).astimezone(UTC)
        return job
    except (AttributeError, TypeError, ValueError):
        raise FinriskError(
            f"{source} is not a tuning job that this FinRisk can read; restore it, remove it or update this "
            "checkout, then run again"
        ) from None


def _is_of(hint: Any, value: object) -> bool:
    """Say whether a value is of the kind, or one of the kinds, of a field."""
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return any(
        isinstance(value, (get_origin(kind) or kind, *((int,) if kind is float else ()))) for kind in kinds
    )


def in_files(output_dir: Path) -> list[Job]:
    """Return the jobs of the files in ``output_dir``, newest first.

    Raises FinriskError, naming the file, when one cannot be read.
    """
    paths = {*stamped_files(output_dir, PREFIX, ".json"), *stamped_files(output_dir, PREFIX, "_*.json")}
    jobs = [replace(from_content(read_json(path), str(path)), path=str(path)) for path in paths]
    return _newest_first(jobs)


def known_jobs(output_dir: Path, database_url: str) -> list[Job]:
    """Return the jobs of files and table, each once, newest first; without a database those of the files.

    Where both know a job, the one that has seen its end is right. Raises FinriskError for a broken file.
    """
    return read_jobs(output_dir, database_url)[0]


def read_jobs(output_dir: Path, database_url: str) -> tuple[list[Job], str]:
    """Return the known jobs, and why the table could not be read; empty when it was, or there is none.

    Raises FinriskError for a broken file.
    """
    jobs, unread = in_files(output_dir), ""
    if database_url:
        try:
            with Table.open(database_url) as table:
                rows = table.contents()
        except TableError as error:
            rows, unread = [], error.message
        jobs += [from_content(row, "a row of tuning_jobs") for row in rows if row.get("job_name")]
    distinct: dict[tuple[str, str], Job] = {}
    for job in jobs:
        key = (job.spec_id, job.job_name)
        distinct[key] = _further(distinct[key], job) if key in distinct else job
    return _newest_first(distinct.values()), unread


def choose(jobs: list[Job], model: str) -> Job:
    """Return the job whose tuned model ``model`` names, or the newest ACTIVE one for ``newest``.

    ``model`` is a tuned model's full name, a display name or a job's name. Raises FinriskError with the
    reason when there is none, or when the job is not ACTIVE.
    """
    if not jobs:
        raise FinriskError("there is no tuning job yet; run playbooks/tune.yml first")
    if model == "newest":
        active = [job for job in jobs if job.state == ACTIVE]
        if active:
            return active[0]
        raise FinriskError(f"no tuning job is ACTIVE; the newest, {_description(jobs[0])}")
    matches = [job for job in jobs if model in (job.tuned_model_name, job.display_name, job.job_name)]
    if not matches:
        raise FinriskError(
            f"no tuning job made {model!r}; known: "
            + ", ".join(job.tuned_model_name or job.display_name for job in jobs)
        )
    usable = [job for job in matches if job.state == ACTIVE]
    if not usable:
        raise FinriskError(f"{model} cannot be deployed: {_description(matches[0])}")
    return usable[0]


def file_of(output_dir: Path, job: Job) -> Path:
    """Return where the job's file is, or is to be: named by the time when the job was created."""
    if job.path and Path(job.path).parent == output_dir:
        return Path(job.path)
    path = output_dir / f"{PREFIX}_{stamp(datetime.fromisoformat(job.created_at))}.json"
    if path.exists() and from_content(read_json(path), str(path)).job_name != job.job_name:
        return path.with_name(f"{path.stem}_{job.spec_id[:8]}.json")
    return path


def write(output_dir: Path, job: Job) -> tuple[Job, bool]:
    """Write the job's file unless it says the same; return the job with its path, and whether it was new."""
    path = file_of(output_dir, job)
    new = not path.exists()
    if new or path.read_bytes() != json_bytes(job.content()):
        write_json(path, job.content())
    return replace(job, path=str(path)), new


def timestamp() -> str:
    """Return the time as job files write it."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _further(one: Job, other: Job) -> Job:
    right = other if one.state == CREATING and other.state != CREATING else one
    return replace(right, path=one.path or other.path)


def _newest_first(jobs: Iterable[Job]) -> list[Job]:
    moment = datetime.fromisoformat
    return sorted(jobs, key=lambda job: (moment(job.created_at).astimezone(UTC), job.job_name), reverse=True)


def _description(job: Job) -> str:
    reason = f": {job.error}" if job.error else ""
    return f"{job.display_name} ({job.job_name}), is {job.state} ({job.provider_state}){reason}"
