"""Tuning jobs: created, run through their states, cancelled; every change is on disk before it is seen."""

import copy
import random
import re
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sandbox.gemini import listing
from sandbox.gemini.endpoints import Endpoint, Endpoints
from sandbox.gemini.files import read_json, write_json
from sandbox.gemini.knowledge import Knowledge
from sandbox.gemini.messages import ApiError, Json
from sandbox.gemini.models import MODELS
from sandbox.gemini.schema import checked
from sandbox.gemini.storage import GS_URI, Objects
from sandbox.gemini.training import Spec

ROOT = Path(__file__).resolve().parents[2]  # the folder that holds the package `sandbox`
ENDED_OTHERWISE = {"JOB_STATE_EXPIRED", "JOB_STATE_PARTIALLY_SUCCEEDED"}
ENDED = {"JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED"} | ENDED_OTHERWISE
PENDING_SHARE = 0.15  # of a job's time, and at most
PENDING_SECONDS = 1.0
CANCEL_SECONDS = 0.4  # a job is seen CANCELLING for so long
POLL_SECONDS = 0.05
TICKS = 20  # how often updateTime moves while a job runs
ATTEMPTS = 3  # starts of the fitting process that end without a result
MOST_EPOCHS = 100
LABEL = re.compile(r"[a-z0-9_-]{0,63}$")
LABEL_KEY = re.compile(r"[a-z][a-z0-9_-]{0,62}$")
DISPLAY_NAME = 128


