"""What Google publishes, as one judge of every call: discovery documents, and strict protobuf types."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from tests.contract.peer_processes import Strict
from tests.contract.tap import Exchange
from tests.grounds import discovery

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
MESSAGES = {  # what a call of aiplatform carries, by its name without the resource's path
    "tuningJobs.create": ("TuningJob", "TuningJob"),
    "tuningJobs.get": ("", "TuningJob"),
    "tuningJobs.list": ("", "ListTuningJobsResponse"),
    "tuningJobs.cancel": ("CancelTuningJobRequest", "google.protobuf.Empty"),
    "endpoints.get": ("", "Endpoint"),
    "endpoints.list": ("", "ListEndpointsResponse"),
    "endpoints.delete": ("", "google.longrunning.Operation"),
    "models.get": ("", "Model"),
    "models.list": ("", "ListModelsResponse"),
    "publishers.models.get": ("", "PublisherModel"),
    "publishers.models.list": ("", "ListPublisherModelsResponse"),
    "generateContent": ("GenerateContentRequest", "GenerateContentResponse"),
    "streamGenerateContent": ("GenerateContentRequest", "GenerateContentResponse"),
    "countTokens": ("CountTokensRequest", "CountTokensResponse"),
    "predict": ("PredictRequest", "PredictResponse"),
    "embedContent": ("EmbedContentRequest", "EmbedContentResponse"),
    "batchEmbedContents": ("BatchEmbedContentsRequest", "BatchEmbedContentsResponse"),
}
CODES = {  # https://cloud.google.com/apis/design/errors: which status a code stands for
    400: {"INVALID_ARGUMENT", "FAILED_PRECONDITION", "OUT_OF_RANGE"},
    401: {"UNAUTHENTICATED"},
    403: {"PERMISSION_DENIED"},
    404: {"NOT_FOUND"},
    409: {"ALREADY_EXISTS", "ABORTED"},
    429: {"RESOURCE_EXHAUSTED"},
    499: {"CANCELLED"},
    500: {"INTERNAL", "UNKNOWN", "DATA_LOSS"},
    501: {"UNIMPLEMENTED"},
    503: {"UNAVAILABLE"},
    504: {"DEADLINE_EXCEEDED"},
}

BEHIND = {"aiplatform_v1beta1.GenerateContentResponse": 'no field named "trafficType"'}
"""Where the types of google-cloud-aiplatform 2.7.0 lack what the discovery document of the same day has."""


@dataclass
class Published:
    """Judges exchanges and counts what kinds of call it has seen."""

    strict: Strict
    seen: set[str] = field(default_factory=set)

    def problems(self, exchange: Exchange) -> list[str]:
        """What is wrong with one exchange."""
        found = self._judged(exchange)
        where = f"{exchange.method} {exchange.path} -> {exchange.status}"
        return [f"{where}: {problem}" for problem in found]

    def _judged(self, exchange: Exchange) -> list[str]:
        first = exchange.path.split("/")[1]
        if exchange.path == "/token":
            return self._note("token") or token_problems(exchange)
        if first in ("storage", "upload", "download"):
            return self._storage(exchange)
        if "/projects/" in exchange.path or "/publishers/" in exchange.path:
            return self._vertex(exchange, first)
        return self._developer(exchange, first)

    def _note(self, call: str) -> list[str]:
        self.seen.add(call)
        return []

    def _vertex(self, exchange: Exchange, version: str) -> list[str]:
        document = discovery.load(f"aiplatform.{version}")
        method = document.method(exchange.method, exchange.path)
        if method is None:
            return ["Google has no such method"]
        call = method["id"].removeprefix("aiplatform.").removeprefix("projects.locations.")
        self._note(call)
        verb = call.rpartition(".")[2]
        sent, answered = MESSAGES[verb] if verb in MESSAGES else MESSAGES[call]
        found = self._by_document(document, exchange)
        found += self._sent(exchange, _full(f"aiplatform_{version}", sent))
        return found + self._answered(exchange, _full(f"aiplatform_{version}", answered))

    def _developer(self, exchange: Exchange, version: str) -> list[str]:
        verb = exchange.path.rpartition(":")[2]
        if verb not in MESSAGES:
            return [f"no message is known for {verb}"]
        self._note(f"gemini_api.{verb}")
        sent, answered = MESSAGES[verb]
        found = self._sent(exchange, f"generativelanguage_{version}.{sent}")
        return found + self._answered(exchange, f"generativelanguage_{version}.{answered}")

    def _storage(self, exchange: Exchange) -> list[str]:
        document = discovery.load("storage.v1")
        method = document.method(exchange.method, exchange.path)
        if method is None and "upload_id" not in exchange.query:
            return ["Google has no such method"]
        if method is None:  # pieces of a resumable upload go to an address that the answer before named
            return self._note("storage.objects.insert (piece)")
        self._note(method["id"])
        if exchange.status >= 400:
            return self.error_problems(exchange)
        return self._by_document(document, exchange)

    def _by_document(self, document: discovery.Discovery, exchange: Exchange) -> list[str]:
        place = (exchange.method, exchange.path, exchange.query)
        answers = exchange.answers if exchange.status < 300 else []
        numbered = "enum-encoding=int" in exchange.query.get("$alt", "")  # the document knows names only
        found = document.problems(*place, None if numbered else exchange.sent_json, None)
        return found + [each for answer in answers for each in document.problems(*place, None, answer)]

    def _sent(self, exchange: Exchange, message: str) -> list[str]:
        if not message:
            return ["a body in a call that has none"] if exchange.sent else []
        return self.strict.problems(message, exchange.sent_json or {})

    def _answered(self, exchange: Exchange, message: str) -> list[str]:
        if exchange.status >= 400:
            return self.error_problems(exchange)
        if not exchange.answers:
            return ["no JSON came back"]
        found = [
            p for answer in exchange.answers for p in self.strict.problems(message, answer, canonical=True)
        ]
        return [problem for problem in found if message not in BEHIND or BEHIND[message] not in problem]

    def error_problems(self, exchange: Exchange) -> list[str]:
        """What is wrong with an error, whatever was asked.

        It is `{"error": google.rpc.Status}`, whose code is that of HTTP and whose status is its name.
        """
        if exchange.path.split("/")[1] in ("storage", "upload", "download"):
            return storage_error_problems(exchange)
        [body] = exchange.answers
        error = dict(body.get("error", {}))
        name = error.pop("status", "")
        found = [] if set(body) == {"error"} else [f"an error with {sorted(body)}"]
        found += [] if error.get("code") == exchange.status else [f"code {error.get('code')}"]
        found += [] if name in CODES.get(exchange.status, set()) else [f"{exchange.status} is not {name}"]
        return found + self.strict.problems("google.rpc.Status", error, canonical=True)


def _full(module: str, message: str) -> str:
    return message if not message or message.startswith("google.") else f"{module}.{message}"


def storage_error_problems(exchange: Exchange) -> list[str]:
    """What is wrong with an error of Cloud Storage: https://cloud.google.com/storage/docs/json_api/v1/status-codes."""
    [body] = exchange.answers
    error = body.get("error", {})
    found = [] if error.get("code") == exchange.status else [f"code {error.get('code')}"]
    found += [] if error.get("message") else ["no message"]
    reasons = [{"domain", "message", "reason"} <= set(each) for each in error.get("errors", [])]
    return found + ([] if reasons and all(reasons) else ["errors without domain, message or reason"])


