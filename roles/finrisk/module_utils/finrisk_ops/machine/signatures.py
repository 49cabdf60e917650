"""Signatures by OpenSSH (``ssh-keygen -Y``, its PROTOCOL.sshsig), and whose keys they are."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import FinriskError

PROGRAM = "ssh-keygen"
SECONDS = 30.0
_KEY = re.compile(r"\bkey (SHA256:\S+)\s*$")
_PATTERN = re.compile(r"[*?!]")


@dataclass(frozen=True)
class Signer:
    """Who signed: the name in the file of allowed signers, and the fingerprint of the key."""

    principal: str
    key: str


def signer(text: bytes, signature: Path, allowed: Path, namespace: str) -> Signer:
    """Return who signed the text for the namespace, as ``allowed`` (see ssh-keygen(1)) knows them now.

    Raises:
        FinriskError: The signature is of another text or namespace, its key is not allowed or not any more,
            the key stands for more than one person, or a file or OpenSSH is missing.
    """
    for path in (allowed, signature):
        if not path.is_file():
            raise FinriskError(f"there is no file {path}: name one that exists")
    about = ("-s", str(signature), "-f", str(allowed))
    known = _run(["find-principals", *about])
    names = known.stdout.split("\n")[:-1]
    if known.returncode or not names:
        raise FinriskError(f"the signature {signature} is of no key that {allowed} allows: {_reason(known)}")
    if len(names) > 1 or _PATTERN.search(names[0]):
        raise FinriskError(
            f"the key of {signature} stands for {', '.join(names)} in {allowed}: "
            "give each key one person's name there"
        )
    checked = _run(["verify", *about, "-n", namespace, "-I", names[0]], text)
    key = _KEY.search(checked.stdout)
    if checked.returncode or not key:
        raise FinriskError(f"the signature {signature} is not one of its text: {_reason(checked)}")
    return Signer(names[0], key[1])


def signing(text: Path, signature: Path, namespace: str) -> str:
    """Return the command that signs the text, as it is typed by whoever has that key."""
    files = f"< {shlex.quote(str(text))} > {shlex.quote(str(signature))}"
    return f"{PROGRAM} -Y sign -n {namespace} -f ~/.ssh/id_ed25519 {files}"


def _run(arguments: Sequence[str], text: bytes = b"") -> subprocess.CompletedProcess[str]:
    try:
        done = subprocess.run(
            [PROGRAM, "-Y", *arguments], input=text, capture_output=True, timeout=SECONDS, check=False
        )
    except FileNotFoundError:
        raise FinriskError(
            f"{PROGRAM} is not on this machine: install OpenSSH's client (8.7 or newer)"
        ) from None
    except subprocess.TimeoutExpired:
        raise FinriskError(
            f"{PROGRAM} did not answer within {SECONDS:g} s: see what keeps this machine busy"
        ) from None
    told = (done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace"))
    return subprocess.CompletedProcess(done.args, done.returncode, *told)


def _reason(done: subprocess.CompletedProcess[str]) -> str:
    return (
        "; ".join(line.strip().rstrip(".") for line in done.stderr.splitlines() if line.strip())
        or "no reason given"
    )
