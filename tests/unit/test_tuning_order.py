"""What the options of finrisk_tuning_job ask for, checked before anybody is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from tests.grounds.datasets import dataset
from tests.grounds.tuning import LIMITS, order_of_options
from tests.grounds.wire import Wire

NOWHERE = Wire("http://127.0.0.1:9", Path("/nonexistent"))


def order(folder: Path, **more: Any) -> tuple[Any, list[str]]:
    return order_of_options(NOWHERE, folder, **more)


def test_an_order_names_all_that_its_job_depends_on(tmp_path: Path) -> None:
    dataset(tmp_path)
    made, warnings = order(tmp_path)
    assert warnings == []
    assert (made.spec.training_sha256, made.spec.validation_sha256) == (
        made.data.training.sha256,
        made.data.validation.sha256,
    )
    assert made.estimate.tokens == made.data.training.tokens
    assert made.max_cost is None
    assert order(tmp_path, epochs=4)[0].spec.id != made.spec.id
    assert order(tmp_path, max_cost=7.0, retry=True)[0].spec.id == made.spec.id, "it is the same job"


def test_an_order_without_validation_says_so(tmp_path: Path) -> None:
    dataset(tmp_path, validation=0)
    assert order(tmp_path)[0].spec.validation_sha256 == ""


def test_lines_near_the_limit_are_warned_of(tmp_path: Path) -> None:
    dataset(tmp_path)
    training = order(tmp_path)[0].data.training
    limit = round(training.tokens / training.examples * 1.08)
    _, warnings = order(tmp_path, limits=LIMITS | {"tokens_per_example": limit})
    assert any(f"near the limit of {limit} tokens" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ({"max_dropped_share": 1.5}, "finrisk_max_dropped_share is 1.5"),
        ({"base_model": "gemini-1.5-flash-002"}, "use gemini-3.5-flash-lite instead"),
        ({"location": "global"}, "global"),
        ({"provider": "gemini_api"}, "finrisk_gemini_provider"),
        ({"epochs": 0}, "epochs"),
    ],
)
def test_what_the_service_would_refuse_is_refused_with_the_variable_to_mend(
    tmp_path: Path, option: dict[str, Any], said: str
) -> None:
    dataset(tmp_path)
    with pytest.raises(FinriskError, match=said):
        order(tmp_path, **option)
