"""A transcript in the documentation: its commands, typed in one shell, and what they should say."""

from __future__ import annotations

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_END = "\x1e"
UNENDED = "124"
"""As timeout(1) has it."""
_VARYING = (  # what no two runs share; the order matters
    (re.compile(r"\x1b\[[0-9;]*m"), ""),
    (re.compile(r"\[[#.]+\]"), "[BAR]"),
    (re.compile(r"\bfrk_\w{8}_[\w-]+"), "KEY"),
    (re.compile(r"\b(r\d{4}|finrisk-v\d+)-[0-9a-f]{8}\b"), r"\1-HASH"),
    (re.compile(r"\bby \S+@\S+"), "by WHO"),
    (re.compile(r"[\d,]*\d(\.\d+)?"), "N"),
    (re.compile(r"─+$"), ""),
    (re.compile(r"\s+"), " "),
)


@dataclass(frozen=True)
class Typed:
    """A command of a transcript, and the lines that it shows under it; ``...`` stands for any lines."""

    command: str
    shown: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What a command printed, on both outputs, and its exit status."""

    command: str
    output: str
    code: int


def transcript(page: Path) -> list[Typed]:
    """Return the commands of a page's ``console`` fences: `$ ` begins one, `> ` goes on with it."""
    found: list[tuple[list[str], list[str]]] = []
    for fence in _FENCE.findall(page.read_text("utf-8")):
        for line in fence.splitlines():
            if line.startswith("$ "):
                found.append(([line[2:]], []))
            elif line.startswith("> ") and not found[-1][1]:
                found[-1][0].append(line[2:])
            else:
                found[-1][1].append(line)
    return [Typed("\n".join(command), tuple(shown)) for command, shown in found]


def typed(
    commands: Sequence[Typed], folder: Path, environment: Mapping[str, str], seconds: float
) -> list[Said]:
    """Type all commands in one shell in the folder, whatever comes of them.

    The code of those that have not ended after so many seconds is UNENDED.
    """
    lines = "".join(f"{each.command}\nprintf '{_END}%s{_END}' \"$?\"\n" for each in commands)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:  # a pipe would wait for what runs on
        with contextlib.suppress(subprocess.TimeoutExpired):
            subprocess.run(
                ["bash", "-c", f"exec 2>&1\n{lines}"],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                timeout=seconds,
                check=False,
            )
        output.seek(0)
        parts = output.read().split(_END)
    pairs = list(zip(parts[0::2], parts[1::2], strict=False))
    late = [(parts[-1], UNENDED)] + [("", UNENDED)] * len(commands)  # a command may end the shell
    return [
        Said(each.command, output, int(code))
        for each, (output, code) in zip(commands, pairs + late, strict=False)
    ]


def plain(line: str) -> str:
    """Return a line without what varies from run to run: figures, names with a hash, keys, blanks."""
    for pattern, word in _VARYING:
        line = pattern.sub(word, line)
    return line.strip()


def missing(shown: Sequence[str], output: str) -> list[str]:
    """Return the lines that the transcript shows and the output lacks, in this order.

    A line that ends in ``...`` shows the beginning of one.
    """
    rest = [plain(line) for line in output.splitlines()]
    lacking = []
    for line in filter(str.strip, shown):
        wanted = plain(line.removesuffix("..."))
        begins = line.endswith("...")
        at = [n for n, each in enumerate(rest) if each == wanted or (begins and each.startswith(wanted))]
        if line.strip() == "...":
            continue
        if at:
            rest = rest[at[0] + 1 :]
        else:
            lacking.append(line)
    return lacking
