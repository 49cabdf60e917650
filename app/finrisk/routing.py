"""Which arm answers: sticky for a user, and only ever moving users in as the split rises."""

from dataclasses import dataclass

from finrisk.settings import Settings
from finrisk_rules.assignment import Arm, UnitKind, arm, bucket, split_in_buckets
from finrisk_rules.identity import keyed_hash


@dataclass(frozen=True)
class Assignment:
    """One request's place in the experiment."""

    experiment: str
    split_bp: int
    unit_kind: UnitKind
    unit_hash: str
    bucket: int
    arm: Arm


def _unit(
    settings: Settings, user_id: str | None, session_id: str | None, request_id: str
) -> tuple[UnitKind, str]:
    """The unit that keeps its arm: the configured one, or the next narrower one that the request names."""
    if settings.ab_test_unit == "user" and user_id:
        return "user", user_id
    if settings.ab_test_unit in ("user", "session") and session_id:
        return "session", session_id
    return "request", request_id


def assignment(
    settings: Settings, user_id: str | None, session_id: str | None, request_id: str
) -> Assignment:
    """The arm of a request by the hash of its user, else its session, else itself."""
    kind, unit = _unit(settings, user_id, session_id, request_id)
    place = bucket(settings.ab_experiment, kind, unit)
    split_bp = split_in_buckets(settings.split)
    return Assignment(
        experiment=settings.ab_experiment,
        split_bp=split_bp,
        unit_kind=kind,
        unit_hash=keyed_hash(settings.user_hash_key.get_secret_value(), unit),
        bucket=place,
        arm=arm(place, split_bp),
    )
