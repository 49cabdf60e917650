"""Keeps what Ansible packs of a module for the runs that follow; tests/grounds/packages.py says why."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import hashlib
import importlib.util
import io
import marshal
import os
import pickle
import zipfile
from pathlib import Path
from typing import Any

from ansible import constants
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
    name: packages
    type: aggregate
    short_description: Keeps packed modules for the runs that follow
    version_added: "0.1.0"
    description:
        - Lends a run what earlier ones packed of the same sources, and keeps what it packs itself, compiled.
"""
KEPT = ".kept"
UNCHECKED = (0b01).to_bytes(4, "little") + bytes(8)  # PEP 552: a hash, which nobody compares
PACKED = ("library", "module_utils")  # the files right in them: finrisk_ops is installed


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible has no types
    """Works on the folder where ansible-playbook keeps packages until its run ends."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "packages"

    def __init__(self) -> None:
        """Lend the run what is kept."""
        super().__init__()
        sources = _sources()
        self.disabled = not sources  # modules that a test made itself, and makes otherwise in its next run
        self._own = Path(constants.DEFAULT_LOCAL_TMP) / "ansiballz_cache"
        self._kept = Path(os.environ["FINRISK_TEST_PACKAGES"]) / (sources or "none")
        self._own.mkdir(exist_ok=True)
        for file in self._kept.glob(f"*{KEPT}"):
            (self._own / file.stem).symlink_to(file)

    def v2_playbook_on_stats(self, stats: Any) -> None:  # noqa: ARG002 - Ansible calls it so
        """Keep what the run packed; an account that may not write there keeps nothing."""
        with contextlib.suppress(PermissionError):
            self._kept.mkdir(exist_ok=True)
            for file in self._own.iterdir():
                if not file.is_symlink() and file.suffix != ".lock":
                    part = self._kept / f"{file.name}.{os.getpid()}"
                    part.write_bytes(_compiled(file.read_bytes()))
                    part.rename(self._kept / f"{file.name}{KEPT}")  # others look meanwhile


def _sources() -> str:
    """Name all of ours that may be packed, as it is now; nothing where the role is not."""
    role = Path.cwd() / "roles" / "finrisk"
    files = sorted(file for folder in PACKED for file in (role / folder).glob("*.py"))
    told = [(file.relative_to(role), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16] if told else ""


def _compiled(package: bytes) -> bytes:
    """Return a package that has the code of each file beside its text, where Python looks first."""
    module = pickle.loads(package)  # noqa: S301 - ansible-playbook wrote it in this run
    content = io.BytesIO(base64.b64decode(module.zip_data))
    with zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as archive:
        for name in archive.namelist():
            code = marshal.dumps(compile(archive.read(name), name, "exec", dont_inherit=True))
            archive.writestr(f"{name}c", importlib.util.MAGIC_NUMBER + UNCHECKED + code)
    return pickle.dumps(dataclasses.replace(module, zip_data=base64.b64encode(content.getvalue())))
