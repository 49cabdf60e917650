"""The judgement of an answer, figure by figure."""

from collections.abc import Sequence

from finrisk_rules.grounding import grounding
from finrisk_rules.judge.verdicts import FigureVerdict, JudgedSource, Judgement


def judge(question: str, answer: str, sources: Sequence[JudgedSource]) -> Judgement:
    """Return the verdict on each figure of the answer, and how many of its other statements hold.

    Nothing that these texts hold raises; time is linear in their length.
    """
    result = grounding(answer, [f"{source.title}\n{source.text}" for source in sources], question)
    right = (FigureVerdict("", "stated"),) * result.grounded
    return Judgement(right + tuple(FigureVerdict(text, "unsupported") for text in result.missing))
