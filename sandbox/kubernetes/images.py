"""The images of the test cluster: the service, the playbooks that act, the simulator, PostgreSQL, and pause.

A name ends in a hash of the image's content, so a pod never runs an older program than it names.
"""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sandbox.kubernetes import base, binaries
from sandbox.kubernetes.base import Root
from sandbox.kubernetes.binaries import REPOSITORY, cache
from sandbox.kubernetes.failure import ClusterError
from sandbox.kubernetes.image import Image, Layer, Writer, layer, write
from sandbox.kubernetes.progress import step

LOCK = REPOSITORY / "requirements" / "service.txt"
OPS_LOCK = REPOSITORY / "requirements" / "base.txt"
PREFIX = "localhost/finrisk/"
HOME = "opt/finrisk"
SERVICE_USER = 10001
POSTGRES_USER = 999  # as in the official image
PYTHON_PACKAGES = ("ca-certificates", "libpython3-stdlib", "netbase", "python3-minimal", "tzdata")
POSTGRES_PACKAGES = (*PYTHON_PACKAGES, "postgresql-15")
POSTGRES_PROGRAMS = "/usr/lib/postgresql/15/bin"
PYTHON_VERSION = "3.11"  # of the base's Debian
FILES = ("*.py", "*.sql", "py.typed")
OPS_FILES = (*FILES, "*.yml", "*.j2")
OPS_SOURCES = (
    *("ansible.cfg", "ops/hosts.yml", "ops/kubeconfig.yml", "ops/pod.yml", "playbooks/evaluate.yml"),
    *("roles/finrisk", "rules/finrisk_rules", "templates"),
)
"""What the image of the playbooks that act holds; `ops/Containerfile` says the same."""
TRACES = {".lock", "RECORD", "direct_url.json", "uv_cache.json", "uv_build.json"}
ENVIRONMENT = [
    "PATH=/usr/local/bin:/usr/bin:/bin",
    f"PYTHONPATH=/{HOME}/app:/{HOME}/rules:/{HOME}/packages",
    "PYTHONUNBUFFERED=1",
    "HOME=/tmp",
]
SERVICE_ENVIRONMENT = [
    *ENVIRONMENT,
    "FINRISK_VAR_DIR=/var/lib/finrisk",
    "FINRISK_BIND=0.0.0.0:8000",
    "FINRISK_OPS_BIND=0.0.0.0:9090",
]
APP_SETTINGS: Mapping[str, Any] = {
    "User": f"{SERVICE_USER}:{SERVICE_USER}",
    "WorkingDir": f"/{HOME}",
    "Env": SERVICE_ENVIRONMENT,
    "Entrypoint": ["env", "--block-signal=TERM", "python3", "-m", "finrisk"],
    "Cmd": ["serve"],
    "ExposedPorts": {"8000/tcp": {}, "9090/tcp": {}},
}
"""How the service's image runs; `app/Containerfile` says the same."""


OPS_SETTINGS: Mapping[str, Any] = {
    "User": f"{SERVICE_USER}:{SERVICE_USER}",
    "WorkingDir": f"/{HOME}",
    "Env": [
        "PATH=/usr/local/bin:/usr/bin:/bin",
        f"PYTHONPATH=/{HOME}/rules:/{HOME}/roles/finrisk/module_utils:/{HOME}/packages",
        "PYTHONUNBUFFERED=1",
        "HOME=/tmp",
        "USER=finrisk-act",
        "LANG=C.UTF-8",
    ],
    "Entrypoint": [*"python3 -m ansible playbook -i ops/hosts.yml playbooks/evaluate.yml".split()],
}
"""How that image runs; `ops/Containerfile` says the same."""


def every() -> dict[str, Callable[[], Image]]:
    """All images by their short name, pause last."""
    return {"app": app, "ops": ops, "sandbox": sandbox, "postgres": postgres, "pause": pause}


def archive(image: Image) -> Path:
    """Return the image's archive, written first when it is not there."""
    short, tag = image.name.removeprefix(PREFIX).split(":")
    target = cache() / "images" / f"{short}-{tag}.tar"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        for older in target.parent.glob(f"{short}-*"):
            older.unlink()
        write(image, _layers(), target)
    return target


def archived() -> set[str]:
    """Full names of the images whose archives are there: the newest of each."""
    return {PREFIX + path.stem.replace("-", ":") for path in (cache() / "images").glob("*.tar")}


def app() -> Image:
    """The service: what `app/Containerfile` makes, from the same lock."""
    sources = (
        REPOSITORY / "app" / "finrisk",
        REPOSITORY / "app" / "gunicorn.conf.py",
        REPOSITORY / "rules" / "finrisk_rules",
    )
    programs = _programs("app", sources, {"var/lib/finrisk": SERVICE_USER})
    return Image(f"{PREFIX}app", [*_python(), programs], APP_SETTINGS)


def ops() -> Image:
    """The playbooks that act on what the gate says: what `ops/Containerfile` makes, from the same lock."""
    sources = tuple(REPOSITORY / path for path in OPS_SOURCES)
    programs = _programs("ops", sources, {}, OPS_FILES)
    return Image(f"{PREFIX}ops", [*_python("ops-packages", OPS_LOCK), programs], OPS_SETTINGS)


def sandbox() -> Image:
    """The Gemini and Vertex AI simulator."""
    sources = (REPOSITORY / "sandbox" / "__init__.py", REPOSITORY / "sandbox" / "gemini")
    programs = _programs("sandbox", sources, {"var/lib/finrisk": SERVICE_USER})
    settings = {
        "User": f"{SERVICE_USER}:{SERVICE_USER}",
        "WorkingDir": f"/{HOME}",
        "Env": ENVIRONMENT,
        "Entrypoint": ["python3", "-m", "sandbox.gemini"],
        "Cmd": ["--var", "/var/lib/finrisk"],
    }
    return Image(f"{PREFIX}sandbox", [*_python(), programs], settings)


