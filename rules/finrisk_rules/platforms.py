"""Google's two platforms for Gemini: what they are called here, and the names of what runs there."""

from typing import Literal

from finrisk_rules.patterns import pattern_of

Provider = Literal["vertex", "gemini_api"]
"""Where models are asked: Vertex AI, where tuned ones live, or the Gemini API with its base models."""

API_VERSION: dict[Provider, str] = {"vertex": "v1", "gemini_api": "v1beta"}
"""The Gemini API's own v1 has no field for the system instruction."""

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
"""What a token for Vertex AI or Cloud Storage is asked for."""

_RESOURCE = pattern_of(
    r"projects/[^/\s]+/locations/(?P<location>[^/\s]+)/(?P<kind>endpoints|tuningJobs)/[^/\s]+"
)


def is_endpoint(name: str) -> bool:
    """Whether this is the full name of an endpoint: a tuned model."""
    return _kind(name) == "endpoints"


def is_tuning_job(name: str) -> bool:
    """Whether this is the full name of a tuning job."""
    return _kind(name) == "tuningJobs"


def location_of(name: str, default: str) -> str:
    """The location in the full name of an endpoint or a tuning job, else ``default``.

    A client takes its host from the location and the path from the name: with two different ones the request
    would reach a region that does not have the resource.
    """
    match = _RESOURCE.fullmatch(name)
    return match["location"] if match else default


def _kind(name: str) -> str:
    match = _RESOURCE.fullmatch(name)
    return match["kind"] if match else ""
