"""The dataset's way into the bucket: once, whole, compared, in pieces when it is large."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from finrisk_ops.cloud import account, patience
from finrisk_ops.cloud import bucket as storage
from finrisk_ops.cloud.bucket import LocalFile
from finrisk_ops.cloud.resumable import PIECE, Session
from finrisk_ops.errors import FinriskError
from sandbox.connection import BUCKET
from tests.grounds.datasets import dataset
from tests.grounds.modules import run_module, start_module
from tests.grounds.tuning import options
from tests.grounds.waiting import until
from tests.grounds.wire import UPLOAD, Wire, wire

pytestmark = pytest.mark.slow

MEGABYTE = 1 << 20


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of three pieces, the last one short."""
    path = tmp_path / "large.jsonl"
    path.write_bytes(os.urandom(2 * PIECE + MEGABYTE))
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset whose training file is larger than one request takes."""
    dataset(tmp_path, training=120, seed=tmp_path.name, padding=150_000)
    assert next(tmp_path.glob("training_set_*")).stat().st_size > 2 * PIECE
    return tmp_path


def bucket(ground: Wire, name: str = BUCKET) -> storage.Bucket:
    credentials = account.credentials(str(ground.credentials_file))
    return storage.Bucket(name, ground.url, credentials, timeout_seconds=30)


def session(ground: Wire, path: Path) -> Session:
    return one_session(ground, path, path.parent.name, path.parent / ".note.json")


def one_session(ground: Wire, path: Path, name: str, note: Path) -> Session:
    return Session(bucket(ground), f"finrisk/test/{name}.jsonl", LocalFile.of(path), note)


def pieces(ground: Wire) -> list[dict[str, Any]]:
    return [entry for entry in ground.requests(UPLOAD, "PUT") if entry["bytes"]]


def stored(ground: Wire, path: Path) -> bytes:
    [file] = [
        each for each in (ground.var / "gemini/objects").glob("*.data")
        if each.stat().st_size == path.stat().st_size and each.read_bytes()[:64] == path.read_bytes()[:64]
    ]  # fmt: skip
    return file.read_bytes()


def upload_options(given: dict[str, Any], **more: Any) -> dict[str, Any]:
    names = ("output_dir", "bucket", "storage_url", "environment_name", "credentials_file", "request_timeout")
    return {name: given[name] for name in (*names, "patience")} | {"request_timeout": 30} | more


def test_a_large_file_goes_up_in_pieces_and_arrives_as_it_is(ground: Wire, large: Path) -> None:
    done = session(ground, large).send(patience_seconds=5)
    assert (done.complete, done.added) == (True, True)
    assert [entry["bytes"] for entry in pieces(ground)] == [PIECE, PIECE, MEGABYTE]
    assert stored(ground, large) == large.read_bytes()
    assert not (large.parent / ".note.json").exists()


def test_a_file_that_is_there_is_not_sent_again(ground: Wire, large: Path) -> None:
    session(ground, large).send(patience_seconds=5)
    ground.forget_requests()
    again = session(ground, large).send(patience_seconds=5)
    assert (again.complete, again.added) == (True, False)
    assert ground.requests(UPLOAD) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "drop"},  # the piece is lost
        {"kind": "drop", "after": True},  # the answer is lost, the piece has arrived
        {"kind": "status", "code": 503},
        {"kind": "status", "code": 429, "retry_after": 1},
    ],
)
def test_a_cut_costs_one_piece_at_most_and_the_service_is_asked_how_far_it_is(
    ground: Wire, large: Path, rule: dict[str, Any]
) -> None:
    ground.fault(path=UPLOAD, method="PUT", times=1, **rule)
    started = time.monotonic()
    assert session(ground, large).send(patience_seconds=5).complete
    assert stored(ground, large) == large.read_bytes()
    assert len([entry for entry in ground.requests(UPLOAD, "PUT") if not entry["bytes"]]) == 1
    assert len(pieces(ground)) == (3 if rule.get("after") else 4)
    if rule.get("retry_after"):
        assert time.monotonic() - started >= 1


def test_what_the_service_did_not_keep_of_a_piece_is_sent_again(ground: Wire, large: Path) -> None:
    ground.fault(kind="short_chunk", times=1)
    assert session(ground, large).send(patience_seconds=5).complete
    assert [entry["bytes"] for entry in pieces(ground)] == [PIECE, PIECE, PIECE // 2 + MEGABYTE]
    assert stored(ground, large) == large.read_bytes()


def test_an_upload_that_was_killed_is_continued_by_the_next_run(ground: Wire, folder: Path) -> None:
    given = upload_options(options(ground, folder))
    ground.fault(kind="latency", path=UPLOAD, ms=700)
    process = start_module("finrisk_dataset_upload", given)
    until(lambda: pieces(ground), 20)
    process.kill()
    process.communicate()
    [note] = folder.glob(".upload_*_train.json")
    assert note.stat().st_mode & 0o777 == 0o600
    time.sleep(1)  # what was on its way arrives
    sent_before = len(pieces(ground))
    ground.clear()
    result = run_module("finrisk_dataset_upload", given)
    assert (result["complete"], result["changed"]) == (True, True)
    assert (
        len([entry for entry in ground.requests(UPLOAD, "POST") if "resumable" in str(entry["query"])]) == 1
    )
    size = next(folder.glob("training_set_*")).stat().st_size
    assert sum(entry["bytes"] for entry in pieces(ground)) < size + PIECE
    assert sent_before >= 1
    assert not list(folder.glob(".upload_*"))


def test_a_session_that_the_service_has_forgotten_begins_anew(ground: Wire, large: Path) -> None:
    session(ground, large).send(patience_seconds=5, seconds=0)
    note = large.parent / ".note.json"
    held = json.loads(note.read_text())
    note.write_text(json.dumps(held | {"session": held["session"].split("upload_id=")[0] + "upload_id=gone"}))
    assert session(ground, large).send(patience_seconds=5).complete
    note.write_text("{broken")
    assert session(ground, large).send(patience_seconds=5).added is False


def test_an_upload_that_stands_still_fails_and_one_that_moves_does_not(ground: Wire, large: Path) -> None:
    sending = session(ground, large)
    sending.send(patience_seconds=5, seconds=0)
    ground.fault(kind="status", path=UPLOAD, code=503)
    with pytest.raises(patience.UnreachableError, match="answered 503"):
        sending.send(patience_seconds=1.5)
    ground.clear()
    ground.fault(kind="latency", path=UPLOAD, ms=900)  # three pieces take longer than the patience
    assert sending.send(patience_seconds=1.2).complete


def test_an_upload_that_is_acknowledged_but_never_taken_fails_too(ground: Wire, large: Path) -> None:
    ground.fault(kind="short_chunk")
    small = large.with_name("one.jsonl")
    small.write_bytes(b"x" * (2 * 256 * 1024 - 1))  # half of it is less than the service keeps
    with pytest.raises(patience.UnreachableError, match="took nothing"):
        one_session(ground, small, f"{large.parent.name}-one", large.parent / ".one").send(2)


def test_two_uploads_of_the_same_file_at_once_leave_one_object(ground: Wire, large: Path) -> None:
    small = large.with_name("small.jsonl")
    small.write_bytes(b'{"a": 1}\n' * 50)
    sent = LocalFile.of(small)
    name = f"finrisk/test/{large.parent.name}-race.jsonl"
    results: list[storage.Upload] = []
    ground.fault(kind="latency", path=UPLOAD, ms=600)
    threads = [
        threading.Thread(target=lambda: results.append(storage.upload(bucket(ground), name, sent, 5)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(result.added for result in results) == [False, True]
    assert sorted(entry["status"] for entry in ground.requests(UPLOAD)) == [200, 412]


def test_bytes_that_change_on_the_way_are_refused_by_the_service(ground: Wire, large: Path) -> None:
    sending = session(ground, large)
    sending.send(patience_seconds=5, seconds=0)
    with large.open("r+b") as file:
        file.seek(PIECE + 5)
        file.write(b"other")
    with pytest.raises(FinriskError, match="hash"):
        sending.send(patience_seconds=5)
    assert "finrisk/test/" + large.parent.name not in json.dumps(
        [json.loads(path.read_text())["name"] for path in (ground.var / "gemini/objects").glob("*.json")]
    )
    assert session(ground, large).send(patience_seconds=5).complete  # the next run begins anew
    assert stored(ground, large) == large.read_bytes()


def test_the_upload_returns_after_its_seconds_with_how_far_it_is(ground: Wire, folder: Path) -> None:
    given = upload_options(options(ground, folder), seconds=0.1)
    ground.fault(kind="latency", path=UPLOAD, ms=150)
    bars = []
    for _ in range(20):
        result = run_module("finrisk_dataset_upload", given)
        bars.append(result["progress"]["done"])
        if result["complete"]:
            break
    assert result["complete"] is True
    assert bars == sorted(bars)
    assert len(set(bars)) > 2
    assert "MB" in result["progress"]["label"]
    assert all(uri.startswith(f"gs://{BUCKET}/finrisk/test/datasets/") for uri in result["uris"])
    assert run_module("finrisk_dataset_upload", given | {"seconds": 0})["changed"] is False


def test_a_preview_of_the_upload_sends_nothing(ground: Wire, folder: Path) -> None:
    result = run_module("finrisk_dataset_upload", upload_options(options(ground, folder)), check=True)
    assert (result["changed"], result["complete"]) == (True, True)
    assert ground.requests(UPLOAD) == []


# ---- the bucket


@pytest.mark.parametrize(
    ("location", "region", "said"),
    [
        ("us-central1", "us-central1", None),
        ("us", "us-central1", None),
        ("eu", "europe-west4", None),
        ("nam4", "us-east1", None),
        ("us-east1", "us-central1", "warning"),
        ("nam4", "us-east4", "warning"),
        ("eu", "europe-west2", "warning"),  # London is outside the EU multi-region
        ("europe-west4", "us-central1", "refused"),
        ("asia1", "us-central1", "refused"),
    ],
)
def test_a_bucket_has_to_be_in_or_near_the_tuning_region(
    tmp_path_factory: pytest.TempPathFactory, location: str, region: str, said: str | None
) -> None:
    with wire(tmp_path_factory.mktemp("wire"), "--location", location) as running:
        if said == "refused":
            with pytest.raises(FinriskError, match=f"is in {location}, the job would run in {region}; make"):
                storage.check_bucket(bucket(running), region)
        else:
            assert bool(storage.check_bucket(bucket(running), region)) == (said == "warning")


def test_a_bucket_elsewhere_stops_the_run_and_its_preview_before_anything_is_sent(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    dataset(tmp_path)
    with wire(tmp_path_factory.mktemp("wire"), "--location", "europe-west4") as running:
        for check in (True, False):
            result = run_module("finrisk_tuning_job", options(running, tmp_path), check)
            assert "is in europe-west4, the job would run in us-central1" in result["msg"]
        assert not running.requests(f"{UPLOAD}|tuningJobs", "POST")


def test_an_account_that_may_not_look_at_the_bucket_may_still_use_it(ground: Wire) -> None:
    ground.fault(kind="status", path=f"/b/{BUCKET}$", code=403)
    assert storage.check_bucket(bucket(ground), "us-central1") == ""


@pytest.mark.parametrize(
    ("code", "said"), [(403, "roles/storage.objectUser"), (404, "make it in the tuning region")]
)
def test_a_refused_upload_says_what_the_account_lacks(
    ground: Wire, tmp_path: Path, code: int, said: str
) -> None:
    dataset(tmp_path, seed=f"refused{code}")
    ground.fault(
        kind="status", path="^/upload|/o/", code=code, message="The specified bucket does not exist."
    )
    result = run_module("finrisk_tuning_job", options(ground, tmp_path))
    assert said in result["msg"]
    assert not ground.requests("tuningJobs", "POST")


def test_a_page_in_place_of_cloud_storages_answer_is_named() -> None:
    page = requests.Response()
    page.status_code, page._content = 200, b"<html>Sign in</html>"
    page.headers["Content-Type"] = "text/html"
    with pytest.raises(
        FinriskError, match=r"\(text/html\) is not Cloud Storage's; check finrisk_storage_url"
    ):
        storage.answer(page, "look at the bucket gs://b")


def test_the_output_folder_is_made_when_it_is_missing_and_named_when_it_cannot_be(
    ground: Wire, tmp_path: Path
) -> None:
    metadata = dataset(tmp_path / "data", seed=tmp_path.name)
    given = upload_options(options(ground, tmp_path / "data")) | {"dataset_metadata": str(metadata)}
    made = run_module("finrisk_dataset_upload", given | {"output_dir": str(tmp_path / "new")})
    assert made["changed"] is True
    (tmp_path / "file").write_text("")
    refused = run_module("finrisk_dataset_upload", given | {"output_dir": str(tmp_path / "file/x")})
    assert "cannot make the folder" in refused["msg"]
