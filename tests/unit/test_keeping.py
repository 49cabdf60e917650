"""What a release keeps, labels and removes: one policy, shown on a target that lives in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.kube.objects import Drift, DriftError
from finrisk_ops.machine.locks import LostError
from finrisk_ops.release import keeping, release
from finrisk_ops.release.release import Rendered
from finrisk_ops.release.revision import (
    CURRENT,
    PROVEN,
    Release,
    Revision,
    labelled,
    make,
    newest_first,
)
from finrisk_ops.release.target import NoImageError


@dataclass
class Shelf:
    """A target without a service: what is put on it runs."""

    revisions: dict[str, Revision] = field(default_factory=dict)
    running: str = ""
    half_written: set[str] = field(default_factory=set)
    in_use: set[str] = field(default_factory=set)
    failures: dict[str, FinriskError] = field(default_factory=dict)  # by revision, or by image
    refuses_new: bool = False
    tried: list[str] = field(default_factory=list)
    runs: bool = True

    def names(self) -> list[str]:
        return list(newest_first({*self.revisions, *self.half_written}))

    def current(self) -> str:
        return self.running

    def read(self, name: str) -> Revision:
        if name not in self.revisions:
            raise FinriskError(f"{name} is gone")
        return self.revisions[name]

    def readable(self) -> list[Revision]:
        return [self.revisions[name] for name in newest_first(self.revisions)]

    def store(self, revision: Revision) -> None:
        self.revisions[revision.name] = revision

    def preflight(self, revision: Revision) -> None:
        if self.refuses_new and revision.name not in self.revisions:
            raise FinriskError("the cluster takes no new object")

    def pending(self, revision: Revision) -> str:
        return "" if revision.name == self.running else "something else runs"

    def roll_out(self, revision: Revision) -> None:
        self.running = revision.name
        self.tried.append(revision.name)
        if failure := self.failures.get(revision.name) or self.failures.get(revision.release.image):
            raise failure

    def label(self, labels: Callable[[str], Any]) -> None:
        for name, revision in list(self.revisions.items()):
            for label, value in labels(name).items():
                revision = labelled(revision, label, value)
            self.revisions[name] = revision

    def runs_something(self) -> bool:
        return self.runs

    def used(self) -> set[str]:
        return self.in_use

    def remove(self, name: str) -> None:
        self.revisions.pop(name, None)
        self.half_written.discard(name)

    @contextmanager
    def locked(self, _why: str, *, takes_over: bool = False) -> Iterator[None]:
        del takes_over
        yield


def rendered(ratio: int) -> Rendered:
    config = {"kind": "ConfigMap", "metadata": {"name": "finrisk-config"}, "data": {"BASE_MODEL": "base"}}
    secret = {"kind": "Secret", "metadata": {"name": "finrisk-secrets"}, "stringData": {}}
    return Rendered(config, secret, Release(model="tuned", ratio=ratio, image="local"))


def revision(number: int, *, proven: bool = False) -> Revision:
    what = rendered(number % 101)
    return labelled(make(what.config, what.secret, what.release, number), PROVEN, "true" if proven else None)


def shelf(*revisions: Revision, running: int = 0) -> Any:
    """A target with these revisions; the one of this number runs."""
    made = Shelf({each.name: each for each in revisions})
    made.running = next((each.name for each in revisions if each.number == running), "")
    return made


def numbers(target: Any) -> list[int]:
    return [each.number for each in target.readable()]


def test_names_sort_by_their_number_and_what_is_no_name_is_left_out() -> None:
    names = ["r0009-00000000", "r10000-00000000", "lost+found", "r9999-00000000", "r12-00000000", ""]
    assert newest_first(names) == ["r10000-00000000", "r9999-00000000", "r0009-00000000"]


def test_the_newest_stay_and_the_current_and_the_newest_proven_one_whatever_their_age() -> None:
    proven = (2, 4)
    target = shelf(*(revision(number, proven=number in proven) for number in range(1, 20)), running=3)
    keeping.prune(target)
    assert numbers(target) == [19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 4, 3]


def test_what_was_edited_by_hand_proves_nothing_so_the_proven_one_before_it_stays() -> None:
    """It is where a rollback goes."""
    edited = revision(4, proven=True)
    edited.config["data"]["BASE_MODEL"] = "by hand"
    target = shelf(revision(2, proven=True), edited, *(revision(number) for number in (5, 6)), running=6)
    keeping.prune(target, newest=1)
    assert numbers(target) == [6, 2]
    assert [each.number for each in keeping.proven(target)] == [2]


def test_what_the_target_still_uses_stays_and_half_a_revision_goes() -> None:
    target = shelf(*(revision(number) for number in range(1, 5)), running=4)
    target.in_use = {revision(1).name}
    target.half_written = {"r0002-00000000"}
    keeping.prune(target, newest=1)
    assert numbers(target) == [4, 1]
    assert len(target.names()) == 2


def test_one_revision_is_current_and_every_one_that_was_proven_stays_so() -> None:
    first, second, third = (revision(number) for number in (1, 2, 3))
    target = shelf(first, second, third)
    for each in (first, second):
        keeping.prove(target, each)
    assert [each.number for each in target.readable() if each.label(CURRENT)] == [2]
    assert [each.number for each in target.readable() if each.proven] == [2, 1]


def test_a_release_proves_what_runs_and_prunes_behind_itself() -> None:
    target = shelf(*(revision(number) for number in range(1, 15)), running=14)
    done = release.deploy(target, rendered(50), planned_on=None, check=False)
    assert target.read(done.revision.name).proven
    assert numbers(target) == list(range(15, 5, -1))


def test_a_failed_release_tells_all_that_its_error_carries_beside_what_was_put_back() -> None:
    before = revision(1, proven=True)
    target = shelf(before, running=1)
    fields = [Drift("spec.replicas", "kubectl", "2026-01-01T00:00:00Z")]
    what = rendered(2)
    failed = make(what.config, what.secret, what.release, 2)
    target.failures = {failed.name: DriftError("Deployment x", fields)}
    with pytest.raises(DriftError, match=rf"{before.name} .* was put back and serves") as caught:
        release.deploy(target, what, planned_on=None, check=False)
    assert caught.value.fields == fields
    assert caught.value.detail["drift"][0]["manager"] == "kubectl"
    assert target.current() == before.name


def test_a_release_that_loses_the_way_to_its_target_says_what_it_left_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    target = shelf(revision(1, proven=True), running=1)

    def lost(_: Revision) -> None:
        monkeypatch.setattr(target, "readable", unreachable)
        unreachable()

    def unreachable() -> NoReturn:
        raise FinriskError("the API server cannot be reached")

    monkeypatch.setattr(target, "roll_out", lost)
    said = r"^the API server cannot be reached\. Nothing .* half made; .*rollback\.yml goes to base$"
    with pytest.raises(FinriskError, match=said):
        release.deploy(target, rendered(2), planned_on=None, check=False)


def image_of(made: Revision, image: str, number: int) -> Revision:
    """A proven revision of the same settings with another image."""
    again = make(made.config, made.secret, replace(made.release, image=image), number)
    return labelled(again, PROVEN, "true")


def roll_back(target: Any, to: str = "base") -> Any:
    return release.roll_back(target, to, rendered(0), check=False)


def test_a_rollback_that_does_not_come_to_run_puts_no_tuned_revision_back() -> None:
    tuned = revision(50, proven=True)
    target = shelf(revision(3, proven=True), tuned, running=50)
    target.failures = {"local": FinriskError("no node takes pod a")}
    for to in ("base", revision(3).name):
        target.running, target.tried = tuned.name, []
        with pytest.raises(
            FinriskError,
            match=rf"no node takes pod a\. Nothing was put back: (r\d+-\w+) \(.*{tuned.name} \(50 % tuned",
        ):
            roll_back(target, to)
        assert target.running == target.tried[-1] != tuned.name
        assert tuned.name not in target.tried


@pytest.mark.parametrize(
    ("runs", "told"), [(True, " and whatever still runs it goes on;"), (False, " and nothing runs;")]
)
def test_where_nothing_runs_no_message_says_that_it_goes_on(runs: bool, told: str) -> None:
    proven = revision(3, proven=True)
    target = shelf(proven, running=3)
    target.failures, target.runs = {"local": FinriskError("the port is taken")}, runs
    target.pending = lambda _: "the service is not running"
    with pytest.raises(
        FinriskError, match=rf"the port is taken\. {proven.name} stays the revision of.*{told}"
    ):
        release.deploy(target, rendered(3), planned_on=None, check=False)
    gone = shelf(revision(50), running=50)
    gone.failures, gone.runs = {"local": FinriskError("the port is taken")}, runs
    with pytest.raises(FinriskError) as raised:
        roll_back(gone)
    assert ("and nothing runs until then" in raised.value.message) != runs


def test_a_rollback_whose_image_cannot_be_had_takes_the_settings_of_one_that_can() -> None:
    older = revision(3, proven=True)
    tuned = image_of(revision(50), "gone", 50)
    target = shelf(older, tuned, running=50)
    target.failures = {"gone": NoImageError("cannot get the image gone")}
    done = roll_back(target)
    assert (done.revision.release.image, done.revision.release.ratio) == ("local", 0)
    assert len(target.tried) == 2


def test_a_rollback_goes_to_a_base_that_is_there_when_the_cluster_takes_no_new_object() -> None:
    base = revision(101, proven=True)  # its ratio is 0
    target = shelf(base, revision(120, proven=True), running=120)
    target.refuses_new = True
    assert roll_back(target).revision.name == base.name


def test_what_a_rollback_took_the_lock_from_puts_nothing_back() -> None:
    before = revision(1, proven=True)
    target = shelf(before, running=1)
    target.failures = {"local": LostError("taken over")}
    with pytest.raises(LostError, match=r"^taken over$"):
        release.deploy(target, rendered(2), planned_on=None, check=False)
    assert len(target.tried) == 1
