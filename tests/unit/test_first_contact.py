"""What somebody meets first: one version, lines that work in their order, and help that helps."""

from __future__ import annotations

import re
import textwrap
import tomllib

import pytest

from finrisk import __version__, cli
from sandbox.console import result
from sandbox.story import TRY
from tests.grounds.markdown import PAGES, each_fence
from tests.grounds.repository import DOCS, REPOSITORY

README = REPOSITORY / "README.md"
LOOP = textwrap.dedent(TRY.format(connection="make -s connection FORMAT=shell"))
TUNES = re.compile(r"-m sandbox\.(?:demo|cluster demo)$", re.MULTILINE)
"""How a recipe ends that tells the whole loop; with ``--up`` nothing is tuned."""
PLAYED = re.compile(r"ansible-playbook (?:-i (\S+) )?playbooks/(\w+)\.yml(.*)")
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
    assert LOOP in README.read_text("utf-8")


def test_what_the_readme_starts_for_its_loop_has_a_tuned_model_to_deploy() -> None:
    before, _, fence = README.read_text("utf-8").partition(LOOP)[0].rpartition("\n```\n")
    assert "finrisk_ab_ratio=50" in fence
    targets = re.findall(r"`make ([a-z-]+)", before.rstrip().rpartition("\n\n")[2])
    assert targets
    makefile = (REPOSITORY / "Makefile").read_text("utf-8")
    for target in targets:
        recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
        assert recipe, target
        assert TUNES.search(recipe[1]), f"`make {target}` leaves no tuned model"


def refused(lines: str) -> list[str]:
    """Return the lines that fail after what stands before them, as far as it says.

    An environment that `site.yml` made has no model to deploy before `tune.yml`; what was rolled back, or
    never deployed, cannot be promoted.
    """
    last: dict[str, str] = {}
    found = []
    for match in PLAYED.finditer(lines):
        inventory, playbook, rest = match[1] or "inventory/local", match[2], match[3]
        before = last.get(inventory)
        if (playbook == "deploy" and before == "site") or (
            playbook == "promote" and before in ("site", "tune", "rollback")
        ):
            found.append(match[0])
        if playbook in ("site", "tune", "deploy", "rollback") and "--check" not in rest:
            last[inventory] = playbook
    return found


def test_the_lines_of_every_fence_work_in_their_order() -> None:
    line = "ansible-playbook -i inventory/staging playbooks/{}.yml\n"
    for wrong in ("site deploy", "deploy rollback promote", "site tune promote"):
        assert refused("".join(map(line.format, wrong.split()))), wrong
    assert refused("".join(map(line.format, "site tune deploy promote rollback".split()))) == []
    assert [found for page in PAGES for fence in each_fence(page) for found in refused(fence)] == []


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
