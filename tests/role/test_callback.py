"""The stdout callback, loaded by the real ansible-playbook."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.grounds.repository import REPOSITORY

MODULE = """
from pathlib import Path
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({"state": {"type": "path"}, "fail": {"type": "bool", "default": False}})
state = Path(module.params["state"])
done = int(state.read_text()) + 1 if state.exists() else 1
state.write_text(str(done))
if module.params["fail"]:
    module.fail_json(msg="the job broke: say so", summary=["what was done before"])
module.exit_json(
    progress={"done": done, "total": 2, "label": "RUNNING"},
    done=done,
    summary=["/full/path/of/a/file", "a {{ brace }} and an é"],
    report={"text": ["a page for people"], "data": {"count": 3, "name": "é"}},
)
"""
PLAYBOOK = """
- name: Show
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Watch
      showing_info:
        state: "{{ state }}"
      register: watched
      until: watched.done == 2
      retries: 3
      delay: 0
    - name: Use the result
      ansible.builtin.assert:
        that: watched.summary | length == 2
"""


def show(folder: Path, *arguments: str, playbook: str = PLAYBOOK) -> subprocess.CompletedProcess[str]:
    (folder / "library").mkdir(exist_ok=True)
    (folder / "library" / "showing_info.py").write_text("#!/usr/bin/python\n" + MODULE)
    (folder / "play.yml").write_text(playbook)
    (folder / "state").unlink(missing_ok=True)
    return subprocess.run(
        [
            *(sys.executable, "-m", "ansible", "playbook", "-i", "localhost,", "-c", "local", "play.yml"),
            *("-e", f"state={folder / 'state'}", "-e", f"ansible_python_interpreter={sys.executable}"),
            *arguments,
        ],
        cwd=folder,
        env={
            **os.environ,
            "ANSIBLE_CONFIG": str(REPOSITORY / "ansible.cfg"),
            "ANSIBLE_LIBRARY": str(folder / "library"),
            "ANSIBLE_LOCAL_TEMP": str(folder / "temp"),
            "ANSIBLE_NOCOLOR": "1",
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_bar_is_drawn_and_report_and_summary_stand_in_plain_words_behind_the_recap(tmp_path: Path) -> None:
    run = show(tmp_path, "-v")
    assert run.returncode == 0, run.stdout + run.stderr
    assert "localhost: [###############...............]  50 % RUNNING" in run.stdout
    assert "localhost: [##############################] 100 % RUNNING" in run.stdout
    assert "FAILED - RETRYING" not in run.stdout
    before, _, after = run.stdout.partition("PLAY RECAP")
    assert [line for line in after.splitlines()[2:] if line] == [
        "a page for people",
        "/full/path/of/a/file",
        "a {{ brace }} and an é",
    ]
    assert "/full/path/of/a/file" not in before


def test_json_mode_prints_the_reports_data_alone(tmp_path: Path) -> None:
    run = show(tmp_path, "-e", "finrisk_format=json")
    assert json.loads(run.stdout) == {"count": 3, "name": "é"}


def test_json_mode_does_not_announce_a_dry_run(tmp_path: Path) -> None:
    playbook = PLAYBOOK.replace(
        "      register: watched\n", "      register: watched\n      check_mode: false\n"
    )
    run = show(tmp_path, "-e", "finrisk_format=json", "--check", playbook=playbook)
    assert json.loads(run.stdout) == {"count": 3, "name": "é"}


def test_a_failure_in_json_mode_leaves_standard_output_empty_and_says_why_on_standard_error(
    tmp_path: Path,
) -> None:
    playbook = "\n".join(
        line for line in PLAYBOOK.splitlines() if "until" not in line and "retries" not in line
    )
    run = show(
        tmp_path,
        "-e",
        "finrisk_format=json",
        playbook=playbook.replace('state: "{{ state }}"', 'state: "{{ state }}"\n        fail: true'),
    )
    assert run.returncode == 2
    assert run.stderr.strip() == "localhost: Watch: the job broke: say so"
    assert "TASK" not in run.stdout
    assert "Task failed" not in run.stdout


LIST = """
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({"state": {"type": "path"}}, supports_check_mode=True)
def held(name, before, after):
    changed = before != after
    diff = {"before": {"spec": before}, "after": {"spec": after}} if changed else {}
    return {"changed": changed, "diff": diff, "result": {"kind": "Service", "metadata": {"name": name}}}
module.exit_json(changed=True, result={"results": [held("one", 1, 2), held("same", 3, 3), held("two", 4, 5)]})
"""
LIST_PLAYBOOK = """
- name: Show
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Apply a list
      list_of_objects:
        state: "{{ state }}"
"""


def test_a_list_of_objects_shows_the_diff_of_each_that_changes(tmp_path: Path) -> None:
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "list_of_objects.py").write_text("#!/usr/bin/python\n" + LIST)
    run = show(tmp_path, "--check", "--diff", playbook=LIST_PLAYBOOK)
    assert run.returncode == 0, run.stdout + run.stderr
    heads = [line for line in run.stdout.splitlines() if line.startswith(("+++", "+ "))]
    assert heads == ["+++ after: Service one", "+    spec: 2", "+++ after: Service two", "+    spec: 5"]
