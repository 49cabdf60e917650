"""The documentation is true of clusters: objects, rights, messages, and what the test cluster needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from finrisk_ops.kube import client, permissions
from sandbox.kubernetes import binaries, ladder
from tests.grounds.markdown import fences, headings, name, names, table
from tests.grounds.rendering import GOLDEN
from tests.grounds.repository import DOCS, REPOSITORY

KUBERNETES, RUNBOOK, TROUBLES = DOCS / "kubernetes.md", DOCS / "runbook.md", DOCS / "troubleshooting.md"
OPS = REPOSITORY / "roles" / "finrisk" / "module_utils" / "finrisk_ops"
MESSAGES = ("kube/*", "release/*", "status/*", "database")
SAYING = (*sorted((OPS / "kube").glob("*.py")), REPOSITORY / "app" / "finrisk" / "settings.py")
SURE = 20  # so many letters of a message of the code make it that one

Rights = set[tuple[str, str, str]]
"""API group, resource, verb."""


def rights(rules: list[dict[str, Any]]) -> Rights:
    return {
        (group, resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def operator() -> Rights:
    """What the Role lets an operator do."""
    return rights(yaml.safe_load((GOLDEN / "staging" / "role.yml").read_text("utf-8"))["rules"])


def section(title: str) -> str:
    """A section of docs/kubernetes.md."""
    return KUBERNETES.read_text("utf-8").partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_every_object_is_listed_by_its_template_kind_and_name() -> None:
    rows = table(KUBERNETES, "What `site.yml` makes", "template").rows
    assert {name(row["template"]) for row in rows} == {
        path.name.removesuffix(".yml.j2") for path in (REPOSITORY / "templates").glob("*.yml.j2")
    }
    for row in rows:
        (golden, *_) = sorted(GOLDEN.glob(f"*/{name(row['template'])}.yml"), reverse=True)
        held = yaml.safe_load(golden.read_text("utf-8"))
        kind, said = row["object"].split(" ")[0].rstrip(","), name(row["object"])
        assert (kind, re.sub(r"-<.*", "", said)) == (
            held["kind"],
            re.sub(r"-\d{4}$", "", held["metadata"]["name"]),
        )


def test_the_runbook_lists_what_the_role_allows_and_nothing_else() -> None:
    listed = set()
    for row in table(RUNBOOK, "Permissions in a cluster", "objects").rows:
        found, _, group = row["objects"].partition(" of ")
        for resource in re.findall(r"`([^`]+)`", found):
            listed |= {(group.strip("`"), resource, verb) for verb in row["verbs"].split(", ")}
    assert listed == operator()


@pytest.mark.parametrize("role", ["staging/role", "off/role-act"])
def test_a_role_that_rolls_back_holds_every_right_that_a_release_asks_for(role: str) -> None:
    """The API server is asked about each before anything changes: a name that a rule lacks is a refusal."""
    rules = yaml.safe_load((GOLDEN / f"{role}.yml").read_text("utf-8"))["rules"]
    for right in permissions.RELEASE:
        resource = f"{right.resource}/{right.part}" if right.part else right.resource
        assert any(
            right.verb in rule["verbs"]
            and right.group in rule["apiGroups"]
            and resource in rule["resources"]
            and right.name in rule.get("resourceNames", [right.name])
            for rule in rules
        ), str(right)


def test_who_may_run_site_may_also_give_the_operators_their_role() -> None:
    (text,) = [
        block
        for block in re.findall(r"```yaml\n(.*?)```", section("Who needs which rights"), re.S)
        if "ClusterRole" in block
    ]
    assert operator() <= rights(yaml.safe_load(text)["rules"])


def test_the_oldest_kubernetes_is_said_everywhere() -> None:
    oldest = ".".join(map(str, client.OLDEST))
    for page in (KUBERNETES, REPOSITORY / "README.md"):
        assert set(re.findall(r"Kubernetes (1\.\d+) or newer", page.read_text("utf-8"))) == {oldest}


def test_the_debian_packages_of_the_test_cluster_are_named() -> None:
    listed = section("The test cluster").partition("The Debian packages ")[2].partition(";")[0]
    assert set(re.findall(r"`([^`]+)`", listed)) == set(binaries.PACKAGES.values())


def test_the_disposable_contexts_are_those_that_are_named() -> None:
    named = re.search(r"made - (.*?) -", section("The test cluster").replace("\n", " "))
    assert named
    for context in re.findall(r"`([^`]+)`", named[1]):
        assert ladder.DISPOSABLE.fullmatch(context.replace("*", "name")), context


def _constants(node: ast.expr) -> Iterator[str | None]:
    """Yield the fixed parts of a text; None for a part that is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from _constants(part)
    else:
        yield None


@cache
def messages() -> list[tuple[re.Pattern[str], int]]:
    """Every text of the code as a pattern, with the length of its fixed parts."""
    found = []
    for path in {path for glob in MESSAGES for path in OPS.glob(f"{glob}.py")}:
        tree = ast.parse(path.read_text("utf-8"))
        texts = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr | ast.Constant)]
        inside = {part for node in texts if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in (each for each in texts if each not in inside):
            parts = [part and re.sub(r"\s+", " ", part) for part in _constants(node)]
            pattern = "".join(".*?" if part is None else re.escape(part) for part in parts)
            found.append((re.compile(pattern), sum(len(part or "") for part in parts)))
    return [(pattern, fixed) for pattern, fixed in found if fixed >= SURE]


def documented() -> list[str]:
    """The messages that docs/troubleshooting.md shows of a cluster, each in one line."""
    part = TROUBLES.read_text("utf-8").partition("\n## On a cluster\n")[2]
    blocks = re.findall(r"```text\n(.*?)```", part, re.DOTALL)
    return [re.sub(r"\s+", " ", block).strip() for block in blocks]


def test_every_message_of_a_cluster_is_one_that_the_code_gives() -> None:
    assert len(documented()) > 12
    unknown = [said for said in documented() if not any(pattern.search(said) for pattern, _ in messages())]
    assert unknown == []


def test_what_keeps_pods_from_getting_ready_is_said_in_the_codes_words() -> None:
    source = " ".join(re.sub(r'"\s*f?"', "", path.read_text("utf-8")) for path in SAYING)
    held = table(TROUBLES, "Pods do not get ready", "it says")
    for row in held.rows:
        for said in re.findall(r"`([^`]+)`", row["it says"]):
            assert said.partition(" (")[0] in source, said
    assert len(names(held)) >= 8


def test_every_trouble_of_the_issue_has_its_section() -> None:
    wanted = ("reach the cluster", "namespace", "permission", "image", "ready", "changed", "release")
    titles = [title for title in headings(TROUBLES) if title not in ("On a cluster",)]
    for word in wanted:
        assert any(word in title for title in titles), word


def test_no_place_of_anybodys_stands_in_the_pages_about_clusters() -> None:
    for page in (KUBERNETES, TROUBLES, RUNBOOK):
        assert not re.search(r"/(?:root|tmp|var/tmp)\b", page.read_text("utf-8") + fences(page)), page.name
