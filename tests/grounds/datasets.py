"""A prepared dataset, as prepare.yml writes it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from finrisk_rules.prompt import SYSTEM_INSTRUCTION, Source, render


def dataset(
    folder: Path, training: int = 120, validation: int = 13, seed: str = "a", padding: int = 0
) -> Path:
    """Write a small dataset as prepare.yml does; return its metadata file.

    ``padding`` adds so many letters to each training example's source.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = "20261101_120000"
    files = {
        f"training_set_{stamp}.jsonl": _lines(seed, 0, training, padding),
        f"validation_set_{stamp}.jsonl": _lines(seed, training, validation),
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    metadata = folder / f"dataset_metadata_{stamp}.json"
    hashes = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in files.items()}
    counts = {"train_examples": training, "validation_examples": validation}
    metadata.write_text(json.dumps({"files": hashes, "total": training + validation, **counts}))
    return metadata


def _lines(seed: str, start: int, number: int, padding: int = 0) -> str:
    return "".join(
        json.dumps(_example(f"{seed}{n}", n, padding)) + "\n" for n in range(start, start + number)
    )


def _example(name: str, n: int, padding: int = 0) -> dict[str, Any]:
    firm = f"Firm {name}"
    text = (
        f"{firm} invoiced {20 + n % 60} percent of its sales in US dollars in 2025. "
        f"A fall of the dollar by 10 percent would lower operating profit by ${n + 1}.4 million. "
        "The board reviews the hedging policy twice a year. The canteen was renovated."
        + (" " + "x" * padding if padding else "")
    )
    source = Source(f"doc-{name}", f"{firm}, annual report 2025", text)
    prompt = render(
        f"What does {firm} say about the currency risk of its sales in US dollars in 2025?", [source]
    )
    answer = (
        f"## Market risk\n\n{firm} invoiced {20 + n % 60} percent of its sales in US dollars in 2025 [1]. "
        f"A fall of the dollar by 10 percent would lower operating profit by ${n + 1}.4 million [1]."
    )
    return {
        "systemInstruction": {"role": "system", "parts": [{"text": SYSTEM_INSTRUCTION}]},
        "contents": [
            {"role": "user", "parts": [{"text": prompt}]},
            {"role": "model", "parts": [{"text": answer}]},
        ],
    }
