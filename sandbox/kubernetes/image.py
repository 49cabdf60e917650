"""OCI images from plain files, without a registry, a daemon or a builder, byte for byte reproducible.

An image is an archive in the OCI layout. Its layers are gzipped tar files that lie in the cache, so a
changed program costs one small layer and a copy of the others.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import platform
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

EPOCH = "1970-01-01T00:00:00Z"
BLOCK = 1 << 20
ARCHITECTURE = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json"
INDEX_TYPE = "application/vnd.oci.image.index.v1+json"
FEW_HEX = 12


@dataclass(frozen=True)
class Layer:
    """A layer in the cache: ``digest`` and ``size`` of the gzipped file, ``diff_id`` of the tar inside."""

    file: str
    digest: str
    diff_id: str
    size: int


@dataclass(frozen=True)
class Image:
    """What an image is made of; its name follows from its content."""

    repository: str
    layers: Sequence[Layer]
    settings: Mapping[str, Any]

    @property
    def configuration(self) -> bytes:
        """The image's configuration as containers get it."""
        return _canonical(
            {
                "architecture": ARCHITECTURE,
                "os": "linux",
                "created": EPOCH,
                "config": dict(self.settings),
                "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in self.layers]},
            }
        )

    @property
    def name(self) -> str:
        """Repository and tag; the tag is the beginning of the configuration's SHA-256."""
        return f"{self.repository}:{hashlib.sha256(self.configuration).hexdigest()[:FEW_HEX]}"


class Writer:
    """Adds files to a layer with everything taken out that differs from one build to the next."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def tree(self, root: Path, at: str = "", leave_out: Callable[[Path], bool] = lambda _: False) -> None:
        """Add a folder's content below ``at``; every file belongs to root and none is setuid."""
        paths = [Path(folder, name) for folder, dirs, files in os.walk(root) for name in dirs + files]
        for path in sorted(paths):
            if leave_out(path.relative_to(root)):
                continue
            entry = self._tar.gettarinfo(path, arcname=str(Path(at) / path.relative_to(root)))
            if entry is None:  # a socket
                continue
            self._plain(entry)
            if entry.isreg():
                with path.open("rb") as file:
                    self._tar.addfile(entry, file)
            else:
                self._tar.addfile(entry)

    def file(self, at: str, content: bytes, mode: int = 0o644) -> None:
        """Add one file."""
        entry = tarfile.TarInfo(at)
        entry.size, entry.mode = len(content), mode
        self._plain(entry)
        self._tar.addfile(entry, io.BytesIO(content))

    def folder(self, at: str, owner: int = 0, mode: int = 0o755) -> None:
        """Add an empty folder."""
        entry = tarfile.TarInfo(at)
        entry.type, entry.mode = tarfile.DIRTYPE, mode
        self._plain(entry)
        entry.uid = entry.gid = owner
        self._tar.addfile(entry)

    @staticmethod
    def _plain(entry: tarfile.TarInfo) -> None:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = 0
        entry.mode &= 0o1777
        entry.pax_headers = {}


def layer(folder: Path, kind: str, content: str, fill: Callable[[Writer], None]) -> Layer:
    """Return the cached layer whose content this hash stands for, filled first when it is not there.

    A new one replaces the older ones of its kind.
    """
    record = folder / f"{kind}.{content}.json"
    if not record.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{kind}.part"
        with part.open("wb") as raw, gzip.GzipFile("", "wb", 3, raw, mtime=0) as packed:
            plain = _Hashed(packed)
            with tarfile.open(fileobj=plain, mode="w|", format=tarfile.PAX_FORMAT) as tar:
                fill(Writer(tar))
        result = Layer(
            file=f"{kind}.{content}.tar.gz",
            digest=_file_digest(part),
            diff_id=f"sha256:{plain.hash.hexdigest()}",
            size=part.stat().st_size,
        )
        for older in folder.glob(f"{kind}.*.*"):
            older.unlink()
        part.rename(folder / result.file)
        part.write_text(json.dumps(asdict(result)), encoding="utf-8")
        part.rename(record)
    return Layer(**json.loads(record.read_text("utf-8")))


def write(image: Image, layers: Path, target: Path) -> None:
    """Write the image's archive; ``layers`` is the folder that its layers lie in."""
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "config": _descriptor(CONFIG_TYPE, image.configuration),
        "layers": [{"mediaType": LAYER_TYPE, "digest": one.digest, "size": one.size} for one in image.layers],
    }
    described = _descriptor(MANIFEST_TYPE, _canonical(manifest))
    described["platform"] = {"architecture": ARCHITECTURE, "os": "linux"}
    described["annotations"] = {
        "io.containerd.image.name": image.name,
        "org.opencontainers.image.ref.name": image.name.rpartition(":")[2],
    }
    index = {"schemaVersion": 2, "mediaType": INDEX_TYPE, "manifests": [described]}
    part = target.with_suffix(".part")
    with tarfile.open(part, "w") as tar:
        writer = Writer(tar)
        writer.file("oci-layout", _canonical({"imageLayoutVersion": "1.0.0"}))
        writer.file("index.json", _canonical(index))
        for content in (image.configuration, _canonical(manifest)):
            writer.file(f"blobs/sha256/{hashlib.sha256(content).hexdigest()}", content)
        for one in {one.digest: one for one in image.layers}.values():
            entry = tarfile.TarInfo(f"blobs/sha256/{one.digest.removeprefix('sha256:')}")
            entry.size = one.size
            with (layers / one.file).open("rb") as file:
                tar.addfile(entry, file)
    part.rename(target)


class _Hashed(io.RawIOBase):
    """Passes on what is written, and hashes it."""

    def __init__(self, target: gzip.GzipFile) -> None:
        self.hash = hashlib.sha256()
        self._target = target

    def write(self, data: Any) -> int:
        self.hash.update(data)
        return self._target.write(data)


def _descriptor(kind: str, content: bytes) -> dict[str, Any]:
    return {
        "mediaType": kind,
        "digest": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "size": len(content),
    }


def _file_digest(path: Path) -> str:
    with path.open("rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
