"""The one door between Ansible and finrisk_ops: options go in, a result or one sentence comes out."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.basic import AnsibleModule

try:
    from finrisk_ops.errors import FinriskError
    from finrisk_ops.machine.proxies import spare_this_machine
except ModuleNotFoundError as error:
    package = str(error.name).partition(".")[0]
    raise ImportError(f"the Python package {package} is missing: run make setup") from error

_ADVICE = {
    errno.ENOSPC: "make room on its disk, then run this again",
    errno.EDQUOT: "raise the quota or make room, then run this again",
    errno.EROFS: "its disk is mounted read-only: mount it writable or name another folder",
    errno.EACCES: "let the account that runs this write there, or name another folder",
    errno.EPERM: "let the account that runs this write there, or name another folder",
    errno.ENOENT: "make the folder it lies in, or name another one",
}


@dataclass(frozen=True)
class Call:
    """What a module was called with: its options, whether it may only look, and how it warns."""

    options: dict[str, Any]
    check: bool
    warn: Callable[[str], None]


def run(
    work: Callable[[Call], dict[str, Any]],
    *,
    record_refusal: Callable[[dict[str, Any], str], None] | None = None,
    **specification: Any,
) -> None:
    """Run a module: its result is what ``work`` returns, and failure is one sentence, never a traceback.

    ``record_refusal`` takes the options and the sentence of a FinriskError, unless it is a check.
    ``specification`` is AnsibleModule's own: ``argument_spec``, ``required_if``.
    """
    module = AnsibleModule(supports_check_mode=True, **specification)
    spare_this_machine(os.environ)
    try:
        result = work(Call(module.params, module.check_mode, module.warn))
    except FinriskError as error:
        if record_refusal and not module.check_mode:
            with suppress(FinriskError, OSError):  # no place to record it in
                record_refusal(module.params, error.message)
        module.fail_json(msg=error.message, **error.detail)
    except OSError as error:
        module.fail_json(msg=sentence(error))
    module.exit_json(**result)


def sentence(error: OSError) -> str:
    """Return what failed, the path where the system names it, the reason, and what to do."""
    reason = error.strerror or str(error) or type(error).__name__
    where = f"cannot use {error.filename}" if error.filename else "this machine refused an operation"
    advice = _ADVICE.get(error.errno or 0, "mend that, then run this again")
    return f"{where}: {reason}; {advice}"