class Jobs:
    """All tuning jobs; one thread runs each that has not ended, one process fits for it."""

    def __init__(self, folder: Path, objects: Objects, endpoints: Endpoints, seconds: float) -> None:
        self._folder, self._objects, self._endpoints, self._seconds = folder, objects, endpoints, seconds
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        records = (read_json(path) for path in folder.glob("*/job.json"))
        self._records: dict[str, Json] = {record["job"]["name"]: record for record in records if record}

    def resume(self) -> None:
        """Run on with the jobs that had not ended when the simulator was last stopped or killed."""
        for name, record in self._records.items():
            if record["job"]["state"] not in ENDED:
                self._start(name)

    def stop(self) -> None:
        """End threads and processes; the jobs go on at the next start."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=2)

    def create(
        self,
        parent: str,
        version: str,
        body: Json,
        seconds: float | None,
        fail: str | None,
        stop_at: str = "",
    ) -> Json:
        """A new job. `seconds`, `fail` and `stop_at` are what fault rules ask of it. Raises ApiError 400."""
        request = _checked_job(checked(f"{version}/TuningJob", body))
        start = self._pre_tuned(parent, request)
        now = time.time()
        job = {
            "name": f"{parent}/tuningJobs/{_number()}",
            **request,
            "state": "JOB_STATE_PENDING",
            "createTime": _stamp(now),
            "updateTime": _stamp(now),
        }
        record: Json = {
            "job": job,
            "created": now,
            "seconds": self._seconds if seconds is None else seconds,
            "fail": fail,
            "stop_at": stop_at,
            "start": start,
            "cancelled": None,
            "seen": now,
        }
        with self._lock:
            self._folder_of(job["name"]).mkdir()
            self._save(record)
            self._records[job["name"]] = record
        shown = copy.deepcopy(job)
        self._start(job["name"])
        return shown

    def get(self, parent: str, job_id: str) -> Json:
        """One job. Raises ApiError 404."""
        with self._lock:
            return copy.deepcopy(self._record(parent, job_id)["job"])

    def page(self, parent: str, text: str, size: str, token: str) -> Json:
        """One page of the jobs that a filter lets through, newest first."""
        with self._lock:
            here = [r for r in self._records.values() if r["job"]["name"].startswith(f"{parent}/tuningJobs/")]
            here.sort(key=lambda r: (r["created"], r["job"]["name"]), reverse=True)
            jobs = [copy.deepcopy(record["job"]) for record in here]
        return listing.page(listing.matching(jobs, text), size, token)

    def cancel(self, parent: str, job_id: str) -> None:
        """Ask a job to stop: CANCELLING, then CANCELLED. Raises ApiError 404, or 400 when it has ended."""
        with self._lock:
            record = self._record(parent, job_id)
            state = record["job"]["state"]
            if state in ENDED:
                message = f"Cannot cancel the TuningJob in state {state}: {record['job']['name']}"
                raise ApiError(400, message, "FAILED_PRECONDITION")
            if record["cancelled"] is None:
                record["cancelled"] = time.time()
                self._change(record, state="JOB_STATE_CANCELLING")

    # what runs one job

    def _start(self, name: str) -> None:
        thread = threading.Thread(target=self._run, args=(self._records[name],), daemon=True)
        self._threads = [t for t in self._threads if t.is_alive()] + [thread]
        thread.start()

    def _run(self, record: Json) -> None:
        process: subprocess.Popen[bytes] | None = None
        attempts = 0
        try:
            while not self._stopping.is_set() and not self._advance(record):
                if self._needs_process(record) and (process is None or process.poll() is not None):
                    attempts += 1
                    if attempts > ATTEMPTS:
                        self._fail(record, 13, "Internal error: the fitting process ended without a result.")
                        return
                    process = self._fit(record)
                self._stopping.wait(POLL_SECONDS)
        finally:
            if process and process.poll() is None:
                process.kill()
            if process:
                process.wait()

    def _advance(self, record: Json) -> bool:
        """Move a job on as far as its time and its fitting allow; True when it has ended."""
        folder, now = self._folder_of(record["job"]["name"]), time.time()
        pending = min(PENDING_SHARE * record["seconds"], PENDING_SECONDS)
        gone = (now - record["created"] - pending) / max(record["seconds"] - pending, 0.001)
        with self._lock:
            if record["cancelled"] is not None:
                if now - record["cancelled"] < CANCEL_SECONDS:
                    return False
                self._change(record, state="JOB_STATE_CANCELLED", endTime=_stamp(now))
                return True
            if record["job"]["state"] == "JOB_STATE_PENDING":
                if gone >= 0:
                    self._change(record, state="JOB_STATE_RUNNING", startTime=_stamp(now))
                return False
            if record.get("stop_at"):
                over = record["stop_at"] in ENDED_OTHERWISE
                if record["job"]["state"] != record["stop_at"]:
                    ended = {"endTime": _stamp(now)} if over else {}
                    self._change(record, state=record["stop_at"], **ended)
                return over
            failure = read_json(folder / "failure.json")
            if failure:
                return self._fail(record, failure["code"], failure["message"])
            stats = read_json(folder / "stats.json") if "tuningDataStats" not in record["job"] else {}
            if stats:
                self._change(record, tuningDataStats=stats)
            self._show_checkpoints(record, folder, gone)
            if now - record["seen"] > record["seconds"] / TICKS:
                record["seen"] = now
                self._change(record)
            if record["fail"] and gone >= 0.6:
                return self._fail(record, 13, record["fail"])
            epochs = _epochs(record["job"])
            last = read_json(folder / f"epoch-{epochs}.json") if gone >= 1 else {}
            if not last:
                return False
            self._succeed(record, folder, epochs)
            return True

    def _show_checkpoints(self, record: Json, folder: Path, gone: float) -> None:
        """Each finished epoch at its share of the job's time, as a checkpoint that has no endpoint yet."""
        job, epochs = record["job"], _epochs(record["job"])
        if job["supervisedTuningSpec"].get("exportLastCheckpointOnly"):
            return
        shown = len(job.get("tunedModel", {}).get("checkpoints", []))
        due = min(epochs, int(gone * epochs))
        fitted = [read_json(folder / f"epoch-{epoch}.json") for epoch in range(1, max(due, shown) + 1)]
        ready = [_checkpoint(result) for result in fitted if result]
        if len(ready) > shown:
            self._change(record, tunedModel={"checkpoints": ready})

    def _succeed(self, record: Json, folder: Path, epochs: int) -> None:
        """Deploy every exported checkpoint to an endpoint of its own; the last one is the model's."""
        job, only_last = record["job"], record["job"]["supervisedTuningSpec"].get("exportLastCheckpointOnly")
        model_id, checkpoints = _number(), []
        for epoch in range(epochs if only_last else 1, epochs + 1):
            result = read_json(folder / f"epoch-{epoch}.json")
            endpoint = _endpoint(job, model_id, result)
            self._endpoints.put(endpoint)
            checkpoints.append(_checkpoint(result) | {"endpoint": endpoint.name})
        tuned = {"model": endpoint.model_name, "endpoint": endpoint.name, "checkpoints": checkpoints}
        self._change(record, state="JOB_STATE_SUCCEEDED", endTime=_stamp(time.time()), tunedModel=tuned)

    def _fail(self, record: Json, code: int, message: str) -> bool:
        now = _stamp(time.time())
        with self._lock:
            self._change(
                record, state="JOB_STATE_FAILED", endTime=now, error={"code": code, "message": message}
            )
            record["job"].pop("tunedModel", None)
            self._save(record)
        return True

    def _needs_process(self, record: Json) -> bool:
        if record["job"]["state"] != "JOB_STATE_RUNNING":
            return False
        folder = self._folder_of(record["job"]["name"])
        done = folder / f"epoch-{_epochs(record['job'])}.json"
        return not done.exists() and not (folder / "failure.json").exists()

    def _fit(self, record: Json) -> "subprocess.Popen[bytes]":
        """Start the process that fits this job, at lower priority than what answers requests."""
        folder, tuning = self._folder_of(record["job"]["name"]), record["job"]["supervisedTuningSpec"]
        validation = tuning.get("validationDatasetUri")
        spec = Spec(
            training=self._file(tuning["trainingDatasetUri"]),
            validation=None if validation is None else self._file(validation),
            epochs=_epochs(record["job"]),
            multiplier=tuning["hyperParameters"]["learningRateMultiplier"],
            start=record["start"],
        )
        write_json(folder / "spec.json", asdict(spec))
        command = [sys.executable, "-m", "sandbox.gemini.training", str(folder / "spec.json")]
        with (folder / "log.txt").open("ab") as log:
            return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def _file(self, uri: str) -> str:
        """The file of an object; for a missing one a name that cannot be read, which fails the job."""
        return str(self._objects.file_of(uri) or f"/nonexistent/{uri}")

    # records

    def _record(self, parent: str, job_id: str) -> Json:
        name = f"{parent}/tuningJobs/{job_id}"
        record = self._records.get(name)
        if record is None:
            raise ApiError(404, f"TuningJob not found: {name}")
        return record

    def _folder_of(self, name: str) -> Path:
        return self._folder / name.rpartition("/")[2]

    def _change(self, record: Json, **changes: object) -> None:
        record["job"] |= changes | {"updateTime": _stamp(time.time())}
        self._save(record)

    def _save(self, record: Json) -> None:
        write_json(self._folder_of(record["job"]["name"]) / "job.json", record)

    def _pre_tuned(self, parent: str, request: Json) -> Json | None:
        """The weights to start from when a tuned model is to be tuned on. Raises ApiError 400."""
        wanted = request.get("preTunedModel", {}).get("tunedModelName", "")
        if not wanted:
            return None
        _, _, project, _, location = ("", *parent.split("/"))[:5]
        checkpoint = request["preTunedModel"].get("checkpointId")
        for endpoint in self._endpoints.within(project, location):
            same_model = endpoint.model_name.partition("@")[0] == wanted.partition("@")[0]
            if same_model and checkpoint in (None, endpoint.checkpoint_id):
                request["preTunedModel"]["baseModel"] = request["baseModel"] = endpoint.base_model
                return endpoint.weights
        raise ApiError(400, f"Pre-tuned model not found: {wanted}")


