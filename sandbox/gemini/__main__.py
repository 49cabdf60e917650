"""`python -m sandbox.gemini --var DIR --port N`: serve until SIGTERM."""

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox.gemini.endpoints import Endpoints
from sandbox.gemini.faults import Faults
from sandbox.gemini.oauth import Tokens, service_account, workload_identity
from sandbox.gemini.routes import application
from sandbox.gemini.server import HOST, Server
from sandbox.gemini.simulator import Journal, Settings, Simulator
from sandbox.gemini.storage import Objects
from sandbox.gemini.tuning import Jobs


def main(arguments: list[str] | None = None) -> int:
    """Start, print one JSON line when ready, serve, stop at SIGTERM or SIGINT."""
    options = _parser().parse_args(arguments)
    settings = Settings(
        var=options.var.absolute(),
        project=options.project,
        bucket=options.bucket,
        location=options.location,
        base_latency_ms=options.latency_ms[0],
        tuned_latency_ms=options.latency_ms[1],
        tuning_seconds=options.tuning_seconds,
        token_seconds=options.token_seconds,
    )
    settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    server = Server(options.port, lambda request: answer(request), options.bind)
    url = options.public_url or f"http://{options.bind}:{server.server_port}"
    simulator = _simulator(settings, url)
    answer = application(simulator)

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - the signal module's signature
        threading.Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    simulator.jobs.resume()
    sys.stdout.write(json.dumps({"port": server.server_port, "url": url}) + "\n")
    sys.stdout.flush()
    try:
        server.serve_forever(poll_interval=0.1)
    finally:
        server.server_close()
        simulator.jobs.stop()
    return 0


def _simulator(settings: Settings, url: str) -> Simulator:
    account = service_account(settings.var, f"{url}/token", settings.project)
    workload_identity(settings.var, f"{url}/token")
    objects = Objects(settings.folder, settings.bucket, settings.location)
    endpoints = Endpoints(settings.folder / "endpoints")
    return Simulator(
        settings=settings,
        tokens=Tokens(
            settings.folder, account, settings.token_seconds, workload=settings.var / "workload.token"
        ),
        faults=Faults(),
        journal=Journal(),
        endpoints=endpoints,
        jobs=Jobs(settings.folder / "jobs", objects, endpoints, settings.tuning_seconds),
        objects=objects,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.gemini", description="The Gemini and Vertex AI wire."
    )
    defaults = Settings(Path())
    parser.add_argument("--var", type=Path, required=True, help="folder of the environment's state")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port (default)")
    parser.add_argument("--bind", default=HOST, metavar="HOST", help=f"address to listen on ({HOST})")
    parser.add_argument("--public-url", default="", help="how clients reach it, where that is not HOST:PORT")
    parser.add_argument("--project", default=defaults.project)
    parser.add_argument("--bucket", default=defaults.bucket)
    parser.add_argument("--location", default=defaults.location, help="region of the bucket")
    parser.add_argument(
        "--latency-ms",
        type=float,
        nargs=2,
        metavar=("BASE", "TUNED"),
        default=[defaults.base_latency_ms, defaults.tuned_latency_ms],
        help="how long each arm takes to answer",
    )
    parser.add_argument("--tuning-seconds", type=float, default=defaults.tuning_seconds)
    parser.add_argument("--token-seconds", type=int, default=defaults.token_seconds, help="life of a bearer")
    return parser


if __name__ == "__main__":
    sys.exit(main())
