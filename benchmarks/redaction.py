"""What redaction finds in the labelled texts, by kind: ``python benchmarks/redaction.py [seen|unseen]``.

A text of ``tests/unit/redaction_texts.jsonl`` marks each identifier as ``<<kind|value>>``. Recall falls with
each that is left whole, precision with each placeholder of its kind beyond them.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from finrisk_rules.redaction import redact

TEXTS = Path(__file__).parents[1] / "tests" / "unit" / "redaction_texts.jsonl"
_MARK = re.compile(r"<<(\w+)\|(.*?)>>")
_PLACEHOLDER = re.compile(r"\[([a-z_]+)_\d+\]")


@dataclass(frozen=True)
class Labelled:
    """A text and the identifiers in it."""

    language: str
    half: str
    marked: str

    @property
    def text(self) -> str:
        """The text as somebody would write it."""
        return _MARK.sub(r"\2", self.marked)

    @property
    def identifiers(self) -> list[tuple[str, str]]:
        """Kind and value of each."""
        return _MARK.findall(self.marked)

    @property
    def expected(self) -> str:
        """The text redacted, the placeholders without their numbers."""
        return _MARK.sub(r"[\1]", self.marked)


def texts(half: str | None = None) -> Iterator[Labelled]:
    """All labelled texts, or those of one half: ``seen`` while the rules were made, or ``unseen``."""
    for line in TEXTS.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if half in (None, row["half"]):
            yield Labelled(row["language"], row["half"], row["text"])


def redacted(each: Labelled) -> str:
    """What redaction makes of a text, the placeholders without their numbers."""
    return _PLACEHOLDER.sub(r"[\1]", redact(each.text).text)


def missed(each: Labelled) -> list[tuple[str, str]]:
    """The identifiers of a text that are left, in whole."""
    left = redact(each.text).text
    return [(kind, value) for kind, value in each.identifiers if value in left]


def table(half: str | None) -> str:
    """Return the table of kinds as Markdown."""
    given: Counter[str] = Counter()
    left: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    exact = total = 0
    for each in texts(half):
        total += 1
        exact += redacted(each) == each.expected
        given.update(kind for kind, _ in each.identifiers)
        left.update(kind for kind, _ in missed(each))
        taken.update(redact(each.text).found)
    lines = ["| kind | there | recall | taken | precision |", "| --- | --- | --- | --- | --- |"]
    for kind in sorted(given | taken):
        right = given[kind] - left[kind]
        recall = f"{right / given[kind]:.2f}" if given[kind] else "-"
        precision = f"{min(right, taken[kind]) / taken[kind]:.2f}" if taken[kind] else "-"
        lines.append(f"| `{kind}` | {given[kind]} | {recall} | {taken[kind]} | {precision} |")
    lines.append(f"\n{exact} of {total} texts come out exactly as labelled.")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(sys.argv[1] if len(sys.argv) > 1 else None))
