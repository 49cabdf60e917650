"""Reads every document once, names it, and judges all before any is sent."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from finrisk_rules.limits import TITLE_MAX
from finrisk_rules.postings import MOST_POSTINGS
from finrisk_rules.redaction import NOBODY, Names

from ..counts import number_of
from ..errors import FinriskError
from . import identity
from .catalog import Catalogs
from .document import Document, document
from .readers import pdf, spreadsheet, structured, text, web, word
from .readers.reading import UnreadableError
from .sources import Source

Tell = Callable[[int, int, str], None]

_READERS = {
    text.SUFFIXES: text.read,
    web.SUFFIXES: web.read,
    word.SUFFIXES: word.read,
    spreadsheet.SUFFIXES: spreadsheet.read,
}
_SHOWN = 5


@dataclass(frozen=True)
class Entry:
    """A document that was read: where it stands, its digest, and whether it brought its id."""

    where: str
    digest: str
    named: bool


@dataclass
class Intake:
    """The documents of a source, kept in a file without a name until they are sent."""

    entries: dict[str, Entry] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    names: Names = NOBODY
    """What redaction takes out of the documents, as the service does."""
    years: int = 0
    """Documents whose year is that of their folder or file name."""
    _texts: dict[str, list[Document]] = field(default_factory=dict)
    _places: dict[str, int] = field(default_factory=dict)
    _kept: IO[bytes] = field(default_factory=tempfile.TemporaryFile)

    def __enter__(self) -> Intake:
        """Use it in a with block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Forget the documents."""
        self._kept.close()

    def documents(self, names: list[str]) -> Iterator[Document]:
        """Yield the documents of these ids."""
        for name in names:
            self._kept.seek(self._places[name])
            values = json.loads(self._kept.readline())
            yield Document(**{**values, "labels": tuple(values["labels"])})

    def add(self, where: str, found: Document, named: bool) -> None:
        """Take a document, unless it repeats an id, or the text of another of the same company and year."""
        if found.id in self.entries:
            self.problems.append(
                f"{where} repeats the id {found.id!r} of {self.entries[found.id].where}"
                + ("" if named else "; give one of them an id in documents.csv")
            )
            return
        if first := self._equal(found):
            self.notes.append(f"{where} ({found.id}) holds the same text as {first} and is left out")
            return
        self._texts.setdefault(_text(found), []).append(replace(found, text=""))
        self.entries[found.id] = Entry(where, found.digest(self.names), named)
        self._places[found.id] = self._kept.seek(0, 2)
        self._kept.write(json.dumps(asdict(found)).encode() + b"\n")

    def _equal(self, found: Document) -> str | None:
        for first in self._texts.get(_text(found), []):
            if _agree(first.company, found.company) and _agree(first.year, found.year):
                return first.id
        return None

    def judge_sizes(self, names: list[str]) -> None:
        """Raise FinriskError as ``judge`` when the index does not take one of these, which are to be sent."""
        for each in self.documents(names):
            if postings := each.postings_too_many(self.names):
                self.problems.append(
                    f"{self.entries[each.id].where} has {postings:,} entries for the index (each different "
                    f"word, and pair of words, of a page is one), {MOST_POSTINGS:,} is the most; cut it into "
                    f"several documents (id {each.id!r})"
                )
        self.judge()

    def judge(self) -> None:
        """Raise FinriskError that names the first files and lines with what is wrong, and tells all of it."""
        if self.problems:
            more = f"; and {len(self.problems) - _SHOWN} more" if len(self.problems) > _SHOWN else ""
            raise FinriskError(
                f"{number_of(len(self.problems), 'document')} cannot be used and nothing was sent: "
                f"{'; '.join(self.problems[:_SHOWN])}{more}. Mend or remove them, then run it again",
                problems=self.problems,
            )


def take(source: Source, tell: Tell | None = None, names: Names = NOBODY) -> Intake:
    """Read a source's documents.

    Raises FinriskError when one of them is unusable, or a library that reads it is missing.
    """
    intake, catalogs = Intake(notes=source.notes(), names=names), Catalogs()
    tell = tell or (lambda _done, _total, _label: None)
    for number, path in enumerate(source.files):
        hear = partial(_hear, tell, number, len(source.files), path.name)
        try:
            for where, value, named in _documents(path, catalogs, intake, hear):
                found = str(value) if isinstance(value, UnreadableError) else document(value)
                if isinstance(found, Document):
                    intake.add(where, found, named)
                else:
                    intake.problems.append(f"{where} {found}{_named(value)}")
        except UnreadableError as error:
            intake.problems.append(f"{path} {error} (id {identity.identity(path)!r})")
        except (OSError, EOFError) as error:
            intake.problems.append(f"{path} cannot be read ({error})")
    intake.problems[:0] = catalogs.problems()
    intake.notes += catalogs.notes(source.place)
    if intake.years:
        intake.notes.append(
            f"{number_of(intake.years, 'document')} took the year of their folder or file name"
        )
    tell(len(source.files), len(source.files), "files read")
    intake.judge()
    return intake


def _hear(tell: Tell, done: int, total: int, name: str, page: int, pages: int) -> None:
    """Tell which file is read, and of a long one which page."""
    tell(done, total, f"files read, now {name}" + (f", page {page} of {pages}" if pages > 1 else ""))


def _documents(
    path: Path, catalogs: Catalogs, intake: Intake, hear: Callable[[int, int], None]
) -> Iterator[tuple[str, Any, bool]]:
    """Yield where each document of a file stands, what it says, and whether it brought its id."""
    name = path.name.lower()
    if not name.endswith(pdf.SUFFIXES):
        hear(1, 1)
    if name.endswith(structured.SUFFIXES):
        yield from ((where, value, True) for where, value in structured.read(path))
        return
    if name.endswith(pdf.SUFFIXES):
        reading = pdf.read(path, hear)
    else:
        reading = next(read for suffixes, read in _READERS.items() if name.endswith(suffixes))(path)
    intake.notes += [f"{path} {note}" for note in reading.notes]
    said = {**reading.said, **catalogs.said(path)}
    title = " ".join(str(said.get("title") or reading.title or path.stem).split())
    if "year" not in said and (year := identity.year(path)) is not None:
        said["year"] = year
        intake.years += 1
    yield (
        str(path),
        {
            **said,
            "id": said.get("id") or identity.identity(path),
            "title": title[:TITLE_MAX].strip(),
            "text": reading.text,
        },
        "id" in said,
    )


def _named(value: object) -> str:
    name = value.get("id") if isinstance(value, dict) else None
    return f" (id {name!r})" if isinstance(name, str) and name else ""


def _text(found: Document) -> str:
    """Return what equal texts have in common, however their lines are broken."""
    return hashlib.sha256(" ".join(found.text.split()).encode("utf-8", "surrogatepass")).hexdigest()


def _agree(one: object, other: object) -> bool:
    """Whether two could be the same; what is not said agrees with everything."""
    return one is None or other is None or one == other
