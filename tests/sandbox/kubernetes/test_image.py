"""Images without a builder: the same files make the same bytes, as the Containerfile says."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.kubernetes import images
from sandbox.kubernetes.image import Image, Writer, layer, write
from tests.grounds.rendering import OTHER_CHOICES, rendered
from tests.grounds.repository import REPOSITORY

CONTAINERFILE = (REPOSITORY / "app" / "Containerfile").read_text("utf-8")
OPS_CONTAINERFILE = (REPOSITORY / "ops" / "Containerfile").read_text("utf-8")
OPS_FILES = images.OPS_SOURCES


def _tree(root: Path, time: int) -> Path:
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "tool").write_text("#!/bin/sh\n")
    (root / "bin" / "tool").chmod(0o4755)
    (root / "bin" / "again").symlink_to("tool")
    os.link(root / "bin" / "tool", root / "bin" / "linked")
    for path in (root / "bin" / "tool", root / "bin", root):
        os.utime(path, (time, time))
    return root


def _archive(folder: Path, time: int) -> bytes:
    tree = _tree(folder / "tree", time)

    def fill(writer: Writer) -> None:
        writer.tree(tree)
        writer.folder("var/lib/finrisk", 10001, 0o700)

    made = layer(folder / "layers", "one", "1", fill)
    write(Image("localhost/test", [made], {"User": "10001"}), folder / "layers", folder / "image.tar")
    return (folder / "image.tar").read_bytes()


def _members(archive: bytes) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return {one.name: file.read() for one in tar if (file := tar.extractfile(one)) is not None}


def test_the_same_files_make_the_same_bytes_at_any_time_and_place(tmp_path: Path) -> None:
    assert _archive(tmp_path / "a", 1_000_000_000) == _archive(tmp_path / "b", 1_700_000_000)


def test_a_new_layer_replaces_the_older_one_of_its_kind_alone(tmp_path: Path) -> None:
    for kind, content in (("app", "1"), ("app-start", "1"), ("app", "2")):
        layer(tmp_path, kind, content, lambda writer: writer.file("x", b"x"))
    assert {path.name for path in tmp_path.glob("*.gz")} == {"app.2.tar.gz", "app-start.1.tar.gz"}


def test_every_blob_is_named_by_its_hash_and_every_layer_by_what_is_in_it(tmp_path: Path) -> None:
    members = _members(_archive(tmp_path, 1_000_000_000))
    blobs = {name.rpartition("/")[2]: content for name, content in members.items() if "sha256" in name}
    assert all(hashlib.sha256(content).hexdigest() == name for name, content in blobs.items())
    described = json.loads(members["index.json"])["manifests"][0]
    manifest = json.loads(blobs[described["digest"].removeprefix("sha256:")])
    config = json.loads(blobs[manifest["config"]["digest"].removeprefix("sha256:")])
    plain = gzip.decompress(blobs[manifest["layers"][0]["digest"].removeprefix("sha256:")])
    assert config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(plain).hexdigest()}"]
    tag = manifest["config"]["digest"].removeprefix("sha256:")[:12]
    assert described["annotations"]["io.containerd.image.name"] == f"localhost/test:{tag}"


def test_files_belong_to_root_and_none_is_setuid(tmp_path: Path) -> None:
    _archive(tmp_path, 1_000_000_000)
    with tarfile.open(tmp_path / "layers" / "one.1.tar.gz") as tar:
        entries = {entry.name: entry for entry in tar}
    assert {entry.uid for name, entry in entries.items() if name != "var/lib/finrisk"} == {0}
    assert all(entry.mode & 0o6000 == 0 for entry in entries.values())
    assert entries["var/lib/finrisk"].uid == 10001
    assert {entries["bin/tool"].islnk(), entries["bin/linked"].islnk()} == {True, False}


def _said(containerfile: str, instruction: str) -> list[str]:
    """What stands behind an instruction, each time that it is there."""
    joined = re.sub(r"\\\n", " ", containerfile)
    return re.findall(rf"^{instruction} +(.*)$", joined, re.MULTILINE)


@pytest.mark.parametrize(
    ("containerfile", "settings"),
    [(CONTAINERFILE, images.APP_SETTINGS), (OPS_CONTAINERFILE, images.OPS_SETTINGS)],
    ids=["app", "ops"],
)
@pytest.mark.parametrize("instruction", ["USER", "WORKDIR", "ENTRYPOINT", "CMD", "EXPOSE", "ENV"])
def test_the_containerfile_and_the_test_image_agree(
    containerfile: str, settings: Mapping[str, Any], instruction: str
) -> None:
    expected = {
        "USER": settings["User"],
        "WORKDIR": settings["WorkingDir"],
        "ENTRYPOINT": settings["Entrypoint"],
        "CMD": settings.get("Cmd"),
        "EXPOSE": sorted(settings.get("ExposedPorts", ())),
        "ENV": sorted(one for one in settings["Env"] if not one.startswith("PATH=")),
    }
    found = _said(containerfile, instruction)
    assert len(found) == bool(expected[instruction])
    for text in found:
        if text.startswith("["):
            assert json.loads(text) == expected[instruction]
        elif isinstance(expected[instruction], list):
            assert sorted(shlex.split(text)) == expected[instruction]
        else:
            assert text == expected[instruction]


def test_both_ways_put_the_same_files_into_the_image_of_the_playbooks() -> None:
    copied = [line.split() for line in _said(OPS_CONTAINERFILE, "COPY") if line.split()[0] in OPS_FILES]
    assert sorted(source for source, _ in copied) == sorted(OPS_FILES)
    assert all(target == f"/{images.HOME}/{source}" for source, target in copied)
    sent = (REPOSITORY / "ops" / "Containerfile.dockerignore").read_text("utf-8").splitlines()
    kept = [line[1:] for line in sent if line.startswith("!")]
    assert all(any(source == each or source.startswith(f"{each}/") for each in kept) for source in OPS_FILES)


def test_the_image_of_the_playbooks_holds_all_that_evaluate_yml_needs(tmp_path: Path) -> None:
    """It runs from these files alone, up to the cluster, which is not there."""
    home = tmp_path / "finrisk"
    for source in OPS_FILES:
        to = home / source
        to.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (REPOSITORY / source).is_dir() else shutil.copy)(REPOSITORY / source, to)
    variables = json.loads(rendered("production", **OTHER_CHOICES)["configmap-act"]["data"]["variables.json"])
    told = {"finrisk_repository": str(home), "finrisk_templates_dir": str(home / "templates")}
    told |= {"finrisk_kubeconfig": str(tmp_path / "kubeconfig")}
    (tmp_path / "kubeconfig").write_text((home / "ops" / "kubeconfig.yml").read_text())
    (tmp_path / "variables.json").write_text(json.dumps(variables))
    entry = [sys.executable, *images.OPS_SETTINGS["Entrypoint"][1:]]
    shell = dict(each.split("=", 1) for each in images.OPS_SETTINGS["Env"])
    shell |= {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    rooms = (home / "rules", home / "roles" / "finrisk" / "module_utils")
    shell |= {"PYTHONPATH": os.pathsep.join(map(str, rooms))}
    shell |= {"DATABASE_URL": "postgresql://nobody@postgres-service/none"}
    given = ["-e", f"@{tmp_path}/variables.json", "-e", "@ops/pod.yml", "-e", json.dumps(told)]
    done = subprocess.run(
        [*entry, *given], cwd=home, env=shell, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert "pod: Ask the gate: " in done.stderr, done.stderr
    assert "the credentials of context pod" in done.stderr, done.stderr


def test_the_image_installs_versions_that_the_service_is_tested_with() -> None:
    def pins(name: str) -> set[str]:
        text = (REPOSITORY / "requirements" / name).read_text("utf-8")
        return set(re.findall(r"^([a-z0-9.-]+==\S+)", text, re.MULTILINE))

    assert pins("service.txt") <= pins("base.txt")
    assert "requirements/service.txt" in CONTAINERFILE
    assert images.LOCK.name == "service.txt"
    assert "requirements/base.txt" in OPS_CONTAINERFILE
    assert images.OPS_LOCK.name == "base.txt"
