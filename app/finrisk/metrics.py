"""What Prometheus reads. Counters add up over the worker processes of one Gunicorn."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, multiprocess

from finrisk.metric_files import are_shared

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

REQUESTS = Counter("finrisk_requests", "Analyses by arm and outcome", ["assigned", "served", "outcome"])
DURATION = Histogram(
    "finrisk_request_duration_seconds",
    "Time of an analysis as its user sees it",
    ["assigned"],
    buckets=(0.1, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3, 5, 10, 30),  # 2 s is the promised limit
)
UPSTREAM = Histogram(
    "finrisk_upstream_duration_seconds",
    "Time of the model call that answered",
    ["served"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
FALLBACKS = Counter("finrisk_fallback", "Analyses that base answered for the tuned arm", ["reason"])
REJECTED = Counter("finrisk_rejected", "Requests that were refused, by error code", ["code"])
WRONG_KEYS = Counter("finrisk_wrong_keys", "Requests whose API key is not known")
IN_FLIGHT = Gauge("finrisk_inflight", "Analyses being worked on", multiprocess_mode="livesum")
SPLIT = Gauge("finrisk_split", "Share of users on the tuned arm", multiprocess_mode="livemax")
BREAKER = Gauge(
    "finrisk_breaker_open", "1 while a model is not asked", ["model"], multiprocess_mode="livemax"
)
VERSION_CHANGES = Counter(
    "finrisk_model_version_changes", "Times a model answered as a version not met before", ["model"]
)
FIGURES = Counter(
    "finrisk_figures",
    "Figures of answers, by the arm that wrote them and the judge's verdict",
    ["served", "verdict"],
)
SHADOW = Counter(
    "finrisk_shadow",
    "Questions for the other arm's model after the reply, by what became of them",
    ["arm", "outcome"],
)
COLLECTED = Counter("finrisk_collection_rows", "Rows written to the database", ["table"])
SKIPPED = Counter("finrisk_collection_skipped", "Pairs not kept for training, by reason", ["reason"])
DROPPED = Counter("finrisk_collection_dropped", "Records that could not be kept", ["reason"])
JOURNAL_BYTES = Gauge("finrisk_journal_bytes", "Bytes waiting in the journal", multiprocess_mode="livemax")
JOURNAL_AGE = Gauge(
    "finrisk_journal_oldest_seconds", "Age of the oldest sealed journal file", multiprocess_mode="livemax"
)
JOURNAL_ASIDE = Gauge(
    "finrisk_journal_set_aside", "Records that the database refused", multiprocess_mode="livemax"
)


def exposition() -> bytes:
    """The metrics of all workers that share theirs, in the Prometheus text format; else of this one alone."""
    registry = CollectorRegistry()
    if are_shared():
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped library
        return generate_latest(registry)
    return generate_latest()
