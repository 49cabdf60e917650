"""The engine `extractive`: copies figures and statements of the sources, and says that it does."""

from sandbox.gemini.blanks import Lookup, lookup
from sandbox.gemini.categories import OTHER, category_of_source
from sandbox.gemini.knowledge import BASE, Knowledge
from sandbox.gemini.passages import Prompt, parse
from sandbox.gemini.ranker import LEAST_PICKS, PICKS, Candidate, candidates, choose
from sandbox.gemini.sayings import sayings

ENGINE = "extractive-1"
NO_SOURCE = (
    "# Extract of 0 statements from 0 sources; no language model wrote this text.\n\n"
    "There is no source to extract from: nothing was found for this question, "
    "and this engine copies statements from sources and writes nothing of its own."
)


def answer(prompt: str, knowledge: Knowledge = BASE) -> str:
    """The answer to a prompt: first the figures that it asks of tables, then statements copied word for word.

    Each has the number of its source. Which figures and which statements is a matter of what the model knows.
    """
    parsed = parse(prompt)
    asked = lookup(parsed)
    told, chosen = list(sayings(asked, knowledge.attention)), picks(parsed, asked, knowledge)
    if not told and not chosen:
        return NO_SOURCE
    cited = {number for saying in told for number in saying.sources} | {c.source.number for c in chosen}
    parts = [
        f"# Extract of {_counted(len(told) + len(chosen), 'statement')} from "
        f"{_counted(len(cited), 'source')}; no language model wrote this text."
    ]
    if told:
        parts.append("\n".join(["## Figures", *(f"- {saying.text}" for saying in told)]))
    for heading, group in _by_category(chosen).items():
        group.sort(key=lambda c: (c.source.number, c.statement.position))
        lines = [f"- {c.statement.text} [{c.source.number}]" for c in group]
        parts.append("\n".join([f"## {heading} risk", *lines]))
    return "\n\n".join(parts)


def picks(prompt: Prompt, asked: Lookup, knowledge: Knowledge = BASE) -> list[Candidate]:
    """The statements that answer a prompt, best first; fewer where figures answer it already."""
    return choose(pool(prompt, asked), knowledge.ranking, LEAST_PICKS if asked.blanks else PICKS)


def pool(prompt: Prompt, asked: Lookup) -> list[Candidate]:
    """What can be picked from: no rows of tables where their figures are given one by one."""
    return candidates(prompt, with_rows=not asked.blanks)


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
