"""What the demo prints: headings, progress bars, tables."""

import shutil
import sys
import time
from collections.abc import Sequence

WIDTH = min(shutil.get_terminal_size((100, 24)).columns, 110)
_COLOUR = sys.stdout.isatty()


def styled(text: str, code: str) -> str:
    """The text in an ANSI style, where the output is a terminal."""
    return f"\x1b[{code}m{text}\x1b[0m" if _COLOUR else text


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def cut(text: str) -> str:
    """The text, as much of it as stands on a line beside its mark."""
    room = WIDTH - 20
    return text if len(text) <= room else f"{text[: room - 1]}…"


def heading(text: str) -> None:
    """Begin a step."""
    say()
    say(styled(f"── {text} ".ljust(WIDTH, "─"), "1"))


def command(line: str) -> None:
    """Show a command as it can be typed."""
    say(styled(f"   $ {line}", "36"))


def table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows under their head, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("   " + styled("  ".join(cells), "4" if number == 0 else "0"))


class Bar:
    """A progress bar that redraws itself on a terminal and prints one final line elsewhere."""

    def __init__(self, total: int, unit: str) -> None:
        self._total, self._unit = total, unit
        self._started = self._drawn = time.monotonic()

    def show(self, done: int) -> None:
        """Draw the state; the last state is always drawn."""
        now = time.monotonic()
        last = done >= self._total
        if not last and (not _COLOUR or now - self._drawn < 0.1):
            return
        self._drawn = now
        filled = 30 * done // max(self._total, 1)
        rate = done / max(now - self._started, 1e-9)
        line = f"   [{'#' * filled}{'.' * (30 - filled)}] {done}/{self._total} {self._unit}, {rate:.0f}/s"
        sys.stdout.write(("\r" if _COLOUR else "") + line + ("\n" if last else ""))
        sys.stdout.flush()
