"""Files that are either whole or not there."""

import json
import os
from pathlib import Path
from typing import Any


def write_atomic(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write `content` beside `path`, force it to disk, and rename it into place."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """`value` as a JSON file, atomically."""
    write_atomic(path, json.dumps(value, ensure_ascii=False).encode())


def read_json(path: Path) -> dict[str, Any]:
    """The JSON object in `path`, or `{}` when there is none."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}
