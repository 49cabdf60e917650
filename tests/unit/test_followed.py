"""A module that is followed by a thread that shows its lines: the signal that ends both."""

from __future__ import annotations

import signal
import threading
import time

from ansible.plugins.loader import action_loader

from tests.grounds.repository import REPOSITORY


def test_the_bar_of_an_ingest_ends_where_the_run_did_and_a_run_of_a_moment_has_none() -> None:
    action_loader.add_directory(str(REPOSITORY / "roles/finrisk/action_plugins"))
    plugin = action_loader.get("finrisk_ingest", class_only=True)
    ingest = plugin.__new__(plugin)
    assert ingest.chosen(["0 of 16", "16 of 16"], is_over=True) == []
    assert ingest.chosen(["0 of 16"], is_over=False) == ["0 of 16"]
    assert ingest.chosen(["12 of 16", "16 of 16"], is_over=True) == ["16 of 16"]


def test_a_signal_that_ends_a_run_waits_for_the_line_that_is_being_shown() -> None:
    action_loader.add_directory(str(REPOSITORY / "roles/finrisk/action_plugins"))
    between_lines = action_loader.get("finrisk_followed", class_only=True).run.__globals__[
        "_signals_that_end_between_lines"
    ]
    order: list[str] = []
    line, begun = threading.Lock(), threading.Event()

    def show() -> None:
        with line:
            begun.set()
            time.sleep(0.2)
            order.append("shown")

    before = signal.signal(signal.SIGTERM, lambda *_: order.append("ended"))
    try:
        thread = threading.Thread(target=show)
        with between_lines(line, thread.start):
            begun.wait()
            signal.raise_signal(signal.SIGTERM)
            thread.join()
    finally:
        signal.signal(signal.SIGTERM, before)
    assert order == ["shown", "ended"]
