"""Files that people bring: UTF-8 with or without a mark is read, other encodings are told by name."""

from __future__ import annotations

import gzip
import shlex
from pathlib import Path

import pytest

from finrisk_ops import text
from finrisk_ops.dataset import raw
from finrisk_ops.documents import intake
from finrisk_ops.documents.sources import source
from finrisk_ops.errors import FinriskError
from finrisk_ops.machine.files import read_json

WORDS = "Häuser, 70 % of €\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_utf8_is_read_with_and_without_a_mark(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(WORDS, encoding)
    assert text.read_text(path) == WORDS


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16LE"),
        ("utf-16-be", "UTF-16BE"),
        ("utf-32", "UTF-32"),
        ("cp1252", "WINDOWS-1252"),
    ],
)
def test_another_encoding_is_told_with_its_name_and_the_command_that_mends_it(
    tmp_path: Path, encoding: str, named: str
) -> None:
    path = tmp_path / "an annual report é.txt"
    path.write_bytes(("Risk of 70 " + WORDS).encode(encoding))
    with pytest.raises(FinriskError) as error:
        text.read_text(path)
    said = error.value.message
    assert said.startswith(f"{path} is ")
    assert f"iconv -f {named} -t UTF-8 '{path}' > NEW" in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("it's $HOME.json", ["iconv", "-f", "UTF-16LE", "-t", "UTF-8", "{}"]),
        ("it's.jsonl.gz", ["gzip", "-dc", "{}", "|", "iconv", "-f", "UTF-16LE", "-t", "UTF-8", "|", "gzip"]),
    ],
)
def test_the_command_that_mends_an_encoding_is_what_a_shell_reads_whatever_the_name(
    tmp_path: Path, name: str, words: list[str]
) -> None:
    path = str(tmp_path / name)
    command = text.is_foreign("UTF-16LE", Path(path)).partition(": ")[2].removesuffix(" makes one")
    assert shlex.split(command) == [*(word.format(path) for word in words), ">", "NEW"]


@pytest.mark.parametrize("content", [b"", b"{}", b"\x00", "é".encode(), b"a\x00\x00b"])
def test_what_may_be_utf8_is_no_other_encoding(content: bytes) -> None:
    assert text.foreign(content) == ""


def judged(folder: Path) -> int:
    """The number of documents of a folder, all of them usable."""
    with intake.take(source(folder)) as taken:
        taken.judge()
        return len(taken.entries)


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.json", "a.jsonl", "a.jsonl.gz"])
def test_a_document_in_utf16_is_named_and_one_with_a_mark_is_read(tmp_path: Path, name: str) -> None:
    content = '{"id": "a", "title": "t", "text": "Risk."}' if "json" in name else "# Risk\nRisk."
    turned = "gzip -dc .* [|] iconv" if name.endswith("gz") else "iconv"

    def write(encoding: str) -> None:
        packed = content.encode(encoding)
        (tmp_path / name).write_bytes(gzip.compress(packed) if name.endswith("gz") else packed)

    for encoding in ("utf-16", "utf-16-le"):
        write(encoding)
        with pytest.raises(FinriskError, match=rf"{name} is UTF-16(LE)?, expected UTF-8: {turned}"):
            judged(tmp_path)
    write("utf-8-sig")
    assert judged(tmp_path) == 1


def test_an_export_in_utf16_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "training_data_raw.json"
    path.write_text('[\n{"strategy": "s"}\n]\n', "utf-16")
    with pytest.raises(FinriskError, match="is UTF-16, expected UTF-8"):
        list(raw.read(path))


def test_a_json_file_that_an_editor_marked_is_read(tmp_path: Path) -> None:
    path = tmp_path / "dataset_metadata.json"
    path.write_text('{"a": 1}', "utf-8-sig")
    assert read_json(path) == {"a": 1}
