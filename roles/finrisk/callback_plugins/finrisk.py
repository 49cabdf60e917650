# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator sees: what changed, progress bars, an error once, and the result in plain words."""

from __future__ import annotations

DOCUMENTATION = """
    name: finrisk
    type: stdout
    short_description: What changed, progress bars, a summary and a JSON mode
    version_added: "0.1.0"
    description:
        - Says nothing of steps that changed nothing, and of a failure one sentence on standard error; with
          C(-v) all of Ansible's default output.
        - Draws a bar from C(progress) while a task is retried.
        - Prints a recap, unless a report changed nothing, then C(summary) and C(report.text) of the results.
        - Says in which step Ctrl-C ended the run, and C(interrupted) of the results, since something goes on
          without it.
        - With C(-e finrisk_format=json) prints C(report.data) alone to standard output.
    extends_documentation_fragment:
        - default_callback
        - result_format_callback
"""

import atexit
import json
import signal
import sys
from collections.abc import Mapping
from typing import Any

from ansible import constants, context
from ansible.plugins.callback.default import CallbackModule as Default
from ansible.utils.vars import load_extra_vars

BAR_WIDTH = 30
LOST_INTERRUPT_SECONDS = 0.2
ROLE = "finrisk : "
ARGUMENTS, SAYING = "validate_argument_spec", "debug"
SHELL_SIGNALS = 128
NEEDED = ("item", "reason", "module_stderr")
"""What else of a failed result is said when its message does not hold it."""


def bar(progress: object) -> str | None:
    """Return ``[######......]  25 % label`` for ``{done, total, label}``, or None when it is not that."""
    if not isinstance(progress, Mapping):
        return None
    try:
        done, total = float(progress["done"]), float(progress["total"])
    except (KeyError, TypeError, ValueError):
        return None
    if not total > 0:
        return None
    share = min(max(done / total, 0.0), 1.0)
    marks = int(share * BAR_WIDTH)
    label = str(progress.get("label") or "")
    return f"[{'#' * marks}{'.' * (BAR_WIDTH - marks)}] {int(share * 100):3d} % {label}".rstrip()


def step(task: Any) -> str:
    """Return a task's name as people say it: without the role, and without what Ansible adds."""
    if task.action.rpartition(".")[2] == ARGUMENTS:
        return "Check the variables"
    return str(task.get_name()).strip().removeprefix(ROLE)


def sentence(result: Mapping[str, Any]) -> str:
    """Return why a task failed, on one line."""
    message = ended(result) or " ".join(str(result.get("msg") or "failed without a message").split())
    more = [str(result[name]).strip() for name in NEEDED if result.get(name)]
    return " ".join([message, *(" ".join(part.split()) for part in more if part not in message)])


def ended(result: Mapping[str, Any]) -> str:
    """Return which signal ended a module before it said anything, and what to do; empty when none did.

    A shell says 128 and the signal's number; where it was ended too, Python says the number below 0.
    """
    code = result.get("rc")
    if "module_stdout" not in result or not isinstance(code, int):  # the module said how it went
        return ""
    try:
        number = signal.Signals(-code if code < 0 else code - SHELL_SIGNALS)
    except ValueError:
        return ""
    return (
        f"{number.name} ended the step before it said how far it came: somebody sent it, or the system for "
        "want of memory (dmesg says so). Run the same command again: it goes on from what is there"
    )


class SilentDisplay:
    """Ansible's display with standard output left to the report; warnings and errors go on to stderr."""

    def __init__(self, display: Any) -> None:
        """Stand in front of the real display."""
        self._real = display

    def display(self, message: str, *arguments: Any, stderr: bool = False, **options: Any) -> None:
        """Pass on what is meant for standard error, and nothing else."""
        if stderr:
            self._real.display(message, *arguments, stderr=True, **options)

    def banner(self, *_arguments: Any, **_options: Any) -> None:
        """Say nothing: banners go to standard output."""

    def _error(self, *_arguments: Any, **_options: Any) -> None:
        """Say nothing: ansible-core prints a failed task's message to standard output here."""

    def __getattr__(self, name: str) -> Any:
        """Leave everything else to the real display."""
        return getattr(self._real, name)


