#!/usr/bin/python
# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Bring documents into the retrieval index."""

from __future__ import annotations

DOCUMENTATION = r"""
module: finrisk_ingest
short_description: Bring documents into the retrieval index
version_added: "0.1.0"
description:
  - Reads documents from files, asks the service which it holds, and sends those that are new or changed.
  - Nothing is sent when one of the documents cannot be used.
  - Only O(mode=mirror) deletes anything.
extends_documentation_fragment: [place.reached]
options:
  api_url:
    description: Base address of the service.
    type: str
    required: true
  api_key:
    description: Client key with the role C(documents).
    type: str
    required: true
  documents:
    description:
      - A folder, or a file of the types C(.md), C(.txt), C(.html), C(.htm), C(.xhtml), C(.pdf), C(.docx),
        C(.xlsx), C(.json), C(.jsonl), C(.jsonl.gz). What else a folder holds is left out and named.
      - A folder with C(documents.jsonl.gz) or C(documents.jsonl) is read from that file alone.
      - JSON documents are objects with C(id), C(title), C(text), perhaps C(company), C(year), C(ticker) and
        C(labels). Other files say this in a front matter or in C(documents.csv) beside them; their id is else
        their name with the two folders above it, however the folder was named, and their title their first
        heading or their name.
    type: path
    required: true
  batch:
    description: Most documents in one request.
    type: int
    default: 50
  mode:
    description: Whether to C(add) documents only, or to C(mirror) the folder and remove what is not in it.
    type: str
    choices: [add, mirror]
    default: add
  confirm_removal:
    description: Whether more than a fifth of the index may be removed.
    type: bool
    default: false
  database_url:
    description: Where it is looked up which answers cited what is removed; empty leaves that untold.
    type: str
    default: ""
  progress_file:
    description: Where to write how far it is; set by the action plugin, which draws a bar.
    type: path
    default: ""
  redaction_names:
    description:
      - File with names of persons that redaction takes out, one a line; those of the service.
    type: path
    default: ""
attributes:
  check_mode:
    description: Reads and compares, and sends nothing.
    support: full
  diff_mode:
    description: Lists new, changed and removed documents with the start of their SHA-256.
    support: full
author:
  - FinRisk contributors
"""

EXAMPLES = r"""
- name: Bring a folder of filings into the index
  finrisk_ingest:
    api_url: http://127.0.0.1:8000
    api_key: "{{ finrisk_api_key }}"
    documents: filings/2026
"""

RETURN = r"""
added:
  description: Documents that were new.
  returned: success
  type: int
updated:
  description: Documents that had changed.
  returned: success
  type: int
unchanged:
  description: Documents that the service already held.
  returned: success
  type: int
removed:
  description: Documents that were removed from the index.
  returned: success
  type: int
cited:
  description: Ids of answers of the last 90 days that cited what is removed, by document.
  returned: success
  type: dict
notes:
  description: What was left out or not understood, each as a sentence.
  returned: success
  type: list
  elements: str
problems:
  description: What is wrong with which document.
  returned: when documents cannot be used
  type: list
  elements: str
status:
  description: HTTP status of the service's refusal.
  returned: when the service refuses
  type: int
"""

import os
from pathlib import Path
from typing import Any

from ansible.module_utils.finrisk_module import Call, run

from finrisk_ops.documents import ingestion
from finrisk_ops.errors import FinriskError
from finrisk_ops.machine import progress
from finrisk_ops.options import PLACE_REACHED, reachable
from finrisk_ops.text import names_of

ARGUMENTS: dict[str, Any] = {
    "api_url": {"type": "str", "required": True},
    "api_key": {"type": "str", "required": True, "no_log": True},
    "documents": {"type": "path", "required": True},
    "redaction_names": {"type": "path", "default": ""},
    "batch": {"type": "int", "default": 50},
    "mode": {"type": "str", "choices": ["add", "mirror"], "default": "add"},
    "confirm_removal": {"type": "bool", "default": False},
    "database_url": {"type": "str", "default": "", "no_log": True},
    "progress_file": {"type": "path", "default": ""},
    **PLACE_REACHED,
}


def work(call: Call) -> dict[str, Any]:
    """Send the documents to the service as it is reached from here."""
    options = call.options
    if not options["documents"]:
        raise FinriskError(
            "finrisk_documents is empty: name a folder or a file with -e finrisk_documents=PATH"
        )
    mirrors = options["mode"] == "mirror"
    database_url = options["database_url"] if mirrors else ""
    with (
        reachable(options, options["api_url"]) as url,
        reachable(options, database_url, must=False) as database,
    ):
        request = ingestion.Request(
            api_url=url,
            api_key=options["api_key"],
            source=Path(os.path.abspath(options["documents"])),
            batch=options["batch"],
            names=names_of(options["redaction_names"]),
            mode=options["mode"],
            confirm_removal=options["confirm_removal"],
            database_url=database,
            tell=progress.teller(options["progress_file"]),
        )
        result: dict[str, Any] = ingestion.run(request, check_mode=call.check)
    return result


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
