"""An export, as tests ask for it and read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from finrisk_ops.dataset import export


def ask(database_url: str, folder: Path, **changes: Any) -> Any:
    """Return a request for an export into the folder."""
    given: dict[str, Any] = {
        "database_url": database_url,
        "output_dir": folder,
        "environment": "test",
        "min_examples": 1,
        "min_quality": 0.9,
        **changes,
    }
    return export.Request(**given)


def exported(result: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of the file that an export wrote."""
    return list(json.loads(Path(result["raw_file"]).read_text()))
