"""Events of the service's log that playbooks look for; every line of the log names its own."""

from typing import Final

ANALYSIS_SERVED = "analysis_served"
ANALYSIS_UNANSWERED = "analysis_unanswered"
ANALYSIS_FAILED = "analysis_failed"
EXAMPLE_COLLECTED = "training_example_collected"
EXAMPLE_SKIPPED = "training_example_skipped"
COLLECTION_DROPPED = "collection_dropped"
REQUEST_REFUSED = "request_refused"

TOO_MANY_WRONG_KEYS: Final = "too_many_wrong_keys"
"""The code of a refusal after many wrong keys from one address, in its line and in the answer."""

OF_REQUESTS = (ANALYSIS_SERVED, ANALYSIS_UNANSWERED, ANALYSIS_FAILED)
"""How an analysis ended."""

FREQUENT = (*OF_REQUESTS, REQUEST_REFUSED, EXAMPLE_COLLECTED, EXAMPLE_SKIPPED)
"""What comes with requests, and is no news by itself."""
