"""How good an answer is, 0..1, explained part by part."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from finrisk_rules.companies import LEGAL_FORMS
from finrisk_rules.error_texts import is_error_text
from finrisk_rules.examples import problem_of_figures
from finrisk_rules.judge.citations import citations_of, without_citations
from finrisk_rules.judge.languages import reads_as
from finrisk_rules.judge.verdicts import JUDGE_VERSION, RIGHT, WRONG, JudgedSource, Judgement, Verdict
from finrisk_rules.judge.wording import says_something, words, words_among
from finrisk_rules.refusals import is_refusal
from finrisk_rules.sentences import is_whole

WEIGHTS = {"grounding": 0.3, "citations": 0.15, "relevance": 0.35, "structure": 0.1, "completeness": 0.1}
"""What each part counts for; they add up to 1."""

WRONG_FIGURE = 0.5
"""Factor of an answer with a wrong figure, beside what its share of right ones costs."""

OF_STATEMENT = 0.5
"""What a statement without figures counts for, where a figure counts 1."""

DISLIKED = 0.5
"""Factor of an answer that its reader rated -1."""
LIKED = 0.05
"""Added, up to 1, for an answer that its reader rated 1."""

MOST_TOLD = 20
"""Wrong figures that are kept as written."""

_HEADING = re.compile(r"^#{1,6} .+$", re.MULTILINE)
_YEAR = re.compile(r"(?:19|20)\d\d(?!\d)(?<!\d{5})")  # what begins with a look-back is tried at each place
_FIGURE = re.compile(r"\d[\d.,]*")
_ASKING = words(
    """assess analyse analyze based compare describe discuss evaluate explain find give given list provide
    review set show summarise summarize tell using year fiscal risk risks company figure figures report
    reported please analysieren bewerten beschreiben vergleichen nennen zeigen analyser evaluer decrire
    expliquer comparer analizar evaluar describir explicar comparar \u5206\u6790 \u8aac\u660e
    \u8bf4\u660e \u6bd4\u8f03 \u6bd4\u8f83 \u8a55\u4fa1 \u8bc4\u4f30"""
)
"""Words that ask, or that every question to this service has: they say nothing of the topic."""

_LEAST_WORDS = 4


@dataclass(frozen=True)
class QualityParts:
    """The parts of a score, each 0..1; ``refused``, wrong figures and ``rating`` act on the whole.

    ``verdicts`` is the number of figures of each verdict, ``unread_statements`` that of statements without
    figures of which nothing can be said; ``judge_version`` is whose verdicts they are, "" where the judge
    failed. Rows of before there were verdicts have none, and are of version 1.
    """

    grounding: float
    citations: float
    relevance: float
    structure: float
    completeness: float
    refused: bool
    rating: int | None = None
    ungrounded_figures: tuple[str, ...] = ()
    verdicts: Mapping[Verdict, int] = field(default_factory=dict)
    unread_statements: int = 0
    judge_version: str = "1"

    def as_dict(self) -> dict[str, object]:
        """The parts as they are stored in the row."""
        return dict(vars(self))


def score(parts: QualityParts) -> float:
    """The weighted sum of the parts, 0..1 to three places; 0 for a refusal.

    Halved for a wrong figure, and moved by the reader's rating.
    """
    if parts.refused:
        return 0.0
    total = sum(weight * float(getattr(parts, name)) for name, weight in WEIGHTS.items())
    if problem_of_figures(vars(parts)):
        total *= WRONG_FIGURE
    if parts.rating == -1:
        total *= DISLIKED
    elif parts.rating == 1:
        total = min(1.0, total + LIKED)
    return round(total, 3)


def rescored(stored: dict[str, object], rating: int) -> tuple[float, dict[str, object]]:
    """Score and parts of a stored answer after a rating."""
    values = {name: stored[name] for name in QualityParts.__dataclass_fields__ if name in stored}
    parts = QualityParts(**{**values, "rating": rating})  # type: ignore[arg-type]  # the row was written by as_dict
    return score(parts), parts.as_dict()


def quality_parts(
    answer: str, strategy: str, sources: Sequence[JudgedSource], judgement: Judgement | None
) -> QualityParts:
    """Return the parts of an answer's score; ``judgement`` is None where the judge failed."""
    companies = sorted({source.company for source in sources if source.company})
    said = judgement or Judgement(())
    statements = _statements(answer)
    return QualityParts(
        grounding=grounding(judgement),
        citations=_citations(answer, statements, len(sources)),
        relevance=_relevance(answer, statements, strategy, sources, companies),
        structure=_structure(answer, statements),
        completeness=_completeness(answer),
        refused=is_refusal(answer) or is_error_text(answer),
        ungrounded_figures=tuple(figure.text for figure in said.figures if figure.verdict in WRONG)[
            :MOST_TOLD
        ],
        verdicts=said.counts,
        unread_statements=said.unread,
        judge_version=JUDGE_VERSION if judgement else "",
    )


