"""The process of one tuning job: checks the dataset, fits the ranker, leaves a file for each epoch.

`python -m sandbox.gemini.training SPEC.json`. It writes into the spec's folder `stats.json`, then
`epoch-1.json` and so on, or `failure.json`. All of it follows from the spec, so a killed process is started
again.
"""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.gemini import attention_fitting, dataset, fitting
from sandbox.gemini.example import Example
from sandbox.gemini.files import read_json, write_json
from sandbox.gemini.knowledge import BASE, Knowledge

VALIDATED = 200  # examples of the validation file that are measured


@dataclass(frozen=True, slots=True)
class Spec:
    """What to fit: files, epochs, and the weights to start from (None: those of the base model)."""

    training: str
    validation: str | None
    epochs: int
    multiplier: float
    start: dict[str, Any] | None = None


def main(arguments: list[str]) -> int:
    """Fit what the spec says; the exit status is 0 whether or not the dataset was any good."""
    path, parent = Path(arguments[0]), os.getppid()
    try:
        _train(Spec(**read_json(path)), path.parent, parent)
    except dataset.DatasetError as error:
        write_json(path.parent / "failure.json", {"code": 3, "message": str(error)})
    return 0


def _train(spec: Spec, folder: Path, parent: int) -> None:
    train = _read("training", spec.training, dataset.MOST_EXAMPLES)
    held_out = (
        _read("validation", spec.validation, dataset.MOST_VALIDATION_EXAMPLES) if spec.validation else None
    )
    steps = fitting.steps(len(train.examples), spec.epochs)
    write_json(folder / "stats.json", dataset.stats(train, spec.epochs, steps))
    start = Knowledge.from_json(spec.start) if spec.start else BASE
    statements, figures = fitting.lessons(train.examples), attention_fitting.lessons(train.examples)
    measured = (held_out or train).examples[:VALIDATED]
    ranked = fitting.epochs(statements, start.ranking, spec.epochs, spec.multiplier)
    attended = attention_fitting.epochs(figures, start.attention, spec.epochs, spec.multiplier)
    for epoch, weights in enumerate(zip(ranked, attended, strict=True), 1):
        if os.getppid() != parent:
            return  # the simulator is gone; it starts the job again when it is back
        result = {
            "epoch": epoch,
            "step": steps * epoch // spec.epochs,
            "examples": len(train.examples),
            "lessons": len(statements) + len(figures),
            **Knowledge(*weights).as_json(),
        }
        if epoch == spec.epochs:
            result |= _gain(measured, start, Knowledge(*weights))
        write_json(folder / f"epoch-{epoch}.json", result)


def _gain(measured: Sequence[Example], start: Knowledge, tuned: Knowledge) -> dict[str, Any]:
    """What was reached: the share of the answers' statements and of their figures, before and after."""
    figures = attention_fitting.lessons(measured)
    return {
        "recall": {
            "start": fitting.recall(measured, start.ranking),
            "tuned": fitting.recall(measured, tuned.ranking),
        },
        "figures": {
            "start": attention_fitting.accuracy(figures, start.attention),
            "tuned": attention_fitting.accuracy(figures, tuned.attention),
        },
    }


def _read(which: str, path: str, most: int) -> dataset.Dataset:
    try:
        return dataset.read(Path(path), most)
    except dataset.DatasetError as error:
        raise dataset.DatasetError(f"The {which} dataset is not valid. {error}") from None
    except OSError as error:
        raise dataset.DatasetError(f"The {which} dataset cannot be read: {error.strerror}") from None


if __name__ == "__main__":
    os.nice(10)  # requests that are being answered go first
    sys.exit(main(sys.argv[1:]))
