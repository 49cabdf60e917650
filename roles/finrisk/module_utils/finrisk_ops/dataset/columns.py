"""What export takes of a collected pair."""

from __future__ import annotations

COLUMNS = (
    "id created_at strategy analysis quality_score model finetuned_model_used latency_ms user_id session_id "
    "request_id prompt prompt_hash sources arm model_version revision quality_parts redaction_version labels "
    "provenance model_analysis"
).split()
"""What a row of the export holds, in this order."""

_CORRECTED = {
    "analysis": "coalesce(correction, analysis) as analysis",
    "quality_score": "coalesce(correction_score, quality_score) as quality_score",
    "quality_parts": "coalesce(correction_parts, quality_parts) as quality_parts",
    "provenance": "case when correction is not null then 'human' else 'model' end as provenance",
    "model_analysis": "case when correction is not null then analysis end as model_analysis",
}
SELECTED = ", ".join(_CORRECTED.get(column, column) for column in COLUMNS)
"""The columns as SQL selects them: a correction stands in the place of its answer."""