def _checked_job(request: Json) -> Json:
    """The job with its defaults filled in. Raises ApiError 400."""
    base = request.get("baseModel", "").removeprefix("publishers/google/models/")
    if bool(base) == bool(request.get("preTunedModel")):
        raise ApiError(400, "Exactly one of base_model and pre_tuned_model must be set.")
    if base and not (base in MODELS and MODELS[base].tunable):
        raise ApiError(400, f"Base model {base} is not supported for tuning.")
    spec = request.get("supervisedTuningSpec")
    others = sorted(
        name
        for name in request
        if name.endswith("Spec") and name not in ("supervisedTuningSpec", "encryptionSpec")
    )
    if others or spec is None:
        reason = f"got {', '.join(others)}" if others else "none was given"
        raise ApiError(400, f"The simulator tunes by supervised_tuning_spec only; {reason}.")
    for field in ("trainingDatasetUri", "validationDatasetUri"):
        uri = spec.get(field)
        if (uri or field.startswith("training")) and not GS_URI.match(uri or ""):
            raise ApiError(400, f"{field} must be a Cloud Storage URI (gs://bucket/object), got {uri!r}.")
    spec["hyperParameters"] = _hyper_parameters(spec.get("hyperParameters", {}))
    _check_names(request)
    return request | ({"baseModel": base} if base else {})


