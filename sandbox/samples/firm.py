"""A firm of the samples: its pages (``firms/NAME.md``) and questions on them (``strategies/NAME.txt``)."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
PAGE_HEADING = re.compile(r"^# (?P<year>\d{4}) p(?P<page>\d+) (?P<subject>.+)$", re.MULTILINE)
QUESTION_HEADING = re.compile(r"\[(?P<pages>\d{4}/p\d+(?: \d{4}/p\d+)*)\]")


@dataclass(frozen=True)
class Page:
    """One page of a firm's annual report."""

    document_id: str
    company: str
    ticker: str
    year: int
    page: int
    subject: str
    text: str

    @property
    def title(self) -> str:
        """The title that a reader sees beside a citation."""
        return f"{self.company} annual report {self.year}, page {self.page}: {self.subject}"


@dataclass(frozen=True)
class Question:
    """One strategy, and the pages that answer it."""

    text: str
    company: str
    ticker: str
    year: int
    expects: tuple[str, ...]


@dataclass(frozen=True)
class Firm:
    """An invented firm with its pages and the questions about them."""

    company: str
    ticker: str
    sector: str
    pages: tuple[Page, ...]
    questions: tuple[Question, ...]


@functools.cache
def firms() -> tuple[Firm, ...]:
    """Return all firms in the order of their file names. Raises ValueError naming a malformed file."""
    return tuple(_firm(path) for path in sorted((FOLDER / "firms").glob("*.md")))


def _firm(path: Path) -> Firm:
    _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
    facts = dict(line.split(": ", 1) for line in head.splitlines())
    company, ticker = facts["company"], facts["ticker"]
    pages = _pages(body, company, ticker)
    if not pages:
        raise ValueError(f"{path} holds no page; a page starts with `# YEAR pNUMBER Subject`")
    questions = _questions(FOLDER / "strategies" / f"{path.stem}.txt", pages)
    return Firm(company, ticker, facts["sector"], pages, questions)


def _pages(body: str, company: str, ticker: str) -> tuple[Page, ...]:
    headings = list(PAGE_HEADING.finditer(body))
    ends = [heading.start() for heading in headings[1:]] + [len(body)]
    return tuple(
        Page(
            document_id=f"sample:{ticker}/{heading['year']}/p{heading['page']}",
            company=company,
            ticker=ticker,
            year=int(heading["year"]),
            page=int(heading["page"]),
            subject=heading["subject"],
            text=body[heading.end() : end].strip() + "\n",
        )
        for heading, end in zip(headings, ends, strict=True)
    )


def _questions(path: Path, pages: tuple[Page, ...]) -> tuple[Question, ...]:
    """Read the questions; each stands on a line of its own under the pages that answer it."""
    by_place = {f"{page.year}/p{page.page}": page for page in pages}
    questions: list[Question] = []
    answering: list[Page] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        heading = QUESTION_HEADING.fullmatch(line)
        if heading:
            try:
                answering = [by_place[place] for place in heading["pages"].split()]
            except KeyError as error:
                raise ValueError(f"{path}:{number}: {error} is not a page of the firm") from None
        elif line.strip():
            if not answering:
                raise ValueError(f"{path}:{number}: a question stands before the first [YEAR/pNUMBER]")
            last = answering[-1]
            expects = tuple(page.document_id for page in answering)
            questions.append(Question(line.strip(), last.company, last.ticker, last.year, expects))
    return tuple(questions)
