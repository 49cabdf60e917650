"""Vertex AI's JSONL of tuning examples: a line each, with the system instruction and the prompt as served."""

from __future__ import annotations

import json

from pydantic_core import to_json

from finrisk_rules.prompt import SYSTEM_INSTRUCTION

_BEFORE_PROMPT = (
    '{"systemInstruction": {"role": "system", "parts": [{"text": '
    + json.dumps(SYSTEM_INSTRUCTION)
    + '}]}, "contents": [{"role": "user", "parts": [{"text": '
).encode()
_BEFORE_ANALYSIS = b'}]}, {"role": "model", "parts": [{"text": '
_END = b"}]}]}\n"
FRAME = len(_BEFORE_PROMPT + _BEFORE_ANALYSIS + _END)
"""Bytes of a line beside its prompt and its answer."""

_LINE_BREAKS = {sign.encode(): f"\\u{ord(sign):04x}".encode() for sign in "\u2028\u2029\x85"}


def json_text(text: str) -> bytes:
    """Return a text as JSON in UTF-8 that no reader of lines breaks up; it has no tab and no line end."""
    written = to_json(text)  # a tenth of the time of ``json``
    if not text.isascii():
        for character, escaped in _LINE_BREAKS.items():  # some readers end a line at them
            written = written.replace(character, escaped)
    return written


def line(prompt: bytes, analysis: bytes) -> bytes:
    """Return the line of an example, of its prompt and its answer as ``json_text``."""
    return b"".join((_BEFORE_PROMPT, prompt, _BEFORE_ANALYSIS, analysis, _END))


def texts(written: bytes) -> tuple[str, str, str]:
    """Return system instruction, prompt and answer of a line."""
    example = json.loads(written)
    asked, answer = example["contents"]
    instruction, prompt, text = (
        turn["parts"][0]["text"] for turn in (example["systemInstruction"], asked, answer)
    )
    return instruction, prompt, text
