"""What an address of a database means."""

from __future__ import annotations

import pytest

from finrisk_rules import postgresql


@pytest.mark.parametrize(
    ("options", "settings"),
    [
        ("", {}),
        ("-c search_path=finrisk", {"search_path": "finrisk"}),
        ("-csearch_path=finrisk,public --work-mem=8MB", {"search_path": "finrisk,public", "work_mem": "8MB"}),
        (r"-c search_path=a\ b -c Application_Name=x\\y", {"search_path": "a b", "application_name": r"x\y"}),
        ("-c finrisk.note=a=b", {"finrisk.note": "a=b"}),
    ],
)
def test_options_are_read_as_postgresql_reads_them(options: str, settings: dict[str, str]) -> None:
    held = postgresql.session(options, {})
    assert {name: held[name] for name in settings} == settings
    assert set(held) - set(settings) == {"timezone", "datestyle", "client_encoding"}


def test_what_a_room_needs_wins_over_the_address() -> None:
    given = "-c TimeZone=Asia/Tokyo -c statement_timeout=1 -c client_encoding=LATIN1 -c DateStyle=German"
    held = postgresql.session(given, {"statement_timeout": 10_000})
    assert held == {
        "timezone": "UTC",
        "statement_timeout": "10000",
        "client_encoding": "UTF8",
        "datestyle": "ISO, MDY",
    }


@pytest.mark.parametrize("options", ["-S", "-c", "-c search_path", "search_path=x", "-d 5", "--"])
def test_an_option_that_no_statement_can_set_is_refused_with_the_form_that_can(options: str) -> None:
    with pytest.raises(ValueError, match="write each setting as -c NAME=VALUE"):
        postgresql.session(options, {})


def test_variables_that_libpq_would_read_are_told_from_others() -> None:
    environment = ["PGTZ", "PGOPTIONS", "PATH", "FINRISK_PG_BIN", "PG_HOME", "PGSERVICE", "PGPASSWORD"]
    assert postgresql.foreign_variables(environment) == ["PGOPTIONS", "PGPASSWORD", "PGSERVICE", "PGTZ"]


@pytest.mark.parametrize("url", ["postgresql://u:p%40ss-word@h/d", "postgresql://u:p@ss-word@h/d"])
def test_an_error_is_one_line_without_the_password(url: str) -> None:
    said = postgresql.first_line("invalid: p%40ss-word or p@ss-word\nmore", url)
    assert "p@ss-word" not in said
    assert said.startswith("invalid: ")
    assert "more" not in said
