# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses what an operator set and nothing would read: the first step of every playbook.

It goes before the argument spec: a misspelt variable is the reason, a missing one its consequence. Known
are the defaults of the role and the argument specs of all playbooks, since they share inventories; what is
typed behind -e is for the playbook that runs.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml
from ansible import context
from ansible.errors import AnsibleError
from ansible.parsing.splitter import parse_kv, split_args
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

ROLE = Path(__file__).resolve().parents[1]
PAGES = "docs/playbooks.md and docs/settings.md name every variable"
RESERVED = re.compile(
    r"(finrisk_)?(enable_finetuning|enable_ab_testing|ab_test_traffic_split|ab_experiment|finetuned_model_name)",
    re.IGNORECASE,
)
"""Who gets the tuned model is run state: the ratio alone moves it, and no inventory can disagree with it."""
OLD_RATIO = re.compile(r"(finrisk_)?ab_test_(finetuned_)?ratio", re.IGNORECASE)
OLD_RATIO_IN_ENVIRONMENT = "AB_TEST_FINETUNED_RATIO"
LIKE_OURS = re.compile(r"_*finrisk", re.IGNORECASE)
OURS_TO_COME = "__finrisk_"
"""Names that the role and its inventories keep for themselves."""
READ_FROM_ENVIRONMENT = re.compile(r"ansible\.builtin\.env',\s*'(\w+)'")
OTHERS_VALUE = re.compile(r"\{\{\s*finrisk_")
NAMED = re.compile(r"\b_*finrisk_\w+")
OTHER_TASKS = re.compile(r"(?:import|include)_tasks: (\w+\.yml)")
OF_THE_OUTPUT = "finrisk_format"
"""What the output plugin reads, whatever the playbook."""
UNSEEN = "\ufeff\r\n\x00"
GATE, OVERRIDE = "finrisk_gate", "override"
ROLLBACK = "rollback"
"""The playbook that nothing which was said of the gate, or of who has to agree, may stop."""
OF_THE_INVENTORY = ("finrisk_approvals", "finrisk_approvers")
"""What whoever deploys must not choose."""
NEAR = 0.8
"""Likeness (0..1, difflib's ratio) above which one name is taken for another one misspelt."""
CONNECTION = ("ansible_", "_")
SHARE, PORT, SOME = (0, 1), (1, 65535), (1, None)
RANGES: Mapping[str, tuple[int, int | None]] = {
    "finrisk_min_quality": SHARE,
    "finrisk_data_collection_quality": SHARE,
    "finrisk_train_split": SHARE,
    "finrisk_max_dropped_share": SHARE,
    "finrisk_review_share": SHARE,
    "finrisk_shadow_share": SHARE,
    "finrisk_alpha_promote": SHARE,
    "finrisk_alpha_rollback": SHARE,
    "finrisk_epochs": (1, 100),
    "finrisk_api_port": PORT,
    "finrisk_ops_port": PORT,
    "finrisk_database_port": PORT,
    "finrisk_documents_batch": SOME,
    "finrisk_rollout_timeout": SOME,
    "finrisk_migration_timeout": SOME,
    "finrisk_postgresql_timeout": SOME,
    "finrisk_shadow_daily_calls": SOME,
    "finrisk_max_in_flight": SOME,
    "finrisk_workers": SOME,
    "finrisk_autoscaling_minimum": SOME,
    "finrisk_autoscaling_maximum": SOME,
    "finrisk_autoscaling_cpu_percent": SOME,
}
"""Least and largest value of the numbers that have others than 0 and none."""


@dataclass(frozen=True)
class Known:
    """What the role reads: variables, the words that some of them take, and names of the environment."""

    names: frozenset[str]
    choices: Mapping[str, tuple[str, ...]]
    environment: frozenset[str]
    numbers: Mapping[str, str]
    """Of the variables that take a number: int or float."""
    named: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By playbook, what its argument spec and its tasks name."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What the role gives its variables."""


