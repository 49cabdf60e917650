"""The figures of a row: what rows must have in common before their words are compared."""

from __future__ import annotations

import re

from finrisk_rules.digests import digest

_NUMBER = re.compile(r"\d[\d.]*")
_FIGURE_SIGNS = bytes(code if chr(code) in "0123456789." else ord(" ") for code in range(256))
_CITATION = re.compile(r"\[\d{1,3}(?:, ?\d{1,3})*\]")


def figures_digest(strategy: str, analysis: str) -> int:
    """32 bits of the numbers of a question and those of its answer, in any order; citations are none."""
    return digest("figures", _numbers(strategy), _numbers(analysis)) >> 32


def _numbers(text: str) -> str:
    bare = _CITATION.sub(" ", text)
    if bare.isascii():
        signs = bare.encode().translate(_FIGURE_SIGNS, b",").split()
        return b" ".join(sorted(filter(None, (sign.strip(b".") for sign in signs)))).decode()
    return " ".join(sorted(number.rstrip(".") for number in _NUMBER.findall(bare.replace(",", ""))))
