"""More users for a model need another person's signature: for this step, this week, by a key that counts."""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from finrisk_ops.errors import FinriskError
from finrisk_ops.evaluation import files
from finrisk_ops.machine import identity
from finrisk_ops.release.approval import (
    Approval,
    Case,
    Evidence,
    Rule,
    approvals,
    case,
    line,
)
from finrisk_ops.release.permission import Asking
from finrisk_ops.release.plan import Plan, Running
from tests.grounds.evaluations import keep
from tests.grounds.plays import shell
from tests.grounds.signing import Person, allowed, person

MODEL = "projects/p/locations/us-central1/endpoints/1"
TODAY = date(2026, 11, 29)
REVISION = "r0004-00000000"
DIGEST = "5" * 64
KEPT = Evidence(DIGEST, "staging", "spec1", REVISION, "promote", Path("/evaluations/evaluation_1.json"))
RUNNING = Running(REVISION, MODEL, 25, proven=True)
PLAN = Plan(MODEL, 50, "spec1", "", MODEL, "", "", warm_up=True)
REQUIRE = Asking("require", "", 25)


def asked(
    plan: Plan = PLAN,
    running: Running = RUNNING,
    asking: Asking = REQUIRE,
    kept: list[Evidence] | None = None,
    who: str = "dora@deploys",
    environment: str = "staging",
) -> Case | None:
    made: Case | None = case(
        asking, environment, plan, running, [KEPT] if kept is None else kept, {who}, TODAY
    )
    return made


@dataclass(frozen=True)
class Office:
    """Anna, whom the inventory allows to agree, and a folder for texts."""

    folder: Path
    anna: Person
    rule: Rule

    def agreed(self, what: Case | None, *signatures: Path, write: bool = True) -> list[Approval]:
        assert what is not None
        rule = replace(self.rule, signatures=signatures)
        given: list[Approval] = approvals(rule, what, lambda rest: f"play {rest}", write=write)
        return given

    def refusal(self, what: Case | None, *signatures: Path, write: bool = True) -> FinriskError:
        with pytest.raises(FinriskError) as refused:
            self.agreed(what, *signatures, write=write)
        return refused.value

    def text(self, what: Case | None = None) -> Path:
        """The text that a refusal has written."""
        first, *_ = self.refusal(what or asked()).detail["summary"]
        return Path(first.removeprefix("to be signed: "))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    anna = person(tmp_path, "anna@bank.example")
    approvers = allowed(tmp_path / "approvers.txt", [anna.allowed('namespaces="finrisk"')])
    return Office(tmp_path, anna, Rule(1, approvers, (), tmp_path / "evaluations"))


def test_a_refusal_writes_the_text_and_its_two_commands_go_on(office: Office) -> None:
    refused = office.refusal(asked())
    assert refused.message == (
        f"staging asks for 1 approval by others before 50 % of the users have {MODEL}, 1 missing. "
        "Nothing was changed; the commands that go on stand below"
    )
    text, evidence, sign, then = (told.partition(": ")[2] for told in refused.detail["summary"])
    assert Path(text).read_text("utf-8") == (
        "FinRisk: I agree that this share of the users gets this model.\n"
        f"environment: staging\nmodel: {MODEL}\nratio: 50\nrevision: {REVISION}\ngate: require\n"
        f"evidence: {DIGEST}\nuntil: 2026-12-06\n"
    )
    assert evidence == "promote, /evaluations/evaluation_1.json"
    assert shell(sign, office.folder, os.environ | {"HOME": str(office.anna.home)}, 30).code == 0
    assert then == f"play deploy.yml -e finrisk_ab_ratio=50 -e finrisk_approval={text}.sig"
    (given,) = office.agreed(asked(), Path(f"{text}.sig"))
    assert (given.principal, given.key) == ("anna@bank.example", office.anna.fingerprint)
    assert given.text == Path(text).read_text("utf-8")
    assert given.signature == Path(f"{text}.sig").read_text("ascii")
    (office.folder / "t").write_text(given.text, "utf-8")
    (office.folder / "s").write_text(given.signature, "ascii")
    again = f"ssh-keygen -Y verify -n finrisk -I {given.principal} -f {office.rule.approvers} -s s < t"
    assert shell(again, office.folder, os.environ, 30).code == 0
    assert line([given]) == f"Approved by anna@bank.example ({office.anna.fingerprint})"


@pytest.mark.parametrize(
    ("ratio", "running"),
    [(25, RUNNING), (10, RUNNING), (0, Running()), (50, replace(RUNNING, ratio=75))],
    ids=["repeat", "lower", "to base", "less than now"],
)
def test_what_gives_nobody_more_the_model_needs_nobody(ratio: int, running: Running) -> None:
    assert asked(replace(PLAN, ratio=ratio), running) is None


@pytest.mark.parametrize("running", [Running(), replace(RUNNING, model="another"), replace(RUNNING, ratio=0)])
def test_a_model_that_nobody_has_is_agreed_to_without_evidence(office: Office, running: Running) -> None:
    first = asked(replace(PLAN, ratio=25), running, kept=[])
    text = office.text(first)
    assert "\nevidence: none\n" in text.read_text("utf-8")
    assert office.agreed(first, office.anna.sign(text))


