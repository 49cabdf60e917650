"""How many results of gold programs are computed, and how many of programs with one fault.

    python benchmarks/judge_programs.py DATA_DIR [SEED] [-v]

Reads documents.jsonl.gz and queries.jsonl.gz. Each program is written out as an answer, in several wordings,
with its operands as they stand on its page, and cited. The faults: an operand that is no figure of the page,
another figure of the page, another operator, a changed result, an operand that the question alone brings,
and figures of the page put together by chance. A program of which an operand does not stand on its page is
left out. "seen" are the programs that the rules were made with, "held out" the others; -v prints what went
wrong of the seen ones.
"""

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "rules")]

from benchmarks.program_answers import Answer, Writer, chance  # noqa: E402 - the path is set above
from benchmarks.programs import APPLY, Literal, Program, programs  # noqa: E402 - as above
from finrisk_rules.judge.judgement import judge  # noqa: E402 - as above
from finrisk_rules.judge.verdicts import RIGHT  # noqa: E402 - as above

HALVES = ("seen", "held out")
ALIEN = "alien, recomputed"
FAULTS = ("alien operand", ALIEN, "operand of the page", "operator", "result", "chance")


def faulty(program: Program, writer: Writer, fault: str, rng: random.Random) -> Answer | None:
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
        if fault == ALIEN:
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
    if fault == ALIEN:
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


def outcome(answer: Answer, program: Program, question: str) -> tuple[bool, bool]:
    """Return whether the answer's result is computed, and whether the answer is kept whole."""
    judgement = judge(question, answer.text, program.pages)
    shown = answer.result.strip("$-")
    of_result = {figure.verdict for figure in judgement.figures if shown in figure.text}
    return "computed" in of_result, judgement.is_grounded and bool(of_result & RIGHT)


def answers(program: Program, seed: str) -> Iterator[tuple[str, str, Answer]]:
    """Yield kind, question and answer of the right one and of those with a fault."""
    writer = Writer(program, f"{seed}/{program.name}")
    yield f"right, {program.source}", program.question, writer.answer(program.steps, program.values())
    for fault in FAULTS:
        answer = faulty(program, writer, fault, chance(f"{seed}/{fault}/{program.name}"))
        if answer:
            yield fault, program.question, answer
            if fault == ALIEN:
                yield "asked", f"{program.question} Take it that: {answer.text}", answer


def is_on_page(program: Program) -> bool:
    """Whether the page has the operands of a program that has a value."""
    try:
        program.values()
    except ArithmeticError:
        return False
    numbers = [abs(Decimal(each.text.strip("$%").replace(",", ""))) for each in program.literals]
    return bool(numbers) and program.page.issuperset(numbers)


def main() -> None:
    """Print the table of shares by half, and what went wrong of the seen half on request."""
    directory, seed = Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "1"
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for program in programs(directory):
        half = HALVES[hashlib.sha256(program.name.split("/")[0].encode()).digest()[0] % 2]
        if not is_on_page(program):
            counts.setdefault("left out: not on the page", Counter())[half, "all"] += 1
            continue
        for kind, question, answer in answers(program, seed):
            computed, kept = outcome(answer, program, question)
            count = counts.setdefault(kind, Counter())
            count.update({(half, "all"): 1, (half, "computed"): computed, (half, "kept"): kept})
            if "-v" in sys.argv and half == "seen" and computed != kind.startswith("right"):
                print(f"{kind} | {program.name} | {answer.text!r} | {answer.result}")
    columns = [(half, name) for half in HALVES for name in ("all", "computed", "kept")]
    print(f"{'':28}" + "".join(f"{f'{half} {name}':>18}" for half, name in columns))
    for kind, count in counts.items():
        cells = [
            f"{count[half, name]}"
            if name == "all"
            else f"{count[half, name] / max(1, count[half, 'all']):.3f}"
            for half, name in columns
        ]
        print(f"{kind:28}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
