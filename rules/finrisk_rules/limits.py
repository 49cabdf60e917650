"""Length limits, in Unicode code points of the stripped text, both ends inclusive."""

REQUEST_STRATEGY_MAX = 30_000
"""Longest strategy that the service answers; the shortest is one code point."""

TRAINING_STRATEGY_MIN = 50
TRAINING_STRATEGY_MAX = 30_000
TRAINING_ANALYSIS_MIN = 100
TRAINING_ANALYSIS_MAX = 30_000
"""What a training example may measure: on question and answer, not on the prompt."""

IDENTIFIER_MAX = 256
"""Longest user_id, session_id or document id."""
