"""Releasing a revision, from the lock to the label: the same story for every target."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import FinriskError
from ..machine import identity, locks
from .keeping import prove, proven, prune
from .revision import Release, Revision, at_base, make, next_number, same_content, shown
from .target import NoImageError, Target
from .traffic import describe

TO_BASE = "base"
Otherwise = Callable[[Target, Revision, Revision | None, bool], str]
"""What to do when a revision does not come to run: it, what ran before, whether it is the first; says it."""


@dataclass(frozen=True)
class Rendered:
    """The objects that the templates rendered, and the release they are for."""

    config: Mapping[str, Any]
    secret: Mapping[str, Any]
    release: Release


@dataclass(frozen=True)
class Outcome:
    """What a release did, or would do in check mode."""

    changed: bool
    revision: Revision
    previous: str
    actions: list[str] = field(default_factory=list)
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def deploy(
    target: Target, rendered: Rendered, *, planned_on: str | None, check: bool, action: str = "deploy"
) -> Outcome:
    """Make the rendered objects what the environment runs.

    ``planned_on`` is the revision that was current when the ratio was chosen; None when nothing was planned.
    ``action`` is the playbook without its ending, for others that meet the run.
    Raises FinriskError, with the revision before serving again, when the service does not come to run it.
    """
    what = action if action == "deploy" else f"{action}.yml"
    with nullcontext() if check else target.locked(f"{what} at {describe(rendered.release.ratio)}"):
        running = current_revision(target)
        _check_current(target, running, planned_on, what)
        return _bring(target, _revision_of(target, rendered, running), running, check, _put_back)


def roll_back(
    target: Target, to: str, rendered: Rendered, *, planned_on: str | None = None, check: bool
) -> Outcome:
    """Take everybody back to base, or the environment back to a named revision.

    It takes the lock over from a run that is no rollback, and never puts back what it rolled back from.
    One that nobody typed names the revision that it was decided on, ``planned_on``, and takes nothing over.

    Raises FinriskError when no settings are left that the service accepts, the name is unknown, another
    revision is current than ``planned_on``, or what it goes to does not come to run.
    """
    by_hand = planned_on is None
    with nullcontext() if check else target.locked(f"rollback to {to}", takes_over=by_hand):
        running = current_revision(target)
        _check_current(target, running, planned_on, "rollback")
        if to != TO_BASE:
            return _bring(target, _revision_named(target, to), running, check, _stay)
        return _to_base(target, rendered, running, check)


def _to_base(target: Target, rendered: Rendered, running: Revision | None, check: bool) -> Outcome:
    """Let the most trusted settings run whose objects the target takes and whose image it has."""
    failure: FinriskError | None = None
    tried: set[str] = set()  # by name, or by an image that cannot be had
    for revision in _base_candidates(target, rendered, running):
        if {revision.name, revision.release.image} & tried:
            continue
        tried.add(revision.name)
        try:
            return _bring(target, revision, running, check, _stay)
        except SettingsRefusedError as refusal:
            failure = failure or refusal
        except NoImageError as missing:
            failure = failure or missing
            tried.add(revision.release.image)
    raise failure or FinriskError("there is nothing to roll back to; run playbooks/site.yml")


class SettingsRefusedError(FinriskError):
    """The service does not accept a revision's settings; nothing was switched."""


def current_revision(target: Target) -> Revision | None:
    """Return the current revision, or None when there is none or its objects cannot be read."""
    name = target.current()
    with suppress(FinriskError):
        return target.read(name) if name else None
    return None


def _bring(
    target: Target, revision: Revision, running: Revision | None, check: bool, otherwise: Otherwise
) -> Outcome:
    """Let the environment run this revision; the only place that switches."""
    pending = target.pending(revision)
    switches = target.current() != revision.name
    outcome = Outcome(
        changed=switches or bool(pending) or not revision.proven,
        revision=revision,
        previous=target.current(),
        actions=_actions(revision, switches, pending),
        before=shown(running)
        | {"runs": "yes" if running and not switches and not pending else _runs(target, running)},
        after=shown(revision) | {"runs": "yes"},
    )
    if not outcome.changed:
        return outcome
    if switches or pending:
        _preflight(target, revision)
    if check:
        return outcome
    if revision.name not in {other.name for other in target.readable()}:
        target.store(revision)
    if switches or pending:
        _roll_out(target, revision, running, otherwise)
    prove(target, revision)
    prune(target)
    return outcome


def _roll_out(target: Target, revision: Revision, running: Revision | None, otherwise: Otherwise) -> None:
    first = not target.current()
    try:
        target.roll_out(revision)
    except locks.LostError:
        raise
    except FinriskError as failure:
        then = _in_words(otherwise, target, revision, running, first)
        raise failure.reworded(f"{failure.message}. {then}") from failure


def _in_words(
    otherwise: Otherwise, target: Target, failed: Revision, running: Revision | None, first: bool
) -> str:
    """Do what is to be done instead and say it, also where the target cannot even be read any more."""
    try:
        return otherwise(target, failed, running, first)
    except locks.LostError:
        raise
    except FinriskError:
        return (
            f"Nothing could be put back either, and {failed.name} may be half made; playbooks/status.yml "
            "says what is wrong, playbooks/rollback.yml goes to base"
        )


