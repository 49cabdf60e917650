"""An export is read in pieces, and nothing of what is read tells where one ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from finrisk_ops.dataset import raw

BOM = b"\xef\xbb\xbf"
ROWS = [
    b'{"a": 1}',
    b"",
    b"{broken",
    b'{"a": "\xff"}',
    b'{"a": 1, "a": 2}',
    b'{"b": "' + b"x" * 60 + b'"}',
    b"3",
]
LAYOUTS = {
    "lines": BOM + b"\n".join(ROWS) + b"\n",
    "lines without an end": b"\r\n".join(ROWS),
    "an array, an element a line": b"[\n" + b",\n".join(filter(None, ROWS)) + b"\n]\n",
    "an array in one line": b'[{"a": 1}, {"a": 2}]',
    "a long line at the end": b"1\n" + b"2" * 90,
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rows_are_the_same_however_large_a_piece_is(
    layout: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(LAYOUTS[layout])
    monkeypatch.setattr(raw, "LINE_LIMIT", 50)
    rows = list(raw.read(path))
    for size in (1, 2, 10, 51, 52, 70):
        monkeypatch.setattr(raw, "_PIECE", size)
        assert list(raw.read(path)) == rows
        pieces = list(raw.pieces(path))
        assert pieces[-1].end == path.stat().st_size
    if layout == "lines":
        assert [line.problem or line.value for line in rows] == [
            {"a": 1},
            "not_json",
            "not_utf8",
            "repeated_key",
            "line_too_long",
            3,
        ]
        assert [line.number for line in rows] == [1, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(("digits", "problem"), [(50, None), (51, "line_too_long")])
@pytest.mark.parametrize("end", [b"", b"\n", b"\n4"])
def test_a_line_is_too_long_by_what_stands_before_its_end(
    digits: int, problem: str | None, end: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "export.json"
    path.write_bytes(b"1\n" + b"2" * digits + end)
    monkeypatch.setattr(raw, "LINE_LIMIT", 50)
    for size in (1, 40, 52, 1 << 18):
        monkeypatch.setattr(raw, "_PIECE", size)
        assert [line.problem for line in raw.read(path)][:2] == [None, problem]


@pytest.mark.parametrize("between", [",\n", ", "])
def test_a_piece_is_of_few_bytes_in_every_layout(between: str, tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text("[" + between.join(f'{{"a": "{"x" * 100_000}"}}' for _ in range(40)) + "]")
    sizes = [sum(1 for _ in raw.rows_of(piece)) for piece in raw.pieces(path)]
    assert sum(sizes) == 40
    assert max(sizes) <= 3
