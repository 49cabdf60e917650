"""The sample documents and strategies are many, distinct, answerable, and right in their figures."""

from __future__ import annotations

import gzip
import itertools
import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sandbox import samples
from sandbox.samples import __main__ as files
from sandbox.samples import firm as firm_files
from tests.grounds.repository import REPOSITORY

DOCUMENTS = {document["id"]: document for document in samples.documents()}
STRATEGIES = samples.strategies()
RISKS = {
    "market": r"market|price|rate|currency",
    "credit": r"credit",
    "liquidity": r"liquidity|borrow",
    "operational": r"outage|failure|claims handling|plant",
    "regulatory": r"regulator|supervisor|commission",
    "cyber": r"cyber|security|intruder|attack|password",
}
STOP_WORDS = set(
    "what which does from with that this have been were would could their them they when where there into "
    "than more most much many over under after before between against compare describe explain assess give "
    "state show list happened happens happen year years fiscal report page according based disclosed page "
    "filing figures look each both still compared relative using terms about through only other rest".split()
)


def blocks(text: str) -> list[str]:
    return [block for block in text.strip().split("\n\n") if block]


def tables(text: str) -> list[list[list[str]]]:
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines()]
        for block in blocks(text)
        if block.startswith("|")
    ]


def value(cell: str) -> float | None:
    """Return a table cell as a number, percentages included; None for text and for an empty cell."""
    found = re.fullmatch(r"(\()?-?\$?([\d,]+(?:\.\d+)?)(\))?%?", cell)
    if not found:
        return None
    number = float(found[2].replace(",", ""))
    return -number if found[1] or cell.startswith("-") else number


def shingles(text: str) -> set[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text.lower())
    return set(zip(tokens, tokens[1:], tokens[2:], strict=False))


def words(text: str) -> set[str]:
    """Return the content words, cut so that forms of one word agree."""
    return {word[:5] for word in re.findall(r"[a-z]{4,}", text.lower()) if word not in STOP_WORDS}


def test_there_are_enough_firms_pages_years_and_passages() -> None:
    assert len(samples.firms()) >= 12
    assert len({firm.sector for firm in samples.firms()}) == len(samples.firms())
    assert len(DOCUMENTS) == len(samples.documents()) >= 45
    assert {document["year"] for document in DOCUMENTS.values()} == {2022, 2023, 2024}
    assert sum(len(blocks(document["text"])) for document in DOCUMENTS.values()) >= 180


def test_every_risk_is_covered_by_several_firms() -> None:
    for pattern in RISKS.values():
        covering = {
            document["company"]
            for document in DOCUMENTS.values()
            if len(re.findall(pattern, document["text"], re.IGNORECASE)) >= 2
        }
        assert len(covering) >= 3, pattern


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_page_has_substantial_passages_that_hold_figures(document: dict[str, Any]) -> None:
    prose = [block for block in blocks(document["text"]) if not block.startswith("|")]
    assert 3 <= len(prose) <= 6
    for passage in prose:
        assert 50 <= len(passage.split()) <= 130, passage
        assert re.search(r"\d", passage), passage
    assert document["company"] in document["text"]
    assert document["title"].startswith(f"{document['company']} annual report {document['year']}, page ")


def test_half_of_the_pages_or_more_have_a_table() -> None:
    assert sum(bool(tables(document["text"])) for document in DOCUMENTS.values()) * 2 >= len(DOCUMENTS)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_tables_are_well_formed_markdown(document: dict[str, Any]) -> None:
    for block in blocks(document["text"]):
        lines = block.splitlines()
        assert len(lines) == 1 or all(line.startswith("| ") and line.endswith(" |") for line in lines)
    for table in tables(document["text"]):
        header, rule, *rows = table
        assert len(rows) >= 3
        assert {len(row) for row in table} == {len(header)}
        assert set(rule) == {"---"}
        assert all(row[0] for row in rows)
        assert len({row[0] for row in rows}) == len(rows)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)
def test_totals_in_tables_add_up_in_rows_and_columns(document: dict[str, Any]) -> None:
    for header, _, *rows in tables(document["text"]):
        for place, row in enumerate(rows):
            if row[0].startswith("Total"):
                for column in range(1, len(header)):
                    above = [value(other[column]) for other in rows[:place] if other[column]]
                    total = value(row[column])
                    if total is not None:
                        assert sum(number or 0.0 for number in above) == pytest.approx(total, abs=0.01), row
            if "Total" in header:
                parts = [value(cell) or 0.0 for cell in row[1 : header.index("Total")]]
                assert sum(parts) == pytest.approx(value(row[header.index("Total")]), abs=0.01), row


def test_no_two_passages_are_nearly_the_same() -> None:
    passages = [
        shingles(block)
        for document in DOCUMENTS.values()
        for block in blocks(document["text"])
        if not block.startswith("|")
    ]
    for one, other in itertools.combinations(passages, 2):
        assert len(one & other) <= 0.3 * len(one | other)


def test_there_are_enough_distinct_strategies_of_natural_length() -> None:
    texts = [strategy["strategy"] for strategy in STRATEGIES]
    assert len(set(texts)) == len(texts) >= 420
    assert min(map(len, texts)) >= 50
    assert 100 <= sum(map(len, texts)) / len(texts) <= 150
    openings = Counter(text.split()[0] for text in texts)
    assert len(openings) >= 60
    assert openings.most_common(1)[0][1] <= 0.3 * len(texts)


