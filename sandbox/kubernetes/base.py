"""Root file systems of Debian packages, made by mmdebstrap and kept in the cache by what is in them."""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.kubernetes.binaries import PATH, cache
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.progress import step

SUITE = "bookworm"
UNNEEDED = (
    "/usr/share/doc/*",
    "/usr/share/man/*",
    "/usr/share/info/*",
    "/usr/share/locale/*",
    "/usr/share/lintian/*",
    "/usr/lib/*/libLLVM*",  # PostgreSQL's JIT: 110 MB
    "/usr/lib/postgresql/*/lib/bitcode/*",
    "/usr/lib/postgresql/*/lib/llvmjit*",
)
CHANGING = (
    *("dev", "proc", "sys", "run", "tmp", "var/cache", "var/log", "var/lib/apt", "var/lib/dpkg/info"),
    *("etc/postgresql", "etc/ssl/private", "var/lib/postgresql"),
)
"""Folders whose content differs from one run to the next, or is of no use: images have them empty."""
UNIQUE = ("etc/machine-id", "etc/ssl/certs/ssl-cert-snakeoil.pem")
"""Files that no two installations share: left out."""


@dataclass(frozen=True)
class Root:
    """A root file system in the cache; ``key`` stands for its content."""

    key: str
    folder: Path


def root(packages: Sequence[str]) -> Root:
    """Return the file system that holds these packages and what they need, made first when it is not there.

    Raises ClusterError when mmdebstrap fails.
    """
    recipe = "\0".join([SUITE, *UNNEEDED, *CHANGING, *UNIQUE, "", *sorted(packages)])
    key = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    folder = cache() / "roots" / key
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        with step(f"Debian {SUITE} with {' '.join(packages)}"):
            _bootstrap(packages, part)
            compile_python(part, "/usr/lib/python3", "/usr/lib/python3.11")
        part.rename(folder)
    return Root(key, folder)


def compile_python(root: Path, *folders: str) -> None:
    """Compile Python files by the root's own interpreter, so that a read-only container starts fast.

    The compiled files name no time: the same source gives the same bytes.
    """
    there = [folder for folder in folders if (root / folder.lstrip("/")).exists()]
    command: list[str | Path] = [
        "chroot",
        root,
        "/usr/bin/python3",
        "-m",
        "compileall",
        "-q",
        "-f",
        "--invalidation-mode",
    ]
    environment = {"PATH": PATH, "PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [*command, "unchecked-hash", *there], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        raise ClusterError(f"compiling Python in {root} failed: {(done.stdout + done.stderr)[-500:]}")


def changes(path: Path) -> bool:
    """Whether a path (relative to the root) stays out of images."""
    return str(path) in UNIQUE or any(str(path).startswith(f"{one}/") for one in CHANGING)


def difference(upper: Root, lower: Root) -> Callable[[Path], bool]:
    """Tell which paths of ``upper`` a layer on ``lower`` can leave out: changing ones and equal ones."""

    def left_out(path: Path) -> bool:
        if changes(path) or "__pycache__" in path.parts:
            return True
        above, below = upper.folder / path, lower.folder / path
        if not os.path.lexists(below) or above.is_symlink() != below.is_symlink():
            return False
        if above.is_symlink():
            return above.readlink() == below.readlink()
        if above.is_dir():
            return below.is_dir()
        return below.is_file() and filecmp.cmp(above, below, shallow=False)

    return left_out


def _bootstrap(packages: Sequence[str], target: Path) -> None:
    command = [
        "mmdebstrap",
        "--quiet",
        "--variant=essential",
        "--mode=root",
        f"--include={','.join(packages)}",
    ]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in UNNEEDED]
    environment = {**os.environ, "PATH": PATH, "SOURCE_DATE_EPOCH": "0"}
    done = subprocess.run(
        [*command, SUITE, str(target)], capture_output=True, text=True, env=environment, check=False
    )
    if done.returncode:
        shutil.rmtree(target, ignore_errors=True)
        raise ClusterError(f"mmdebstrap failed:\n{done.stderr.strip()[-1000:]}")
