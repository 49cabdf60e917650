"""How many results of gold programs are computed, and how many of programs with one fault.

    python benchmarks/judge_programs.py DATA_DIR [SEED]

Reads documents.jsonl.gz and queries.jsonl.gz. Each program is written out as an answer, in several wordings,
with its operands as they stand on its page, and cited. The faults: an operand that is no figure of the page,
another figure of the page, another operator, a changed result, an operand that the question alone brings,
and figures of the page put together by chance. A program of which an operand does not stand on its page is
left out. "seen" are the programs that the rules were made with, "held out" the others.
"""

import gzip
import hashlib
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from operator import add, mul, sub, truediv
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "rules"))

from finrisk_rules.judge.arithmetic import Support  # noqa: E402 - the path is set above
from finrisk_rules.judge.calculations import calculations, computed  # noqa: E402 - as above
from finrisk_rules.quantities import Quantity, quantities  # noqa: E402 - as above

HALVES = ("seen", "held out")
OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
SIGNS = {"+": ("+",), "-": ("-", "−", "–"), "*": ("*", "×", "x"), "/": ("/", "÷")}
APPLY: dict[str, Callable[[Decimal, Decimal], Decimal]] = {"+": add, "-": sub, "*": mul, "/": truediv}
EQUALS = ("=", "=", "≈", "equals", "which gives", "is")
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
        pages[document["id"]] = frozenset(abs(each.value) for each in quantities(document["text"]))
    for query in _rows(directory / "queries.jsonl.gz"):
        page = frozenset().union(*(pages[each] for each in query["gold_doc_ids"]))
        turns = query["turns"] or [{"program": query["program"], "question": query["question"]}]
        for at, turn in enumerate(turns):
            if steps := _steps(turn["program"] or "", query["source"]):
                yield Program(f"{query['id']}/{at}", query["source"], turn["question"], steps, page)


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


FAULTS = ("alien operand", "alien, recomputed", "operand of the page", "operator", "result", "chance")


def faulty(program: Program, writer: "Writer", fault: str, rng: random.Random) -> "Answer | None":
    """Return the program's answer with one fault, or None where this program cannot have it."""
    values = program.values()
    steps = list(program.steps)
    at, side, operand = rng.choice(
        [
            (at, side, each)
            for at, step in enumerate(steps)
            for side, each in enumerate(step.operands)
            if isinstance(each, Literal) and not each.constant
        ]
    )
    right = writer.answer(steps, values).result
    if fault == "result":
        return writer.answer(steps, values, shown=_other_digit(right, rng))
    if fault == "operator":
        other = rng.choice([sign for sign in APPLY if sign != steps[at].operator])
        steps[at] = replace(steps[at], operator=other)
    elif fault == "chance":
        numbers = [Literal(str(each)) for each in rng.choices(sorted(program.page), k=9)]
        steps = [
            step.with_operands(
                lambda _, each: numbers.pop() if isinstance(each, Literal) and not each.constant else each
            )
            for step in steps
        ]
    else:
        new = _other_number(operand, program.page, rng, on_page=fault == "operand of the page")
        if new is None:
            return None
        places = {(at, side)}
        if fault == "alien, recomputed":
            places = {(place, where) for place in range(len(steps)) for where in (0, 1)}
        steps = [
            step.with_operands(
                lambda where, each, place=place: new if each == operand and (place, where) in places else each  # type: ignore[misc]
            )
            for place, step in enumerate(steps)
        ]
    try:
        new_values = replace(program, steps=tuple(steps)).values()
    except ArithmeticError:
        return None
    if fault == "alien, recomputed":
        return writer.answer(steps, new_values)
    is_same = abs(abs(new_values[-1]) - abs(values[-1])) < abs(values[-1]) / 100
    if is_same and fault != "alien operand":
        return None
    return writer.answer(steps, values, shown=right)


def _other_digit(number: str, rng: random.Random) -> str:
    at = rng.choice([at for at, character in enumerate(number) if character.isdecimal()])
    return (
        number[:at] + rng.choice([digit for digit in "123456789" if digit != number[at]]) + number[at + 1 :]
    )


def _other_number(
    operand: Literal, page: frozenset[Decimal], rng: random.Random, *, on_page: bool
) -> Literal | None:
    """Return a number of the page like this one, or one that the page has not."""
    if on_page:
        size = abs(Decimal(operand.text.strip("$%").replace(",", "")))
        others = sorted(each for each in page if each != size and size / 5 < each < size * 5 and each > 13)
        return Literal(f"{rng.choice(others):f}" + "%" * operand.text.endswith("%")) if others else None
    for _ in range(20):
        changed = _other_digit(operand.text, rng)
        if abs(Decimal(changed.strip("$%").replace(",", ""))) not in page and len(changed.strip("%$")) > 2:
            return Literal(changed)
    return None


def is_computed(answer: "Answer", page: frozenset[Decimal]) -> bool:
    """Whether the answer's result is computed where the figures of the page are right."""

    def support(figure: Quantity) -> Support | None:
        return Support() if abs(figure.value) in page else None

    shown = answer.result.strip("$-")
    return any(
        shown in answer.text[each.result.start : each.result.end]
        for each in computed(calculations(answer.text), support)
    )


