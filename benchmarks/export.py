"""What export costs beside PostgreSQL's own COPY of the same rows.

    python benchmarks/export.py [--rows 1000000] [--earlier]

A PostgreSQL of its own is started and removed after. `psql` copies the rows as JSON into a file, export
writes its own; they take turns. Printed are the best times of both, the CPU seconds of client and server,
export's share of COPY's speed, and the most memory that its process held. Rows are such as this release
collects; with ``--earlier`` such as an earlier one did, which export asks its own rules about.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split

import psycopg

from benchmarks.ingestion import cpu_seconds
from finrisk.db.migration import migrate
from finrisk_ops.dataset import export
from finrisk_ops.dataset.columns import SELECTED
from finrisk_rules.version import rules_version
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.process import Process

ROUNDS = 3
FILL = """
insert into training_data (id, created_at, strategy, analysis, quality_score, quality_parts, model,
    finetuned_model_used, latency_ms, user_id, session_id, prompt, prompt_hash, sources, arm, model_version,
    revision, redaction_version, question_digest, rules_version)
select ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    '2026-10-01'::timestamptz + n * interval '1 s',
    'Assess the liquidity risk of Corvane Bank for case ' || n || ': which figures moved most, and why?',
    '## Liquidity risk' || e'\\n' ||
    repeat('The ratio of case ' || n || ' fell to 118.5 %% from 131 %% [1]. ', 12),
    0.9 + n %% 100 / 1000.0, '{"verdicts": {"stated": 24}, "judge_version": "2"}',
    'gemini-3.5-flash-lite', false, 812.5, md5('u' || n %% 997), md5('s' || n),
    repeat('Cash of case ' || n || ' was 12.5 million. ', 24), md5('p'),
    '[{"document_id": "corvane-2024", "company": "Corvane Bank", "year": 2024}]', 'base',
    'gemini-3.5-flash-lite-001', 'r0001-0a1434f8', '2', left(md5('q' || n), 16), %s
from generate_series(1, %s) n"""
COPY = f"\\copy (select row_to_json(r) from (select {SELECTED} from training_data order by id) r) to '%s'"  # noqa: S608


@dataclass
class Run:
    """What a command took: seconds by the clock, of its CPU and of the server's, and MiB of memory."""

    seconds: float
    client: float
    server: float
    memory: float


@contextmanager
def database(rows: int, version: str | None) -> Iterator[tuple[str, int]]:
    """Start a PostgreSQL with so many rows, and give its address and first process."""
    var = Path(tempfile.mkdtemp(prefix="finrisk-benchmark-"))
    var.chmod(0o711)  # PostgreSQL's account passes through
    (var / "logs").mkdir()
    held = connections.new(var)
    started: list[Process] = []
    try:
        postgresql.launch(var, held, started.append)
        with psycopg.connect(held.database_url, autocommit=True) as connection:
            migrate(connection)
            connection.execute(FILL, (version, rows))
            connection.execute("vacuum analyze training_data")
        yield held.database_url, started[-1].pid
    finally:
        postgresql.halt(var, started[-1] if started else None)
        shutil.rmtree(var, ignore_errors=True)


def measured(command: list[str], url: str, server: int) -> Run:
    """Run a command, and say what it took."""
    began, computed = time.perf_counter(), cpu_seconds(server)
    with subprocess.Popen(
        command, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{command[0]} failed with {process.returncode}")
    seconds = time.perf_counter() - began
    time.sleep(0.5)  # until the server has counted what its process took
    client = usage.ru_utime + usage.ru_stime
    return Run(seconds, client, cpu_seconds(server) - computed, usage.ru_maxrss / 1024)


def write(url: str, folder: Path, rows: int) -> None:
    """Export once: what the measured process does."""
    request = export.Request(url, folder, "benchmark", rows, 0.9)
    result = export.run(request, check_mode=False)
    if result["eligible_examples"] != rows:
        sys.exit(f"{result['eligible_examples']:,} of {rows:,} rows are usable: {result['rejected']}")


def main() -> None:
    """Measure, the two in turn."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--earlier", action="store_true", help="rows of an earlier release")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.write:
        write(os.environ["DATABASE_URL"], options.write, options.rows)
        return
    copies, own, size = [], [], 0
    with database(options.rows, None if options.earlier else rules_version()) as (url, server):
        for _ in range(ROUNDS):
            with tempfile.TemporaryDirectory() as folder:
                copied = Path(folder) / "copy.json"
                copies.append(measured(["psql", url, "-qXc", COPY % copied], url, server))
                size = copied.stat().st_size
                copied.unlink()
                command = [sys.executable, __file__, "--write", folder, "--rows", str(options.rows)]
                own.append(measured(command, url, server))
    print(f"{options.rows:,} rows of {size / options.rows:,.0f} bytes")
    for name, runs in (("psql COPY", copies), ("export", own)):
        best = min(runs, key=lambda run: run.seconds)
        times = ", ".join(f"{run.seconds:.1f}" for run in runs)
        cpu = min(run.client for run in runs), min(run.server for run in runs)
        print(f"{name:9} {best.seconds:6.1f} s of {times}; CPU {cpu[0]:.1f} s, server {cpu[1]:.1f} s")
    share = min(run.seconds for run in copies) / min(run.seconds for run in own)
    print(f"{share:.0%} of COPY's speed, {max(run.memory for run in own):.0f} MiB of memory at most")


if __name__ == "__main__":
    main()
