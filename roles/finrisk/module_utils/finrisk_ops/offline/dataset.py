"""The dataset that a model is compared on: the one that it was tuned on, without its validation set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..dataset.names import METADATA
from ..errors import FinriskError
from ..machine.files import read_json, stamped_files
from ..tuning import data
from ..tuning.data import DataFile
from ..tuning.jobs import Job


def chosen(named: str, folder: Path, job: Job) -> Path | None:
    """Return the metadata file that is named, else that of the job's own dataset; None without it."""
    if named:
        return Path(named)
    return next(
        (path for path in reversed(stamped_files(folder, METADATA, ".json")) if is_of(path, job)), None
    )


def is_of(metadata: Path, job: Job) -> bool:
    """Return whether the job was tuned on the training set of this metadata file."""
    try:
        content = read_json(metadata)
    except FinriskError:
        return False
    files = content.get("files") if isinstance(content, dict) else None
    return isinstance(files, dict) and str(job.dataset.get("sha256")) in map(str, files.values())


class Sets:
    """A dataset's two files, checked against its metadata."""

    def __init__(self, metadata: Path | None, folder: Path, job: Job) -> None:
        """Look at the files; without a metadata file, at those of the newest dataset of the folder.

        Raises:
            FinriskError: No dataset, files that are missing or were changed, or nothing to validate with.
        """
        found = data.unread(str(metadata or ""), folder)
        if found.validation is None:
            raise FinriskError(
                f"{found.metadata} has no validation examples, so there is nothing to compare on: collect "
                "and export more, then run playbooks/prepare.yml"
            )
        self.metadata, self.training = found.metadata, found.training
        self.validation: DataFile = found.validation
        self.is_tuned_on = job.dataset.get("sha256") == found.training.sha256

    @property
    def name(self) -> str:
        """Return a name of the validation set's bytes, for the files of what was answered to it."""
        return self.validation.sha256[:12]

    def content(self, questions: int) -> dict[str, Any]:
        """Return what an evaluation says of its dataset; ``questions`` are all of the validation set."""
        return {
            "metadata": self.metadata.name,
            "validation_file": self.validation.path.name,
            "validation_sha256": self.validation.sha256,
            "validation_examples": questions,
            "training_sha256": self.training.sha256,
            "is_tuned_on": self.is_tuned_on,
        }
