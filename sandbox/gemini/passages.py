"""Reads the prompt: its sources, its question, and the statements that a source is made of."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sandbox.gemini.categories import category_of
from sandbox.gemini.tables import is_table_line, rows

MARKED = re.compile(r"SOURCES (\S+)\n")  # the first line of a prompt whose texts stand between marks
NUMBER_ALONE = re.compile(r"\[(\d{1,4})\]")
SOURCES = re.compile(r"(?:^|\n)SOURCES\n")
QUESTION = re.compile(r"(?:^|\n)QUESTION\n")
HEADER = re.compile(r"^\[(\d{1,4})\] (.*)$", re.MULTILINE)
DOCUMENT = re.compile(r"^(.*?)\s*\(([^()]*)\)$")

NUMBERED = re.compile(r"^\(?(?:\d{1,2}|[a-z])(?:\.\d{1,2})*[.)]?\s+")
BULLET = re.compile(r"^\s*(?:[-*\u2022\u25aa\u2013]|\(?[a-z0-9]{1,2}[.)])\s+")
SENTENCE_END = re.compile(
    r"(?:(?<=[.!?])|(?<=[.!?][\"')\u201d\u2019]))\s+(?=[\"'(\u201c]?[A-Z0-9$\u20ac\u00a3])|(?<=\s[.!?;])\s+"
)
ABBREVIATION = re.compile(
    r"(?:^|[\s(])(?:[A-Z]|[Nn]o|[Vv]s|e\.g|i\.e|approx|Mr|Ms|Mrs|Dr|St|Fig|pp?|Jan|Feb|Mar|Apr|Jun|Jul|Aug|"
    r"Sept?|Oct"
    r"|Nov|Dec)\.$"
)
FIRM_OR_STATE = re.compile(r"(?:\b(?:Inc|Corp|Co|Ltd|plc|S\.A|N\.V|L\.P)|[Uu]\.[SsKk])\.?$")
STARTER = re.compile(
    r"^[\"'(]?(?:The|We|Our|It|Its|In|On|At|This|These|As|For|However|Under|During|If|A|An)\b"
)

WORD = re.compile(r"[a-z][a-z&'-]*[a-z]|\d[\d,.]*\d|\d")
NUMBER = re.compile(r"\d[\d,.]*")
YEAR = re.compile(r"\b(?:19|20)\d\d\b")
STOP_WORDS = frozenset(
    "a about above after all also an and any are as at be because been before being between both but by "
    "can could did do "
    "does during each for from further had has have how if in into is it its may might more most no not of "
    "off on or other "
    "our over own per shall should so some such than that the their them then there these they this those "
    "through to "
    "under up upon was we were what when where which while who why will with would you your us me my "
    "please show tell give "
    "explain describe summarise summarize analyse analyze assess discuss company firm report reported main "
    "key".split()
)
LONGEST = 700  # characters of a statement; a longer one is a list or a broken table
LONGEST_TITLE = 12  # words of a line without a full stop
FEWEST_WORDS = 5  # a shorter line is a heading or a fragment


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or table row of a source, with what the ranker needs to know of it."""

    text: str
    is_row: bool
    position: int
    terms: Mapping[str, int]
    figures: int
    years: frozenset[str]
    words: int
    length: float
    category: str


@dataclass(frozen=True, slots=True)
class Source:
    """One numbered source of the prompt."""

    number: int
    title: str
    document_id: str
    text: str

    def statements(self) -> tuple[Statement, ...]:
        """What can be copied out of this source."""
        return statements(self.text)


@dataclass(frozen=True, slots=True)
class Prompt:
    """The user turn, taken apart. A text without a SOURCES block is a question without sources."""

    sources: tuple[Source, ...]
    question: str


def parse(text: str) -> Prompt:
    """Take a prompt apart into its sources and its question, with marks or, as old rows have it, without."""
    marked = MARKED.match(text)
    return _marked(text, marked[1]) if marked else _unmarked(text)


def _marked(text: str, mark: str) -> Prompt:
    """Lines that end with the mark are the frame: a number or QUESTION opens a text, a bare mark ends it."""
    sources: list[Source] = []
    question, opened = "", ""
    lines: list[str] = []
    for line in text.split("\n"):
        if not line.endswith(mark):
            lines.append(line)
            continue
        word = line.removesuffix(mark).strip()
        number = NUMBER_ALONE.fullmatch(opened)
        if not word and number:
            title, document_id, *body = [*lines, "", ""]
            sources.append(
                Source(int(number[1]), title, document_id.strip(" ()"), "\n".join(body).strip("\n"))
            )
        elif not word and opened == "QUESTION":
            question = "\n".join(lines)
        opened, lines = word, []
    return Prompt(tuple(sources), question.strip())


