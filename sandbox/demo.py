"""``make demo``: the whole loop on this machine, told as it goes."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sandbox import connection as connections
from sandbox import postgresql, simulator
from sandbox.console import REPOSITORY, Console, StepFailedError
from sandbox.page_questions import questions_of
from sandbox.process import Process, SandboxError, stop
from sandbox.story import Stage, Story, farewell, queries_of
from sandbox.terminal import heading, say

STAGES = (
    Stage(50, "Deploy: half of the users get the tuned model"),
    Stage(100, "Everybody"),
)


class Machine:
    """This machine as the place of the story."""

    def __init__(self, documents: Path | None) -> None:
        self.var = Path(os.environ.get("FINRISK_VAR_DIR") or REPOSITORY / "var" / "local").absolute()
        self.documents = documents or self.var / "samples"
        self.export_options: Sequence[str] = ("-e", "finrisk_min_examples=0") if documents else ()
        self.console = Console(self.var / "logs" / "demo.log", (), {"FINRISK_VAR_DIR": str(self.var)})

    def is_up(self) -> bool:
        """Whether something of it runs already."""
        held = connections.read(self.var)
        return held is not None and (
            bool(connections.running_service(self.var))
            or simulator.running(held) is not None
            or postgresql.running(self.var, held) is not None
        )

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

    def service(self) -> tuple[str, str]:
        """Address and key of the API."""
        held = self.connection()
        return held["api_url"], held["api_key"]

    def start(self) -> None:
        """Bring sandbox, service and documents up."""
        self._require_documents()
        self.console.open()
        self.console.module("sandbox", "up")
        if self.documents == self.var / "samples":
            self.console.module("sandbox.samples", str(self.documents))
        self.console.playbook("site")
        self.console.playbook("ingest", "-e", f"finrisk_documents={self.documents}")

    def _require_documents(self) -> None:
        """Stop before anything starts when what was named is not there."""
        if not (self.documents == self.var / "samples" or self.documents.exists()):
            raise SandboxError(f"DOCUMENTS={self.documents} does not exist: nothing was started")

    def queries(self) -> list[dict[str, Any]]:
        """The questions beside the documents; without any, questions made from what the pages say."""
        if (self.documents / "queries.jsonl.gz").is_file():
            return queries_of(self.documents)
        say("   no queries.jsonl.gz beside the documents: the questions are made from what their pages say")
        told = subprocess.run(
            [sys.executable, "-m", "finrisk", "facts", "--index"],
            env={**os.environ, "DATABASE_URL": self.connection()["database_url"]},
            check=False,
            capture_output=True,
            text=True,
        )
        queries = questions_of(json.loads(line) for line in told.stdout.splitlines())
        if not queries:
            raise StepFailedError(f"no page says anything in figures to ask about; {told.stderr.strip()}")
        return queries

    def stop(self) -> None:
        """Stop the service, then the sandbox; all data stays."""
        if not (self.var / "sandbox.json").exists():
            say("   nothing is up")
            return
        self._stop_service()
        self.console.module("sandbox", "down")

    def _stop_service(self) -> None:
        """End the Gunicorn that site.yml recorded, and no other process that may have got its number."""
        path = self.var / "service.json"
        if not path.exists():
            return
        record = json.loads(path.read_text("utf-8"))
        stopped = stop(Process(record["pid"], record["start_time"]), seconds=40)
        say(f"   service     {'stopped' if stopped else 'was not running'}")


def show(machine: Machine, *, keep: bool) -> int:
    """Tell the story; end what it started, unless that is to be kept. What was up before stays up."""
    was_up = machine.is_up()
    story = Story(machine)
    try:
        story.tell(STAGES, "PostgreSQL, the Gemini wire, the service, the documents")
        if keep:
            farewell(machine.service(), "make -s connection FORMAT=shell", "")
            say("   Stop it with: make down")
    finally:
        if was_up and not keep:
            say("   it was up before, and stays up: `make down` stops it")
        elif not keep and (machine.var / "sandbox.json").exists():
            heading("Stop")
            machine.stop()
    return 1 if story.failed_requests else 0


def main() -> int:
    """Run the demo, or only its beginning or end."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.demo", description=__doc__)
    parser.add_argument("--up", action="store_true", help="start everything and stop there")
    parser.add_argument("--down", action="store_true", help="stop everything")
    chosen = parser.parse_args()
    folder = os.environ.get("DOCUMENTS")
    machine = Machine(Path(folder).resolve() if folder else None)
    try:
        if chosen.down:
            machine.stop()
        elif chosen.up:
            machine.start()
            say(json.dumps(machine.connection(), indent=2))
        else:
            return show(machine, keep=os.environ.get("KEEP") == "1")
    except StepFailedError as error:
        sys.stderr.write(f"demo: {error}; everything the playbooks printed is in {machine.console.log}\n")
        return 1
    except SandboxError as error:
        sys.stderr.write(f"demo: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
