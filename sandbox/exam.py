"""Questions that nothing is trained on, and what base and tuned model make of them."""

import hashlib
from collections.abc import Mapping, Sequence

from sandbox.analysts import Reply, Strategy, percent, wrong_figures
from sandbox.gold import gives

ONE_IN = 5
"""Of so many questions one is kept for the exam."""

HEAD = ["", "questions", "wrong figures", "answers with one", "gold answer given"]


def split(strategies: Sequence[Strategy]) -> tuple[list[Strategy], list[Strategy]]:
    """The questions that are asked while examples are collected, and those of the exam; the text decides."""
    sides: tuple[list[Strategy], list[Strategy]] = ([], [])
    for strategy in strategies:
        digest = hashlib.sha256(strategy.text.encode("utf-8", "replace")).digest()
        sides[int.from_bytes(digest[:4], "big") % ONE_IN == 0].append(strategy)
    return sides


def results(replies: Mapping[str, Sequence[Reply]]) -> list[list[str]]:
    """The table by model: what is wrong, and how often the answer that is known stands there.

    The last column is left out where no question has a known answer.
    """
    rows = [HEAD, *(_row(name, each) for name, each in replies.items())]
    return rows if any(row[-1] != "-" for row in rows[1:]) else [row[:-1] for row in rows]


def _row(name: str, replies: Sequence[Reply]) -> list[str]:
    answered = [reply for reply in replies if reply.status == 200]
    known = [gives(reply.body["analysis"], reply.strategy.gold) for reply in answered if reply.strategy.gold]
    wrong = percent([reply.is_wrong for reply in answered])
    gold = f"{percent(known)} of {len(known)}" if known else "-"
    return [name, str(len(answered)), wrong_figures(answered), wrong, gold]
