"""A status as the toolkit reads it, before it is judged: of a cluster with nothing wrong."""

from __future__ import annotations

import copy
from dataclasses import asdict
from typing import Any

from finrisk_ops.gate.rules import Rules
from finrisk_ops.status.report import judgement

MODEL = "projects/finrisk-production/locations/us-central1/endpoints/7293295580479523181"
REVISION = "r0012-76f0d11d"


def arm(**values: Any) -> dict[str, Any]:
    return {
        "requests": 400,
        "users": 200,
        "share": 0.5,
        "attempts": 400,
        "errors": {"upstream": 2, "timeout": 0, "cut": 0},
        "error_rate": 0.005,
        "blocked": 1,
        "blocked_rate": 0.0025,
        "p50_ms": 800.0,
        "p95_ms": 1500.0,
        "share_over_2s": 0.01,
        "quality": 0.93,
        "wrong_figures": 0.02,
        "feedback": {"liked": 40, "disliked": 10},
        "fallbacks": 3,
    } | values


USERS = 6000
BASE = {
    "errors": 0.01,
    "unanswered": 0.01,
    "slow": 0.02,
    "wrong_figures": 0.02,
    "feedback": 0.2,
    "quality": 0.93,
}


def evidence(*harm: str, split: float = 0.5) -> dict[str, Any]:
    """What the gate decides by: users of each arm who asked once, tuned much worse in what is named."""
    worse = {
        name: share + (-0.2 if name == "quality" else 0.2) * (name in harm) for name, share in BASE.items()
    }
    moments = {"since": "2026-11-20T11:00:00+00:00", "last": "2026-11-28T02:59:00+00:00"}
    stage = {"revision": REVISION, "split": split, "until": None, "first": moments["since"], **moments}
    return {
        "experiment": "497eaf2d",
        "asked_at": "2026-11-28T03:00:00+00:00",
        "present_rate": {"requests_per_day": 800.0, "users_per_day": 800.0},
        "stages": [stage | {"arms": {"base": _met(BASE), "tuned": _met(worse)}}],
        "running": {"revision": REVISION, "split": split},
        "rules": asdict(Rules()),
    }


def _met(shares: dict[str, float]) -> dict[str, Any]:
    metrics = {}
    for name, share in shares.items():
        squares = share**2 + 0.01 if name == "quality" else share
        sums = {"sum": share * USERS, "squares": squares * USERS, "events": share * USERS}
        metrics[name] = {"users": USERS, "requests": USERS, "shared": {}} | sums
    return {"users": USERS, "units": USERS, "requests": USERS, "metrics": metrics}


def pod(name: str = "finrisk-api-686fd449d-dj645", **values: Any) -> dict[str, Any]:
    return {
        "name": name,
        "ready": True,
        "revision": REVISION,
        "split": 0.5,
        "restarts": 1,
        "breakers": {},
        "workers": [{"pid": 7, "ready": True, "revision": REVISION}],
        "database": "ok",
        "journal": None,
        "finrisk": f"kubectl exec {name} -- python3 -m finrisk",
        "problem": None,
        "ending": False,
        "new_credentials_unread": False,
    } | values


def healthy() -> dict[str, Any]:
    """A cluster at 50 % with nothing wrong."""
    arms = {"base": arm(), "tuned": arm()}
    return {
        "environment": "production",
        "at": "2026-11-28T03:00:00Z",
        "inventories": ["inventory/production"],
        "api_url": "http://finrisk-api-service",
        "configuration": _configuration(),
        "rollback": {"obstacles": [], "credentials_gone": ""},
        "database": {"reachable_from_here": True, "error": None, "from_the_service": "ok"},
        "tuning": {"jobs": [_job()], "problem": None},
        "retirements": [],
        "pods": [pod(), pod("finrisk-api-686fd449d-x2x2x")],
        "recent": {
            "errors": [],
            "events": [],
            "log_lines": {},
            "wrong_keys": [],
            "log": "pods of finrisk-api",
            "command": "kubectl --context c -n n logs deployment/finrisk-api --tail=50",
        },
        "collection": _collection(),
        "experiment": _experiment(arms),
        "traffic": _traffic(copy.deepcopy(arms)),
    }


def _configuration() -> dict[str, Any]:
    return {
        "revision": REVISION,
        "ratio": 50,
        "ENABLE_DATA_COLLECTION": "true",
        "DATA_COLLECTION_QUALITY": "0.9",
        "ENABLE_FINETUNING": "true",
        "ENABLE_AB_TESTING": "true",
        "AB_TEST_TRAFFIC_SPLIT": "0.5",
        "FINETUNED_MODEL_NAME": MODEL,
        "BASE_MODEL": "gemini-3.5-flash-lite",
        "AB_TEST_UNIT": "user",
        "image": "registry.example.com/finrisk/finrisk-api:0.2.0@sha256:" + "a" * 64,
        "who": "ops@console",
        "when": "2026-11-27T10:00:00Z",
        "why": "deploy.yml: finrisk_ab_ratio",
        "proven": True,
        "problem": None,
        "drift": [],
        "unfinished": "",
    }


def _job() -> dict[str, Any]:
    return {
        "name": "finrisk-v3-497eaf2d",
        "job_name": "j",
        "model": MODEL,
        "state": "ACTIVE",
        "provider_state": "JOB_STATE_SUCCEEDED",
        "base_model": "gemini-3.5-flash-lite",
        "examples": 900,
        "created_at": "2026-11-20T10:00:00+00:00",
        "error": None,
        "again": "tune.yml",
        "anew": "tune.yml",
    }


def _collection() -> dict[str, Any]:
    return {
        "enabled": True,
        "quality_threshold": 0.9,
        "count": 1200,
        "target": 1000,
        "recommended": [2000, 5000],
        "percent": 120.0,
        "rows_last_24h": 100,
        "expected_target_date": None,
        "last_collected_at": None,
        "skipped": {},
        "eligible": 1200,
        "usable": 1200,
        "duplicates": 0,
        "withdrawn": 0,
        "ratings_not_applied": 0,
    }


def _experiment(arms: dict[str, Any]) -> dict[str, Any]:
    stage = {"revision": REVISION, "since": "2026-11-27T10:00:00+00:00", "requests": 400, "users": 200}
    return {
        "experiment": "497eaf2d",
        "model": MODEL,
        "name": "finrisk-v3-497eaf2d",
        "split": 0.5,
        "first": "2026-11-20T11:00:00+00:00",
        "last": "2026-11-28T02:59:00+00:00",
        "stage": stage | {"unit_kind": "user", "arms": {"base": {}, "tuned": {}}},
        "arms": arms,
        "evidence": evidence(),
        "earlier": [],
    }


def _traffic(arms: dict[str, Any]) -> dict[str, Any]:
    return {
        "split": 0.5,
        "hours": 24,
        "requests": 800,
        "arms": arms,
        "fallback_reasons": {},
        "model_versions": [],
        "rejected": {},
        "internal_errors": 0,
        "lost": 0,
        "log_since": None,
    }


def obstacle(what: str, *, overcome: bool = False, credentials: bool = False) -> dict[str, Any]:
    """What a rollback would meet."""
    return {"what": what, "overcome": overcome, "credentials": credentials}


def judged(data: dict[str, Any]) -> dict[str, Any]:
    """An environment with its decision and findings."""
    result: dict[str, Any] = data | judgement(data)
    return result


def only(data: dict[str, Any]) -> dict[str, Any]:
    """The one finding of an environment."""
    [finding] = judged(data)["findings"]
    found: dict[str, Any] = finding
    return found
