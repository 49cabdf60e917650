"""The one exception of the operator's side."""

from __future__ import annotations

from typing import Any, Self


class FinriskError(Exception):
    """Something an operator has to know or mend: what failed, the value, what to do.

    ``detail`` goes into the module's result beside ``msg``; it never holds a secret.
    """

    def __init__(self, message: str, **detail: Any) -> None:
        """Keep the message for people and the detail for scripts."""
        super().__init__(message)
        self.message = message
        self.detail = detail

    def reworded(self, sentence: str) -> Self:
        """Return the same error told in another sentence: its type and all that it carries stay.

        So whoever catches by type, and a script that reads the detail, lose nothing by a better sentence.
        """
        error = type(self).__new__(type(self), sentence)  # each subclass has an __init__ of its own
        vars(error).update(vars(self), message=sentence)
        return error
