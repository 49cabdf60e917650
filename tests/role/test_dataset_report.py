"""The page beside a dataset: what it shows stands in the metadata, and somebody's text stays text."""

from __future__ import annotations

import json
import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from finrisk_ops.dataset import prepare, report
from finrisk_ops.dataset.portrait import EXCERPTS, Tally
from finrisk_rules.prompt import Source, render
from tests.grounds.training_rows import FIRMS, row

HOSTILE = '</div></title><script src="https://evil.example/x.js">1</script><img src=x onerror=a()>{{ 7*7 }}'
ALLOWED = set(
    "html head meta title style body header main section article h1 h2 h3 h4 p div dl dt dd b i ul li span "
    "bdi figure figcaption table caption thead tbody tr th td details summary svg g rect path text".split()
)
JUDGED = {"judge_version": "2", "verdicts": {"stated": 3, "unread": 1, "invented": 7, "asked": -1}}


def rows(number: int = 60) -> list[dict[str, Any]]:
    return [
        row(
            n,
            quality_score=round(0.9 + n % 10 / 100, 2),
            quality_parts=JUDGED,
            sources=[{"document_id": f"doc-{n}", "company": FIRMS[n % len(FIRMS)]}],
        )
        for n in range(number)
    ]


def prepared(folder: Path, given: list[dict[str, Any]]) -> tuple[dict[str, Any], str]:
    """Metadata and page of a dataset of the rows."""
    folder.mkdir(exist_ok=True)
    (folder / "training_data_raw_20261101_080000.json").write_text("\n".join(map(json.dumps, given)))
    result = prepare.run(prepare.Request("", folder, 0.9, 0, 0.9), check_mode=False)
    assert result["report_file"] == str(folder / "dataset_report_20261101_080000.html")
    metadata = json.loads(Path(result["metadata_file"]).read_text())
    return metadata, Path(result["report_file"]).read_text("utf-8")


class Elements(HTMLParser):
    """The elements of a page, and the text that a reader sees."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_figures_of_the_metadata_add_up(tmp_path: Path) -> None:
    given = rows()
    given[0]["analysis"] += " Ask jane.roe@example.com."
    metadata, _ = prepared(tmp_path, [*given, row(1, strategy="short")])
    examples = metadata["train_examples"] + metadata["validation_examples"]
    assert examples == 60
    for side in ("training", "validation"):
        count = metadata["sides"][side]["examples"]
        assert count == metadata["train_examples" if side == "training" else "validation_examples"]
        for name in ("topics", "companies", "languages"):
            each = metadata[name]
            named = sum(of[side] for of in each["named"])
            assert named + each["others"][side] + each["unnamed"][side] == count, name
    for name, bins in metadata["histograms"].items():
        assert sum(bins["counts"]) + bins["beyond"] == examples, name
    assert metadata["verdicts"] == {"stated": 180, "unread": 60}
    assert metadata["redacted"] == {"email": 1}
    assert sum(each["training"] + each["validation"] for each in metadata["companies"]["named"]) == 60
    assert metadata["histograms"]["quality"] == {
        "start": 0.9,
        "step": 0.01,
        "counts": [6, 6, 6, 6, 6, 6, 6, 6, 12],
        "beyond": 0,
    }


def test_the_page_shows_what_the_metadata_holds_and_nothing_else(tmp_path: Path) -> None:
    metadata, page = prepared(tmp_path, rows())
    again = report.page(metadata, []).decode()
    head, _, _ = page.partition("<h2>To read</h2>")
    assert head == again.partition("<h2>To read</h2>")[0]
    assert "Liquidity risk" in head
    metadata["topics"]["named"][0]["training"] = 123_456
    assert "123,456" in report.page(metadata, []).decode()


def test_hostile_text_stays_text_and_nothing_is_fetched(tmp_path: Path) -> None:
    given = rows()
    for each in given:
        each["analysis"] = f"## {HOSTILE}\n{each['analysis']} {HOSTILE}"
        each["sources"][0]["company"] = HOSTILE
        source = Source(each["sources"][0]["document_id"], HOSTILE, HOSTILE)
        each["prompt"] = render(each["strategy"], [source])
    _, page = prepared(tmp_path, given)
    elements = Elements(page)
    assert set(elements.names) <= ALLOWED
    assert not [name for name, _ in elements.attributes if name.startswith("on") or name in {"src", "href"}]
    assert elements.text.count("{{ 7*7 }}") >= EXCERPTS
    assert "<!--" not in page
    assert "default-src 'none'" in page
    addresses = {value for _, value in elements.attributes if "//" in value}
    assert addresses == {"http://www.w3.org/2000/svg"}


def test_the_same_rows_give_the_same_bytes_and_ten_examples_of_the_sets(tmp_path: Path) -> None:
    _, page = prepared(tmp_path / "a", rows())
    _, again = prepared(tmp_path / "b", rows())
    assert page == again
    shown = re.findall(r"which figures moved most", page.partition("<h2>To read</h2>")[2])
    assert len(shown) == EXCERPTS
    questions = set(re.findall(r"for case (\d+):", page))
    _, other = prepared(tmp_path / "c", rows(61))
    assert set(re.findall(r"for case (\d+):", other)) != questions


def test_a_small_dataset_without_scores_sources_or_verdicts_has_a_page(tmp_path: Path) -> None:
    given = [row(n, analysis="x" * 90 + f" {n} breaches were counted.") for n in (1, 2)]
    for each in given:
        del each["quality_score"]
    metadata, page = prepared(tmp_path, given)
    assert metadata["sides"]["training"]["quality_mean"] is None
    assert "No row has verdicts." in page
    assert "without a company" in page
    assert "999 more training examples" in page


@pytest.mark.parametrize(
    ("examples", "said"),
    [
        (999, "1 more training examples make the 1,000"),
        (1_000, "Enough to tune. 1,000 more"),
        (2_000, "In the range that gives the best results"),
        (5_000, "In the range that gives the best results"),
        (5_001, "-e finrisk_max_examples=5000"),
    ],
)
def test_readiness_is_said_at_its_borders(tmp_path: Path, examples: int, said: str) -> None:
    metadata, _ = prepared(tmp_path, rows())
    metadata["train_examples"] = examples
    metadata["readiness"]["missing"] = max(0, 1_000 - examples)
    assert said in report.page(metadata, []).decode()


def test_names_are_counted_however_spelled_and_shown_redacted() -> None:
    tally = Tally()
    for name in ("Corvane Bank", "CORVANE  BANK", "Ask jane.roe@example.com", "left\u202eright\x00", ""):
        tally.add([name], 0)
    content = tally.content()
    assert content["named"][0] == {"name": "Corvane Bank", "training": 2, "validation": 0}
    shown = " ".join(each["name"] for each in content["named"])
    assert "example.com" not in shown
    assert shown.isprintable()
    assert content["unnamed"] == {"training": 1, "validation": 0}


def test_rare_names_are_summed_up() -> None:
    tally = Tally()
    for number in range(30):
        tally.add([f"Firm {number}", "Corvane Bank"], number % 2)
    content = tally.content()
    assert content["named"][0] == {"name": "Corvane Bank", "training": 15, "validation": 15}
    assert len(content["named"]) == 12
    assert content["others"]["names"] == 19
    assert content["others"]["training"] + content["others"]["validation"] == 19
