"""``finrisk answer``: prompts answered by named models, and judged, as the service does it; nothing is kept.

What compares models before users meet them asks this, so that prompt, settings, limits and judge are those of
the service. A model's failure is its own here: no other one answers in its place.
"""

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Literal, TextIO
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, ValidationError

from finrisk import quality
from finrisk.checked_settings import checked_settings
from finrisk.completion import Completion, GenerationError
from finrisk.gemini import Gemini
from finrisk.gemini_wire import Turn
from finrisk.judging import judgement
from finrisk.settings import Settings
from finrisk_rules import page_facts
from finrisk_rules.examples import problem_of_figures
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.prompt import SYSTEM_INSTRUCTION, parse
from finrisk_rules.redaction import RedactionError, Redactor

_THREADS = 4
_TRIES = 3
_PAUSE_SECONDS = 1.0
"""Before the second try; twice as long before the third, and as long as the service asks for in any case."""

Outcome = Literal["answered", "blocked", "refused", "length", "timeout", "failed"]


class Call(BaseModel):
    """A line of the input: whom to ask what; ``examples`` are prompts with good answers, told before."""

    model_config = ConfigDict(extra="forbid")

    id: str
    model: str
    prompt: str
    examples: list[tuple[str, str]] = []


class Told(BaseModel):
    """A line of the output: how a call ended, and what the judge says of the answer.

    Only ``failed`` says nothing of the model: it was not reached. A refusal may have a text. Texts are
    redacted as the service does it; one that cannot be is left out, and judged all the same.
    """

    id: str
    outcome: Outcome
    problem: str = ""
    text: str = ""
    model_version: str = ""
    latency_ms: float = 0.0
    prompt_tokens: int = 0
    answer_tokens: int = 0
    quality: float = 0.0
    wrong: bool = False
    verdicts: dict[str, int] = {}


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "answer", help="answer prompts by named models, and judge the answers, without users"
    )
    parser.add_argument("--threads", type=int, default=_THREADS, help="calls at once (%(default)s)")
    parser.epilog = (
        'standard input: {"id", "model", "prompt", "examples": [[prompt, answer]]} a line; '
        "standard output: a line for each as it ends"
    )
    parser.set_defaults(run=_answer)


def _answer(arguments: argparse.Namespace) -> None:
    settings = checked_settings()
    answerer, lines = Answerer(settings), _Lines(sys.stdin, sys.stdout)

    def work() -> None:
        while line := lines.next():
            lines.write(answerer.told(_call(line)))

    threads = [threading.Thread(target=_or_end, args=(work,)) for _ in range(max(1, arguments.threads))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _or_end(work: Callable[[], None]) -> None:
    """Work, or end the process: nobody reads what is answered, or a line is none."""
    try:
        work()
    except BrokenPipeError:
        os._exit(0)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        sys.stderr.write(
            f"finrisk: a line cannot be answered: {'.'.join(map(str, first['loc']))}: {first['msg']}\n"
        )
        sys.stderr.flush()
        os._exit(2)


def _call(line: str) -> Call:
    return Call.model_validate_json(line)


class _Lines:
    """Lines in and out, by several threads."""

    def __init__(self, given: TextIO, told: TextIO) -> None:
        self._given, self._told = given, told
        self._reading, self._writing = threading.Lock(), threading.Lock()

    def next(self) -> str:
        """The next line, empty at the end."""
        with self._reading:
            return self._given.readline()

    def write(self, told: Told) -> None:
        """Write a line, at once."""
        with self._writing:
            self._told.write(json.dumps(told.model_dump(), ensure_ascii=False) + "\n")
            self._told.flush()


class Answerer:
    """Asks models and judges their answers; one object a process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._gemini = Gemini(settings)
        self._gemini.endpoint(settings.base_model)

    def told(self, call: Call) -> Told:
        """How the call ended; a passing failure is tried again."""
        started = time.monotonic()
        try:
            completion = self._completion(call)
        except GenerationError as error:
            latency_ms = (time.monotonic() - started) * 1000
            return Told(id=call.id, outcome=_outcome(error), problem=str(error), latency_ms=latency_ms)
        return self._judged(call, completion)

    def _completion(self, call: Call) -> Completion:
        seconds = self._settings.request_deadline_seconds
        pause = _PAUSE_SECONDS
        for _ in range(_TRIES - 1):
            try:
                return self._gemini.complete(call.model, SYSTEM_INSTRUCTION, _turns(call), seconds)
            except GenerationError as error:
                if not error.transient or error.kind == "timeout":
                    raise
                time.sleep(max(pause, error.retry_after or 0))
                pause *= 2
        return self._gemini.complete(call.model, SYSTEM_INSTRUCTION, _turns(call), seconds)

    def _judged(self, call: Call, completion: Completion) -> Told:
        redactor = Redactor(self._settings.names)
        answer = completion.text.strip()
        try:
            redactor.read(call.prompt)
            answer = kept = redactor.redact(answer).text
        except RedactionError:
            kept = ""  # judged all the same, as the service does
        turn = parse(call.prompt)
        question = turn.question if turn else call.prompt
        sources = [
            JudgedSource(source.title, source.text, page_facts.stored(page_facts.facts_of(source.text)))
            for source in (turn.sources if turn else ())
        ]
        said = judgement(question, answer, sources, uuid4())
        parts = quality.quality_parts(answer, question, sources, said)
        return Told(
            id=call.id,
            outcome="refused" if parts.refused else "answered",
            text=kept,
            model_version=completion.model_version,
            latency_ms=completion.upstream_ms,
            prompt_tokens=completion.prompt_tokens,
            answer_tokens=completion.answer_tokens,
            quality=quality.score(parts),
            wrong=problem_of_figures(parts.as_dict()) is not None,
            verdicts={str(verdict): count for verdict, count in parts.verdicts.items()},
        )


def _turns(call: Call) -> str | list[Turn]:
    """The examples as turns of a conversation before the prompt; without any, what the service sends."""
    if not call.examples:
        return call.prompt
    turns: list[Turn] = []
    for question, answer in call.examples:
        turns += [("user", question), ("model", answer)]
    return [*turns, ("user", call.prompt)]


def _outcome(error: GenerationError) -> Outcome:
    if error.kind == "blocked":
        return error.reason or "blocked"
    if error.kind == "timeout":
        return "timeout"
    return "refused" if error.is_about_question else "failed"
