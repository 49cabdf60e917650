"""``make demo``: the whole loop on this machine, told as it goes.

serve -> collect -> export -> prepare -> tune -> deploy 50 % -> the same traffic again -> 100 % -> rollback
"""

import argparse
import gzip
import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox.analysts import Analysts, Reply, Strategy, by_arm, strategies_of
from sandbox.process import Process, stop
from sandbox.terminal import Bar, command, heading, say, styled, table

REPOSITORY = Path(__file__).resolve().parents[1]
QUESTIONS = 1500
"""At most so many questions of a folder are asked, evenly picked."""

_BAR = re.compile(r"^\w+: \[[#.]+\]")
_RECAP = re.compile(r"^\S+: changed=\d+ failed=\d+$")


class StepFailedError(Exception):
    """A command of the demo failed; it has printed why."""


class Demo:
    """One run of the story: where things are, and what was written."""

    def __init__(self, documents: Path | None) -> None:
        self.var = Path(os.environ.get("FINRISK_VAR_DIR") or REPOSITORY / "var" / "local").absolute()
        self.documents = documents or self.var / "samples"
        self.log = self.var / "logs" / "demo.log"
        self.files: dict[str, None] = {}
        self.failed_requests = 0

    def playbook(self, name: str, *arguments: str) -> list[str]:
        """Run a playbook; show its command, its progress bars and its summary. The rest goes to the log."""
        line = ["ansible-playbook", f"playbooks/{name}.yml", *arguments]
        command(_short(shlex.join(line)))
        start = time.monotonic()
        output: list[str] = []
        environment = {
            **os.environ,
            "FINRISK_VAR_DIR": str(self.var),
            "ANSIBLE_FORCE_COLOR": "0",
            "PYTHONUNBUFFERED": "1",
        }
        with (
            self.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                [str(Path(sys.executable).with_name("ansible-playbook")), *line[1:]],
                cwd=REPOSITORY,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            ) as process,
        ):
            for text in process.stdout or ():
                log.write(text)
                output.append(text.rstrip())
                if _BAR.match(text):
                    say(f"   {text.rstrip()}")
        if process.returncode:
            say("\n".join(output))
            raise StepFailedError(f"{shlex.join(line)} ended with {process.returncode}")
        recap = next((number for number, text in enumerate(output) if _RECAP.match(text)), -1)
        counts = output[recap].partition(": ")[2] if recap >= 0 else "changed=0 failed=0"
        summary = [text for text in output[recap + 1 :] if text.strip()]
        for text in summary:
            say(f"   {_short(text)}")
            if text.startswith("/") and Path(text).is_file():
                self.files[text] = None
        say(styled(f"   {counts}  {time.monotonic() - start:.1f} s", "2"))
        return summary

    def connection(self) -> dict[str, str]:
        """What ``make -s connection`` prints."""
        process = subprocess.run(
            [sys.executable, "-m", "sandbox", "connection"],
            cwd=REPOSITORY,
            check=True,
            capture_output=True,
            text=True,
        )
        connection: dict[str, str] = json.loads(process.stdout)
        return connection

    def start(self) -> None:
        """Bring sandbox, service and documents up."""
        self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log.touch(mode=0o600)
        self._require_documents()
        self._module("sandbox", "up")
        if self.documents == self.var / "samples":
            self._module("sandbox.samples", _short(str(self.documents)))
        self.playbook("site")
        self.playbook("ingest", "-e", f"finrisk_documents={self.documents}")

    def _require_documents(self) -> None:
        """Stop before anything starts when a folder that was named lacks a file."""
        if self.documents == self.var / "samples":
            return
        for name in ("documents.jsonl.gz", "queries.jsonl.gz"):
            if not (self.documents / name).is_file():
                raise StepFailedError(f"DOCUMENTS={self.documents} has no {name}")

    def stop(self) -> None:
        """Stop the service, then the sandbox; all data stays."""
        if not (self.var / "sandbox.json").exists():
            say("   nothing is up")
            return
        self._stop_service()
        self._module("sandbox", "down")

    def _stop_service(self) -> None:
        """End the Gunicorn that site.yml recorded, and no other process that may have got its number."""
        path = self.var / "service.json"
        if not path.exists():
            return
        record = json.loads(path.read_text("utf-8"))
        stopped = stop(Process(record["pid"], record["start_time"]), seconds=40)
        say(f"   service     {'stopped' if stopped else 'was not running'}")

    def _module(self, *arguments: str) -> None:
        """Run one of the sandbox's own commands."""
        command(shlex.join(["python", "-m", *arguments]))
        start = time.monotonic()
        process = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for line in process.stdout.splitlines():
            say(f"   {line}")
        if process.returncode:
            raise StepFailedError(f"{arguments[0]} ended with {process.returncode}")
        say(styled(f"   {time.monotonic() - start:.1f} s", "2"))

    def strategies(self) -> list[Strategy]:
        """The questions of the documents' folder."""
        with gzip.open(self.documents / "queries.jsonl.gz", "rt", encoding="utf-8") as lines:
            strategies = strategies_of(json.loads(line) for line in lines)
        step = max(1.0, len(strategies) / QUESTIONS)
        return [strategies[int(number * step)] for number in range(min(len(strategies), QUESTIONS))]

    def ask(self, analysts: Analysts, strategies: Sequence[Strategy]) -> list[Reply]:
        """Send all questions and show how that went, by arm."""
        started = time.monotonic()
        replies = analysts.ask_all(strategies, Bar(len(strategies), "questions").show)
        table(by_arm(replies))
        self.failed_requests += sum(reply.status != 200 for reply in replies)
        say(styled(f"   {time.monotonic() - started:.1f} s", "2"))
        return replies


