"""Two sources, and what the judge says of an answer that cites them."""

from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import FigureVerdict, JudgedSource
from finrisk_rules.page_facts import facts_of, stored

REPORT = """Consolidated results (in millions, except per share amounts)

| | Year ended December 31, 2023 | Year ended December 31, 2022 |
|---|---|---|
| Revenue | $4,502 | $4,310 |
| Cost of sales | 2,850 | 2,700 |
| Operating income (loss) | 612 | (48) |
| Research and development expenses | 395.4 | 388.1 |
| Operating margin | 13.6% | (1.1)% |
| Diluted earnings per share | $1.84 | $0.12 |

The backlog of the Marine segment stood at $958 million at the end of 2023. Litigation costs of $17 million
were paid to former suppliers in 2022. The pension plan was funded to 87.5%.
"""
OTHER = """Segments (in thousands)

| | 2023 |
|---|---|
| Northern region | 71,230 |
| Southern region | 66,415 |
"""


def source(text: str, title: str = "Annual report") -> JudgedSource:
    return JudgedSource(title, text, stored(facts_of(text)))


SOURCES = [source(REPORT), source(OTHER, "Segments")]


def verdicts(answer: str, question: str = "", sources: list[JudgedSource] = SOURCES) -> list[FigureVerdict]:
    return list(judge(question, answer, sources).figures)


def names(answer: str, question: str = "") -> list[str]:
    return [each.verdict for each in verdicts(answer, question)]