def diffs_inside(result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the diffs of a list of objects: kubernetes.core hides them where Ansible does not look."""
    inside = result.get("result")
    objects = inside.get("results") if isinstance(inside, Mapping) and "diff" not in result else None
    diffs = []
    for entry in objects if isinstance(objects, list) else []:
        if entry.get("changed") and entry.get("diff"):
            of = entry.get("result") or {}
            name = f"{of.get('kind')} {(of.get('metadata') or {}).get('name')}"
            diffs.append({**entry["diff"], "before_header": name, "after_header": name})
    return diffs


class CallbackModule(Default):  # type: ignore[misc]  # Ansible has no types
    """Ansible's default output, and what FinRisk's results ask to be shown."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "stdout"
    CALLBACK_NAME = "finrisk"

    _display: Any

    def __init__(self) -> None:
        """Start with nothing to say."""
        super().__init__()
        self._real_display = self._display
        self._as_json = False
        self._quiet = not self._display.verbosity
        self._under_way = ""
        self._bars: set[str] = set()
        self._reports: dict[str, Mapping[str, Any]] = {}
        self._summaries: dict[str, list[str]] = {}
        self._interrupted: dict[str, list[str]] = {}
        self._report_unraisable = sys.unraisablehook
        sys.unraisablehook = self._interrupt_again
        atexit.register(self._say_what_goes_on)

    def v2_playbook_on_start(self, playbook: Any) -> None:
        """Learn the format before the first line of output."""
        extra = load_extra_vars(playbook.get_loader())
        self._as_json = str(extra.get("finrisk_format", "")).lower() == "json"
        if self._as_json:
            self._display = SilentDisplay(self._real_display)
        super().v2_playbook_on_start(playbook)

    def v2_playbook_on_play_start(self, play: Any) -> None:
        """Name the play with -v alone."""
        if self._quiet:
            self._play = play
        else:
            super().v2_playbook_on_play_start(play)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Remember which step is under way."""
        self._under_way = step(task)
        super().v2_playbook_on_task_start(task, is_conditional)

    def v2_playbook_on_include(self, included_file: Any) -> None:
        """Name an included file with -v alone."""
        if not self._quiet:
            super().v2_playbook_on_include(included_file)

    def v2_playbook_on_no_hosts_matched(self) -> None:
        """Say nothing: finrisk_reach ends such a run, and says why."""

    def v2_runner_on_ok(self, result: Any) -> None:
        """Keep what is to be shown at the end; say what changed; finish a bar that was begun."""
        self._keep(result)
        if diffs := diffs_inside(result.result):
            result.result["diff"] = diffs
            self.v2_on_file_diff(result)
        if self._quiet:
            self._handle_warnings_and_exception(result)
            self._say_what_changed(result)
        else:
            super().v2_runner_on_ok(result)
        if result.task._uuid in self._bars:
            self._draw(result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        """Name a step that was not needed with -v alone."""
        if not self._quiet:
            super().v2_runner_on_skipped(result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Say the failure once, on standard error; with -v as Ansible does."""
        self._keep(result)
        for name in ("argument_spec_data", "validate_args_context"):  # pages of it; the message says it all
            result.result.pop(name, None)
        if self._quiet:
            self._handle_warnings(result.result)
        else:
            super().v2_runner_on_failed(result, ignore_errors=ignore_errors)
        if (self._quiet or self._as_json) and not ignore_errors:
            self._complain(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        """Say of an unreachable host what is said of a failure."""
        if not self._quiet:
            super().v2_runner_on_unreachable(result)
        if self._quiet or self._as_json:
            self._complain(result)

    def v2_runner_retry(self, result: Any) -> None:
        """Draw a bar instead of "FAILED - RETRYING" when the result knows how far it is."""
        if bar(result.result.get("progress")) is None:
            if not self._quiet:
                super().v2_runner_retry(result)
            return
        if self._last_task_banner != result.task._uuid:
            self._print_task_banner(result.task)
        self._bars.add(result.task._uuid)
        self._draw(result)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Print the recap, then reports and summaries in plain text, or the JSON report alone."""
        self._interrupted.clear()
        self._under_way = ""
        if self._quiet:
            self._recap(stats)
        else:
            super().v2_playbook_on_stats(stats)
        if self._as_json:
            self._print_json()
            return
        hosts = [*self._reports, *(host for host in self._summaries if host not in self._reports)]
        for host in hosts:
            if len(hosts) > 1:
                self._display.display(f"{host}:")
            colours = self._reports.get(host, {}).get("colours", {})
            for line in [*self._reports.get(host, {}).get("text", []), *self._summaries.get(host, [])]:
                self._display.display(str(line), color=colours.get(str(line)))

    def _print_task_banner(self, task: Any) -> None:
        """Name a step before it is over with -v alone."""
        if not self._quiet:
            super()._print_task_banner(task)

    def _say_what_changed(self, result: Any) -> None:
        """Name a step that changed something, or would in a check; show what a step wants to be shown."""
        if result.result.get("changed"):
            would = "would change" if result.task.check_mode else "changed"
            line = f"{would}: [{self.host_label(result)}] {step(result.task)}"
            self._display.display(line, color=constants.COLOR_CHANGED)
        elif result.task.action.rpartition(".")[2] == SAYING:
            self._clean_results(result.result, result.task.action)
            shown = result.result.get("msg") or self._dump_results(result.result).strip("\n")
            self._display.display(str(shown))

    def _recap(self, stats: Any) -> None:
        """Print one line for each host: how many steps changed something, and how many failed."""
        for host in sorted(stats.processed):
            counts = stats.summarize(host)
            failed = counts["failures"] + counts["unreachable"]
            if counts["changed"] or failed or host not in self._reports:
                colour = constants.COLOR_ERROR if failed else constants.COLOR_OK
                self._display.display(f"{host}: changed={counts['changed']} failed={failed}", color=colour)

    def _keep(self, result: Any) -> None:
        """Take the report and the summary out of a result, so that no dump repeats them."""
        host = result.host.get_name()
        report = result.result.pop("report", None)
        if isinstance(report, Mapping):
            self._reports[host] = report
        interrupted = result.result.pop("interrupted", None)
        if isinstance(interrupted, list):
            self._interrupted[host] = [str(line) for line in interrupted]
        summary = result.result.pop("summary", None)
        if isinstance(summary, list):
            lines = [str(line) for line in summary]
            self._summaries.setdefault(host, []).extend(lines)
            if self._quiet and set(map(str, result.result.get("warnings") or ())) <= set(lines):
                result.result.pop("warnings", None)  # it stands at the end

    def _interrupt_again(self, unraisable: Any) -> None:
        """Bring back a Ctrl-C that Python lost: one that falls on a fork ends in the fork's own handlers."""
        if unraisable.exc_type is KeyboardInterrupt:
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, LOST_INTERRUPT_SECONDS)
        else:
            self._report_unraisable(unraisable)

    def _say_what_goes_on(self) -> None:
        """Say, when a run never came to its end, where it stopped, what goes on and how to come back."""
        if self._under_way and not self._interrupted:
            left = "What it left half made: playbooks/status.yml"
            if context.CLIARGS.get("check"):
                left = "It was a check: nothing was changed"
            where = f"Ended in the middle of: {self._under_way}. {left}"
            self._real_display.display(where, color=constants.COLOR_ERROR, stderr=True)
        for lines in self._interrupted.values():
            for line in lines:
                self._real_display.display(line, stderr=self._as_json)

    def _draw(self, result: Any) -> None:
        line = bar(result.result.get("progress"))
        if line is not None:
            self._display.display(f"{self.host_label(result)}: {line}", color=constants.COLOR_DEBUG)

    def _complain(self, result: Any) -> None:
        self._real_display.display(
            f"{self.host_label(result)}: {step(result.task)}: {sentence(result.result)}",
            color=constants.COLOR_ERROR,
            stderr=True,
        )

    def _print_json(self) -> None:
        data: dict[str, Any] = {host: report.get("data", {}) for host, report in self._reports.items()}
        if not data:
            data = {host: {"summary": lines} for host, lines in self._summaries.items()}
        if data:
            value = next(iter(data.values())) if len(data) == 1 else data
            self._real_display.display(json.dumps(value, indent=2, ensure_ascii=False, default=str))