REPLAYS: dict[str, tuple[Callable[[], Case | None], str]] = {
    "ratio": (lambda: asked(replace(PLAN, ratio=75)), "ratio 50, not 75"),
    "model": (
        lambda: asked(replace(PLAN, model="m2"), replace(RUNNING, model="m2")),
        f"model {MODEL}, not m2",
    ),
    "environment": (
        lambda: asked(environment="production", kept=[replace(KEPT, environment="production")]),
        "environment staging, not production",
    ),
    "revision": (
        lambda: asked(running=replace(RUNNING, revision="r0006-1"), kept=[replace(KEPT, revision="r0006-1")]),
        f"revision {REVISION}, not r0006-1",
    ),
    "gate": (lambda: asked(asking=Asking("override", "RISK-4711", 25)), "gate require, not override"),
    "evidence": (
        lambda: asked(kept=[replace(KEPT, sha256="6" * 64)]),
        f"of the evidence {DIGEST}, which no kept",
    ),
    "experiment": (
        lambda: asked(
            replace(PLAN, experiment="spec2"), kept=[KEPT, replace(KEPT, experiment="spec2", sha256="6" * 64)]
        ),
        f"of the evidence {DIGEST}, which no kept",
    ),
}


@pytest.mark.parametrize("what", REPLAYS)
def test_a_signature_is_good_for_one_step_alone(office: Office, what: str) -> None:
    signature = office.anna.sign(office.text())
    assert office.agreed(asked(), signature)
    other, reason = REPLAYS[what]
    assert reason in office.refusal(other(), signature).message


def test_later_evidence_takes_no_signature_back(office: Office) -> None:
    signature = office.anna.sign(office.text())
    later = asked(kept=[KEPT, replace(KEPT, sha256="6" * 64)])
    assert office.agreed(later, signature)
    assert "6" * 64 in office.text(later).read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new", "ratio", "reason"),
    [
        ("ratio: 25", "ratio: 50", 50, "is not one of its text"),
        ("evidence: none", f"evidence: {DIGEST}", 25, "is not one of its text"),
        ("2026-12-06", "2026-12-05", 25, "is not one of its text"),
        ("2026-12-06", "2026-12-06\nratio: 50", 50, "other lines than FinRisk writes"),
        ("FinRisk:", "Fin Risk:", 25, "other lines than FinRisk writes"),
    ],
)
def test_a_text_that_was_changed_after_it_was_signed_is_refused(
    office: Office, old: str, new: str, ratio: int, reason: str
) -> None:
    stopped = replace(RUNNING, ratio=0)
    signature = office.anna.sign(office.text(asked(replace(PLAN, ratio=25), stopped, kept=[])))
    text = signature.with_suffix("")
    text.write_text(text.read_text("utf-8").replace(old, new), "utf-8")
    assert reason in office.refusal(asked(replace(PLAN, ratio=ratio), stopped), signature).message


def test_a_text_is_good_for_a_week(office: Office) -> None:
    what = asked()
    assert what is not None
    signature = office.anna.sign(office.text(what))
    week = timedelta(7)
    assert office.agreed(replace(what, today=TODAY + week), signature)
    for day in (TODAY + week + timedelta(1), TODAY - timedelta(1)):
        assert (
            "holds until 2026-12-06, today is" in office.refusal(replace(what, today=day), signature).message
        )


def of_ben(office: Office, options: str = "", principals: str = "") -> Path:
    """A signature by Ben, who is allowed as it is said."""
    ben = person(office.folder, "ben@bank.example")
    if options or principals:
        allowed(Path(office.rule.approvers), [office.anna.allowed(), ben.allowed(options, principals)])
    return ben.sign(office.text())


@pytest.mark.parametrize(
    ("options", "principals", "reason"),
    [
        ("", "", "is of no key that .*approvers.txt allows: No principal matched"),
        ('valid-before="20200101"', "", "is of no key .*: .*key has expired"),
        ('valid-after="20990101"', "", "is of no key .*: .*key is not yet valid"),
        ('namespaces="git"', "", "is of no key|is not one of its text"),
        ("", "ben,bob", "stands for ben, bob .* give each key one person's name there"),
        ("", "*@bank.example", r"stands for \*@bank.example "),
    ],
    ids=["unknown", "expired", "not yet valid", "for other things", "two names", "a pattern"],
)
def test_a_key_that_does_not_count_is_refused(
    office: Office, options: str, principals: str, reason: str
) -> None:
    refused = office.refusal(asked(), of_ben(office, options, principals))
    assert re.search(reason, refused.message), refused.message
    assert refused.detail["summary"][-1].startswith("then: play deploy.yml")


def test_what_is_no_signature_of_this_kind_is_refused(office: Office) -> None:
    text = office.text()
    other = office.anna.sign(text, namespace="git")
    assert "namespace does not match" in office.refusal(asked(), other).message
    other.write_text("-----BEGIN SSH SIGNATURE-----\n", "ascii")
    assert "is of no key" in office.refusal(asked(), other).message
    gone = office.folder / "elsewhere.txt.sig"
    assert "put it beside the signature" in office.refusal(asked(), gone).message
    assert f"there is no file {text}.1.sig" in office.refusal(asked(), Path(f"{text}.1.sig")).message


