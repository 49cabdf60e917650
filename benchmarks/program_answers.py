"""Programs written out as answers, in several wordings."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from benchmarks.programs import Literal, Program, Step

SIGNS = {"+": ("+",), "-": ("-", "\u2212", "\u2013"), "*": ("*", "\u00d7", "x"), "/": ("/", "\u00f7")}
EQUALS = ("=", "=", "\u2248", "equals", "which gives", "is")


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
        page = " ".join(source.text for source in program.pages)
        is_money = all(
            re.search(rf"\$ ?{re.escape(each.text.strip('$%'))}(?![\d.])", page) for each in program.literals
        )
        self.money = is_money and chance(seed).random() < 0.6

    def answer(self, steps: Sequence[Step], values: Sequence[Decimal], *, shown: str = "") -> Answer:
        """Return the answer with these steps and their values; ``shown`` is a result that is another one."""
        rng = chance(self.seed)
        percent = self._is_percent()
        wording = rng.choice((self.formula, self.formula, self.in_steps, self.chain, self.in_words))
        return wording(
            rng, steps, values, shown or self.result(chance(self.seed), values[-1], percent=percent)
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
        return text + rng.choice(("", "", " [1]", " [1]", " [Source 1]"))

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


def chance(seed: str) -> random.Random:
    """Return chances that the seed alone decides."""
    return random.Random(seed)  # noqa: S311 - wordings, no secrets


def _rounded(value: Decimal, places: int) -> str:
    return f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN):,f}"


def _intermediate(value: Decimal) -> str:
    """Return a step's value with enough digits for the next step."""
    if value == value.to_integral_value():
        return f"{value:,f}".split(".")[0]
    return _rounded(value, 5 if abs(value) < 10 else 2)
