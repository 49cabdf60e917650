"""Both arms at once: the settings of an experiment, and users that it puts on an arm."""

from __future__ import annotations

from finrisk_rules.assignment import bucket

SPLIT = {
    "ENABLE_FINETUNING": "true",
    "ENABLE_AB_TESTING": "true",
    "AB_TEST_TRAFFIC_SPLIT": "0.5",
    "AB_EXPERIMENT": "finrisk-v1-demo",
    "FINETUNED_MODEL_NAME": "gemini-3.5-flash",
}


def user_on(arm: str, number: int = 0) -> str:
    """A user id that the experiment puts on the arm."""
    found = (
        f"user-{n}"
        for n in range(10_000)
        if (bucket("finrisk-v1-demo", "user", f"user-{n}") < 5000) == (arm == "tuned")
    )
    for _ in range(number):
        next(found)
    return next(found)
