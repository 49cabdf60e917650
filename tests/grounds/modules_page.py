"""docs/modules.md as the documentation of the modules makes it.

``python -m tests.grounds.modules_page`` writes everything below the page's introduction anew.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from tests.grounds.repository import DOCS, REPOSITORY

PAGE = DOCS / "modules.md"
MODULES = sorted(path.stem for path in (REPOSITORY / "roles/finrisk/library").glob("finrisk_*.py"))
MARK = "<!-- make docs writes what follows, from the documentation of the modules -->\n"
_MARKUP = re.compile(r"\b(?:C|E|O|RV|V)\(([^)]+)\)")
_MODULE = re.compile(r"\bM\((\w+)\)")
_OPTION_COLUMNS = ("option", "type", "default", "meaning")
_RESULT_COLUMNS = ("result", "type", "returned", "meaning")

Options = dict[str, dict[str, Any]]


@functools.cache
def documentation() -> dict[str, dict[str, Any]]:
    """Return what ansible-doc says of each module, by its name: its ``doc``, ``examples`` and ``return``."""
    done = subprocess.run(
        [sys.executable, "-m", "ansible", "doc", "--type", "module", "--json", *MODULES],
        cwd=REPOSITORY,
        env={**os.environ, "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise AssertionError(done.stderr)
    modules: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return modules


def page() -> str:
    """Return docs/modules.md: its introduction as it stands, then what the modules say."""
    introduction, _, _ = PAGE.read_text("utf-8").partition(MARK)
    parts = [*_shared(), *(part for name in MODULES for part in _section(name))]
    return introduction + MARK + "".join(f"\n{part}\n" for part in parts)


def _shared() -> Iterator[str]:
    """Yield a section for each option that has options of its own: it is the same one in every module."""
    shared: Options = {}
    takers: dict[str, list[str]] = defaultdict(list)
    for module in MODULES:
        for name, option in _options(module).items():
            if "suboptions" not in option:
                continue
            known = shared.setdefault(name, option)["suboptions"]
            assert known == option["suboptions"], f"{name} of {module} is another one"
            takers[name].append(f"[{module}](#{module})")
    for name, option in shared.items():
        yield f"## {name}"
        yield f"An option of {', '.join(takers[name])}."
        yield _table(_OPTION_COLUMNS, _nested(option["suboptions"], f"{name}."))


def _section(module: str) -> Iterator[str]:
    """Yield the parts of the section about a module."""
    said = documentation()[module]
    yield f"## {module}"
    yield from map(_markdown, said["doc"]["description"])
    if options := _options(module):
        yield _table(_OPTION_COLUMNS, (_linked(name, option) for name, option in _ordered(options)))
    results = said["return"].items()
    yield _table(
        _RESULT_COLUMNS,
        ((f"`{name}`", _type(value), value["returned"], _text(value)) for name, value in results),
    )
    modes = said["doc"]["attributes"]
    yield f"Check mode: {_inside(_text(modes['check_mode']))}"
    yield f"Diff: {_inside(_text(modes['diff_mode']))}"


def _options(module: str) -> Options:
    options: Options = documentation()[module]["doc"].get("options", {})
    return options


def _ordered(options: Options) -> list[tuple[str, dict[str, Any]]]:
    """Return options by their names, those that are required first."""
    return sorted(options.items(), key=lambda item: (not item[1].get("required"), item[0]))


def _nested(options: Options, above: str) -> Iterator[tuple[str, ...]]:
    """Yield a row for each option, each followed by those of its own options."""
    for name, option in _ordered(options):
        yield _row(above + name, option)
        yield from _nested(option.get("suboptions", {}), f"{above}{name}.")


def _linked(name: str, option: dict[str, Any]) -> tuple[str, ...]:
    """Return the row of an option, which leads to its own options if it has any."""
    *cells, meaning = _row(name, option)
    return *cells, f"{meaning} See [{name}](#{name})." if "suboptions" in option else meaning


def _row(name: str, option: dict[str, Any]) -> tuple[str, ...]:
    default = "required" if option.get("required") else _value(option.get("default"))
    text = _text(option)
    if "choices" in option:
        text += f" One of {', '.join(f'`{choice}`' for choice in option['choices'])}."
    return f"`{name}`", _type(option), default, text


def _type(said: dict[str, Any]) -> str:
    return f"{said['type']} of {said['elements']}" if "elements" in said else str(said["type"])


def _value(default: object) -> str:
    """Return a default as people write it."""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, list):
        return ", ".join(map(str, default)) or "empty"
    return "empty" if default in (None, "", {}) else str(default)


def _text(said: dict[str, Any]) -> str:
    """Return a description, which is one text or several, as Markdown."""
    description = said["description"]
    return _markdown(description if isinstance(description, str) else " ".join(description))


def _markdown(text: str) -> str:
    """Return a text of a documentation with its marks as Markdown has them."""
    return _MODULE.sub(r"[\1](#\1)", _MARKUP.sub(r"`\1`", text))


def _inside(sentence: str) -> str:
    """Return a sentence as it stands after a colon."""
    return sentence[:1].lower() + sentence[1:]


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    cells = [columns, *(tuple(cell.replace("|", r"\|") for cell in row) for row in rows)]
    heading, *lines = (f"| {' | '.join(line)} |" for line in cells)
    return "\n".join([heading, "|---" * len(columns) + "|", *lines])


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
