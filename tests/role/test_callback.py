"""The stdout callback, loaded by the real ansible-playbook."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.grounds.repository import REPOSITORY
from tests.grounds.waiting import until

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

FOLLOWED = """
import json
import time
from ansible.module_utils.basic import AnsibleModule
module = AnsibleModule({"progress_file": {"type": "path"}})
with open(module.params["progress_file"], "w") as file:
    file.write(json.dumps({"done": 0, "total": 2, "label": "first"}) + "\\n")
time.sleep(60)
module.exit_json()
"""
RELEASE = """
- name: Release
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Follow
      finrisk_release:
"""


def start(
    folder: Path, *arguments: str, playbook: str = PLAYBOOK, module: str = MODULE
) -> subprocess.Popen[str]:
    """Start a playbook that has the module of this file."""
    (folder / "library").mkdir(exist_ok=True)
    (folder / "library" / "showing_info.py").write_text("#!/usr/bin/python\n" + module)
    (folder / "play.yml").write_text(playbook)
    (folder / "state").unlink(missing_ok=True)
    return subprocess.Popen(
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
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def show(
    folder: Path, *arguments: str, playbook: str = PLAYBOOK, module: str = MODULE
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    process = start(folder, *arguments, playbook=playbook, module=module)
    stdout, stderr = process.communicate(timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def test_a_bar_is_drawn_and_report_and_summary_stand_in_plain_words_alone(tmp_path: Path) -> None:
    """Nothing changed, and there is a report: no recap, no step, no play is worth a line."""
    run = show(tmp_path)
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.splitlines() == [
        "localhost: [###############...............]  50 % RUNNING",
        "localhost: [##############################] 100 % RUNNING",
        "a page for people",
        "/full/path/of/a/file",
        "a {{ brace }} and an é",
    ]


def test_with_v_all_of_ansibles_own_output_is_there_and_the_result_behind_the_recap(tmp_path: Path) -> None:
    run = show(tmp_path, "-v")
    assert "TASK [Use the result]" in run.stdout
    assert "FAILED - RETRYING" not in run.stdout
    before, _, after = run.stdout.partition("PLAY RECAP")
    assert [line for line in after.splitlines()[2:] if line] == [
        "a page for people",
        "/full/path/of/a/file",
        "a {{ brace }} and an é",
    ]
    assert "/full/path/of/a/file" not in before


STEPS = """
- name: Show
  hosts: localhost
  gather_facts: false
  tasks:
    - name: Write a file
      ansible.builtin.copy:
        content: "new\n"
        dest: "{{ state }}"
        mode: "0600"
    - name: Say a thing
      ansible.builtin.debug:
        msg: this is said
    - name: Look
      ansible.builtin.command: "true"
      changed_when: false
    - name: Pass over
      ansible.builtin.command: "false"
      when: false
    - name: Never mind
      ansible.builtin.command: "false"
      changed_when: false
      ignore_errors: true
    - name: Break
      ansible.builtin.fail:
        msg: |
          the disk is full:
          make room
      when: not ansible_check_mode
"""


def test_only_what_changed_or_failed_is_said_and_an_error_once_on_standard_error(tmp_path: Path) -> None:
    run = show(tmp_path, playbook=STEPS)
    assert run.returncode == 2
    assert run.stdout.splitlines() == [
        "changed: [localhost] Write a file",
        "this is said",
        "localhost: changed=1 failed=1",
    ]
    assert run.stderr.splitlines() == ["localhost: Break: the disk is full: make room"]


ONE_STEP = PLAYBOOK.replace("until: watched.done == 2", "when: true")
KILLED = "import os, signal\nos.kill(os.getpid(), signal.{})"


@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_a_module_that_was_killed_is_told_as_that(tmp_path: Path, name: str) -> None:
    run = show(tmp_path, playbook=ONE_STEP, module=KILLED.format(name))
    assert run.returncode == 2, run.stdout
    assert f"localhost: Watch: {name} ended the step before it said how far it came" in run.stderr
    assert "deserialization" not in run.stderr


def test_a_module_that_breaks_is_not_told_as_one_that_was_killed(tmp_path: Path) -> None:
    run = show(tmp_path, playbook=ONE_STEP, module="import sys\nsys.exit('no memory of it')")
    assert run.returncode == 2
    assert "ended the step" not in run.stderr
    assert "no memory of it" in run.stderr


def test_a_check_says_what_would_change_below_its_difference(tmp_path: Path) -> None:
    run = show(tmp_path, "--check", "--diff", playbook=STEPS)
    assert run.returncode == 0, run.stderr
    lines = [line.strip() for line in run.stdout.splitlines() if line]
    assert lines[lines.index("+new") + 2 :] == [
        "would change: [localhost] Write a file",
        "this is said",
        "localhost: changed=1 failed=0",
    ]


def test_a_warning_that_stands_in_the_summary_is_not_said_twice(tmp_path: Path) -> None:
    module = MODULE.replace(
        "module.exit_json(", 'module.warn("not checked")\nmodule.warn("alone")\nmodule.exit_json('
    )
    both = module.replace('module.warn("alone")\n', "").replace(
        'summary=["/full', 'summary=["not checked", "/full'
    )
    assert "[WARNING]: alone" in show(tmp_path, module=module).stderr
    run = show(tmp_path, module=both)
    assert (run.stdout + run.stderr).count("not checked") == 1


def runs(command: str) -> bool:
    """Whether any process of this machine is this command."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if file.read_bytes().rstrip(b"\0").split(b"\0") == command.encode().split():
                return True
    return False


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        ((), "What it left half made: playbooks/status.yml"),
        (("--check",), "It was a check: nothing was changed"),
    ],
)
def test_ctrl_c_names_the_step_that_it_ended(tmp_path: Path, arguments: Sequence[str], left: str) -> None:
    step = f"sleep 60.{os.getpid()}"  # no other process of this machine runs that
    command = f"ansible.builtin.command: {step}\n      check_mode: false"
    process = start(tmp_path, *arguments, playbook=STEPS.replace('ansible.builtin.command: "true"', command))
    assert process.stdout is not None
    while "this is said" not in process.stdout.readline():
        assert process.poll() is None
    until(lambda: runs(step))
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode not in (0, 2)
    assert f"Ended in the middle of: Look. {left}" in said


def test_no_thread_beside_a_module_takes_the_signal_that_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANSIBLE_ACTION_PLUGINS", str(REPOSITORY / "roles/finrisk/action_plugins"))
    (tmp_path / "library").mkdir()
    (tmp_path / "library" / "finrisk_release.py").write_text("#!/usr/bin/python\n" + FOLLOWED)
    process = start(tmp_path, playbook=RELEASE)
    assert process.stdout is not None
    assert any("0 of 2 pods: first" in line for line in process.stdout)
    assert list((tmp_path / "temp").glob("*/finrisk-release-*/progress"))
    (worker,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    followers = [path for path in Path(f"/proc/{worker}/task").iterdir() if path.name != worker]
    blocked = [re.search(r"SigBlk:\s*(\w+)", (path / "status").read_text()) for path in followers]
    both = 1 << signal.SIGINT - 1 | 1 << signal.SIGTERM - 1
    assert [mask and int(mask[1], 16) & both for mask in blocked] == [both]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 99, said


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
