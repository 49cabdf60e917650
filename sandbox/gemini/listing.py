"""Pages and filters of a list of tuning jobs."""

import base64
import re
from collections.abc import Sequence

from sandbox.gemini.messages import ApiError, Json

TERM = re.compile(r'^([A-Za-z_]+(?:\.(?:[\w-]+|"[\w-]+"))?)\s*(=|!=|:)\s*("(?:[^"\\]|\\.)*"|[^\s"]+)$')
AND = re.compile(r'\s+AND\s+(?=(?:[^"]*"[^"]*")*[^"]*$)')
FIELDS = {
    "state",
    "base_model",
    "baseModel",
    "tuned_model_display_name",
    "tunedModelDisplayName",
    "name",
    "labels",
}
DEFAULT_PAGE, LARGEST_PAGE = 50, 100


def matching(jobs: Sequence[Json], text: str) -> list[Json]:
    """The jobs that a filter lets through: `labels.key="value"`, `labels.key:*`, `state="..."`, joined by
    AND. Raises ApiError 400 on anything else.
    """
    tests = [_term(term) for term in AND.split(text.strip())] if text.strip() else []
    return [job for job in jobs if all(_holds(job, *test) for test in tests)]


def _term(term: str) -> tuple[str, str, str]:
    match = TERM.match(term.strip().removeprefix("(").removesuffix(")").strip())
    if not match or match[1].partition(".")[0] not in FIELDS or (match[1] == "labels"):
        raise ApiError(400, f"Invalid filter: {term!r}")
    return match[1], match[2], re.sub(r"\\(.)", r"\1", match[3].strip('"'))


def _holds(job: Json, field: str, operator: str, value: str) -> bool:
    name, _, key = field.partition(".")
    if name == "labels":
        actual = job.get("labels", {}).get(key.strip('"'))
    else:
        actual = job.get(re.sub(r"_([a-z])", lambda m: m[1].upper(), name))
    if operator == ":" and value == "*":
        return actual is not None
    return bool(actual == value) != (operator == "!=")


def page(jobs: Sequence[Json], size: str, token: str) -> Json:
    """One page of jobs that are already in order. Raises ApiError 400 for a size or token that is none."""
    if size and not re.fullmatch(r"\d{1,6}", size):
        raise ApiError(400, f"page_size must not be negative, got {size!r}")
    number = min(int(size or 0) or DEFAULT_PAGE, LARGEST_PAGE)
    start = 0
    if token:
        after = _decoded(token)
        start = next((i + 1 for i, job in enumerate(jobs) if job["name"] == after), -1)
        if start < 0:
            raise ApiError(400, "The page token is not valid.")
    here = jobs[start : start + number]
    out: Json = {"tuningJobs": list(here)} if here else {}
    if start + number < len(jobs):
        out["nextPageToken"] = base64.urlsafe_b64encode(here[-1]["name"].encode()).decode()
    return out


def _decoded(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode()
    except ValueError:
        raise ApiError(400, "The page token is not valid.") from None
