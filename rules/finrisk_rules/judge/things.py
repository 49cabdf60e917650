"""Things that are no money: what is counted, physical units, cents; by words beside a figure or its name."""

import re
from functools import lru_cache
from typing import Literal

from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.vocabulary import whole

Measure = Literal["", "count", "physical", "cents"]
"""What a place tells of: money or what nothing says; things; a physical unit; hundredths."""

_STAFF = (
    "employee employees headcount workforce staff personnel fte ftes mitarbeiter mitarbeitende "
    "mitarbeitenden mitarbeitender beschäftigte beschäftigten effectif effectifs salariés "
    "collaborateurs empleados plantilla dipendenti medewerkers werknemers anställda"
)
_THINGS = (
    "persons people customers clients subscribers subscriptions users members passengers guests patients "
    "students stores shops branches outlets restaurants hotels rooms beds homes houses dwellings apartments "
    "plots vehicles cars trucks aircraft ships vessels ferries trains wells mines plants factories sites "
    "properties transactions shareholders kunden abonnenten nutzer filialen standorte fahrzeuge "
    "wohnungen personen clients abonnés magasins véhicules personas clientes tiendas vehículos clienti "
    "negozi persone veicoli klanten winkels personen"
)
_NUMBER_OF = "number_of no_of anzahl_der anzahl nombre_de nombre_d' número_de numero_di aantal"
_MONEY = (
    "cost* expens* benefit* deposit* loan* receivable* payable* revenue* sales income compensation "
    "liabilit* equity fund* fee fees payment* due from to by per advance* contract* relationship* list lists "
    "acquisition* value price* turnover charge* profit* loss* remuneration salar* wage* aufwand* kosten "
    "forderungen verbindlichkeiten einlagen erlöse umsatz* charges dettes créances coût* gastos costi share "
    "shares margin rate ratio equipment property"
)
_PREPOSITIONS = "of on for to from by with in per von für an de des aux pour par"

_FIRST = rf"\A(?:(?!{whole(_PREPOSITIONS)})[^\W\d_][\w/&-]*\s+){{0,3}}"
_COUNTED = re.compile(
    rf"(?:{whole(_NUMBER_OF)}|{_FIRST}(?:{whole(f'{_STAFF} {_THINGS}')}))|従業員|社員|店舗数|人員|员工|직원",
    re.IGNORECASE,
)
"""A thing that is counted is what the label names first, or what it gives the number of."""

_EMPLOYED = re.compile(f"{whole(_STAFF)}|従業員|社員|人員|员工|직원", re.IGNORECASE)
_OF_MONEY = re.compile(whole(_MONEY), re.IGNORECASE)

_PHYSICAL = (
    r"(?:[kM]?t|[kM]?oz|kg|tonnes?|tons?|[kMGT]Wh?|[kM]?m[23²³]|km|miles|(?:sq\.? ?|square )(?:ft|m|feet"
    r"|met(?:re|er)s)|[km]*(?:bbl|boe|boed)s?|barrels|litres|liters|hectolitres|hl|TEUs?|ASKs?|RPKs?|ASMs?"
    r"|RPMs?|GB|TB|hours|hectares|ha|units)"
)
_IN_UNIT = re.compile(rf"[(,]\s*(?:in )?(?:(?:'?000s?|thousands?|millions?|m|k|bn) ?)?{_PHYSICAL}\)?(?!\w)")
_OF_UNIT = re.compile(rf"\s?(?:(?:thousand|million|billion|m|bn) )?{_PHYSICAL}(?![\w/])")
_CENTS = re.compile(
    r"(?<![^\W_])(?:cents?|pence|centimes|öre|p(?= per)|c(?= per))(?![^\W_])|\(p\)|\(¢\)|\d ?¢"
)
_BEHIND = re.compile(
    rf"\s+(?:[^\W\d_][\w-]*\s+){{0,2}}?(?:{whole(f'{_STAFF} {_THINGS}')})(?!\s+(?:{whole(_MONEY)}))",
    re.IGNORECASE,
)
_BEFORE = re.compile(
    rf"(?:{whole(f'{_STAFF} employed employs employing {_NUMBER_OF}')})(?:\s+[^\W\d_]+){{0,4}}\s+\Z",
    re.IGNORECASE,
)
WORDS_OF_THINGS = telling(f"{_STAFF} {_THINGS}".split())
_NEAR = 40


@lru_cache(maxsize=8192)
def measure_of(name: str) -> Measure:
    """Return what a label or a head says that its figures measure; "" for money and where nothing tells."""
    if _CENTS.search(name):
        return "cents"
    if _IN_UNIT.search(name):
        return "physical"
    return "count" if _COUNTED.search(name) and not _OF_MONEY.search(name) else ""


def counts_things(text: str, end: int) -> bool:
    """Whether things that are counted stand behind the figure that ends here: ``1,118 million stores``."""
    return _BEHIND.match(text, end) is not None


def measure_beside(sentence: str, start: int, end: int) -> Measure:
    """Return what a sentence says of its figure at this place: the thing that it counts, or its unit."""
    if _OF_UNIT.match(sentence, end):
        return "physical"
    is_counted = _BEHIND.match(sentence, end) or _BEFORE.search(sentence, max(0, start - _NEAR), start)
    return "count" if is_counted else ""


@lru_cache(maxsize=8192)
def is_of_staff(name: str) -> bool:
    """Whether a label or a head names people who are employed."""
    return bool(_EMPLOYED.search(name))


@lru_cache(maxsize=8192)
def is_of_money(name: str) -> bool:
    """Whether a label names money, whatever it is said of."""
    return bool(_OF_MONEY.search(name))
