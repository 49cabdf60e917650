"""Reviews: answers that are drawn at random for a reviewer, and what reviewers say that answers are worth.

The gate corrects the judge by labels of drawn answers alone: who chooses what to label finds the bad ones.
A person is drawn once a stage, by a hash, and one of the person's answers then stands for all of them.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import dict_row

from finrisk.corrections import Reviewer, UnknownAnswerError
from finrisk.db.pool import Connection
from finrisk_rules import prompt

PATIENCE_HOURS = 24
"""How long an answer waits for the reviewer who took it; then the next one who asks gets it."""

_ALLOWED = """coalesce(t.labels, a.labels, '{}')
      || array(select unnest(labels) from documents where id = any(a.documents)) <@ %(labels)s::text[]"""

_READABLE = f"""
select a.id, coalesce(t.strategy, a.strategy) as strategy, coalesce(t.analysis, a.analysis) as analysis,
       coalesce(t.prompt, a.prompt) as prompt
from analyses a left join training_data t on t.id = a.id
where coalesce(t.strategy, a.strategy) is not null and coalesce(t.analysis, a.analysis) is not null
  and {_ALLOWED}"""  # noqa: S608 - constants

_OPEN = f"""
select readable.* from reviews r cross join lateral (
    {_READABLE} and a.id = r.request_id and a.experiment = %(experiment)s
) as readable
where r.drawn and r.label is null and r.labelled_at is null
  and (r.key_id = %(key_id)s or r.taken_at < now() - interval '{PATIENCE_HOURS} hours')
order by r.key_id = %(key_id)s desc, r.taken_at limit 1"""  # noqa: S608 - constants

_STAGES = "select id from stages where experiment = %(experiment)s order by id desc"

_PEOPLE = """
select arm, person, review_place(stage_id, person) as place from exposures
where stage_id = %(stage)s and scored > 0
  and review_place(stage_id, person) > %(after)s and review_place(stage_id, person) < %(share)s
  and (arm, person) not in (
      select of.arm, of.person from reviews join reviewable as of on of.id = request_id
      where drawn and of.stage_id = %(stage)s
  )
order by review_place(stage_id, person) fetch first 100 rows with ties"""
"""The next people of a stage who were not drawn yet; the limit lets the index of places give the order."""

_FIRST = f"""
select readable.* from unnest(%(arms)s::text[], %(people)s::text[]) with ordinality as drawn (arm, person, n)
cross join lateral (
    {_READABLE} and (a.user_hash = drawn.person or a.user_hash is null and a.unit_hash = drawn.person)
      and exists (
          select from reviewable of where of.id = a.id and (of.stage_id, of.arm) = (%(stage)s, drawn.arm)
      )
    order by sha256(a.id::text::bytea) limit 1
) as readable order by n limit 1"""  # noqa: S608 - constants
"""An answer of the first of these people who has one that may be read."""

_TAKE = """
insert into reviews (request_id, drawn, key_id) values (%(id)s, true, %(key_id)s)
on conflict (request_id) do update set drawn = true, key_id = excluded.key_id, taken_at = now(),
    label = case when reviews.drawn then reviews.label end,
    labelled_at = case when reviews.drawn then reviews.labelled_at end"""
"""What a reviewer chose to label is drawn like any other, and asked for anew: else bad ones are missing."""

_SKIP = """
update reviews set labelled_at = now()
where request_id = %(id)s and drawn and label is null and key_id = %(key_id)s returning 1"""
"""Said to have no label: nobody is asked again, and no other answer of the person takes its place."""

_LOCK = "select pg_advisory_xact_lock(hashtext('finrisk reviews'))"
"""One reviewer after another: two who ask at once must not both get the same answer."""

_MAY_LABEL = f"""
select from analyses a left join training_data t on t.id = a.id where a.id = %(id)s and {_ALLOWED}"""

_LABEL = """
insert into reviews (request_id, drawn, key_id, label, labelled_at)
select id, false, %(key_id)s, coalesce(%(score)s::real, 0), now() from analyses where id = %(id)s
on conflict (request_id) do update
set label = excluded.label, labelled_at = excluded.labelled_at, key_id = excluded.key_id
where %(score)s::real is not null or reviews.label is null and reviews.key_id = excluded.key_id"""


def take(connection: Connection, experiment: str, share: float, reviewer: Reviewer) -> dict[str, Any] | None:
    """Draw the next answer of an experiment; the same again until it has a label, or is skipped.

    None: there is none.

    It is ``request_id``, ``strategy``, ``analysis`` and ``sources``, [{title, text}] as its model had them.
    ``share`` of the people of a stage are drawn, the newest stage first.

    Raises:
        psycopg.Error: the database does not answer.
    """
    values = {
        "key_id": reviewer.key_id or "",
        "labels": list(reviewer.labels),
        "experiment": experiment,
        "share": share,
    }
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(_LOCK)
        row = cursor.execute(_OPEN, values).fetchone() or _next(cursor, values)
        if row is None:
            return None
        cursor.execute(_TAKE, values | {"id": row["id"]})
    return _review(row)


def _next(cursor: Cursor[dict[str, Any]], values: Mapping[str, Any]) -> dict[str, Any] | None:
    for stage in cursor.execute(_STAGES, values).fetchall():
        of_stage = {**values, "stage": stage["id"], "after": -1.0}
        while people := cursor.execute(_PEOPLE, of_stage).fetchall():
            drawn = {"arms": [each["arm"] for each in people], "people": [each["person"] for each in people]}
            if row := cursor.execute(_FIRST, of_stage | drawn).fetchone():
                return row
            of_stage["after"] = people[-1]["place"]
    return None


def skip(connection: Connection, request_id: UUID, reviewer: Reviewer) -> None:
    """Leave the answer that waits for this reviewer without a label: it counts as missing at random.

    Raises:
        UnknownAnswerError: no such answer waits for this reviewer.
        psycopg.Error: the database does not answer.
    """
    values = {"id": request_id, "key_id": reviewer.key_id or ""}
    if connection.execute(_SKIP, values).fetchone() is None:
        raise UnknownAnswerError(f"no answer with the request_id {request_id} waits for this key's score")


def label(connection: Connection, request_id: UUID, score: float | None, reviewer: Reviewer) -> None:
    """Keep what an answer is worth, 0..1; the last score of an answer counts.

    None is a correction alone: 0, unless somebody scored the answer, or another one has it for review.

    Raises:
        UnknownAnswerError: there is no such answer, or this reviewer may not read its sources.
        psycopg.Error: the database does not answer.
    """
    values = {
        "id": request_id,
        "score": score,
        "key_id": reviewer.key_id or "",
        "labels": list(reviewer.labels),
    }
    with connection.transaction():
        if connection.execute(_MAY_LABEL, values).fetchone() is None:
            raise UnknownAnswerError(f"no answer has the request_id {request_id}")
        connection.execute(_LABEL, values)


def _review(row: dict[str, Any]) -> dict[str, Any]:
    turn = prompt.parse(row["prompt"]) if row["prompt"] else None
    return {
        "request_id": str(row["id"]),
        "strategy": row["strategy"],
        "analysis": row["analysis"],
        "sources": [{"title": each.title, "text": each.text} for each in turn.sources] if turn else [],
    }
