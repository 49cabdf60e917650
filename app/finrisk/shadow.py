"""What the other arm's model says: a share of the questions is asked again, after the reply was sent.

It touches nothing of a user: threads, connections and deadline are its own, no breaker and no pace of a model
hears of it. What it cannot do at once it drops and counts.
"""

import logging
import random
import threading
import time
from queue import Empty, Full, Queue
from typing import Any

from finrisk import metrics
from finrisk.completion import GenerationError
from finrisk.db.pool import Database, DatabaseUnavailableError
from finrisk.gemini import Gemini
from finrisk.generation import Generation, Served
from finrisk.judging import judged_answer
from finrisk.records import JudgedAnswer, Request, wrong_figures
from finrisk.settings import Settings
from finrisk_rules.assignment import Arm
from finrisk_rules.judge.verdicts import JUDGE_VERSION
from finrisk_rules.prompt import SYSTEM_INSTRUCTION

THREADS = 2
"""Questions that a worker asks of the other model at a time."""

WAITING = 8
"""Questions that wait for their turn; the next one is dropped."""

_ARRIVAL_SECONDS = 10.0
_LOOK_SECONDS = 0.5
_COLUMNS = """
    arm model model_version outcome block_reason upstream_ms prompt_tokens answer_tokens quality refused
    figures wrong_figures judge_version analysis
""".split()
_TAKE = """
insert into shadow_days as today (day, calls) values ((now() at time zone 'utc')::date, 1)
on conflict (day) do update set calls = today.calls + 1 where today.calls < %s returning 1"""
_KEEP = f"""
insert into shadows (request_id, {", ".join(_COLUMNS)})
select id, {", ".join(f"%({name})s" for name in _COLUMNS)} from analyses where id = %(request_id)s
for key share on conflict do nothing returning 1"""  # noqa: S608 - constants


class Shadow:
    """Asks the other arm what a user has asked; one object a process, without threads where it is off."""

    def __init__(self, settings: Settings, generation: Generation) -> None:
        self._settings = settings
        self._generation = generation
        self._waiting: Queue[tuple[Request, Arm]] = Queue(WAITING)
        self._lock = threading.Lock()
        self._asked: dict[int, Arm] = {}
        self._stopping = threading.Event()
        self._is_on = bool(settings.shadow_share and settings.finetuned_model_name)
        if not self._is_on:
            return
        self._gemini = Gemini(settings)
        self._database = Database(settings.database_url.get_secret_value(), THREADS)
        for _ in range(THREADS):
            threading.Thread(target=self._work, name="shadow", daemon=True).start()

    def offer(self, request: Request, answer: JudgedAnswer) -> None:
        """Take the question of a reply that was sent, if the dice say so; waits for nothing.

        Never one without sources, whose figures nobody could judge, one whose text may not be kept, or one
        that base answered in the tuned model's place: that has just failed.
        """
        served = answer.served
        if not self._is_on or served.fallback or not answer.is_redacted or not request.passages:
            return
        if random.random() >= self._settings.shadow_share:  # noqa: S311  a sample, not a secret
            return
        arm: Arm = "base" if served.arm == "tuned" else "tuned"
        if self._stopping.is_set():
            _count(arm, "shutdown")
            return
        try:
            self._waiting.put_nowait((request, arm))
        except Full:
            _count(arm, "busy")

    def close(self) -> None:
        """Drop what waits and what is being asked, and count it; the worker ends without it."""
        if not self._is_on:
            return
        with self._lock:
            self._stopping.set()
            dropped = list(self._asked.values())
            self._asked.clear()
        while True:
            try:
                dropped.append(self._waiting.get_nowait()[1])
            except Empty:
                break
        for arm in dropped:
            _count(arm, "shutdown")
        self._database.close()

    def _work(self) -> None:
        me = threading.get_ident()
        while True:
            request, arm = self._waiting.get()
            with self._lock:
                if self._stopping.is_set():
                    _count(arm, "shutdown")
                    return
                self._asked[me] = arm
            try:
                outcome = self._outcome(request, arm)
            except DatabaseUnavailableError:
                outcome = "database"
            except Exception:  # the thread must outlive whatever a model says
                outcome = "failed"
                logging.getLogger("finrisk").exception(
                    "a question could not be asked of the other model",
                    extra={"event": "shadow_failed", "fields": {}},
                )
            with self._lock:
                if self._asked.pop(me, None):
                    _count(arm, outcome)

    def _outcome(self, request: Request, arm: Arm) -> str:
        """Ask, judge and keep; what became of it.

        Raises:
            DatabaseUnavailableError: it was not asked, or is not kept.
        """
        if self._generation.is_resting(arm):
            return "resting"
        with self._database.connection() as connection:
            if connection.execute(_TAKE, (self._settings.shadow_daily_calls,)).fetchone() is None:
                return "limit"
        row = self._row(request, arm)
        until = time.monotonic() + _ARRIVAL_SECONDS
        while not self._stopping.is_set():
            with self._database.connection() as connection:
                if connection.execute(_KEEP.encode(), row).fetchone():
                    return str(row["outcome"])
            if time.monotonic() > until:
                return "no_analysis"
            self._stopping.wait(_LOOK_SECONDS)
        return "shutdown"

    def _row(self, request: Request, arm: Arm) -> dict[str, Any]:
        """What the model made of the question, as it is kept."""
        model = self._generation.model(arm)
        row: dict[str, Any] = dict.fromkeys(_COLUMNS) | {
            "request_id": request.question.request_id,
            "arm": arm,
            "model": model,
            "judge_version": JUDGE_VERSION,
        }
        began = time.monotonic()
        seconds = self._settings.request_deadline_seconds
        try:
            completion = self._gemini.complete(model, SYSTEM_INSTRUCTION, request.prompt, seconds)
        except GenerationError as failure:
            ms = round((time.monotonic() - began) * 1000, 3)
            return row | {"outcome": failure.kind, "block_reason": failure.reason, "upstream_ms": ms}
        answer = judged_answer(request, Served(arm, model, completion))
        row |= {
            "outcome": "ok",
            "model_version": completion.model_version,
            "upstream_ms": round(completion.upstream_ms, 3),
            "prompt_tokens": completion.prompt_tokens,
            "answer_tokens": completion.answer_tokens,
            "quality": answer.score,
            "refused": answer.parts.refused,
        }
        if answer.judgement:
            row |= {
                "figures": len(answer.judgement.figures),
                "wrong_figures": wrong_figures(answer.judgement),
            }
        if self._settings.analysis_retention_days and answer.is_redacted:
            row["analysis"] = answer.text
        return row


def _count(arm: Arm, outcome: str) -> None:
    metrics.SHADOW.labels(arm, outcome).inc()
