"""The API keys as their file holds them: hashes, what each is for, and how long it is good."""

import hashlib
import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from finrisk_rules.clients import KEY_ID, ROLES, SHA256, moment

FORM = re.compile(rf"frk_(?P<id>{KEY_ID})_(?P<secret>[A-Za-z0-9_-]{{20,128}})")


def key_hash(key: str) -> str:
    """SHA-256 (hex) of a key: it is 32 random bytes, so a slow hash would add nothing."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _moment(value: object) -> datetime:
    return moment(value if isinstance(value, str) else "")


_Moment = Annotated[datetime, BeforeValidator(_moment)]


class ApiKey(BaseModel):
    """A key as it is stored: never the key itself, only its SHA-256.

    A field that we do not know may be a restriction of a later release, or a slip in writing one; so its
    entry is refused rather than taken without it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=f"^{KEY_ID}$")]
    name: str = ""
    sha256: Annotated[str, Field(pattern=f"^{SHA256}$", repr=False)]
    roles: frozenset[str]
    labels: frozenset[str] = frozenset()
    created: _Moment | None = None
    expires: _Moment | None = None
    ended: _Moment | None = None

    def state(self, now: datetime) -> str:
        """``valid``, ``expired`` or ``ended``."""
        if self.ended is not None:
            return "ended"
        return "expired" if self.expires is not None and self.expires <= now else "valid"


@dataclass(frozen=True)
class KeyFile:
    """The usable keys of a file by their id, and what is wrong with its other entries."""

    keys: dict[str, ApiKey]
    problems: list[str]


def read(path: Path) -> KeyFile:
    """The keys of a file; an entry that cannot be used costs the others nothing.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no JSON list.
    """
    content = KeyFile({}, [])
    for number, entry in enumerate(_entries(path), start=1):
        where = f"entry {number}{_name_of(entry)}"
        try:
            key = ApiKey.model_validate(entry)
        except ValidationError as error:
            content.problems.append(f"{where} is left out: {_reasons(error)}")
            continue
        if key.id in content.keys:
            content.problems.append(f"{where} is left out: an entry before it has the same id")
            continue
        if unknown := sorted(key.roles - set(ROLES)):
            content.problems.append(f"{where}: no role is called {_word(unknown[0])}; it allows nothing")
        content.keys[key.id] = key
    return content


def end(path: Path, identifier: str, now: datetime) -> ApiKey:
    """Mark a key of a file as ended, and return it as it is now; one that had ended stays as it was.

    Raises:
        OSError: the file cannot be read or replaced.
        ValueError: it is no JSON list.
        KeyError: it holds no usable key with this id.
    """
    path = path.resolve()
    key = read(path).keys[identifier]
    if key.ended is not None:
        return key
    ended = now.isoformat(timespec="seconds")
    entries = [
        {**entry, "ended": ended} if isinstance(entry, dict) and entry.get("id") == identifier else entry
        for entry in _entries(path)
    ]
    _replace(path, json.dumps(entries, indent=2, ensure_ascii=False) + "\n")
    return key.model_copy(update={"ended": moment(ended)})


def _entries(path: Path) -> list[Any]:
    try:
        entries = json.loads(path.read_text("utf-8"))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    if not isinstance(entries, list):
        raise ValueError("it is no JSON list")
    return entries


def _name_of(entry: object) -> str:
    identifier = entry.get("id") if isinstance(entry, dict) else None
    is_id = isinstance(identifier, str) and re.fullmatch(KEY_ID, identifier)
    return f" ({identifier})" if is_id else ""


def _reasons(error: ValidationError) -> str:
    """What is wrong, by field."""
    reasons = [
        f"{_word('.'.join(map(str, detail['loc'])))}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in error.errors(include_url=False, include_input=False)[:3]
    ]
    return "; ".join(reasons)


def _word(text: str) -> str:
    """A word of the file as the log may show it: what is no plain word may be a key in the wrong place."""
    return repr(text) if re.fullmatch(r"[a-z_.]{1,20}(\.\d+)?", text) else "a word of another form"


def _replace(path: Path, text: str) -> None:
    """Write the file anew in one step, 0600, for the owner that it had, whose service reads it."""
    before = path.stat()
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as file:
        try:
            file.write(text)
            file.flush()
            if os.geteuid() != before.st_uid:
                os.fchown(file.fileno(), before.st_uid, before.st_gid)
            os.fsync(file.fileno())
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
