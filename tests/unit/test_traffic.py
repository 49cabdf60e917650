"""The operator's ratio and the settings that it becomes."""

from __future__ import annotations

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.release.traffic import (
    choose_ratio,
    describe,
    experiment,
    parse_ratio,
    parse_stages,
    traffic_keys,
    tuned_share,
)

STAGES = (25, 50, 75, 100)


@pytest.mark.parametrize(("given", "expected"), [(0, 0), ("0", 0), (100, 100), ("50", 50), (" 7 ", 7)])
def test_whole_numbers_from_0_to_100_are_ratios(given: object, expected: int) -> None:
    assert parse_ratio(given) == expected


@pytest.mark.parametrize(
    "given",
    [
        "abc",
        "101",
        101,
        "-1",
        -1,
        "0.5",
        0.5,
        50.0,
        True,
        "",
        None,
        "1e1",
        "5_0",
        "\u0665\u0660",
        "+5",
        "050",
    ],
)
def test_everything_else_is_refused_with_what_is_expected(given: object) -> None:
    with pytest.raises(FinriskError, match=r"expected a whole number from 0 to 100") as caught:
        parse_ratio(given)
    assert repr(given) in caught.value.message


@pytest.mark.parametrize(
    ("ratio", "enabled", "split"),
    [(0, "false", "0"), (1, "true", "0.01"), (10, "true", "0.1"), (25, "true", "0.25"), (100, "true", "1")],
)
def test_a_ratio_becomes_three_keys_with_the_shortest_decimal(ratio: int, enabled: str, split: str) -> None:
    assert traffic_keys(ratio) == {
        "ENABLE_FINETUNING": enabled,
        "ENABLE_AB_TESTING": enabled,
        "AB_TEST_TRAFFIC_SPLIT": split,
    }


@pytest.mark.parametrize("ratio", range(101))
def test_every_ratio_comes_back_out_of_its_keys(ratio: int) -> None:
    assert tuned_share(traffic_keys(ratio)) == ratio / 100


def test_without_finetuning_nobody_and_without_ab_testing_everybody_gets_the_tuned_model() -> None:
    assert tuned_share({"ENABLE_FINETUNING": "false", "AB_TEST_TRAFFIC_SPLIT": "0.5"}) == 0
    assert tuned_share({"ENABLE_FINETUNING": "true", "ENABLE_AB_TESTING": "false"}) == 1
    assert tuned_share({"ENABLE_FINETUNING": "true", "ENABLE_AB_TESTING": "true"}) is None


def test_a_ratio_reads_as_both_shares() -> None:
    assert describe(75) == "75 % tuned, 25 % base"


def test_the_experiment_is_the_spec_else_a_hash_of_the_name() -> None:
    assert experiment("projects/p/locations/l/endpoints/1", "abc") == "abc"
    assert experiment("") == ""
    name = experiment("projects/p/locations/l/endpoints/1")
    assert len(name) == 40
    assert name != experiment("projects/p/locations/l/endpoints/2")


@pytest.mark.parametrize("stages", [[], [0, 50], [50, 25], [25, 25], [50, 101], ["x"]])
def test_stages_that_do_not_rise_within_1_to_100_are_refused(stages: list[object]) -> None:
    with pytest.raises(FinriskError, match="finrisk_stages"):
        parse_stages(stages)


@pytest.mark.parametrize(
    ("variable", "environment", "following", "running", "same_model", "ratio", "why"),
    [
        ("75", "50", True, 25, True, 75, "finrisk_ab_ratio, which wins over AB_TEST_RATIO and finrisk_next"),
        (0, "", False, 25, True, 0, "finrisk_ab_ratio"),
        ("", "50", True, 25, True, 50, "AB_TEST_RATIO of the environment, which wins over finrisk_next"),
        ("", "", True, 25, True, 50, "finrisk_next: the stage after 25"),
        ("", "", True, 30, True, 50, "finrisk_next: the stage after 30"),
        ("", "", True, 100, True, 100, "finrisk_next: 100 is the last of finrisk_stages"),
        ("", "", True, 50, False, 25, "the first of finrisk_stages"),
        ("", "", False, 60, True, 60, "the running ratio"),
        ("", "", False, 0, True, 0, "the running ratio"),
        ("", "", False, 60, False, 25, "the first of finrisk_stages"),
        (None, None, False, None, True, 25, "the first of finrisk_stages"),
    ],
)
def test_which_ratio_wins_and_why(
    variable: object,
    environment: object,
    following: bool,
    running: int | None,
    same_model: bool,
    ratio: int,
    why: str,
) -> None:
    choice = choose_ratio(
        variable=variable,
        environment=environment,
        following=following,
        stages=STAGES,
        running=running,
        same_model=same_model,
    )
    assert choice.ratio == ratio
    assert choice.why.startswith(why)
