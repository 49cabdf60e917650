"""What a request does with its texts, done before the first one, which else waits for patterns.

English stands for all languages: a pattern of another one is compiled when its first text comes.
"""

import logging

from finrisk import quality
from finrisk_rules.examples import problem, problem_of_sources, version_of_rules
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.lexemes import query_lexemes
from finrisk_rules.page_facts import facts_of, stored
from finrisk_rules.prompt import Source, render
from finrisk_rules.redaction import Redactor

FIRM = "Corvane Bank"
QUESTION = "How did net revenue and the cost ratio of Corvane Bank develop in 2024, and what caused it?"
PAGE = (
    "Net revenue of Corvane Bank rose by 4.5 % to $412.3 million in 2024, because deposits grew from "
    "$1,958 million to $2,015 million. The cost ratio fell by 120 basis points to 57.9 %.\n\n"
    "| In $ million | 2024 | 2023 |\n| --- | --- | --- |\n"
    "| Net revenue | 412.3 | 394.5 |\n| Operating costs | 238.7 | (233.2) |\n| Deposits | 2,015 | 1,958 |\n"
)
ANSWER = (
    "Net revenue of Corvane Bank rose from $394.5 million in 2023 to $412.3 million in 2024, an increase of "
    "4.5 % or $17.8 million [1]. Operating costs were $238.7 million, which is 57.9 % of net revenue, and "
    "deposits increased by more than $50 million to $2.0 billion [1].\n\n"
    "- **Deposits**: $2,015 million at 31 December 2024, the highest of both years (2023: 1,958) [1].\n"
    "- The average of both years was (412.3 + 394.5) / 2 = 403.4.\n\n"
    "| In $ million | 2024 | 2023 |\n| --- | --- | --- |\n| Net revenue | 412.3 | 394.5 |\n\n"
    "A withdrawal of half of the deposits would take the ratio to 104 %, above the minimum of 100 %, up from "
    "57.9 % a year earlier, because $12 million left in the fourth quarter. However, costs fell to "
    "$290 million [1]. In summary, deposits drove the growth, as the report states."
)
LETTER = f"Account holder Jane Roe, call +44 20 7946 0958 or write to jane.roe@example.com. {ANSWER}"


def rehearse() -> None:
    """Do what an ordinary request does with its texts; once it was done, it takes milliseconds.

    A defect of the judge or the redactor costs time and a line in the log here: a request says it by itself.
    """
    try:
        _rehearse()
    except Exception:
        logging.getLogger("finrisk").exception(
            "the rehearsal failed; the first requests take longer", extra={"event": "rehearsal_failed"}
        )


def _rehearse() -> None:
    redactor = Redactor()
    for text in (QUESTION, ANSWER, LETTER):
        redactor.redact(text)
    query_lexemes(QUESTION)
    page = JudgedSource(FIRM, PAGE, stored(facts_of(PAGE)), FIRM, 2024)
    quality.quality_parts(ANSWER, QUESTION, [page], judge(QUESTION, ANSWER, [page]))
    source = Source("corvane-2024", FIRM, PAGE)
    prompt = render(QUESTION, [source])
    problem(QUESTION, ANSWER, [source])
    problem_of_sources([source])
    version_of_rules(QUESTION, ANSWER, prompt)
