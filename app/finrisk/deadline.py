"""A limit on the whole of an HTTP answer; the client's own time-outs start anew with every byte."""

import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx2

_STARTED = "finrisk_started"


def event_hooks() -> dict[str, list[Callable[..., Any]]]:
    """Hooks for an httpx2 client: an answer that as a whole outlasts its time-out is a ReadTimeout."""
    return {"request": [_begin], "response": [_limit]}


def _begin(request: "httpx2.Request") -> None:
    request.extensions[_STARTED] = time.monotonic()


def _limit(response: "httpx2.Response") -> None:
    import httpx2

    request = response.request
    seconds = request.extensions.get("timeout", {}).get("read")
    if seconds is None:
        return
    end = request.extensions[_STARTED] + seconds
    stream = response.stream

    class Limited(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            for piece in stream:  # type: ignore[union-attr]  # a sync client's streams are
                if time.monotonic() > end:
                    raise httpx2.ReadTimeout("the answer took too long as a whole", request=request)
                yield piece

        def close(self) -> None:
            stream.close()  # type: ignore[union-attr]

    response.stream = Limited()
