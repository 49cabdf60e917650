"""The one way from the operator's side to a Gemini platform: clients, their errors, a question to a model.

That is Google's Agent Platform (Vertex AI), with a service account or application default credentials.
Project, location, API version and timeouts are always given: google-genai would otherwise guess the first
three and wait for ever. The libraries are imported inside the functions, since every module process that
names this file would pay for them.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from finrisk_rules import waits
from finrisk_rules.platforms import API_VERSION, Provider, location_of

from ..errors import FinriskError
from .account import credentials, refused
from .patience import Result, UnreachableError, patiently

if TYPE_CHECKING:
    from google.genai import Client
    from google.genai.errors import APIError

PROVIDERS: tuple[Provider, ...] = get_args(Provider)


@dataclass(frozen=True)
class Platform:
    """Where a Gemini model is reached, and as whom."""

    provider: str
    project: str = ""
    location: str = ""
    credentials_file: str = ""  # "" takes the application default credentials
    base_url: str = ""  # "" is Google's own host of the location
    timeout_seconds: float = 60.0


@dataclass(frozen=True)
class Answer:
    """A model's complete answer and how long it took."""

    text: str
    model_version: str
    latency_ms: float


def client(platform: Platform, name: str = "") -> Client:
    """Return a client of the platform, in the region of ``name`` when that is an endpoint or a tuning job.

    Keep a reference to it: a client that is dropped closes its connections under the request.
    Raises FinriskError when the platform is not described well enough to be reached.
    """
    if platform.provider != "vertex":
        raise FinriskError(
            f"provider {platform.provider} has no tuned models; set finrisk_gemini_provider to vertex"
        )
    return _vertex_client(platform, location_of(name, platform.location))


def ask(what: str, call: Callable[[], Result]) -> Result:
    """Return what ``call`` returns; ``what`` names it in errors ("list tuning jobs").

    Raises UnreachableError without an answer or on a temporary refusal, FinriskError when the answer is no.
    """
    import httpx2
    from google.auth.exceptions import GoogleAuthError, RefreshError, TransportError
    from google.genai.errors import APIError, UnknownApiResponseError
    from pydantic import ValidationError

    try:
        return call()
    except APIError as error:
        raise _refusal(what, error) from None
    except RefreshError as error:
        if error.retryable:
            raise UnreachableError(f"cannot {what}: no token, {_short(error)}") from None
        raise FinriskError(f"cannot {what}: {refused(error)}") from None
    except (httpx2.HTTPError, TransportError) as error:
        raise UnreachableError(
            f"cannot {what}: no answer ({type(error).__name__}: {_short(error)}){_unknown_host(error)}"
        ) from None
    except GoogleAuthError as error:
        raise FinriskError(
            f"cannot {what}: {_short(error)}; "
            "check finrisk_google_credentials_file and finrisk_google_project"
        ) from None
    except (UnknownApiResponseError, ValidationError, UnicodeDecodeError) as error:
        raise UnreachableError(f"cannot {what}: the answer cannot be read ({_short(error)})") from None


def ask_patiently(what: str, call: Callable[[], Result], seconds: float) -> Result:
    """Ask as ``ask`` does, again after a temporary failure until ``seconds`` are over."""
    return patiently(lambda: ask(what, call), seconds)


def generate(client: Client, model: str, prompt: str, system_instruction: str = "") -> Answer:
    """Ask ``model`` one question and return its complete answer.

    Raises UnreachableError when it did not answer, FinriskError when it refused or stopped before the end.
    """
    from google.genai import types

    config = types.GenerateContentConfig(
        system_instruction=system_instruction or None,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
    )
    start = time.perf_counter()
    response = ask(
        f"ask {model}",
        lambda: client.models.generate_content(model=model, contents=prompt, config=config),
    )
    latency_ms = (time.perf_counter() - start) * 1000
    if not response.candidates:
        feedback = response.prompt_feedback
        reason = feedback.block_reason if feedback else "no candidate"
        raise FinriskError(f"{model} gave no answer: the prompt was blocked ({_word(reason)})")
    reason = response.candidates[0].finish_reason
    text = response.text or ""
    if _word(reason) != "STOP" or not text.strip():
        raise FinriskError(f"{model} gave no complete answer: it ended with {_word(reason)}")
    return Answer(text, response.model_version or "", round(latency_ms, 1))


def _vertex_client(platform: Platform, location: str) -> Client:
    if not platform.project:
        raise FinriskError("no Google project given; set finrisk_google_project (GOOGLE_CLOUD_PROJECT)")
    if not location:
        raise FinriskError("no Google location given; set finrisk_google_location (GOOGLE_CLOUD_LOCATION)")
    from google import genai

    return genai.Client(
        enterprise=True,
        project=platform.project,
        location=location,
        credentials=credentials(platform.credentials_file),
        http_options=_http_options(platform),
    )


def _http_options(platform: Platform) -> Any:
    from google.genai import types

    return types.HttpOptions(
        api_version=API_VERSION["vertex"],
        base_url=platform.base_url or None,
        timeout=round(platform.timeout_seconds * 1000),
    )


def _refusal(what: str, error: APIError) -> FinriskError:
    code, message = error.code, _short(error.message or error.status or "no message")
    if code in waits.PASSING or code >= 500:
        answered = code == 429  # others may have carried the request out, or a proxy spoke for them
        fix = _QUOTA if code == 429 else ""
        wait = waits.wait(getattr(error.response, "headers", None), time.time(), error.details)
        return UnreachableError(f"cannot {what}: {code} {message}{fix}", wait, answered)
    return FinriskError(f"cannot {what}: {code} {message}{_fix(code, message)}")


_QUOTA = "; a quota is used up: wait, or ask for more under Quotas & System Limits in the Cloud console"


def _fix(code: int, message: str) -> str:
    """Return what to do about a refusal; the words of a 400 tell what it is about."""
    low = message.lower()
    if code == 400 and ("region" in low or "location" in low):
        return "; set finrisk_google_location to a region that tunes, for example us-central1"
    if code == 400 and "model" in low:
        return "; choose another finrisk_base_model and correct finrisk_tunable_models"
    return {
        400: "; mend what it names, then run again",
        401: "; the credentials are not accepted: check finrisk_google_credentials_file",
        403: "; the account needs the role Vertex AI User (roles/aiplatform.user) in finrisk_google_project",
        404: "; check finrisk_google_project and finrisk_google_location, and that the model still exists",
    }.get(code, "")


def _unknown_host(error: Exception) -> str:
    words = ("name or service not known", "name resolution", "nodename nor servname", "no address associated")
    if not any(word in str(error).lower() for word in words):
        return ""
    return "; is finrisk_google_location a region of Google's?"


def _short(error: object) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else text[:297] + "..."


def _word(value: object) -> str:
    return str(getattr(value, "value", value))
