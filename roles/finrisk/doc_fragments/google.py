# Copyright: FinRisk contributors
# SPDX-License-Identifier: Apache-2.0
"""How Google is asked: by which account, for which models."""

from __future__ import annotations


class ModuleDocFragment:
    """Options of modules that call Google."""

    ACCOUNT = r"""
options:
  credentials_file:
    description: Service account file; empty means the application default credentials.
    type: str
    default: ""
  request_timeout:
    description: Seconds until a request counts as lost.
    type: float
    default: 60
"""

    PLATFORM = r"""
options:
  provider:
    description: Platform of the models. V(vertex) tunes; V(gemini_api) is refused with the reason.
    type: str
    choices: [vertex, gemini_api]
    default: vertex
  project:
    description: Google Cloud project.
    type: str
    default: ""
  location:
    description: Region of jobs, and of models whose names hold none.
    type: str
    default: ""
  base_url:
    description: Address of the platform; empty means Google's own host of the region.
    type: str
    default: ""
"""
