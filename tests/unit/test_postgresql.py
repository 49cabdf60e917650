"""What an address of a database means."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from finrisk_rules import postgresql

ADDRESS = "postgresql://u:p@h/d"


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
    held = postgresql.session(f"{ADDRESS}?sslmode=prefer&options={quote(options)}", {})
    assert {name: held[name] for name in settings} == settings
    assert set(held) - set(settings) == {"timezone", "datestyle", "client_encoding"}


def test_what_a_room_needs_wins_over_the_address() -> None:
    given = "-c TimeZone=Asia/Tokyo -c statement_timeout=1 -c client_encoding=LATIN1 -c DateStyle=German"
    held = postgresql.session(f"{ADDRESS}?options={quote(given)}", {"statement_timeout": 10_000})
    assert held == {
        "timezone": "UTC",
        "statement_timeout": "10000",
        "client_encoding": "UTF8",
        "datestyle": "ISO, MDY",
    }


@pytest.mark.parametrize("options", ["-S", "-c", "-c search_path", "search_path=x", "-d 5", "--"])
def test_an_option_that_no_statement_can_set_is_refused_with_the_form_that_can(options: str) -> None:
    with pytest.raises(ValueError, match="write each setting as -c NAME=VALUE"):
        postgresql.session(f"{ADDRESS}?options={quote(options)}", {})


def test_variables_that_libpq_would_read_are_told_from_others() -> None:
    environment = ["PGTZ", "PGOPTIONS", "PATH", "FINRISK_PG_BIN", "PG_HOME", "PGSERVICE", "PGPASSWORD"]
    assert postgresql.foreign_variables(environment) == ["PGOPTIONS", "PGPASSWORD", "PGSERVICE", "PGTZ"]


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40ss-word@h/d",
        "postgresql://u:p@ss-word@h/d",
        "postgresql://u@h/d?sslmode=prefer&password=p%40ss-word",
    ],
)
def test_an_error_is_one_line_without_the_password(url: str) -> None:
    said = postgresql.first_line("invalid: p%40ss-word or p@ss-word\nmore", url)
    assert "p@ss-word" not in said
    assert said.startswith("invalid: ")
    assert "more" not in said


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u:p@h/d", "h:5432/d as u"),
        ("postgres://h:6432/d?options=-c%20a%3Db", "h:6432/d as the default user"),
        ("postgresql://a%40b:p@h1:5433,h2/d?target_session_attrs=read-write", "h1:5433,h2:5432/d as a@b"),
        ("postgresql://u:p@[::1]:5433/d", "::1:5433/d as u"),
    ],
)
def test_an_address_is_shown_without_its_password(url: str, place: str) -> None:
    assert postgresql.place(url) == place


@pytest.mark.parametrize(
    "url", ["host=h dbname=d", "postgresql:///d", "postgresql://u:p@h:port/d", "mysql://u:p@h/d", "h", "//["]
)
def test_what_is_no_address_of_every_room_is_one_of_none(url: str) -> None:
    with pytest.raises(ValueError, match="expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE"):
        postgresql.place(url)
