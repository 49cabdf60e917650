"""What somebody meets first: one version everywhere, and help that helps."""

from __future__ import annotations

import re
import textwrap
import tomllib

import pytest

from finrisk import __version__, cli
from sandbox.console import result
from sandbox.story import TRY
from tests.grounds.repository import DOCS, REPOSITORY

IMAGE = re.compile(r"registry\.example\.com/finrisk/finrisk-api:(\d+\.[\w.-]+)")


def test_there_is_one_version(capsys: pytest.CaptureFixture[str]) -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["version"] == __version__
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"finrisk {__version__}\n"
    newest = re.search(r"^## \[(.+?)\]", (REPOSITORY / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest
    assert newest[1] == __version__


def test_every_page_and_inventory_names_the_image_of_that_version() -> None:
    pages = [REPOSITORY / "README.md", *DOCS.glob("*.md"), *(REPOSITORY / "inventory").rglob("*.yml")]
    tags = {(page.name, tag) for page in pages for tag in IMAGE.findall(page.read_text("utf-8"))}
    assert len(tags) >= 2
    assert {tag for _, tag in tags} == {__version__}


def test_the_loop_of_the_readme_is_the_one_that_the_demo_prints() -> None:
    """Which tests/playbooks types; it names no port and no key."""
    printed = textwrap.dedent(TRY.format(connection="make -s connection FORMAT=shell"))
    assert printed in (REPOSITORY / "README.md").read_text("utf-8")


def test_help_has_examples_that_the_command_line_takes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["--help"])
    named = re.findall(r"^  (?:\w+=\S+ )?finrisk (\w+)", cli.EXAMPLES, re.MULTILINE)
    assert len(named) >= 5
    text = capsys.readouterr().out
    assert cli.EXAMPLES in text
    commands = re.search(r"\{([\w,]+)\}", text)
    assert commands
    assert set(named) <= set(commands[1].split(","))


OLD = """
PLAY [Deploy] ****

TASK [finrisk : Release] ****
local: [######....]  20 % RUNNING
changed: [local]

PLAY RECAP ****
local                      : ok=11   changed=1    unreachable=0    failed=0
Revision r0002 runs
/srv/config.json
"""
QUIET = """[####....] 1 of 2 pods: ready
changed: [local] Release
local: changed=1 failed=0
Revision r0002 runs
/srv/config.json
"""


@pytest.mark.parametrize("output", [OLD, QUIET], ids=["with headings", "quiet"])
def test_the_demo_tells_a_playbooks_result_alone(output: str) -> None:
    assert result(output.splitlines()) == ["Revision r0002 runs", "/srv/config.json"]
