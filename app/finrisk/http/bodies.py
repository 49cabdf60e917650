"""Request bodies: what each route takes, as models whose fields are described."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from finrisk.http.body_fields import (
    Comment,
    Correction,
    FiscalYear,
    Identifier,
    KeptName,
    Label,
    Name,
    PageText,
    Rating,
    Score,
    Strategy,
    Title,
    Year,
    impersonal,
)
from finrisk_rules.limits import DOCUMENTS_MAX, LABELS_MAX


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
        AfterValidator(impersonal),
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
