"""What GET /api/v1/status answers, as types: the API's description is made of them.

The figures are defined in ``finrisk_rules``: ``figures``, ``arms`` and ``experiment``; a test holds their
names to these.
"""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypeAliasType, TypedDict

Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Milliseconds = Annotated[float, Field(ge=0)]


class Configuration(TypedDict):
    """The keys that steer traffic and collection, and the split they amount to."""

    revision: Annotated[str, Field(description="The revision that runs.", examples=["r0003-0a1434f8"])]
    ENABLE_DATA_COLLECTION: Annotated[bool, Field(description="Whether good pairs are collected.")]
    DATA_COLLECTION_QUALITY: Annotated[Share, Field(description="Quality from which a pair is collected.")]
    ENABLE_FINETUNING: Annotated[bool, Field(description="Whether anybody gets the tuned model.")]
    ENABLE_AB_TESTING: Annotated[bool, Field(description="Whether users are split between the arms.")]
    AB_TEST_TRAFFIC_SPLIT: Annotated[Share, Field(description="Share of users for the tuned arm, as set.")]
    FINETUNED_MODEL_NAME: Annotated[str, Field(description="The tuned model; empty without one.")]
    base_model: Annotated[str, Field(description="The base model.", examples=["gemini-3.5-flash-lite"])]
    split: Annotated[Share, Field(description="The share of users that the three keys amount to.")]


class Collection(TypedDict):
    """Training examples, and how far they are from enough."""

    enabled: Annotated[bool, Field(description="Whether good pairs are collected.")]
    quality_threshold: Annotated[Share, Field(description="Quality from which a pair is collected.")]
    count: Annotated[Count, Field(description="Pairs of base that no rating has withdrawn.")]
    duplicates: Annotated[
        Count, Field(description="How many of the count ask again what another asks, on the same sources.")
    ]
    withdrawn: Annotated[Count, Field(description="Pairs that a rating has withdrawn; not in the count.")]
    made_by_tuned_model: Annotated[
        Count, Field(description="Pairs that a tuned model wrote; not in the count.")
    ]
    target: Annotated[Count, Field(description="Examples that are enough to tune with.")]
    recommended: Annotated[
        list[int],
        Field(
            description="From how many to how many give the best results.",
            min_length=2,
            max_length=2,
            examples=[[2000, 5000]],
        ),
    ]
    percent: Annotated[
        float, Field(description="The count without duplicates as a percentage of the target.", ge=0)
    ]
    rows_last_24h: Annotated[Count, Field(description="How many of the count came in the last 24 hours.")]
    expected_target_date: Annotated[
        Annotated[str, Field(json_schema_extra={"format": "date"})] | None,
        Field(
            description="The day (UTC) on which the target is reached at this rate; null once it is, "
            "or when it is not in sight.",
            examples=["2026-11-26"],
        ),
    ]
    last_collected_at: Annotated[
        Annotated[str, Field(json_schema_extra={"format": "date-time"})] | None,
        Field(description="When the newest of them came, in UTC.", examples=["2026-11-23T19:48:21+00:00"]),
    ]
    skipped: Annotated[
        dict[str, int],
        Field(description="Pairs of the last 24 hours that were not kept, by reason."),
    ]


class ArmErrors(TypedDict):
    """Failures of an arm's own model by kind, also where base answered instead."""

    upstream: Annotated[Count, Field(description="It could not be reached.")]
    timeout: Annotated[Count, Field(description="It did not answer in time.")]
    cut: Annotated[Count, Field(description="Its answer broke off.")]


class ArmRatings(TypedDict):
    """Ratings of an arm's answers."""

    liked: Annotated[Count, Field(description="Ratings of 1.")]
    disliked: Annotated[Count, Field(description="Ratings of -1.")]


