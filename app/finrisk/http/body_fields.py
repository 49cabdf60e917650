"""Fields of request bodies: what each kind of text or number may be, and the words that refuse another."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema
from typing_extensions import TypeAliasType

from finrisk_rules.labels import LABEL
from finrisk_rules.limits import (
    COMPANY_MAX,
    IDENTIFIER_MAX,
    LABEL_MAX,
    REQUEST_STRATEGY_MAX,
    TEXT_MAX,
    TITLE_MAX,
    TRAINING_ANALYSIS_MAX,
    TRAINING_ANALYSIS_MIN,
    YEARS,
)
from finrisk_rules.periods import periods
from finrisk_rules.redaction import proved_kinds
from finrisk_rules.storable import is_one_line, is_storable


def _storable(value: str) -> str:
    """Text that PostgreSQL can hold: no NUL."""
    if not is_storable(value):  # JSON brings no half of a surrogate pair this far
        raise ValueError("must not contain a NUL character")
    return value


def _one_line(value: str) -> str:
    """An identifier or a name: nothing that could begin a new line of a prompt or a log."""
    if not is_one_line(value):
        raise ValueError("must not contain control characters or line breaks")
    return value


def impersonal(value: str) -> str:
    """A name that is kept and shown as it is: it must be nobody's number and no key."""
    if kinds := proved_kinds(value):
        raise ValueError(f"must not hold personal data or a secret ({', '.join(kinds)})")
    return value


def _whole(value: object) -> object:
    """JSON's true and 1.0 are equal to 1 in Python, but they are no rating."""
    if type(value) is not int:
        raise ValueError("must be -1 or 1")
    return value


BUSINESS_YEAR = r"^(FY ?(19|20)?[0-9]{2}|(FY ?)?(19|20)[0-9]{2}/[0-9]{2})$"
"""As people write one: ``FY22``, ``FY2022``, ``2021/22``."""


def _year_of_period(value: object) -> object:
    """The year in which a business year ends: 2022 of ``FY22`` and of ``2021/22``; anything else as it is."""
    if isinstance(value, str) and re.fullmatch(BUSINESS_YEAR, value):
        return next((period.year for period in periods(value)), value)
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must hold more than white space")
    return value


Identifier = Annotated[
    str, StringConstraints(min_length=1, max_length=IDENTIFIER_MAX), AfterValidator(_one_line)
]
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=COMPANY_MAX),
    AfterValidator(_one_line),
]
KeptName = Annotated[Name, AfterValidator(impersonal)]
Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX),
    AfterValidator(_one_line),
]
Strategy = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=REQUEST_STRATEGY_MAX),
    AfterValidator(_storable),
]
PageText = Annotated[
    str, StringConstraints(max_length=TEXT_MAX), AfterValidator(_storable), AfterValidator(_not_blank)
]
Comment = Annotated[str, StringConstraints(max_length=4000), AfterValidator(_storable)]
Correction = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, min_length=TRAINING_ANALYSIS_MIN, max_length=TRAINING_ANALYSIS_MAX
    ),
    AfterValidator(_storable),
]
Year = Annotated[int, Field(ge=YEARS[0], le=YEARS[-1])]
Label = Annotated[
    str,
    StringConstraints(max_length=LABEL_MAX, pattern=LABEL),
    AfterValidator(_storable),
    AfterValidator(_one_line),
]
FiscalYear = Annotated[
    int,
    Field(ge=YEARS[0], le=YEARS[-1]),
    BeforeValidator(_year_of_period),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": YEARS[0], "maximum": YEARS[-1]},
                {"type": "string", "pattern": BUSINESS_YEAR},
            ]
        }
    ),
]
Score = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False)]
Rating = TypeAliasType(
    "Rating",
    Annotated[
        Literal[-1, 1],
        BeforeValidator(_whole),
        Field(
            description="-1: the answer was bad. 1: it was good.",
            json_schema_extra={"x-enum-varnames": ["DISLIKED", "LIKED"]},
        ),
    ],
)
