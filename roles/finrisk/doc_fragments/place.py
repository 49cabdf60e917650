# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""Where an environment runs."""

from __future__ import annotations

_SUBOPTIONS = r"""
    suboptions:
      process:
        description: The service of this machine.
        type: dict
        suboptions:
          var_dir:
            description: Folder of the run state.
            type: path
            required: true
          repository:
            description: Folder of this repository, which holds the service.
            type: path
            required: true
          api_port:
            description: Port of the API on 127.0.0.1.
            type: int
            default: 8000
          ops_port:
            description: Port of health pages and metrics on 127.0.0.1.
            type: int
            default: 9090
      kubernetes:
        description: A namespace of a cluster.
        type: dict
        suboptions:
          kubeconfig:
            description: Path of the kubeconfig; empty means E(KUBECONFIG) or C(~/.kube/config).
            type: str
            default: ""
          context:
            description: Name of the context in it; the current one is never taken by accident.
            type: str
            required: true
          namespace:
            description: Namespace of FinRisk.
            type: str
            required: true
"""


class ModuleDocFragment:
    """The option C(place), as ops.options understands it."""

    DOCUMENTATION = rf"""
options:
  place:
    description: Where the environment runs, O(place.process) or O(place.kubernetes).
    type: dict
    required: true
{_SUBOPTIONS}"""

    REACHED = rf"""
options:
  place:
    description:
      - Where the environment runs, O(place.process) or O(place.kubernetes). A host that is a Service of the
        namespace is reached through the API server, as C(kubectl port-forward) does it, any other directly.
    type: dict
{_SUBOPTIONS}"""
