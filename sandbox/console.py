"""Where the commands of a demo are typed: each is shown as a person types it, run, and its result told."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from sandbox.process import SandboxError
from sandbox.terminal import command, say, styled

REPOSITORY = Path(__file__).resolve().parents[1]

_BAR = re.compile(r"^(\w+: )?\[[#.]+\]")
_ANSIBLES_OWN = re.compile(r"^(PLAY|TASK|RUNNING HANDLER|ok:|changed:|skipping:|included:)|^\s*$")
_RECAP = re.compile(r"^\S+ *: +(?:ok=\d+ +)?(changed=\d+) ")
"""A host's line in it."""


class StepFailedError(Exception):
    """A command of the demo failed; it has printed why."""


def short(text: str) -> str:
    """The text with paths told from the repository, where the commands are typed."""
    return text.replace(f"{REPOSITORY}/", "")


class Console:
    """A shell in the repository; ``files`` are those that the playbooks said they wrote, in that order."""

    def __init__(self, log: Path, inventory: Sequence[str], environment: Mapping[str, str]) -> None:
        """``inventory`` stands in every playbook's command line, ``environment`` beside the caller's own."""
        self.log = log
        self.files: dict[str, None] = {}
        self._inventory = inventory
        self._environment = {**os.environ, **environment, "ANSIBLE_FORCE_COLOR": "0", "PYTHONUNBUFFERED": "1"}

    def open(self) -> None:
        """Make the log, which its owner alone reads; SandboxError when it cannot be written."""
        try:
            self.log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.log.touch(mode=0o600)
        except OSError as error:
            raise SandboxError(
                f"cannot write {self.log}: {error.strerror}; FINRISK_VAR_DIR=DIR names a folder elsewhere"
            ) from error

    def playbook(self, name: str, *arguments: str) -> None:
        """Run a playbook; show its command, its progress bars and its result. The rest goes to the log.

        Raises StepFailedError when it fails, after everything it printed.
        """
        line = ["ansible-playbook", *self._inventory, f"playbooks/{name}.yml", *arguments]
        command(short(shlex.join(line)))
        began = time.monotonic()
        output: list[str] = []
        with (
            self.log.open("a", encoding="utf-8") as log,
            subprocess.Popen(
                [str(Path(sys.executable).with_name("ansible-playbook")), *line[1:]],
                cwd=REPOSITORY,
                env=self._environment,
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
            raise StepFailedError(f"{short(shlex.join(line))} ended with {process.returncode}")
        for text in result(output):
            say(f"   {short(text)}")
            if text.startswith("/") and Path(text).is_file():
                self.files[text] = None
        counts = next((found[1] for text in output if (found := _RECAP.match(text))), "changed=0")
        say(styled(f"   {counts}  {time.monotonic() - began:.1f} s", "2"))

    def module(self, *arguments: str) -> None:
        """Run one of the sandbox's own commands, ``python -m NAME ...``, and show what it says."""
        command(shlex.join(["python", "-m", *map(short, arguments)]))
        began = time.monotonic()
        process = subprocess.run(
            [sys.executable, "-m", *arguments],
            cwd=REPOSITORY,
            check=False,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for line in process.stdout.splitlines():
            say(f"   {short(line)}")
        if process.returncode:
            raise StepFailedError(f"{arguments[0]} ended with {process.returncode}")
        say(styled(f"   {time.monotonic() - began:.1f} s", "2"))


def result(output: Sequence[str]) -> list[str]:
    """The lines of a playbook's output that are its result: behind the recap where there is one."""
    recaps = [number for number, text in enumerate(output) if _RECAP.match(text)]
    behind = output[recaps[-1] + 1 :] if recaps else output
    return [text for text in behind if not _ANSIBLES_OWN.match(text) and not _BAR.match(text)]
