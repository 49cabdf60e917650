"""A model that answers with lines of its prompt, at once or later: what is measured is its caller."""

import asyncio
import json
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sandbox.connection import LOOPBACK

_REPOSITORY = Path(__file__).resolve().parents[1]
TICKS = 10_000
"""In a second: an answer tells how long it took, in these, as the number of its tokens."""

_LINES = 8
_FIGURE = re.compile(r"\d")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %d\r\n\r\n"


@dataclass(frozen=True)
class Upstream:
    """Its address, and its process."""

    url: str
    pid: int


@contextmanager
def prompt_upstream(least: float = 0.0, most: float = 0.0) -> Iterator[Upstream]:
    """One in a process of its own, which ends with the block; it takes so many seconds, drawn uniformly."""
    command = [sys.executable, "-m", "benchmarks.prompt_upstream", str(least), str(most)]
    with subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Upstream((process.stdout.readline() if process.stdout else "").strip(), process.pid)
        finally:
            process.terminate()


def answer(prompt: str, tokens: int = 300) -> bytes:
    """A response of the Gemini API: the first lines of the prompt that hold a figure, with a source each."""
    lines = [line for line in prompt.splitlines() if 30 < len(line) < 400 and _FIGURE.search(line)][:_LINES]
    text = "# Analysis\n\n" + "\n".join(f"- {line} [1]" for line in lines)
    return json.dumps(
        {
            "candidates": [
                {
                    "content": {"role": "model", "parts": [{"text": text}]},
                    "finishReason": "STOP",
                    "avgLogprobs": -0.2,
                }
            ],
            "usageMetadata": {
                "promptTokenCount": 2000,
                "candidatesTokenCount": tokens,
                "totalTokenCount": 2000 + tokens,
            },
            "modelVersion": "upstream-1",
            "responseId": "0",
        }
    ).encode()


async def _serve(
    seconds: tuple[float, float], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            began = time.perf_counter()
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
            asked = json.loads(await reader.readexactly(length))
            if seconds[1]:
                await asyncio.sleep(random.uniform(*seconds))  # noqa: S311 - a benchmark, no secret
            tokens = round((time.perf_counter() - began) * TICKS)
            body = answer(asked["contents"][0]["parts"][0]["text"], tokens)
            writer.write(_HEAD % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main(least: float, most: float) -> None:
    server = await asyncio.start_server(
        partial(_serve, (least, most)), LOOPBACK, 0, limit=1 << 24, backlog=1024
    )
    print(f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(*map(float, sys.argv[1:])))
