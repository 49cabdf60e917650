"""What makes a strategy and its analysis a usable training example.

Collection, export and prepare ask the same function, so that every count an operator sees is of rows
that can be trained on.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from finrisk_rules.digests import digest
from finrisk_rules.emptiness import says_nothing
from finrisk_rules.endings import is_unfinished
from finrisk_rules.error_texts import is_error_text
from finrisk_rules.instructions import gives_order, looks_like_instruction, may_hold_order
from finrisk_rules.judge.verdicts import WRONG
from finrisk_rules.limits import (
    TRAINING_ANALYSIS_MAX,
    TRAINING_ANALYSIS_MIN,
    TRAINING_PROMPT_MAX,
    TRAINING_STRATEGY_MAX,
    TRAINING_STRATEGY_MIN,
)
from finrisk_rules.lookalikes import skeleton
from finrisk_rules.obedience import obeys_order
from finrisk_rules.patterns import pattern_of
from finrisk_rules.prompt import Source
from finrisk_rules.refusals import is_refusal
from finrisk_rules.version import rules_version

# Controls that PostgreSQL text or JSON Lines cannot carry, lone surrogates, and bidirectional overrides,
# which show letters in another order than they stand in.
_UNUSABLE = pattern_of("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202d\u202e\ud800-\udfff]")
_EMBEDDINGS = pattern_of("[\u202a-\u202c\u2066-\u2069]")


def problem(strategy: object, analysis: object, sources: Sequence[Source] = ()) -> str | None:
    """Why the pair cannot be a training example, as a reason code; None when it can.

    ``sources`` are those of its prompt, where they are known: an answer is told from them whether it obeyed.

    Codes: ``strategy_not_text``, ``strategy_too_short``, ``strategy_too_long`` and the same for the analysis,
    ``control_characters``, ``error_text``, ``refusal``, ``looks_like_instruction``, ``obeys_instruction``,
    ``says_nothing``, ``unfinished``.
    """
    if not isinstance(strategy, str):
        return "strategy_not_text"
    if not isinstance(analysis, str):
        return "analysis_not_text"
    question, answer = strategy.strip(), analysis.strip()
    if len(question) < TRAINING_STRATEGY_MIN:
        return "strategy_too_short"
    if len(question) > TRAINING_STRATEGY_MAX:
        return "strategy_too_long"
    if len(answer) < TRAINING_ANALYSIS_MIN:
        return "analysis_too_short"
    if len(answer) > TRAINING_ANALYSIS_MAX:
        return "analysis_too_long"
    if not (is_writable(question) and is_writable(answer)):
        return "control_characters"
    if is_error_text(answer):
        return "error_text"
    if is_refusal(answer):
        return "refusal"
    if may_hold_order(question, answer) and (looks_like_instruction(question) or gives_order(answer)):
        return "looks_like_instruction"
    texts = [f"{source.title}\n{source.document_id}\n{source.text}" for source in sources]
    if obeys_order(question, answer, texts):
        return "obeys_instruction"
    if says_nothing(question, answer):
        return "says_nothing"
    return "unfinished" if is_unfinished(answer) else None


def without_embeddings(text: str) -> str:
    """The text without the marks by which word processors embed and isolate its directions.

    They change nothing that stands there; every letter keeps its own direction.
    """
    return text if text.isascii() else _EMBEDDINGS.sub("", text)


def is_writable(text: str) -> bool:
    """Whether the text holds nothing that JSON Lines cannot carry or that shows it in another order."""
    if text.isascii():  # most are; those without controls are their own skeleton, which rules ask for next
        return skeleton(text) == text
    return not _UNUSABLE.search(text)


def version_of_rules(strategy: str, analysis: str, prompt: str) -> str | None:
    """The version of the rules that found no ``problem`` of a redacted pair: export need not ask them again.

    None where prepare does not take its texts as they stand.
    """
    is_final = len(prompt) <= TRAINING_PROMPT_MAX and not any(
        not is_writable(text) or (not text.isascii() and _EMBEDDINGS.search(text))
        for text in (strategy, analysis, prompt)
    )
    return rules_version() if is_final else None


def is_overridden(text: str) -> bool:
    """Whether a mark shows letters of the text in another order than they stand in."""
    return "\u202d" in text or "\u202e" in text


def problem_of_sources(sources: Iterable[Source]) -> str | None:
    """Why no prompt with these sources can be learnt from, as a reason code; None when it can.

    The only code is ``looks_like_instruction``: of a title, a name or a text.
    """
    texts = (text for source in sources for text in (source.title, source.document_id, source.text))
    return "looks_like_instruction" if any(map(_is_instruction, texts)) else None


def problem_of_figures(parts: object, *, unread_too: bool = True) -> str | None:
    """Why an answer cannot be learnt from by what the judge said of it, as a reason code; None when it can.

    ``parts`` are the quality parts as they are stored with the pair. One that was judged before verdicts were
    stored has none, and goes by its score alone.
    Codes: ``figure_not_supported``: a figure is wrong; without ``unread_too``, ``answer_unread``: something
    could not be checked.
    """
    if not isinstance(parts, dict):
        return None
    verdicts = parts.get("verdicts")
    verdicts = verdicts if isinstance(verdicts, dict) else {}
    if any(map(verdicts.get, WRONG)):
        return "figure_not_supported"
    is_unread = bool(verdicts.get("unread") or parts.get("unread_statements"))
    return "answer_unread" if is_unread and not unread_too else None


@lru_cache(maxsize=4096)
def _is_instruction(text: str) -> bool:
    """Remember the answer: many questions have the same sources."""
    return looks_like_instruction(text)


def fold(text: str) -> str:
    """The text with case, width, hyphen and white-space differences removed: equal folds are duplicates."""
    if text.isascii():
        return " ".join(text.lower().split())
    folded = unicodedata.normalize("NFKC", text).replace("\u2010", "-").replace("\u2011", "-").casefold()
    return " ".join(folded.split())


def question_digest(strategy: str, documents: Iterable[str]) -> int:
    """64 bits of a question on its sources; pairs with equal ones are duplicates, of which one is trained on.

    ``documents`` are the ids of the sources, in any order.
    """
    return digest("example", fold(strategy), *sorted(documents))
