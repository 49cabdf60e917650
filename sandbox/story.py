"""The loop, told once for every place that it can be shown at.

serve -> collect -> export -> prepare -> tune -> deploy -> the same traffic again -> status -> rollback
"""

import gzip
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sandbox.analysts import Analysts, Reply, Strategy, by_arm, strategies_of
from sandbox.console import Console, StepFailedError, short
from sandbox.exam import results, split
from sandbox.terminal import Bar, cut, heading, say, styled, table

QUESTIONS = 1500
"""At most so many questions of a folder are asked, evenly picked."""
FEWEST_EXAMPLES = 100
"""What tune.yml takes, everywhere."""

EVERYBODY = 100
"""The ratio at which all users get the tuned model."""

FEWEST_TO_SPLIT = 2
"""Pairs of which prepare.yml makes two sets."""

TRY = r"""   eval "$({connection})"
   for i in {{1..10}}; do
     curl -s "$api_url/api/v1/analyze" \
       -H "Authorization: Bearer $api_key" -H "Content-Type: application/json" \
       -d '{{"strategy": "Analyze liquidity risk", "user_id": "test_user_'$i'", "session_id": "test"}}' \
       | grep -oE '"(approach|finetuned_model_used)": ?[^,}}]+' | paste -s
   done"""
"""Ten requests of ten users, and which model answered each; ``connection`` sets address and key."""


class Place(Protocol):
    """Where the loop is shown: what brings it up, and who may ask there."""

    console: Console
    export_options: Sequence[str]

    def start(self) -> None:
        """Bring up what the service stands on, the service, and its documents."""

    def service(self) -> tuple[str, str]:
        """Address and key of the API."""

    def queries(self) -> Sequence[dict[str, Any]]:
        """The questions to ask, as a ``queries.jsonl.gz`` has them."""


@dataclass(frozen=True)
class Stage:
    """A ratio that the story deploys; the exam is taken where all users get the tuned model."""

    ratio: int
    title: str


