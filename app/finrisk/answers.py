"""What an analysis answers, as types: they check the code, and the API's description is made of them."""

from collections.abc import Iterable
from itertools import islice
from typing import Annotated, Literal, NotRequired, cast

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

from finrisk_rules import assignment
from finrisk_rules.judge import verdicts

EXCERPT = 400
"""Most characters of an excerpt."""

FIGURES = 500
"""Most figures that are told of an answer."""

RequestId = Annotated[
    str,
    Field(json_schema_extra={"format": "uuid"}, examples=["01a209f9-402a-7a6d-b1b3-eae7f9dced43"]),
]

Revision = Annotated[
    str, Field(description="The revision of the worker that answered.", examples=["r0003-0a1434f8"])
]

Arm = TypeAliasType(
    "Arm",
    Annotated[
        assignment.Arm,
        Field(description="An arm of the experiment: the base model or the tuned one."),
    ],
)

Approach = TypeAliasType(
    "Approach",
    Annotated[
        Literal["rag_base", "rag_finetuned", "ungrounded"],
        Field(
            description="`rag_base`, `rag_finetuned`: sources were found, and this arm answered. "
            "`ungrounded`: nothing was found, or the database is away."
        ),
    ],
)


class Tokens(TypedDict):
    """What the provider counts and bills."""

    prompt: Annotated[int, Field(description="Of the prompt.", ge=0, examples=[1216])]
    answer: Annotated[
        int, Field(description="Of the answer, with what the model thought.", ge=0, examples=[215])
    ]


class Source(TypedDict):
    """A passage that the answer may cite."""

    n: Annotated[int, Field(description="Its number: the answer cites it as `[n]`.", ge=1)]
    document_id: Annotated[str, Field(description="The document's id.", examples=["acme-2025"])]
    title: Annotated[str, Field(description="The document's title.")]
    page: Annotated[int, Field(description="Of the document, from 1.", ge=1, examples=[12])]
    excerpt: Annotated[str, Field(description="The beginning of the passage.", max_length=EXCERPT)]


Verdict = TypeAliasType(
    "Verdict",
    Annotated[
        verdicts.Verdict,
        Field(
            description="Right: `stated`, `computed`. Neither: `asked` (only the question has it), `unread` "
            "(it cannot be checked). Wrong: `unsupported` (no source has it), `misattributed` (it belongs to "
            "another row, period, company or source), `wrong_scale`, `wrong_direction`."
        ),
    ],
)


class Cell(TypedDict):
    """A place in a table of a source."""

    row: Annotated[str, Field(description="The words before the row.", examples=["Net revenue"])]
    column: Annotated[str, Field(description="The words over the column.", examples=["2025"])]


class Sentence(TypedDict):
    """A place in the prose of a source."""

    sentence: Annotated[str, Field(description="The sentence.")]


class Figure(TypedDict):
    """A figure of the answer, traced to its place in the sources."""

    text: Annotated[str, Field(description="As the answer writes it.", examples=["$1,486 million"])]
    verdict: Verdict
    source: Annotated[int | None, Field(description="The source's `n`; null where none has it.", ge=1)]
    place: Annotated[Cell | Sentence | None, Field(description="Where it stands there; null where nowhere.")]
    source_says: Annotated[
        str | None, Field(description="What stands there, for a figure that is wrong; else null.")
    ]


def figures_told(figures: Iterable[verdicts.FigureVerdict]) -> list[Figure]:
    """The first ``FIGURES`` of them as clients read them."""
    return [cast(Figure, figure.as_dict()) for figure in islice(figures, FIGURES)]


class Metadata(TypedDict):
    """How an answer came about."""

    request_id: Annotated[RequestId, Field(description="UUIDv7; a rating names it.")]
    approach: Annotated[Approach, Field(description="Whether it rests on sources, and which arm wrote it.")]
    finetuned_model_used: Annotated[bool, Field(description="Whether the tuned model wrote this answer.")]
    arm_assigned: Annotated[Arm, Field(description="Where the hash puts the user.")]
    arm_served: Annotated[Arm, Field(description="Who answered: after a fallback it is `base`.")]
    model: Annotated[
        str, Field(description="Name of the model that answered.", examples=["gemini-3.5-flash-lite"])
    ]
    model_version: Annotated[str, Field(description="What it calls itself.")]
    revision: Revision
    quality_score: Annotated[
        float,
        Field(
            description="How good the answer is by our measure; a good one is collected.",
            ge=0,
            le=1,
            examples=[0.987],
        ),
    ]
    grounded: Annotated[
        bool,
        Field(
            description="Whether every figure of the answer is right or was asked, and at least one "
            "statement is right by its sources."
        ),
    ]
    fallback_reason: NotRequired[
        Annotated[
            str,
            Field(
                description="Present after a fallback: why the tuned model did not answer, "
                "or `breaker` when it is being left alone.",
                examples=["timeout"],
            ),
        ]
    ]
    latency_ms: Annotated[
        float, Field(description="From the question to the answer, in milliseconds.", ge=0, examples=[187.9])
    ]
    recorded: Annotated[
        bool,
        Field(description="False when the request could not be kept; the answer is as good as any."),
    ]
    tokens: Tokens


class Analysis(TypedDict):
    """An answer, what it rests on, and how it came about."""

    analysis: Annotated[str, Field(description="The text, Markdown with citations `[n]`.")]
    sources: Annotated[list[Source], Field(description="What it may cite; empty when ungrounded.")]
    figures: Annotated[
        list[Figure],
        Field(description="Its figures in their order, each with a verdict.", max_length=FIGURES),
    ]
    metadata: Metadata


class StreamStart(TypedDict):
    """What is known before the answer begins."""

    request_id: Annotated[RequestId, Field(description="UUIDv7; a rating names it.")]
    arm_assigned: Annotated[Arm, Field(description="Where the hash puts the user.")]
    revision: Revision


class StreamDelta(TypedDict):
    """The next piece of the answer."""

    text: Annotated[str, Field(description="The model's own text; the text of the end is redacted.")]
