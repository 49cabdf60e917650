"""The journal: what was appended survives, what is torn is counted."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest

from finrisk.aside import count, drop, records_aside, set_aside
from finrisk.cli import main
from finrisk.erasure import Subject, erase
from finrisk.journal import Journal, JournalFullError, Record, backlog, decoded, encoded, write_sealed

RECORD = {"kind": "analysis", "row": {"id": "1", "text": 'Größe \u2028 \\ " 😀\n'}}


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.append(RECORD)
    journal.append({"kind": "feedback", "row": {"n": 2}})
    journal.seal(now=True)
    with journal.claimed() as [segment]:
        assert segment.records == [RECORD, {"kind": "feedback", "row": {"n": 2}}]
        assert segment.torn == 0
    journal.close()


def test_a_torn_tail_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.seg"
    whole = encoded(RECORD)
    path.write_bytes(whole + whole[: len(whole) // 2] + b"\n" + b"garbage\n" + whole + whole[:30])
    segment = decoded(path)
    assert segment.records == [RECORD, RECORD]
    assert segment.torn == 3


def test_a_changed_byte_fails_the_checksum(tmp_path: Path) -> None:
    path = tmp_path / "x.seg"
    path.write_bytes(encoded(RECORD).replace(b"analysis", b"analysys"))
    assert decoded(path).torn == 1


def test_a_file_of_a_living_worker_is_not_taken(tmp_path: Path) -> None:
    owner, sibling = Journal(tmp_path), Journal(tmp_path)
    owner.append(RECORD)
    sibling.adopt()
    with sibling.claimed() as segments:
        assert segments == []
    owner.close()
    sibling.close()


def test_two_shippers_never_claim_the_same_file(tmp_path: Path) -> None:
    first, second = Journal(tmp_path), Journal(tmp_path)
    first.append(RECORD)
    first.seal(now=True)
    with first.claimed() as mine, second.claimed() as theirs:
        assert len(mine) == 1
        assert theirs == []
    first.close()
    second.close()


def test_a_full_quota_refuses_and_keeps_nothing_of_the_record(tmp_path: Path) -> None:
    journal = Journal(tmp_path, quota=len(encoded(RECORD)) + 10)
    journal.append(RECORD)
    with pytest.raises(JournalFullError, match="quota"):
        journal.append(RECORD)
    journal.close()
    [sealed] = tmp_path.glob("*.seg")
    assert decoded(sealed).records == [RECORD]


def test_a_file_that_could_not_be_opened_is_opened_as_soon_as_it_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    journal = Journal(tmp_path)
    journal.append(RECORD)
    before = len(os.listdir("/proc/self/fd"))
    with monkeypatch.context() as full:
        full.setattr(Path, "rename", fails)
        for _ in range(3):
            with pytest.raises(OSError, match="No space left"):
                journal.seal(now=True)
    assert len(os.listdir("/proc/self/fd")) == before
    journal.seal(now=True)
    with journal.claimed() as [segment]:
        assert segment.records == [RECORD]
    journal.close()


def test_a_file_that_could_not_be_synced_is_shipped_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    journal = Journal(tmp_path)
    journal.append(RECORD)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", fails)
        with pytest.raises(OSError, match="Input/output"):
            journal.seal(now=True)
    with journal.claimed() as [segment]:
        assert segment.records == [RECORD]
    journal.close()


def test_what_was_set_aside_takes_room_but_does_not_wait(tmp_path: Path) -> None:
    set_aside(tmp_path, "1-a", RECORD, "odd")
    assert backlog(tmp_path).size == 0
    assert backlog(tmp_path).used > 0


def test_torn_lines_set_aside_go_with_all_and_not_with_another_record(tmp_path: Path) -> None:
    (tmp_path / "torn.bad").write_bytes(b"torn\n")
    set_aside(tmp_path, "1-a", {"analysis": {"id": "x"}}, "odd")
    assert [each.request_id for each in drop(tmp_path, {"x"})] == ["x"]
    assert count(tmp_path) == 1
    drop(tmp_path, None)
    assert count(tmp_path) == 0


def test_a_file_set_aside_that_cannot_be_read_leaves_the_others_counted(tmp_path: Path) -> None:
    (tmp_path / "0.bad").mkdir()
    set_aside(tmp_path, "1-a", RECORD, "odd")
    assert count(tmp_path) == 1


def test_without_room_the_command_says_so_and_keeps_what_it_cannot_send(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    folder = tmp_path / "journal"
    folder.mkdir()
    set_aside(folder, "1-a", RECORD, "odd")
    monkeypatch.setenv("FINRISK_VAR_DIR", str(tmp_path))
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(SystemExit, match="cannot be written: No space left on device"):
        main(["journal", "retry", "--all"])
    assert count(folder) == 1


def test_a_file_that_nobody_seals_grows_old(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    [opened] = tmp_path.glob("*.open")
    os.utime(opened, (time.time() - 60,) * 2)
    assert backlog(tmp_path).oldest == 0
    journal.append(RECORD)
    os.utime(opened, (time.time() - 60,) * 2)
    assert backlog(tmp_path).oldest >= 60
    journal.close()


def test_files_are_private(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.append(RECORD)
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "journal").iterdir()} == {0o600}
    journal.close()


def test_what_a_dead_worker_left_open_is_erased_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    own: Record = {"analysis": {"id": "1", "user_hash": "a"}}
    write_sealed(tmp_path / "1-dead-000001.open", [own, RECORD])
    living = Journal(tmp_path)
    living.append(own)
    assert erase(tmp_path, Subject(user="a")) == 1
    assert decoded(tmp_path / "1-dead-000001.open").records == [RECORD]
    living.close()
    assert erase(tmp_path, Subject(user="a")) == 1


def test_a_rating_goes_with_its_answer_wherever_the_two_wait(tmp_path: Path) -> None:
    rating: Record = {"feedback": {"request_id": "1", "comment": "mine"}}
    write_sealed(tmp_path / "1-a-000001.seg", [rating, RECORD])
    write_sealed(tmp_path / "1-a-000002.seg", [{"analysis": {"id": "1", "user_hash": "a"}}])
    set_aside(tmp_path, "1-a", rating, "DataError")
    assert erase(tmp_path, Subject(user="a")) == 3
    assert decoded(tmp_path / "1-a-000001.seg").records == [RECORD]
    assert records_aside(tmp_path) == []


def test_a_file_that_is_being_shipped_keeps_its_records_and_the_others_lose_only_the_subjects(
    tmp_path: Path,
) -> None:
    own: Record = {"analysis": {"id": "1", "user_hash": "a"}}
    others: list[Record] = [
        {"analysis": {"id": "2", "user_hash": "b"}},
        {"feedback": {"request_id": "3"}},
        {"new": [7]},
    ]
    write_sealed(tmp_path / "1-a-000001.seg", [own, *others])
    write_sealed(tmp_path / "1-a-000002.seg", [own])
    journal = Journal(tmp_path)
    with journal.claimed():
        assert erase(tmp_path, Subject(user="a")) == 0
    assert erase(tmp_path, Subject(user="a"), plan=True) == 2
    assert erase(tmp_path, Subject(user="a")) == 2
    with journal.claimed() as [segment]:
        assert segment.records == others
    journal.close()
