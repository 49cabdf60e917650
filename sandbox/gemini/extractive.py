"""The engine `extractive`: copies the best-ranked statements of the sources, and says that it does."""

from sandbox.gemini.categories import OTHER, category_of_source
from sandbox.gemini.passages import Prompt, parse
from sandbox.gemini.ranker import BASE, Candidate, Weights, candidates, choose

ENGINE = "extractive-1"
NO_SOURCE = (
    "Extract of 0 statements from 0 sources; no language model wrote this text.\n\n"
    "There is no source to extract from: nothing was found for this question, "
    "and this engine copies statements from sources and writes nothing of its own."
)


def answer(prompt: str, weights: Weights = BASE) -> str:
    """The answer to a prompt: statements copied word for word, each with the number of its source."""
    chosen = picks(parse(prompt), weights)
    if not chosen:
        return NO_SOURCE
    cited = {candidate.source.number for candidate in chosen}
    parts = [
        f"Extract of {_counted(len(chosen), 'statement')} from {_counted(len(cited), 'source')}; "
        "no language model wrote this text."
    ]
    for heading, group in _by_category(chosen).items():
        group.sort(key=lambda c: (c.source.number, c.statement.position))
        lines = [f"- {c.statement.text} [{c.source.number}]" for c in group]
        parts.append("\n".join([f"## {heading} risk", *lines]))
    return "\n\n".join(parts)


def picks(prompt: Prompt, weights: Weights = BASE) -> list[Candidate]:
    """The statements that answer a prompt, best first."""
    return choose(candidates(prompt), weights)


def _by_category(chosen: list[Candidate]) -> dict[str, list[Candidate]]:
    groups: dict[str, list[Candidate]] = {}
    for candidate in chosen:
        heading = candidate.statement.category
        if heading == OTHER:
            heading = category_of_source(candidate.source.title, candidate.source.text)
        groups.setdefault(heading, []).append(candidate)
    if OTHER in groups:
        groups[OTHER] = groups.pop(OTHER)  # last, whatever was ranked first
    return groups


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