def token_problems(exchange: Exchange) -> list[str]:
    """What is wrong with a token call: RFC 7523, or STS's own document, and RFC 6749 section 5."""
    form = {name: values[0] for name, values in parse_qs(exchange.sent.decode()).items()}
    exchanged = form.get("grant_type") == EXCHANGE
    found = _exchange_problems(exchange, form) if exchanged else _grant_problems(form)
    [answer] = exchange.answers
    if exchange.status == 400:
        return found + ([] if set(answer) <= {"error", "error_description"} else [f"error {sorted(answer)}"])
    whole = {"access_token": str, "expires_in": int, "token_type": str}
    found += [
        f"{name} is {answer.get(name)!r}" for name, t in whole.items() if type(answer.get(name)) is not t
    ]
    return found + ([] if answer.get("token_type") == "Bearer" else ["token_type is not Bearer"])


def _exchange_problems(exchange: Exchange, form: dict[str, str]) -> list[str]:
    """A form of STS has the fields of its JSON; its answer is the one of Google's APIs in snake_case."""
    [answer] = exchange.answers
    return discovery.load("sts.v1").problems("POST", "/v1/token", {}, form, answer)


def _grant_problems(form: dict[str, str]) -> list[str]:
    found = [] if set(form) == {"grant_type", "assertion"} else [f"the form has {sorted(form)}"]
    found += [] if form.get("grant_type") == GRANT else [f"grant_type {form.get('grant_type')}"]
    return found + _assertion_problems(form.get("assertion", ""))


def _assertion_problems(assertion: str) -> list[str]:
    try:
        head, claims = (json.loads(base64.urlsafe_b64decode(p + "==")) for p in assertion.split(".")[:2])
    except (ValueError, binascii.Error) as error:
        return [f"the assertion is no JWT: {error}"]
    found = [] if head.get("alg") == "RS256" and head.get("kid") else [f"the JWT's head is {head}"]
    missing = {"iss", "scope", "aud", "iat", "exp"} - set(claims)
    return found + ([f"the JWT has no {sorted(missing)}"] if missing else [])
