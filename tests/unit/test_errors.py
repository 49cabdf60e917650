"""An error told in a better sentence is still the same error."""

from __future__ import annotations

import copy

import pytest

from finrisk_ops.cloud.patience import UnreachableError
from finrisk_ops.errors import FinriskError
from finrisk_ops.kube.errors import ApiError
from finrisk_ops.kube.objects import Drift, DriftError
from finrisk_ops.machine.locks import LostError

ERRORS = [
    FinriskError("no disk", missing=3),
    UnreachableError("no answer", retry_after=7.0, answered=True),
    ApiError("forbidden", 403, [{"field": "spec"}]),
    DriftError("Deployment x", [Drift("spec.replicas", "kubectl", "2026-01-01T00:00:00Z")]),
    LostError("gone", holder="me"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_a_reworded_error_keeps_its_type_and_all_that_it_carries(error: FinriskError) -> None:
    before = copy.deepcopy(vars(error))
    better = error.reworded("mend this first")
    assert type(better) is type(error)
    assert (str(better), better.message) == ("mend this first", "mend this first")
    assert vars(better) == before | {"message": "mend this first"}
    assert vars(error) == before, "who still has the first one reads the first sentence"
    with pytest.raises(type(error), match="mend this first"):
        raise better
