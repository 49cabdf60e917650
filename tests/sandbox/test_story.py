"""The demo's story ends before tuning, without a failure, where there is too little to train on."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.console import Console
from sandbox.demo import Machine
from sandbox.story import FEWEST_EXAMPLES, Stage, Story
from tests.grounds.odd import Odd, whole

ANSWER = {
    "analysis": "It was 118 %.",
    "sources": [],
    "metadata": {"arm_assigned": "base", "quality_score": 0.95},
}


class Typed(Console):
    """A console that notes which playbooks were typed; prepare.yml leaves what it counted."""

    def __init__(self, folder: Path, examples: int) -> None:
        super().__init__(folder / "demo.log", (), {})
        self.names: list[str] = []
        self._metadata = folder / "dataset_metadata_1.json"
        self._metadata.write_text(json.dumps({"train_examples": examples}))

    def playbook(self, name: str, *arguments: str) -> None:  # noqa: ARG002 - as the console has it
        self.names.append(name)
        if name == "prepare":
            self.files[str(self._metadata)] = None


class Place:
    """Where pairs were kept and examples made of them."""

    export_options: Sequence[str] = ()

    def __init__(self, service: str, console: Console) -> None:
        self.console = console
        self._service = service

    def start(self) -> None:
        """Everything is up."""

    def service(self) -> tuple[str, str]:
        return self._service, "key"

    def queries(self) -> list[dict[str, Any]]:
        texts = (f"How high was the ratio of bank {number}?" for number in range(10))
        return [{"question_scoped": text, "gold_doc_ids": []} for text in texts]


@pytest.fixture
def service(request: pytest.FixtureRequest) -> Iterator[str]:
    """An API that answers every question and says that so many pairs were kept."""
    kept = {"count": request.param, "quality_threshold": 0.8, "skipped": {}}

    def answer(connection: socket.socket, asked: bytes) -> bool:
        return whole(connection, ANSWER if asked.startswith(b"POST") else {"collection": kept})

    with Odd(answer) as odd:
        yield odd.url


@pytest.mark.parametrize(
    ("service", "examples", "typed"),
    [
        (1, 0, []),
        (2, 1, ["export", "prepare"]),
        (200, FEWEST_EXAMPLES - 1, ["export", "prepare"]),
        (200, FEWEST_EXAMPLES, "export prepare tune deploy status rollback".split()),
    ],
    indirect=["service"],
)
def test_too_little_to_train_on_ends_the_story_before_tuning_without_a_failure(
    service: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], examples: int, typed: list[str]
) -> None:
    console = Typed(tmp_path, examples)
    story = Story(Place(service, console))
    story.tell([Stage(50, "Deploy")], "the service")
    told = capsys.readouterr().out
    assert console.names == typed
    assert ("and tuning takes 100: the demo ends here." in told) is ("tune" not in typed)
    assert story.failed_requests == 0


def test_documents_of_ones_own_are_exported_however_few_pairs_they_give(tmp_path: Path) -> None:
    assert Machine(tmp_path).export_options == ("-e", "finrisk_min_examples=0")
