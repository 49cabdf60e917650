"""Who runs this, where and when."""

from __future__ import annotations

import contextlib
import datetime
import getpass
import os
import pwd
import socket
from pathlib import Path


def who() -> str:
    """Return the person and machine that run this, as ``user@host``."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"


def accounts() -> set[str]:
    """Return who this may be: the accounts that environment and system name, and whose sudo it was."""
    names = {who().rpartition("@")[0], os.environ.get("SUDO_USER", "")}
    with contextlib.suppress(KeyError):
        names.add(pwd.getpwuid(os.getuid()).pw_name)
    return names - {""}


def now() -> str:
    """Return the time in UTC, to the second, as ISO 8601."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def machine() -> str:
    """Return what no two machines or containers share, in one boot."""
    parts = [socket.gethostname()]
    with contextlib.suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
    with contextlib.suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return " ".join(parts)
