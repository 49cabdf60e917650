"""What a running service keeps of a user and of a document goes, and comes back from nowhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from finrisk_rules.identity import keyed_hash
from tests.grounds.modules import run_module
from tests.grounds.repository import REPOSITORY
from tests.grounds.service import PAGE, STRATEGY, RunningService, key

HASH_KEY, USER = "a key of the tests", "jane.roe@example.com"


def erased(service: RunningService, folder: Path, **whose: str) -> dict[str, Any]:
    """What erase.yml does to a running service."""
    options = {
        "user_hash_key": HASH_KEY,
        "database_url": service.database_url,
        "output_dir": str(folder),
        "api_url": f"http://127.0.0.1:{service.port}",
        "api_key": key("librarian"),
        "place": {"process": {"var_dir": str(service.var), "repository": str(REPOSITORY)}},
        **whose,
    }
    return run_module("finrisk_erasure", options)


def test_a_user_who_asked_and_rated_is_kept_nowhere(service: RunningService, tmp_path: Path) -> None:
    answer = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY, "user_id": USER})
    other = service.call("POST", "/api/v1/analyze", {"strategy": STRATEGY, "user_id": "john"})
    for each in (answer, other):
        service.wait_for_row(each)
    done = erased(service, tmp_path, user_hash=keyed_hash(HASH_KEY, USER))
    assert done["rows"] == {"analyses": 1, "training_data": 1, "feedback": 0}, done
    assert service.rows("select id::text from analyses") == [(other.headers["X-Request-Id"],)]
    assert not erased(service, tmp_path, user_hash=keyed_hash(HASH_KEY, USER))["changed"]


def test_a_document_leaves_the_index_and_takes_its_answers_along(
    service: RunningService, tmp_path: Path
) -> None:
    service.wait_for_row(service.analyze())
    done = erased(service, tmp_path, document=PAGE["id"])
    assert (done["removed_document"], done["rows"]["analyses"] > 0) == (True, True), done
    assert service.rows("select count(*) from postings") == [(0,)]
    assert service.rows("select count(*) from training_data") == [(0,)]
    assert not erased(service, tmp_path, document=PAGE["id"])["changed"]
