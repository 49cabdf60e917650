"""evaluate.yml, run as an operator and as a pipeline run it."""

from __future__ import annotations

import json
from pathlib import Path

from finrisk_ops.process import gunicorn
from tests.grounds.experiment_rows import Met, deploy, insert
from tests.grounds.playground import Playground


def test_an_operator_reads_the_verdict_and_a_pipeline_fails_on_another_one(
    playground: Playground, database_url: str
) -> None:
    folder = playground.folder / "evaluations"
    here = ("-e", f"finrisk_evaluation_dir={folder}", "-e", '{"finrisk_least_exposure": {"days": 0}}')
    place = gunicorn.Place(playground.folder / "var", playground.folder, 1, 2)
    revision = deploy(place)
    insert(database_url, *(Met(arm, 6000, revision=revision) for arm in ("base", "tuned")))

    announced = playground.run("evaluate", "--check", *here)
    assert (announced.code, announced.changed, folder.exists()) == (0, 1, False), announced.output
    assert f"Evidence        would write {folder}/evaluation_" in announced.stdout
    first = playground.run("evaluate", *here)
    assert "would" not in first.stdout
    assert (first.code, first.changed) == (0, 1), first.output
    assert "Verdict         promote: The tuned model is proven not worse than base" in first.stdout
    [file] = folder.glob("evaluation_*.json")

    as_json = playground.run("evaluate", *here, "-e", "finrisk_format=json", "-e", "finrisk_expect=hold")
    assert as_json.code == 2, as_json.output
    told, kept = json.loads(as_json.stdout), json.loads(file.read_text())
    assert told["inputs"]["stages"] == kept["inputs"]["stages"]
    assert told["metrics"] == kept["metrics"]
    assert "the verdict is promote, expected was hold" in as_json.stderr

    playground.sandbox()  # no database
    again = playground.run(
        "evaluate",
        "-e",
        f"finrisk_evidence={file}",
        "-e",
        "finrisk_expect=promote",
        "-e",
        "finrisk_format=json",
    )
    assert (again.code, again.stdout) == (0, file.read_text()), again.output
    assert [Path(path).name for path in folder.glob("*.json")] == [file.name]
