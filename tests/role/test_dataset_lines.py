"""Which row each line of the sets comes from: ``dataset_rows_<time>.tsv``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.dataset.places import place_at
from finrisk_ops.erasure import trace
from finrisk_ops.errors import FinriskError
from tests.grounds.preparation import prepare, turns, write_raw
from tests.grounds.training_rows import row

UNLIKE_IDS = ("43-1", "row_7", 17, "a.b:c", "x" * 64)
CARD = "4111111111111111"


def told(result: dict[str, Any], name: str) -> list[str]:
    """Return what the list calls the rows of a set, by line."""
    metadata = Path(result["metadata_file"])
    rows = metadata.with_name(metadata.name.replace("metadata", "rows")).with_suffix(".tsv")
    lines = [line.split("\t") for line in rows.read_text().splitlines()]
    return [identity for identity, set_name, _ in lines if set_name == name]


def test_every_line_has_its_row_whatever_the_id_is(tmp_path: Path) -> None:
    given = [row(number) for number in range(40)]
    for number, identity in enumerate((*UNLIKE_IDS, None, "", "größe 1", "a\tb", CARD)):
        given[number]["id"] = identity
    del given[11]["id"]
    write_raw(tmp_path, given, array=False)
    result = prepare(tmp_path)
    names: list[str] = []
    for name, file in (("training_set", "training_file"), ("validation_set", "validation_file")):
        of_set = told(result, name)
        for called, (_, analysis) in zip(of_set, turns(result[file]), strict=True):
            number = next(at for at, each in enumerate(given) if each["analysis"] == analysis)
            assert called in (str(given[number].get("id")), f"#{number + 1}")
        names += of_set
    assert len(set(names)) == len(given)
    assert CARD not in names
    assert {f"#{number}" for number in (6, 7, 8, 9, 10, 12)} <= set(names)
    assert set(map(str, UNLIKE_IDS)) <= set(names)


def test_a_line_whose_row_was_made_elsewhere_leads_to_no_request(tmp_path: Path) -> None:
    given = [row(number, id=f"43-{number}") for number in range(20)]
    write_raw(tmp_path, given)
    file = Path(prepare(tmp_path)["training_file"])
    rows = file.with_name(file.name.replace("training_set", "dataset_rows")).with_suffix(".tsv")
    place = place_at(rows, "training_set", 1)
    assert place is not None
    with pytest.raises(FinriskError, match=f"its row {place.name} was made elsewhere"):
        trace.request_at(tmp_path, f"{file.name}:1")
