"""What the API server refuses, as one sentence with what to do."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import FinriskError

ADDRESS = re.compile(
    r"^/(?:api|apis/(?P<group>[^/]+))/v[^/]+(?:/namespaces/(?P<namespace>[^/]+))?"
    r"(?:/(?P<resource>[^/]+)(?:/(?P<name>[^/]+)(?:/(?P<part>[^/]+))?)?)?$"
)
CANNOT = re.compile(
    r'[Uu]ser "(?P<user>[^"]*)" cannot (?P<verb>\S+) resource "(?P<resource>[^"]+)"'
    r' in API group "(?P<group>[^"]*)"'
    r'(?: in the namespace "(?P<namespace>[^"]+)"| at the cluster scope)?'
)
WEBHOOK = re.compile(r'failed calling webhook "(?P<name>[^"]+)": (?:failed to call webhook: )?(?P<reason>.*)')
CONFLICT = re.compile(r'conflict with "(?P<manager>[^"]+)"')
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
LONGEST = 400


@dataclass(frozen=True)
class Call:
    """A request, as an error has to name it."""

    method: str
    path: str

    @property
    def verb(self) -> str:
        """The verb that a Role would have to allow."""
        has_name = (match := ADDRESS.match(self.path)) is not None and match["name"] is not None
        return VERBS.get(self.method) or ("get" if has_name else "list")

    @property
    def what(self) -> str:
        """The object, such as ``deployments.apps/finrisk-api``."""
        match = ADDRESS.match(self.path)
        if match is None:
            return self.path
        if match["resource"] is None:
            return f"namespaces/{match['namespace']}" if match["namespace"] else self.path
        kind = match["resource"] + (f".{match['group']}" if match["group"] else "")
        return "/".join(part for part in (kind, match["name"], match["part"]) if part)

    @property
    def namespace(self) -> str:
        """The namespace of the object, empty for one that has none."""
        match = ADDRESS.match(self.path)
        return (match["namespace"] or "") if match else ""


class ApiError(FinriskError):
    """A refusal of the API server; ``status`` is 0 when it could not be asked at all."""

    def __init__(self, message: str, status: int, causes: Sequence[Mapping[str, str]] = ()) -> None:
        """Keep the status for code and the message for people."""
        super().__init__(message, status=status)
        self.status = status
        self.causes = list(causes)


def transport(error: Exception, context: str, host: str) -> ApiError:
    """Return the error for a server that could not be asked."""
    reason = " ".join(str(getattr(error, "reason", None) or error).split())
    if (
        re.search(r"certificate (has )?expired|alert certificate", reason, re.IGNORECASE)
        and "verify" not in reason
    ):
        return ApiError(expiry(context), 0)
    if "CERTIFICATE_VERIFY_FAILED" in reason or "certificate verify failed" in reason:
        return ApiError(
            f"the certificate of the API server at {host} is not from the authority that context {context} "
            "names: get a new kubeconfig for this cluster",
            0,
        )
    kind = _transport_kind(reason)
    return ApiError(
        f"the API server of context {context} at {host} cannot be reached ({kind}): check that the cluster "
        "runs and that this machine may reach it (VPN, proxy, firewall), then run this again",
        0,
    )


def refusal(status: int, content: bytes, call: Call, context: str) -> ApiError:
    """Return the error for an answer of 400 or more."""
    body = _status(content)
    details = body.get("details") if isinstance(body.get("details"), dict) else {}
    causes = [cause for cause in (details or {}).get("causes") or [] if isinstance(cause, dict)]
    message = " ".join(str(body.get("message") or content[:LONGEST].decode("utf-8", "replace")).split())[
        :LONGEST
    ]
    return ApiError(_sentence(status, message, causes, call, context), status, causes)


def expiry(context: str) -> str:
    """Return the sentence for credentials that the server does not take."""
    return (
        f"the credentials of context {context} are missing or have expired: log in to the cluster again, or "
        "set KUBECONFIG to a kubeconfig that is valid, then run this again"
    )


def may_not(user: str, verb: str, what: str, namespace: str) -> str:
    """Return the sentence for a missing permission."""
    where = f" in namespace {namespace}" if namespace else ""
    who = user or "this user"
    return (
        f"{who} may not {verb} {what}{where}: ask whoever administers the cluster for a Role that allows it "
        "(docs/runbook.md lists what FinRisk needs)"
    )


def of_webhook(message: str) -> str:
    """Return the sentence for an admission webhook that does not answer; empty for other messages."""
    match = WEBHOOK.search(message)
    if match is None:
        return ""
    return (
        f"the admission webhook {match['name']} does not answer ({match['reason'][:LONGEST]}), and the "
        "cluster makes nothing that it is to be asked about: whoever runs it has to mend it, or to delete "
        "its configuration (kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations)"
    )


def conflicts(error: ApiError) -> list[tuple[str, str]]:
    """Return (field, manager) for each field that somebody else took; empty for other errors."""
    pairs = []
    for cause in error.causes:
        match = CONFLICT.search(str(cause.get("message", "")))
        if cause.get("reason") == "FieldManagerConflict" and match:
            pairs.append((str(cause.get("field", "")), match["manager"]))
    return pairs


def _sentence(status: int, message: str, causes: list[dict[str, Any]], call: Call, context: str) -> str:
    where = f" in namespace {call.namespace}" if call.namespace else ""
    if status == 401 or (status == 403 and "system:anonymous" in message):
        return expiry(context)
    if status == 403 and (match := CANNOT.search(message)):
        kind = match["resource"] + (f".{match['group']}" if match["group"] else "")
        return may_not(match["user"], match["verb"], _kind_and_name(kind, call), match["namespace"] or "")
    if status == 403:
        return f"the cluster does not admit {call.what}{where}: {_short(message)}"
    if status == 404 and (match := re.search(r'namespaces "([^"]+)" not found', message)):
        return (
            f"there is no namespace {match[1]} in context {context}: check finrisk_namespace, or make it "
            "with playbooks/site.yml"
        )
    if status == 404:
        return f"there is no {call.what}{where}"
    if status == 409:
        return (
            f"{call.what}{where} was changed by somebody else at the same moment: {message}; run this again"
        )
    if status in (400, 422) or "not declared in schema" in message:
        return f"the cluster refuses {call.what}{where}: {_invalid(message, causes)}; look at templates/"
    if sentence := of_webhook(message):
        return f"{sentence}; then run this again"
    if status == 429 or status >= 500:
        return (
            f"the API server of context {context} is in trouble ({status}: {message}); run this again later"
        )
    return (
        f"the API server of context {context} answered {status} to {call.verb} {call.what}{where}: {message}"
    )


def _invalid(message: str, causes: list[dict[str, Any]]) -> str:
    fields = [f"{cause['field']}: {cause['message']}" for cause in causes if cause.get("field")]
    return _short("; ".join(fields) or message)


def _kind_and_name(kind: str, call: Call) -> str:
    match = ADDRESS.match(call.path)
    name = match["name"] if match else None
    return f"{kind}/{name}" if name and "/" not in kind else kind


def _short(message: str) -> str:
    return re.sub(r"^.*? is (?:forbidden|invalid): ", "", message)[:LONGEST].rstrip(". ")


def _status(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _transport_kind(reason: str) -> str:
    kinds = (
        ("refused", "connection refused"),
        ("timed out", "no answer in time"),
        ("Name or service not known", "its name is not known"),
        ("name resolution", "its name is not known"),
        ("resolve", "its name is not known"),
        ("reset", "connection reset"),
        ("No route", "no route"),
        ("unreachable", "network unreachable"),
    )
    low = reason.lower()
    return next((text for sign, text in kinds if sign.lower() in low), reason[:160] or "no reason given")
