"""A status as one page of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..counts import breakdown, number_of
from ..release.traffic import describe
from . import acting, audit, experiment, gate, releases, shadows
from .gate import VERDICTS
from .text import BAD, COMMAND, DOUBT, GOOD, INDENT, WIDTH, Line, command, cut, plain, shorten, table, wrap
from .traffic import log_window

BAR = 30
MARKS = {"met": ("[x]", GOOD), "not met": ("[ ]", BAD), "not yet known": ("[?]", DOUBT)}
ELIGIBLE_BY = (
    "finrisk_refused_producers",
    "finrisk_tuned_rows",
    "finrisk_training_labels",
    "finrisk_min_quality",
)
SYMPTOMS = 4
DAY = "Experiment 24 h"
"""The analyses of other experiments are not in it."""
CLOSE = ("Gate", "By itself", "Rollback", "Database", "Shadow", DAY)
"""Parts that stand close below the one before, to which they belong."""


def page(data: dict[str, Any]) -> list[str]:
    """Return the lines of the page."""
    return [line.text for line in lines(data)]


def colours(data: dict[str, Any]) -> dict[str, str]:
    """Return the lines of the page that have a colour, and which."""
    return {line.text: line.colour for line in lines(data) if line.colour}


def lines(data: dict[str, Any]) -> list[Line]:
    """Return the lines of the page with their colours."""
    parts = (
        ("Decision", _decision(data["decision"])),
        ("Gate", gate.lines(data.get("gate"), data["configuration"]["revision"])),
        *([("By itself", by_itself)] if (by_itself := acting.lines(data.get("acting"), data["at"])) else []),
        ("Rollback", _rollback(data)),
        ("Configuration", _configuration(data)),
        ("Collection", _collection(data["collection"])),
        ("Database", _database(data["database"])),
        ("Tuning", _tuning(data["tuning"])),
        ("Experiment", plain(experiment.lines(data["experiment"], data["evaluation"]))),
        *([("Shadow", plain(shadow))] if (shadow := shadows.lines(_shadow(data))) else []),
        (DAY, plain([*experiment.of_day(data["traffic"]), *_rejections(data)])),
        ("Service", _pods(data["pods"])),
        ("Recent", plain(_recent(data["recent"]))),
        ("Success", success_lines(data["success"])),
        ("Findings", _findings(data["findings"])),
        ("Releases", _releases(data)),
    )
    title = f"FinRisk {data['environment']}"
    result = [Line(f"{title}{data['at'].rjust(WIDTH - len(title))}")]
    for name, content in parts:
        result += [*([] if name in CLOSE else [Line("")]), *block(name, content)]
    return result


def block(name: str, content: Sequence[Line]) -> list[Line]:
    """Return a part of a page: its name before its first line."""
    heads = [name, *[""] * len(content)]
    return [
        Line(f"{head:<{INDENT}}{line.text}".rstrip(), line.colour)
        for head, line in zip(heads, content, strict=False)
    ]


def _shadow(data: dict[str, Any]) -> dict[str, Any] | None:
    return (data["experiment"] or {}).get("shadow")


def _releases(data: dict[str, Any]) -> list[Line]:
    is_read = data["database"]["reachable_from_here"]
    told = plain(releases.lines(data.get("releases", []), is_read=is_read))
    if chain := data.get("audit"):
        told += plain(wrap(audit.line(chain)), BAD if chain["chain"] == audit.BROKEN else "")
    return told


def _decision(decision: dict[str, str]) -> list[Line]:
    word, colour = VERDICTS[decision["decision"]]
    return plain(wrap(f"{word}: {decision['reason']}"), colour)


def _rollback(data: dict[str, Any]) -> list[Line]:
    rollback = data["rollback"]
    if data["configuration"]["revision"] is None:
        return [Line("nothing is deployed that could be rolled back")]
    if not rollback["obstacles"]:
        return [Line("would work now", GOOD)]
    return [
        Line(line, DOUBT)
        for obstacle in rollback["obstacles"]
        for line in wrap(f"would meet: {obstacle['what']}", following="  ")
    ]


def _configuration(data: dict[str, Any]) -> list[Line]:
    configuration = data["configuration"]
    if "ratio" not in configuration:
        told = f"{configuration['revision'] or 'no revision'}: {configuration['problem']}"
        return plain(wrap(told), BAD if configuration["revision"] else "")
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
    told = f"{configuration['revision']} ({proven}): {describe(configuration['ratio'])}"
    image = f", image {shorten(configuration['image'])}" if configuration["image"] else ""
    model = configuration["FINETUNED_MODEL_NAME"]
    return [
        *plain(wrap(f"{told}{image}")),
        *plain(
            wrap(f"released by {configuration['who']} at {configuration['when']}: {configuration['why']}")
        ),
        *plain(["  ".join(keys[:2]), "  ".join(keys[2:])]),
        *plain([f"FINETUNED_MODEL_NAME={shorten(model, 62)}"] if model else []),
    ]


def _collection(collection: dict[str, Any]) -> list[Line]:
    state = {True: "on", False: "off", None: "unknown"}[collection["enabled"]]
    quality = collection["quality_threshold"]
    line = state if quality is None else f"{state}, from quality {quality}"
    if collection.get("count") is None:
        return [Line(f"{line}; how much was collected is not known")]
    low, high = collection["recommended"]
    have, different = collection["count"], collection["count"] - collection["duplicates"]
    share = min(1.0, different / collection["target"]) if collection["target"] else 1.0
    bar = "#" * int(share * BAR)
    percent = f"{collection['percent']:g} %"
    told = [
        f"[{bar:.<{BAR}}] {different:,} of {number_of(collection['target'], 'example')} ({percent})",
        f"{line}; {collection['rows_last_24h']:,} in 24 h, last {collection['last_collected_at'] or 'never'}",
    ]
    more = f"{low:,} to {high:,} are better"
    if collection["expected_target_date"]:
        more += f"; target expected on {collection['expected_target_date']}"
    told.append(more)
    if collection["duplicates"] or collection["withdrawn"]:
        duplicates = number_of(collection["duplicates"], "duplicate")
        withdrawn = f"{collection['withdrawn']:,}"
        told.append(f"count {have:,}, of them {duplicates}; withdrawn by a rating {withdrawn}")
    if collection["eligible"] != different:
        told += wrap(f"{collection['eligible']:,} are eligible by {', '.join(ELIGIBLE_BY)}")
    if collection["skipped"]:
        told += wrap(f"not collected in 24 h: {breakdown(collection['skipped'])}")
    return plain(told)


def _database(database: dict[str, Any]) -> list[Line]:
    reachable = database["reachable_from_here"]
    here = "reachable from here" if reachable else "NOT reachable from here"
    seen = database["from_the_service"] or "unknown, it does not answer"
    return [Line(f"{here}; from the service: {seen}", "" if reachable and seen == "ok" else BAD)]


def _tuning(tuning: dict[str, Any]) -> list[Line]:
    if not tuning["jobs"]:
        return plain(wrap(tuning["problem"] or "no job yet"))
    rows = [("model", "state", "base model", "examples", "created")]
    for job in tuning["jobs"][:4]:
        moment = str(job["created_at"])[:16].replace("T", " ")
        names = (shorten(str(job["name"]), 22), job["state"], shorten(str(job["base_model"]), 22))
        rows.append((*names, str(job["examples"] or ""), moment))
    others = len(tuning["jobs"]) - 4
    return plain(table(rows, right=(3,)) + ([f"and {others} older"] if others > 0 else []))


def _rejections(data: dict[str, Any]) -> list[str]:
    counts = data["traffic"]["rejected"]
    if not counts:
        return []
    return wrap(f"rejected input {log_window(data)}, in no arm: {breakdown(counts)}")


def _pods(pods: list[dict[str, Any]]) -> list[Line]:
    if not pods:
        return [Line("not running", BAD)]
    return [line for pod in pods for line in _pod(pod)]


def _pod(pod: dict[str, Any]) -> list[Line]:
    state = "ending" if pod.get("ending") else "ready" if pod["ready"] else "NOT ready"
    known = [f"{name} {pod[name]}" for name in ("revision", "split") if pod[name] is not None]
    restarts = [number_of(pod["restarts"], "restart")] if pod["restarts"] else []
    told = wrap(f"{pod['name']}: {', '.join([state, *known, *restarts])}")
    workers = [
        f"worker {worker['pid']} {'ready' if worker.get('ready') else 'not ready'}"
        + ("" if worker["revision"] == pod["revision"] else f" on {worker['revision']}")
        for worker in pod["workers"]
    ]
    return [
        *plain(told, "" if pod["ready"] else BAD),
        *plain(wrap(", ".join(workers) or "no worker answers")),
    ]


def _recent(recent: dict[str, Any]) -> list[str]:
    told = []
    for entry in [*recent["events"], *recent["errors"]]:
        times = f" ({entry['times']} times)" if entry["times"] > 1 else ""
        level = "" if entry["level"] == "INFO" else f"{entry['level']} "
        told.append(cut(f"{entry['time'][11:19]} {level}{entry['message']}{times}"))
    for arm, entries in recent["log_lines"].items():
        last = entries[-1]
        told.append(cut(f"{last['time'][11:19]} {arm}: {last['message']}"))
    return told or wrap(f"nothing in the last 24 h ({recent['log']})")


def success_lines(criteria: Sequence[Mapping[str, str]]) -> list[Line]:
    """Return the six lines with their marks."""
    told = []
    for line in criteria:
        mark, colour = MARKS[line["state"]]
        target = "" if line["state"] == "not yet known" else f"; target {line['target']}"
        text = f"{mark} {line['criterion']}: {line['figure']}{target}"
        told += plain(wrap(text, following="    "), colour)
    return told


def _findings(findings: list[dict[str, Any]]) -> list[Line]:
    if not findings:
        return [Line("none", GOOD)]
    return [line for number, finding in enumerate(findings, start=1) for line in _finding(number, finding)]


def _finding(number: int, finding: dict[str, Any]) -> list[Line]:
    told = plain(wrap(f"{number}. {finding['about']}: {finding['what']}", following="   "), BAD)
    for cause in finding["causes"]:
        told += plain(wrap(f"- {cause}", first="   ", following="     "))
    symptoms = finding["symptoms"]
    for symptom in symptoms[:SYMPTOMS]:
        told += plain(wrap(f"so: {symptom}", first="   ", following="     "))
    if len(symptoms) > SYMPTOMS:
        told.append(Line(f"   so: and {len(symptoms) - SYMPTOMS} more"))
    return [*told, *plain(command(finding["command"]), COMMAND)]
