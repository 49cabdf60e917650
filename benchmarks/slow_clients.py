"""What 1,000 clients that never finish do to 20 requests a second of others, and to the health pages.

    python benchmarks/slow_clients.py [--sockets N] [--seconds S] [--sort NAME ...]

A service of its own is started and removed after. For each sort of slow client the sockets are opened within
seconds and held, users ask beside them, and both health pages are asked all the time. Promised: no user's
request fails, and /healthz answers within half a second.
"""

import argparse
import contextlib
import json
import resource
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import benchmarks.run_time  # noqa: F401 - before all others, which it finds

# isort: split

from benchmarks.own_service import OwnService, own_service
from sandbox.connection import LOOPBACK
from sandbox.process import SandboxError

USERS_A_SECOND = 20
HEALTH_SECONDS = 0.5
GONE_AFTER = 15.0  # seconds after which a client that never finished should be gone
_STRATEGY = "How far did the liquidity coverage ratio of Corvane Bank fall in 2024, and what caused it?"
_DOCUMENTS = 100
_OPENED_A_SECOND = 500
_ESTABLISHED = 1  # of the kernel's states of a connection


@dataclass(frozen=True)
class Sort:
    """A sort of slow client: what it sends at once, and what every second after; KEY stands for a key."""

    opening: str
    dripping: str = ""
    reads: int = 1 << 16  # bytes of its receive buffer; a small one is soon full


