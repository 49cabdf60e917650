"""An environment that keeps something of a user and of a document, to be traced and erased."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from finrisk.aside import set_aside
from finrisk.journal import write_sealed
from finrisk_ops.dataset import export, prepare
from finrisk_rules.identity import keyed_hash
from tests.grounds.repository import REPOSITORY
from tests.grounds.training_rows import insert, row

KEY, USER, OTHER = "ab" * 32, "jane.roe@example.com", "john"
HASH, OTHER_HASH = keyed_hash(KEY, USER), keyed_hash(KEY, OTHER)
MODEL, OTHER_MODEL = "projects/p/models/7", "s3"
DOCUMENT = 'filings/Öst "A", 2025'
ANALYSIS = """
insert into analyses (id, created_at, user_hash, split_bp, unit_kind, unit_hash, bucket, arm_assigned,
                      outcome, latency_ms, redaction_version, documents)
values (%s, now(), %s, 0, 'user', '', 0, 'base', 'ok', 1, '1', %s)"""


def request_id(number: int) -> str:
    return str(row(number)["id"])


def fill(url: str) -> None:
    """Thirty pairs, three of the user and two on the document; one more answer of each was not collected."""
    others = [row(number, user_id=OTHER_HASH, request_id=request_id(number)) for number in range(25)]
    own = [row(number, user_id=HASH, request_id=request_id(number), arm="base") for number in (25, 26, 27)]
    on_it = [
        row(number, user_id=OTHER_HASH, sources=[{"document_id": "other"}, {"document_id": DOCUMENT}])
        for number in (28, 29)
    ]
    insert(url, 0, *others, *own, *on_it)
    with psycopg.connect(url) as connection:
        for number in range(25, 28):
            connection.execute(ANALYSIS, (request_id(number), HASH, ["other"]))
            connection.execute(
                "insert into feedback (request_id, rating, created_at) values (%s, 1, now())",
                (request_id(number),),
            )
        connection.execute(ANALYSIS, (request_id(90), HASH, None))
        connection.execute(ANALYSIS, (request_id(91), OTHER_HASH, ["other", DOCUMENT]))
        connection.execute(ANALYSIS, (request_id(1), OTHER_HASH, ["other", DOCUMENT + "b"]))


def options(database_url: str, parent: Path) -> dict[str, Any]:
    """Make rows, a journal, an export, a dataset and its model; return the module's options for them."""
    fill(database_url)
    folder, journal = parent / "training_data", parent / "var" / "journal"
    journal.mkdir(parents=True)
    own = {"analysis": {"id": "1", "user_hash": HASH}, "training": {"user_id": HASH, "sources": []}}
    other = {"analysis": {"id": "2", "user_hash": OTHER_HASH, "documents": [DOCUMENT]}}
    write_sealed(journal / "1-a-000001.seg", [own, other])
    set_aside(journal, "1-a", own, "DataError")
    set_aside(journal, "1-a", other, "DataError")
    export.run(export.Request(database_url, folder, "test", 1, 0.9), check_mode=False)
    done = prepare.run(prepare.Request("", folder, 0.9, 0, 0.9), check_mode=False)
    spec = {"training_sha256": hashlib.sha256(Path(done["training_file"]).read_bytes()).hexdigest()}
    with psycopg.connect(database_url) as connection:
        rows = [
            ("s1", spec, {"tuned_model_name": MODEL}),
            ("s2", {}, {"state": "FAILED"}),
            (OTHER_MODEL, {}, {"state": "ACTIVE"}),
        ]
        for name, *contents in rows:
            connection.execute(
                "insert into tuning_jobs (spec_id, spec, job) values (%s, %s, %s)",
                (name, *map(Jsonb, contents)),
            )
    return {
        "user_hash_key": KEY,
        "database_url": database_url,
        "output_dir": str(folder),
        "place": {"process": {"var_dir": str(parent / "var"), "repository": str(REPOSITORY)}},
    }


def tree(options: dict[str, Any]) -> dict[str, bytes]:
    """Every file of the environment."""
    folder = Path(options["output_dir"]).parent
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
