"""The credentials of a service on this machine, as files that only it may read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from finrisk_rules.clients import KEYS_FILE

from ..errors import FinriskError
from ..machine.files import json_bytes, write_bytes
from ..masking import hashed
from ..release.credentials import shown_clients, still_ended

FILE, COPY = "credentials.json", "credentials-copy.json"


@dataclass(frozen=True)
class _PrivateFile:
    """A file to write, and what a diff may show of it."""

    path: Path
    content: bytes
    shown: dict[str, Any]


@dataclass(frozen=True)
class Change:
    """A file that is not as it should be, and what a diff may show of it before and after."""

    path: Path
    before: dict[str, Any]
    after: dict[str, Any]


def credential_values(var_dir: Path) -> dict[str, str]:
    """Return the credentials as the service gets them in its environment, of the copy where they are lost.

    {} before site.yml wrote them. Raises FinriskError when neither they nor their copy can be read.
    """
    for path in (var_dir / FILE, var_dir / COPY):
        if (values := _values(path)) is not None:
            return values
    if (var_dir / FILE).exists():
        raise FinriskError(f"{loss(var_dir)}; run playbooks/site.yml")
    return {}


def held(var_dir: Path, key: str) -> str:
    """Return the value of a key as it is held now; empty when none can be read."""
    with suppress(FinriskError):
        return credential_values(var_dir).get(key, "")
    return ""


def is_held(var_dir: Path, secret: Mapping[str, Any]) -> bool:
    """Say whether the credentials are held as the filled Secret has them."""
    return _values(var_dir / FILE) == dict(secret["stringData"])


def loss(var_dir: Path) -> str:
    """Say that the file of the credentials is gone or cannot be read; empty when it can."""
    path = var_dir / FILE
    if _values(path) is not None:
        return ""
    return f"{path} cannot be read" if path.exists() else f"{path} is gone"


def are_lost(var_dir: Path) -> bool:
    """Say whether the file of the credentials is gone or cannot be read, and its copy can."""
    return bool(loss(var_dir)) and _values(var_dir / COPY) is not None


def restore(var_dir: Path) -> None:
    """Bring the credentials back from their copy where they are lost.

    The clients' keys have no copy: it would bring back those that `finrisk keys end` ended.
    """
    if are_lost(var_dir):
        write_bytes(var_dir / FILE, (var_dir / COPY).read_bytes())


def keep(var_dir: Path) -> None:
    """Make the copy one of the credentials in use, which workers have started with."""
    if loss(var_dir):  # since they started
        return
    content = (var_dir / FILE).read_bytes()
    if not (var_dir / COPY).exists() or (var_dir / COPY).read_bytes() != content:
        write_bytes(var_dir / COPY, content)


def write_credentials(
    var_dir: Path, secret: Mapping[str, Any], clients: Sequence[Mapping[str, Any]], *, check: bool
) -> list[Change]:
    """Write those of the files that are not as they should be, 0600; in check mode only return them.

    The copy is written first, so that no run that breaks off leaves an older one; where both are written, it
    is not told of.
    """
    stale = [file for file in _private_files(var_dir, secret, clients) if not _is_written(file)]
    changes = [Change(file.path, _shown_before(file), file.shown) for file in stale]
    for file in [] if check else stale:
        write_bytes(file.path, file.content)
    both = {change.path.name for change in changes} >= {FILE, COPY}
    return [change for change in changes if not (both and change.path.name == COPY)]


def _values(path: Path) -> dict[str, str] | None:
    """Return the credentials of a file; None when it is gone or cannot be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): str(value) for key, value in content["stringData"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _private_files(
    var_dir: Path, secret: Mapping[str, Any], clients: Sequence[Mapping[str, Any]]
) -> list[_PrivateFile]:
    """Return the files as they should be, the copy first."""
    keys = var_dir / KEYS_FILE
    entries = still_ended(clients, keys)
    content, shown = json_bytes(secret), hashed(secret["stringData"])
    return [
        _PrivateFile(var_dir / COPY, content, shown),
        _PrivateFile(var_dir / FILE, content, shown),
        _PrivateFile(keys, json_bytes(entries), shown_clients(entries)),
    ]


def _shown_before(file: _PrivateFile) -> dict[str, Any]:
    """Return what a diff may show of the file that stands there now."""
    try:
        content = json.loads(file.path.read_text(encoding="utf-8"))
        return shown_clients(content) if isinstance(content, list) else hashed(content["stringData"])
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {"unreadable": True}


def _is_written(file: _PrivateFile) -> bool:
    """Say whether the file stands there with this content and readable by its owner alone."""
    try:
        return file.path.read_bytes() == file.content and file.path.stat().st_mode & 0o777 == 0o600
    except OSError:
        return False
