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
  - Nothing is sent when one of the documents cannot be used. Nothing is ever deleted.
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
      - A folder, or a file of the types C(.md), C(.txt), C(.json), C(.jsonl), C(.jsonl.gz).
      - A folder with C(documents.jsonl.gz) is read from that file alone.
      - JSON documents are objects with C(id), C(title), C(text), perhaps C(company) and C(year); plain files
        take their path as id and their first heading, or name, as title.
    type: path
    required: true
  batch:
    description: Most documents in one request.
    type: int
    default: 50
attributes:
  check_mode:
    description: Reads and compares, and sends nothing.
    support: full
  diff_mode:
    description: Lists new and changed documents with the start of their SHA-256.
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
from ansible.module_utils.finrisk_ops.documents import ingestion
from ansible.module_utils.finrisk_ops.errors import FinriskError
from ansible.module_utils.finrisk_ops.options import PLACE_REACHED, reachable

ARGUMENTS: dict[str, Any] = {
    "api_url": {"type": "str", "required": True},
    "api_key": {"type": "str", "required": True, "no_log": True},
    "documents": {"type": "path", "required": True},
    "batch": {"type": "int", "default": 50},
    **PLACE_REACHED,
}


def work(call: Call) -> dict[str, Any]:
    """Send the documents to the service as it is reached from here."""
    options = call.options
    if not options["documents"]:
        raise FinriskError(
            "finrisk_documents is empty: name a folder or a file with -e finrisk_documents=PATH"
        )
    with reachable(options, options["api_url"]) as url:
        request = ingestion.Request(
            api_url=url,
            api_key=options["api_key"],
            source=Path(os.path.abspath(options["documents"])),
            batch=options["batch"],
        )
        result: dict[str, Any] = ingestion.run(request, check_mode=call.check)
    return result


def main() -> None:
    """Run the module."""
    run(work, argument_spec=ARGUMENTS)


if __name__ == "__main__":
    main()