class ArmFigures(TypedDict):
    """What users that were assigned to an arm met, and how the arm's own model did."""

    requests: Annotated[Count, Field(description="Analyses.")]
    users: Annotated[Count, Field(description="Whom they were for: users, sessions or requests, as drawn.")]
    share: Annotated[
        Share | None,
        Field(
            description="The arm's share of the users since the revision that runs was released: stands "
            "beside the split; null until somebody was drawn. At split 0 all are base's."
        ),
    ]
    attempts: Annotated[
        Count,
        Field(description="Requests for which the arm's own model was asked; not while its breaker is open."),
    ]
    errors: ArmErrors
    error_rate: Annotated[
        Share | None, Field(description="Failures as a share of the attempts; null without one.")
    ]
    blocked: Annotated[Count, Field(description="Questions that the arm's model would not answer.")]
    blocked_rate: Annotated[Share | None, Field(description="Their share of the attempts; null without one.")]
    p50_ms: Annotated[
        Milliseconds | None,
        Field(
            description="Median wait for the arm's own model, answers and time-outs, as its user sees it; "
            "without what base took in its place. Null without one."
        ),
    ]
    p95_ms: Annotated[Milliseconds | None, Field(description="95th percentile of that wait.")]
    share_over_2s: Annotated[
        Share | None, Field(description="Share of those waits that took longer than 2 s, or were given up.")
    ]
    quality: Annotated[
        Share | None, Field(description="Mean of what the arm's own model gave; null without an answer.")
    ]
    wrong_figures: Annotated[
        Share | None,
        Field(
            description="Share of the answers of the arm's own model that have a wrong figure, of those on "
            "sources; null without one."
        ),
    ]
    feedback: ArmRatings
    fallbacks: Annotated[Count, Field(description="Analyses that base answered for the arm.")]


Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class StageArm(TypedDict):
    """An arm in the stage that runs."""

    requests: Annotated[Count, Field(description="Analyses.")]
    users: Annotated[Count, Field(description="Whom they were for: users, sessions or requests, as drawn.")]
    share: Annotated[Share, Field(description="The arm's share of the users: stands beside the split.")]


UnitKind = TypeAliasType(
    "UnitKind",
    Annotated[
        Literal["user", "session", "request", "mixed"],
        Field(description="What keeps its arm; `mixed` where requests of a stage named one or another."),
    ],
)


class Stage(TypedDict):
    """The revision that runs, as a stage of the experiment."""

    revision: Annotated[str, Field(description="The revision that runs.", examples=["r0003-0a1434f8"])]
    since: Annotated[Moment | None, Field(description="When the first request came, in UTC; null before it.")]
    requests: Annotated[Count, Field(description="Analyses.")]
    users: Annotated[Count, Field(description="Whom they were for.")]
    unit_kind: Annotated[UnitKind | None, Field(description="What was drawn; null where nobody asked.")]
    arms: Annotated[dict[str, StageArm], Field(description="By arm; those that somebody met.")]


class Experiment(TypedDict):
    """The experiment that runs, since its first stage; after a rollback, the one that was rolled back."""

    experiment: Annotated[
        str, Field(description="What it goes by: the salt that draws its users; empty before the first.")
    ]
    model: Annotated[str | None, Field(description="Its tuned model.")]
    name: Annotated[
        str | None,
        Field(description="The model's display name, where it is known.", examples=["finrisk-v3-0a1434f8"]),
    ]
    split: Annotated[Share, Field(description="Share of users on the tuned arm in the stage that runs.")]
    first: Annotated[Moment | None, Field(description="Its first request with the tuned arm, in UTC.")]
    last: Annotated[Moment | None, Field(description="Its last one.")]
    stage: Stage
    arms: Annotated[
        dict[str, ArmFigures],
        Field(description="Since the first stage, while the split was above 0; the arms that somebody met."),
    ]


Traffic = TypeAliasType(
    "Traffic",
    Annotated[
        dict[str, ArmFigures],
        Field(description="The last 24 hours of the experiment that runs, by assigned arm."),
    ],
)


class Status(TypedDict):
    """What is configured, collected and served."""

    configuration: Configuration
    collection: Annotated[Collection | None, Field(description="Null while the database is away.")]
    experiment: Annotated[Experiment | None, Field(description="Null while the database is away.")]
    traffic: Annotated[Traffic | None, Field(description="Null while the database is away.")]
    problem: NotRequired[Annotated[str, Field(description="Why what is null could not be read.")]]
