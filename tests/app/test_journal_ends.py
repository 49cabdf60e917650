"""The journal of a process that is killed, or whose disk fills up in the middle of a record."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from finrisk.journal import Journal, decoded


def test_a_killed_process_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    program = (
        "import sys, itertools; from pathlib import Path; from finrisk.journal import Journal\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "for n in itertools.count(1):\n"
        "    journal.append({'kind': 'analysis', 'row': {'n': n}}); print(n, flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(200):
            process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        acknowledged = 200 + len(process.stdout.read().splitlines())
    heir = Journal(tmp_path)
    heir.adopt()
    with heir.claimed() as [segment]:
        numbers = [record["row"]["n"] for record in segment.records]
    assert numbers[:acknowledged] == list(range(1, acknowledged + 1))
    assert len(numbers) <= acknowledged + 1
    heir.close()


def test_a_disk_that_fills_up_in_the_middle_of_a_record_costs_that_record_alone(tmp_path: Path) -> None:
    """A limit on the file's size cuts a write as a full disk does; later there is room again."""
    program = """
import resource, sys
from pathlib import Path
from finrisk.journal import Journal, JournalFullError, encoded
record = {"kind": "analysis", "row": {"text": "x" * 1000}}
journal = Journal(Path(sys.argv[1]))
journal.append(record)
resource.setrlimit(resource.RLIMIT_FSIZE, (len(encoded(record)) + 500, resource.RLIM_INFINITY))
for _ in range(2):  # cut, then nothing fits
    try:
        journal.append(record)
        sys.exit("the record was acknowledged")
    except JournalFullError as error:
        print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
journal.append(record)
journal.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["the disk is full", "File too large"]
    [sealed] = tmp_path.glob("*.seg")
    segment = decoded(sealed)
    assert len(segment.records) == 2
    assert segment.torn == 1
