"""Alternations of many words, written so that a text is held once against what several of them begin with.

Of ``net income|net debt|net loss`` Python tries each from its first character, and compiles each; of
``net (?:income|debt|loss)`` it does the first half once. For a thousand names that is most of the work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

Tree = dict[str, "Tree"]
"""What follows each sign; the key "" stands where a word may end, and holds by which pattern in its place."""


def alternation(
    words: Iterable[str], *, sign: Callable[[str], str] = re.escape, end: Callable[[str], str] = lambda _: ""
) -> str:
    """Return a pattern of any of these words, of two that fit the longer one.

    What parts it stands in groups. ``sign`` gives the pattern of a character of a word, ``end`` what a word's
    end looks ahead for. Of signs whose patterns fit the same text the one that comes first is tried first.

    Raises:
        ValueError: there are no words.
    """
    tree: Tree = {}
    for word in words:
        node = tree
        for each in word:
            node = node.setdefault(each, {})
        node[""] = {end(word): {}}
    if not tree:
        raise ValueError("an alternation of no words would fit everywhere")
    return _branches(tree, sign)


def _branches(tree: Tree, sign: Callable[[str], str]) -> str:
    ends = tree.get("")
    joint = [f"{sign(each)}{_branches(rest, sign)}" for each, rest in tree.items() if each]
    if ends is None:
        return joint[0] if len(joint) == 1 else f"(?:{'|'.join(joint)})"
    (end,) = ends
    if not joint:
        return end
    return f"(?:{'|'.join(joint)}|{end})"