def test_no_two_strategies_are_nearly_the_same() -> None:
    sets = [(strategy["strategy"], shingles(strategy["strategy"])) for strategy in STRATEGIES]
    for (text, one), (other_text, other) in itertools.combinations(sets, 2):
        assert len(one & other) <= 0.8 * len(one | other), (text, other_text)


def test_a_strategy_stays_distinct_when_the_firm_is_left_out() -> None:
    bare = [
        (strategy["strategy"], shingles(strategy["strategy"].replace(strategy["company"], "")))
        for strategy in STRATEGIES
    ]
    for (text, one), (other_text, other) in itertools.combinations(bare, 2):
        assert len(one & other) <= 0.6 * len(one | other), (text, other_text)


def test_sixty_users_ask_unevenly_and_in_sessions() -> None:
    users = Counter(strategy["user_id"] for strategy in STRATEGIES)
    assert sorted(users) == [f"analyst-{number:02d}" for number in range(1, 61)]
    assert max(users.values()) >= 5 * min(users.values())
    sessions = Counter(strategy["session_id"] for strategy in STRATEGIES)
    assert max(sessions.values()) <= 5
    assert all(strategy["session_id"].startswith(strategy["user_id"]) for strategy in STRATEGIES)


@pytest.mark.parametrize("company", sorted({strategy["company"] for strategy in STRATEGIES}))
def test_every_strategy_names_firm_and_year_and_is_answered_by_its_pages(company: str) -> None:
    years = {document["year"] for document in DOCUMENTS.values() if document["company"] == company}
    asked = [strategy for strategy in STRATEGIES if strategy["company"] == company]
    assert len(asked) >= 20
    for strategy in asked:
        text = strategy["strategy"]
        pages = [DOCUMENTS[name] for name in strategy["expects"]]
        assert strategy["year"] in years
        assert company in text
        assert str(strategy["year"]) in text
        assert {page["company"] for page in pages} == {company}
        answer = " ".join(page["title"] + " " + page["text"] for page in pages)
        for figure in re.findall(r"\$?\d[\d,.]*\d%?|\d%?", text):
            assert figure in answer or re.fullmatch(r"20[123]\d", figure), (figure, text)
        subject = words(text.replace(company, ""))
        named = subject & words(answer)
        assert len(named) >= 2, (text, subject - named)
        assert len(named) >= 0.25 * len(subject), (text, subject - named)


def test_the_expected_page_fits_a_strategy_better_than_the_other_pages_of_the_firm() -> None:
    content = {name: words(page["title"] + " " + page["text"]) for name, page in DOCUMENTS.items()}
    spread = Counter(word for held in content.values() for word in held)
    best = 0
    for strategy in STRATEGIES:
        subject = words(strategy["strategy"].replace(strategy["company"], ""))
        candidates = [name for name in content if DOCUMENTS[name]["company"] == strategy["company"]]
        fit = {name: sum(1 / spread[word] for word in subject & content[name]) for name in candidates}
        best += max(candidates, key=lambda name: fit[name]) in strategy["expects"]
    assert best >= 0.95 * len(STRATEGIES)


def test_every_page_is_asked_about() -> None:
    asked = Counter(name for strategy in STRATEGIES for name in strategy["expects"])
    assert set(asked) == set(DOCUMENTS)
    assert min(asked.values()) >= 5


def test_the_samples_are_the_same_in_another_process_with_another_hash_seed() -> None:
    code = "import json; from sandbox import samples; print(json.dumps(samples.strategies()))"
    answers = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1]
    assert json.loads(answers[0]) == STRATEGIES


def test_the_files_have_the_format_of_finqa_mix_and_are_written_byte_for_byte_again(tmp_path: Path) -> None:
    assert files.main([str(tmp_path)]) == 0
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert files.main([str(tmp_path)]) == 0
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first
    assert sorted(first) == ["documents.jsonl.gz", "queries.jsonl.gz"]
    documents = [json.loads(line) for line in gzip.decompress(first["documents.jsonl.gz"]).splitlines()]
    assert {row["id"] for row in documents} == set(DOCUMENTS)
    assert set(documents[0]) == {"id", "source", "company", "ticker", "year", "page", "title", "text"}
    queries = [json.loads(line) for line in gzip.decompress(first["queries.jsonl.gz"]).splitlines()]
    assert [row["question"] for row in queries] == [strategy["strategy"] for strategy in STRATEGIES]
    assert {"id", "source", "question_scoped", "company", "ticker", "year", "gold_doc_ids"} <= set(queries[0])
    assert len({row["id"] for row in queries}) == len(queries)


def test_a_question_about_a_page_that_is_missing_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "firms").mkdir()
    (tmp_path / "strategies").mkdir()
    (tmp_path / "firms" / "a.md").write_text(
        "---\ncompany: A\nticker: AA\nsector: none\n---\n\n# 2024 p1 Subject\n\nText.\n"
    )
    (tmp_path / "strategies" / "a.txt").write_text("[2024/p1]\nWhat?\n[2024/p2]\nWhy?\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(firm_files, "FOLDER", tmp_path)
        firm_files.firms.cache_clear()
        with pytest.raises(ValueError, match=r"a\.txt:3: '2024/p2' is not a page of the firm"):
            firm_files.firms()
    firm_files.firms.cache_clear()
