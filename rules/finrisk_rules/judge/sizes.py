"""What a figure counts for: as written, in ones, or where brackets say no minus; and what it could round."""

from math import log10

from finrisk_rules.quantities import Quantity

_FLOAT_ERROR = 1e-9


def _written(figure: Quantity) -> float:
    return float(figure.value)


def _amount(figure: Quantity) -> float:
    return float(figure.amount)


def grouped(figure: Quantity) -> float:
    """The amount where brackets say no minus: ``Segment A ($160 million)``."""
    return float(abs(figure.amount) if figure.bracketed else figure.amount)


SIZES = (_written, _amount, grouped)


def may_be(result: Quantity, *values: float) -> bool:
    """Whether it is worth to ask if a result rounds one of the values, whatever their powers of ten."""
    written = abs(float(result.value))
    if not written:
        return True
    for value in map(abs, values):
        if value and abs(value * 10.0 ** round(log10(written / value)) - written) <= (
            0.51 * 10.0**-result.places + written * _FLOAT_ERROR
        ):
            return True
    return False