def _stay(target: Target, failed: Revision, running: Revision | None, _first: bool) -> str:
    """Leave things as a rollback that did not arrive left them, and say so: it moves nobody back."""
    still = ""
    if not _runs_something(target):
        still = ", and nothing runs until then"
    elif running and running.name != failed.name:
        still = (
            f", and what still runs of {running.name} ({describe(running.release.ratio)}) goes on until then"
        )
    return (
        f"Nothing was put back: {failed.name} ({describe(failed.release.ratio)}) stays asked for{still}; "
        "mend the cause, then run playbooks/rollback.yml again"
    )


def _put_back(target: Target, failed: Revision, running: Revision | None, first: bool) -> str:
    """Let the revision before serve again and say so.

    A proven revision that was rolled out anew has none before it: an older one would move users to another
    ratio, and what keeps this one from starting now would keep that one too.
    """
    if running and running.name == failed.name and failed.proven:
        still = "whatever still runs it goes on" if _runs_something(target) else "nothing runs"
        return (
            f"{failed.name} stays the revision of this environment, and {still}; mend the cause, then run "
            "this again"
        )
    previous = _previous(target, failed, running)
    if previous is None and first:
        target.clear()
        return "There is no revision before it, so nothing runs"
    if previous is None:
        still = "what still runs of it goes on" if _runs_something(target) else "nothing runs"
        return f"No earlier revision can be read, so none was put back; {still}"
    try:
        target.roll_out(previous)
        prove(target, previous)
    except locks.LostError:
        raise
    except FinriskError as failure:
        return (
            f"Putting {previous.name} back failed too: {failure.message}; playbooks/status.yml says what is "
            "wrong, playbooks/rollback.yml goes to base"
        )
    return f"{previous.name} ({describe(previous.release.ratio)}) was put back and serves"


def _runs_something(target: Target) -> bool:
    """Say whether anything runs, as far as the target can say."""
    with suppress(FinriskError):
        return target.runs_something()
    return True


def _previous(target: Target, failed: Revision, running: Revision | None) -> Revision | None:
    earlier = [revision for revision in proven(target) if revision.name != failed.name]
    if running and running.intact and running.name != failed.name and (running.proven or not earlier):
        return running
    return earlier[0] if earlier else None


def _preflight(target: Target, revision: Revision) -> None:
    try:
        target.preflight(revision)
    except FinriskError as failure:
        raise SettingsRefusedError(failure.message, **failure.detail) from failure


def _revision_of(target: Target, rendered: Rendered, running: Revision | None) -> Revision:
    """Return the revision of the rendered objects: the running one, one a killed run left, or a new one."""
    draft = make(rendered.config, rendered.secret, rendered.release, 0)
    readable = target.readable()
    leftover = readable[0] if readable and not readable[0].proven else None
    for revision in (running, leftover):
        if revision and same_content(revision, draft):
            return revision
    release = replace(rendered.release, who=identity.who(), when=identity.now())
    names = target.names()
    half_written = [name for name in names[:1] if name not in {revision.name for revision in readable}]
    number = next_number(names)
    again = make(rendered.config, rendered.secret, release, number - 1)
    return again if again.name in half_written else make(rendered.config, rendered.secret, release, number)


def _base_candidates(target: Target, rendered: Rendered, running: Revision | None) -> Iterator[Revision]:
    """Yield base revisions, the most trusted settings first: proven ones, then what the inventory renders."""
    candidates = sorted(proven(target), key=lambda revision: revision != running)
    source = running.release if running else (candidates[0].release if candidates else rendered.release)
    for revision in candidates:
        release = replace(
            revision.release,
            model=source.model,
            experiment=source.experiment,
            dataset=source.dataset,
            ratio=0,
        )
        release = replace(release, why=rendered.release.why)
        draft = at_base(revision, release, 0)
        yield _revision_of(target, Rendered(draft.config, draft.secret, release), running)
    yield from (
        revision for revision in candidates if revision.release.ratio == 0
    )  # nothing is made for them
    release = replace(
        rendered.release, model=source.model, experiment=source.experiment, dataset=source.dataset, ratio=0
    )
    yield _revision_of(target, replace(rendered, release=release), running)


def _revision_named(target: Target, name: str) -> Revision:
    names = target.names()
    if name not in names:
        raise FinriskError(f"there is no revision {name!r}; there are: {', '.join(names) or 'none'}")
    revision = target.read(name)
    if not revision.intact:
        raise FinriskError(
            f"{name} was edited by hand: its content is {revision.digest} now. Choose another revision, or "
            "roll back to base: its settings are then rendered anew"
        )
    return revision


def _actions(revision: Revision, switches: bool, pending: str) -> list[str]:
    actions = []
    if switches:
        actions.append(f"switched to {revision.name}")
    elif pending:
        actions.append(f"rolled {revision.name} out again ({pending})")
    if not revision.proven or switches:
        actions.append("checked that every worker runs it")
    return actions


def _runs(target: Target, running: Revision | None) -> str:
    if running is None:
        return "no"
    return target.pending(running) or "yes"


def _check_current(target: Target, running: Revision | None, planned_on: str | None, act: str) -> None:
    """Raise FinriskError when somebody released another revision since the act was planned."""
    name = target.current()
    if planned_on is None or name == planned_on:
        return
    release = running.release if running else Release()
    raise FinriskError(
        f"{name or 'no revision'} is current, but this {act} was planned on {planned_on or 'none'}: "
        f"{release.who or 'somebody'} released it at {release.when or 'an unknown time'} meanwhile "
        f"({release.why or 'no reason given'}). Nothing was changed; look at playbooks/status.yml, then run "
        "this again"
    )
