"""The names of the files that export and prepare write, and of the answers of models to a dataset."""

from __future__ import annotations

RAW, RAW_METADATA = "training_data_raw", "export_metadata"
TRAINING, VALIDATION, REJECTED = "training_set", "validation_set", "rejected"
METADATA, PREFERENCES, REPORT = "dataset_metadata", "preference_pairs", "dataset_report"
ROWS = "dataset_rows"
ANSWERS, ANSWERS_REPORT = "offline_answers", "offline_report"
"""After a name of the validation set follows an ending, where a time does in the others."""
