"""What a figure is of, by words beside it or its name: things that are counted, physical units, cents, or
money for each of something."""

import re
from functools import lru_cache
from typing import Literal

from finrisk_rules.judge.hints import telling
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

Measure = Literal["", "count", "physical", "cents", "each", "multiple"]
"""What a place tells of: money or what nothing says; things; a physical unit; hundredths; money for each; how
many times something is something else."""

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
_PAPERS = "shares options warrants awards aktien actions acciones azioni ações aandelen aktier"
"""Counted in prose; in a label they also stand for money: "Ordinary shares"."""

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
_COUNTED = pattern_of(
    rf"(?:{whole(_NUMBER_OF)}|{_FIRST}(?:{whole(f'{_STAFF} {_THINGS}')}))|従業員|社員|店舗数|人員|员工|직원",
    re.IGNORECASE,
)
"""A thing that is counted is what the label names first, or what it gives the number of."""

_NUMBERED = pattern_of(rf"(?:(?:total|gesamte?) )?{whole(_NUMBER_OF)}", re.IGNORECASE)
_EMPLOYED = pattern_of(f"{whole(_STAFF)}|従業員|社員|人員|员工|직원", re.IGNORECASE)
_OF_MONEY = pattern_of(whole(_MONEY), re.IGNORECASE)

_PHYSICAL = (
    r"(?:[kM]?t|[kM]?oz|kg|tonnes?|tons?|[kMGT]Wh?|[kM]?m[23²³]|km|miles|(?:sq\.? ?|square )(?:ft|m|feet"
    r"|met(?:re|er)s)|[km]*(?:bbl|boe|boed)s?|barrels|litres|liters|hectolitres|hl|TEUs?|ASKs?|RPKs?|ASMs?"
    r"|RPMs?|GB|TB|hours|hectares|ha|units)"
)
_IN_UNIT = pattern_of(rf"[(,]\s*(?:in )?(?:(?:'?000s?|thousands?|millions?|m|k|bn) ?)?{_PHYSICAL}\)?(?!\w)")
_OF_UNIT = pattern_of(rf"\s?(?:(?:thousand|million|billion|m|bn) )?{_PHYSICAL}(?![\w/])")
_CENTS = pattern_of(
    r"(?<![^\W_])(?:cents?|pence|centimes|öre|p(?= per)|c(?= per))(?![^\W_])|\(p\)|\(¢\)|\d ?¢"
)
_COUNTS = whole(f"{_STAFF} {_THINGS} {_PAPERS}")
_BEHIND = pattern_of(
    rf"\s+(?:[^\W\d_][\w-]*\s+){{0,2}}?(?:{_COUNTS})(?!\s+(?:{whole(_MONEY)}))", re.IGNORECASE
)
_BEFORE = pattern_of(
    rf"(?:{whole(f'{_STAFF} employed employs employing {_NUMBER_OF}')})(?:\s+[^\W\d_]+){{0,4}}\s+\Z",
    re.IGNORECASE,
)
_PER = (
    r"(?:(?:per|je|pro|par|por) (?!(?:cent|cento|ciento|annum|the|our|ifrs|gaap|note|end|ende|rapport)(?!\w))"
    r"[^\W\d_]|an? share(?!\w)|/ ?(?:share|oz|lb|t|tonne|bbl|boe|MWh)(?!\w))"
)
_EACH_BEHIND = pattern_of(rf"\s?(?:(?:basic|diluted|ordinary|common) )?{_PER}|/10?株|每股", re.IGNORECASE)
_EACH = pattern_of(rf"(?<!\w){_PER}|(?<!\w)(?:EPS|DPS|ARPU|RevPAR)(?!\w)|1株|１株|每股|주당", re.IGNORECASE)
_MULTIPLE = pattern_of(
    rf"(?:\s?(?:[x\u00d7](?![^\W_])|倍|{whole('times fold fach fache mal fois veces vezes volte')})|-fold)"
    r"(?!\s*[$€£¥]?\d)",
    re.IGNORECASE,
)
"""Behind a figure, what says that it is how many times; before another one it is an operator."""

_RATIO = pattern_of(
    rf"{whole('ratio ratios times multiple cover coverage leverage turns veces vezes fois quote verhältnis')}"
    r"|/|\(x\)|倍",
    re.IGNORECASE,
)
WORDS_OF_MULTIPLES = frozenset("x times fold fach fache mal fois veces vezes volte".split())
WORDS_OF_EACH = frozenset("per je pro par por share oz lb t tonne bbl boe mwh".split())
"""A text in ASCII that says money for each behind a figure has one of these words."""

WORDS_OF_THINGS = telling(f"{_STAFF} {_THINGS} {_PAPERS}".split())
_NEAR, _FAR = 40, 80
_FIGURE = pattern_of(r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d")
"""Where a number begins that is no year."""


_OF_PAPERS = pattern_of(
    r"(?:weighted|average|number of|outstanding|diluted|basic)[^|]{0,40}(?<![^\W_])shares(?!\w)"
    r"|(?<![^\W_])shares\W{0,3}(?:outstanding|issued|purchased|basic|diluted)",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def is_of_papers(name: str) -> bool:
    """Whether a label or a head gives the number of shares."""
    return bool(_OF_PAPERS.search(name)) and not says_each(name)


@lru_cache(maxsize=8192)
def measure_of(name: str) -> Measure:
    """Return what a label or a head says that its figures measure; "" for money and where nothing tells."""
    if _CENTS.search(name):
        return "cents"
    if _IN_UNIT.search(name):
        return "physical"
    if _NUMBERED.match(name) or (_COUNTED.search(name) and not _OF_MONEY.search(name)):
        return "count"
    return "each" if says_each(name) else ""


def counts_things(text: str, end: int) -> bool:
    """Whether things that are counted stand behind the figure that ends here: ``1,118 million stores``."""
    return _BEHIND.match(text, end) is not None


def is_multiple(text: str, end: int) -> bool:
    """Whether the figure that ends here says how many times: ``2.5x``, ``2,5 veces``."""
    return _MULTIPLE.match(text, end) is not None


@lru_cache(maxsize=8192)
def may_be_multiple(name: str) -> bool:
    """Whether a label or a head may name how many times one thing is another."""
    return _RATIO.search(name) is not None


def is_each(text: str, end: int) -> bool:
    """Whether the figure that ends here is said of each of something: ``2.41 per share``."""
    return _EACH_BEHIND.match(text, end) is not None


def is_each_near(text: str, start: int, end: int) -> bool:
    """Whether the words beside the figure of this place, up to the next ones, speak of each of something."""
    return any(
        says_each(words)
        for words in (
            _FIGURE.split(text[max(0, start - _FAR) : start])[-1],
            _FIGURE.split(text[end : end + _FAR])[0],
        )
    )


@lru_cache(maxsize=8192)
def says_each(name: str) -> bool:
    """Whether a label, a head or the words before a figure name an amount for each of something."""
    return _EACH.search(name) is not None


def measure_beside(sentence: str, start: int, end: int) -> Measure:
    """Return what a sentence says of its figure at this place: the thing that it counts, or its unit."""
    if _OF_UNIT.match(sentence, end):
        return "physical"
    if is_each(sentence, end) or says_each(_FIGURE.split(sentence[max(0, start - _NEAR) : start])[-1]):
        return "each"
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
