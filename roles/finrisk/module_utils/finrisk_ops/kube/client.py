"""The API server of one cluster: plain requests with plain dicts, and errors that say what to do."""

from __future__ import annotations

import json
import os
import re
import shlex
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ..errors import FinriskError
from . import errors, login
from .errors import ApiError, Call

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

OLDEST = (1, 30)  # what the templates use; none older was tried
NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
PAUSES = (0.5, 1.0, 2.0)  # between attempts, once the server has answered at all
Body = Mapping[str, Any] | Sequence[Mapping[str, Any]]  # a list is a JSON patch
PASSING = (429, 500, 502, 503, 504)
CONTENT_TYPES = {
    "apply": "application/apply-patch+yaml",
    "merge": "application/merge-patch+json",
    "json": "application/json-patch+json",
}


@dataclass(frozen=True)
class Access:
    """Which cluster, by whose credentials, and the namespace of FinRisk in it."""

    kubeconfig: str
    context: str
    namespace: str


class Cluster:
    """One context of a kubeconfig, connected on first use."""

    def __init__(self, access: Access) -> None:
        """Check the names; nothing is sent yet."""
        if not access.context.strip():
            raise FinriskError(
                "finrisk_context is empty: name the context of the cluster, such as -e finrisk_context="
                f"{_first(contexts(access.kubeconfig))}; the current context is never taken by accident"
            )
        if not NAME.fullmatch(access.namespace):
            raise FinriskError(
                f"finrisk_namespace is {access.namespace!r}, which no namespace can be called: use small "
                "letters, digits and '-', at most 63"
            )
        self.access = access
        self.namespace = access.namespace
        self._has_answered = False
        self._ahead = 0.0  # seconds that the server's clock is ahead of this machine's

    @property
    def label(self) -> str:
        """How people call this place."""
        return f"context {self.access.context}, namespace {self.namespace}"

    @property
    def kubectl(self) -> str:
        """The beginning of a command for this place, whatever context is the current one."""
        return f"kubectl --context {shlex.quote(self.access.context)} -n {self.namespace}"

    def service_command(self, pod: str) -> str:
        """The beginning of a command of the service's program in a pod, as the image's entry point has it."""
        return f"{self.kubectl} exec {pod} -- python3 -m finrisk"

    def server_time(self) -> float:
        """Return the time of the API server's clock, in seconds since 1970: this machine's may be wrong."""
        return time.time() + self._ahead

    def fresh(self) -> ApiClient:
        """Return an ApiClient of its own: a port-forward rewires the client that it is made with.

        Raises FinriskError when the kubeconfig or the context cannot be used.
        """
        return new_client(self.access)

    def get(self, path: str, **query: str | int) -> dict[str, Any]:
        """Read an object or a list."""
        return self.request("GET", path, query=query)

    def find(self, path: str) -> dict[str, Any] | None:
        """Read an object; None when it is not there."""
        try:
            return self.get(path)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(self, path: str, labels: str = "", fields: str = "") -> Sequence[dict[str, Any]]:
        """Read the objects of a collection that carry these labels."""
        query = {"labelSelector": labels, "fieldSelector": fields}
        answer = self.get(path, **{key: value for key, value in query.items() if value})
        items: list[dict[str, Any]] = answer.get("items") or []
        return items

    def text(self, path: str, **query: str | int) -> str:
        """Read something that is not JSON, such as a log."""
        return self._send(Call("GET", path), query, None, "").decode("utf-8", errors="replace")

    def request(
        self,
        method: str,
        path: str,
        body: Body | None = None,
        query: Mapping[str, str | int] | None = None,
        patch: str = "",
    ) -> dict[str, Any]:
        """Send a request and return the answer's object.

        ``patch`` is ``apply``, ``merge`` or ``json``. Raises ApiError with one sentence for what fails.
        """
        content_type = CONTENT_TYPES.get(patch, "application/json")
        answer = self._send(Call(method, path), query or {}, body, content_type)
        try:
            content = json.loads(answer)
        except ValueError:
            raise FinriskError(f"{self.label}: {path} answered with something that is not JSON") from None
        return content if isinstance(content, dict) else {}

    def check_usable(self) -> None:
        """Reach the server, and see that it is new enough.

        Raises FinriskError with one sentence: unreachable, no credentials, too old.
        """
        version = self.get("/version")
        digits = [re.match(r"\d+", str(version.get(part, ""))) for part in ("major", "minor")]
        numbers = tuple(int(match.group()) for match in digits if match)
        if len(numbers) == 2 and numbers < OLDEST:
            raise FinriskError(
                f"the cluster of context {self.access.context} is Kubernetes {numbers[0]}.{numbers[1]}; "
                f"FinRisk needs {OLDEST[0]}.{OLDEST[1]} or newer: upgrade it, or choose another context"
            )

    def has_namespace(self) -> bool:
        """Say whether the namespace is there; who may not look is believed."""
        try:
            return self.find(f"/api/v1/namespaces/{self.namespace}") is not None
        except ApiError as error:
            if error.status == 403:
                return True
            raise

    def check_namespace(self) -> None:
        """Raise FinriskError when the namespace is missing."""
        if not self.has_namespace():
            raise FinriskError(
                f"there is no namespace {self.namespace} in context {self.access.context}: check "
                "finrisk_namespace, or make it with playbooks/site.yml"
            )

    @cached_property
    def _client(self) -> ApiClient:
        return self.fresh()

    def _send(
        self, call: Call, query: Mapping[str, str | int], body: Body | None, content_type: str
    ) -> bytes:
        for pause in (*PAUSES, None):
            try:
                return self._send_once(call, query, body, content_type)
            except ApiError as error:
                passing = error.status in PASSING or (error.status == 0 and self._has_answered)
                if pause is None or not passing:
                    raise
            time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _send_once(
        self, call: Call, query: Mapping[str, str | int], body: Body | None, content_type: str
    ) -> bytes:
        import urllib3
        from kubernetes.client.exceptions import ApiException

        client = self._client
        path = call.path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json, */*"}
        if content_type:
            headers["Content-Type"] = content_type
        request = client.param_serialize(
            call.method, path, header_params=headers, body=None, auth_settings=["BearerToken"]
        )
        method, url, sent_headers = request[0], request[1], request[2]
        try:
            raw = client.call_api(
                method,
                url,
                sent_headers,
                None if body is None else _payload(body, content_type),
                _request_timeout=(CONNECT_SECONDS, READ_SECONDS),
            )
            content: bytes = raw.read() or b""  # type: ignore[no-untyped-call]  # the library has no types there
        except (urllib3.exceptions.HTTPError, ApiException, OSError) as error:
            raise errors.transport(error, self.access.context, str(client.configuration.host)) from None
        self._has_answered = True
        self._learn_time(raw.getheader("Date"))  # type: ignore[no-untyped-call]  # as above
        if raw.status >= 400:
            raise errors.refusal(raw.status, content, call, self.access.context)
        return content

    def _learn_time(self, date: str | None) -> None:
        if date and not self._ahead:
            try:
                ahead = parsedate_to_datetime(date).timestamp() - time.time()
            except (TypeError, ValueError):
                return
            self._ahead = ahead if abs(ahead) > 2 else 0.0  # the header is whole seconds


def _payload(body: Body, content_type: str) -> Any:
    return (
        json.dumps(body) if content_type == CONTENT_TYPES["apply"] else body
    )  # the library knows JSON alone


def new_client(access: Access) -> ApiClient:
    """Return an ApiClient for the access; FinriskError when the kubeconfig or the context cannot be used."""
    try:
        from kubernetes import config
        from kubernetes.config.config_exception import ConfigException
    except ImportError as error:
        raise FinriskError("the Python package kubernetes is missing: run make setup") from error
    import yaml

    file = access.kubeconfig
    names = contexts(file)
    if access.context not in names:
        raise FinriskError(
            f"there is no context {access.context!r} in {_place(file)}: it has {', '.join(names) or 'none'}; "
            "set finrisk_context, or KUBECONFIG to the file that has it"
        )
    try:
        with login.heard(login.command(_documents(file), access.context), access.context):
            client: ApiClient = config.new_client_from_config(  # type: ignore[no-untyped-call]  # as above
                file or None, access.context, persist_config=False
            )
    except (ConfigException, OSError, ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())[:200]
        raise FinriskError(
            f"the credentials of context {access.context} in {_place(file)} cannot be used: {reason}; log "
            "in to the cluster again, then run this again"
        ) from None
    client.configuration.retries = 0  # our own attempts, which know what may be sent twice
    client.rest_client.pool_manager.connection_pool_kw["retries"] = 0
    return client


def contexts(file: str) -> list[str]:
    """Return the names of a kubeconfig's contexts; FinriskError when the file is missing or broken."""
    names = [str(entry["name"]) for document in _documents(file) for entry in document.get("contexts") or []]
    if not names:
        raise FinriskError(
            f"there is no kubeconfig with a context at {_place(file)}: set finrisk_kubeconfig or KUBECONFIG "
            "to the file that your cluster gave you"
        )
    return names


def _documents(file: str) -> list[dict[str, Any]]:
    """Return the parts of a kubeconfig that are there; FinriskError when one of them is none."""
    import yaml

    documents: list[dict[str, Any]] = []
    for path in (os.path.expanduser(part) for part in _place(file).split(os.pathsep) if part):
        try:
            with open(path, encoding="utf-8-sig") as stream:
                content = yaml.safe_load(stream) or {}
            for kind in ("contexts", "users"):
                for entry in content.get(kind) or []:
                    entry["name"]
            documents.append(content)
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError):
            raise FinriskError(
                f"{path} is not a kubeconfig that can be read; set KUBECONFIG to one"
            ) from None
    return documents


def _place(file: str) -> str:
    return file or os.environ.get("KUBECONFIG") or "~/.kube/config"


def _first(names: Sequence[str]) -> str:
    return names[0] if names else "NAME"
