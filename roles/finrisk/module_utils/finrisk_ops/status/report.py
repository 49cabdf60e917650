"""The state of an environment: what runs, what was collected, who was served what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from finrisk_rules.experiment import Running
from finrisk_rules.figures import RECOMMENDED

from ..errors import FinriskError
from ..gate import success
from ..gate.rules import Rules
from ..gate.verdict import decide
from ..machine.identity import now
from ..release.obstacle import Obstacle
from ..release.revision import Revision
from ..release.running import running
from ..release.target import Target
from ..release.traffic import tuned_share
from ..service.snapshot import Snapshot
from ..tuning import command
from ..tuning.jobs import known_jobs
from ..tuning.retirement import Retirement
from . import decision, facts, findings, retirements, traffic

MANUAL_KEYS = (
    "ENABLE_DATA_COLLECTION",
    "DATA_COLLECTION_QUALITY",
    "ENABLE_FINETUNING",
    "ENABLE_AB_TESTING",
    "AB_TEST_TRAFFIC_SPLIT",
    "FINETUNED_MODEL_NAME",
)

UNKNOWN_TRAFFIC: dict[str, Any] = {
    "hours": 24,
    "requests": None,
    "arms": None,
    "fallback_reasons": {},
    "model_versions": [],
}


@dataclass(frozen=True)
class Question:
    """What status is asked about."""

    environment: str
    output_dir: Path
    database_url: str  # as it is reached from here
    goal: facts.Goal
    rules: Rules = field(default_factory=Rules)
    inventories: Sequence[str] = ()  # as they are typed
    confirms: bool = False
    retirements: Sequence[Retirement] = ()


def read(target: Target, question: Question, unreachable: str = "") -> dict[str, Any]:
    """Return the whole status; a part that cannot be read is null and becomes a finding. Changes nothing.

    ``unreachable`` says why there is no way to the database from here.
    """
    revision, problem = _current(target)
    snapshot = target.snapshot(revision)
    data: dict[str, Any] = {
        "environment": question.environment,
        "at": now(),
        "inventories": list(question.inventories),
        "confirms": question.confirms,
        "api_url": target.api_url,
        "configuration": _configuration(target, revision, problem or snapshot.problem)
        | {"drift": snapshot.drift, "unfinished": target.unfinished() if revision else ""},
        "rollback": _rollback(target, snapshot),
        "acting": snapshot.acting,
        "disk": snapshot.disk,
        "database": {"reachable_from_here": True, "error": None, "from_the_service": snapshot.database},
        "tuning": _tuning(question, unreachable),
        "retirements": retirements.known(question.retirements, datetime.now(UTC).date()),
        "pods": snapshot.pods,
        "recent": snapshot.recent,
    }
    data |= _from_database(question, data, running(revision), unreachable)
    goals = {"target": question.goal.target, "recommended": list(RECOMMENDED)}
    data["collection"] = _settings_of_collection(revision) | goals | (data["collection"] or {})
    data["traffic"] = _traffic(revision, snapshot, data["traffic"])
    return data | judgement(data)


def judgement(data: dict[str, Any]) -> dict[str, Any]:
    """Return evaluation, findings, decision and lines of success, which never contradict each other."""
    inputs = (data["experiment"] or {}).get("evidence")
    verdict = decide(inputs, Rules(**inputs["rules"])) if inputs else None
    evaluation = verdict.content() if verdict else None
    found = findings.of(data | {"evaluation": evaluation})
    decided = decision.decide(data, found, verdict)
    lines = success.lines(
        verdict and replace(verdict, verdict=decided.decision),
        data["collection"].get("eligible"),
        data["collection"]["target"],
        [job["state"] for job in data["tuning"]["jobs"]],
    )
    return {
        "evaluation": evaluation,
        "decision": decided.content(),
        "success": [line.content() for line in lines],
        "findings": [finding.content() for finding in found],
    }


def _rollback(target: Target, snapshot: Snapshot) -> dict[str, Any]:
    """Return what a rollback would meet now; nothing is asked where nothing is deployed."""
    try:
        obstacles = target.rollback_obstacles() if target.current() else []
    except FinriskError as error:
        obstacles = [Obstacle(error.message)]
    told = [asdict(obstacle) for obstacle in obstacles]
    return {"obstacles": told, "credentials_gone": snapshot.credentials_gone}


def _current(target: Target) -> tuple[Revision | None, str]:
    name = target.current()
    if not name:
        return None, "there is no revision yet"
    try:
        revision = target.read(name)
    except FinriskError as error:
        return None, error.message
    return revision, "" if revision.intact else f"{name} was edited by hand after it was made"


def _configuration(target: Target, revision: Revision | None, problem: str) -> dict[str, Any]:
    if revision is None:
        return {"revision": target.current() or None, "problem": problem}
    values = revision.settings | revision.secret_settings
    release = revision.release
    return {
        "revision": revision.name,
        "ratio": release.ratio,
        **{key: values.get(key) for key in MANUAL_KEYS},
        "BASE_MODEL": values.get("BASE_MODEL"),
        "AB_TEST_UNIT": values.get("AB_TEST_UNIT"),
        "image": release.image,
        "who": release.who,
        "when": release.when,
        "why": release.why,
        "proven": revision.proven,
        "problem": problem or None,
    }


def _tuning(question: Question, unreachable: str) -> dict[str, Any]:
    try:
        jobs = known_jobs(question.output_dir, "" if unreachable else question.database_url)
    except FinriskError as error:
        return {"jobs": [], "problem": error.message}
    return {
        "jobs": [
            {
                "name": job.display_name,
                "job_name": job.job_name,
                "model": job.tuned_model_name,
                "state": job.state,
                "provider_state": job.provider_state,
                "base_model": job.base_model,
                "examples": job.dataset.get("train_examples", job.dataset.get("examples")),
                "created_at": job.created_at,
                "error": job.error,
                "again": command.of(job),
                "anew": command.of(job, anew=True),
            }
            for job in jobs
        ],
        "problem": None,
    }


def _from_database(
    question: Question, data: dict[str, Any], running: Running, unreachable: str
) -> dict[str, Any]:
    try:
        if unreachable:
            raise FinriskError(unreachable)
        return facts.read(question.database_url, question.goal, running, question.rules)
    except FinriskError as error:
        told = findings.EMPTY_HERE if _lacks_password(question.database_url) else error.message
        down = data["database"] | {"reachable_from_here": False, "error": told}
        return {"database": down, "collection": None, "experiment": None, "traffic": None}


def _lacks_password(database_url: str) -> bool:
    """Say whether the address has a place for a password, and nothing in it."""
    try:
        return urlsplit(database_url).password == ""
    except ValueError:
        return False


def _settings_of_collection(revision: Revision | None) -> dict[str, Any]:
    settings = revision.settings if revision else {}
    quality = settings.get("DATA_COLLECTION_QUALITY")
    return {
        "enabled": settings.get("ENABLE_DATA_COLLECTION") == "true" if settings else None,
        "quality_threshold": float(quality) if quality else None,
    }


def _traffic(revision: Revision | None, snapshot: Snapshot, figures: dict[str, Any] | None) -> dict[str, Any]:
    share = tuned_share(revision.settings) if revision else None
    return {
        "split": share,
        **traffic.of_log(snapshot),
        **(figures or UNKNOWN_TRAFFIC),
    }
