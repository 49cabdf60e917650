"""Both models on the same questions: what users asked, and the other arm's model answered after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from finrisk_rules.judge.verdicts import JUDGE_VERSION

from ..counts import number_of
from .text import wrap

if TYPE_CHECKING:
    import psycopg

_PAIRS = """
with of_pair as (
    select base_wrong, tuned_wrong, base_quality, tuned_quality,
           base_outcome = 'ok' and tuned_outcome = 'ok' as answered
    from shadow_pairs where tuned_model = %(model)s and judge_version = %(judge)s
)
select count(*) as questions,
       count(*) filter (where not answered) as unanswered,
       count(*) filter (where base_wrong is not null and tuned_wrong is not null) as judged,
       count(*) filter (where base_wrong and tuned_wrong) as both_wrong,
       count(*) filter (where base_wrong and not tuned_wrong) as only_base_wrong,
       count(*) filter (where tuned_wrong and not base_wrong) as only_tuned_wrong,
       avg(base_quality) filter (where answered) as base_quality,
       avg(tuned_quality) filter (where answered) as tuned_quality
from of_pair"""
"""Only by the judge of this release: verdicts of two judges are no pair of samples."""


def read(connection: psycopg.Connection, model: str) -> dict[str, Any] | None:
    """Return what is known of questions that base and this tuned model both answered; raises psycopg.Error.

    None where the schema is one before shadows: whoever looks must not wait for a migration.

    - ``questions`` that both were asked; ``unanswered``, by one of them; ``judged``: where the figures of
      both answers were.
    - Of the judged: ``both_wrong``, ``only_base_wrong``, ``only_tuned_wrong`` have a wrong figure.
    - ``base_quality``, ``tuned_quality``: means over the questions that both answered; None without any.
    """
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        [schema] = cursor.execute("select to_regclass('shadow_pairs') is not null as has_pairs").fetchall()
        if not schema["has_pairs"]:
            return None
        [row] = cursor.execute(_PAIRS, {"model": model, "judge": JUDGE_VERSION}).fetchall()
    return dict(row)


def lines(shadow: dict[str, Any] | None) -> list[str]:
    """Return the lines of the page; none while no question was asked of both."""
    if not shadow or not shadow["questions"]:
        return []
    told = f"{number_of(shadow['questions'], 'question')} asked of both models"
    if shadow["unanswered"]:
        told += f", {shadow['unanswered']:,} left unanswered by one"
    if judged := shadow["judged"]:
        shares = ", ".join(
            f"{arm} {(shadow['both_wrong'] + shadow[f'only_{arm}_wrong']) / judged:.1%}"
            for arm in ("base", "tuned")
        )
        told += (
            f"; with a wrong figure, of {judged:,} judged: {shares} "
            f"(base alone {shadow['only_base_wrong']:,}, tuned alone {shadow['only_tuned_wrong']:,})"
        )
    if shadow["base_quality"] is not None:
        told += f"; quality {shadow['base_quality']:.3f} and {shadow['tuned_quality']:.3f}"
    return wrap(told)
