"""What status says of both models on the same questions."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from finrisk_ops.status import shadows
from finrisk_ops.status.page import page
from finrisk_rules.judge.verdicts import JUDGE_VERSION
from tests.grounds.findings import MODEL, Status

_SHADOWS = """
insert into shadows (request_id, arm, model, outcome, upstream_ms, quality, wrong_figures, judge_version)
select id, case arm_served when 'base' then 'tuned' else 'base' end,
       case arm_served when 'base' then %(model)s else 'gemini' end,
       case when number = 1 then 'timeout' else 'ok' end, 1, case when number > 1 then 0.8 end,
       case when number > 1 then (number <= %(wrong)s)::int end, %(judge)s
from (
    select *, row_number() over (order by created_at) as number from analyses where arm_served = %(arm)s
) as answers"""


def shadow(database_url: str, arm: str, wrong: int, judge: str = JUDGE_VERSION) -> None:
    """Give every answer of the arm one of the other model: none to the first, wrong up to this number."""
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "update analyses set wrong_figures = 0, judge_version = %s, model = case arm_served "
            "when 'tuned' then %s else 'gemini' end where arm_served = %s",
            (judge, MODEL, arm),
        )
        values = {"arm": arm, "model": MODEL, "wrong": wrong, "judge": judge}
        connection.execute(_SHADOWS.encode(), values)


def test_wrong_figures_are_compared_on_the_same_questions(
    database_url: str, environment: Status, analyses: Callable[..., None]
) -> None:
    analyses("base", 11)
    analyses("tuned", 6)
    data = environment()
    assert data["experiment"]["shadow"]["questions"] == 0
    assert not any(line.startswith("Shadow") for line in page(data))
    shadow(database_url, "base", 4)
    shadow(database_url, "tuned", 2)
    with psycopg.connect(database_url) as connection:
        found = shadows.read(connection, MODEL)
        assert (shadows.read(connection, "another") or {})["questions"] == 0
    assert shadows.lines(found) == [
        "17 questions asked of both models, 2 left unanswered by one; with a wrong figure, of",
        "15 judged: base 6.7%, tuned 20.0% (base alone 1, tuned alone 3); quality 0.900 and",
        "0.850",
    ]
    data["experiment"]["shadow"] = found
    assert any(line.startswith("Shadow          17 questions asked of both") for line in page(data))


def test_verdicts_of_another_judge_are_left_out(database_url: str, analyses: Callable[..., None]) -> None:
    analyses("base", 5)
    shadow(database_url, "base", 3, judge="0")
    with psycopg.connect(database_url) as connection:
        assert shadows.lines(shadows.read(connection, MODEL)) == []


def test_a_schema_before_shadows_costs_the_rest_nothing(database_url: str, environment: Status) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute("drop view shadow_pairs, shadow_answers")
        connection.execute("drop table shadows, shadow_days")
    data = environment()
    assert data["database"]["error"] is None, data["database"]
    assert data["experiment"]["evidence"]
    assert not any(line.startswith("Shadow") for line in page(data))
