"""The figures of collection that ``GET /api/v1/status`` and ``status.yml`` both show.

The queries are for PostgreSQL, with parameters as psycopg names them; who reads a database runs them and
hands the rows over. What both screens show is said here and nowhere else.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

TARGET = 1000
RECOMMENDED = (2000, 5000)
"""Training examples: enough to tune, and what gives the best results."""

PACE_DAYS = 7
"""The window of the rate at which examples come: a whole week, since weekends are quiet."""

LONGEST_WAIT_DAYS = 3650
"""A target that is further away is not in sight."""

LAST_DAY = "created_at > now() - interval '24 hours'"

LEFT_OUT = """case
    when withdrawn_at is not null and correction is null then 'withdrawn'
    when lower(split_part(coalesce(model_version, ''), '-', 1)) = any(%(refused)s) then 'producer_refused'
    when finetuned_model_used and correction is null and not %(tuned)s then 'made_by_tuned_model'
    when not labels <@ coalesce(%(labels)s::text[], labels) then 'restricted_source' end"""
"""Why a collected pair is not given to training, as a reason code; null when it is. See ``selection``.

A correction takes the place of what was withdrawn or made by a tuned model; not of what a refused producer
wrote, which a reviewer may have kept in part."""


def selection(
    refused_producers: Iterable[str] = (),
    *,
    tuned_rows: bool = False,
    training_labels: Iterable[str] | None = None,
) -> dict[str, object]:
    """The parameters of ``LEFT_OUT``.

    ``refused_producers`` are first words of ``model_version``; ``tuned_rows`` takes what a tuned model wrote.
    Of labelled sources only those of ``training_labels`` are trained on; None takes all that was collected.
    """
    return {
        "refused": [name.lower() for name in refused_producers],
        "tuned": tuned_rows,
        "labels": None if training_labels is None else sorted(training_labels),
    }


COUNTED = selection()
"""What ``COLLECTION`` counts: base's pairs that were not withdrawn; an inventory may train on others."""

COLLECTION = f"""
with pairs as (
    select created_at, coalesce(question_digest, id::text) as question, {LEFT_OUT} as left_out
    from training_data
),
questions as (
    select count(*) as pairs, min(created_at) as first, max(created_at) as last,
           count(*) filter (where {LAST_DAY}) as pairs_of_day
    from pairs where left_out is null group by question
)
select coalesce(sum(pairs), 0)::bigint as count,
       coalesce(sum(pairs) - count(*), 0)::bigint as duplicates,
       (select count(*) from pairs where left_out = 'withdrawn') as withdrawn,
       (select count(*) from pairs where left_out = 'made_by_tuned_model') as made_by_tuned_model,
       coalesce(sum(pairs_of_day), 0)::bigint as rows_last_24h,
       count(*) filter (where first > now() - interval '{PACE_DAYS} days') as different_of_pace,
       least({PACE_DAYS}, greatest(1, extract(epoch from now() - min(first)) / 86400))::float8 as days,
       max(last) as last_collected_at,
       (now() at time zone 'utc')::date as today
from questions"""  # noqa: S608 - constants
"""One ``CollectionRow``, with the parameters ``COUNTED``. A pair of before ``question_digest`` was kept
counts as a question of its own."""

ELIGIBLE = f"""
select count(distinct coalesce(question_digest, id::text))
from training_data
where {LEFT_OUT} is null
  and (correction is not null or quality_score >= %(min_quality)s::real)"""  # noqa: S608 - constants
"""How many different pairs training can take, with the parameters of ``selection`` and ``min_quality``.

What a reviewer wrote is taken whatever its score.
What else export and prepare look at was looked at when a pair was collected, by the same function.
"""

SKIPPED = f"""
select skip_reason, count(*) from analyses
where skip_reason is not null and {LAST_DAY} group by 1 order by 2 desc, 1"""  # noqa: S608 - constants
"""Reason and number of the pairs that were not kept, the most frequent first."""


@dataclass(frozen=True)
class CollectionRow:
    """What ``COLLECTION`` returns; ``days`` is how much of the window of the rate has passed.

    ``duplicates`` are of the ``count``: pairs beyond the first of each question on the same sources.
    """

    count: int
    duplicates: int
    withdrawn: int
    made_by_tuned_model: int
    rows_last_24h: int
    different_of_pace: int
    days: float
    last_collected_at: datetime | None
    today: date

    @property
    def different(self) -> int:
        """Pairs that training can take: each question on the same sources once."""
        return self.count - self.duplicates

    @property
    def per_day(self) -> float:
        """Different pairs a day of late."""
        return self.different_of_pace / self.days


def collection(
    row: CollectionRow, skipped: Iterable[tuple[str, int]], target: int = TARGET
) -> dict[str, object]:
    """How many examples there are of the target, and why pairs of the last 24 hours were not kept."""
    last = row.last_collected_at
    return {
        "count": row.count,
        "duplicates": row.duplicates,
        "withdrawn": row.withdrawn,
        "made_by_tuned_model": row.made_by_tuned_model,
        "target": target,
        "recommended": list(RECOMMENDED),
        "percent": round(100 * row.different / target, 1) if target else 100.0,
        "rows_last_24h": row.rows_last_24h,
        "expected_target_date": _expected(target - row.different, row),
        "last_collected_at": last.astimezone(UTC).isoformat(timespec="seconds") if last else None,
        "skipped": dict(skipped),
    }


def _expected(missing: int, row: CollectionRow) -> str | None:
    """The day on which the target is reached at this rate; None when it has been, or is not in sight."""
    if missing <= 0 or missing > row.per_day * LONGEST_WAIT_DAYS:
        return None
    return (row.today + timedelta(days=math.ceil(missing / row.per_day))).isoformat()
