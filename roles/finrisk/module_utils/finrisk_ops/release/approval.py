"""More users for a tuned model by two pairs of eyes: what a second person signs before it is released."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from ..counts import number_of
from ..errors import FinriskError
from ..machine.files import write_bytes
from ..machine.signatures import signer, signing
from .permission import OVERRIDE, Asking, Play
from .plan import NEWEST, Plan, Running, ratio_now

NAMESPACE = "finrisk"
DAYS = 7
"""How long a text may be signed and used, from the day on that it was written."""
HEAD = "FinRisk: I agree that this share of the users gets this model."
NONE = "none"
SUFFIX = ".txt"


@dataclass(frozen=True)
class Evidence:
    """An evaluation that is kept: the SHA-256 of its inputs, and of what it was."""

    sha256: str
    environment: str
    experiment: str
    revision: str
    verdict: str
    path: Path


@dataclass(frozen=True)
class Rule:
    """How many approvals an environment asks for, whose (a file of allowed signers), and what was given."""

    number: int
    approvers: str
    signatures: Sequence[Path]
    folder: Path
    """Where texts are written."""


@dataclass(frozen=True)
class Step:
    """What is approved: in which environment, which model at which percentage, after what, by which gate."""

    environment: str
    model: str
    ratio: int
    revision: str
    gate: str

    def text(self, evidence: str, until: str) -> str:
        """Return what is signed, a line for each fact; ``evidence`` is a SHA-256, ``until`` a day (UTC)."""
        facts = {**asdict(self), "evidence": evidence, "until": until}
        return "".join(f"{line}\n" for line in (HEAD, *(f"{name}: {value}" for name, value in facts.items())))


@dataclass(frozen=True)
class Approval:
    """One person's agreement, with all that it takes to check it again."""

    principal: str
    key: str
    text: str
    signature: str


@dataclass(frozen=True)
class Case:
    """A plan that gives more users the model, what is known of it, and who deploys it."""

    asking: Asking
    step: Step
    evidence: Sequence[Evidence]
    """Of the experiment in the revision that runs, the oldest first."""
    met: bool
    """Whether users have the model now: then there is evidence, and it has to be named."""
    deployer: set[str]
    today: date


def case(
    asking: Asking,
    environment: str,
    plan: Plan,
    running: Running,
    kept: Sequence[Evidence],
    who: set[str],
    today: date,
) -> Case | None:
    """Return what has to be approved; None for a plan that gives nobody more the model than has it now."""
    now = ratio_now(plan, running)
    if plan.ratio <= now:
        return None
    this = (environment, plan.experiment, running.revision)
    of_it = [each for each in kept if (each.environment, each.experiment, each.revision) == this]
    step = Step(environment, plan.model, plan.ratio, running.revision or NONE, asking.mode)
    return Case(asking, step, of_it, now > 0, who, today)


def approvals(rule: Rule, asked: Case, play: Play, *, write: bool) -> list[Approval]:
    """Return who agreed, each a person and a key of their own and none of them who deploys.

    Raises:
        FinriskError: Too few did. ``summary`` has the text's file, which is written if ``write``, and the
            commands that sign it and go on.
    """
    if not rule.approvers:
        raise FinriskError(
            f"finrisk_approvals is {rule.number} and finrisk_approvers is empty: name a file of allowed "
            "signers (ssh-keygen(1)) in the inventory"
        )
    if asked.met and not asked.evidence:
        raise FinriskError(
            f"{asked.step.environment} asks for {number_of(rule.number, 'approval')}, and no evaluation of "
            f"{asked.step.revision} is kept in {rule.folder} that could be approved: evaluate first",
            summary=[f"the evidence: {play('evaluate.yml')}"],
        )
    problem = ""
    try:
        given = [_approval(path, Path(rule.approvers), asked) for path in rule.signatures]
    except FinriskError as error:
        given, problem = [], f": {error.message}"
    persons, keys = {each.principal.casefold() for each in given}, {each.key for each in given}
    missing = rule.number - min(len(persons), len(keys))
    if missing <= 0:
        return given
    then = "the commands that go on stand below" if write else "a run without --check writes what to sign"
    raise FinriskError(
        f"{asked.step.environment} asks for {number_of(rule.number, 'approval')} by others before "
        f"{asked.step.ratio} % of the users have {asked.step.model}, {missing} missing{problem}. "
        f"Nothing was changed; {then}",
        summary=_ways_on(rule, asked, play) if write else [],
    )


