"""What the routes answer beside errors, as types: the API's description is made of them.

What the database's figures and the health pages say is put together elsewhere; a test holds it to these.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from finrisk.answers import Analysis, Figure, RequestId, StreamDelta, StreamStart
from finrisk.http.error_codes import ErrorBody

# A stream's events


class MetaEvent(TypedDict):
    """The first event: what is known before the answer begins."""

    event: Literal["meta"]
    data: StreamStart


class DeltaEvent(TypedDict):
    """A piece of the answer, as often as there are pieces."""

    event: Literal["delta"]
    data: StreamDelta


class DoneEvent(TypedDict):
    """The last event of an answer: the whole of it, as it comes without streaming."""

    event: Literal["done"]
    data: Analysis


class ErrorEvent(TypedDict):
    """The last event where there is no answer, or it broke off."""

    event: Literal["error"]
    data: ErrorBody


StreamEvent = TypeAliasType(
    "StreamEvent",
    Annotated[
        MetaEvent | DeltaEvent | DoneEvent | ErrorEvent,
        Field(
            discriminator="event",
            description="An event of a stream: what its lines `event:` and `data:` say, the latter as JSON.",
        ),
    ],
)


# Ratings and documents


class RatingReceipt(TypedDict):
    """A rating or a correction that was kept."""

    request_id: Annotated[RequestId, Field(description="The answer that was rated or corrected.")]
    status: Annotated[
        Literal["joined", "accepted"],
        Field(
            description="`joined`: the answer is in the database. "
            "`accepted`: it is younger than five minutes and still on its way."
        ),
    ]
    figures: NotRequired[
        Annotated[list[Figure], Field(description="Of a correction: its figures, each with its place.")]
    ]


class ReviewSource(TypedDict):
    """A source as the answer's model had it."""

    title: Annotated[str, Field(description="What stands above it.")]
    text: Annotated[str, Field(description="The passage.")]


class Review(TypedDict):
    """An answer that was drawn for review.

    Neither its model nor what the judge says of it is told: both would lean the reviewer.
    """

    request_id: Annotated[RequestId, Field(description="The answer; give it back with a score.")]
    strategy: Annotated[str, Field(description="What was asked, redacted.")]
    analysis: Annotated[str, Field(description="What was answered, redacted.")]
    sources: Annotated[
        list[ReviewSource], Field(description="In the order of the citations; empty where none are kept.")
    ]


class ReviewTurn(TypedDict):
    """Whose turn it is."""

    review: Annotated[Review | None, Field(description="Null: no answer is left to be reviewed.")]


class DocumentCounts(TypedDict):
    """What became of the documents of a request."""

    added: Annotated[int, Field(description="Documents that were not there.", ge=0)]
    changed: Annotated[int, Field(description="Documents that were there and differed.", ge=0)]
    unchanged: Annotated[int, Field(description="Documents that were left alone.", ge=0)]


class DocumentEntry(TypedDict):
    """A document of the index, without its text."""

    id: Annotated[str, Field(description="Its id.", examples=["acme-2025"])]
    title: Annotated[str, Field(description="Its title, redacted.")]
    company: Annotated[str | None, Field(description="Whom it is of.")]
    year: Annotated[int | None, Field(description="The year it is of.")]
    pages: Annotated[int, Field(description="How many pages it has.", ge=0)]
    sha256: Annotated[str, Field(description="Digest of the redacted text, title, company and year.")]


class DocumentPage(TypedDict):
    """A page of the list of documents, by id."""

    documents: list[DocumentEntry]
    next: Annotated[
        str | None,
        Field(description="What to give as `after` for the next page; null on the last."),
    ]


class DeletedDocument(TypedDict):
    """A document that was removed."""

    deleted: Annotated[str, Field(description="Its id.", examples=["acme-2025"])]


# Health


class Health(TypedDict):
    """The process answers."""

    status: Literal["ok"]


class JournalState(TypedDict):
    """What waits to be written to the database."""

    ships: Annotated[bool, Field(description="False when a record has waited longer than 30 s.")]
    bytes: Annotated[int, Field(description="Bytes that wait.", ge=0)]
    oldest_seconds: Annotated[float, Field(description="Age of the oldest file that waits.", ge=0)]
    set_aside: Annotated[int, Field(description="Records that the database refused.", ge=0)]


class WorkerEntry(TypedDict):
    """A worker process and what it runs."""

    pid: Annotated[int, Field(description="Its process id.")]
    start_time: Annotated[int, Field(description="When it started, in clock ticks since boot.")]
    revision: Annotated[str, Field(description="The revision that it runs.")]
    split: Annotated[float, Field(description="Share of users on the tuned arm.", ge=0, le=1)]
    ready: Annotated[bool, Field(description="Whether it takes requests.")]


class Readiness(TypedDict):
    """Whether requests may be sent here, and, on the ops port alone, what runs."""

    ready: Annotated[bool, Field(description="True without a database too: answers go on without it.")]
    revision: NotRequired[Annotated[str, Field(description="The revision that runs.")]]
    split: NotRequired[Annotated[float, Field(description="Share of users on the tuned arm.", ge=0, le=1)]]
    database: NotRequired[
        Annotated[
            Literal["ok", "read_only", "unusable", "down"],
            Field(description="`read_only`: records wait. `unusable`: it answers, and counts as away."),
        ]
    ]
    schema: NotRequired[
        Annotated[
            Literal["current", "newer", "older", "empty", "incomplete", "unknown"],
            Field(description="Of the tables that this release needs."),
        ]
    ]
    database_problem: NotRequired[
        Annotated[str, Field(description="What is wrong with it and what to do; empty when nothing is.")]
    ]
    breakers: NotRequired[
        Annotated[dict[str, bool], Field(description="By model: true while it is not asked.")]
    ]
    journal: NotRequired[JournalState]
    workers: NotRequired[list[WorkerEntry]]