def _hyper_parameters(parameters: Mapping[str, object]) -> Json:
    for field in ("batchSize", "learningRate"):
        if field in parameters:
            raise ApiError(
                400, f"{field} is only supported for open source models; use learningRateMultiplier."
            )
    filled: Json = {
        "epochCount": "5",
        "learningRateMultiplier": 1.0,
        "adapterSize": "ADAPTER_SIZE_FOUR",
        **parameters,
    }
    if not 1 <= int(filled["epochCount"]) <= MOST_EPOCHS:
        raise ApiError(400, f"epoch_count must be between 1 and {MOST_EPOCHS}, got {filled['epochCount']}.")
    if not 0 < filled["learningRateMultiplier"] <= 100:
        value = filled["learningRateMultiplier"]
        raise ApiError(400, f"learning_rate_multiplier must be above 0 and at most 100, got {value}.")
    return filled


def _check_names(request: Json) -> None:
    if len(request.get("tunedModelDisplayName", "")) > DISPLAY_NAME:
        raise ApiError(400, f"tuned_model_display_name must have at most {DISPLAY_NAME} characters.")
    for key, value in request.get("labels", {}).items():
        if not LABEL_KEY.match(key) or not LABEL.match(value):
            raise ApiError(
                400,
                f"Invalid label {key!r}={value!r}: keys and values hold at most 63 of a-z, 0-9, _ and -, "
                "and a key starts with a letter.",
            )


def _endpoint(job: Json, model_id: str, result: Json) -> Endpoint:
    _, project, _, location, *_ = job["name"].split("/")
    return Endpoint(
        id=_number(),
        project=project,
        location=location,
        model_id=model_id,
        display_name=job.get("tunedModelDisplayName", f"tuned-{model_id}"),
        base_model=job["baseModel"],
        checkpoint_id=str(result["epoch"]),
        labels=job.get("labels", {}),
        created=_stamp(time.time()),
        weights=Knowledge.from_json(result).as_json(),
    )


def _checkpoint(result: Json) -> Json:
    epoch = str(result["epoch"])
    return {"checkpointId": epoch, "epoch": epoch, "step": str(result["step"])}


def _epochs(job: Json) -> int:
    return int(job["supervisedTuningSpec"]["hyperParameters"]["epochCount"])


def _number() -> str:
    """A resource number as Google's, 19 digits."""
    return str(random.SystemRandom().randrange(10**18, 9 * 10**18))


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
