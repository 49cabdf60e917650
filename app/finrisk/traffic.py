"""What has been collected and who was served what: the figures of GET /api/v1/status."""

from typing import Any

from psycopg.rows import class_row

from finrisk.db.pool import Connection
from finrisk.settings import Settings
from finrisk_rules import figures


def configuration(settings: Settings) -> dict[str, Any]:
    """The revision, the keys that steer traffic and collection, and the split they amount to."""
    return {
        "revision": settings.finrisk_revision,
        "ENABLE_DATA_COLLECTION": settings.enable_data_collection,
        "DATA_COLLECTION_QUALITY": settings.data_collection_quality,
        "ENABLE_FINETUNING": settings.enable_finetuning,
        "ENABLE_AB_TESTING": settings.enable_ab_testing,
        "AB_TEST_TRAFFIC_SPLIT": settings.ab_test_traffic_split,
        "FINETUNED_MODEL_NAME": settings.finetuned_model_name,
        "base_model": settings.base_model,
        "split": settings.split,
    }


def collection(connection: Connection, settings: Settings) -> dict[str, Any]:
    """How many examples base has given, and why pairs of the last 24 hours were not kept."""
    with connection.cursor(row_factory=class_row(figures.CollectionRow)) as cursor:
        [row] = cursor.execute(figures.COLLECTION, figures.COUNTED).fetchall()
    skipped = connection.execute(figures.SKIPPED).fetchall()
    return {
        "enabled": settings.enable_data_collection,
        "quality_threshold": settings.data_collection_quality,
        **figures.collection(row, skipped),
    }


def traffic(connection: Connection) -> dict[str, dict[str, object]]:
    """The last 24 hours by assigned arm: requests, users, own errors, latency, quality, feedback."""
    with connection.cursor(row_factory=class_row(figures.ArmRow)) as cursor:
        return figures.arms(cursor.execute(figures.ARMS))
