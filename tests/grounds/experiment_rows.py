"""An experiment: the revision that runs it, and its requests as rows, of which triggers make the evidence."""

from __future__ import annotations

from dataclasses import dataclass

import psycopg

from finrisk_ops.process import gunicorn
from finrisk_ops.process.target import ProcessTarget
from finrisk_ops.release.revision import Release, labelled, make
from tests.grounds.findings import MODEL

BASE_MODEL = "gemini-3.5-flash-lite"

_INSERT = """
insert into analyses (id, created_at, experiment, revision, split_bp, unit_kind, unit_hash, user_hash, bucket,
    arm_assigned, arm_served, outcome, arm_error, latency_ms, arm_ms, quality_score, judged_quality,
    wrong_figures, redaction_version, judge_version, prompt_version, index_version, prompt_tokens,
    answer_tokens)
select gen_random_uuid(), now() - make_interval(secs => %(hours)s * 3600 * (1 - n / %(users)s::float8)),
    %(experiment)s, %(revision)s, %(split_bp)s, 'user', %(arm)s || n, %(arm)s || n, 1, %(arm)s,
    case when fails then null else %(arm)s end, case when fails then 'upstream_error' else 'ok' end,
    case when fails then 'upstream_error' end, 700, 700, case when fails then null else score end,
    case when fails then null else score end, case when fails then null else 0 end, '1', '3', 'p', '3',
    1000, 100
from (
    select n, n %% 100 < %(failing)s as fails, %(quality)s + (n %% 11 - 5) / 100.0 as score
    from generate_series(1, %(users)s) as n
) as met"""

_LABEL = """
insert into reviews (request_id, drawn, key_id, label, labelled_at)
select id, %(drawn)s, 'reviewer',
    quality_score - case when arm_assigned = 'tuned' then %(less)s else 0 end, now()
from (
    select *, row_number() over (partition by arm_assigned order by unit_hash) as place from analyses
    where quality_score is not null and id not in (select request_id from reviews)
) as met where place <= %(users)s"""


@dataclass(frozen=True)
class Met:
    """What an arm's users met: each asked once, evenly over the last hours until now."""

    arm: str
    users: int
    failing: int = 2
    """Of a hundred users."""
    quality: float = 0.9
    experiment: str = "e"
    revision: str = "r0001-00000000"
    split_bp: int = 5000
    hours: float = 6.0


def insert(database_url: str, *arms: Met) -> None:
    """Write a row for each user."""
    with psycopg.connect(database_url) as connection:
        for met in arms:
            connection.execute(_INSERT.encode(), vars(met))


def label(database_url: str, users: int, *, drawn: bool, less: float = 0.0) -> None:
    """Let a reviewer score an answer of so many users of each arm, as the judge does; tuned ``less``."""
    with psycopg.connect(database_url) as connection:
        connection.execute(_LABEL.encode(), {"users": users, "drawn": drawn, "less": less})


def deploy(place: gunicorn.Place, ratio: int = 50) -> str:
    """Make a revision of experiment ``e`` the current one; return its name."""
    target = ProcessTarget(place)
    settings = {
        "ENABLE_FINETUNING": "true",
        "ENABLE_AB_TESTING": "true",
        "AB_TEST_TRAFFIC_SPLIT": str(ratio / 100),
        "BASE_MODEL": BASE_MODEL,
    }
    config = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": settings}
    secret = {"kind": "Secret", "metadata": {"name": "s"}, "stringData": {}}
    made = make(
        config, secret, Release(MODEL, ratio, "local", "", "e", "me@here", "2026-01-01T10:00:00Z", "test"), 1
    )
    target.store(labelled(made, "finrisk.io/proven", "true"))
    target.make_current(made.name)
    name: str = made.name
    return name
