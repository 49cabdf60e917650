#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Erase a user or a document."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_erasure
short_description: Erase a user or a document
version_added: "0.1.0"
description:
  - Removes what is kept of one user, or of one document and the answers that stand on it. That is the
    document in the index, records in the journal of this machine, rows of C(analyses), C(training_data) and
    C(feedback), and the rows of exports in O(output_dir).
  - Names what it cannot rewrite, the datasets that were made of such an export and the models that were tuned
    on them.
  - A user is known by the keyed hash of the id alone. A key that is not the one in use is refused.
extends_documentation_fragment: [place, data]
options:
  user_hash:
    description: Keyed hash of the user's id under O(user_hash_key).
    type: str
    default: ""
  document:
    description: Id of the document.
    type: str
    default: ""
  user_hash_key:
    description: Key under which the hash was made, to be compared with the one in use.
    type: str
    default: ""
  api_url:
    description: Base address of the service, through which a document leaves the index.
    type: str
    default: ""
  api_key:
    description: Client key with the role C(documents).
    type: str
    default: ""
attributes:
  check_mode:
    description: Counts what would go.
    support: full
  diff_mode:
    description: Lists what goes.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Erase a user
  finrisk_erasure:
    user_hash: "{{ finrisk_user | finrisk_keyed_hash(finrisk_user_hash_key) }}"
    user_hash_key: "{{ finrisk_user_hash_key }}"
    database_url: "{{ finrisk_database_url }}"
    output_dir: training_data/staging
    place:
      process:
        var_dir: var/staging
        repository: .
"""

RETURN = r"""
rows:
  description: Rows that were removed, by table.
  returned: success
  type: dict
journal_records:
  description: Records that were removed from the journal of this machine.
  returned: success
  type: int
removed_document:
  description: Whether the document was removed from the index.
  returned: success
  type: bool
exports:
  description: Rows that were removed from exports, by path.
  returned: success
  type: dict
stale_datasets:
  description: Metadata files of datasets whose export is not as it was when they were made.
  returned: success
  type: list
  elements: str
models:
  description: Models that were tuned on these datasets.
  returned: success
  type: list
  elements: str
other_models:
  description: Models that were tuned on datasets which are not in the folder any more, and may hold it.
  returned: success
  type: list
  elements: str
"""

import os
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops import options as given
from finrisk_ops.erasure import erasure
from finrisk_ops.erasure.subject import subject
from finrisk_ops.kube import credentials as kube_credentials
from finrisk_ops.kube.template import CREDENTIALS
from finrisk_ops.process import credentials as process_credentials
from finrisk_ops.release.credentials import HASH_KEY

ARGUMENTS: dict[str, Any] = {
    "user_hash": {"type": "str", "default": ""},
    "document": {"type": "str", "default": ""},
    "user_hash_key": {"type": "str", "default": "", "no_log": True},
    "api_url": {"type": "str", "default": ""},
    "api_key": {"type": "str", "default": "", "no_log": True},
    **given.DATA,
    **given.PLACE,
}


def key_in_use(options: dict[str, Any]) -> str:
    """Return the key under which the service hashes users now; empty when none can be read."""
    if given.on_cluster(options):
        manifest = {"metadata": {"name": CREDENTIALS}}
        return str(kube_credentials.held(given.cluster(options), manifest, HASH_KEY))
    return str(process_credentials.held(Path(options["place"]["process"]["var_dir"]), HASH_KEY))


def work(call: Call) -> dict[str, Any]:
    """Erase in the environment as it is reached from here."""
    options = call.options
    key = key_in_use(options) if options["user_hash"] else ""
    whose = subject(options["user_hash"], options["document"], options["user_hash_key"], key)
    process = options["place"]["process"]
    with (
        given.reachable(options, options["database_url"]) as database_url,
        given.reachable(options, options["api_url"] if options["document"] else "") as api_url,
    ):
        place = erasure.Place(
            database_url=database_url,
            output_dir=Path(os.path.abspath(options["output_dir"])),
            api_url=api_url,
            api_key=options["api_key"],
            var_dir=Path(process["var_dir"]) if process else None,
            repository=Path(process["repository"]) if process else None,
            service_command="" if process else given.cluster(options).service_command("POD"),
        )
        result: dict[str, Any] = erasure.run(whose, place, check=call.check)
    return result


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
