"""Of rows that ask one thing the best is trained on, and the worse makes a preference pair."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from finrisk_rules.prompt import SYSTEM_INSTRUCTION, render
from tests.grounds.preparation import lines, prepare, rejected, side_of, turns, write_raw
from tests.grounds.training_rows import row

NEARLY = row(0)["analysis"].replace("Management names", "Management gives")


def test_of_several_answers_to_one_question_the_best_scored_stays(tmp_path: Path) -> None:
    again = row(1)["strategy"].upper().replace(" ", "  ")
    write_raw(
        tmp_path,
        [
            row(1, quality_score=0.91),
            row(1, id="b", quality_score=0.97, analysis=row(5)["analysis"], strategy=again),
            row(1, id="c", quality_score=0.93),
            *(row(number) for number in range(10, 20)),
        ],
    )
    result = prepare(tmp_path)
    assert result["rejected"] == {"duplicate": 2}
    assert sorted(rejected(result)) == [2, 4]
    answers = [
        analysis for path in ("training_file", "validation_file") for _, analysis in turns(result[path])
    ]
    assert answers.count(row(5)["analysis"]) == 1
    assert row(1)["analysis"] not in answers


def test_a_reviewers_answer_is_trained_on_instead_of_every_models_and_whatever_its_score(
    tmp_path: Path,
) -> None:
    by_reviewer = row(1, id="b", quality_score=0.4, analysis=row(5)["analysis"], provenance="human")
    others = [row(number) for number in range(10, 20)]
    write_raw(tmp_path, [row(1, quality_score=1.0), by_reviewer, row(1, id="c", quality_score=1.0), *others])
    result = prepare(tmp_path)
    assert result["rejected"] == {"duplicate": 2}
    files = ("training_file", "validation_file")
    answers = [analysis for path in files for _, analysis in turns(result[path])]
    assert answers.count(row(5)["analysis"]) == 1


def test_one_question_on_other_sources_is_another_example(tmp_path: Path) -> None:
    asked = [
        row(number, strategy=row(0)["strategy"], sources=[{"document_id": f"d{number}"}])
        for number in range(5)
    ]
    write_raw(tmp_path, [*asked, *(row(number) for number in range(10, 60))])
    assert prepare(tmp_path)["valid"] == 55


def test_corrections_and_ratings_of_one_prompt_make_preference_pairs_of_the_training_set(
    tmp_path: Path,
) -> None:
    poor = "The model says less: write to jane.roe@example.com about the covenant. " * 2
    liked, disliked = (
        {"quality_parts": {"rating": 1}},
        {"quality_parts": {"rating": -1}, "quality_score": 0.4},
    )
    given = []
    for number in range(0, 90, 3):
        given += [
            row(number, provenance="human", model_analysis=poor),
            row(number + 1, **liked),
            row(number + 1, **disliked, id="d", analysis=row(400 + number)["analysis"]),
            row(number + 2, provenance="human", model_analysis=row(number + 2)["analysis"]),
        ]
    given += [row(200, model_analysis=poor), row(201, provenance="human", model_analysis="\u202e" + poor)]
    write_raw(tmp_path, given)
    result = prepare(tmp_path)
    pairs = {
        (pair["contents"][0]["parts"][0]["text"], *completions(pair))
        for pair in lines(result["preference_file"])
    }
    trained = dict(turns(result["training_file"]))
    expected = set()
    for number in range(90):
        if (asked := render(row(number)["strategy"], [])) in trained and number % 3 < 2:
            replaced = poor.strip().replace("jane.roe@example.com", "[email_1]")
            worse = replaced if number % 3 == 0 else row(399 + number)["analysis"]
            expected.add((asked, row(number)["analysis"], worse))
    assert pairs == expected
    assert result["preference_pairs"] == len(expected) > 30


def completions(pair: dict[str, Any]) -> tuple[str, str]:
    """The preferred and the other answer of a pair, whose form is Google's."""
    assert list(pair) == ["system_instruction", "contents", "completions"]
    assert pair["system_instruction"] == {"parts": [{"text": SYSTEM_INSTRUCTION}]}
    assert [turn["role"] for turn in pair["contents"]] == ["user"]
    assert [each["score"] for each in pair["completions"]] == [1, 0]
    assert all(each["completion"]["role"] == "model" for each in pair["completions"])
    better, worse = (each["completion"]["parts"][0]["text"] for each in pair["completions"])
    return better, worse


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        ({"quality_score": 1.0}, {"provenance": "human", "quality_score": 0.1}),
        (
            {"quality_score": 1.0, "quality_parts": {"verdicts": {"stated": 1, "asked": 3}}},
            {"quality_parts": {"verdicts": {"stated": 4}}},
        ),
        ({"quality_score": 0.95}, {"quality_score": 0.96}),
        ({"created_at": "2026-10-01T00:00:00Z"}, {"created_at": "2026-10-02T00:00:00Z"}),
    ],
    ids=["reviewer", "verdicts", "quality", "age"],
)
@pytest.mark.parametrize("nearly", [False, True], ids=["conflict", "near"])
def test_of_answers_to_one_question_the_reviewers_stays_then_by_verdicts_quality_and_age(
    tmp_path: Path, worse: dict[str, Any], better: dict[str, Any], nearly: bool
) -> None:
    question = row(0)["strategy"].replace("Assess", "Evaluate") if nearly else row(0)["strategy"]
    for order in (1, -1):
        two = [row(0, **worse), row(0, id="b", strategy=question, analysis=NEARLY, **better)]
        write_raw(tmp_path, [*two[::order], *map(row, range(10, 40))])
        result = prepare(tmp_path)
        assert result["rejected"] == {"near_duplicate" if nearly else "duplicate": 1}
        assert (side_of(result, row(0)["analysis"]), len(side_of(result, NEARLY))) == ([], 1)
        told = json.loads(Path(result["metadata_file"]).read_text())["duplicates"]
        assert told["conflicts"] == (0 if nearly else 1)
