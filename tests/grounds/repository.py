"""Where things are in this repository, and what may lie beside it."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
ROLE = REPOSITORY / "roles" / "finrisk"
DOCS = REPOSITORY / "docs"
SHARED = REPOSITORY.parent / "shared"
"""Data and documents that are no part of the repository: tests that need them are skipped without."""
FINQA = SHARED / "data" / "finqa_mix"