def grounding(judgement: Judgement | None) -> float:
    """The share of figures and of other statements that are right, of those that could be checked.

    A statement counts OF_STATEMENT of a figure: its words are checked, not what it says. 1 where there was
    nothing to check; 0 where the question alone brings the figures, or the judge failed.
    """
    if judgement is None:
        return 0.0
    counts = judgement.counts
    right = sum(counts.get(verdict, 0) for verdict in RIGHT) + OF_STATEMENT * judgement.supported
    wrong = sum(counts.get(verdict, 0) for verdict in WRONG)
    wrong_statements = judgement.statements - judgement.supported - judgement.unread
    if checked := right + wrong + OF_STATEMENT * wrong_statements:
        return right / checked
    return 0.0 if counts.get("asked") else 1.0


def _statements(answer: str) -> list[str]:
    """The answer's lines of substance: no headings, no table rules, no line of fewer than four words."""
    lines = _HEADING.sub("", answer).splitlines()
    return [line for line in lines if _is_long(line) and not set(line) <= set("|-: ")]


def _is_long(line: str) -> bool:
    """Whether a line has the words of a statement, parted by blanks or not."""
    return len(line.split()) >= _LEAST_WORDS or (not line.isascii() and len(words(line)) >= _LEAST_WORDS)


def _citations(answer: str, statements: Sequence[str], sources: int) -> float:
    """Share of the cited numbers that are of a source, times how near to 80 % of the statements are cited."""
    cited = citations_of(answer)
    if not cited or not statements:
        return 0.0
    valid = sum(1 <= number <= sources for number in cited) / len(cited)
    covered = sum(bool(citations_of(statement)) for statement in statements) / len(statements)
    return valid * min(1.0, covered / 0.8)


def _terms(text: str) -> frozenset[str]:
    """The content words and the figures of a text, in any script."""
    return words(text) | {figure.strip(".,") for figure in _FIGURE.findall(text)}


def _terms_among(terms: Set[str], text: str) -> frozenset[str]:
    """Those of these terms that a text has."""
    figures = {term for term in terms if term[0].isdecimal()}
    if any(figure in text for figure in figures):
        figures &= {figure.strip(".,") for figure in _FIGURE.findall(text)}
    else:
        figures = set()
    return words_among(terms - figures, text) | figures


def _terms_in_none(terms: frozenset[str], texts: Sequence[str]) -> frozenset[str]:
    """Those of these terms that no text has; texts of Latin letters are looked through as one."""
    whole = "\n".join(texts)
    for text in [whole] if whole.isascii() else texts:
        if not terms:
            break
        terms -= _terms_among(terms, text)
    return terms


def _relevance(
    answer: str,
    statements: Sequence[str],
    strategy: str,
    sources: Sequence[JudgedSource],
    companies: Sequence[str],
) -> float:
    """How far the answer speaks of what was asked, and of nothing else.

    Half: the share of the question's topic words that the answer takes up, where four fifths are full marks.
    Words that no source holds cannot be addressed by a grounded answer and are left out, unless the sources
    are in another language than the question. A quarter: the share of statements that take up two topic
    words; one that speaks of the sources alone does not count. A quarter: the companies and years asked
    about are named, by the answer or by the title of a source that it cites.
    """
    names = {company: words(company) - LEGAL_FORMS for company in companies}
    question = _terms(strategy) - _ASKING
    subjects = [name for name in names.values() if name and name <= question]
    subjects += [frozenset({year}) for year in _YEAR.findall(strategy)]
    topic = question.difference(*subjects)
    texts = [f"{source.title}\n{source.text}" for source in sources]
    if any(reads_as(strategy, text) for text in texts):
        topic -= _terms_in_none(topic, texts)
    said = {line: _terms(line) for line in answer.splitlines()}
    answered = frozenset().union(*said.values())
    addressed = len(topic & answered) / len(topic) if topic else 0.0
    focused = [len(topic & said[each]) >= min(2, len(topic)) for each in statements if _says_something(each)]
    focus = sum(focused) / len(focused) if focused and topic else 0.0
    cited = [sources[number - 1].title for number in citations_of(answer) if 1 <= number <= len(sources)]
    years = _YEAR.findall(" ".join([answer, *cited]))
    known = answered.union(years, *map(_terms, cited))
    named = sum(name <= known for name in subjects) / len(subjects) if subjects else 1.0
    return 0.5 * min(1.0, addressed / 0.8) + 0.25 * focus + 0.25 * named


def _says_something(statement: str) -> bool:
    """Whether a statement has a figure, or words of its own beside those about its sources."""
    return bool(_FIGURE.search(without_citations(statement))) or says_something(statement)


def _structure(answer: str, statements: Sequence[str]) -> float:
    """A heading is half, two or more statements are the other half."""
    return (0.5 if _HEADING.search(answer) else 0.0) + min(0.5, 0.25 * len(statements))


def _completeness(answer: str) -> float:
    """Long enough to say something (400 characters) and not cut in the middle of a sentence."""
    return 0.5 * min(1.0, len(answer.rstrip()) / 400) + (0.5 if is_whole(answer) else 0.0)
