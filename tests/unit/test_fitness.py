"""What status says of a database that the service reaches and that is not fit for it."""

from __future__ import annotations

from typing import Any

import pytest

from finrisk_ops.service.snapshot import worst
from finrisk_ops.status import fitness


def found(*pods: dict[str, Any]) -> Any:
    return fitness.findings({"pods": list(pods)}, lambda rest: f"ansible-playbook playbooks/{rest}")


@pytest.mark.parametrize(
    ("schema", "command"), [("empty", "site.yml"), ("older", "site.yml"), ("incomplete", "status.yml")]
)
def test_a_database_that_counts_as_away_is_told_in_the_services_words(schema: str, command: str) -> None:
    fit = {"database": "ok", "schema": "current", "database_problem": ""}
    away = {"database": "unusable", "schema": schema, "database_problem": "database d lacks a table"}
    (finding,) = found(fit, away)
    assert "counts as away: database d lacks a table." in finding.what
    assert finding.command.endswith(command)


def test_a_database_that_takes_no_writes_is_told() -> None:
    (finding,) = found({"database": "read_only", "schema": "current", "database_problem": "d is read-only"})
    assert "Nothing can be written to the database: d is read-only." in finding.what


@pytest.mark.parametrize("database", ["ok", "down", None])
def test_one_that_is_fit_or_does_not_answer_is_no_finding_here(database: str | None) -> None:
    assert found({"database": database, "schema": "current", "database_problem": "?"}) == []


def test_the_worst_of_what_pods_say_stands_for_all() -> None:
    assert worst({"ok", "unusable"}) == "unusable"
    assert worst({"ok", "read_only", "down"}) == "down"
    assert worst(set()) is None
