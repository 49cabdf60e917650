"""Which version each model answers as: Google may move a model behind its name, and the arms with it."""

import threading

_MOST = 100
"""Versions of a model that are remembered: the words of an answer must not fill the memory."""


class Versions:
    """The versions that this process has met, by model."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: dict[str, list[str]] = {}

    def changed_from(self, model: str, version: str) -> str | None:
        """The version met before, when this one is new for a model that was met already; else None.

        A roll-out on Google's side answers as old and new in turn; only the first sight of a version counts.
        """
        if not version:
            return None
        with self._lock:
            met = self._met.setdefault(model, [])
            if version in met:
                return None
            met.append(version)
            del met[:-_MOST]
            return met[-2] if len(met) > 1 else None
