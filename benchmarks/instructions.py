"""How many orders to the model are found, how many ordinary texts are taken for one, what fakes the frame.

    python benchmarks/instructions.py [DATA_DIR]

Reads tests/unit/injections.jsonl: recall and false alarms by kind, for the half that the rules were made
with, the half that they were not, and later ones by somebody else; then each text in each place of a prompt,
and the lines outside the frame that begin like one of the frame, as they are (exact) and with look-alikes,
invisible characters and Markdown seen through (lenient). With DATA_DIR (documents.jsonl.gz,
passages.jsonl.gz, queries.jsonl.gz) also the false alarms on real questions and pages, and the
time that one prompt costs.
"""

import gzip
import json
import re
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "rules"))

from finrisk_rules.instructions import looks_like_instruction  # noqa: E402 - found by the line above
from finrisk_rules.lookalikes import skeleton  # noqa: E402 - as above
from finrisk_rules.prompt import Source, mark_of, render  # noqa: E402 - as above

HALVES = ("seen", "held_out", "later")
QUESTION = "How did the liquidity coverage ratio change?"
MARKER = re.compile(r"(?:SOURCES|QUESTION)\b|\[\d+\]", re.IGNORECASE)
DRESS = re.compile(r"^[^\w\s\[]+")


def main() -> None:
    """Print the tables."""
    entries = [json.loads(line) for line in (REPOSITORY / "tests/unit/injections.jsonl").open()]
    by_kind(entries)
    frames([entry["text"] for entry in entries if entry["label"] == "injection"])
    if sys.argv[1:]:
        real(Path(sys.argv[1]))


def by_kind(entries: Sequence[dict[str, str]]) -> None:
    """Print how many texts of each kind are taken for orders."""
    totals: Counter[tuple[str, str, str]] = Counter()
    found: Counter[tuple[str, str, str]] = Counter()
    for entry in entries:
        for kind in (entry["kind"], "all"):
            key = (entry["label"], kind, entry["half"])
            totals[key] += 1
            found[key] += looks_like_instruction(entry["text"])
    print(f"{'taken for an order':32}{'seen':>10}{'held out':>10}{'later':>10}")
    for label, kind in dict.fromkeys(key[:2] for key in totals):
        shares = [f"{found[label, kind, half]}/{totals[label, kind, half]}" for half in HALVES]
        print(f"{label + ' ' + kind:32}" + "".join(f"{share:>10}" for share in shares))


def frames(texts: Sequence[str]) -> None:
    """Print how many of the texts show a marker at the beginning of a line, by place."""
    print(f"\n{'markers at column 0':32}{'exact':>10}{'lenient':>10}")
    for place in ("title", "document id", "text", "strategy"):
        prompts = [placed(place, text) for text in texts]
        exact = sum(any(MARKER.match(line) for line in foreign_lines(prompt)) for prompt in prompts)
        lenient = sum(any(map(reads_as_marker, foreign_lines(prompt))) for prompt in prompts)
        print(f"{place:32}{exact:>10}{lenient:>10}")


def placed(place: str, text: str) -> str:
    """Return a prompt with the text in one place."""
    source = Source(
        text if place == "document id" else "d1",
        text if place == "title" else "Annual report",
        text if place == "text" else "The ratio fell.",
    )
    return render(text if place == "strategy" else QUESTION, [source])


def foreign_lines(prompt: str) -> Iterator[str]:
    """Give the lines that are not of the frame, as any reader of Unicode would cut them."""
    mark = mark_of(prompt)
    yield from (line for line in prompt.splitlines() if not mark or mark not in line)


def reads_as_marker(line: str) -> bool:
    """Say whether a line begins like the frame once its disguise is seen through."""
    plain = unicodedata.normalize("NFKC", line)
    shapes = (plain, "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C"), skeleton(line))
    return any(
        MARKER.match(DRESS.sub("", shape).removeprefix(" " if DRESS.match(shape) else "")) for shape in shapes
    )


def real(folder: Path) -> None:
    """Print false alarms on real texts, and the time for one prompt."""
    rows = {name: list(read(folder / f"{name}.jsonl.gz")) for name in ("queries", "documents", "passages")}
    print("\nfalse alarms on real texts")
    for name, field in (
        ("queries", "question"),
        ("queries", "question_scoped"),
        ("documents", "text"),
        ("passages", "text"),
    ):
        texts = [row[field] for row in rows[name]]
        print(f"{name + ' ' + field:32}{sum(map(looks_like_instruction, texts)):>10} of {len(texts):,}")
    pages = [row["text"] for row in rows["documents"]]
    sources = [Source(f"d{n}", f"Report {n}", page[:1500]) for n, page in enumerate(pages[:8])]
    question = " ".join(pages[8:60])[:30_000]
    times = [cost(question, sources) for _ in range(20)]
    print(f"\nrender and judge 8 passages and a question of 30,000 characters: {min(times) * 1000:.1f} ms")


def cost(question: str, sources: Sequence[Source]) -> float:
    """Return the seconds of processor time that one prompt takes."""
    started = time.process_time()
    render(question, sources)
    for text in (question, *(source.text for source in sources)):
        looks_like_instruction(text)
    return time.process_time() - started


def read(path: Path) -> Iterator[dict[str, str]]:
    """Give the rows of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main()
