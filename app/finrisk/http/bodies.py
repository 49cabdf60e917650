"""Request bodies: bounded, JSON, valid; each failure says which field and why."""

import codecs
import json
import re
from typing import Annotated, Any, Literal, Self, TypeVar

from flask import Request
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails
from typing_extensions import TypeAliasType

from finrisk.http.error_codes import FieldProblem
from finrisk.http.errors import ApiError
from finrisk_rules.labels import LABEL
from finrisk_rules.limits import (
    COMPANY_MAX,
    DOCUMENTS_MAX,
    IDENTIFIER_MAX,
    LABEL_MAX,
    LABELS_MAX,
    REQUEST_STRATEGY_MAX,
    TEXT_MAX,
    TITLE_MAX,
    TRAINING_ANALYSIS_MAX,
    TRAINING_ANALYSIS_MIN,
    YEARS,
)
from finrisk_rules.periods import periods
from finrisk_rules.redaction import proved_kinds
from finrisk_rules.storable import is_one_line, is_storable

LIMITS = {
    "/api/v1/analyze": 512 * 1024,
    "/api/v1/feedback": 512 * 1024,
    "/api/v1/documents": 16 * 1024 * 1024,
}
"""Most bytes of a body, for each path that reads one (by POST)."""

Model = TypeVar("Model", bound=BaseModel)


def _storable(value: str) -> str:
    """Text that PostgreSQL can hold: no NUL."""
    if not is_storable(value):  # JSON brings no half of a surrogate pair this far
        raise ValueError("must not contain a NUL character")
    return value


def _one_line(value: str) -> str:
    """An identifier or a name: nothing that could begin a new line of a prompt or a log."""
    if not is_one_line(value):
        raise ValueError("must not contain control characters or line breaks")
    return value


def _impersonal(value: str) -> str:
    """A name that is kept and shown as it is: it must be nobody's number and no key."""
    if kinds := proved_kinds(value):
        raise ValueError(f"must not hold personal data or a secret ({', '.join(kinds)})")
    return value


def _whole(value: object) -> object:
    """JSON's true and 1.0 are equal to 1 in Python, but they are no rating."""
    if type(value) is not int:
        raise ValueError("must be -1 or 1")
    return value


BUSINESS_YEAR = r"^(FY ?(19|20)?[0-9]{2}|(FY ?)?(19|20)[0-9]{2}/[0-9]{2})$"
"""As people write one: ``FY22``, ``FY2022``, ``2021/22``."""


def _year_of_period(value: object) -> object:
    """The year in which a business year ends: 2022 of ``FY22`` and of ``2021/22``; anything else as it is."""
    if isinstance(value, str) and re.fullmatch(BUSINESS_YEAR, value):
        return next((period.year for period in periods(value)), value)
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must hold more than white space")
    return value


Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=IDENTIFIER_MAX), AfterValidator(_one_line)
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=COMPANY_MAX),
    AfterValidator(_one_line),
]
KeptName = Annotated[Name, AfterValidator(_impersonal)]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX),
    AfterValidator(_one_line),
]
Strategy = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REQUEST_STRATEGY_MAX),
    AfterValidator(_storable),
]
PageText = Annotated[
    str, StringConstraints(max_length=TEXT_MAX), AfterValidator(_storable), AfterValidator(_not_blank)
]
Comment = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_storable)]
Correction = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=TRAINING_ANALYSIS_MIN, max_length=TRAINING_ANALYSIS_MAX
    ),
    AfterValidator(_storable),
]
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[-1])]
Label = Annotated[
    str,
    StringConstraints(max_length=LABEL_MAX, pattern=LABEL),
    AfterValidator(_storable),
    AfterValidator(_one_line),
]
FiscalYear = Annotated[
    int,
    Field(ge=YEARS[0], le=YEARS[-1]),
    BeforeValidator(_year_of_period),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": YEARS[0], "maximum": YEARS[-1]},
                {"type": "string", "pattern": BUSINESS_YEAR},
            ]
        }
    ),
]
Score = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Rating = TypeAliasType(
    "Rating",
    Annotated[
        Literal[-1, 1],
        BeforeValidator(_whole),
        Field(
            description="-1: the answer was bad. 1: it was good.",
            json_schema_extra={"x-enum-varnames": ["DISLIKED", "LIKED"]},
        ),
    ],
)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Filters(_Body):
    """Which filings may be quoted."""

    company: Annotated[Name | None, Field(description="Of this company only.", examples=["Corvane Bank"])] = (
        None
    )
    year: Annotated[
        FiscalYear | None,
        Field(
            description="Of this year only; a business year by the year it ends in.",
            examples=[2025, "2024/25"],
        ),
    ] = None


class AnalyzeBody(_Body):
    """A strategy to analyse."""

    strategy: Annotated[
        Strategy,
        Field(
            description="The question; its length counts after stripping.",
            examples=["What credit risk does Corvane Bank report for 2025?"],
        ),
    ]
    user_id: Annotated[
        Identifier | None,
        Field(
            description="Who asks: keeps its arm, and is stored as a keyed hash only.",
            examples=["test_user_1"],
        ),
    ] = None
    session_id: Annotated[
        Identifier | None, Field(description="Keeps the arm when no user is named; stored as a keyed hash.")
    ] = None
    filters: Annotated[
        Filters | None, Field(description="Quote these filings only; all of them when left out.")
    ] = None


