"""``finrisk judge``: the verdicts on a file, as a table and as JSON."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.grounds.repository import DOCS

DOCUMENT = (DOCS / "api.md").read_text("utf-8")
CASE: dict[str, Any] = {
    "question": "How did the net sales of Acme develop in 2024?",
    "sources": [
        {
            "title": "Acme annual report 2024",
            "company": "Acme",
            "year": 2024,
            "text": "In millions\n\n| | 2024 | 2023 |\n| --- | --- | --- |\n| Net sales | 1,486 | 1,391 |\n",
        }
    ],
    "answer": "Net sales of Acme were 1,486 million in 2024 [1], and 1,999 million in 2023 [1].",
}


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return tmp_path / "case.json"


def judged(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "finrisk", "judge", str(file), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_each_figure_is_a_line_with_its_verdict(case: Path) -> None:
    case.write_text(json.dumps(CASE))
    told = judged(case)
    assert told.returncode == 0, told.stderr
    head, *lines = told.stdout.splitlines()
    assert head.split() == ["figure", "verdict", "source", "place", "the", "source", "says"]
    [wrong] = [line for line in lines if line.startswith("1,999")]
    assert "stated" not in wrong
    assert any(line.startswith("not grounded, quality 0.") for line in lines)


def test_as_json_the_figures_are_those_of_the_api(case: Path) -> None:
    case.write_text(json.dumps(CASE))
    told = json.loads(judged(case, "--json").stdout)
    assert set(told["figures"][0]) == {"text", "verdict", "source", "place", "source_says"}
    assert (told["grounded"], told["skip_reason"]) == (False, "figure_not_supported")
    assert sum(told["quality_parts"]["verdicts"].values()) == len(told["figures"])


def test_a_pipeline_can_fail_on_a_wrong_figure_alone(case: Path) -> None:
    case.write_text(json.dumps(CASE))
    assert judged(case, "--fail-on-wrong").returncode == 1
    case.write_text(json.dumps(CASE | {"answer": CASE["answer"].partition(", and")[0] + "."}))
    assert judged(case, "--fail-on-wrong").returncode == 0


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{", "cannot be judged: Invalid JSON"),
        (b'{"question": "", "answer": ""}', "sources: Field required"),
        (b'{"question": "", "answer": "", "sources": [{"text": 7}]}', "sources.0.text"),
        (b'{"question": "\\ud800", "answer": "", "sources": []}', "cannot be judged"),
        (b"\xff", "cannot be judged"),
        (
            b'{"question": "", "anwser": "", "sources": []}',
            "unknown key anwser: the file has question, sources, answer; a source has title, text, company, ",
        ),
        (
            b'{"question": "", "answer": "", "source": [], "sources": [{"text": "", "yaer": 1}]}',
            "unknown keys sources.0.yaer, source: the file has",
        ),
        (b'{"question": "", "answer": "", "sources": [], "\\u001b[2J": 1}', "unknown key ?[2J: "),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_file_that_cannot_be_judged_is_told_in_a_sentence(
    case: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        case.write_bytes(content)
    result = judged(case)
    assert (result.returncode, result.stdout) == (2, "")
    assert told in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_file_of_windows_that_begins_with_a_byte_order_mark_is_read(case: Path) -> None:
    case.write_text(json.dumps(CASE), "utf-8-sig")
    assert judged(case).stdout.startswith("figure ")


@pytest.mark.parametrize("options", [["--fail-on-wrong"], ["--json", "--fail-on-wrong"]])
def test_an_output_that_cannot_be_written_is_no_wrong_figure(case: Path, options: list[str]) -> None:
    case.write_text(json.dumps(CASE))
    command = [sys.executable, "-m", "finrisk", "judge", str(case), *options]
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "finrisk: the verdicts cannot be written: No space left on device\n"


def test_what_a_terminal_would_obey_is_not_printed(case: Path) -> None:
    case.write_text(json.dumps(CASE | {"answer": "\x1b[2J 7,777\x1b million [1]."}))
    assert "\x1b" not in judged(case).stdout


def test_the_example_of_the_documentation_is_what_the_command_prints(case: Path) -> None:
    [shown] = re.findall(
        r"\$ cat case.json\n(.*?)\n\$ finrisk judge case.json\n(.*?)\n```", DOCUMENT, re.DOTALL
    )
    case.write_text(shown[0])
    assert judged(case).stdout.rstrip("\n") == shown[1]
