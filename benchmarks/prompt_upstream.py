"""A model that answers at once with lines of its prompt: what is measured is the service before it."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox.connection import LOOPBACK

_REPOSITORY = Path(__file__).resolve().parents[1]
_LINES = 8
_FIGURE = re.compile(r"\d")
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def prompt_upstream() -> Iterator[str]:
    """The address of one in a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "benchmarks.prompt_upstream"]
    with subprocess.Popen(command, cwd=_REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").strip()
        finally:
            process.terminate()


def answer(prompt: str) -> bytes:
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
            "usageMetadata": {"promptTokenCount": 2000, "candidatesTokenCount": 300, "totalTokenCount": 2300},
            "modelVersion": "upstream-1",
            "responseId": "0",
        }
    ).encode()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
            asked = json.loads(await reader.readexactly(length))
            body = answer(asked["contents"][0]["parts"][0]["text"])
            writer.write(_HEAD % len(body) + body)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _main() -> None:
    server = await asyncio.start_server(_serve, LOOPBACK, 0, limit=1 << 24)
    print(f"http://{LOOPBACK}:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