def main() -> None:
    """Print the table of shares, by half, and failures of the seen half on request."""
    directory, seed = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "1"
    kept: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for program in programs(directory):
        half = HALVES[hashlib.sha256(program.name.split("/")[0].encode()).digest()[0] % 2]
        if not program.literals or any(
            abs(Decimal(each.text.strip("$%").replace(",", ""))) not in program.page
            for each in program.literals
        ):
            total["left out: an operand is not on the page", half] += 1
            continue
        try:
            values = program.values()
        except ArithmeticError:
            continue
        writer = Writer(program, f"{seed}/{program.name}")
        answers = {f"right, {program.source}": writer.answer(program.steps, values)}
        for fault in FAULTS:
            rng = _chance(f"{seed}/{fault}/{program.name}")
            if answer := faulty(program, writer, fault, rng):
                answers[fault] = answer
        for kind, answer in answers.items():
            passed = is_computed(answer, program.page)
            total[kind, half] += 1
            kept[kind, half] += passed
            if "-v" in sys.argv and half == "seen" and passed != kind.startswith("right"):
                print(f"{kind} | {program.name} | {answer.text!r} | {answer.result}")
    print(f"{'computed':42}" + "".join(f"{half:>18}" for half in HALVES))
    for kind in dict.fromkeys(kind for kind, _ in total):
        cells = [
            f"{kept[kind, half]}/{total[kind, half]} {kept[kind, half] / max(1, total[kind, half]):.3f}"
            for half in HALVES
        ]
        print(f"{kind:42}" + "".join(f"{cell:>18}" for cell in cells))


@dataclass(frozen=True)
class Answer:
    """A program written out: its text and the figure that is its result, which the text says once."""

    text: str
    result: str


class Writer:
    """Writes a program out, in wordings that a seed chooses; every writing of one program has its wording."""

    def __init__(self, program: Program, seed: str) -> None:
        self.seed = seed
        self.program = program
        self.money = _chance(seed).random() < 0.4

    def answer(self, steps: Sequence[Step], values: Sequence[Decimal], *, shown: str = "") -> Answer:
        """Return the answer with these steps and their values; ``shown`` is a result that is another one."""
        rng = _chance(self.seed)
        percent = self._is_percent()
        wording = rng.choice((self.formula, self.formula, self.in_steps, self.chain, self.in_words))
        return wording(
            rng, steps, values, shown or self.result(_chance(self.seed), values[-1], percent=percent)
        )

    def _is_percent(self) -> bool:
        last = self.program.steps[-1]
        asks = re.search(r"percent|%|proportion|growth rate", self.program.question, re.IGNORECASE)
        kinds = {each.operator for each in self.program.steps[-2:]}
        divisor = last.operands[1]
        is_mean = (
            last.operator == "/"
            and isinstance(divisor, Literal)
            and divisor.constant
            and divisor.value != 100
        )
        return bool(asks) and "/" in kinds and not is_mean

    def result(self, rng: random.Random, value: Decimal, *, percent: bool) -> str:
        """Return a result as answers write it: rounded, with its unit."""
        hundred = any(
            isinstance(each, Literal) and each.constant and each.value == 100 and step.operator == "*"
            for step in self.program.steps
            for each in step.operands
        )
        of_parts = any(each.text.endswith("%") for each in self.program.literals)
        if of_parts and not percent and abs(value) < 5:
            return f"{_rounded(value * (1 if hundred else 100), rng.choice((1, 2)))}%"
        if percent:
            return f"{_rounded(value if hundred else value * 100, rng.choice((1, 2)))}%"
        if value == value.to_integral_value():
            return ("$" if self.money else "") + f"{value:,f}".split(".")[0].replace("$-", "-$")
        places = rng.choice((1, 2)) if abs(value) >= 10 else rng.choice((2, 3, 4))
        return ("$" if self.money else "") + f"{_rounded(value, places)}"

    def operand(self, rng: random.Random, literal: Literal) -> str:
        """Return an operand with its citation, label or currency, now and then."""
        text = literal.text.lstrip("$")
        if literal.constant:
            return f"{Decimal(text):,f}"
        if "," not in text and not text.endswith("%") and "." not in text and abs(Decimal(text)) > 3000:
            text = f"{int(text):,}"
        if text.startswith("-"):
            text = f"({text})"
        elif self.money and not text.endswith("%"):
            text = f"${text}"
        return text + rng.choice(("", "", " [1]", " (net) [1]", " [Source 1]", " in 2018"))

    def formula(self, rng: random.Random, steps: Sequence[Step], _: Sequence[Decimal], result: str) -> Answer:
        """``The answer is (a - b) / b = 4.2 % [1].``"""
        written = self._nested(rng, steps, len(steps) - 1)
        form = rng.choice(
            (
                f"Calculation: {written} {{equals}} {result} [1].",
                f"The filing gives the figures [1]. {written} {{equals}} {result}.",
                f"The result is {result} [1], from {written}.",
                f"**{result}** ({written}) [1]",
            )
        )
        return Answer(form.replace("{equals}", rng.choice(EQUALS)), result)

    def _nested(self, rng: random.Random, steps: Sequence[Step], at: int) -> str:
        step = steps[at]
        sides = []
        for each in step.operands:
            if isinstance(each, int):
                inner = self._nested(rng, steps, each)
                sides.append(f"({inner})")
            else:
                sides.append(self.operand(rng, each))
        return f"{sides[0]} {rng.choice(SIGNS[step.operator])} {sides[1]}"

    def in_steps(
        self, rng: random.Random, steps: Sequence[Step], values: Sequence[Decimal], result: str
    ) -> Answer:
        """``a - b = c. c / b = 4.2 %.``"""
        lines: list[str] = []
        names: list[str] = []
        for at, step in enumerate(steps):
            sides = [
                names[each] if isinstance(each, int) else self.operand(rng, each) for each in step.operands
            ]
            name = result if at == len(steps) - 1 else _intermediate(values[at])
            names.append(f"({name})" if name.startswith("-") else name)
            lines.append(
                f"{sides[0]} {rng.choice(SIGNS[step.operator])} {sides[1]} {rng.choice(EQUALS)} {name}"
            )
        return Answer(rng.choice((" [1]. ", "; ", "\n- ")).join(lines) + " [1].", result)

    def chain(
        self, rng: random.Random, steps: Sequence[Step], values: Sequence[Decimal], result: str
    ) -> Answer:
        """``Growth = (a - b) / b = c / b = 4.2 %.``"""
        written = self._nested(rng, steps, len(steps) - 1)
        if len(steps) == 2 and steps[1].operands[0] == 0 and isinstance(steps[1].operands[1], Literal):
            left = _intermediate(values[0])
            left = f"({left})" if left.startswith("-") else left
            written += (
                f" = {left} {rng.choice(SIGNS[steps[1].operator])} {self.operand(rng, steps[1].operands[1])}"
            )
        return Answer(f"Result = {written} = {result} [1].", result)

    def in_words(
        self, rng: random.Random, steps: Sequence[Step], values: Sequence[Decimal], result: str
    ) -> Answer:
        """``It rose by c from b to a.`` Where there are no words for the form, it is a formula."""
        if said := _said(self, rng, steps, result):
            return Answer(said, result)
        return self.formula(rng, steps, values, result)


