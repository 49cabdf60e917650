"""What a folder no longer holds, and who relied on it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .. import database
from ..counts import number_of
from ..errors import FinriskError

if TYPE_CHECKING:
    import psycopg

LARGEST_SHARE = 0.2
"""Most of the index that is removed without being asked for by name."""

DAYS = 90
"""How far back answers are looked for that cited what is removed."""

_STATEMENT_SECONDS = 60
_SHOWN = 5

_CITED = """
    with answers as (
        select id, unnest(documents) as document from analyses
        where created_at > now() - make_interval(days => %(days)s) and documents && %(gone)s
        union
        select t.id, source->>'document_id' from training_data t, jsonb_path_query(t.sources, '$[*]') source
        where t.created_at > now() - make_interval(days => %(days)s)
    )
    select document, array_agg(id::text) from answers where document = any(%(gone)s)
    group by 1 order by 1"""
"""Answers of before ``analyses.documents`` was kept stand in ``training_data``, where they were collected."""


@dataclass(frozen=True)
class Cited:
    """The answers that cited a document, by the document; why that cannot be told, where it cannot."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    untold: str | None = None

    def lines(self) -> list[str]:
        """Return what to say of it to an operator."""
        if self.untold:
            return [f"which answers cited what is gone cannot be told: {self.untold}"]
        if not self.answers:
            return [f"no answer of the last {DAYS} days cited what is gone"]
        shown = "; ".join(
            f"{name} by {number_of(len(answers), 'answer')} ({', '.join(answers[:_SHOWN])}"
            f"{', ...' if len(answers) > _SHOWN else ''})"
            for name, answers in list(self.answers.items())[:_SHOWN]
        )
        more = f"; and {len(self.answers) - _SHOWN} more documents" if len(self.answers) > _SHOWN else ""
        return [f"cited by answers of the last {DAYS} days: {shown}{more}"]


def check(gone: Collection[str], index: Collection[str], confirmed: bool) -> None:
    """Raise FinriskError when too much of the index would go and nobody has confirmed it."""
    if confirmed or not gone or len(gone) <= LARGEST_SHARE * len(index):
        return
    raise FinriskError(
        f"{len(gone):,} of the {len(index):,} documents of the index are not in the folder, more than "
        f"{LARGEST_SHARE:.0%}, and nothing was sent or removed: look at them with --check --diff -e "
        "finrisk_confirm_removal=true, and run it so without --check if they are to go"
    )


def cited(database_url: str, gone: list[str]) -> Cited:
    """Return which answers cited documents that go; what keeps it from being told is told."""
    if not gone:
        return Cited()
    try:
        with database.connect(database_url, statement_timeout_seconds=_STATEMENT_SECONDS) as connection:
            return Cited(_rows(connection, database_url, gone))
    except FinriskError as error:
        return Cited(untold=error.message)


def _rows(connection: psycopg.Connection[Any], url: str, gone: list[str]) -> dict[str, list[str]]:
    import psycopg

    try:
        return {
            name: sorted(answers)
            for name, answers in connection.execute(_CITED, {"days": DAYS, "gone": gone})
        }
    except psycopg.Error as error:
        raise database.query_error(error, url) from None
