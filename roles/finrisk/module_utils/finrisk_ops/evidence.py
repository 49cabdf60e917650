"""What the gate decides by: for each stage and arm of an experiment, sums over its users, and no text.

The service keeps the sums as the requests arrive (migration 0012 of ``app/finrisk/db``): tables ``stages``
and ``exposures``, views ``outcomes`` and ``arm_statistics``. So no request is read here, and one of an older
release is in no stage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from finrisk_rules.judge.verdicts import JUDGE_VERSION

if TYPE_CHECKING:
    import psycopg

ARMS = ("base", "tuned")
METRICS = ("errors", "unanswered", "slow", "wrong_figures", "quality", "feedback")

_DIGITS = 9
"""Of sums: the order in which the server adds must not show."""

_ARMS = """
select met.*, revision, split_bp / 10000.0::float8 as split, judge_version as judge,
       prompt_version as prompt, index_version as index
from stages join arm_statistics as met on met.stage_id = stages.id
where met.stage_id = any(%(stages)s)
order by substring(revision from '^r([0-9]+)')::numeric nulls first,
         min(first_at) over (partition by met.stage_id), met.stage_id, arm"""
"""A row for each stage and arm, the oldest stage first: by the number of its revision, since a clock may be
set back between two. Stages of one revision differ in versions alone, and there the clock says it."""

_RETURN = """
regr_count(later.{0}, earlier.{0}) as {0}_users, regr_sxy(later.{0}, earlier.{0}) as {0}_products,
regr_avgy(later.{0}, earlier.{0}) as {0}_mean, regr_avgx(later.{0}, earlier.{0}) as {0}_of"""

_RETURNS = f"""
with met as materialized (
    select stage_id, array_position(%(stages)s, stage_id) as place, arm, person, {", ".join(METRICS)}
    from outcomes where stage_id = any(%(stages)s)
)
select later.stage_id as stage, earlier.stage_id as of, arm, {", ".join(map(_RETURN.format, METRICS))}
from met as later join met as earlier using (arm, person)
where earlier.place < later.place group by 1, 2, 3"""  # noqa: S608 - constants
"""Who came in two stages, for each pair of them, by the metrics that are known of both."""

_REVIEWS = """
with said as (
    select stage_id, arm, person, drawn, avg(label::float8) as label, count(*) as labels
    from reviews join reviewable on id = request_id
    where label is not null and stage_id = any(%(stages)s) group by 1, 2, 3, 4
)
select stage_id, arm, coalesce(sum(labels) filter (where drawn), 0)::bigint as drawn,
       coalesce(sum(labels) filter (where not drawn), 0)::bigint as others,
       count(*) filter (where drawn) as users, sum(label) filter (where drawn) as label,
       sum(label * label) filter (where drawn) as label_squares, sum(quality) filter (where drawn) as judge,
       sum(quality * quality) filter (where drawn) as judge_squares,
       sum(label * quality) filter (where drawn) as products
from said join outcomes using (stage_id, arm, person) group by 1, 2"""
"""What reviewers said, beside what the judge said of all answers of the same users."""

_REVIEWERS = """
select count(distinct key_id) filter (where label is not null) as number,
       count(*) filter (where label is null and arm = 'base') as base,
       count(*) filter (where label is null and arm = 'tuned') as tuned
