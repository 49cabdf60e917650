"""Who asks which sample question: sixty analysts of uneven activity, in sessions of a few questions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.samples.firm import Question

USERS = 60
SESSION_LENGTHS = (3, 1, 4, 2, 5)


@dataclass(frozen=True)
class Seat:
    """The user and session that a question comes from."""

    user_id: str
    session_id: str


def seats(questions: Sequence[Question]) -> list[tuple[Question, Seat]]:
    """Pair each question with a seat, the same way in every run; firms and users come mixed."""
    mixed = sorted(questions, key=lambda question: _digest(question.text))
    counts: dict[int, int] = {}
    paired = []
    for question, user in zip(mixed, _users(len(mixed)), strict=True):
        count = counts[user] = counts.get(user, 0) + 1
        name = f"analyst-{user:02d}"
        paired.append((question, Seat(name, f"{name}-session-{_session(count, user):02d}")))
    return paired


def _users(count: int) -> list[int]:
    """Return the asking user of each question: user 1 asks most, and everybody asks at least once."""
    weights = [1 / (user + 4) for user in range(1, USERS + 1)]
    shares = [max(1, int(count * weight / sum(weights))) for weight in weights]
    turns = [user for user, share in enumerate(shares, start=1) for _ in range(share)]
    turns = [*turns, *(1 + number % USERS for number in range(max(0, count - len(turns))))][:count]
    return [
        user for _, user in sorted((_digest(f"{place}:{user}"), user) for place, user in enumerate(turns))
    ]


def _session(count: int, user: int) -> int:
    """Return the session's number for a user's ``count``-th question."""
    number, left = 1, count
    while left > (length := SESSION_LENGTHS[(user + number) % len(SESSION_LENGTHS)]):
        left -= length
        number += 1
    return number


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
