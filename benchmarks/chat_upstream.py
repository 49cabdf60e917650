"""A model that answers at once as OpenAI's API does, with the text that ``prompt_upstream`` gives."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.environment import REPOSITORY
from benchmarks.prompt_upstream import answer
from sandbox.connection import LOOPBACK

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


@contextmanager
def chat_upstream() -> Iterator[str]:
    """The address of one in a process of its own, which ends with the block."""
    command = [sys.executable, "-m", "benchmarks.chat_upstream"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield (process.stdout.readline() if process.stdout else "").strip()
        finally:
            process.terminate()


def completion(prompt: str) -> bytes:
    """A chat completion with the text that the Gemini API would answer this prompt with."""
    text = json.loads(answer(prompt))["candidates"][0]["content"]["parts"][0]["text"]
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 2000, "completion_tokens": 300, "total_tokens": 2300}
    head = {"id": "0", "object": "chat.completion", "created": 0, "model": "upstream-1"}
    return json.dumps({**head, "choices": [choice], "usage": usage}).encode()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or b"0")
            asked = json.loads(await reader.readexactly(length))
            body = completion(asked["messages"][-1]["content"])
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
