"""How long a trace takes: ``python benchmarks/lineage.py [--rows 1000000]``.

A PostgreSQL of its own gets so many requests and pairs, of which an export and a dataset's list of lines are
written; it is removed after. Printed are the best of five times, to trace a request and a user of many.
"""

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split

import psycopg

from finrisk.db.migration import migrate
from finrisk_ops.dataset import export
from finrisk_ops.dataset.names import METADATA, RAW, ROWS, TRAINING
from finrisk_ops.dataset.places import Places
from finrisk_ops.erasure import trace
from finrisk_ops.machine.files import replacing, write_json
from sandbox import connection as connections
from sandbox import postgresql
from sandbox.process import Process

USERS = 997
IDENTIFIER = "('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid"
PAIRS = f"""
insert into training_data (id, created_at, strategy, analysis, quality_score, model, finetuned_model_used,
    latency_ms, user_id, request_id, prompt, sources, arm, model_version)
select {IDENTIFIER}, '2026-10-01'::timestamptz + n * interval '1 s', 'Which ratio of case ' || n || ' fell?',
    repeat('The ratio of case ' || n || ' fell to 118.5 %% from 131 %% [1]. ', 12), 0.95,
    'gemini-3.5-flash-lite', false, 812.5, md5('u' || n %% {USERS}), {IDENTIFIER},
    repeat('Cash of case ' || n || ' was 12.5 million. ', 24),
    '[{{"document_id": "corvane-2024", "company": "Corvane Bank"}}]', 'base', 'gemini-3.5-flash-lite-001'
from generate_series(1, %s) n"""  # noqa: S608 - constants
ANALYSES = """
insert into analyses (id, created_at, user_hash, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
    arm_served, outcome, latency_ms, redaction_version, documents)
select id, created_at, user_id, 0, 'user', user_id, 0, 'base', 'base', 'ok', 812.5, '2', '{corvane-2024}'
from training_data"""
NEWEST_USER = "select user_id from training_data order by id desc limit 1"


def fill(url: str, folder: Path, rows: int) -> None:
    """Write the rows, their export, and the list of a dataset's lines."""
    with psycopg.connect(url, autocommit=True) as connection:
        migrate(connection)
        connection.execute(PAIRS.encode(), (rows,))
        connection.execute(ANALYSES)
        connection.execute("vacuum analyze training_data, analyses")
    export.run(export.Request(url, folder, "benchmark", 0, 0.9), check_mode=False)
    [raw] = folder.glob(f"{RAW}_*")
    stamp = raw.stem.removeprefix(f"{RAW}_")
    with replacing(folder / f"{ROWS}_{stamp}.tsv") as file:
        places = Places(file)
        for number in range(1, rows + 1):
            places.add(TRAINING, request(number))
    write_json(folder / f"{METADATA}_{stamp}.json", {"source": {"file": raw.name}, "files": {}})
    sizes = [f"{size / 2**20:,.0f} MiB" for size in (raw.stat().st_size, file.size)]
    print(f"{rows:,} rows; the export has {sizes[0]}, the list {sizes[1]}")


def request(number: int) -> str:
    """Return the id of a request."""
    return f"01900000-0000-7000-8000-{number:012x}"


def measure(url: str, folder: Path, name: str, identifier: str, user: str) -> None:
    """Trace five times."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        data = trace.run(url, folder, request_id=identifier, user=user)["data"]
        times.append(time.perf_counter() - began)
    [rows], [dataset] = data["exports"].values(), data["datasets"]
    found = f"{data['total_requests']:,} requests, {rows:,} rows, {dataset['rows']:,} lines"
    print(f"{name}: {min(times):.2f} s of {', '.join(f'{each:.2f}' for each in times)}; {found}")


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    var = Path(tempfile.mkdtemp(prefix="finrisk-benchmark-"))
    var.chmod(0o711)  # PostgreSQL's account passes through
    (var / "logs").mkdir()
    started: list[Process] = []
    try:
        held = connections.new(var)
        postgresql.launch(var, held, started.append)
        fill(held.database_url, var / "training_data", options.rows)
        with psycopg.connect(held.database_url) as connection:
            [[user]] = connection.execute(NEWEST_USER).fetchall()
        measure(held.database_url, var / "training_data", "a request", request(options.rows // 3), "")
        measure(held.database_url, var / "training_data", "a user", "", user)
    finally:
        postgresql.halt(var, started[-1] if started else None)
        shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    main()
