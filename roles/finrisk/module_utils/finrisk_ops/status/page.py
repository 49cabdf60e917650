"""A status as one page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from ..release.traffic import describe

WIDTH = 110
INDENT = 16
BAR = 30
MARKS = {"met": "[x]", "not met": "[ ]", "not yet known": "[?]"}


def page(data: dict[str, Any]) -> list[str]:
    """Return the lines of the page."""
    parts = (
        ("Configuration", _configuration(data)),
        ("Collection", _collection(data["collection"])),
        ("Database", _database(data["database"])),
        ("Tuning", _tuning(data["tuning"])),
        ("Traffic 24 h", _traffic(data["traffic"])),
        ("Service", _pods(data["pods"])),
        ("Recent", _recent(data["recent"])),
        ("Success", _success(data["success"])),
        ("Findings", _findings(data["findings"])),
    )
    title = f"FinRisk {data['environment']}"
    lines = [f"{title}{data['at'].rjust(WIDTH - len(title))}"]
    for name, held in parts:
        lines += ["", *_block(name, held)]
    return lines


def _block(name: str, lines: list[str]) -> list[str]:
    heads = [name, *[""] * len(lines)]
    return [f"{head:<{INDENT}}{line}".rstrip() for head, line in zip(heads, lines, strict=False)]


def _configuration(data: dict[str, Any]) -> list[str]:
    held = data["configuration"]
    if "ratio" not in held:
        return [f"{held['revision'] or 'no revision'}: {held['problem']}"]
    keys = [
        f"{key}={held[key]}"
        for key in (
            "ENABLE_DATA_COLLECTION",
            "DATA_COLLECTION_QUALITY",
            "ENABLE_FINETUNING",
            "ENABLE_AB_TESTING",
            "AB_TEST_TRAFFIC_SPLIT",
        )
    ]
    proven = "proven" if held["proven"] else "not proven"
    return [
        f"{held['revision']} ({proven}): {describe(held['ratio'])}, image {held['image'] or 'none'}",
        *_wrapped(f"released by {held['who']} at {held['when']}: {held['why']}"),
        "  ".join(keys[:3]),
        "  ".join(keys[3:]),
        f"FINETUNED_MODEL_NAME={held['FINETUNED_MODEL_NAME']}",
    ]


def _collection(held: dict[str, Any]) -> list[str]:
    state = {True: "on", False: "off", None: "unknown"}[held["enabled"]]
    line = f"{state}, from quality {held['quality_threshold']}"
    if held.get("eligible") is None:
        return [f"{line}; how much was collected is not known"]
    low, high = held["recommended"]
    have = held["eligible"]
    done = min(1.0, have / held["target"]) if held["target"] else 1.0
    bar = "#" * int(done * BAR)
    lines = [
        f"[{bar:.<{BAR}}] {have:,} of {held['target']:,} examples ({held['percent']:g} %); {line}",
        f"{held['rows_last_24h']:,} in 24 h, last {held['last_collected_at'] or 'never'}; "
        f"{low:,} to {high:,} are better",
    ]
    if held["expected_target_date"]:
        lines[1] += f"; target expected on {held['expected_target_date']}"
    if held["skipped"]:
        skipped = ", ".join(f"{count:,} {reason}" for reason, count in held["skipped"].items())
        lines += _wrapped(f"not collected in 24 h: {skipped}")
    return lines


def _database(held: dict[str, Any]) -> list[str]:
    here = "reachable from here" if held["reachable_from_here"] else "NOT reachable from here"
    return [f"{here}; from the service: {held['from_the_service'] or 'unknown, it does not answer'}"]


def _tuning(held: dict[str, Any]) -> list[str]:
    if not held["jobs"]:
        return [held["problem"] or "no job yet"]
    rows = [("model", "state", "base model", "examples", "created")]
    for job in held["jobs"][:4]:
        created = str(job["created_at"])[:16].replace("T", " ")
        rows.append((job["name"], job["state"], job["base_model"], str(job["examples"] or ""), created))
    left = len(held["jobs"]) - 4
    return _table(rows, right=(3,)) + ([f"and {left} older"] if left > 0 else [])


def _traffic(held: dict[str, Any]) -> list[str]:
    if held["arms"] is None:
        return ["not known while the database cannot be read"]
    if not held["arms"]:
        return ["no analyses", *_rejected(held)]
    head = "arm asked users share split upstream timeout cut blocked p50 p95 >2s quality ratings fallbacks"
    rows = [tuple(head.split())]
    split = held["split"]
    for name, arm in held["arms"].items():
        asked = "" if split is None else f"{(split if name == 'tuned' else 1 - split):.0%}"
        quality = "-" if arm["quality"] is None else f"{arm['quality']:.3f}"
        rows.append(
            (
                name,
                f"{arm['requests']:,}",
                f"{arm['users']:,}",
                f"{arm['share']:.0%}",
                asked,
                *(str(arm["errors"][kind]) for kind in ("upstream", "timeout", "cut")),
                str(arm["blocked"]),
                f"{arm['p50_ms'] / 1000:.2f}s",
                f"{arm['p95_ms'] / 1000:.2f}s",
                f"{arm['share_over_2s']:.0%}",
                quality,
                f"+{arm['feedback']['liked']}/-{arm['feedback']['disliked']}",
                str(arm["fallbacks"]),
            )
        )
    return _table(rows, right=tuple(range(1, len(rows[0])))) + _rejected(held)


def _rejected(held: dict[str, Any]) -> list[str]:
    counts = held["rejected_since_start"]
    if not counts:
        return []
    told = ", ".join(f"{count:,} {code}" for code, count in counts.items())
    return _wrapped(f"rejected input since the service started, in no arm: {told}")


def _pods(pods: list[dict[str, Any]]) -> list[str]:
    if not pods:
        return ["not running"]
    lines = []
    for pod in pods:
        ready = "ending" if pod.get("ending") else "ready" if pod["ready"] else "NOT ready"
        restarts = f", {pod['restarts']} restarts" if pod["restarts"] else ""
        lines.append(f"{pod['name']}: {ready}, revision {pod['revision']}, split {pod['split']}{restarts}")
        workers = [
            f"worker {worker['pid']} {'ready' if worker.get('ready') else 'not ready'}"
            + ("" if worker["revision"] == pod["revision"] else f" on {worker['revision']}")
            for worker in pod["workers"]
        ]
        lines += _wrapped(", ".join(workers) or "no worker answers")
    return lines


def _recent(held: dict[str, Any]) -> list[str]:
    lines = []
    for entry in [*held["events"], *held["errors"]]:
        times = f" ({entry['times']} times)" if entry["times"] > 1 else ""
        level = "" if entry["level"] == "INFO" else f"{entry['level']} "
        lines.append(_cut(f"{entry['time'][11:19]} {level}{entry['message']}{times}"))
    for arm, entries in held["log_lines"].items():
        last = entries[-1]
        lines.append(_cut(f"{last['time'][11:19]} {arm}: {last['message']}"))
    return lines or [f"nothing in the last 24 h ({held['log']})"]


def _success(lines: list[dict[str, str]]) -> list[str]:
    rows = [
        (MARKS[line["state"]], line["criterion"], line["figure"], f"target {line['target']}")
        for line in lines
    ]
    return _table(rows)


def _findings(found: list[dict[str, Any]]) -> list[str]:
    if not found:
        return ["none"]
    lines: list[str] = []
    for number, finding in enumerate(found, start=1):
        lines += _wrapped(f"{number}. {finding['about']}: {finding['what']}", "   ")
        for cause in finding["causes"]:
            lines += _wrapped(f"   - {cause}", "     ")
        lines.append(f"   $ {finding['command']}")
    return lines


def _table(rows: Sequence[tuple[str, ...]], right: tuple[int, ...] = ()) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _wrapped(text: str, following: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH - INDENT, subsequent_indent=following, break_on_hyphens=False, break_long_words=False
    )


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= WIDTH - INDENT else flat[: WIDTH - INDENT - 3] + "..."
