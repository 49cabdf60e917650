"""Questions to tables: how they are read, that base errs now and then, and that tuning mends it."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from sandbox.gemini import attention_fitting
from sandbox.gemini.attention import BASE, Attention, fill
from sandbox.gemini.blanks import Blank, Entry, lookup
from sandbox.gemini.example import Example
from sandbox.gemini.extractive import answer
from sandbox.gemini.knowledge import Knowledge
from sandbox.gemini.passages import parse
from sandbox.gemini.sayings import sayings
from sandbox.gemini.training import main

FIRMS = ("Aldermoor Water", "Birchwick Rail", "Cinderby Glass", "Dovecote Mills")
OTHER_FIRMS = ("Elmhurst Ports", "Fennimore Steel", "Gorsedene Foods")
LABELS = (
    "Trade receivables", "Lease liabilities", "Deferred tax assets", "Deferred tax liabilities",
    "Provision for claims", "Net interest income", "Operating lease expense", "Loans past due",
)  # fmt: skip
OTHER_LABELS = (
    "Pension obligation", "Cash held in escrow", "Inventory of spare parts", "Reserve for returns",
    "Reserve for warranties", "Customer deposits", "Goodwill of subsidiaries", "Fuel hedges",
)  # fmt: skip


def table(dice: random.Random, labels: Sequence[str], years: Sequence[int], section: str) -> str:
    """A table whose figures are all different, so that a figure names its cell."""
    rows = [
        f"| {label} | "
        + " | ".join(f"{dice.randint(100, 999)},{dice.randint(100, 999)}" for _ in years)
        + " |"
        for label in dice.sample(labels, 5)
    ]
    heads = " | ".join(dice.choice(("{}", "December 31, {}", "Year ended {}")).format(year) for year in years)
    return "\n".join([f"| {section} ($ thousands) | {heads} |", "| --- " * (len(years) + 1) + "|", *rows])


def prompt(dice: random.Random, firms: Sequence[str], labels: Sequence[str]) -> str:
    """A question on one row and one or two years of a firm, whose page stands beside that of another firm."""
    firm, other = dice.sample(firms, 2)
    year = dice.randint(2018, 2024)
    asked = table(dice, labels, (year, year - 1, year - 2), "Position at year-end")
    label = dice.choice(asked.splitlines()[2:]).split("|")[1].strip()
    period = dice.choice((f"{year}", f"{year - 1}", f"{year - 2}", f"{year - 1} and {year}"))
    beside = table(dice, labels, (year, year - 1), "Movements and balances")
    blocks = [f"[1] {firm} report {year} (doc-1)\n{asked}", f"[2] {other} report {year} (doc-2)\n{beside}"]
    question = f"{firm} {year}: what does the {year} report of {firm} give as {label} for {period}?"
    return "SOURCES\n" + "\n\n".join(blocks) + f"\n\nQUESTION\n{question}"


def prompts(seed: int, number: int, firms: Sequence[str], labels: Sequence[str]) -> list[str]:
    dice = random.Random(seed)  # noqa: S311 - test data
    return [prompt(dice, firms, labels) for _ in range(number)]


def is_right(blank: Blank, entry: Entry) -> bool:
    figure = entry.cell.figure
    return figure.label == blank.label and blank.period in figure.head


def right(text: str, attention: Attention) -> list[bool]:
    """For each blank of a prompt, whether the cell that fills it says what the statement says."""
    asked = lookup(parse(text))
    return [is_right(blank, fill(asked, blank, attention)) for group in asked.blanks for blank in group]


def share_right(texts: Sequence[str], attention: Attention) -> float:
    every = [each for text in texts for each in right(text, attention)]
    return sum(every) / len(every)


def examples(texts: Sequence[str]) -> list[Example]:
    """What base answers, as the loop keeps it: only answers without a wrong figure."""
    return [Example(text, answer(text), 10, 10, 2) for text in texts if all(right(text, BASE))]


def fitted(train: Sequence[Example], epochs: int = 5) -> Attention:
    return list(attention_fitting.epochs(attention_fitting.lessons(train), BASE, epochs, 1.0))[-1]


TRAINING = examples(prompts(1, 160, FIRMS, LABELS))
HELD_OUT = prompts(2, 150, OTHER_FIRMS, OTHER_LABELS)


def test_base_takes_a_wrong_cell_in_one_to_three_of_ten_questions() -> None:
    questions = [all(right(text, BASE)) for text in HELD_OUT]
    assert 0.1 <= questions.count(False) / len(questions) <= 0.35


def test_fitted_on_kept_pairs_it_takes_the_right_cells_of_other_firms_and_rows() -> None:
    assert share_right(HELD_OUT, fitted(TRAINING)) >= max(0.95, share_right(HELD_OUT, BASE) + 0.1)


def test_fitted_on_the_answers_of_other_questions_it_learns_nothing() -> None:
    answers = [example.answer for example in TRAINING[1:] + TRAINING[:1]]
    shuffled = [Example(one.prompt, text, 10, 10, 2) for one, text in zip(TRAINING, answers, strict=True)]
    assert share_right(HELD_OUT, fitted(shuffled)) <= share_right(HELD_OUT, BASE) + 0.05


def test_fitted_on_wrong_answers_too_it_learns_less() -> None:
    texts = prompts(1, 160, FIRMS, LABELS)
    blind = fitted([Example(text, answer(text), 10, 10, 2) for text in texts])
    assert blind.as_json()["period"] < fitted(TRAINING).as_json()["period"]


def test_what_it_learns_is_to_look_at_row_and_period() -> None:
    learnt, base = fitted(TRAINING).as_json(), BASE.as_json()
    assert learnt["period"] > base["period"] + 0.5
    assert learnt["row"] > base["row"] + 0.5
    assert learnt["other_period"] < base["other_period"]


def test_the_same_pairs_give_the_same_weights_and_others_give_others() -> None:
    assert fitted(TRAINING) == fitted(TRAINING) != fitted(TRAINING[:40])


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_pair_or_two_move_the_weights_a_little_only(number: int) -> None:
    moved = zip(fitted(TRAINING[:number]).values, BASE.values, strict=True)
    assert max(abs(after - before) for after, before in moved) <= 0.5 * number


def test_the_fitting_process_reports_what_it_gained_and_stores_what_it_learnt(tmp_path: Path) -> None:
    rows = [
        {
            "contents": [
                {"role": "user", "parts": [{"text": one.prompt}]},
                {"role": "model", "parts": [{"text": one.answer}]},
            ]
        }
        for one in TRAINING
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    spec = {"training": str(tmp_path / "rows.jsonl"), "validation": None, "epochs": 5, "multiplier": 1.0}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    assert main([str(tmp_path / "spec.json")]) == 0
    result = json.loads((tmp_path / "epoch-5.json").read_text())
    assert Knowledge.from_json(result).attention == fitted(TRAINING)
    assert result["figures"]["tuned"] >= result["figures"]["start"] > 0.5


def test_a_model_of_before_that_knows_nothing_of_cells_looks_at_them_as_base_does() -> None:
    assert Knowledge.from_json({"weights": {"overlap": 2.0}, "bias": 0.1}).attention == BASE


BANK = """| Funding ($ millions) | 2024 | 2023 | 2022 |
| --- | --- | --- | --- |
| Time deposits | 4,100 | 5,200 | 5,000 |
| Wholesale funding | (618) | 1,054 | 901 |
| Share of insured deposits | 38% | 41% | 40% |"""


def said(question: str, *texts: str, attention: Attention | None = None) -> list[str]:
    sources = "\n\n".join(f"[{n}] Firm 2024 ({n})\n{text}" for n, text in enumerate(texts, 1))
    asked = lookup(parse(f"SOURCES\n{sources}\n\nQUESTION\n{question}"))
    return [saying.text for saying in sayings(asked, attention or fitted(TRAINING))]


@pytest.mark.parametrize(
    ("question", "figures"),
    [
        ("How much were time deposits in 2023?", ["Time deposits", "5,200 million", "2023"]),
        ("Firm 2024: what was the wholesale funding?", ["Wholesale funding", "(618) million", "2024"]),
        ("What share of insured deposits was there in 2022?", ["Share of insured deposits", "40%", "2022"]),
        (
            "How did time deposits change from 2023 to 2024?",
            [
                "fell from 5,200 million in 2023 to 4,100 million",
                "a change of 4,100 - 5,200 = -1,100 [1]",
            ],
        ),
        (
            "What was the average of wholesale funding from 2022 to 2024, in 2022, 2023 and 2024?",
            ["901 million in 2022, 1,054 million in 2023 and", "(901 + 1,054 + (-618)) / 3 = 445.67 [1]"],
        ),
        (
            "What is the percentage change of time deposits from 2022 to 2023?",
            ["rose from 5,000 million", "a change of (5,200 - 5,000) / 5,000 = 4.00% [1]"],
        ),
    ],
)
def test_a_question_to_a_table_is_answered_by_single_figures(question: str, figures: list[str]) -> None:
    (text,) = said(question, BANK)
    assert [part for part in figures if part not in text] == []
    assert text.endswith("[1]")


def test_each_row_and_each_year_that_is_asked_for_has_its_figure() -> None:
    told = said("What were time deposits and wholesale funding in 2022, 2023 and 2024?", BANK)
    assert len(told) == 6
    assert all(value in " ".join(told) for value in ("4,100", "5,200", "5,000", "(618)", "1,054", "901"))


def test_a_column_that_is_no_year_is_named() -> None:
    sales = (
        "| Sales ($ million) | Europe | Asia |\n| --- | --- | --- |\n| Pumps | 41 | 7 |\n| Valves | 9 | 8 |"
    )
    assert said("What were the sales of valves in Asia?", sales) == ["Valves, Asia: 8 million [1]"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "No table at all, and 12 figures of 2024.",
        "|",
        "| | |\n|---|\n||||\n| a |\n| funding | 2024 | 5 | 6 | 7 |",
        "| funding |\n| --- |\n| 2024 |",
        "| funding | \ud800 | 2024 |\n| --- | --- | --- |\n| funding \ud800 | 5 | 6 |",
        "| funding | 2024 |\n| --- | --- |\n| funding | " + "9" * 5000 + " |\n| funding % | 1 |",
        "| funding | 2024 | 2023 |\n| --- | --- | --- |\n| funding | 0 | 0 |\n| funding | - | n/a |",
        "| التمويل | ٢٠٢٤ |\n| --- | --- |\n| التمويل funding | 5 |",
        "\n".join(["| funding | 2024 | 2023 |", "| --- | --- | --- |", *["| funding | 1 | 2 |"] * 10_000]),
        "| " * 20_000 + "funding | 2024 |",
        "<table><tr><td>funding<td>2024</table>\n| <b>funding</b> | 5 |\n| --- | --- |\n| [1] | [2] |",
    ],
)
def test_odd_tables_and_answers_never_raise(text: str) -> None:
    question = "What was the percentage change of funding from 2023 to 2024?"
    asked = f"SOURCES\n[1] Firm 2024 (a)\n{text}\n\nQUESTION\n{question}"
    assert answer(asked).startswith("# Extract of")
    replies = [answer(asked), text, "- funding, 2024: 5 [1]", "- funding 2024 2023 [1][9999] 5 5 5", "[1]"]
    taught = [Example(asked, reply or ".", 1, 1, 2) for reply in replies]
    assert len(fitted(taught).values) == len(BASE.values)
