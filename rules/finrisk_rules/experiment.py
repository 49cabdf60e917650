"""The figures of the experiment that runs, and of no other.

An experiment is one tuned model's life; it goes by the salt that draws its users. What counts are its
requests in stages with the tuned arm (split above 0), of both arms: base's answers of another time, or to
users who were drawn for another model, are no measure. Earlier experiments stand apart, under their model's
name.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from finrisk_rules.arms import ArmRow, arms, arms_query, rounded
from finrisk_rules.figures import LAST_DAY

_ARMS = ("base", "tuned")
_EARLIER = 5

THIS_ONE = "experiment = %(experiment)s"

IN_STAGES = f"{THIS_ONE} and split_bp > 0"
"""The requests of the experiment that runs."""

ARMS = arms_query(IN_STAGES)
"""An ``ArmRow`` for each arm since the first stage, with the parameters of ``Running``."""

ARMS_OF_DAY = arms_query(f"{THIS_ONE} and {LAST_DAY}")
"""The same of the last 24 hours, at any split, 0 included: after a rollback base goes on."""

STAGE = f"""
with by_user as (
    select arm_assigned as arm, count(*) as requests,
           min(created_at) as first, min(unit_kind) as a_kind, max(unit_kind) as another_kind
    from analyses where {IN_STAGES} and revision = %(revision)s group by arm_assigned, unit_hash
)
select arm, sum(requests)::bigint as requests, count(*) as users,
       min(first) as first, min(a_kind) as a_kind, max(another_kind) as another_kind
from by_user group by 1 order by 1"""  # noqa: S608 - constants
"""A ``StageRow`` for each arm that somebody met in the revision that runs."""

EARLIER = f"""
with recursive names as (
    (select experiment as name from analyses where split_bp > 0 order by 1 limit 1)
    union all
    select (select experiment from analyses where split_bp > 0 and experiment > name order by 1 limit 1)
    from names where name is not null
),
latest as (
    select name, (
        select created_at from analyses where split_bp > 0 and experiment between name and name
        order by experiment desc, created_at desc limit 1
    ) as moment
    from names where name <> %(experiment)s order by 2 desc limit {_EARLIER}
)
select latest.name as experiment, of.*, (
           select job ->> 'display_name' from tuning_jobs
           where spec_id = latest.name or job ->> 'tuned_model_name' = of.model order by spec_id limit 1
       ) as name
from latest cross join lateral (
    select max(model) as model, min(first) as first, max(last) as last, sum(requests)::bigint as requests,
           count(*) as users, sum(quality) / nullif(sum(answers), 0)::float8 as quality
    from (
        select max(model) filter (where arm_served = 'tuned') as model,
               min(created_at) as first, max(created_at) as last, count(*) as requests,
               sum(quality_score::float8) filter (where outcome = 'ok' and arm_served = 'tuned') as quality,
               count(quality_score) filter (where outcome = 'ok' and arm_served = 'tuned') as answers
        from analyses where split_bp > 0 and experiment = latest.name and arm_assigned = 'tuned'
        group by unit_hash
    ) as by_user
) as of
where requests > 0 order by last desc"""  # noqa: S608 - constants
"""An ``EarlierRow`` for each of the experiments before, the newest first; names come from the index alone."""

NAME = """
select job ->> 'display_name' from tuning_jobs
where spec_id = %(experiment)s or job ->> 'tuned_model_name' = nullif(%(model)s, '')
order by spec_id limit 1"""
"""The display name of the model's tuning job, where this database knows it."""


@dataclass(frozen=True)
class Running:
    """The experiment that runs: its salt, its model, the revision that is its stage, and the split (0..1)."""

    experiment: str
    model: str
    revision: str
    split: float | None

    def parameters(self) -> dict[str, object]:
        """The parameters of all the queries here."""
        return {"experiment": self.experiment, "model": self.model, "revision": self.revision}


@dataclass(frozen=True)
class StageRow:
    """What ``STAGE`` returns of an arm."""

    arm: str
    requests: int
    users: int
    first: datetime
    a_kind: str
    another_kind: str


@dataclass(frozen=True)
class EarlierRow:
    """What ``EARLIER`` returns; all of it is the tuned arm's."""

    experiment: str
    model: str | None
    first: datetime
    last: datetime
    requests: int
    users: int
    quality: float | None
    name: str | None


Rows = Callable[..., list[Any]]
"""Runs a query with parameters and returns its rows: of a class where one is named, else tuples."""


def read(running: Running, rows: Rows) -> tuple[dict[str, Any], dict[str, Any]]:
    """The experiment that runs, and its arms in the last 24 hours; each room lends its way to run a query."""
    values = running.parameters()
    stage = rows(STAGE, values, StageRow)
    shares = _shares(stage, running.split)
    known: list[ArmRow] = rows(ARMS, values, ArmRow)
    names = rows(NAME, values)
    found = {
        "experiment": running.experiment,
        "model": running.model or None,
        "name": names[0][0] if names else None,
        "split": running.split,
        "first": _moment(min((row.first for row in known), default=None)),
        "last": _moment(max((row.last for row in known), default=None)),
        "stage": _stage(running.revision, stage, shares),
        "arms": arms(known, shares),
    }
    return found, arms(rows(ARMS_OF_DAY, values, ArmRow), shares)


def earlier(running: Running, rows: Rows) -> list[dict[str, Any]]:
    """The last five experiments before the one that runs; reads every request of theirs."""
    return [_earlier(row) for row in rows(EARLIER, running.parameters(), EarlierRow)]


def _shares(rows: Iterable[StageRow], split: float | None) -> dict[str, float]:
    """Each arm's share of the users of the stage, empty while nobody has asked; at split 0 all are base's."""
    if split == 0:
        return {"base": 1.0, "tuned": 0.0}
    users = {row.arm: row.users for row in rows}
    return {arm: round(users.get(arm, 0) / sum(users.values()), 4) for arm in _ARMS} if users else {}


def _stage(revision: str, rows: Sequence[StageRow], shares: dict[str, float]) -> dict[str, Any]:
    kinds = {kind for row in rows for kind in (row.a_kind, row.another_kind)}
    return {
        "revision": revision,
        "since": _moment(min((row.first for row in rows), default=None)),
        "requests": sum(row.requests for row in rows),
        "users": sum(row.users for row in rows),
        "unit_kind": "mixed" if len(kinds) > 1 else next(iter(kinds), None),
        "arms": {
            row.arm: {"requests": row.requests, "users": row.users, "share": shares[row.arm]} for row in rows
        },
    }


def _earlier(row: EarlierRow) -> dict[str, Any]:
    return {
        "experiment": row.experiment,
        "model": row.model,
        "name": row.name,
        "first": _moment(row.first),
        "last": _moment(row.last),
        "requests": row.requests,
        "users": row.users,
        "quality": rounded(row.quality),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat(timespec="seconds") if moment else None