from reviews join reviewable on id = request_id
where drawn and labelled_at is not null and stage_id = any(%(stages)s)"""
"""Who scored drawn answers; and the drawn ones that a reviewer skipped, by arm."""

_LAST_DAY = """
select (
    select count(*) from analyses
    where experiment = %(experiment)s and split_bp > 0 and created_at > now() - interval '24 hours'
) as requests, (
    select count(distinct person) from exposures
    where stage_id = any(%(stages)s) and last_at > now() - interval '24 hours'
) as users"""

Prices = Mapping[str, tuple[float, float]]
"""By arm, US dollars for a million tokens of prompts and for a million of answers."""


def read(connection: psycopg.Connection, experiment: str, prices: Prices | None = None) -> dict[str, Any]:
    """Return the evidence on an experiment at this moment, in the shape below; plain JSON.

    - ``experiment``, ``asked_at`` (ISO time, of the database's clock), ``present_rate`` of the last 24 hours
      (``requests_per_day``, ``users_per_day``), ``anchors`` by the judge of this checkout (``judge``, its
      version, their ``number``, the ``others`` that it judges otherwise), and ``stages``, the oldest first.
    - A stage: ``revision``, ``split`` (0..1), ``versions`` (``judge``, ``prompt``, ``index``), ``since``,
      ``until`` (None: it goes on), ``first`` and ``last`` (its requests), ``arms``.
    - Each of both arms, by assignment: ``users``, ``units`` (what was drawn: users, sessions or requests),
      ``requests``, ``fallbacks``, ``answers`` of its own model, their ``prompt_tokens``, ``answer_tokens``
      and ``cost`` (US dollars; None without prices), ``metrics``: those of ``METRICS`` that somebody has.
    - ``reviews`` of an arm, where a reviewer labelled one of its answers: those ``drawn`` at random, and the
      ``others``. Where there are drawn ones, the metric ``quality`` has ``labels``: the
      ``users`` of drawn answers, and over them the sums of ``label``, ``label_squares``, ``judge``,
      ``judge_squares`` and ``products``, of each one's mean label and mean quality by the judge.
    - ``reviewers``, where somebody reviewed drawn answers: the ``number`` of those who scored some, and of
      each arm the answers that were ``skipped``.
    - A metric, 0..1 and of the arm's own attempt: ``users``, and over them ``sum`` and ``squares`` of each
      one's mean; ``requests`` that count for it, ``events`` of them; ``shared``, by an earlier stage's
      revision: the ``users`` who came in both, and the sum of ``products`` of their means, each less its
      stage's mean. ``shared`` is missing where two stages are of one revision.

    A schema before reviews has none: what acts on harm must not wait for a migration. Raises psycopg.Error;
    the connection must be outside a transaction.
    """
    from psycopg.rows import dict_row

    from finrisk_rules import anchors  # with the whole judge

    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("set transaction isolation level repeatable read read only")
        [asked] = cursor.execute(
            "select now() as at, to_regclass('reviewable') is not null as reviews"
        ).fetchall()
        ids = cursor.execute("select id from stages where experiment = %s", (experiment,)).fetchall()
        arms = cursor.execute(_ARMS, {"stages": [row["id"] for row in ids]}).fetchall()
        values = {"experiment": experiment, "stages": list(dict.fromkeys(row["stage_id"] for row in arms))}
        returns = cursor.execute(_RETURNS, values).fetchall() if len(values["stages"]) > 1 else []
        reviews = cursor.execute(_REVIEWS, values).fetchall() if asked["reviews"] else []
        reviewers = cursor.execute(_REVIEWERS, values).fetchone() if asked["reviews"] else None
        [day] = cursor.execute(_LAST_DAY, values).fetchall()
    age = asked["at"] - min((row["first_at"] for row in arms), default=asked["at"])
    return {
        "experiment": experiment,
        "asked_at": asked["at"].isoformat(),
        "present_rate": {f"{name}_per_day": _a_day(day[name], age) for name in ("requests", "users")},
        "anchors": {"judge": JUDGE_VERSION, "number": len(anchors.ANCHORS), "others": anchors.others()},
        "stages": _stages(arms, _reviewed(_metrics(arms, returns), reviews), reviews, prices or {}),
        **_reviewers(reviewers),
    }


def newest(connection: psycopg.Connection) -> str:
    """Return the experiment that was begun last; empty before the first. Raises psycopg.Error."""
    row = connection.execute("select experiment from stages order by id desc limit 1").fetchone()
    return str(row[0]) if row else ""


def requests_of_day(connection: psycopg.Connection) -> int:
    """Return the present rate of all requests, of an experiment or not, a day. Raises psycopg.Error."""
    row = connection.execute(
        "select count(*) filter (where created_at > now() - interval '24 hours'), "
        "coalesce(now() - min(created_at), interval '0') from analyses"
    ).fetchone()
    return round(_a_day(*row)) if row else 0


def _a_day(count: int, age: timedelta) -> float:
    """Return the count of the last 24 hours, or of an experiment younger than that, as of a whole day."""
    hours = min(24.0, max(1.0, age / timedelta(hours=1)))
    return round(24 * count / hours, 1)


def _stages(
    rows: Sequence[Mapping[str, Any]],
    metrics: Mapping[tuple[int, str], dict[str, Any]],
    reviews: Iterable[Mapping[str, Any]],
    prices: Prices,
) -> list[dict[str, Any]]:
    """Return the stages of the rows, one a stage and arm; a stage goes on until the next one begins.

    Where the clock was set back in between, it ended when it began: no stage ends earlier.
    """
    labels = {
        (row["stage_id"], row["arm"]): {"reviews": {name: row[name] for name in ("drawn", "others")}}
        for row in reviews
    }
    by_stage: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        by_stage[row["stage_id"]].append(row)
    since = [min(row["first_at"] for row in arms) for arms in by_stage.values()]
    until = [max(begun, following) for begun, following in pairwise(since)]
    return [
        {
            "revision": arms[0]["revision"],
            "split": arms[0]["split"],
            "versions": {name: arms[0][name] for name in ("judge", "prompt", "index")},
            "since": begun.isoformat(),
            "until": _moment(ended),
            "first": begun.isoformat(),
            "last": _moment(max(row["last_at"] for row in arms)),
            "arms": {
                arm: _arm(arm, next((row for row in arms if row["arm"] == arm), {}), prices)
                | {"metrics": metrics.get((stage, arm), {})}
                | labels.get((stage, arm), {})
                for arm in ARMS
            },
        }
        for (stage, arms), begun, ended in zip(by_stage.items(), since, [*until, None], strict=False)
    ]


_COUNTS = ("users", "units", "requests", "fallbacks", "answers", "prompt_tokens", "answer_tokens")


def _arm(arm: str, row: Mapping[str, Any], prices: Prices) -> dict[str, Any]:
    """Return the counts of an arm; zeros where nobody met it."""
    counts = {name: row.get(name, 0) for name in _COUNTS}
    cost = None
    if arm in prices:
        prompt, answer = prices[arm]
        cost = round((counts["prompt_tokens"] * prompt + counts["answer_tokens"] * answer) / 1e6, 6)
    return counts | {"cost": cost}


def _metrics(
    arms: Sequence[Mapping[str, Any]], returns: Iterable[Mapping[str, Any]]
) -> dict[tuple[int, str], dict[str, Any]]:
    """Return the metrics of each stage and arm, those that somebody has."""
    revisions = {row["stage_id"]: row["revision"] for row in arms}
    are_told_apart = len(set(revisions.values())) == len(revisions)
    metrics = {(row["stage_id"], row["arm"]): _own(row) for row in arms}
    if are_told_apart:
        for own in metrics.values():
            for metric in own.values():
                metric["shared"] = {}
        for row in returns:
            later, earlier = (metrics[row[stage], row["arm"]] for stage in ("stage", "of"))
            for name in METRICS:
                if row[f"{name}_users"]:
                    shared = _return(name, row, later[name], earlier[name])
                    later[name]["shared"][revisions[row["of"]]] = shared
    return metrics


_LABELS = ("label", "label_squares", "judge", "judge_squares", "products")


def _reviewed(
    metrics: dict[tuple[int, str], dict[str, Any]], reviews: Iterable[Mapping[str, Any]]
) -> dict[tuple[int, str], dict[str, Any]]:
    """Return the metrics with the labels of answers that were drawn at random."""
    for row in reviews:
        if row["users"]:
            sums = {name: round(row[name], _DIGITS) for name in _LABELS}
            metrics[row["stage_id"], row["arm"]]["quality"]["labels"] = {"users": row["users"]} | sums
    return metrics


def _reviewers(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return ``reviewers``, unless nobody reviewed a drawn answer."""
    if row is None or not any(row.values()):
        return {}
    return {"reviewers": {"number": row["number"], "skipped": {arm: row[arm] for arm in ARMS}}}


def _own(row: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the metrics of a row of ``arm_statistics``."""
    return {
        name: {each: row[f"{name}_{each}"] for each in ("users", "requests")}
        | {each: round(row[f"{name}_{each}"], _DIGITS) for each in ("sum", "squares", "events")}
        for name in METRICS
        if row[f"{name}_users"]
    }


def _return(
    name: str, row: Mapping[str, Any], later: Mapping[str, Any], earlier: Mapping[str, Any]
) -> dict[str, Any]:
    """Return who came in both stages: the products around their own means, moved to the stages' means."""
    users = row[f"{name}_users"]
    of_later = row[f"{name}_mean"] - later["sum"] / later["users"]
    of_earlier = row[f"{name}_of"] - earlier["sum"] / earlier["users"]
    products = row[f"{name}_products"] + users * of_later * of_earlier
    return {"users": users, "products": round(products, _DIGITS)}


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