def _unmarked(text: str) -> Prompt:
    start = SOURCES.search(text)
    end = QUESTION.search(text, start.end() - 1) if start else None
    if start is None or end is None:
        return Prompt((), text.strip())
    block = text[start.end() : end.start()]
    headers = list(HEADER.finditer(block))
    ends = [header.start() for header in headers[1:]] + [len(block)][: len(headers)]
    sources = tuple(
        _source(int(header[1]), header[2].strip(), block[header.end() : stop].strip("\n"))
        for header, stop in zip(headers, ends, strict=True)
    )
    return Prompt(sources, text[end.end() :].strip())


def _source(number: int, title: str, text: str) -> Source:
    named = DOCUMENT.match(title)
    return Source(number, named[1] if named else title, named[2] if named else "", text)


def terms(text: str) -> list[str]:
    """The content words and figures of a text, lower case, plural endings removed."""
    return [_stem(word) for word in WORD.findall(text.lower()) if word not in STOP_WORDS]


@lru_cache(maxsize=32768)
def _stem(word: str) -> str:
    word = word.removesuffix("'s")
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


@lru_cache(maxsize=2048)
def statements(text: str) -> tuple[Statement, ...]:
    """The sentences and table rows of a passage, in order; headings only name the section they open."""
    result: list[Statement] = []
    section = ""
    for kind, piece in _pieces(text):
        if kind == "heading":
            section = piece
        elif len(piece) <= LONGEST:
            result.append(_statement(piece, kind == "row", len(result), section))
    return tuple(result)


def _statement(text: str, is_row: bool, position: int, section: str) -> Statement:
    years = frozenset(YEAR.findall(text))
    numbers = [n.rstrip(".,") for n in NUMBER.findall(text)]
    words = terms(text)
    counts = Counter(words)
    return Statement(
        text=text,
        is_row=is_row,
        position=position,
        terms=counts,
        figures=sum(number not in years for number in numbers),
        years=years,
        words=len(words),
        length=math.sqrt(sum(n * n for n in counts.values())) or 1.0,
        category=category_of(text, section),
    )


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(`heading` | `sentence` | `row`, text) in the order of the passage."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        if is_table_line(lines[at]):
            first = at
            while at < len(lines) and is_table_line(lines[at]):
                at += 1
            yield from (("row", row) for row in rows(lines[first:at]))
            continue
        paragraph = lines[at].strip()
        at += 1
        while at < len(lines) and _continues(paragraph, lines[at]):
            paragraph = f"{paragraph} {lines[at].strip()}"
            at += 1
        yield from _of_paragraph(paragraph)


def _continues(paragraph: str, line: str) -> bool:
    """Whether `line` goes on with a sentence that was wrapped at the end of `paragraph`."""
    line = line.strip()
    if not paragraph or not line or is_table_line(line) or line.startswith("#") or BULLET.match(line):
        return False
    if paragraph.startswith("#") or paragraph[-1] in ".!?:;":
        return False
    return line[0].islower() or len(paragraph.rsplit("\n", 1)[-1]) >= 60


def _of_paragraph(paragraph: str) -> Iterator[tuple[str, str]]:
    if _is_heading(paragraph):
        yield "heading", paragraph.lstrip("# ").rstrip(" :")
        return
    for sentence in _sentences(BULLET.sub("", paragraph)):
        if len(WORD.findall(sentence.lower())) >= FEWEST_WORDS and not sentence.endswith(":"):
            yield "sentence", sentence


def _is_heading(line: str) -> bool:
    if line.startswith("#"):
        return True
    title = NUMBERED.sub("", line)
    return title[:1].isupper() and len(title.split()) <= LONGEST_TITLE and title[-1] not in ".!?;"


def _sentences(paragraph: str) -> list[str]:
    whole: list[str] = []
    for piece in SENTENCE_END.split(" ".join(paragraph.split())):
        if whole and _unfinished(whole[-1], piece):
            whole[-1] = f"{whole[-1]} {piece}"
        elif piece:
            whole.append(piece)
    return whole


def _unfinished(sentence: str, following: str) -> bool:
    if ABBREVIATION.search(sentence):
        return True
    return bool(FIRM_OR_STATE.search(sentence)) and not STARTER.match(following)