def _short(text: str) -> str:
    """The text with paths told from the repository, where the commands are typed."""
    return text.replace(f"{REPOSITORY}/", "")


def tell(demo: Demo) -> None:
    """The story, step by step."""
    began = time.monotonic()
    heading("1  Serve: PostgreSQL, the Gemini wire, the service, the documents")
    demo.start()
    connection = demo.connection()
    analysts = Analysts(connection["api_url"], connection["api_key"])
    strategies = demo.strategies()

    users = {strategy.user_id for strategy in strategies}
    heading(f"2  Collect: {len(users)} analysts ask {len(strategies)} questions")
    replies = demo.ask(analysts, strategies)
    _show_answer(replies)
    _show_collected(analysts)

    heading("3  Export what was collected")
    demo.playbook("export")
    heading("4  Prepare a dataset")
    demo.playbook("prepare")
    heading("5  Tune")
    demo.playbook("tune")
    heading("6  Deploy: half of the users get the tuned model")
    demo.playbook("deploy", "-e", "finrisk_ab_ratio=50")
    say("   the same questions again, by the same users:")
    demo.ask(analysts, strategies)
    heading("7  Everybody")
    demo.playbook("deploy", "-e", "finrisk_ab_ratio=100")
    say("   a tenth of the questions:")
    demo.ask(analysts, strategies[::10])
    heading("8  Status: is it a success?")
    demo.playbook("status")
    heading("9  Roll back to the base model")
    demo.playbook("rollback")
    demo.ask(analysts, strategies[::10])

    heading("What was written")
    for file in demo.files:
        say(f"   {_short(file)}")
    say(f"   {_short(str(demo.log))}  (everything the playbooks printed)")
    say(f"   the loop took {time.monotonic() - began:.0f} s; requests that failed: {demo.failed_requests}")


def _show_answer(replies: Sequence[Reply]) -> None:
    """One question with its answer, as its user saw them."""
    answered = [reply for reply in replies if reply.status == 200]
    if not answered:
        raise StepFailedError("no question was answered; the service's log says why")
    reply = max(answered, key=lambda reply: float(reply.metadata["quality_score"]))
    say(f"   one of them: {reply.strategy.text[:200]}")
    for line in reply.body["analysis"].splitlines()[:7]:
        if line.strip():
            say(styled(f"   | {line[:150]}{'…' if len(line) > 150 else ''}", "2"))


def _show_collected(analysts: Analysts) -> None:
    """How many pairs were good enough; rows arrive within a second of their reply."""
    time.sleep(1.5)
    status, body = analysts.call("/api/v1/status")
    if status != 200:
        raise StepFailedError(f"GET /api/v1/status answered {status}")
    collection: dict[str, Any] = body["collection"]
    skipped = ", ".join(f"{count} {reason}" for reason, count in collection["skipped"].items())
    say(f"   kept for training: {collection['count']} (quality {collection['quality_threshold']} or better)")
    if collection["withdrawn"]:
        say(f"   kept, then withdrawn by a bad rating: {collection['withdrawn']}")
    say(f"   not kept in the last 24 h: {skipped or 'none'}")


def _farewell(connection: dict[str, str]) -> None:
    """How to go on by hand: the old manual's test loop, and why one user always gets one model."""
    url, key = connection["api_url"], connection["api_key"]
    heading("It is still running: try it")
    say(f"   URL  {url}     metrics and health  {connection['ops_url']}")
    say(f"   key  {key}")
    say()
    say(f"""   for i in {{1..10}}; do
     curl -s -X POST {url}/api/v1/analyze \\
       -H "Authorization: Bearer {key}" -H "Content-Type: application/json" \\
       -d '{{"strategy": "Analyze liquidity risk", "user_id": "test_user_'$i'", "session_id": "test"}}' \\
       | jq '.metadata.approach, .metadata.finetuned_model_used'
   done""")
    say()
    say("   A user always gets the same model, so that what a person sees does not change from question to")
    say("   question: ten requests of one user all go one way, ten users are split. Deploy first, since the")
    say('   demo ended with a rollback: export PATH="$PWD/.venv/bin:$PATH"')
    say("   ansible-playbook playbooks/deploy.yml -e finrisk_ab_ratio=50")
    say("   (AB_TEST_UNIT=request draws every request anew: -e finrisk_ab_test_unit=request)")
    say("   Stop it with: make down")


def main() -> int:
    """Run the demo, or only its beginning or end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--up", action="store_true", help="start everything and stop there")
    parser.add_argument("--down", action="store_true", help="stop everything")
    chosen = parser.parse_args()
    folder = os.environ.get("DOCUMENTS")
    demo = Demo(Path(folder).resolve() if folder else None)
    keep = os.environ.get("KEEP") == "1"
    try:
        if chosen.down:
            demo.stop()
        elif chosen.up:
            demo.start()
            say(json.dumps(demo.connection(), indent=2))
        else:
            tell(demo)
            if keep:
                _farewell(demo.connection())
    except StepFailedError as error:
        sys.stderr.write(f"demo: {error}; everything the playbooks printed is in {demo.log}\n")
        return 1
    finally:
        if not (chosen.up or chosen.down or keep) and (demo.var / "sandbox.json").exists():
            heading("Stop")
            demo.stop()
    return 1 if demo.failed_requests else 0


if __name__ == "__main__":
    sys.exit(main())
