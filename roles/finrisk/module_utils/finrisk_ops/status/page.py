"""A status as one page of text."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from ..counts import breakdown
from ..release.traffic import describe
from . import releases

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
        ("Releases", releases.lines(data.get("releases", []))),
    )
    title = f"FinRisk {data['environment']}"
    lines = [f"{title}{data['at'].rjust(WIDTH - len(title))}"]
    for name, content in parts:
        lines += ["", *_block(name, content)]
    return lines


def _block(name: str, lines: list[str]) -> list[str]:
    heads = [name, *[""] * len(lines)]
    return [f"{head:<{INDENT}}{line}".rstrip() for head, line in zip(heads, lines, strict=False)]


def _configuration(data: dict[str, Any]) -> list[str]:
    configuration = data["configuration"]
    if "ratio" not in configuration:
        return [f"{configuration['revision'] or 'no revision'}: {configuration['problem']}"]
    keys = [
        f"{key}={configuration[key]}"
        for key in (
            "ENABLE_DATA_COLLECTION",
            "DATA_COLLECTION_QUALITY",
            "ENABLE_FINETUNING",
            "ENABLE_AB_TESTING",
            "AB_TEST_TRAFFIC_SPLIT",
        )
    ]
    proven = "proven" if configuration["proven"] else "not proven"
    return [
        f"{configuration['revision']} ({proven}): {describe(configuration['ratio'])}, "
        f"image {configuration['image'] or 'none'}",
        *_wrap(f"released by {configuration['who']} at {configuration['when']}: {configuration['why']}"),
        "  ".join(keys[:3]),
        "  ".join(keys[3:]),
        f"FINETUNED_MODEL_NAME={configuration['FINETUNED_MODEL_NAME']}",
    ]


def _collection(collection: dict[str, Any]) -> list[str]:
    state = {True: "on", False: "off", None: "unknown"}[collection["enabled"]]
    line = f"{state}, from quality {collection['quality_threshold']}"
    if collection.get("count") is None:
        return [f"{line}; how much was collected is not known"]
    low, high = collection["recommended"]
    have, different = collection["count"], collection["count"] - collection["duplicates"]
    share = min(1.0, different / collection["target"]) if collection["target"] else 1.0
    bar = "#" * int(share * BAR)
    lines = [
        f"[{bar:.<{BAR}}] {different:,} of {collection['target']:,} examples ({collection['percent']:g} %); "
        f"{line}",
        f"{collection['rows_last_24h']:,} in 24 h, last {collection['last_collected_at'] or 'never'}; "
        f"{low:,} to {high:,} are better",
    ]
    if collection["duplicates"] or collection["withdrawn"]:
        duplicates, withdrawn = f"{collection['duplicates']:,} duplicates", f"{collection['withdrawn']:,}"
        lines.append(f"count {have:,}, of them {duplicates}; withdrawn by a rating {withdrawn}")
    if collection["expected_target_date"]:
        lines[1] += f"; target expected on {collection['expected_target_date']}"
    if collection["eligible"] != different:
        eligible = f"{collection['eligible']:,} are eligible"
        lines.append(f"{eligible} by finrisk_refused_producers and finrisk_tuned_rows")
    if collection["skipped"]:
        lines += _wrap(f"not collected in 24 h: {breakdown(collection['skipped'])}")
    return lines


def _database(database: dict[str, Any]) -> list[str]:
    here = "reachable from here" if database["reachable_from_here"] else "NOT reachable from here"
    return [f"{here}; from the service: {database['from_the_service'] or 'unknown, it does not answer'}"]


def _tuning(tuning: dict[str, Any]) -> list[str]:
    if not tuning["jobs"]:
        return [tuning["problem"] or "no job yet"]
    rows = [("model", "state", "base model", "examples", "created")]
    for job in tuning["jobs"][:4]:
        moment = str(job["created_at"])[:16].replace("T", " ")
        rows.append((job["name"], job["state"], job["base_model"], str(job["examples"] or ""), moment))
    others = len(tuning["jobs"]) - 4
    return _table(rows, right=(3,)) + ([f"and {others} older"] if others > 0 else [])


def _traffic(traffic: dict[str, Any]) -> list[str]:
    if traffic["arms"] is None:
        return ["not known while the database cannot be read"]
    if not traffic["arms"]:
        return ["no analyses", *_rejections(traffic)]
    head = "arm asked users share split upstream timeout cut blocked p50 p95 >2s quality ratings fallbacks"
    rows = [tuple(head.split())]
    split = traffic["split"]
    for name, arm in traffic["arms"].items():
        target = "" if split is None else f"{(split if name == 'tuned' else 1 - split):.0%}"
        quality = "-" if arm["quality"] is None else f"{arm['quality']:.3f}"
        rows.append(
            (
                name,
                f"{arm['requests']:,}",
                f"{arm['users']:,}",
                "-" if arm["share"] is None else f"{arm['share']:.0%}",
                target,
                *(str(arm["errors"][kind]) for kind in ("upstream", "timeout", "cut")),
                str(arm["blocked"]),
                *("-" if arm[name] is None else f"{arm[name] / 1000:.2f}s" for name in ("p50_ms", "p95_ms")),
                "-" if arm["share_over_2s"] is None else f"{arm['share_over_2s']:.0%}",
                quality,
                f"+{arm['feedback']['liked']}/-{arm['feedback']['disliked']}",
                str(arm["fallbacks"]),
            )
        )
    return _table(rows, right=tuple(range(1, len(rows[0])))) + _rejections(traffic)


def _rejections(traffic: dict[str, Any]) -> list[str]:
    counts = traffic["rejected_since_start"]
    if not counts:
        return []
    return _wrap(f"rejected input since the service started, in no arm: {breakdown(counts)}")


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
        lines += _wrap(", ".join(workers) or "no worker answers")
    return lines


def _recent(recent: dict[str, Any]) -> list[str]:
    lines = []
    for entry in [*recent["events"], *recent["errors"]]:
        times = f" ({entry['times']} times)" if entry["times"] > 1 else ""
        level = "" if entry["level"] == "INFO" else f"{entry['level']} "
        lines.append(_cut(f"{entry['time'][11:19]} {level}{entry['message']}{times}"))
    for arm, entries in recent["log_lines"].items():
        last = entries[-1]
        lines.append(_cut(f"{last['time'][11:19]} {arm}: {last['message']}"))
    return lines or [f"nothing in the last 24 h ({recent['log']})"]


def _success(lines: list[dict[str, str]]) -> list[str]:
    rows = [
        (MARKS[line["state"]], line["criterion"], line["figure"], f"target {line['target']}")
        for line in lines
    ]
    return _table(rows)


def _findings(findings: list[dict[str, Any]]) -> list[str]:
    if not findings:
        return ["none"]
    lines: list[str] = []
    for number, finding in enumerate(findings, start=1):
        lines += _wrap(f"{number}. {finding['about']}: {finding['what']}", "   ")
        for cause in finding["causes"]:
            lines += _wrap(f"   - {cause}", "     ")
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


def _wrap(text: str, following: str = "") -> list[str]:
    return textwrap.wrap(
        text, WIDTH - INDENT, subsequent_indent=following, break_on_hyphens=False, break_long_words=False
    )


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= WIDTH - INDENT else flat[: WIDTH - INDENT - 3] + "..."
