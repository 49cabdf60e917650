"""Questions of users that both models answered, to be compared beside those of the validation set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from finrisk_rules.judge.verdicts import JUDGE_VERSION

from ..database import connect, query_error
from ..gate.rules import Rules
from .answers import ANSWERED
from .calls import BASE, TUNED, Models
from .comparison import Difference, Row, differences

MOST = 1_000
"""Questions that are read, the newest: what they tell costs a drawing of all of them 10,000 times."""
METRICS = ("wrong_figures", "quality", "latency", "tokens")
"""Not ``unanswered``: whose answer a user got has answered by choice of the questions."""
STATEMENT_SECONDS = 60

_PAIRS = """
select dense_rank() over (order by coalesce(user_hash, unit_hash)) as person, base_wrong, tuned_wrong,
       base_quality, tuned_quality, base_ms, tuned_ms, base_tokens, tuned_tokens
from (
    select shadow_pairs.*, user_hash, unit_hash, created_at
    from shadow_pairs join analyses on id = request_id
    where base_model = %(base)s and tuned_model = %(tuned)s and shadow_pairs.judge_version = %(judge)s
      and base_outcome = 'ok' and tuned_outcome = 'ok'
      and base_refused is not true and tuned_refused is not true
    order by created_at desc, request_id limit %(most)s
) as newest order by created_at, request_id"""


def read(database_url: str, models: Models) -> list[Row]:
    """Return what these two models made of the newest questions that users asked and both answered.

    A row has ``person``, a number of who asked, and for both columns what is measured of the answer. There
    are none without a database, or where its schema is one before shadows.

    Raises:
        FinriskError: The database cannot be read.
    """
    if not database_url:
        return []
    import psycopg
    from psycopg.rows import dict_row

    values = {"base": models.base, "tuned": models.tuned, "judge": JUDGE_VERSION, "most": MOST}
    with connect(database_url, statement_timeout_seconds=STATEMENT_SECONDS) as connection:
        try:
            with connection.cursor(row_factory=dict_row) as cursor:
                [schema] = cursor.execute("select to_regclass('shadow_pairs') is not null as has").fetchall()
                pairs = cursor.execute(_PAIRS, values).fetchall() if schema["has"] else []
        except psycopg.Error as error:
            raise query_error(error, database_url) from None
    return [
        {"person": pair["person"], BASE: _measured(pair, "base"), TUNED: _measured(pair, "tuned")}
        for pair in pairs
    ]


def compared(rows: Sequence[Row], rules: Rules) -> list[Difference]:
    """Return the differences by person, each weighing alike; they prove nothing, more come as one looks."""
    told = differences(rows, TUNED, BASE, rules, METRICS)
    return [replace(each, state="") for each in told]


def people(rows: Sequence[Row]) -> int:
    """Return how many people asked."""
    return len({row["person"] for row in rows})


def _measured(pair: Mapping[str, Any], arm: str) -> dict[str, Any]:
    return {
        "outcome": ANSWERED,
        "quality": pair[f"{arm}_quality"],
        "wrong": pair[f"{arm}_wrong"],
        "latency_ms": pair[f"{arm}_ms"],
        "answer_tokens": pair[f"{arm}_tokens"],
    }
