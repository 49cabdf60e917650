"""The codes of errors, each with its status and its meaning, and the one shape that carries them."""

from typing import Annotated, Literal, NamedTuple, NotRequired

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from finrisk import answers, completion

ErrorCode = TypeAliasType(
    "ErrorCode",
    Annotated[
        Literal[
            "bad_request",
            "not_json",
            "unauthorized",
            "forbidden",
            "not_found",
            "method_not_allowed",
            "request_timeout",
            "length_required",
            "too_large",
            "unsupported_media_type",
            "invalid",
            "blocked",
            "unknown_company",
            "figure_not_supported",
            "redaction_failed",
            "rate_limited",
            "too_many_wrong_keys",
            "internal_error",
            "overloaded",
            "database_unavailable",
            "retrieval_unavailable",
            "not_kept",
            "upstream_error",
            "timeout",
            "cut_stream",
            "unavailable",
            "error",
        ],
        Field(description="What went wrong, for programs: `message` may be worded anew, the code stays."),
    ],
)


class Meaning(NamedTuple):
    """The status that a code comes with, None for any that has no code of its own, and when it comes."""

    status: int | None
    when: str


MEANINGS: dict[ErrorCode, Meaning] = {
    "bad_request": Meaning(400, "the request cannot be read, or ends too early"),
    "not_json": Meaning(400, "the body is not JSON in UTF-8, or an object says a name twice"),
    "unauthorized": Meaning(401, "no key, or one that is not known, has expired or was ended"),
    "forbidden": Meaning(403, "the key lacks the role"),
    "not_found": Meaning(404, "no such path, document or answer"),
    "method_not_allowed": Meaning(405, "the path has other methods, see the header `Allow`"),
    "request_timeout": Meaning(408, "the request did not arrive in time"),
    "length_required": Meaning(411, "the body's length cannot be told"),
    "too_large": Meaning(413, "the body is larger than the route takes, or too much for the index"),
    "unsupported_media_type": Meaning(415, "the body is not `application/json` in UTF-8, as it stands"),
    "invalid": Meaning(422, "fields are wrong; `details` names each"),
    "blocked": Meaning(422, "no model will answer this question, however often; `details` says why"),
    "unknown_company": Meaning(422, "no document is of the company of the filter; `details` names near ones"),
    "figure_not_supported": Meaning(422, "a figure of the correction is wrong; `details` names each"),
    "redaction_failed": Meaning(422, "a defect of ours: the text cannot be redacted, nothing of it is kept"),
    "rate_limited": Meaning(429, "more requests than the key may send"),
    "too_many_wrong_keys": Meaning(429, "a wrong key, after too many from the same address"),
    "internal_error": Meaning(500, "our fault; the log knows it by its `request_id`"),
    "overloaded": Meaning(503, "the worker has no place for another request"),
    "database_unavailable": Meaning(503, "this route cannot answer without the database, or not in its time"),
    "retrieval_unavailable": Meaning(503, "no database, and an answer without sources is not wanted"),
    "not_kept": Meaning(503, "there is no room to keep it"),
    "upstream_error": Meaning(503, "no model could be reached"),
    "timeout": Meaning(503, "no model answered in time"),
    "cut_stream": Meaning(503, "the answer broke off, or did not end and was cut"),
    "unavailable": Meaning(503, "anything else that is busy"),
    "error": Meaning(None, "a status that has no code of its own"),
}
"""Every code."""

BlockReason = TypeAliasType(
    "BlockReason",
    Annotated[
        completion.BlockReason,
        Field(
            description="`blocked`: the provider blocked the prompt. `refused`: the model declined. "
            "`length`: the answer was cut at its limit; a narrower question helps."
        ),
    ],
)


class FieldProblem(TypedDict):
    """A field that is wrong."""

    field: Annotated[str, Field(description="Its name, with dots where it lies deeper.", examples=["rating"])]
    message: Annotated[str, Field(description="What is wrong with it.", examples=["Input should be -1 or 1"])]


class BlockedDetails(TypedDict):
    """Why no model will answer a question."""

    reason: Annotated[BlockReason, Field(description="Why, and so what helps.")]


class UnknownCompanyDetails(TypedDict):
    """Companies whose names come near the one that was asked for."""

    near: Annotated[
        list[str], Field(description="The nearest first, at most five.", examples=[["Corvane Bank"]])
    ]


class WrongFiguresDetails(TypedDict):
    """What is wrong with a correction."""

    figures: Annotated[list[answers.Figure], Field(description="The figures that are wrong.")]


Details = list[FieldProblem] | BlockedDetails | UnknownCompanyDetails | WrongFiguresDetails
"""What a code has to say beside its message: ``invalid`` the fields, ``blocked`` the reason, and so on."""


class ErrorInfo(TypedDict):
    """What went wrong with a request."""

    code: Annotated[ErrorCode, Field(description="What went wrong, for programs.")]
    message: Annotated[str, Field(description="What went wrong and what to do, for people.")]
    request_id: Annotated[answers.RequestId, Field(description="The request, as the log knows it.")]
    details: NotRequired[
        Annotated[
            Details,
            Field(
                description="The fields with code `invalid`, the reason with `blocked`, near "
                "companies with `unknown_company`, figures with `figure_not_supported`; else absent."
            ),
        ]
    ]


class ErrorBody(TypedDict):
    """The one shape of every error."""

    error: ErrorInfo