def _said(writer: Writer, rng: random.Random, steps: Sequence[Step], result: str) -> str:
    first, last = steps[0], steps[-1]
    numbers = [
        each for step in steps for each in step.operands if isinstance(each, Literal) and not each.constant
    ]
    texts = [writer.operand(rng, each) for each in numbers]
    signs = "".join(step.operator for step in steps)
    bare = result.lstrip("-")
    if signs == "-" and len(texts) == 2 and numbers[0].value > 0 < numbers[1].value:
        a, b = texts
        return rng.choice(
            (
                f"It changed by {bare} from {b} to {a} [1].",
                f"It went from {b} to {a} [1], a difference of {bare}.",
                f"The figure was {a} and before that {b} [1]. The change is {bare}.",
                f"The gap between {a} and {b} is {bare} [1].",
            )
        )
    if (
        signs == "-/"
        and len(texts) == 3
        and last.operands[0] == 0
        and numbers[1].value == numbers[2].value > 0
    ):
        a, b = texts[:2]
        return rng.choice(
            (
                f"It changed by {bare} from {b} to {a} [1].",
                f"From {b} to {a} [1] this is growth of {result}.",
                f"The figures are {b} and {a} [1]; the increase or decrease is {bare}.",
            )
        )
    if signs == "/" and result.endswith("%") and len(texts) == 2:
        a, b = texts
        return rng.choice(
            (
                f"{a} of {b} is {result} [1].",
                f"It was {a}, {result} of {b} [1].",
                f"{result} of the {b} came from it ({a}) [1].",
            )
        )
    if set(signs[:-1]) <= {"+"} and len(texts) > 1 and all(n.value > 0 for n in numbers):
        names = f"{', '.join(texts[:-1])} and {texts[-1]}"
        counts = last.operands[1]
        if signs.endswith("/") and len(signs) > 1 and isinstance(counts, Literal) and counts.constant:
            if counts.value == len(texts):
                return rng.choice(
                    (f"The average of {names} is {result} [1].", f"On average it was {result} ({names}) [1].")
                )
        elif signs.endswith("+"):
            return rng.choice(
                (f"Together {names} make {result} [1].", f"The total is {result}: {names} [1].")
            )
    if first.operator == "/" and len(texts) == 2 and len(steps) == 1:
        return f"The ratio of {texts[0]} to {texts[1]} is {result.lstrip('$')} [1]."
    return ""


def _chance(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311 - wordings, no secrets


def _rounded(value: Decimal, places: int) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}"


def _intermediate(value: Decimal) -> str:
    """Return a step's value with enough digits for the next step."""
    if value == value.to_integral_value():
        return f"{value:,f}".split(".")[0]
    return _rounded(value, 5 if abs(value) < 10 else 2)


if __name__ == "__main__":
    main()
