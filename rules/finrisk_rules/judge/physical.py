"""Physical units: tonnes, ounces, barrels, watt-hours, with the power of ten that their name has."""

import re
from functools import lru_cache
from typing import NamedTuple

from finrisk_rules.judge.hints import telling
from finrisk_rules.patterns import pattern_of


class PhysicalUnit(NamedTuple):
    """A unit of a kind, and its power of ten among those of that kind: of a tonne 0, of "kt" 3."""

    kind: str
    power: int


_NAMES: dict[str, dict[int, str]] = {
    "mass": {0: "t tonne tonnes tons tonnen toneladas tonnellate ton", 3: "kt kton ktons", 6: "Mt Mton",
             -3: "kg kilograms kilogrammes"},
    "energy": {3: "kWh", 6: "MWh", 9: "GWh", 12: "TWh"},
    "power": {3: "kW", 6: "MW", 9: "GW", 12: "TW"},
    "ounces": {0: "oz ounces ounce onces Unzen", 3: "koz", 6: "Moz"},
    "barrels": {0: "bbl bbls Bbl Bbls barrels boe boed Boe BOE",
                3: "kbbl mbbl Mbbl MBbl kbd kboe kboed mboe Mboe MBoe MBOE mboed Mboed",
                6: "mmbbl MMbbl MMBbl mmboe MMboe MMBoe MMBOE"},
    "gas": {3: "mcf Mcf", 6: "mmcf MMcf", 9: "bcf Bcf", 12: "tcf Tcf"},
    "area": {0: "m² m2 sqm square_metres square_meters", 4: "ha hectares hectare hectáreas Hektar", 6: "km²"},
    "acres": {0: "acres acre"},
    "square feet": {0: "square_feet square_foot sq_ft sq._ft."},
    "volume": {0: "m³ m3", 6: "hm³", 9: "bcm"},
    "data": {9: "GB", 12: "TB", 15: "PB"},
}  # fmt: skip
_UNITS = {
    name.replace("_", " "): PhysicalUnit(kind, power)
    for kind, by_power in _NAMES.items()
    for power, names in by_power.items()
    for name in names.split()
}
_WORD = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_SCALE = r"(?:thousand|million|billion|'?000s?|m|mn|bn|k)"
_BEHIND = pattern_of(rf"[ \u00a0-]?(?P<unit>{_WORD})(?![\w³²])(?!/(?!d))")
_NOT_EACH = "(?<!per)(?<!je)(?<!par)(?<!por)"
_NAMED = pattern_of(rf"(?:[(,]\s*(?:in )?(?:{_SCALE} )?|\A|{_NOT_EACH}\s)(?P<unit>{_WORD})(?![\w³²/])")
WORDS_OF_UNITS = telling(name for name in _UNITS if name.isascii())
"""A text in ASCII that names a unit has one of these words."""


def unit_behind(text: str, end: int) -> PhysicalUnit | None:
    """Return the unit behind the figure that ends here, its scale included: ``3 million tonnes``."""
    match = _BEHIND.match(text, end)
    return _UNITS[match["unit"]] if match else None


@lru_cache(maxsize=8192)
def unit_named(name: str) -> PhysicalUnit | None:
    """Return the unit that a label or a head gives its figures: of "Copper (kt)", "MWh sales"."""
    match = _NAMED.search(name)
    return _UNITS[match["unit"]] if match else None
