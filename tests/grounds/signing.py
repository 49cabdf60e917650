"""People who sign with real OpenSSH keys, and the file that allows them to."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Person:
    """Somebody with a key of their own; ``home`` is the folder that has it under ``.ssh``."""

    principal: str
    home: Path

    @property
    def key(self) -> Path:
        """The private key."""
        return self.home / ".ssh" / "id_ed25519"

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, as OpenSSH says it."""
        done = subprocess.run(
            ["ssh-keygen", "-l", "-f", self.key], capture_output=True, text=True, check=True
        )
        return done.stdout.split()[1]

    def allowed(self, options: str = "", principals: str = "") -> str:
        """Return the line of a file of allowed signers."""
        public = " ".join(self.key.with_suffix(".pub").read_text("ascii").split()[:2])
        return f"{principals or self.principal} {options} {public}\n"

    def sign(self, text: Path, namespace: str = "finrisk", name: str = "") -> Path:
        """Sign a text; return the signature beside it, which has the text's name and ``name`` in its own."""
        signature = text.with_name(f"{text.name}{name}.sig")
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", str(self.key)]
        done = subprocess.run(command, input=text.read_bytes(), capture_output=True, check=True)
        signature.write_bytes(done.stdout)
        return signature


def person(folder: Path, principal: str) -> Person:
    """Return a new person."""
    made = Person(principal, folder / principal)
    made.key.parent.mkdir(parents=True)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", made.key], check=True)
    return made


def allowed(path: Path, lines: Sequence[str]) -> str:
    """Write a file of allowed signers; return its name."""
    path.write_text("".join(lines), "ascii")
    return str(path)
