"""``python -m sandbox.samples DIR``: write the samples as documents.jsonl.gz and queries.jsonl.gz."""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sandbox.samples.firm import firms
from sandbox.samples.roster import seats

SOURCE = "FinRisk samples"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both files into the folder, and print their paths."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.samples", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR", help="folder to write to; made when missing")
    folder = parser.parse_args(arguments).folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in (("documents", document_rows()), ("queries", query_rows())):
            path = folder / f"{name}.jsonl.gz"
            count = _write(path, rows)
            sys.stdout.write(f"{path} ({count} {name})\n")
    except OSError as error:
        sys.stderr.write(f"cannot write to {folder}: {error.strerror}; give a folder you may write to\n")
        return 1
    return 0


def document_rows() -> list[dict[str, Any]]:
    """Return one row for each page in the format of the ``finqa_mix`` documents."""
    return [
        {
            "id": page.document_id,
            "source": SOURCE,
            "company": page.company,
            "ticker": page.ticker,
            "year": page.year,
            "page": f"page_{page.page}",
            "title": page.title,
            "text": page.text,
        }
        for firm in firms()
        for page in firm.pages
    ]


def query_rows() -> list[dict[str, Any]]:
    """Return one row for each strategy in the format of the ``finqa_mix`` queries, with its asker."""
    questions = [question for firm in firms() for question in firm.questions]
    return [
        {
            "id": f"sample-question-{number:04d}",
            "source": SOURCE,
            "question": question.text,
            "question_scoped": f"{question.company} {question.year}: {question.text}",
            "company": question.company,
            "ticker": question.ticker,
            "year": question.year,
            "gold_doc_ids": list(question.expects),
            "user_id": seat.user_id,
            "session_id": seat.session_id,
        }
        for number, (question, seat) in enumerate(seats(questions), start=1)
    ]


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> int:
    """Write gzipped JSON lines in one step, byte-identical for the same rows; return how many."""
    lines = [json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows]
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as file:
        file.write("".join(lines).encode())
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as draft:
            draft.write(packed.getvalue())
            draft.flush()
            os.fsync(draft.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return len(lines)


if __name__ == "__main__":
    sys.exit(main())
