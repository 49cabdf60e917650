# Copyright: FinRisk contributors
# GNU General Public License v3.0 or later (see https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hash by which a user is known: made before a module runs, whose options a system may log."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from finrisk_rules.identity import keyed_hash


class FilterModule:
    """The filter C(finrisk_keyed_hash)."""

    def filters(self) -> dict[str, Callable[[str, str], str]]:
        """Return the filter by its name."""
        return {"finrisk_keyed_hash": hash_of}


def hash_of(user: str, key: str) -> str:
    """Return the keyed hash of a user's id; empty without one.

    Raises AnsibleFilterError when there is no key.
    """
    if not user:
        return ""
    try:
        return keyed_hash(key, user)
    except ValueError as error:
        raise AnsibleFilterError(f"{error} (finrisk_user_hash_key): users are known by it alone") from None