@pytest.mark.parametrize(
    "who", ["anna", "Anna", "anna@build-machine", "ANNA@BANK.EXAMPLE", "anna@another.example"]
)
def test_who_deploys_is_no_second_person(office: Office, who: str) -> None:
    signature = office.anna.sign(office.text())
    refused = office.refusal(asked(who=who), signature)
    assert f"anna@bank.example signed {signature}, and {who} deploys: that is one person" in refused.message
    assert office.agreed(asked(who="annabel"), signature)


def test_an_account_is_known_whatever_the_shell_says(monkeypatch: pytest.MonkeyPatch) -> None:
    own = identity.accounts()
    monkeypatch.setenv("LOGNAME", "somebody-else")
    monkeypatch.setenv("SUDO_USER", "dora")
    assert identity.accounts() == own | {"somebody-else", "dora"}


def test_two_approvals_are_of_two_persons(office: Office) -> None:
    ben = person(office.folder, "ben@bank.example")
    twin = replace(person(office.folder, "twin"), principal="Anna@bank.example")
    allowed(Path(office.rule.approvers), [each.allowed() for each in (office.anna, ben, twin)])
    two = replace(office, rule=replace(office.rule, number=2))
    refused = two.refusal(asked())
    assert "asks for 2 approvals by others" in refused.message
    assert [told.partition(":")[0] for told in refused.detail["summary"]] == [
        "to be signed",
        "its evidence",
        *["by another person"] * 2,
        "then",
    ]
    text = two.text()
    assert refused.detail["summary"][-1].endswith(f" -e finrisk_approval={text}.1.sig,{text}.2.sig")
    first, again, second = (
        office.anna.sign(text, name=".1"),
        twin.sign(text, name=".2"),
        ben.sign(text, name=".3"),
    )
    assert "1 missing. Nothing was changed" in two.refusal(asked(), first).message
    assert "1 missing. Nothing was changed" in two.refusal(asked(), first, first).message
    assert "1 missing. Nothing was changed" in two.refusal(asked(), first, again).message
    assert [each.principal for each in two.agreed(asked(), first, second)] == [
        "anna@bank.example",
        "ben@bank.example",
    ]


def test_users_have_the_model_and_nobody_evaluated(office: Office) -> None:
    refused = office.refusal(asked(kept=[replace(KEPT, revision="r0003-00000000")]))
    assert f"no evaluation of {REVISION} is kept" in refused.message
    assert refused.detail["summary"] == ["the evidence: play evaluate.yml"]


def test_where_users_have_the_model_its_evidence_is_named(office: Office) -> None:
    what = asked()
    assert what is not None
    text = office.folder / "unseen.txt"
    text.write_text(what.step.text("none", "2026-12-06"), "utf-8")
    assert (
        "of the evidence none, which no kept evaluation"
        in office.refusal(what, office.anna.sign(text)).message
    )


def test_an_override_a_named_model_and_a_blank_in_a_path_are_said_again(
    office: Office, tmp_path: Path
) -> None:
    blank = replace(office, rule=replace(office.rule, folder=tmp_path / "two words"))
    *_, then = blank.refusal(asked(asking=Asking("override", "it's RISK-4711", 25, "v1"))).detail["summary"]
    words = shlex.split(then.partition(": ")[2])
    assert words[:6] == ["play", "deploy.yml", "-e", "finrisk_model=v1", "-e", "finrisk_ab_ratio=50"]
    assert json.loads(words[7]) == {"finrisk_gate": "override", "finrisk_why": "it's RISK-4711"}
    assert re.fullmatch(r'finrisk_approval="/.*/two words/approval_.*\.txt\.sig"', words[9])


def test_a_check_writes_nothing(office: Office) -> None:
    refused = office.refusal(asked(), write=False)
    assert refused.message.endswith("a run without --check writes what to sign")
    assert not office.rule.folder.exists()
    assert refused.detail["summary"] == []


def test_who_may_agree_has_to_be_said(office: Office) -> None:
    nobody = replace(office, rule=replace(office.rule, approvers=""))
    assert "finrisk_approvers is empty" in nobody.refusal(asked()).message
    gone = replace(office, rule=replace(office.rule, approvers="/nonsuch"))
    assert "there is no file /nonsuch" in gone.refusal(asked(), office.anna.sign(office.text())).message


def test_an_evaluation_that_was_changed_is_no_evidence(tmp_path: Path) -> None:
    of = ("staging", "spec1", REVISION)
    digest = keep(tmp_path, "120001", *of)
    keep(tmp_path, "120002", *of, sha256=DIGEST)
    keep(tmp_path, "120003", *of, inputs=[])
    keep(tmp_path, "120004", *of, inputs={"environment": "staging", "experiment": "spec1", "running": None})
    (only,) = files.evidence(tmp_path)
    assert only == Evidence(digest, *of, "promote", tmp_path / "evaluation_20261129_120001.json")
