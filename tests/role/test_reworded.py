"""An error that is told in a better sentence stays what it is, wherever that is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from finrisk_ops.cloud.gemini import Platform
from finrisk_ops.cloud.patience import UnreachableError
from finrisk_ops.release.warmup import warm_up
from finrisk_ops.tuning import submission
from sandbox.connection import LOCATION, PROJECT
from tests.grounds.tuning import order_of_options
from tests.grounds.wire import CREATE, Wire

MODEL = f"projects/{PROJECT}/locations/{LOCATION}/endpoints/1"

pytestmark = pytest.mark.slow


def test_a_warm_up_tells_what_was_not_done_and_still_when_to_come_back(ground: Wire) -> None:
    ground.fault(kind="status", path="generateContent", code=503, retry_after=60)
    platform = Platform("vertex", PROJECT, LOCATION, str(ground.credentials_file), ground.url, 5.0)
    with pytest.raises(UnreachableError, match=r"does not answer, so nothing was deployed: .*503") as caught:
        warm_up(platform, MODEL, 1)
    assert caught.value.retry_after == 60


def test_a_lost_creation_tells_what_to_do_and_still_that_it_may_have_arrived(
    ground: Wire, folder: Path
) -> None:
    order, _ = order_of_options(ground, folder)
    ground.fault(kind="status", method="POST", path=CREATE, code=429, times=1)
    with pytest.raises(UnreachableError, match=r"429 .*run tune\.yml again, it looks first") as caught:
        submission.submit(order)
    assert caught.value.answered
