"""Folders in which nothing can be written: a full disk, a read-only one, one that is somebody else's."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.grounds.absence import absent

Command = tuple[str, ...]
"""What stands before a command so that it meets the harm; nothing when everybody does."""

NOBODY = 65534
READ_ONLY = """
for folder in {folders}; do
    mount --bind "$folder" "$folder" && mount -o remount,bind,ro "$folder" || exit 77
done
exec "$@"
"""
POWERLESS = "-dac_override,-dac_read_search"  # then modes hold for root too
FILLING = "filling"
PROBE = 'head -c 65536 /dev/zero > "$0/probe"'


@dataclass(frozen=True)
class Harm:
    """Something that keeps a command from writing in a folder.

    ``inflict`` does it to the folder; ``reason`` is the system's word for it, ``advice`` one of the way out.
    """

    inflict: Callable[[Path], Command]
    reason: str
    advice: str

    def on(self, folder: Path) -> Command:
        """Do it, and show that a plain write in the folder fails, or a test would prove nothing."""
        before = self.inflict(folder)
        done = run([*before, "sh", "-c", PROBE, str(folder)])
        assert done.returncode, "a plain write succeeded"
        assert self.reason in done.stderr, done.stderr
        with suppress(OSError):
            (folder / "probe").unlink()
        return before


def run(command: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command that may fail; it speaks English."""
    environment = os.environ | {"LC_ALL": "C"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=cwd)


@contextmanager
def mounted(folder: Path, size: str = "256k") -> Iterator[None]:
    """Give a folder a small disk of its own; skip the test where that is not allowed."""
    folder.mkdir(exist_ok=True)
    if run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)]).returncode:
        absent("this account may not mount a file system")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file of the folder by its path there, without what fills a disk."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILLING
    }


def fill(folder: Path) -> Command:
    """Write to the folder until its disk takes no more."""
    with (folder / FILLING).open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return ()


def read_only(*folders: Path) -> Command:
    """Return what runs a command for which these folders are mounted read-only, and for nobody else."""
    script = READ_ONLY.format(folders=" ".join(map(str, folders)))
    before = ("unshare", "--mount", "sh", "-c", script, "sh")
    if run([*before, "true"]).returncode:
        absent("this account may not mount a file system")
    return before


def give_away(folder: Path) -> Command:
    """Give the folder with all in it to another account, and return what runs a command as any but the owner.

    Under root that is root without its right to pass over modes: another account may not even reach Python.
    """
    if os.geteuid():
        folder.chmod(0o555)
        return ()
    for path in (folder, *folder.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    return ("setpriv", f"--bounding-set={POWERLESS}", f"--inh-caps={POWERLESS}")


def mend(folder: Path) -> None:
    """Undo what a harm did to the folder itself."""
    (folder / FILLING).unlink(missing_ok=True)
    if os.geteuid():
        folder.chmod(0o755)
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, os.geteuid(), os.getegid(), follow_symlinks=False)


HARMS = {
    "full": Harm(fill, "No space left on device", "make room"),
    "read-only": Harm(read_only, "Read-only file system", "another"),
    "somebody else's": Harm(give_away, "Permission denied", "another"),
}
