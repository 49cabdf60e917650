"""Which rows leave the database, and how those that stay are counted, on a real PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.dataset import export, prepare
from finrisk_ops.errors import FinriskError
from tests.grounds.exports import ask, exported
from tests.grounds.training_rows import insert, row

DESKS = ("desk: credit", "desk: equities")
LABELLED = [
    row(1),
    row(2, labels=[]),
    row(3, labels=[DESKS[0]]),
    row(4, labels=[DESKS[1]]),
    row(5, labels=list(DESKS)),
]


@pytest.mark.parametrize(
    ("named", "taken"), [((), 2), (DESKS[:1], 3), (DESKS[1:], 3), (DESKS, 5), (("desk: other",), 2)]
)
def test_rows_keep_their_labels_and_only_those_that_the_inventory_names_leave_the_database(
    database_url: str, tmp_path: Path, named: tuple[str, ...], taken: int
) -> None:
    insert(database_url, 0, *LABELLED)
    labels = frozenset(named)
    result = export.run(ask(database_url, tmp_path, training_labels=labels), check_mode=False)
    assert {tuple(each["labels"] or ()) for each in exported(result)} == {
        tuple(each.get("labels", ())) for each in LABELLED if set(each.get("labels", ())) <= labels
    }
    prepared = prepare.run(prepare.Request("", tmp_path, 0.5, 0, 0.9, labels), check_mode=False)
    assert result["eligible_examples"] == prepared["valid"] == taken
    assert result["rejected"].get("restricted_source", 0) == 5 - taken


def test_an_export_of_more_labels_than_the_inventory_names_now_is_not_prepared(
    database_url: str, tmp_path: Path
) -> None:
    insert(database_url, 0, *LABELLED)
    export.run(ask(database_url, tmp_path, training_labels=frozenset(DESKS)), check_mode=False)
    prepared = prepare.run(prepare.Request("", tmp_path, 0.5, 0, 0.9, frozenset(DESKS[:1])), check_mode=False)
    assert (prepared["valid"], prepared["rejected"]) == (3, {"restricted_source": 2})
    written = Path(prepared["training_file"]).read_text() + Path(prepared["validation_file"]).read_text()
    assert not any(each["strategy"] in written for each in LABELLED[3:])


def test_withdrawn_rows_refused_producers_and_a_tuned_models_answers_are_left_out_and_counted(
    database_url: str, tmp_path: Path
) -> None:
    insert(
        database_url,
        2,
        row(11, withdrawn_at="2026-10-30"),
        row(12, model_version="Extractive-1"),
        row(13, finetuned_model_used=True),
        row(14, model_version=None),
    )
    result = export.run(
        ask(database_url, tmp_path, refused_producers=("extractive",)),
        check_mode=False,
    )
    assert {each["session_id"] for each in exported(result)} == {"session-0", "session-1", "session-14"}
    assert result["rejected"] == {"made_by_tuned_model": 1, "producer_refused": 1, "withdrawn": 1}
    result = export.run(ask(database_url, tmp_path, tuned_rows=True), check_mode=False)
    assert result["rejected"] == {"withdrawn": 1}
    assert result["total_examples"] == 5


def test_a_correction_is_exported_whatever_became_of_its_answer_but_for_a_refused_producer(
    database_url: str, tmp_path: Path
) -> None:
    changed = {"correction": row(5)["analysis"], "correction_score": 0.3}
    insert(
        database_url,
        0,
        row(11, withdrawn_at="2026-10-30", **changed),
        row(12, model_version="Extractive-1", **changed),
        row(13, finetuned_model_used=True, **changed),
    )
    result = export.run(ask(database_url, tmp_path, refused_producers=("extractive",)), check_mode=False)
    rows = {each["session_id"]: each for each in exported(result)}
    assert set(rows) == {"session-11", "session-13"}
    assert result["eligible_examples"] == 2
    told = ("analysis", "quality_score", "provenance", "model_analysis")
    assert [rows["session-11"][name] for name in told] == [
        row(5)["analysis"],
        0.3,
        "human",
        row(11)["analysis"],
    ]


@pytest.mark.parametrize(
    ("filters", "numbers", "left_out"),
    [
        ({"until": export.moment("2026-10-04")}, [0, 1, 2], {"from_until_on": 3}),
        ({"arm": "base"}, [0, 2, 3, 4], {"other_arm": 2}),
        ({"company": "corvane BANK"}, [3], {"other_company": 5}),
        ({"arm": "base", "company": "Corvane' or true --"}, [], {"other_arm": 2, "other_company": 4}),
    ],
)
def test_a_filter_leaves_out_the_other_rows_and_counts_them(
    database_url: str, tmp_path: Path, filters: dict[str, Any], numbers: list[int], left_out: dict[str, int]
) -> None:
    other, corvane = ({"document_id": name, "company": name} for name in ("Other", "Corvane Bank"))
    sources: dict[int, Any] = {3: [other, corvane], 4: "no list", 5: {"company": None}}
    arms = {1: "tuned", 5: None}
    rows = [row(n, arm=arms.get(n, "base"), sources=sources.get(n, [{"company": None}])) for n in range(6)]
    insert(database_url, 0, *rows)
    result = export.run(ask(database_url, tmp_path, min_examples=0, **filters), check_mode=False)
    assert [each["session_id"] for each in exported(result)] == [f"session-{n}" for n in numbers]
    assert result["rejected"] == left_out


def test_since_leaves_out_older_rows(database_url: str, tmp_path: Path) -> None:
    insert(database_url, 6)
    since = export.moment("2026-10-04")
    result = export.run(ask(database_url, tmp_path, since=since), check_mode=False)
    assert (result["total_examples"], result["rejected"]) == (3, {"before_since": 3})


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (
            {"company": "Skaldvik Shiping"},
            "finrisk_company is 'Skaldvik Shiping', and so 8 of 8 rows are not usable "
            "(there is 'Skaldvik Shipping' and 6 more). Change that filter, or collect more",
        ),
        (
            {"company": "Nobody"},
            "(there is 'Corvane Bank', 'Firm A', 'Firm B', 'Firm C', 'Firm D' and 2 more). Change that",
        ),
        (
            {"arm": "tuned"},
            "finrisk_arm is 'tuned', and so 7 of 8 rows are not usable. finrisk_tuned_rows is false: "
            "what a tuned model wrote is left out as well, unless you add -e finrisk_tuned_rows=true. Change",
        ),
        ({"refused_producers": ("Gemini",)}, "finrisk_refused_producers is 'Gemini', and so 8 of 8 rows"),
        (
            {"until": export.moment("2026-10-01")},
            "finrisk_until is '2026-10-01T00:00:00+00:00', and so 8 of 8",
        ),
        (
            {"min_quality": 0.99},
            "finrisk_min_quality is 0.99, and so 7 of 8 rows are not usable. Change that",
        ),
        (
            {"min_examples": 20},
            "1 made_by_tuned_model. Collect more, or lower the limit with -e finrisk_min_examples=N",
        ),
    ],
)
def test_too_few_rows_name_the_filter_that_leaves_most_out(
    database_url: str, tmp_path: Path, filters: dict[str, Any], told: str
) -> None:
    firms = ["Corvane Bank", "Skaldvik Shipping", *(f"Firm {letter}" for letter in "ABCDE")]
    rows = [row(n, arm="base", sources=[{"company": firm}]) for n, firm in enumerate(firms)]
    tuned = row(7, arm="tuned", finetuned_model_used=True, sources=[{"company": "Only tuned"}])
    insert(database_url, 0, *rows, tuned)
    with pytest.raises(FinriskError) as refused:
        export.run(ask(database_url, tmp_path, **filters), check_mode=False)
    assert told in refused.value.message
    assert list(tmp_path.iterdir()) == []


def test_a_time_in_which_nothing_can_lie_is_refused_with_both_ends() -> None:
    for until in ("2026-10-04", "2026-10-03T23:00:00Z"):
        with pytest.raises(
            FinriskError, match=f"finrisk_since is '2026-10-04' and finrisk_until is '{until}'"
        ):
            export.period("2026-10-04", until)
    assert export.period("", "2026-10-04") == (None, export.moment("2026-10-04"))
    assert export.period("2026-10-04", "2026-10-05") == tuple(
        map(export.moment, ("2026-10-04", "2026-10-05"))
    )
