"""What the service's log says lately: errors, events, and requests by arm."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from finrisk_rules import log_events

TAIL_BYTES = 4 * 1024 * 1024
ERRORS = 5
EVENTS = 5
LINES = 3


def recent(log: Path, hours: int = 24) -> dict[str, Any]:
    """Return the last errors and events of a log file, and the last requests by the arm that was assigned."""
    return of_lines(_tail(log), str(log), f"tail -n 50 {log}", hours)


def of_lines(lines: Iterable[str], log: str, command: str, hours: int = 24) -> dict[str, Any]:
    """Return the same of lines of logs; ``log`` names the place, ``command`` shows more of it."""
    known = sorted((each for each in _entries(lines) if _moment(each)), key=lambda each: str(each["time"]))
    begin = datetime.now(UTC) - timedelta(hours=hours)
    entries = [entry for entry in known if (_moment(entry) or begin) > begin]
    requests = [entry for entry in entries if entry.get("event") in log_events.OF_REQUESTS]
    failures = [entry for entry in entries if entry.get("level") in ("ERROR", "CRITICAL", "WARNING")]
    events = [
        entry for entry in entries if entry.get("event") not in log_events.FREQUENT and entry not in failures
    ]
    arms = {
        arm: [_line(entry) for entry in requests if entry.get("arm_assigned") == arm][-LINES:]
        for arm in ("base", "tuned")
    }
    return {
        "errors": _groups(failures)[-ERRORS:],
        "events": _groups(events)[-EVENTS:],
        "log_lines": {arm: lines for arm, lines in arms.items() if lines},
        "wrong_keys": _wrong_keys(entries),
        "refused": _refused(entries),
        "lost": sum(entry.get("event") == log_events.COLLECTION_DROPPED for entry in entries),
        "since": str(entries[0]["time"]) if entries and len(entries) == len(known) else None,
        "log": log,
        "command": command,
    }


def _tail(log: Path) -> list[str]:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            return file.read().decode("utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _entries(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for line in lines:
        if line.startswith("{"):
            with suppress(ValueError):
                yield json.loads(line)


def _moment(entry: dict[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(entry["time"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError):
        return None


def _refused(entries: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many requests were refused with which code, most frequent first; a line stands for many."""
    counts: Counter[str] = Counter()
    for entry in entries:
        if entry.get("event") == log_events.REQUEST_REFUSED:
            counts[str(entry.get("code"))] += 1 + int(entry.get("left_out") or 0)
    return dict(counts.most_common())


def _wrong_keys(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return who was told to wait for wrong keys, most frequent first; a line stands for many requests."""
    counts: Counter[tuple[Any, Any]] = Counter()
    for entry in entries:
        if (
            entry.get("event") == log_events.REQUEST_REFUSED
            and entry.get("code") == log_events.TOO_MANY_WRONG_KEYS
        ):
            counts[entry.get("key_id"), entry.get("address")] += 1 + int(entry.get("left_out") or 0)
    return [
        {"key_id": key_id, "address": address, "requests": requests}
        for (key_id, address), requests in counts.most_common(LINES)
    ]


def _groups(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return one entry for each event and message, with how often it came and when last."""
    groups: dict[tuple[Any, Any], dict[str, Any]] = {}
    for entry in entries:
        message = _message(entry)
        key = (entry.get("event"), message)
        times = groups.pop(key, {}).get("times", 0) + 1
        groups[key] = {
            "time": entry["time"],
            "level": entry.get("level"),
            "event": entry.get("event"),
            "message": message,
            "times": times,
        }
    return list(groups.values())


def _message(entry: dict[str, Any]) -> str:
    """Return the message, with the exception and its place where there was one."""
    exception = f" ({entry['exception']} at {entry.get('at', '?')})" if entry.get("exception") else ""
    return f"{entry.get('message')}{exception}"


def _line(entry: dict[str, Any]) -> dict[str, Any]:
    fields = ("time", "event", "message", "request_id", "outcome", "latency_ms", "fallback_reason", "quality")
    return {name: entry[name] for name in fields if entry.get(name) is not None}


_LONGEST_WORDS = 300
EXCEPTION = re.compile(r"[\w.]*(Error|Exception)\b.*: ")  # the last line of a traceback


def last_words(log: str) -> str:
    """Return the line of a log that says why it ended: a logged error, else a raised one, else the last."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [message for line in lines if (message := _error_message(line))]
    exceptions = [line for line in lines if EXCEPTION.match(line)]
    words = (errors or exceptions or [line for line in lines if "[ERROR]" in line] or lines or [""])[-1]
    return words[:_LONGEST_WORDS]


ADDRESS = re.compile(r"\('(?P<host>[^']*)', (?P<port>\d+)\)")  # as Gunicorn writes what it binds


def address_in_use(log: str) -> tuple[str, int] | None:
    """Return host and port of the address for which a start was given up, since another listens there."""
    address = ADDRESS.search(last_words(log))
    if address is None or f"Connection in use: {address[0]}" not in log:
        return None
    return address["host"], int(address["port"])


def _error_message(line: str) -> str:
    try:
        entry = json.loads(line)
    except ValueError:
        return ""
    if not isinstance(entry, dict):
        return ""
    return (
        str(entry.get("message", "")) if str(entry.get("level", "")).lower() in {"error", "critical"} else ""
    )
