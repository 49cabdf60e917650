"""Google's metadata server as a pod with Workload Identity sees it, handing out the simulator's bearers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sandbox.connection import PROJECT
from tests.grounds.wire import SCOPE, Wire


@contextmanager
def serve(ground: Wire) -> Iterator[dict[str, str]]:
    """Run it; give the environment variables that lead google-auth to it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(ground))
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        place = f"127.0.0.1:{server.server_port}"
        yield {"GCE_METADATA_HOST": place, "GCE_METADATA_IP": place}
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(ground: Wire) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            account = {"email": "pod@example.com", "scopes": [SCOPE], "aliases": ["default"]}
            path = self.path.partition("?")[0].rstrip("/")
            answers: dict[str, Any] = {
                "": "computeMetadata",
                "/computeMetadata/v1/project/project-id": PROJECT,
                "/computeMetadata/v1/instance/service-accounts/default": account,
                "/computeMetadata/v1/universe/universe-domain": "googleapis.com",
            }
            if path == "/computeMetadata/v1/instance/service-accounts/default/token":
                answers[path] = _bearer(ground)
            found = answers.get(path)
            body = (found if isinstance(found, str) else json.dumps(found)).encode()
            self.send_response(200 if found is not None else 404)
            self.send_header("Metadata-Flavor", "Google")
            kind = "application/text" if isinstance(found, str) else "application/json"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _bearer(ground: Wire) -> dict[str, Any]:
    return {"access_token": ground.token(), "expires_in": 3600, "token_type": "Bearer"}