class Story:
    """The loop as it goes; ``failed_requests`` counts those that got no answer."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.failed_requests = 0
        self._steps = 0

    def tell(self, stages: Sequence[Stage], serve: str) -> None:
        """Tell it, step by step; StepFailedError when a command fails."""
        began = time.monotonic()
        play = self.place.console.playbook
        self._heading(f"Serve: {serve}")
        self.place.start()
        analysts = Analysts(*self.place.service())
        questions, exam = split(evenly(strategies_of(self.place.queries())))

        users = {strategy.user_id for strategy in questions}
        self._heading(f"Collect: {len(users)} analysts ask {len(questions)} questions")
        _show_answer(self.ask(analysts, questions))
        kept = _show_collected(analysts)
        if kept < FEWEST_TO_SPLIT:
            _too_few(kept)
            return
        self._heading("Export what was collected")
        play("export", *self.place.export_options)
        self._heading("Prepare a dataset")
        play("prepare")
        examples = self._training_examples()
        if examples < FEWEST_EXAMPLES:
            _too_few(examples)
            return
        self._heading("Tune")
        play("tune")
        tuned: list[Reply] = []
        for stage in stages:
            self._heading(stage.title)
            play("deploy", "-e", f"finrisk_ab_ratio={stage.ratio}")
            if stage.ratio < EVERYBODY:
                say("   the same questions again, by the same users:")
                self.ask(analysts, questions)
            else:
                say("   questions that were not asked before, so that nothing was trained on them:")
                tuned = self.ask(analysts, exam)
        self._heading("Status: is it a success?")
        play("status")
        self._heading("Roll back to the base model")
        play("rollback")
        base = self.ask(analysts, exam)
        if tuned:
            self._heading("Exam: both models on the questions that nothing was trained on")
            table(results({"base": base, "tuned": tuned}))

        heading("What was written")
        console = self.place.console
        for file in console.files:
            say(f"   {short(file)}")
        say(f"   {short(str(console.log))}  (everything the playbooks printed)")
        seconds = time.monotonic() - began
        say(f"   the loop took {seconds:.0f} s; requests that failed: {self.failed_requests}")

    def ask(self, analysts: Analysts, strategies: Sequence[Strategy]) -> list[Reply]:
        """Send the questions and show how that went, by arm."""
        started = time.monotonic()
        replies = analysts.ask_all(strategies, Bar(len(strategies), "questions").show)
        table(by_arm(replies))
        self.failed_requests += sum(reply.status != 200 for reply in replies)
        say(styled(f"   {time.monotonic() - started:.1f} s", "2"))
        return replies

    def _training_examples(self) -> int:
        """How many examples the dataset has to train on, as prepare.yml wrote it down."""
        names = [file for file in self.place.console.files if Path(file).name.startswith("dataset_metadata")]
        return int(json.loads(Path(names[-1]).read_text("utf-8"))["train_examples"])

    def _heading(self, title: str) -> None:
        self._steps += 1
        heading(f"{self._steps}  {title}")


def farewell(service: tuple[str, str], connection: str, inventory: str) -> None:
    """How to go on by hand: ten requests, the deploy that splits them, and why a user keeps a model."""
    url, key = service
    heading("It is still running: try it")
    say(f"   URL  {url}")
    say(f"   key  {key}")
    say()
    say(TRY.format(connection=connection))
    say()
    say("   A user always gets the same model, so that what a person sees does not change from question to")
    say("   question: ten requests of one user all go one way, ten users are split. Deploy first, since the")
    say('   demo ended with a rollback: export PATH="$PWD/.venv/bin:$PATH"')
    say(f"   ansible-playbook {inventory}playbooks/deploy.yml -e finrisk_ab_ratio=50")
    say("   (AB_TEST_UNIT=request draws every request anew: -e finrisk_ab_test_unit=request)")


def queries_of(documents: Path) -> list[dict[str, Any]]:
    """The questions of a folder's ``queries.jsonl.gz``."""
    with gzip.open(documents / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def evenly(strategies: Sequence[Strategy]) -> list[Strategy]:
    """At most QUESTIONS of them, evenly picked."""
    step = max(1.0, len(strategies) / QUESTIONS)
    return [strategies[int(number * step)] for number in range(min(len(strategies), QUESTIONS))]


def _show_answer(replies: Sequence[Reply]) -> None:
    """One question with its answer, as its user saw them."""
    answered = [reply for reply in replies if reply.status == 200]
    if not answered:
        raise StepFailedError("no question was answered; the service's log says why")
    reply = max(answered, key=lambda reply: float(reply.metadata["quality_score"]))
    say(f"   one of them: {cut(reply.strategy.text)}")
    for line in reply.body["analysis"].splitlines()[:7]:
        if line.strip():
            say(styled(f"   | {cut(line)}", "2"))


def _too_few(examples: int) -> None:
    say(f"   Examples to train on: {examples}, and tuning takes {FEWEST_EXAMPLES}: the demo ends here.")
    say("   More pages give more, and so do questions of your own in queries.jsonl.gz beside them.")


def _show_collected(analysts: Analysts) -> int:
    """Show and return how many pairs were good enough; rows arrive within a second of their reply."""
    time.sleep(1.5)
    status, body = analysts.call("/api/v1/status")
    if status != 200:
        raise StepFailedError(f"GET /api/v1/status answered {status}")
    if problem := body.get("problem"):
        raise StepFailedError(f"what was collected cannot be told: {problem}")
    collection: dict[str, Any] = body["collection"]
    skipped = ", ".join(f"{count} {reason}" for reason, count in collection["skipped"].items())
    say(f"   kept for training: {collection['count']} (quality {collection['quality_threshold']} or better)")
    if withdrawn := collection.get("withdrawn"):
        say(f"   withdrawn after a bad rating: {withdrawn}")
    say(f"   not kept in the last 24 h: {skipped or 'none'}")
    return int(collection["count"])
