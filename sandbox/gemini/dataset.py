"""A training file as Google reads it: JSON lines of GeminiExample, strict, too long ones dropped."""

import json
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.gemini.example import Example
from sandbox.gemini.generation import content_problem, tokens
from sandbox.gemini.messages import ApiError, Json
from sandbox.gemini.schema import checked

FEWEST_EXAMPLES = 10
MOST_EXAMPLES = 1_000_000
MOST_VALIDATION_EXAMPLES = 5_000
MOST_BYTES = 1 << 30
MOST_TOKENS = 131_072  # of one example; a longer one is dropped
SHOWN_DROPPED = 10


class DatasetError(Exception):
    """The file cannot be tuned on; the text names the row, counted from 1."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """The rows of a file that are tuned on, and the numbers (from 1) of those that are not."""

    examples: Sequence[Example]
    dropped: Sequence[tuple[int, str]]


def read(path: Path, most: int = MOST_EXAMPLES) -> Dataset:
    """Read and check a file. Raises DatasetError at the first row that is not a GeminiExample."""
    if path.stat().st_size > MOST_BYTES:
        raise DatasetError(f"The file is {path.stat().st_size} bytes; the limit is {MOST_BYTES}.")
    examples: list[Example] = []
    dropped: list[tuple[int, str]] = []
    for number, row in _rows(path):
        example = _example(number, row)
        total = example.input_tokens + example.output_tokens
        if total > MOST_TOKENS:
            dropped.append((number, f"Example has {total} tokens, more than the limit of {MOST_TOKENS}."))
        else:
            examples.append(example)
    if len(examples) + len(dropped) > most:
        raise DatasetError(f"The file has {len(examples) + len(dropped)} examples; the limit is {most}.")
    if len(examples) < FEWEST_EXAMPLES and most > MOST_VALIDATION_EXAMPLES:
        raise DatasetError(
            f"The file has {len(examples)} usable examples; at least {FEWEST_EXAMPLES} are needed."
        )
    return Dataset(examples, dropped)


def _rows(path: Path) -> Iterator[tuple[int, Json]]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise DatasetError(f"Row {number} is not JSON: {error}") from None


def _example(number: int, row: object) -> Example:
    try:
        example = checked("GeminiExample", row)
    except ApiError as error:
        raise DatasetError(f"Row {number}: {error.message}") from None
    contents = example.get("contents", [])
    problem = content_problem(contents)
    if problem:
        raise DatasetError(f"Row {number}: {problem}")
    roles = [content.get("role") for content in contents]
    if roles[-1] != "model":
        raise DatasetError(f"Row {number}: the last turn must have the role model, it has {roles[-1]!r}.")
    if "user" not in roles:
        raise DatasetError(f"Row {number}: there is no turn with the role user.")
    texts = [_text(content) for content in contents]
    if not texts[-1].strip():
        raise DatasetError(f"Row {number}: the answer of the model is empty.")
    questions = [text for text, role in zip(texts, roles, strict=True) if role == "user"]
    before = sum(map(tokens, texts[:-1])) + tokens(_text(example.get("systemInstruction", {})))
    return Example(questions[-1], texts[-1], before, tokens(texts[-1]), len(contents))


def _text(content: Json) -> str:
    return "\n".join(part["text"] for part in content.get("parts", []) if "text" in part)


def stats(dataset: Dataset, epochs: int, steps: int) -> Json:
    """`tuningDataStats` of a job on this dataset; 64-bit numbers are strings, as on Google's wire."""
    examples, dropped = dataset.examples, dataset.dropped
    billable = sum(example.input_tokens + example.output_tokens for example in examples)
    supervised: Json = {
        "tuningDatasetExampleCount": str(len(examples) + len(dropped)),
        "totalTuningCharacterCount": str(sum(len(e.prompt) + len(e.answer) for e in examples)),
        "totalBillableTokenCount": str(billable * epochs),
        "tuningStepCount": str(steps),
        "userInputTokenDistribution": _distribution([e.input_tokens for e in examples]),
        "userOutputTokenDistribution": _distribution([e.output_tokens for e in examples]),
        "userMessagePerExampleDistribution": _distribution([e.messages for e in examples]),
    }
    if dropped:  # a zero is not written
        supervised["totalTruncatedExampleCount"] = str(len(dropped))
        supervised["truncatedExampleIndices"] = [str(number) for number, _ in dropped[:SHOWN_DROPPED]]
        supervised["droppedExampleReasons"] = [reason for _, reason in dropped[:SHOWN_DROPPED]]
    return {"supervisedTuningDataStats": supervised}


def _distribution(values: Sequence[int]) -> Json:
    ordered = sorted(values)
    return {
        "sum": str(sum(ordered)),
        "min": ordered[0],
        "max": ordered[-1],
        "mean": round(statistics.fmean(ordered), 2),
        "median": statistics.median(ordered),
        "p5": ordered[int(0.05 * (len(ordered) - 1))],
        "p95": ordered[int(0.95 * (len(ordered) - 1))],
    }
