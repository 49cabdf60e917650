"""What Ansible packs of a module, once for a session of tests instead of anew in every run.

ansible-playbook is the real one, and packs a module when it first runs it. The runs that follow need not look
through 50 files of Ansible and compile them twice: half a second of CPU for each module, thousands of times.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable

from tests.grounds.repository import REPOSITORY

FOLDER = "FINRISK_TEST_PACKAGES"
CALLBACKS = "ANSIBLE_CALLBACK_PLUGINS"
INHERITED = (FOLDER, CALLBACKS)
"""What a shell that knows nothing else of the session has to know of this."""
OURS = "roles/finrisk/callback_plugins"  # as in ansible.cfg, which the variable overrules


def keep() -> Callable[[], None]:
    """Let every ansible-playbook that a test starts keep its packages; return what forgets them."""
    folder = tempfile.mkdtemp(prefix="finrisk-packages-")
    os.environ[FOLDER] = folder
    os.environ[CALLBACKS] = f"{OURS}:{REPOSITORY / OURS}:{REPOSITORY / 'tests/grounds/callbacks'}"
    return lambda: shutil.rmtree(folder, ignore_errors=True)
