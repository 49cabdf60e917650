"""``finrisk judge``: what the judge says of an answer, figure by figure, for people who wonder."""

import argparse
import json
import os
import sys
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from finrisk.quality import quality_parts, score
from finrisk_rules.examples import problem_of_figures
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JUDGE_VERSION, FigureVerdict, JudgedSource, Judgement
from finrisk_rules.page_facts import facts_of, stored

_HEAD = ("figure", "verdict", "source", "place", "the source says")
_LONGEST = 60
_MOST_NAMED = 5
_UNUSABLE = 2


class SourceEntry(BaseModel):
    """A source of the file."""

    model_config = ConfigDict(extra="forbid")

    title: str = ""
    text: str
    company: str | None = None
    year: int | None = None


class Case(BaseModel):
    """What the file holds, and no other key: a misspelt one would be judged as absent."""

    model_config = ConfigDict(extra="forbid")

    question: str
    sources: list[SourceEntry]
    answer: str


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("judge", help="judge an answer: each figure with its verdict and its place")
    parser.add_argument(
        "file",
        type=Path,
        help='JSON: {"question", "sources": [{"title", "text", "company", "year"}], "answer"}',
    )
    parser.add_argument("--json", action="store_true", help="print JSON, the figures as the API has them")
    parser.add_argument("--fail-on-wrong", action="store_true", help="end with 1 when a figure is wrong")
    parser.set_defaults(run=_judge)


def _judge(arguments: argparse.Namespace) -> None:
    case = _case(arguments.file)
    sources = [
        JudgedSource(source.title, source.text, stored(facts_of(source.text)), source.company, source.year)
        for source in case.sources
    ]
    judgement = judge(case.question, case.answer, sources)
    parts = quality_parts(case.answer, case.question, sources, judgement)
    if arguments.json:
        told = {
            "figures": [figure.as_dict() for figure in judgement.figures],
            "grounded": judgement.is_grounded,
            "quality_score": score(parts),
            "quality_parts": parts.as_dict(),
            "skip_reason": problem_of_figures(parts.as_dict(), unread_too=False),
        }
        _print([json.dumps(told, ensure_ascii=False, indent=2)])
    else:
        _print([*_table(judgement), *_summary(judgement, score(parts))])
    if arguments.fail_on_wrong and judgement.is_wrong:
        raise SystemExit(1)


def _print(lines: Iterable[str]) -> None:
    """Print the lines, or end with a sentence: what nobody could read says nothing of a figure."""
    try:
        sys.stdout.writelines(f"{line}\n" for line in lines)
        sys.stdout.flush()
    except OSError as error:
        sys.stderr.write(f"finrisk: the verdicts cannot be written: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(_UNUSABLE)  # Python would try to write once more, and end with another status


def _case(file: Path) -> Case:
    """Read the file, or end with a sentence that says what is wrong with it."""
    try:
        return Case.model_validate_json(file.read_bytes().removeprefix(BOM_UTF8))
    except OSError as error:
        sys.stderr.write(f"finrisk: {file} cannot be read: {error.strerror}\n")
    except ValidationError as error:
        sys.stderr.write(f"finrisk: {file} cannot be judged: {_reason(error)}\n")
    raise SystemExit(_UNUSABLE)


def _reason(error: ValidationError) -> str:
    """What is wrong with a file: its unknown keys with those that there are, else the first fault."""
    faults = error.errors(include_url=False, include_input=False)
    unknown = [fault["loc"] for fault in faults if fault["type"] == "extra_forbidden"]
    if not unknown:
        place = ".".join(map(str, faults[0]["loc"]))
        return f"{place}: {faults[0]['msg']}" if place else faults[0]["msg"]
    names = ", ".join(_shown(".".join(map(str, loc))) for loc in unknown[:_MOST_NAMED])
    more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
    known = f"the file has {', '.join(Case.model_fields)}; a source has {', '.join(SourceEntry.model_fields)}"
    return f"unknown {'key' if len(unknown) == 1 else 'keys'} {names}{more}: {known}"


def _table(judgement: Judgement) -> Iterator[str]:
    rows = [_HEAD, *map(_row, judgement.figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _row(figure: FigureVerdict) -> tuple[str, ...]:
    place = " / ".join(figure.place.as_dict().values()) if figure.place else ""
    number = str(figure.source) if figure.source else ""
    return (_shown(figure.text), figure.verdict, number, _shown(place), _shown(figure.source_says))


def _summary(judgement: Judgement, quality: float) -> Iterator[str]:
    counts = ", ".join(f"{count} {verdict}" for verdict, count in judgement.counts.items()) or "none"
    yield f"figures: {counts}"
    unread = f", {judgement.unread} unread" if judgement.unread else ""
    supported = f"{judgement.statements}, {judgement.supported} of them supported{unread}"
    yield f"other statements: {supported if judgement.statements else 'none'}"
    grounded = "grounded" if judgement.is_grounded else "not grounded"
    yield f"{grounded}, quality {quality:.3f}, by version {JUDGE_VERSION} of the judge"


def _shown(text: str) -> str:
    """The text as one short line, without signs that a terminal would obey."""
    line = "".join(sign if sign.isprintable() else "?" for sign in " ".join(text.split()))
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 3]}..."