@dataclass(frozen=True)
class Given:
    """What an operator set: all variables of the host, the arguments of -e, and the environment."""

    variables: Mapping[str, Any]
    extra: Sequence[str]
    environment: Mapping[str, str]
    by_hand: Mapping[str, Any] = field(default_factory=dict)
    """What -e sets, out of files too."""
    playbooks: Sequence[str] = ()
    """Those of the command, by their names without .yml."""


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no types
    """Fails with a sentence for each variable that would be ignored."""

    TRANSFERS_FILES = False
    _requires_connection = False
    _supports_check_mode = True
    _VALID_ARGS = frozenset[str]()

    def run(self, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:
        """Return a failure that names all of them, or that nothing was changed."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        extra = context.CLIARGS.get("extra_vars") or ()
        variables = dict(task_vars or {})
        by_hand = dict(load_extra_vars(self._loader))
        playbooks = [Path(str(each)).stem for each in context.CLIARGS.get("args") or ()]
        rolls_back = ROLLBACK in playbooks
        if rolls_back:
            for name in (GATE, *OF_THE_INVENTORY):
                variables.pop(name, None)
                by_hand.pop(name, None)
        else:
            variables[GATE] = self._templar.template(variables.get(GATE))
        given = Given(variables, extra, os.environ, by_hand, playbooks)
        understood = known(ROLE)
        found = list(complaints(understood, given))
        if not found and not rolls_back:
            found = list(wrong_numbers(understood, self._numbers(understood, variables)))
        if found:
            result.update(failed=True, msg="; ".join(found) + ". Nothing was changed")
        return result | {"changed": False}

    def _numbers(self, known: Known, variables: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Yield the values that are to be numbers; one that is another variable's is that one's."""
        for name in known.numbers:
            value = variables.get(name)
            if isinstance(value, str) and "{{" in value:
                if OTHERS_VALUE.search(value):
                    continue
                try:
                    value = self._templar.template(value)
                except AnsibleError:  # the check of the argument spec says why
                    continue
            yield name, value


def known(role: Path) -> Known:
    """Return what the role in this folder reads, out of its defaults and its argument specs."""
    text = (role / "defaults" / "main.yml").read_text(encoding="utf-8")
    specs = _yaml((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))
    values = _yaml(text)
    names, choices, numbers = set(values), dict[str, set[str]](), dict[str, str]()
    named = dict[str, frozenset[str]]()
    for playbook, spec in specs["argument_specs"].items():
        named[playbook] = frozenset(spec["options"]) | _named_by_tasks(role / "tasks", f"{playbook}.yml")
        for name, option in _options(spec["options"]):
            names.add(name)
            choices.setdefault(name, set()).update(map(str, option.get("choices", ())))
            if option.get("type") in ("int", "float"):
                numbers[name] = option["type"]
    return Known(
        frozenset(names),
        {name: tuple(sorted(words)) for name, words in choices.items() if words},
        frozenset(READ_FROM_ENVIRONMENT.findall(text)) | {"FINRISK_API_KEY"},
        numbers,
        named,
        _yaml((role / "vars" / "main.yml").read_text(encoding="utf-8")) | values,
    )


def _named_by_tasks(folder: Path, file: str) -> frozenset[str]:
    """Return the variables that a file of tasks names, and the files that it imports or includes by name."""
    text = (folder / file).read_text(encoding="utf-8")
    return frozenset(NAMED.findall(text)).union(
        *(_named_by_tasks(folder, each) for each in OTHER_TASKS.findall(text))
    )


def read(known: Known, given: Given) -> frozenset[str]:
    """Return what the playbooks of the command read: what they name, and what stands in the values of that.

    All that any playbook reads, when one of them is not of this role.
    """
    if not set(given.playbooks) <= set(known.named) or not given.playbooks:
        return known.names
    found, ahead = {OF_THE_OUTPUT}, set[str]().union(*(known.named[each] for each in given.playbooks))
    while ahead:
        name = ahead.pop()
        found.add(name)
        value = given.variables.get(name, known.values.get(name))
        ahead.update(set(NAMED.findall(str(value))) - found)
    return known.names & found


def _yaml(text: str) -> Any:
    """Return what a file of the role says, by libyaml where it is: each playbook waits for it."""
    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - safe, both of them


def complaints(known: Known, given: Given) -> Iterator[str]:
    """Yield a sentence for each thing that was set and would not be read as it was meant."""
    yield from _cut(known, given.extra)
    yield from _unread(known, given)
    yield from _read_elsewhere(known, given)
    yield from _in_environment(known, given.environment)
    if given.variables.get(GATE) == OVERRIDE and given.by_hand.get(GATE) != OVERRIDE:
        yield (
            f"{GATE} is {OVERRIDE!r} in the inventory: it is for one run, by -e alone. Set require, advise "
            f'or off there, and for the run -e \'{{"{GATE}": "{OVERRIDE}", "finrisk_why": "TICKET"}}\''
        )
    for name in given.by_hand:
        if name in OF_THE_INVENTORY:
            yield f"{name} is given by -e: the inventory alone says who has to agree; set it there"
        elif name.startswith(OURS_TO_COME):
            yield f"{name} is given by -e, and the role sets it: {PAGES} that can be given"
    for name, words in known.choices.items():
        value = given.variables.get(name)
        if isinstance(value, str) and "{{" not in value and value not in words:
            yield f"{name} is {value!r}: it takes {' or '.join(word or 'nothing' for word in words)}"


def wrong_numbers(known: Known, values: Iterable[tuple[str, Any]]) -> Iterator[str]:
    """Yield a sentence for each value that is no number, or one that its variable cannot mean.

    Ansible would say of the one how Python failed, and nothing of the other.
    """
    for name, value in values:
        least, largest = RANGES.get(name, (0, None))
        is_whole = known.numbers[name] == "int"
        number = _number(value, is_whole=is_whole)
        if value is not None and (number is None or not least <= number <= (largest or number)):
            kind = "a whole number" if is_whole else "a number"
            span = f"{least} or more" if largest is None else f"from {least} to {largest}"
            yield f"{name} is {value!r}: expected {kind}{', ' if largest is None else ' '}{span}"


def _number(value: Any, *, is_whole: bool) -> Decimal | None:
    """Return the number that a value says, or None."""
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    if not number.is_finite() or (is_whole and number % 1):
        return None
    return number


def _options(options: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, option in options.items():
        yield name, option or {}


def _cut(known: Known, extra: Sequence[str]) -> Iterator[str]:
    """Yield a sentence for each -e whose value Ansible cuts at a blank: the words behind it are lost.

    A word alone is such a rest; NAME=VALUE is a variable of its own, whoever reads it.
    """
    for argument in map(str, extra):
        if not argument or argument[0] in "@[{/.":  # a file, or JSON
            continue
        words = [word.strip() for word in split_args(argument)]
        first = next((place for place, word in enumerate(words) if word and "=" not in word), 0)
        named = [place for place, word in enumerate(words) if _is_variable(known, word)]
        cut = max((place for place in named if place < first), default=None)
        if cut is None or words[cut].startswith(CONNECTION):
            continue
        end = min((place for place in named if place > first), default=len(words))
        name, _, value = " ".join(words[cut:end]).partition("=")
        taken = parse_kv(words[cut])[name]
        yield (
            f"-e {name} was cut at a blank: {taken!r} is all that Ansible took of it. Write "
            f"-e '{name}=\"{value}\"'"
        )


def _is_variable(known: Known, word: str) -> bool:
    """Say whether a word sets a variable of ours or of Ansible's; any other may belong to a sentence."""
    name, equals, _ = word.partition("=")
    ours = name in known.names or LIKE_OURS.match(name) or name.startswith(CONNECTION)
    return bool(equals and ours)


def _unread(known: Known, given: Given) -> Iterator[str]:
    """Yield a sentence for each variable that nothing reads."""
    by_hand, here = set(_named(given.extra)), read(known, given)
    for name in sorted(set(given.variables) | by_hand):
        if name in known.names:
            continue
        if RESERVED.fullmatch(name):
            yield (
                f"{name} cannot be set: deploy and rollback alone write it. For a ratio use "
                "-e finrisk_ab_ratio=N (0..100), for a model -e finrisk_model=NAME, for base "
                "playbooks/rollback.yml"
            )
        elif OLD_RATIO.fullmatch(name):
            yield _old_ratio(name)
        elif LIKE_OURS.match(name) and not name.startswith(OURS_TO_COME):
            yield f"nothing reads {name}{_meant(_nearest_here(known, here, name))}"
        elif name in by_hand and (near := _nearest_here(known, here, name)):
            yield f"nothing reads {name}{_meant(near)}"


def _nearest_here(known: Known, here: frozenset[str], name: str) -> str:
    """Return the nearest name that the command reads, else that of another playbook with who reads it."""
    found = _nearest(name, here)
    if found or not (elsewhere := _nearest(name, known.names)):
        return found
    others = _readers(known, elsewhere)
    return f"{elsewhere}, which {_and(others)} {'reads' if len(others) == 1 else 'read'}"


def _readers(known: Known, name: str) -> list[str]:
    """Return the files of the playbooks that name a variable."""
    return [f"{playbook}.yml" for playbook, names in known.named.items() if name in names]


def _read_elsewhere(known: Known, given: Given) -> Iterator[str]:
    """Yield a sentence for each variable behind -e that other playbooks read, and none of the command."""
    here = read(known, given)
    typed = set(_named(given.extra)) & set(given.by_hand) & known.names
    for name in sorted(typed - here - set(OF_THE_INVENTORY)):
        others = _readers(known, name)
        own = [f"{each}.yml" for each in given.playbooks]
        near = _nearest(name, here)
        yield (
            f"{_and(own)} {'does' if len(own) == 1 else 'do'} not read {name}: "
            f"{_and(others)} {'does' if len(others) == 1 else 'do'}. Leave it out here"
            f"{f', or write {near}, if that was meant' if near else ''}"
        )


def _and(words: Sequence[str]) -> str:
    """Return words as a sentence has them: a, b and c."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _in_environment(known: Known, environment: Mapping[str, str]) -> Iterator[str]:
    """Yield a sentence for each name in the environment that looks like a variable and is not read."""
    if environment.get(OLD_RATIO_IN_ENVIRONMENT):
        yield _old_ratio(OLD_RATIO_IN_ENVIRONMENT)
    for name in sorted(known.environment & set(environment)):
        if environment[name].strip(UNSEEN) != environment[name]:
            yield (
                f"{name} of the environment begins or ends with a character that nobody sees (a byte order "
                "mark, or the line end of a file from Windows): save that file as UTF-8 and set it again"
            )
    for name in sorted(environment):
        if not name.upper().startswith("FINRISK_") or name in known.environment:
            continue
        near = _nearest(name.upper(), known.environment)
        variable = _nearest(name.lower(), known.names)
        if near:
            yield f"nothing reads {name} of the environment{_meant(near)}"
        elif variable:
            yield f"{name} of the environment is not read: use -e {variable}=..."


def _named(extra: Sequence[str]) -> Iterator[str]:
    """Yield the names that -e sets as NAME=VALUE or as a mapping; files are the operator's own."""
    for argument in map(str, extra):
        if argument[:1] in ("{", "["):
            content = yaml.safe_load(argument)
            yield from map(str, content if isinstance(content, Mapping) else ())
        elif argument[:1] not in ("@", "/", "."):
            yield from (name for name in parse_kv(argument) if not name.startswith("_"))


def _nearest(name: str, names: frozenset[str]) -> str:
    """Return the name that this one was probably meant to be, or nothing."""
    own = name.lower().replace("-", "_")
    candidates = {each.lower(): each for each in names}
    for spelling in (own, f"finrisk_{own}"):
        if spelling in candidates:
            return candidates[spelling]
    rests = {
        each.removeprefix("finrisk_"): whole for each, whole in candidates.items()
    }  # the prefix is no likeness
    found = difflib.get_close_matches(own.removeprefix("finrisk_"), list(rests), n=1, cutoff=NEAR)
    if not found and not LIKE_OURS.match(own):  # perhaps the prefix is what was misspelt
        found, rests = difflib.get_close_matches(own, list(candidates), n=1, cutoff=NEAR), candidates
    return rests[found[0]] if found else ""


def _meant(name: str) -> str:
    return f" (did you mean {name}?)" if name else f": {PAGES}"


def _old_ratio(name: str) -> str:
    return (
        f"{name} is not read: use -e finrisk_ab_ratio=N, or AB_TEST_RATIO=N in the environment, "
        "with N from 0 to 100"
    )
