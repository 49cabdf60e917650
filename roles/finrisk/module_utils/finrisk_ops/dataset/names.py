"""The names of the files that export and prepare write; a time and an ending follow."""

from __future__ import annotations

RAW, RAW_METADATA = "training_data_raw", "export_metadata"
TRAINING, VALIDATION, REJECTED = "training_set", "validation_set", "rejected"
METADATA, PREFERENCES, REPORT = "dataset_metadata", "preference_pairs", "dataset_report"
ROWS = "dataset_rows"
