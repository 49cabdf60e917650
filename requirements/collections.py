"""The collections of requirements.yml: from Galaxy, else out of the hash-pinned community package.

Run as ``python requirements/collections.py PIP FOLDER``. The playbooks of ``inventory/local`` need none of
them, so a machine that reaches neither source is told so and goes on.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import yaml

_ROOT = Path(__file__).parents[1]
_REQUIREMENTS = _ROOT / "requirements.yml"
_GALAXY_SECONDS = 30


def _from_galaxy(folder: Path) -> bool:
    """Ask Galaxy; it gives up after the 10 s of ansible.cfg, and asks nobody when all is there."""
    galaxy = Path(sys.executable).with_name("ansible-galaxy")
    command = [galaxy, "collection", "install", "-r", _REQUIREMENTS, "-p", folder]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, timeout=_GALAXY_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def _from_wheel(pip: str, folder: Path) -> bool:
    """Unpack only the collections that are asked for."""
    wanted = [
        each["name"].replace(".", "/") for each in yaml.safe_load(_REQUIREMENTS.read_text())["collections"]
    ]
    with tempfile.TemporaryDirectory() as scratch:
        download = [pip, "download", "-q", "--no-deps", "--only-binary=:all:", "--python-version", "3.12"]
        source = ["--require-hashes", "-r", str(_ROOT / "requirements/collections.txt"), "-d", scratch]
        if subprocess.run([*download, *source], capture_output=True, check=False).returncode:
            return False
        wheel = next(Path(scratch).glob("ansible-*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            prefixes = tuple(f"ansible_collections/{name}/" for name in wanted)
            archive.extractall(scratch, [name for name in archive.namelist() if name.startswith(prefixes)])
        for name in wanted:
            target = folder / "ansible_collections" / name
            shutil.rmtree(target, ignore_errors=True)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(Path(scratch) / "ansible_collections" / name, target)
    return True


def main() -> None:
    """Install, silently where it works: it is the same content from either source."""
    pip, folder = sys.argv[1], Path(sys.argv[2])
    if not _from_galaxy(folder) and not _from_wheel(pip, folder):
        sys.stdout.write(
            "collections  NOT installed: neither Galaxy nor the package index answers; "
            "inventory/local works without them\n"
        )


main()
