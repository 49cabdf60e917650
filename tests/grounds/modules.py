"""The role's modules, each run in this process or, by this file's own command line, in one of its own."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from tests.grounds.repository import REPOSITORY, ROLE


def show_the_role_to_ansible() -> None:
    """Let ``ansible.module_utils`` find the role's Python, as it does where a module runs."""
    import ansible.module_utils

    ansible.module_utils.__path__.append(str(ROLE / "module_utils"))


def load(name: str) -> ModuleType:
    """Return a module of the role."""
    spec = importlib.util.spec_from_file_location(name, ROLE / "library" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextlib.contextmanager
def as_on_a_host() -> Iterator[None]:
    """Let a module's warnings, and no earlier one's, go into its result, also where this is a controller."""
    from ansible.module_utils import _internal
    from ansible.module_utils.common import warnings

    warnings._global_warnings.clear()  # of a process that ends with its module, as on a host
    before, _internal.is_controller = _internal.is_controller, False
    try:
        yield
    finally:
        _internal.is_controller = before


def run_module(name: str, options: dict[str, Any], check: bool = False) -> dict[str, Any]:
    """Run a module of the role in this process; return what it prints."""
    from ansible.module_utils.testing import patch_module_args

    module, printed = load(name), io.StringIO()
    with (
        as_on_a_host(),
        patch_module_args({**options, "_ansible_check_mode": check, "_ansible_remote_tmp": "/tmp"}),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        module.main()
    result: dict[str, Any] = json.loads(printed.getvalue())
    return result


def start_module(
    name: str, options: dict[str, Any], environment: dict[str, str] | None = None
) -> subprocess.Popen[str]:
    """Run a module in a process of its own, to be killed, or in an environment of its own."""
    command = [sys.executable, "-m", "tests.grounds.modules", name, json.dumps(options)]
    return subprocess.Popen(
        command,
        cwd=REPOSITORY,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


if __name__ == "__main__":
    show_the_role_to_ansible()
    print(json.dumps(run_module(sys.argv[1], json.loads(sys.argv[2]))))  # noqa: T201 - this is the answer
