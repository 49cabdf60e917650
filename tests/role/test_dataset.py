"""From an export to a training and a validation set."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.dataset import prepare as dataset
from finrisk_ops.dataset import vertex
from finrisk_ops.errors import FinriskError
from finrisk_rules.prompt import SYSTEM_INSTRUCTION, render
from tests.grounds.preparation import lines, prepare, sent, turns, write_raw
from tests.grounds.repository import SHARED
from tests.grounds.training_rows import row

METADATA_KEYS = (
    "created_at source total valid train_examples validation_examples preference_pairs train_split "
    "max_examples rejected redacted duplicates split made_by_tuned_model judge_versions verdicts "
    "strategy_chars analysis_chars tokens_estimated sides topics companies languages histograms readiness "
    "files"
).split()
LABELLED = SHARED / "data" / "training_rows.jsonl.gz"


def test_the_sets_are_vertex_jsonl_with_the_prompt_that_was_sent(tmp_path: Path) -> None:
    given = sent(3, "The ratio fell to 118 %.")
    write_raw(tmp_path, [row(3, prompt=given), *(row(number) for number in range(20, 40))])
    result = prepare(tmp_path)
    both = [*lines(result["training_file"]), *lines(result["validation_file"])]
    assert len(both) == 21
    for each in both:
        assert list(each) == ["systemInstruction", "contents"]
        assert each["systemInstruction"] == {"role": "system", "parts": [{"text": SYSTEM_INSTRUCTION}]}
        assert [turn["role"] for turn in each["contents"]] == ["user", "model"]
    prompts = {
        prompt: analysis
        for path in ("training_file", "validation_file")
        for prompt, analysis in turns(result[path])
    }
    assert prompts[given] == row(3)["analysis"]
    assert prompts[render(row(20)["strategy"], [])] == row(20)["analysis"]


def test_the_metadata_accounts_for_every_row_and_names_the_files(tmp_path: Path) -> None:
    raw = write_raw(
        tmp_path, [*(row(number) for number in range(60)), row(60, strategy="short"), row(1), b"{"]
    )
    result = prepare(tmp_path)
    metadata = json.loads(Path(result["metadata_file"]).read_text())
    assert list(metadata) == METADATA_KEYS
    assert metadata["created_at"] == "2026-11-01T08:00:00+00:00"
    assert metadata["source"]["file"] == raw.name
    assert metadata["rejected"] == {"duplicate": 1, "not_json": 1, "strategy_too_short": 1}
    assert metadata["total"] == metadata["valid"] + sum(metadata["rejected"].values()) == 63
    assert metadata["train_examples"] + metadata["validation_examples"] == metadata["valid"]
    assert metadata["train_examples"] == len(lines(result["training_file"]))
    assert metadata["max_examples"] is None
    assert sorted(metadata["strategy_chars"]) == ["max", "mean", "min", "p95"]
    assert all((tmp_path / name).is_file() for name in metadata["files"])
    assert all("20261101_080000" in name for name in metadata["files"])


def test_a_second_run_changes_no_byte_and_check_mode_announces_it(tmp_path: Path) -> None:
    write_raw(tmp_path, [row(number) for number in range(50)])
    announced = prepare(tmp_path, check_mode=True)
    assert announced["changed"]
    assert len(list(tmp_path.iterdir())) == 1
    first = prepare(tmp_path)
    assert {key: first[key] for key in ("valid", "rejected", "tokens_estimated")} == {
        key: announced[key] for key in ("valid", "rejected", "tokens_estimated")
    }
    before = {path.name: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()}
    assert prepare(tmp_path, check_mode=True)["changed"] is False
    assert prepare(tmp_path)["changed"] is False
    assert {path.name: (path.read_bytes(), path.stat().st_ino) for path in tmp_path.iterdir()} == before


def test_a_missing_file_of_the_four_is_written_again(tmp_path: Path) -> None:
    write_raw(tmp_path, [row(number) for number in range(30)])
    first = prepare(tmp_path)
    Path(first["metadata_file"]).unlink()
    assert prepare(tmp_path)["changed"]
    assert Path(first["metadata_file"]).is_file()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_split": 1.0}, "finrisk_train_split is 1: expected a share between 0 and 1"),
        ({"train_split": 0}, "finrisk_train_split is 0"),
        ({"train_split": 90}, "finrisk_train_split is 90"),
        ({"max_examples": -1}, "finrisk_max_examples is -1"),
        ({"raw_file": "/nowhere/raw.json"}, "finrisk_raw_file is /nowhere/raw.json, which is not a file"),
        ({}, "run playbooks/export.yml first"),
    ],
)
def test_a_wrong_value_is_named_before_anything_is_written(
    tmp_path: Path, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(FinriskError) as refused:
        prepare(tmp_path / "out", **changes)
    assert message in refused.value.message
    assert not (tmp_path / "out").exists()


def test_an_export_without_a_usable_row_says_why(tmp_path: Path) -> None:
    write_raw(tmp_path, [row(n, strategy="short") for n in range(3)])
    with pytest.raises(FinriskError, match="holds nothing to train on: 3 rows, 3 strategy_too_short"):
        prepare(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_pattern_names_the_newest_file_as_in_the_old_manual(tmp_path: Path) -> None:
    raw = write_raw(tmp_path, [row(n) for n in range(10)])
    raw.with_name("training_data_raw_20200101_000000.json").write_text("[]")
    assert prepare(tmp_path, raw_file=str(tmp_path / "training_data_raw_*.json"))["raw_file"] == str(raw)


def test_a_line_ends_only_where_the_example_ends() -> None:
    text = "one\u2028two\x85three\n\tfour\r\n"
    line = vertex.line(vertex.json_text("asked"), vertex.json_text(text)).decode()
    assert len(line.splitlines()) == 1
    assert "\t" not in line, "a tab parts the columns of the nameless file"
    assert json.loads(line)["contents"][1]["parts"][0]["text"] == text
    assert vertex.texts(line.encode()) == (SYSTEM_INSTRUCTION, "asked", text)


def test_a_text_is_written_as_json_writes_it() -> None:
    signs = "".join(map(chr, (*range(0x250), *range(0x2000, 0x2070), 0xFEFF, 0xFFFF, 0x1F600)))
    written = vertex.json_text(signs)
    assert json.loads(written) == signs
    plain = "".join(sign for sign in signs if sign not in "\x85\u2028\u2029")
    assert vertex.json_text(plain) == json.dumps(plain, ensure_ascii=False).encode()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_texts(tmp_path: Path) -> None:
    short, long = (peak_kib(tmp_path / str(words), words) for words in (10, 1000))
    assert long < short + 12_000, "the texts are 38 MB"


def peak_kib(folder: Path, sentences: int) -> int:
    """Return the most memory that preparing 1,500 rows takes, each answer of so many sentences."""
    folder.mkdir()
    raw = folder / "raw_20261101_080000.json"
    with raw.open("w") as file:
        for number in range(1_500):
            analysis = f"Case {number}. " + "Funding costs rose again. " * sentences
            file.write(json.dumps(row(number, analysis=analysis)) + "\n")
    code = (
        "import json, sys; from pathlib import Path; from finrisk_rules import redaction\n"
        "redaction.Redactor.redact = lambda self, text: redaction.Redacted(text, {})\n"
        "from finrisk_ops.dataset import prepare as dataset\n"
        "dataset.run(dataset.Request(sys.argv[1], Path(sys.argv[2]), 0.9, 0, 0.9), False)\n"
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(raw), str(folder)],
        cwd=Path(dataset.__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    return int(answer.stdout)


@pytest.mark.skipif(not LABELLED.is_file(), reason="the shared labelled rows are not here")
@pytest.mark.slow
def test_labelled_rows_come_out_as_their_labels_ask(tmp_path: Path) -> None:
    raw = tmp_path / "raw_20261101_080000.jsonl"
    score = [sys.executable, str(SHARED / "tools" / "score_prepare.py"), str(LABELLED)]
    subprocess.run([*score, "--raw", str(raw)], check=True)
    result = prepare(tmp_path, raw_file=str(raw))
    files = [result[f"{name}_file"] for name in ("training", "validation", "rejected", "metadata")]
    answer = subprocess.run([*score, *files], check=True, capture_output=True, text=True).stdout
    totals = json.loads(answer[answer.index("{") :])
    assert totals["mean_over_categories"] >= 0.98
    assert totals["invalid_lines"] == 0
    assert totals["source_documents_in_both_splits"] <= 2  # of 459, by what rows without sources quote
    with gzip.open(LABELLED, "rt") as labelled:
        assert result["total"] + 2 == sum(1 for _ in labelled)  # two of the lines are blank