def postgres() -> Image:
    """PostgreSQL with the official image's uid, paths and variables."""
    lower, upper = base.root(PYTHON_PACKAGES), base.root(POSTGRES_PACKAGES)
    entry = (Path(__file__).parent / "postgres-entrypoint.sh").read_bytes()

    def server(writer: Writer) -> None:
        writer.tree(upper.folder, leave_out=base.difference(upper, lower))

    def start(writer: Writer) -> None:
        passwd = (lower.folder / "etc" / "passwd").read_text("utf-8")
        own = f"postgres:x:{POSTGRES_USER}:{POSTGRES_USER}::/var/lib/postgresql:/bin/sh\n"
        writer.file("etc/passwd", (passwd + own).encode())
        writer.file("usr/local/bin/docker-entrypoint.sh", entry, 0o755)
        for folder in ("var/lib/postgresql", "var/lib/postgresql/data", "var/run/postgresql"):
            writer.folder(folder.replace("var/run", "run"), POSTGRES_USER)

    settings = {
        "User": f"{POSTGRES_USER}:{POSTGRES_USER}",
        "Env": [
            f"PATH={POSTGRES_PROGRAMS}:/usr/local/bin:/usr/bin:/bin",
            "PGDATA=/var/lib/postgresql/data",
            "LANG=C.UTF-8",
        ],
        "Entrypoint": ["docker-entrypoint.sh"],
        "Cmd": ["postgres"],
        "ExposedPorts": {"5432/tcp": {}},
        "StopSignal": "SIGINT",
    }
    layers = [
        _base(lower),
        layer(_layers(), "postgres", upper.key, server),
        layer(_layers(), "postgres-start", _hash([lower.key.encode(), entry]), start),
    ]
    return Image(f"{PREFIX}postgres", layers, settings)


def pause() -> Image:
    """What holds a pod's namespaces; the program is built with Kubernetes."""
    program = binaries.build().with_name("pause")

    def fill(writer: Writer) -> None:
        writer.file("pause", program.read_bytes(), 0o755)

    only = layer(_layers(), "pause", program.parent.name, fill)
    return Image(f"{PREFIX}pause", [only], {"Entrypoint": ["/pause"], "User": "65535:65535"})


def _layers() -> Path:
    return cache() / "layers"


def _base(root: Root) -> Layer:
    return layer(_layers(), "base", root.key, lambda writer: writer.tree(root.folder, leave_out=base.changes))


def _python(kind: str = "packages", locked: Path = LOCK) -> list[Layer]:
    """Debian with Python, and the locked packages on top, a layer of this kind."""
    root = base.root(PYTHON_PACKAGES)
    lock = locked.read_bytes()

    def fill(writer: Writer) -> None:
        target = root.folder / HOME / "packages"
        shutil.rmtree(target, ignore_errors=True)
        with step(f"installed {locked.relative_to(REPOSITORY)}"):
            _install(target, locked)
            base.compile_python(root.folder, f"/{HOME}/packages")
        writer.tree(target, f"{HOME}/packages", leave_out=_is_a_trace)
        shutil.rmtree(root.folder / HOME)

    packages = layer(_layers(), kind, _hash([root.key.encode(), lock]), fill)
    return [_base(root), packages]


def _install(target: Path, lock: Path) -> None:
    uv = REPOSITORY / ".uv" / "bin" / "uv"
    if not uv.exists():
        raise ClusterError(f"{uv} is missing: run `make setup`")
    machine = platform.machine()
    command: list[str | Path] = [
        uv,
        "pip",
        "install",
        "-q",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--no-config",
    ]
    command += ["--python-version", PYTHON_VERSION, "--python-platform", f"{machine}-manylinux_2_28"]
    done = subprocess.run(
        [*command, "--target", target, "-r", lock], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ClusterError(f"installing {lock} failed: {done.stderr.strip()[-800:]}")


def _is_a_trace(path: Path) -> bool:
    """Whether it is an installer's record of time and place, or a program of the host."""
    return path.name in TRACES or path.parts[0] == "bin"


def _programs(
    name: str, sources: tuple[Path, ...], folders: dict[str, int], patterns: tuple[str, ...] = FILES
) -> Layer:
    """The layer of our own files; compiled in the base, so that the same Python reads them."""
    root = base.root(PYTHON_PACKAGES)
    files = {path.relative_to(REPOSITORY): path for source in sources for path in _files(source, patterns)}
    content = [part for at, path in sorted(files.items()) for part in (str(at).encode(), path.read_bytes())]

    def fill(writer: Writer) -> None:
        target = root.folder / HOME
        shutil.rmtree(target, ignore_errors=True)
        for at, path in files.items():
            (target / at).parent.mkdir(parents=True, exist_ok=True)
            (target / at).write_bytes(path.read_bytes())
        base.compile_python(root.folder, f"/{HOME}")
        writer.tree(target, HOME)
        for folder, owner in folders.items():
            writer.folder(folder, owner, 0o700)
        shutil.rmtree(target)

    recipe = json.dumps([root.key, folders]).encode()
    return layer(_layers(), name, _hash([recipe, *content]), fill)


def _files(source: Path, patterns: tuple[str, ...]) -> Iterator[Path]:
    if source.is_file():
        yield source
    for pattern in patterns if source.is_dir() else ():
        yield from (path for path in source.rglob(pattern) if "__pycache__" not in path.parts)


def _hash(parts: list[bytes]) -> str:
    content = hashlib.sha256()
    for part in parts:
        content.update(len(part).to_bytes(8) + part)
    return content.hexdigest()[:12]
