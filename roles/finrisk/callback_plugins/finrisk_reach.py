# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends a run that reaches nothing with a failure: Ansible calls it a success."""

from __future__ import annotations

DOCUMENTATION = """
    name: finrisk_reach
    type: aggregate
    short_description: A run that reaches no environment fails
    version_added: "0.1.0"
    description:
        - Ends the run with code 1 before anything happens when an inventory is not there, when no host of the
          playbook is in it or left by C(--limit), when no step has the C(--tags) or the name of
          C(--start-at-task), and when the ansible.cfg of the checkout is not in use, without which a run
          shows no result.
        - Names what there is instead.
        - Ends the run likewise when a file of variables is no YAML, and names file and line.
"""

import codecs
import fnmatch
import os
import shlex
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import yaml
from ansible import constants, context
from ansible.plugins.callback import CallbackBase
from ansible.utils.display import Display

CHECKOUT = Path(__file__).resolve().parents[3]
PLAYBOOKS = CHECKOUT / "playbooks"
ANSIBLES_OWN = "default"
"""The output of a run that found no ansible.cfg of ours and was told no other."""
ANSIBLES_TAGS = {"all", "always", "never", "tagged", "untagged"}
REFUSED = 1
_SUFFIXES = ("", *constants.YAML_FILENAME_EXTENSIONS)


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # whichever there is
    """Reads a file for its form: what a tag of Ansible's means is none of its business."""


_Loader.add_multi_constructor("!", lambda *_: None)


class CallbackModule(CallbackBase):  # type: ignore[misc]  # Ansible has no types
    """Looks at what a run reaches; other people's playbooks are none of its business."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "finrisk_reach"
    CALLBACK_NEEDS_ENABLED = False

    def __init__(self) -> None:
        """Start without a playbook."""
        super().__init__()
        self._playbook = Path()

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Look for what was named, before the first play."""
        self._playbook = Path(os.path.realpath(playbook._file_name))
        if not self._is_ours:
            return
        if constants.DEFAULT_STDOUT_CALLBACK == ANSIBLES_OWN:
            config = CHECKOUT / "ansible.cfg"
            _refuse(
                f"{config} is not in use, without which no result is shown: run this in {CHECKOUT}, or with "
                f"ANSIBLE_CONFIG={shlex.quote(str(config))} before it"
            )
        if missing := [source for source in sources() if not Path(source).exists()]:
            _refuse(f"there is no inventory {' and '.join(map(_shown, missing))}: {_existing()}")
        if broken := list(_broken()):
            _refuse("; ".join(broken))
        tasks = [task for play in playbook.get_plays() for block in play.compile() for task in _tasks(block)]
        tags = {tag for task in tasks for tag in task.tags} | ANSIBLES_TAGS
        if unknown := [tag for tag in context.CLIARGS.get("tags") or () if tag not in tags]:
            known = ", ".join(sorted(tags - ANSIBLES_TAGS)) or "none"
            _refuse(
                f"no step of {self._playbook.name} has the tag {' or '.join(unknown)}: its tags are {known}"
            )
        start = context.CLIARGS.get("start_at_task")
        if start and not any(fnmatch.fnmatch(name, start) for task in tasks for name in _names(task)):
            _refuse(f"no step of {self._playbook.name} is called {start!r}")

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """Say why nothing would happen."""
        if self._is_ours:
            limit = f" --limit {context.CLIARGS['subset']}" if context.CLIARGS.get("subset") else ""
            where = " and ".join(map(_shown, sources())) or "the inventory that was given"
            if wide := list(_wide()):
                _refuse(f"{' and '.join(wide)} is UTF-16, expected UTF-8: save it as UTF-8")
            _refuse(f"no host of the group finrisk is in {where}{limit}: {_existing()}")

    @property
    def _is_ours(self) -> bool:
        return self._playbook.parent == PLAYBOOKS


def sources() -> list[str]:
    """Return the files and folders of the inventory in use; a list of hosts, ``-i one,two``, is none."""
    given: Iterable[str] = context.CLIARGS.get("inventory") or constants.DEFAULT_HOST_LIST or ()
    return [source for source in given if "," not in source]


def _wide() -> Iterator[str]:
    """Yield the inventory files in UTF-16, which Ansible passes over."""
    for source in map(Path, sources()):
        for path in sorted(source.iterdir()) if source.is_dir() else [source]:
            if path.is_file() and path.read_bytes()[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                yield _shown(str(path))


def _broken() -> Iterator[str]:
    """Yield where a file of variables is no YAML; Ansible tells what is wrong and not where."""
    folders = {path if path.is_dir() else path.parent for path in map(Path, sources())}
    for path in sorted(path for folder in folders for path in _files_of_variables(folder)):
        content = path.read_bytes()
        try:
            yaml.load(content, _Loader)  # noqa: S506 - a safe one, and nothing is kept of it
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            has_tab = any(b"\t" in text for text in content.splitlines()[line - 1 : line])
            why = "a tab, where YAML takes blanks" if has_tab else error.problem or error.context
            yield f"{_shown(str(path))} is no YAML: line {line}: {why}"
        except yaml.reader.ReaderError as error:
            line = content.count(b"\n", 0, error.position) + 1
            yield f"{_shown(str(path))} is no text in UTF-8: line {line}: {error.reason}"


def _files_of_variables(folder: Path) -> Iterator[Path]:
    """Yield what Ansible reads beside an inventory."""
    for path in (path for name in ("group_vars", "host_vars") for path in folder.glob(f"{name}/**/*")):
        if path.is_file() and path.suffix in _SUFFIXES and not path.name.startswith("."):
            yield path


def _existing() -> str:
    names = sorted(str(path) for path in (CHECKOUT / "inventory").iterdir() if path.is_dir())
    return f"this checkout has {', '.join(f'-i {_shown(name)}' for name in names)}"


def _shown(path: str) -> str:
    """Return a path as one would type it here."""
    inside = Path.cwd().is_relative_to(CHECKOUT) and Path(path).is_relative_to(CHECKOUT)
    return shlex.quote(os.path.relpath(path) if inside else path)


def _tasks(block: Any) -> Iterator[Any]:
    for each in block.block:
        if hasattr(each, "block"):
            yield from _tasks(each)
        else:
            yield each


def _names(task: Any) -> tuple[str, str]:
    return str(task.name), str(task.get_name())


def _refuse(why: str) -> NoReturn:
    """End the run: Ansible turns no exception of a callback into a code, and takes SystemExit as it is."""
    Display().display(f"{why}. Nothing was changed", color=constants.COLOR_ERROR, stderr=True)
    raise SystemExit(REFUSED)
