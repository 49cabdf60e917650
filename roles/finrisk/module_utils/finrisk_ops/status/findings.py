"""What is wrong in an environment, each with its causes and the command that mends it.

The five troubles that operators know are here: collection does not work, a tuning job fails, the A/B test
does not work, the tuned model is slower, the tuned model is worse. What runs and how comes first.
"""

from __future__ import annotations

from typing import Any

from finrisk_rules import log_events

from ..counts import breakdown, number_of
from ..gate.rules import SAMPLE_RATIO_NEEDED
from ..tuning import states as job_states
from . import acting, arms, audit, commands, disk, fitness, journal, release, retirements
from .finding import ITSELF, SYMPTOM, Finding, Play, ordered
from .traffic import log_window

SKIP_HINTS = {
    "ungrounded": "nothing was retrieved for them: ingest documents that answer the questions",
    "quality_below_threshold": "the answers score below DATA_COLLECTION_QUALITY",
    "figure_not_supported": "a figure of the answer is not what its sources say",
    "answer_unread": "something of the answer could not be checked, as in another language than its sources",
    "judge_failed": "a defect of the judge: see the errors below Recent",
    "redaction_failed": "a defect of the redactor: see the errors below Recent",
    "no_answer": "no model answered",
    "strategy_too_short": "questions under 50 characters are answered but not collected",
    "looks_like_instruction": "the question or a source of it gives the model orders instead of asking",
    "obeys_instruction": "the answer did what a source or the question told the model, instead of its task",
    "says_nothing": "the answer has no words, or no values where they belong",
    "unfinished": "the answer breaks off before its end",
    "collection_disabled": "collection was off",
}
FAILURE_CAUSES = (
    (("quota", "resource_exhausted", "resource exhausted", "429"), "the project's tuning quota is used up"),
    (("jsonl", "json", "format", "parse", "invalid"), "the training data is not what the service expects"),
    (("too long", "token limit", "exceeds the maximum"), "examples are too long"),
    (("at least", "insufficient", "too few", "minimum"), "there are too few examples"),
    (("permission", "403", "denied"), "the service account may not tune or read the bucket"),
)

EMPTY_HERE = "POSTGRES_PASSWORD is empty in this shell"
MANY_WRONG_KEYS = 50
BY_CHANCE = 0.001
"""What chance does in fewer cases is a finding; that all of the first n users fall to one arm."""


def of(data: dict[str, Any]) -> list[Finding]:
    """Return the findings of a status, causes first."""
    play = commands.player(data)
    parts = (
        disk.findings,
        release.findings,
        _of_service,
        _of_database,
        _of_collection,
        _of_tuning,
        retirements.findings,
        _of_experiment,
        _of_keys,
        audit.findings,
        acting.findings,
    )
    own = [finding for part in parts for finding in part(data, play)]
    rest = [*journal.findings(data), *arms.versions(data, play), *arms.findings(data, play)]
    return ordered([*own, *rest, *release.obstacles(data, play)], play)


def _of_service(data: dict[str, Any], play: Play) -> list[Finding]:
    revision = data["configuration"]["revision"]
    if revision is None:
        return [Finding("service", "Nothing is deployed here yet.", play("site.yml"))]
    if not data["pods"]:
        causes = [f"its log: {data['recent']['log']}"]
        return [Finding("service", "The service is not running.", play("site.yml"), causes, cause=SYMPTOM)]
    findings = [finding for pod in data["pods"] for finding in _of_pod(pod, data, play)]
    if failures := data["traffic"]["internal_errors"]:
        what = f"{number_of(failures, 'request')} failed inside the service {log_window(data)}."
        causes = [error["message"] for error in data["recent"]["errors"][-2:]]
        command, nearness = data["recent"]["command"], disk.follows(data)
        findings.append(Finding("service", what, command, causes, cause=nearness))
    if any(pod["new_credentials_unread"] for pod in data["pods"]):
        what = "The workers have not read the newest credentials."
        findings.append(Finding("service", what, play("site.yml"), cause=SYMPTOM))
    return findings