_POST = "POST /api/v1/analyze HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
_KEYED = _POST + "Authorization: Bearer KEY\r\n"
_LISTING = (
    f"GET /api/v1/documents?limit={_DOCUMENTS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer KEY\r\n\r\n"
)
_NOTHING = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n"
SORTS = {
    "silent": Sort(""),
    "half-head": Sort("GET /heal"),
    "dripping-head": Sort("GET /healthz HTTP/1.1\r\nX: ", "a"),
    "half-body": Sort(_POST + 'Content-Length: 1000\r\n\r\n{"stra'),
    "half-body-key": Sort(_KEYED + 'Content-Length: 1000\r\n\r\n{"stra'),
    "dripping-body-key": Sort(_KEYED + 'Content-Length: 1000\r\n\r\n{"stra', " "),
    "half-chunk-key": Sort(_KEYED + 'Transfer-Encoding: chunked\r\n\r\n40\r\n{"stra'),
    "half-trailer-key": Sort(_KEYED + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n", "X: a\r\n"),
    "half-expect-key": Sort(_KEYED + "Expect: 100-continue\r\nContent-Length: 1000\r\n\r\n"),
    "half-hello": Sort("\x16\x03\x01\x02\x00\x01"),
    "half-second": Sort(_NOTHING + _KEYED + 'Content-Length: 1000\r\n\r\n{"'),
    "idle": Sort(_NOTHING),
    "never-reads": Sort(_LISTING * 4, reads=4096),
}


@dataclass
class Figures:
    """What users and probes met beside one sort; times in seconds."""

    sort: str
    users: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    healthz: list[float] = field(default_factory=list)
    readyz: list[float] = field(default_factory=list)
    open_after: int = 0
    sockets: int = 0
    resident: int = 0  # bytes of all workers, the most that was seen

    @property
    def held(self) -> bool:
        """Whether the promise was kept."""
        return not self.failed and max(self.healthz) < HEALTH_SECONDS

    def __str__(self) -> str:
        """The line of the report."""

        def told(name: str, times: list[float]) -> str:
            middle, high = (part(times, share) * 1e3 for share in (0.5, 0.99))
            return f"{name} p50 {middle:.0f} p99 {high:.0f} max {max(times) * 1e3:.0f} ms"

        return (
            f"{self.sort:17} {len(self.failed)} of {len(self.users) + len(self.failed)} requests failed;"
            f" {told('users', self.users)}; {told('/healthz', self.healthz)};"
            f" {told('ops /readyz', self.readyz)};"
            f" {self.open_after} of {self.sockets} sockets open after {GONE_AFTER:.0f} s;"
            f" workers {self.resident / 2**20:.0f} MiB"
        )


def part(times: list[float], share: float) -> float:
    """The value below which that share of the times lies."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


class SlowClients:
    """Sockets of one sort, held open and never read."""

    def __init__(self, service: OwnService, sort: Sort, number: int) -> None:
        self._port, self._sort, self._number = service.port, sort, number
        self._opening = sort.opening.replace("KEY", service.api_key).encode()
        self._sockets: list[socket.socket] = []
        self._opened = time.monotonic()

    def open(self) -> None:
        """Open them all, one after another."""
        for _ in range(self._number):
            client = socket.socket()
            self._sockets.append(client)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._sort.reads)
            client.settimeout(10)
            client.connect((LOOPBACK, self._port))
            client.sendall(self._opening)
            client.setblocking(False)
            time.sleep(1 / _OPENED_A_SECOND)
        self._opened = time.monotonic()

    def drip(self) -> None:
        """Send what each sends every second."""
        for client in self._sockets if self._sort.dripping else ():
            with contextlib.suppress(OSError):
                client.send(self._sort.dripping.encode())

    def open_after(self, seconds: float) -> int:
        """How many are open so long after the last was opened; waits until then, dripping."""
        while (left := self._opened + seconds - time.monotonic()) > 0:
            self.drip()
            time.sleep(min(1.0, left))
        states = [client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] for client in self._sockets]
        return states.count(_ESTABLISHED)

    def close(self) -> None:
        """End them all."""
        for client in self._sockets:
            client.close()


class Users:
    """Users who ask at a steady rate, every second one on a connection that is kept."""

    def __init__(self, service: OwnService, figures: Figures) -> None:
        self._service, self._figures = service, figures
        self._kept = threading.local()
        self._body = json.dumps({"strategy": _STRATEGY})
        self._headers = {"Authorization": f"Bearer {service.api_key}", "Content-Type": "application/json"}

    def ask(self, number: int) -> None:
        """Ask one question, and note how long the answer took or why there was none."""
        keeps = bool(number % 2)
        connection = getattr(self._kept, "connection", None) if keeps else None
        connection = connection or HTTPConnection(LOOPBACK, self._service.port, timeout=30)
        began = time.perf_counter()
        try:
            connection.request("POST", "/api/v1/analyze", self._body, self._headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status == HTTPStatus.OK:
                self._figures.users.append(time.perf_counter() - began)
            else:
                self._figures.failed.append(f"{answer.status} {text[:200]!r}")
        except (OSError, HTTPException) as error:
            self._figures.failed.append(repr(error))
            connection.close()
        if keeps:
            self._kept.connection = connection
        else:
            connection.close()


def _probe(port: int, path: str, times: list[float]) -> None:
    """Ask a health page on a connection of its own; one that does not answer took as long as was waited."""
    began = time.perf_counter()
    connection = HTTPConnection(LOOPBACK, port, timeout=10)
    with contextlib.suppress(OSError, HTTPException):
        connection.request("GET", path)
        connection.getresponse().read()
    times.append(time.perf_counter() - began)
    connection.close()


def _resident(workers: list[int]) -> int:
    pages = [int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) for pid in workers]
    return sum(pages) * resource.getpagesize()


@contextmanager
def _repeated(every: float, act: Callable[[], None]) -> Iterator[None]:
    """Do something again and again, in a thread of its own."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(every):
            act()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def measured(
    service: OwnService, name: str, sockets: int, seconds: float, gone_after: float = GONE_AFTER
) -> Figures:
    """Hold the sockets of a sort and see what users and probes meet meanwhile."""
    figures = Figures(name, sockets=sockets)
    workers = service.workers()
    users = Users(service, figures)

    def look() -> None:
        figures.resident = max(figures.resident, _resident(workers))

    slow = SlowClients(service, SORTS[name], sockets)
    try:
        with ExitStack() as beside:
            beside.enter_context(_repeated(1.0, slow.drip))
            beside.enter_context(_repeated(0.25, look))
            for port, path, times in (
                (service.port, "/healthz", figures.healthz),
                (service.ops_port, "/readyz", figures.readyz),
            ):
                beside.enter_context(_repeated(0.1, partial(_probe, port, path, times)))
            pool = beside.enter_context(ThreadPoolExecutor(4 * USERS_A_SECOND))
            opened = pool.submit(slow.open)
            began = time.monotonic()
            for number in range(int(seconds * USERS_A_SECOND)):
                time.sleep(max(0.0, began + number / USERS_A_SECOND - time.monotonic()))
                pool.submit(users.ask, number)
            opened.result()
        figures.open_after = slow.open_after(gone_after)
    finally:
        slow.close()
    return figures


def add_documents(service: OwnService) -> None:
    """Index enough for answers to quote, and for a list that fills the buffers of who never reads."""
    text = "The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 from 131 %."
    documents = [
        {"id": f"corvane-{number}", "title": f"Corvane Bank, note {number} " + "x" * 400, "text": text}
        for number in range(_DOCUMENTS)
    ]
    service.add_documents(documents)


def main() -> int:
    """Measure and print; 1 when the promise is not held."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--sort", nargs="+", choices=SORTS, default=list(SORTS))
    given = parser.parse_args()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    held = True
    try:
        with own_service() as service:
            add_documents(service)
            measured(service, "silent", 0, 3.0, gone_after=0.0)  # warms up connections and caches
            for name in given.sort:
                figures = measured(service, name, given.sockets, given.seconds)
                held = held and figures.held
                print(figures, *sorted(set(figures.failed))[:3], sep="\n   ", flush=True)
    except SandboxError as error:
        print(f"slow_clients.py: {error}", file=sys.stderr)
        return 1
    print(f"{'held' if held else 'NOT HELD'}: no request failed, /healthz under {HEALTH_SECONDS} s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
