"""Removal of personal identifiers and secrets, before the first byte reaches disk, database or log.

A text is read as a person would read it (``reading``), each kind finds its candidates and proves them
(``secrets``, ``payments``, ``phones``, ``homes``, ``holders``, ``letters`` and others), and what is proved is
replaced in the text as it stood (``redactor``). Figures stay.
"""

from finrisk_rules.redaction.names import NOBODY, Names
from finrisk_rules.redaction.redactor import (
    KINDS,
    PROVED,
    SECRETS,
    VERSION,
    Redacted,
    RedactionError,
    Redactor,
    proved_kinds,
    redact,
)

__all__ = [
    "KINDS",
    "NOBODY",
    "PROVED",
    "SECRETS",
    "VERSION",
    "Names",
    "Redacted",
    "RedactionError",
    "Redactor",
    "proved_kinds",
    "redact",
]