def line(given: Sequence[Approval]) -> str:
    """Return it as people read it."""
    return "Approved by " + ", ".join(f"{each.principal} ({each.key})" for each in given)


def _approval(signature: Path, approvers: Path, asked: Case) -> Approval:
    text = signature.parent / (signature.name.partition(SUFFIX)[0] + SUFFIX)
    if not text.is_file():
        raise FinriskError(
            f"{text}, which {signature.name} should sign, is no file: put it beside the signature"
        )
    content = text.read_bytes()
    told = content.decode(errors="replace")
    _check(told, text, asked)
    person = signer(content, signature, approvers, NAMESPACE)
    if same := sorted(name for name in asked.deployer if _same(name, person.principal)):
        raise FinriskError(
            f"{person.principal} signed {signature}, and {same[0]} deploys: that is one person; "
            "let another one sign"
        )
    return Approval(
        person.principal, person.key, told, signature.read_text(encoding="ascii", errors="replace")
    )


def _check(told: str, text: Path, asked: Case) -> None:
    """Raise FinriskError unless the text is what FinRisk writes for this step, and its time is not over."""
    lines = [each.partition(": ") for each in told.splitlines()[1:]]
    facts = {name: value for name, _, value in lines}
    wanted = {name: str(value) for name, value in asdict(asked.step).items()}
    others = [
        f"{name} {facts.get(name)}, not {value}" for name, value in wanted.items() if facts.get(name) != value
    ]
    evidence, until = facts.get("evidence", ""), facts.get("until", "")
    if not others and told != asked.step.text(evidence, until):
        others = ["other lines than FinRisk writes"]
    if others:
        raise FinriskError(f"{text} is of another step: {'; '.join(others)}")
    known = {each.sha256 for each in asked.evidence} | (set() if asked.met else {NONE})
    if evidence not in known:
        raise FinriskError(f"{text} is of the evidence {evidence}, which no kept evaluation of this step has")
    last = asked.today + timedelta(DAYS)
    if not asked.today.isoformat() <= until <= last.isoformat():
        raise FinriskError(f"{text} holds until {until}, today is {asked.today}: let a new text be signed")


def _same(name: str, principal: str) -> bool:
    """Say whether two names are one person's: in any case of letters, with or without what follows an @."""
    one, other = name.casefold(), principal.casefold()
    return one == other or one.partition("@")[0] == other.partition("@")[0]


def _ways_on(rule: Rule, asked: Case, play: Play) -> list[str]:
    newest = asked.evidence[-1] if asked.evidence else None
    content = asked.step.text(
        newest.sha256 if newest else NONE, (asked.today + timedelta(DAYS)).isoformat()
    ).encode()
    digest = hashlib.sha256(content).hexdigest()[:8]
    text = rule.folder / f"approval_{asked.step.revision}_{asked.step.ratio}_{digest}{SUFFIX}"
    if not text.is_file():
        write_bytes(text, content)
    signatures = [
        text.with_name(f"{text.name}{f'.{number}' if rule.number > 1 else ''}.sig")
        for number in range(1, rule.number + 1)
    ]
    return [
        f"to be signed: {text}",
        *([f"its evidence: {newest.verdict}, {newest.path}"] if newest else []),
        *(f"by another person: {signing(text, each, NAMESPACE)}" for each in signatures),
        f"then: {play(_again(asked, signatures))}",
    ]


def _again(asked: Case, signatures: Sequence[Path]) -> str:
    asking = asked.asking
    model = [] if asking.model == NEWEST else [f"finrisk_model={asking.model}"]
    over = (
        [json.dumps({"finrisk_gate": OVERRIDE, "finrisk_why": asking.why})] if asking.mode == OVERRIDE else []
    )
    files = ",".join(map(str, signatures))
    named = f'finrisk_approval="{files}"' if " " in files else f"finrisk_approval={files}"
    given = [*model, f"finrisk_ab_ratio={asked.step.ratio}", *over, named]
    return " ".join(["deploy.yml", *(f"-e {shlex.quote(each)}" for each in given)])