def _of_pod(pod: dict[str, Any], data: dict[str, Any], play: Play) -> list[Finding]:
    revision = data["configuration"]["revision"]
    what = f"{pod['problem'][0].upper()}{pod['problem'][1:]}." if pod["problem"] else ""
    if pod.get("ending"):
        command = f"{commands.kubectl(data)} delete pod {pod['name']} --force --grace-period=0"
        return [Finding("service", what, command, ["its node is lost, or hangs"])] if what else []
    if what:
        causes = [f"more: {data['recent']['command']}"]
        return [Finding("service", what, play("rollback.yml"), causes, cause=SYMPTOM)]
    if not pod["workers"]:
        causes = ["its workers end while they start, or hang", f"its log: {data['recent']['log']}"]
        what = f"{pod['name']} runs but nothing answers."
        return [Finding("service", what, play("rollback.yml"), causes, cause=SYMPTOM)]
    findings = []
    other = sorted({str(worker["revision"] or "none") for worker in pod["workers"]} - {revision})
    if other:
        what = f"Workers run {', '.join(other)}, not the current revision {revision}."
        causes = ["a deploy was interrupted"]
        findings.append(Finding("service", what, commands.again(data, play), causes, cause=SYMPTOM))
    return findings + _of_breakers(data, pod, play)


def _of_breakers(data: dict[str, Any], pod: dict[str, Any], play: Play) -> list[Finding]:
    """Return the finding about models that are not asked; where base is one, nothing stands in for it."""
    away = [model for model, is_open in pod["breakers"].items() if is_open and is_open != "closed"]
    causes = ["see the errors below Recent"]
    if (base := data["configuration"].get("BASE_MODEL")) in away:
        what = f"The base model {base} is not asked at the moment: most of its last calls failed."
        causes += ["its provider is down or refuses, or the machine is too busy: a rollback changes neither"]
        return [Finding("service", what, play("status.yml"), causes)]
    what = "The {} model is not asked at the moment: most of its last calls failed."
    return [Finding("service", what.format(model), play("rollback.yml"), causes) for model in away]


def _of_database(data: dict[str, Any], play: Play) -> list[Finding]:
    database = data["database"]
    start = (
        "python -m sandbox up" if data["environment"] == "local" else "psql \"$DATABASE_URL\" -c 'select 1'"
    )
    if unfit := fitness.findings(data, play):
        return unfit
    if not database["reachable_from_here"]:
        error = str(database["error"])
        if error == EMPTY_HERE:
            return [_no_password(play)]
        command = play("site.yml") if "tables" in error else start
        causes = []
        if (kubectl := commands.kubectl(data)) and "no pod of the Service" in error:
            command = f"{kubectl} scale statefulset/postgres --replicas=1"
            causes = [f"it was stopped, or does not start: {kubectl} describe pod -l app=postgres"]
        what = f"The database cannot be read from here: {error}."
        return [Finding("collection", what, command, causes, cause=disk.follows(data))]
    if database["from_the_service"] == "down":
        what = (
            "The service cannot reach the database: it answers without sources and collects nothing from it."
        )
        causes = ["its DATABASE_URL differs from the one used here"]
        return [Finding("collection", what, play("site.yml"), causes, cause=disk.follows(data))]
    return []


def _no_password(play: Play) -> Finding:
    told = "the figures are not known without it; the service has its own"
    command = f"read -rs POSTGRES_PASSWORD; export POSTGRES_PASSWORD; {play('status.yml')}"
    return Finding("collection", f"{EMPTY_HERE}.", command, [told])


