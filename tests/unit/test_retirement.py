"""Base models that end: what the inventory may say, and who says it when."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.release.plan import Known, Running, Wish, listing, make_plan
from finrisk_ops.status.report import judgement
from finrisk_ops.tuning.jobs import from_content
from finrisk_ops.tuning.retirement import of_models, retirements
from tests.grounds import status
from tests.grounds.datasets import dataset
from tests.grounds.days import today
from tests.grounds.findings import job
from tests.grounds.tuning import order_of_options
from tests.grounds.wire import Wire

BASE = "gemini-3.5-flash-lite"
SUCCESSOR = "gemini-3.8-flash"


def entry(days: int, name: str = BASE) -> dict[str, Any]:
    return {"name": name, "date": (today() + timedelta(days=days)).isoformat(), "successor": SUCCESSOR}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Gemini 3.5"}, "name 'Gemini 3.5'"),
        ({"name": "models/gemini-3.5-flash"}, "no name of a base model"),
        ({"successor": ""}, "successor ''"),
        ({"successor": BASE}, "succeeds itself"),
        ({"date": "May 2027"}, "date 'May 2027'"),
        ({"date": "2027-02-30"}, "no day"),
    ],
)
def test_what_is_no_model_or_no_day_is_refused(change: dict[str, str], said: str) -> None:
    with pytest.raises(FinriskError, match="finrisk_model_retirements") as refusal:
        retirements([entry(5) | change])
    assert said in refusal.value.message


def test_a_model_has_one_end_or_none_yet() -> None:
    with pytest.raises(FinriskError, match=f"names {BASE} twice"):
        retirements([entry(5), entry(9)])
    assert retirements([entry(5) | {"date": ""}]) == []
    [known] = retirements([entry(5)])
    assert of_models([known], ["publishers/google/models/" + BASE]) == [known]
    assert of_models([known], ["gemini-3.5-flash"]) == [], "another name that begins alike"


@pytest.mark.parametrize(("days", "refused"), [(31, False), (30, True), (0, True), (-4, True)])
def test_nothing_is_tuned_from_a_model_in_its_last_thirty_days(
    tmp_path: Path, days: int, refused: bool
) -> None:
    dataset(tmp_path)
    nowhere = Wire("http://127.0.0.1:9", Path("/nonexistent"))
    given = {"base_model": BASE, "retirements": [entry(days)]}
    if not refused:
        assert order_of_options(nowhere, tmp_path, **given)
        return
    with pytest.raises(FinriskError, match=f"-e finrisk_base_model={SUCCESSOR}"):
        order_of_options(nowhere, tmp_path, **given)


def test_a_deploy_names_the_day_of_both_arms_models() -> None:
    now = today()
    known = retirements([entry(200), entry(7, "gemini-2.5-flash"), entry(1, "gemini-2.5-pro")])
    wish = Wish("newest", 25, "", False, [25, 100], BASE, allow_base_mismatch=True, retirements=known)
    jobs = [from_content(job("ACTIVE") | {"base_model": "gemini-2.5-flash"}, "a job")]
    made = make_plan(wish, Running(), Known(jobs))
    near, far = now + timedelta(days=7), now + timedelta(days=200)
    assert made.ends == [
        f"Retirement: gemini-2.5-flash ends on {near} (days left: 7); its successor is {SUCCESSOR}",
        f"Retirement: {BASE} ends on {far} (days left: 200); its successor is {SUCCESSOR}",
    ]
    assert made.lines()[2:] == made.ends
    assert listing(jobs, made, "")[-2:] == made.ends


@pytest.mark.parametrize(
    ("days", "said"), [(91, ""), (90, "(days left: 90)"), (0, "(days left: 0)"), (-1, f"{BASE} ended on")]
)
def test_status_warns_of_an_end_for_ninety_days(days: int, said: str) -> None:
    data = status.healthy() | {"at": f"{today()}T03:00:00Z"}
    data["retirements"] = [entry(days) | {"days_left": days}, entry(1, "gemini-2.5-pro") | {"days_left": 1}]
    told = [finding for finding in judgement(data)["findings"] if finding["about"] == "retirement"]
    assert len(told) == bool(said)
    if said:
        assert said in told[0]["what"]
        assert SUCCESSOR in told[0]["what"]
        assert told[0]["command"].endswith(f"playbooks/tune.yml -e finrisk_base_model={SUCCESSOR}")


def test_status_also_warns_of_the_model_that_the_tuned_one_was_made_from() -> None:
    data = status.healthy() | {"at": f"{today()}T03:00:00Z"}
    data["tuning"]["jobs"][0]["base_model"] = "gemini-2.5-pro"
    data["retirements"] = [entry(20, "gemini-2.5-pro") | {"days_left": 20}]
    [told] = [finding for finding in judgement(data)["findings"] if finding["about"] == "retirement"]
    assert told["what"].startswith("gemini-2.5-pro ends on")
