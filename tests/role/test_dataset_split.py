"""Which examples train and which validate, and which are left out when there are too many."""

from __future__ import annotations

import json
import random
from itertools import combinations
from pathlib import Path

import pytest

from finrisk_ops.dataset import quotes
from finrisk_ops.dataset.split import Tie, Ties
from finrisk_ops.errors import FinriskError
from tests.grounds import quoting
from tests.grounds.preparation import prepare, turns, write_raw
from tests.grounds.training_rows import row


def test_what_nearly_repeats_a_row_of_validation_on_other_sources_is_not_trained_on(tmp_path: Path) -> None:
    given = []
    for number in range(60):
        for half in ("a", "b"):
            analysis = row(number)["analysis"].replace("names", "names" if half == "a" else "also names")
            given.append(row(number, analysis=analysis, sources=[{"document_id": f"{number}-{half}"}]))
    write_raw(tmp_path, given)
    result = prepare(tmp_path)
    assert result["rejected"]["near_validation"] > 0
    sides = [
        {analysis.replace("also names", "names") for _, analysis in turns(result[path])}
        for path in ("training_file", "validation_file")
    ]
    assert not sides[0] & sides[1]
    assert result["valid"] + sum(result["rejected"].values()) == result["total"]


def test_no_primary_source_document_and_no_user_without_sources_is_on_both_sides(tmp_path: Path) -> None:
    dice = random.Random(3)  # noqa: S311 - repeatable
    given = []
    for number in range(600):
        firm = dice.randrange(40)
        documents = [{"document_id": f"firm-{firm}-page-{page}"} for page in dice.sample(range(6), 3)]
        given.append(
            row(number, sources=documents if number % 3 else [], user_id=f"user-{dice.randrange(30)}")
        )
    write_raw(tmp_path, given)
    result = prepare(tmp_path)
    assert 30 <= result["validation_examples"] <= 120
    by_analysis = {each["analysis"]: each for each in given}
    sides = []
    for path in ("training_file", "validation_file"):
        side = [by_analysis[analysis] for _, analysis in turns(result[path])]
        found = {each["sources"][0]["document_id"] for each in side if each["sources"]}
        sides.append(found | {each["user_id"] for each in side if not each["sources"]})
    assert not sides[0] & sides[1]


def test_rows_stay_on_their_side_when_the_data_grows(tmp_path: Path) -> None:
    given = [row(number, user_id=f"user-{number % 60}") for number in range(400)]
    write_raw(tmp_path / "before", given[:300])
    write_raw(tmp_path / "after", given)
    before, after = prepare(tmp_path / "before"), prepare(tmp_path / "after")
    assert set(turns(before["validation_file"])) <= set(turns(after["validation_file"]))
    assert set(turns(before["training_file"])) <= set(turns(after["training_file"]))


def test_two_examples_are_one_for_each_side_and_one_cannot_be_split(tmp_path: Path) -> None:
    write_raw(tmp_path, [row(1), row(2)])
    result = prepare(tmp_path)
    assert (result["train_examples"], result["validation_examples"]) == (1, 1)
    write_raw(tmp_path, [row(1)])
    with pytest.raises(FinriskError, match="1 usable examples cannot be split"):
        prepare(tmp_path)


def test_max_examples_takes_the_best_then_the_newest_of_every_kind(tmp_path: Path) -> None:
    heading = "## Market risk\n"
    given = [
        row(
            n,
            quality_score=0.99 if n >= 15 else 0.95,
            created_at=f"2026-10-{1 + n:02d}T00:00:00Z",
            analysis=heading + row(n)["analysis"].split("\n", 1)[1],
            sources=[{"document_id": f"d{n}", "company": "Corvane Bank"}],
        )
        for n in range(20)
    ]
    long, other = row(20, quality_score=0.9), row(21, quality_score=0.9, sources=[{"document_id": "x"}])
    long["analysis"] = heading + f"{row(20)['analysis']} " * 4
    long["sources"] = [{"document_id": "y", "company": "Corvane Bank"}]
    write_raw(tmp_path, [*given, long, other])
    result = prepare(tmp_path, max_examples=8)
    kept = {analysis for path in ("training_file", "validation_file") for _, analysis in turns(result[path])}
    assert kept == {each["analysis"].strip() for each in [*given[14:], long, other]}
    assert (result["valid"], json.loads(Path(result["metadata_file"]).read_text())["max_examples"]) == (22, 8)
    assert any("14 are left out" in line and "of the 3 kinds" in line for line in result["summary"])


def apart(documents: int, seed: int) -> float:
    """Share of the pairs of rows with a quote in common that are on two sides, where quotes alone tell."""
    given = quoting.rows(documents, random.Random(seed))  # noqa: S311 - repeatable
    ties = Ties()
    for row_number, each in enumerate(given):
        ties.add(Tie.of((), f"user-{row_number % 17}", each.question, each.answer))
    validation, by = ties.validation(range(len(given)), 0.9)
    assert by == "primary source documents"
    assert 0.03 <= len(validation) / len(given) <= 0.21, "a tenth, twice that at most"
    pairs = [
        (one, other)
        for one, other in combinations(range(len(given)), 2)
        if given[one].quotes & given[other].quotes
    ]
    return sum((one in validation) != (other in validation) for one, other in pairs) / len(pairs)


@pytest.mark.parametrize(("documents", "most"), [(10, 0.1), (40, 0.03), (120, 0.0)])
def test_rows_that_quote_one_document_keep_one_side(documents: int, most: float) -> None:
    """The limits of ``quotes`` were chosen on other rows; these were made to see whether they hold."""
    assert sum(apart(documents, 1_000 * documents + seed) for seed in range(4)) / 4 <= most


@pytest.mark.parametrize(("limit", "value"), [("_HOLDERS", 16), ("_HOLDERS", 64), ("_FIGURED_SHARE", 20)])
def test_the_limits_of_quotes_stand_on_a_plain(
    monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(quotes, limit, value)
    assert apart(120, 1) == 0


def test_sentences_without_figures_tell_a_document_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quotes, "_HOLDERS", 0)
    assert apart(120, 1) > 0.01
