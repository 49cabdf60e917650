"""``finrisk_target: process``: revisions as folders on disk, rolled out to the Gunicorn of this machine."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from ..errors import FinriskError
from ..machine import disk, locks, processes
from ..machine.files import make_folder, read_json, write_json
from ..machine.processes import Process
from ..release import unfinished
from ..release.obstacle import Obstacle
from ..release.readiness import not_yet
from ..release.revision import Revision, labelled, newest_first
from ..release.target import Labels
from ..service.snapshot import Snapshot
from . import gunicorn, status
from .credentials import are_lost, credential_values, keep, loss, restore
from .gunicorn import Place
from .preflight import check_settings


@dataclass(frozen=True)
class ProcessTarget:
    """The service of this machine as a place where revisions run."""

    place: Place
    timeout_seconds: float = 60.0
    credentials_follow: bool = False  # a preview of a run that would write them before

    @property
    def folder(self) -> Path:
        """The folder that holds one folder for each revision."""
        return self.place.var_dir / "revisions"

    def paths(self, name: str) -> list[str]:
        """Return the files of a revision."""
        return [str(self.folder / name / file) for file in ("config.json", "secrets.json")]

    @property
    def api_url(self) -> str:
        """The address of the API."""
        return self.place.api_url

    @property
    def ops_url(self) -> str:
        """The address of health pages and metrics."""
        return self.place.ops_url

    def snapshot(self, revision: Revision | None) -> Snapshot:
        """Return what the service of this machine shows from outside; all of it may be missing."""
        del revision
        return status.snapshot(self.place)

    def check_usable(self) -> None:
        """Nothing has to be reached: this machine is here."""

    def locked(self, why: str, *, takes_over: bool = False) -> AbstractContextManager[None]:
        """Hold this environment's release lock."""
        return locks.file(self.place.var_dir / "release.lock", why, takes_over=takes_over)

    def names(self) -> list[str]:
        """Return the names of all revisions, the highest number first."""
        if not self.folder.is_dir():
            return []
        return newest_first(entry.name for entry in self.folder.iterdir())

    def current(self) -> str:
        """Return the name of the current revision, empty before the first.

        Raises OSError when this account may not know it, which is another thing than none.
        """
        try:
            return Path(os.readlink(self._link)).name
        except FileNotFoundError:
            return ""

    def read(self, name: str) -> Revision:
        """Return a revision; raises FinriskError when its files are gone or broken."""
        config, secret = (read_json(Path(path)) for path in self.paths(name))
        for content, path in ((config, "config.json"), (secret, "secrets.json")):
            metadata = content.get("metadata") if isinstance(content, dict) else None
            if not isinstance(metadata, dict) or not all(
                isinstance(metadata.get(part) or {}, dict) for part in ("annotations", "labels")
            ):
                raise FinriskError(f"{self.folder / name / path} is not an object that deploy wrote")
        if not isinstance(config.get("data"), dict) or not isinstance(secret.get("stringData"), dict):
            raise FinriskError(f"{self.folder / name} holds no settings")
        return Revision(name, config, secret)

    def store(self, revision: Revision) -> None:
        """Write the revision's files, all of them or none; what killed runs left half written goes."""
        make_folder(self.folder)
        for leftover in self.folder.glob(".r*.part"):
            shutil.rmtree(leftover, ignore_errors=True)
        draft = self.folder / f".{revision.name}.part"
        make_folder(draft)
        write_json(draft / "config.json", revision.config)
        write_json(draft / "secrets.json", revision.secret)
        place = self.folder / revision.name
        if place.exists():  # broken by hand: what stands there is not this revision
            shutil.rmtree(place)
        os.rename(draft, place)

    def preflight(self, revision: Revision) -> None:
        """Let the service check its settings under this revision before anything is switched.

        Raises FinriskError with the service's own message, which names the key and the fix.
        """
        if self.credentials_follow and loss(self.place.var_dir) and not are_lost(self.place.var_dir):
            credentials = dict.fromkeys(("USER_HASH_KEY", "GEMINI_API_KEY"), "written by the run itself")
        else:
            credentials = credential_values(self.place.var_dir)
        if not credentials:
            raise FinriskError("the service has no credentials yet; run playbooks/site.yml first")
        named = {"FINRISK_REVISION": revision.name}
        check_settings(self.place, revision.settings | revision.secret_settings | credentials | named)

    def pending(self, revision: Revision, older: Sequence[Process] = ()) -> str:
        """Say what is missing until every worker runs this revision; empty when nothing is."""
        running = gunicorn.master(self.place)
        if running is None:
            return "the service is not running"
        if not gunicorn.listens_here(self.place):
            return f"the service listens on other ports than {self.api_url} and {self.ops_url}"
        if are_lost(self.place.var_dir):
            return loss(self.place.var_dir)
        pids = [process.pid for process in older if process.alive]
        if pids:
            return f"workers of the revision before have not ended yet: {', '.join(map(str, pids))}"
        readiness = gunicorn.readiness(self.place)
        if not readiness:
            return f"nothing answers on {self.place.ops_url}/readyz"
        return not_yet(readiness, revision)

    def roll_out(self, revision: Revision) -> None:
        """Make the revision current, and wait until every worker runs it and every older one is gone.

        Raises FinriskError with the reason when that does not happen in time.
        """
        offset = gunicorn.log_size(self.place)
        restore(self.place.var_dir)
        credentials = gunicorn.credentials_digest(self.place)
        self.make_current(revision.name)
        running = gunicorn.master(self.place)
        older: list[Process] = []
        if running and not gunicorn.listens_here(self.place):  # HUP does not move a master to other ports
            gunicorn.stop(self.place)
            running = None
        if running is None:
            running = gunicorn.start(self.place, seconds=self.timeout_seconds)
        else:
            older = processes.workers(running)
            gunicorn.reload_configuration(running)
        if gunicorn.wait(running, lambda: not self.pending(revision, older), self.timeout_seconds):
            gunicorn.record(self.place, running, credentials)
            with contextlib.suppress(OSError):  # what keeps a copy from being made keeps nobody from serving
                keep(self.place.var_dir)
            return
        if not running.alive:
            reason = gunicorn.log_reason(self.place, offset)
            raise FinriskError(f"the service ended when it read {revision.name}: {reason}")
        raise FinriskError(
            f"{revision.name} was not running everywhere after {self.timeout_seconds:.0f} s: "
            f"{self.pending(revision, older)}; {gunicorn.log_reason(self.place, offset)}"
        )

    def make_current(self, name: str) -> None:
        """Let the service read this revision from its next start or reload on, in one step."""
        draft = self.place.var_dir / ".current.part"
        draft.unlink(missing_ok=True)
        draft.symlink_to(Path("revisions") / name)
        os.replace(draft, self._link)

    def label(self, labels: Callable[[str], Labels]) -> None:
        """Write the labels into the files of every revision that can be read."""
        for revision in self.readable():
            desired = revision
            for label, value in labels(revision.name).items():
                desired = labelled(desired, label, value)
            config, secret = (Path(path) for path in self.paths(revision.name))
            if desired.config != revision.config:
                write_json(config, desired.config)
            if desired.secret != revision.secret:
                write_json(secret, desired.secret)

    def used(self) -> set[str]:
        """Return no revision: what a worker runs, it has read."""
        return set()

    def remove(self, name: str) -> None:
        """Remove the folder of a revision."""
        shutil.rmtree(self.folder / name, ignore_errors=True)

    def readable(self) -> list[Revision]:
        """Return every revision whose files can be read, the highest number first."""
        revisions = []
        for name in self.names():
            with contextlib.suppress(FinriskError):
                revisions.append(self.read(name))
        return revisions

    def runs_something(self) -> bool:
        """Say whether the service runs now, of whatever revision."""
        return gunicorn.master(self.place) is not None

    def clear(self) -> None:
        """Leave nothing running: for a first revision that did not come up."""
        gunicorn.stop(self.place)
        self._link.unlink(missing_ok=True)

    def start(self, *, check: bool, new_credentials: bool = False) -> list[str]:
        """Let the current revision run with the credentials on disk; return what had to be done.

        ``new_credentials`` says that those on disk are about to be replaced, which only a preview knows.

        Raises FinriskError when there is no revision, or it does not come to run.
        """
        with contextlib.nullcontext() if check else self.locked("start of the service"):
            if not self.current():
                raise FinriskError("there is no revision to start; run playbooks/site.yml")
            revision = self.read(self.current())
            missing = self.pending(revision)
            is_current = gunicorn.read_credentials(self.place) == gunicorn.credentials_digest(self.place)
            if not missing and is_current and not new_credentials:
                return []
            if not check:
                self.roll_out(revision)
            return [missing or "the workers have not read the new credentials"]

    def stop(self, *, check: bool) -> list[str]:
        """Stop the service; return what had to be done."""
        with contextlib.nullcontext() if check else self.locked("stop of the service"):
            running = gunicorn.master(self.place)
            if running is None:
                return []
            if not check:
                gunicorn.stop(self.place)
            return [f"process {running.pid} and its workers"]

    def unfinished(self) -> str:
        """Say what a release that broke off left half made; empty when nothing is."""
        holder, left = locks.read(self.place.var_dir / "release.lock")
        name = self.current()
        if holder is not None or not name:
            return ""
        try:
            revision = self.read(name)
        except FinriskError:
            return ""  # told as such
        return unfinished.half_made(revision, left) if not revision.proven else ""

    def rollback_obstacles(self) -> list[Obstacle]:
        """Say what a rollback would meet now."""
        obstacles = list[Obstacle]()
        holder, _ = locks.read(self.place.var_dir / "release.lock")
        if holder is not None:
            obstacles.append(Obstacle(unfinished.in_the_way(holder), overcome=holder.yields))
        if (room := disk.of(self.place.var_dir)) and room.takes_nothing:
            obstacles.append(
                Obstacle(f"the disk of {room.folder} is full: a rollback cannot be written there")
            )
        obstacles += [Obstacle(said) for said in gunicorn.in_the_way(self.place)]
        lost = loss(self.place.var_dir)
        if are_lost(self.place.var_dir):
            what = f"{lost}: a rollback or a deploy brings it back"
            obstacles.append(Obstacle(what, overcome=True, credentials=True))
        elif lost:
            what = f"{lost}, and there is no copy of it to read: a rollback waits for playbooks/site.yml"
            obstacles.append(Obstacle(what, credentials=True))
        return obstacles

    @property
    def _link(self) -> Path:
        return self.place.var_dir / "current"
