"""The documents that an operator wants indexed, read from files as the service will see them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any, cast

from finrisk_rules.documents import digest
from finrisk_rules.limits import COMPANY_MAX, IDENTIFIER_MAX, TEXT_MAX, TITLE_MAX, YEARS
from finrisk_rules.redaction import redact
from finrisk_rules.storable import is_one_line, is_storable

from ..counts import number_of
from ..errors import FinriskError
from ..text import ENCODING, LOOK, foreign, is_foreign, is_no_utf8

SUFFIXES = (".md", ".txt", ".json", ".jsonl", ".jsonl.gz")

_COLLECTION = ("documents.jsonl.gz", "documents.jsonl")
_HEADING = re.compile(r"^#{1,6}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)
_SHOWN = 5


@dataclass(frozen=True)
class Document:
    """A document to index; form feeds in the text separate its pages."""

    id: str
    title: str
    text: str
    company: str | None = None
    year: int | None = None

    def digest(self) -> str:
        """Return the SHA-256 that the service shows for this document once it holds it."""
        return digest(redact(self.title).text, self.company, self.year, redact(self.text).text)

    def body(self) -> dict[str, Any]:
        """Return it as the service takes it."""
        fields = {"id": self.id, "title": self.title, "company": self.company, "year": self.year}
        return {**{name: value for name, value in fields.items() if value is not None}, "text": self.text}


def paths(source: Path) -> list[Path]:
    """Return the files that hold documents: the file itself, or those of the folder in order.

    A folder with ``documents.jsonl.gz`` is a collection whose other files are not documents. Raises
    FinriskError when there are none.
    """
    if source.is_file():
        if not source.name.endswith(SUFFIXES):
            raise FinriskError(
                f"finrisk_documents is {source}: expected a folder or a file of {', '.join(SUFFIXES)}"
            )
        return [source]
    if not source.is_dir():
        raise FinriskError(f"finrisk_documents is {source}, which does not exist; name a folder or a file")
    for name in _COLLECTION:
        if (source / name).is_file():
            return [source / name]
    files = sorted(
        path
        for path in source.rglob("*")
        if path.name.endswith(SUFFIXES) and path.is_file() and not _is_hidden(path.relative_to(source))
    )
    if not files:
        raise FinriskError(f"{source} holds no documents: none of its files ends in {', '.join(SUFFIXES)}")
    return files


def read(source: Path) -> Iterator[Document]:
    """Yield the documents of a checked source in order."""
    for where, item in _items(source):
        if isinstance(item, Document):
            yield item
        else:
            raise FinriskError(f"{where} {item}; the files changed while they were read, run it again")


def check(source: Path) -> dict[str, str]:
    """Return id and digest of every document, after looking at all of them.

    Raises FinriskError that names the first files and lines with no id or text, a repeated id, wrong types,
    or bytes that are not UTF-8.
    """
    digests: dict[str, str] = {}
    problems: list[str] = []
    for where, item in _items(source):
        if not isinstance(item, Document):
            problems.append(f"{where} {item}")
        elif item.id in digests:
            problems.append(f"{where} repeats the id {item.id!r}")
        else:
            digests[item.id] = item.digest()
    if problems:
        more = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise FinriskError(
            f"{number_of(len(problems), 'document')} cannot be used and nothing was sent: "
            f"{'; '.join(problems[:_SHOWN])}{more}. Mend or remove them, then run it again",
            problems=problems,
        )
    return digests


def _items(source: Path) -> Iterator[tuple[str, Document | str]]:
    """Yield where each document stands, with the document or what is wrong with it."""
    base = source if source.is_dir() else source.parent
    for path in paths(source):
        try:
            if encoding := _foreign(path):
                yield str(path), is_foreign(encoding, path)
            elif path.name.endswith((".md", ".txt")):
                yield str(path), _plain(path, base)
            else:
                yield from _structured(path)
        except UnicodeDecodeError as error:
            yield str(path), is_no_utf8(error, path)
        except (OSError, EOFError) as error:
            yield str(path), f"cannot be read ({error})"


def _opened(path: Path) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path) if path.suffix == ".gz" else path.open("rb"))


def _foreign(path: Path) -> str:
    with _opened(path) as file:
        return foreign(file.read(LOOK))


def _plain(path: Path, base: Path) -> Document | str:
    text = path.read_text(encoding=ENCODING)
    heading = _HEADING.search(text) if path.suffix == ".md" else None
    title = heading[1] if heading else path.stem
    name = path.relative_to(base).with_suffix("").as_posix()
    return _document({"id": name, "title": title[:TITLE_MAX], "text": text})


def _structured(path: Path) -> Iterator[tuple[str, Document | str]]:
    if path.suffix == ".json":
        try:
            values = json.loads(path.read_text(encoding=ENCODING))
        except UnicodeDecodeError:
            raise
        except (ValueError, RecursionError) as error:
            yield str(path), f"is not JSON ({error})"
            return
        if isinstance(values, dict) and isinstance(values.get("documents"), list):
            values = values["documents"]
        items = values if isinstance(values, list) else [values]
        yield from ((f"{path} item {n}", _document(value)) for n, value in enumerate(items, start=1))
        return
    with _opened(path) as file, TextIOWrapper(file, encoding=ENCODING) as lines:
        yield from _json_lines(str(path), lines)


def _json_lines(name: str, lines: Iterable[str]) -> Iterator[tuple[str, Document | str]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield f"{name} line {number}", _document(json.loads(line))
        except (ValueError, RecursionError) as error:
            yield f"{name} line {number}", f"is not JSON ({error})"


def _document(value: object) -> Document | str:
    """Return the document, or what is wrong with it as the rest of a sentence."""
    if not isinstance(value, dict):
        return "is not an object with id, title and text"
    name, text = value.get("id"), value.get("text")
    title, company, year = value.get("title") or name, value.get("company"), value.get("year")
    if not isinstance(name, str) or not 1 <= len(name) <= IDENTIFIER_MAX:
        return f"has no id of 1 to {IDENTIFIER_MAX} characters"
    if not isinstance(text, str) or not text.strip():
        return "has no text"
    if len(text) > TEXT_MAX:
        return (
            f"has a text of {len(text):,} characters, {TEXT_MAX:,} is the most; cut it into several documents"
        )
    if not isinstance(title, str) or not 1 <= len(title.strip()) <= TITLE_MAX:
        return f"has no title of 1 to {TITLE_MAX} characters"
    if company is not None and (not isinstance(company, str) or len(company.strip()) > COMPANY_MAX):
        return f"has a company that is not a text of 1 to {COMPANY_MAX} characters"
    if isinstance(year, str) and year.isascii() and year.isdigit():
        year = int(year[:5])
    if year is not None and (not isinstance(year, int) or isinstance(year, bool) or year not in YEARS):
        return f"has the year {year!r}, expected {YEARS.start} to {YEARS.stop - 1}"
    title, company = title.strip(), (company or "").strip() or None
    if not all(map(is_storable, (name, title, text, company or ""))):
        return "holds a NUL or half of a surrogate pair"
    if not all(map(is_one_line, (name, title, company or ""))):
        return "holds a control character or a line break in its id, title or company"
    return Document(name, title, text, company, year)


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
