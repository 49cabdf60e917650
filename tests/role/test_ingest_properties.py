"""What holds of any folder and any file: ids, and readers that take a file whole or say why not."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from finrisk_ops.documents.catalog import catalog
from finrisk_ops.documents.front_matter import front_matter
from finrisk_ops.documents.readers import pdf, spreadsheet, text, web, word
from finrisk_ops.documents.readers.reading import Reading, UnreadableError
from finrisk_ops.errors import FinriskError
from tests.grounds.library import taken

NAMES = st.text("ab cé-_.2025", min_size=1, max_size=6).map(str.strip).filter(lambda name: name.strip(". "))
PATHS = st.lists(NAMES.filter(lambda name: name[0] not in ".~"), min_size=1, max_size=5)


@settings(max_examples=60)
@given(st.lists(PATHS, min_size=1, max_size=6))
def test_whichever_folder_is_named_a_file_has_one_id_and_two_files_never_share_one(
    paths: list[list[str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "filings"
        written = _write(root, paths)
        try:
            everything = _ids(root)
        except FinriskError as refused:
            if "repeats the id" not in refused.message:
                raise
            return
        assert len(everything) == len(written)
        for path in written:
            below = [parent for parent in path.parents if parent == root or root in parent.parents]
            for place in (path, *below):
                assert _ids(place).items() <= everything.items()


def _write(root: Path, paths: list[list[str]]) -> set[Path]:
    """Write a text of its own at each of the paths that can be one."""
    written = set()
    for number, parts in enumerate(paths):
        path = root.joinpath(*parts[:-1], f"{parts[-1]}.txt")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"Text {number} of this folder.")
        except OSError:  # a file stands where a folder would, or the reverse
            continue
        written.add(path)
    return written


def _ids(place: Path) -> dict[str, str]:
    """Return the id of each text that is read from a place."""
    return {document.text: document.id for document in taken(place)}


TAGS = st.sampled_from(
    "<table>|</table>|<tr>|<td colspan=3>|<td rowspan=0>|<td colspan=99999>|<th>|</td>|<p>|</div>|<ul>|"
    "<!--|-->|<script>|</script>|&nbsp;|&#xd800;|&bogus;|<br>|<hr style='break-before: page'>".split("|")
)
HTML = st.lists(TAGS | st.text(max_size=10), max_size=40).map("".join)


@given(HTML)
def test_any_web_page_is_read_or_refused(page: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=".html") as file:
        Path(file.name).write_bytes(page.encode("utf-8", "surrogatepass"))
        _read_or_refused(web.read, Path(file.name))


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"%PDF-1.7\n", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_any_bytes_are_read_or_refused_whatever_their_name_says(content: bytes, start: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(start + content)
        for read in (pdf.read, word.read, spreadsheet.read, web.read, text.read):
            _read_or_refused(read, Path(file.name))
        catalog(Path(file.name))


def _read_or_refused(read: object, path: Path) -> None:
    assert callable(read)
    with contextlib.suppress(UnreadableError):
        assert isinstance(read(path), Reading)


@given(st.text(), st.lists(st.text("---\n:[],#abc \"'", max_size=20), max_size=8).map("\n".join))
def test_a_front_matter_loses_nothing_of_a_text_without_one(text: str, head: str) -> None:
    found = front_matter(f"---\n{head}\n---\n{text}")
    assert text.lstrip("\n") in found.text
