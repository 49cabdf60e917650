"""``finrisk answer``: what the service would answer and say of it, and how a call ends that gets none."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from finrisk.gemini import Gemini
from finrisk.quality import quality_parts, score
from finrisk.settings import settings_from_environment
from finrisk_rules import page_facts
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.prompt import SYSTEM_INSTRUCTION, Source, render
from sandbox.connection import LOCATION, PROJECT
from tests.grounds.odd import ANSWER, Odd, Reaction, whole
from tests.grounds.wire import Wire

MODEL = "gemini-3.5-flash-lite"
SOURCE = Source(
    "doc-1",
    "Acme annual report 2025",
    "Acme invoiced 27 percent of its sales in US dollars in 2025. A fall of the dollar by 10 percent would "
    "lower operating profit by $8.4 million. The board reviews the hedging policy twice a year.",
)
QUESTION = "What does Acme say about the currency risk of its sales in US dollars in 2025?"
PROMPT = render(QUESTION, [SOURCE])


def settings_of(gemini: Wire) -> dict[str, str]:
    return {
        "GOOGLE_CLOUD_PROJECT": PROJECT,
        "GOOGLE_CLOUD_LOCATION": LOCATION,
        "GEMINI_BASE_URL": gemini.url,
        "GOOGLE_APPLICATION_CREDENTIALS": str(gemini.credentials_file),
    }


def answered(settings: dict[str, str], *calls: dict[str, Any] | str) -> subprocess.CompletedProcess[str]:
    known = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "LC_ALL", "HOME")}
    lines = [call if isinstance(call, str) else json.dumps(call) for call in calls]
    return subprocess.run(
        [sys.executable, "-m", "finrisk", "answer"],
        input="".join(f"{line}\n" for line in lines),
        env=known | {"USER_HASH_KEY": "k"} | settings,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(gemini: Wire, *calls: dict[str, Any]) -> dict[str, dict[str, Any]]:
    done = answered(settings_of(gemini), *calls)
    assert done.returncode == 0, done.stderr
    return {each["id"]: each for each in map(json.loads, done.stdout.splitlines())}


def call(name: str = "a", **more: Any) -> dict[str, Any]:
    return {"id": name, "model": MODEL, "prompt": PROMPT} | more


def test_an_answer_comes_with_its_verdicts_by_the_services_judge(gemini: Wire) -> None:
    [answer] = told(gemini, call()).values()
    assert answer["outcome"] == "answered"
    source = JudgedSource(SOURCE.title, SOURCE.text, page_facts.stored(page_facts.facts_of(SOURCE.text)))
    said = judge(QUESTION, answer["text"], [source])
    assert answer["quality"] == score(quality_parts(answer["text"], QUESTION, [source], said))
    assert (answer["wrong"], answer["verdicts"]) == (False, dict(said.counts))
    assert answer["answer_tokens"] > 0


def test_what_is_sent_is_what_the_service_sends_and_examples_are_turns_before_it(
    odd: Callable[[Reaction], Odd],
) -> None:
    sent: list[dict[str, Any]] = []

    def react(connection: socket.socket, request: bytes) -> bool:
        sent.append(json.loads(request.partition(b"\r\n\r\n")[2]))
        return whole(connection, ANSWER)

    by_key = {"GEMINI_PROVIDER": "gemini_api", "GEMINI_API_KEY": "k", "GEMINI_BASE_URL": odd(react).url}
    given = by_key | {"MAX_OUTPUT_TOKENS": "777"}
    Gemini(settings_from_environment(given | {"USER_HASH_KEY": "k"})).complete(
        MODEL, SYSTEM_INSTRUCTION, PROMPT, 30
    )
    assert answered(given, call()).returncode == 0
    of_service, of_command = sent
    assert of_command == of_service
    assert of_command["generationConfig"]["maxOutputTokens"] == 777

    assert answered(given, call(examples=[["p1", "a1"], ["p2", "a2"]])).returncode == 0
    turns = [(content["role"], content["parts"][0]["text"]) for content in sent[-1]["contents"]]
    assert turns == [("user", "p1"), ("model", "a1"), ("user", "p2"), ("model", "a2"), ("user", PROMPT)]
    assert {**sent[-1], "contents": of_service["contents"]} == of_service


def test_each_answer_is_a_line_as_it_ends_whoever_else_fails(gemini: Wire) -> None:
    gemini.fault(kind="blocked_prompt", model="gemini-3.5-flash")
    gemini.fault(kind="empty", model="gemini-2.5-flash")
    gemini.fault(kind="status", code=500, model="gemini-2.5-pro")
    gemini.fault(kind="wrong_figures", model="gemini-3.1-flash-lite")
    models = {
        "blocked": "gemini-3.5-flash",
        "length": "gemini-2.5-flash",
        "failed": "gemini-2.5-pro",
        "wrong": "gemini-3.1-flash-lite",
    }
    found = told(gemini, call(), *(call(name, model=model) for name, model in models.items()))
    outcomes = {name: each["outcome"] for name, each in found.items()}
    assert outcomes == {
        "a": "answered",
        "blocked": "blocked",
        "length": "length",
        "failed": "failed",
        "wrong": "answered",
    }
    assert "500" in found["failed"]["problem"]
    assert [name for name, each in found.items() if each["wrong"]] == ["wrong"]


def test_what_fails_in_passing_is_asked_again(gemini: Wire) -> None:
    gemini.fault(kind="status", code=503, times=2)
    assert told(gemini, call())["a"]["outcome"] == "answered"


def test_an_answer_is_redacted_as_the_service_does_it(gemini: Wire) -> None:
    named = render(QUESTION, [Source("d", "Acme", f"{SOURCE.text} Write to jane.roe@example.com for it.")])
    [answer] = told(gemini, call(prompt=named)).values()
    assert "jane.roe@example.com" not in answer["text"]


@pytest.mark.parametrize(
    ("line", "settings", "said"),
    [
        ("{", {}, "a line cannot be answered"),
        ('{"id": "a", "model": "m"}', {}, "prompt: Field required"),
        (json.dumps(call()), {"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere.json"}, "/nowhere.json"),
        (json.dumps(call()), {"MAX_OUTPUT_TOKENS": "1"}, "MAX_OUTPUT_TOKENS"),
    ],
)
def test_what_cannot_be_answered_ends_with_a_sentence(
    gemini: Wire, line: str, settings: dict[str, str], said: str
) -> None:
    done = answered(settings_of(gemini) | settings, line)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