def _of_collection(data: dict[str, Any], play: Play) -> list[Finding]:
    collection, traffic = data["collection"], data["traffic"]
    findings = []
    if collection["enabled"] is False:
        what = "Data collection is off: ENABLE_DATA_COLLECTION=false."
        findings.append(Finding("collection", what, play("site.yml -e finrisk_enable_data_collection=true")))
    if lost := traffic["lost"]:
        what = f"{number_of(lost, 'record')} could not be kept {log_window(data)}."
        causes = _why_lost(data) or ["look at the errors below Recent"]
        command, nearness = data["recent"]["command"], disk.follows(data)
        findings.append(Finding("collection", what, command, causes, cause=nearness))
    if traffic["arms"] is None:
        return findings
    requests = traffic["requests"]
    if not requests:
        what = "No analysis was asked for in the last 24 hours, so nothing can be collected."
        nearness = disk.follows(data) if lost else ITSELF
        findings.append(Finding("collection", what, commands.question(data), cause=nearness))
    elif collection["enabled"] and sum(collection["skipped"].values()) >= requests:
        findings.append(_all_skipped(collection, requests, play))
    return findings


def _why_lost(data: dict[str, Any]) -> list[str]:
    """Return what the log says of records that could not be kept."""
    errors = data["recent"]["errors"]
    return [error["message"] for error in errors if error.get("event") == log_events.COLLECTION_DROPPED]


def _all_skipped(collection: dict[str, Any], requests: int, play: Play) -> Finding:
    skipped = collection["skipped"]
    what = f"None of the {requests} answers of the last 24 hours was collected: {breakdown(skipped)}."
    causes = [f"{reason}: {SKIP_HINTS[reason]}" for reason in skipped if reason in SKIP_HINTS]
    first = next(iter(skipped))
    lower = "site.yml -e finrisk_data_collection_quality=0.8"
    command = {"ungrounded": "ingest.yml", "quality_below_threshold": lower, "no_answer": "rollback.yml"}
    return Finding("collection", what, play(command.get(first, "status.yml -e finrisk_format=json")), causes)


def _of_tuning(data: dict[str, Any], play: Play) -> list[Finding]:
    tuning = data["tuning"]
    if tuning["problem"]:
        return [Finding("tuning", f"{tuning['problem']}.", play("tune.yml"), cause=disk.follows(data))]
    if not tuning["jobs"] or tuning["jobs"][0]["state"] != "FAILED":
        return []
    job = tuning["jobs"][0]
    again = play(f"{job['again']} -e finrisk_tune_retry=true")
    if job_states.cancelled(job["provider_state"]):
        causes = ["nothing has to be mended: the command submits it once more, if it is wanted after all"]
        return [Finding("tuning", f"The tuning job {job['name']} was cancelled.", again, causes)]
    message = str(job["error"] or "the provider gave no message").rstrip(".")
    what = f"The tuning job {job['name']} failed ({job['provider_state']}): {message}."
    low = message.lower()
    causes = [cause for words, cause in FAILURE_CAUSES if any(word in low for word in words)]
    if any("quota" in cause or "account" in cause for cause in causes):
        return [Finding("tuning", what, again, causes)]
    anew = play(f"{job['anew']} -e finrisk_tune_retry=true")
    command = f"{play('prepare.yml -e finrisk_max_examples=2000')} && {anew}"
    return [Finding("tuning", what, command, causes)]


def _of_experiment(data: dict[str, Any], play: Play) -> list[Finding]:
    configuration, traffic = data["configuration"], data["traffic"]
    active = next((job for job in data["tuning"]["jobs"] if job["state"] == "ACTIVE"), None)
    if configuration["revision"] is None or configuration.get("ENABLE_FINETUNING") is None:
        return []
    if configuration["ENABLE_FINETUNING"] != "true" or traffic["split"] == 0:
        return _nobody_on_tuned(configuration, active, play) if active else []
    if configuration["ENABLE_AB_TESTING"] != "true":
        what = "There is no A/B test: ENABLE_AB_TESTING=false, so everybody gets the tuned model."
        command = play(f"deploy.yml {commands.same_model(data)} -e finrisk_ab_ratio=50")
        return [Finding("A/B test", what, command)]
    return _of_arms_missing(data, play) or _of_users_missing(data, play)


