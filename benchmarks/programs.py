"""The gold programs of FinQA, ConvFinQA and TAT-QA as steps of arithmetic, each with its page."""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.quantities import quantities

OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
APPLY: dict[str, Callable[[Decimal, Decimal], Decimal]] = {"+": add, "-": sub, "*": mul, "/": truediv}
RANK = {"+": 1, "-": 1, "*": 2, "/": 2}
DASHES = "-\u2013\u2212"
MARK = re.compile(r"\$?\d[\d,]*(?:\.\d+)?%?|\$?\.\d+%?|[^\s$]")
FINQA_STEP = re.compile(r"(\w+)\(([^,()]+), ([^,()]+)\)")
TURN_STEP = re.compile(r"(?:x\d+|ans) = (\S+) ([-+*/]) (\S+)")


@dataclass(frozen=True)
class Literal:
    """A number of a program: its text, and whether it is a constant of the program."""

    text: str
    constant: bool = False

    @property
    def value(self) -> Decimal:
        """The number in ones: 12% is 0.12."""
        value = Decimal(self.text.strip("$%").replace(",", ""))
        return value / 100 if self.text.endswith("%") else value


@dataclass(frozen=True)
class Step:
    """An operation of a program; an operand is a number or the place of an earlier step."""

    operator: str
    operands: tuple[Literal | int, Literal | int]

    def with_operands(self, of: Callable[[int, Literal | int], Literal | int]) -> "Step":
        """Return the step with what ``of`` gives for the place and the value of each operand."""
        left, right = self.operands
        return Step(self.operator, (of(0, left), of(1, right)))


@dataclass(frozen=True)
class Program:
    """A gold program with the numbers of its page."""

    name: str
    source: str
    question: str
    steps: tuple[Step, ...]
    pages: tuple[JudgedSource, ...]
    page: frozenset[Decimal]

    def values(self) -> list[Decimal]:
        """The value of each step; raises ArithmeticError where it has none."""
        values: list[Decimal] = []
        for step in self.steps:
            left, right = (values[each] if isinstance(each, int) else each.value for each in step.operands)
            values.append(APPLY[step.operator](left, right))
        return values

    @property
    def literals(self) -> list[Literal]:
        """The numbers that the page must have."""
        return [
            each
            for step in self.steps
            for each in step.operands
            if isinstance(each, Literal) and not each.constant
        ]


def programs(directory: Path) -> Iterator[Program]:
    """Yield the programs of arithmetic; comparisons, spans and table functions are no calculations."""
    pages = {}
    for document in _rows(directory / "documents.jsonl.gz"):
        text = document["text"]
        source = JudgedSource(document["title"], text, stored(facts_of(text)))
        pages[document["id"]] = source, frozenset(abs(each.value) for each in quantities(text))
    for query in _rows(directory / "queries.jsonl.gz"):
        sources = tuple(pages[each][0] for each in query["gold_doc_ids"])
        page = frozenset[Decimal]().union(*(pages[each][1] for each in query["gold_doc_ids"]))
        turns = query["turns"] or [{"program": query["program"], "question": query["question"]}]
        for at, turn in enumerate(turns):
            if steps := _steps(turn["program"] or "", query["source"]):
                yield Program(f"{query['id']}/{at}", query["source"], turn["question"], steps, sources, page)


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt") as lines:
        yield from map(json.loads, lines)


def _steps(program: str, source: str) -> tuple[Step, ...]:
    if source == "TAT-QA":
        return _of_expression(program)
    if source == "FinQA":
        parts = [(OPERATORS.get(name, ""), left, right) for name, left, right in FINQA_STEP.findall(program)]
        expected = program.count("(")
    else:
        parts = [(sign, left, right) for left, sign, right in TURN_STEP.findall(program)]
        expected = program.count("=")
    if not parts or len(parts) != expected or not all(sign for sign, _, _ in parts):
        return ()
    try:
        return tuple(Step(sign, (_operand(left), _operand(right))) for sign, left, right in parts)
    except ValueError:
        return ()


def _operand(text: str) -> Literal | int:
    if text[0] in "#x" and text[1:].isdecimal():
        return int(text[1:])
    if text.startswith("const_"):
        number = text.removeprefix("const_").replace("m1", "-1")
        return Literal(number, constant=True)
    if not re.fullmatch(r"-?[\d.,]*\d%?", text):
        raise ValueError(text)
    return Literal(text, constant=text in ("100", "1"))


def _of_expression(program: str) -> tuple[Step, ...]:
    """Return the steps of an expression like ``((2,123-2,064)/2,064) * 100``; () for what is none."""
    items: list[str] = []
    for item in MARK.findall(program):
        last = items[-1] if items else "("
        if item[-1].isdigit() or (item[-1] == "%" and len(item) > 1):
            number = item.lstrip("$")
            if last == "minus":
                items[-1] = f"-{number}"
            else:
                items.append(number)
        elif item in DASHES:
            items.append("minus" if last in "([+-*/" else "-")
        elif item in "+*/()[]":
            items.append({"[": "(", "]": ")"}.get(item, item))
        else:
            return ()
    steps: list[Step] = []
    output: list[Literal | int] = []
    waiting: list[str] = []

    def settle(least: int) -> None:
        while waiting and waiting[-1] != "(" and RANK[waiting[-1]] >= least:
            right, left = output.pop(), output.pop()
            steps.append(Step(waiting.pop(), (left, right)))
            output.append(len(steps) - 1)

    try:
        for item in items:
            if item in RANK:
                settle(RANK[item])
                waiting.append(item)
            elif item == "(":
                waiting.append(item)
            elif item == ")":
                settle(0)
                waiting.pop()
            elif item == "minus":
                return ()
            else:
                output.append(Literal(item))
        settle(0)
    except IndexError:
        return ()
    return tuple(_with_constants(steps)) if len(output) == 1 and not waiting else ()


def _with_constants(steps: Sequence[Step]) -> Iterator[Step]:
    """Mark the factors of 100, the ones, and the counts of a mean."""
    for step in steps:
        left, right = step.operands
        if isinstance(right, Literal) and (
            (
                step.operator in "*/"
                and (right.text == "100" or (isinstance(left, int) and len(right.text) < 3))
            )
            or (step.operator == "-" and right.text == "1")
        ):
            right = Literal(right.text, constant=True)
        yield Step(step.operator, (left, right))