class FeedbackBody(_Body):
    """What a reader says of an answer: a rating; a reviewer's score and correction."""

    request_id: Annotated[
        Identifier,
        Field(
            description="The `request_id` of the answer.", examples=["01a209f9-402a-7a6d-b1b3-eae7f9dced43"]
        ),
    ]
    rating: Annotated[Rating | None, Field(description="Left out where a reviewer rates nothing.")] = None
    comment: Annotated[
        Comment | None,
        Field(description="What the reader has to say of the rating; redacted before it is kept."),
    ] = None
    score: Annotated[
        Score | None,
        Field(
            description="What the answer is worth to a reviewer, on the scale of `quality_score`; needs the "
            "role `review`. A correction alone counts as 0.",
        ),
    ] = None
    correction: Annotated[
        Correction | None,
        Field(
            description="The whole answer as it should have been, with citations `[n]`; needs the role "
            "`review`. It is redacted, judged like an answer, and trained on in its place."
        ),
    ] = None
    skip: Annotated[
        bool,
        Field(description="The reviewer cannot say what the answer that was drawn is worth; role `review`."),
    ] = False

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.skip and (self.score is not None or self.correction is not None):
            raise ValueError("an answer that is skipped has neither score nor correction")
        if self.rating is None and self.score is None and self.correction is None and not self.skip:
            raise ValueError("needs a rating, a score, a correction or a skip")
        if self.rating is None and self.comment is not None:
            raise ValueError("a comment goes with a rating")
        return self


class DocumentBody(_Body):
    """A document to index; form feeds in the text separate its pages."""

    id: Annotated[
        Identifier,
        AfterValidator(_impersonal),
        Field(description="Names it: the same id again is the same document."),
    ]
    title: Annotated[
        Title, Field(description="Stands above each of its passages.", examples=["Acme annual report 2025"])
    ]
    text: Annotated[
        PageText,
        Field(
            description="All of it, more than white space; form feeds separate its pages.",
            examples=["Acme holds 12.5 million in cash."],
        ),
    ]
    company: Annotated[KeptName | None, Field(description="Whom it is of.", examples=["Acme"])] = None
    year: Annotated[Year | None, Field(description="The year it is of.", examples=[2025])] = None
    labels: Annotated[
        list[Label],
        Field(
            description="Who may read it: only a key that has all of them. Without labels, everybody.",
            max_length=LABELS_MAX,
            examples=[["desk: equities"]],
        ),
    ] = []
    ticker: Annotated[
        KeptName | None, Field(description="The company's ticker; filters know it too.", examples=["ACME"])
    ] = None


class DocumentsBody(_Body):
    """Documents to add or to bring up to date."""

    documents: Annotated[
        list[DocumentBody],
        Field(
            min_length=1,
            max_length=DOCUMENTS_MAX,
            description="One of an id that is there takes its place; one that is the same is left alone.",
        ),
    ]


def limit_of(method: str, path: str) -> int:
    """Most bytes of body that a request may bring; 0 where none is read."""
    return LIMITS.get(path, 0) if method == "POST" else 0


def _is_utf8(charset: str | None) -> bool:
    """Whether a charset is one of the names of UTF-8; JSON without one is UTF-8."""
    try:
        return charset is None or codecs.lookup(charset).name == "utf-8"
    except LookupError:
        return False


def _check_labels(request: Request) -> None:
    """Refuse a body that says it is anything but JSON in UTF-8, as it stands."""
    if request.mimetype != "application/json" or not _is_utf8(request.mimetype_params.get("charset")):
        message = "send the body as Content-Type: application/json, in UTF-8"
        raise ApiError(415, "unsupported_media_type", message)
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.strip().lower() != "identity":
        message = f"send the body as it is: Content-Encoding {encoding!r} is not read"
        raise ApiError(415, "unsupported_media_type", message)


def _bytes(request: Request, limit: int) -> bytes:
    """The body, read no further than the limit, whether its length was announced or it came in chunks."""
    if (request.content_length or 0) > limit:
        raise ApiError(413, "too_large", f"the body has {request.content_length} bytes, the limit is {limit}")
    body = bytearray()
    try:
        while piece := request.stream.read(min(65536, limit + 1 - len(body))):
            body += piece
    except OSError:  # the server has not waited for it: its key was not known when the head came
        raise ApiError(400, "bad_request", "the body ends before it is whole; send it again") from None
    if len(body) > limit:
        raise ApiError(413, "too_large", f"the body has more than {limit} bytes, which is the limit")
    return bytes(body)


def _constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names are each said once: of two, readers may take either (RFC 8259, section 4)."""
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _RepeatedNameError
    return value


class _RepeatedNameError(ValueError):
    """An object says a name twice."""


def _value(body: bytes) -> Any:
    """What the body says; a byte order mark before it is passed over (RFC 8259, section 8.1)."""
    try:
        text = body.decode("utf-8-sig")
        return json.loads(text, parse_constant=_constant, object_pairs_hook=_object)
    except _RepeatedNameError:
        raise ApiError(400, "not_json", "an object of the body says a name twice") from None
    except (ValueError, RecursionError):
        raise ApiError(400, "not_json", "the body is not JSON (UTF-8)") from None


def _problem(detail: ErrorDetails) -> FieldProblem:
    """What is wrong with a field, without the names of our classes."""
    of_object = detail["type"] in ("model_type", "dict_type")
    field = ".".join(str(part) for part in detail["loc"]) or "body"
    return {"field": field, "message": "must be a JSON object" if of_object else detail["msg"]}


def parsed(request: Request, model: type[Model]) -> Model:
    """The request's body as the model.

    Raises:
        ApiError: 415 another media type, 413 too large, 400 not JSON, 422 fields that are wrong, each named.
    """
    _check_labels(request)
    value = _value(_bytes(request, limit_of(request.method, request.path)))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        problems = [_problem(detail) for detail in error.errors(include_url=False, include_input=False)[:20]]
        fields = ", ".join(dict.fromkeys(problem["field"] for problem in problems))
        raise ApiError(422, "invalid", f"cannot use: {fields}", details=problems) from None
