"""The one exception of the operator's side."""

from __future__ import annotations

from typing import Any


class FinriskError(Exception):
    """Something an operator has to know or mend: what failed, the value, what to do.

    ``detail`` goes into the module's result beside ``msg``; it never holds a secret.
    """

    def __init__(self, message: str, **detail: Any) -> None:
        """Keep the message for people and the detail for scripts."""
        super().__init__(message)
        self.message = message
        self.detail = detail
