"""Faults that tests switch on: which requests they hit, how often, and what then happens."""

import hashlib
import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any

from sandbox.gemini.messages import ApiError, Json

GENERATE = re.compile(r":(?:stream)?[gG]enerateContent$")
STREAM = re.compile(r":streamGenerateContent$")
CREATE_JOB = re.compile(r"/tuningJobs$")
TOKEN = re.compile(r"^/token$")
UPLOAD = re.compile(r"^/upload/")
ENDPOINT = re.compile(r"/endpoints/([^/:]+)")
MODEL = re.compile(r"/models/([^/:]+)")

WHERE = {  # the requests that a kind can hit at all
    "latency": None,
    "status": None,
    "drop": None,
    "refuse_key": None,
    "safety": GENERATE,
    "blocked_prompt": GENERATE,
    "empty": GENERATE,
    "cut_stream": STREAM,
    "clean_cut": STREAM,
    "endless": GENERATE,
    "job_slow": CREATE_JOB,
    "job_fail": CREATE_JOB,
    "job_state": CREATE_JOB,
    "model_version": GENERATE,
    "wrong_figures": GENERATE,
    "not_json": None,
    "short_chunk": UPLOAD,
    "token_seconds": TOKEN,
}
METHODS = {"short_chunk": "PUT"}
FIELDS = {
    "kind", "method", "path", "model", "arm", "times", "probability", "seed", "ms", "code", "message",
    "status", "retry_after",
    "after", "after_chunks", "seconds", "key",
}  # fmt: skip


@dataclass(slots=True)
class Fault:
    """One rule. `times` None means for ever; `path` is a regular expression, searched in the path."""

    kind: str
    method: str = ""
    path: str = ""
    model: str = ""
    arm: str = ""  # "base" | "tuned"
    times: int | None = None
    probability: float = 1.0
    seed: int = 0
    ms: float | list[float] = 0.0
    code: int = 503
    message: str = ""
    status: str = ""
    retry_after: int | float | None = None
    after: bool = False  # drop the connection after the work is done, not before
    after_chunks: int = 1
    seconds: float = 0.0
    key: str = field(default="", repr=False)
    fired: int = 0
    dice: random.Random = field(default_factory=random.Random, repr=False)

    @classmethod
    def of(cls, rule: Any) -> "Fault":
        """The rule as posted. Raises ApiError 400 naming what is wrong with it."""
        if not isinstance(rule, dict):
            raise ApiError(400, f"A fault rule is an object, not {type(rule).__name__}.")
        unknown = set(rule) - FIELDS
        if unknown:
            raise ApiError(400, f"Unknown field of a fault rule: {', '.join(sorted(unknown))}.")
        if rule.get("kind") not in WHERE:
            raise ApiError(400, f"Unknown fault kind {rule.get('kind')!r}; one of {', '.join(WHERE)}.")
        if not isinstance(rule.get("status", ""), str):
            raise ApiError(400, "A fault rule's status is a name, such as UNAVAILABLE; its number is `code`.")
        try:
            re.compile(rule.get("path", ""))
            fault = cls(**rule)
            fault.dice.seed(fault.seed)
            fault.delay_ms()
        except (TypeError, ValueError, IndexError, re.error) as error:
            raise ApiError(400, f"Bad fault rule: {error}") from None
        fault.dice.seed(fault.seed)
        return fault

    def hits(self, method: str, path: str) -> bool:
        """Whether this rule is about such a request; does not count it."""
        where = WHERE[self.kind]
        if where and (method != METHODS.get(self.kind, "POST") or not where.search(path)):
            return False
        if self.times is not None and self.fired >= self.times:
            return False
        if self.method and method != self.method:
            return False
        if self.path and not re.search(self.path, path):
            return False
        endpoint, model = ENDPOINT.search(path), MODEL.search(path)
        if self.arm and self.arm != ("tuned" if endpoint else "base" if model else ""):
            return False
        named = endpoint or model
        return not self.model or (named is not None and named[1] == self.model)

    def delay_ms(self) -> float:
        """How long to wait, milliseconds; drawn anew from `[min, max]` each time."""
        if isinstance(self.ms, list):
            return self.dice.uniform(self.ms[0], self.ms[1])
        return float(self.ms)

    def error(self) -> ApiError:
        """The answer of a `status` rule."""
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        message = self.message or {
            429: "Resource exhausted. Please try again later.",
            503: "The model is overloaded. Please try again later.",
        }.get(self.code, "Injected by a fault rule of the sandbox.")
        return ApiError(self.code, message, self.status or None, headers=headers)

    def shown(self) -> Json:
        """This rule as it is listed; a key only as a digest."""
        out: Json = {"kind": self.kind, "fired": self.fired}
        for name in sorted(FIELDS - {"kind", "key"}):
            value = getattr(self, name)
            if value != getattr(_PLAIN, name):
                out[name] = value
        if self.key:
            out["key"] = "sha256:" + hashlib.sha256(self.key.encode()).hexdigest()[:12]
        return out


_PLAIN = Fault("status")


class Faults:
    """The rules in force."""

    def __init__(self) -> None:
        self._rules: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, rules: Any) -> None:
        """Put rules in force, all or none; one rule or a list. Raises ApiError 400."""
        several = rules if isinstance(rules, list) else [rules]
        faults = [Fault.of(rule) for rule in several]
        with self._lock:
            self._rules = [*self._rules, *faults]

    def clear(self) -> None:
        """Take all rules out of force."""
        with self._lock:
            self._rules = []

    def rules(self) -> list[Json]:
        """The rules with how often each has fired."""
        with self._lock:
            return [rule.shown() for rule in self._rules]

    def fire(self, method: str, path: str, key: str = "") -> list[Fault]:
        """The rules that hit this request, counted; at most one of each kind, latency excepted."""
        if not self._rules:
            return []
        fired: list[Fault] = []
        with self._lock:
            for rule in self._rules:
                if rule.kind != "latency" and any(rule.kind == other.kind for other in fired):
                    continue
                if rule.kind == "refuse_key" and rule.key != key:
                    continue
                if rule.hits(method, path) and rule.dice.random() < rule.probability:
                    rule.fired += 1
                    fired.append(rule)
        return fired