def _of_users_missing(data: dict[str, Any], play: Play) -> list[Finding]:
    """Return a finding where the arms' users are not those that were drawn."""
    ratio = (data["evaluation"] or {}).get("sample_ratio")
    if ratio is None or ratio["e_value"] < SAMPLE_RATIO_NEEDED:
        return []
    what = (
        f"{ratio['observed']:.1%} of the users are on the tuned arm where {ratio['expected']:.1%} were "
        "drawn: users are missing, so the arms cannot be compared."
    )
    causes = ["their requests are lost on the way: journal, proxy, clients; then begin a new stage"]
    return [Finding("A/B test", what, play("evaluate.yml"), causes)]


def _nobody_on_tuned(configuration: dict[str, Any], active: dict[str, Any], play: Play) -> list[Finding]:
    """Return a finding for a model that nobody has met yet; one that was taken away is not offered again."""
    if configuration["FINETUNED_MODEL_NAME"] in (active["model"], active["job_name"]):
        return []
    flags = ", ".join(
        f"{key}={configuration[key]}"
        for key in ("ENABLE_FINETUNING", "ENABLE_AB_TESTING", "AB_TEST_TRAFFIC_SPLIT")
    )
    what = f"Nobody gets the tuned model {active['name']}, which is ACTIVE: {flags}."
    causes = [
        f"{configuration['revision']} was released by {configuration['who']} at {configuration['when']} "
        f"({configuration['why']})"
    ]
    return [Finding("A/B test", what, play("deploy.yml -e finrisk_ab_ratio=25"), causes)]


def _of_arms_missing(data: dict[str, Any], play: Play) -> list[Finding]:
    split, unit = data["traffic"]["split"], data["configuration"].get("AB_TEST_UNIT") or "user"
    stage = (data["experiment"] or {"stage": {"arms": {}}})["stage"]
    if len(stage["arms"]) != 1 or stage["requests"] < 2 or not 0 < split < 1:
        return []
    name, requests = next(iter(stage["arms"])), stage["requests"]
    units, kind = stage["users"], stage["unit_kind"]
    if units == 1:
        what = f"All {requests} requests came from one {kind} and got the {name} model."
        causes = [f"one {unit} always gets the same model (AB_TEST_UNIT={unit}); send different {unit} ids"]
        command = play(f"deploy.yml {commands.same_model(data)} -e finrisk_ab_test_unit=request")
        return [Finding("A/B test", what, command, causes)]
    other_share = split if name == "base" else 1 - split
    by_chance = (1 - other_share) ** units
    what = f"All {units} {kind}s ({requests} requests) got the {name} model."
    if by_chance > BY_CHANCE:
        return []
    causes = ["workers run another revision"]
    return [Finding("A/B test", what, commands.again(data, play), causes)]


def _of_keys(data: dict[str, Any], play: Play) -> list[Finding]:
    del play
    return [
        _wrong_key(tries, str(data["recent"]["command"]))
        for tries in data["recent"]["wrong_keys"]
        if tries["requests"] >= MANY_WRONG_KEYS
    ]


def _wrong_key(tries: dict[str, Any], log_command: str) -> Finding:
    key, address = tries["key_id"], tries["address"] or "many addresses"
    about = f"for the key {key}" if key else "without the id of a key"
    what = f"{tries['requests']:,} requests in 24 h had a wrong secret, {about}, from {address}."
    causes = [
        "a client there has an old or mistyped key; a new one comes from finrisk keys make",
        f"somebody tries keys: none can be guessed, and the right one is served; shut {address} out",
    ]
    if key:
        causes.append(f"the key got out and was replaced: finrisk keys end {key}")
    return Finding("keys", what, f"{log_command} | grep {log_events.REQUEST_REFUSED}", causes)
