"""Limits, both ends inclusive; lengths in Unicode code points of the stripped text."""

REQUEST_STRATEGY_MAX = 30_000
"""Longest strategy that the service answers; the shortest is one code point."""

TRAINING_STRATEGY_MIN = 50
TRAINING_STRATEGY_MAX = 30_000
TRAINING_ANALYSIS_MIN = 100
TRAINING_ANALYSIS_MAX = 30_000
"""What a training example may measure: on question and answer, not on the prompt."""

TRAINING_PROMPT_MAX = 390_000
"""Longest prompt of an example: Vertex AI drops those above 131,072 tokens of about 3 characters."""

IDENTIFIER_MAX = 256
"""Longest user_id, session_id or document id."""

TITLE_MAX = 500
TEXT_MAX = 4_000_000
COMPANY_MAX = 200
"""What a document may measure; its text before it is stripped."""

LABEL_MAX = 200
LABELS_MAX = 50
"""What a label of a document may measure, ``key: value``, and how many one may have."""

YEARS = range(1900, 2101)
"""Years that a document may be of, and a question may ask about."""

DOCUMENTS_MAX = 1000
"""Most documents of one request, and of one page of their list."""
