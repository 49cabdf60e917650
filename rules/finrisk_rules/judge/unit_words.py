"""Unit words: "months" or "customers" right behind a figure whose place has another one."""

import re
from functools import lru_cache

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import cannot_say, telling
from finrisk_rules.judge.physical import unit_named
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.table_evidence import TableEvidence
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.table_heads import unit_column

_TIME_WORDS = {
    "year": "year years jahr jahre jahren ans année années año años anno anni ano anos",
    "month": "month months monat monate monaten mois mes meses mese mesi mês",
    "week": "week weeks woche wochen semaine semaines semana semanas settimana settimane",
    "day": "day days tag tage tagen jour jours día días giorno giorni dia dias",
    "hour": "hour hours stunde stunden heure heures hora horas ora ore",
}
_THING_WORDS = {
    "staff": "employees employee staff workers mitarbeiter mitarbeitende mitarbeitenden beschäftigte "
    "salariés collaborateurs empleados dipendenti",
    "customers": "customers clients subscribers users kunden abonnenten nutzer clientes clienti abonnés",
    "shops": "stores shops branches outlets restaurants filialen magasins tiendas negozi",
    "homes": "homes houses apartments dwellings wohnungen",
    "vehicles": "vehicles cars trucks fahrzeuge véhicules vehículos veicoli",
    "aircraft": "aircraft planes flugzeuge avions aviones",
    "papers": "shares aktien actions acciones azioni ações",
    "suppliers": "suppliers vendors lieferanten fournisseurs proveedores fornitori",
    "patients": "patients patienten pacientes pazienti",
    "shareholders": "shareholders stockholders aktionäre actionnaires accionistas azionisti",
}
_SIZES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9}
_PER = pattern_of(
    rf"(?:{whole('per je pro par por')})\s+(?:(?P<word>{'|'.join(_SIZES)})|(?P<number>1[0,.]*))\s+[^\W\d_]",
    re.IGNORECASE,
)
"""Of how many a rate is: "1.12 per million hours"."""

_WORDS_OF_PER = telling(("per", "je", "pro", "par", "por"))
_BETWEEN = r"\s+(?:(?!of |and |or |to |in |und |de )[^\W\d_][\w'-]*\s+){0,2}?"


def _behind(words: dict[str, str], between: str) -> re.Pattern[str]:
    return pattern_of(
        between + "(?:" + "|".join(rf"(?P<{name}>{whole(each)})" for name, each in words.items()) + ")",
        re.IGNORECASE,
    )


_WORDS = telling(word for each in (*_TIME_WORDS.values(), *_THING_WORDS.values()) for word in each.split())
_TIME, _THING = _behind(_TIME_WORDS, r"[\s-]+"), _behind(_THING_WORDS, _BETWEEN)
_TIME_NAMED = _behind(_TIME_WORDS, r"[(,]\s*(?:in\s+)?")
_RATIO = pattern_of(rf"{whole('ratio ratios percentage points quote')}\W*\Z", re.IGNORECASE)
_MOST_RATIO = 1_000
"""What a figure of a row that is called a ratio is below."""


def is_of_another_word(claim: Claim, statement: Statement, trace: Trace) -> bool:
    """Whether a figure is said of another unit or thing than its place names: months of years."""
    text, end = statement.text, claim.quantity.end
    if not cannot_say(statement.words, _WORDS) and (
        _is_of_other_time(text, end, trace) or _is_of_other_thing(text, end, trace)
    ):
        return True
    if _is_multiple_there(claim, trace):
        return True
    if not cannot_say(statement.words, _WORDS_OF_PER) and _is_per_other_number(text, end, trace):
        return True
    table = trace.table
    if table is None:
        return False
    quantity = claim.quantity
    if (quantity.currency or quantity.scale) and _is_ratio(trace.place.row) and _is_small(trace):
        return True
    return _unit_column(table) > 0 and _is_of_other_cell(claim, trace)


def _is_multiple_there(claim: Claim, trace: Trace) -> bool:
    """Whether a source writes a percentage or an amount of money with the sign of a multiple: 1.9x."""
    quantity = claim.quantity
    _, _, value, _, unit, _ = trace.spot[2]
    if unit or not (quantity.unit == "percent" or quantity.currency) or not _is_small(trace):
        return False
    written = re.escape(str(value).lstrip("-"))
    text = trace.text if trace.table else trace.place.sentence
    return re.search(rf"(?<![\d.,]){written}0? ?[x\u00d7](?![^\W_])", text) is not None


def _is_of_other_time(text: str, end: int, trace: Trace) -> bool:
    said = _TIME.match(text, end)
    if said is None:
        return False
    there = _TIME.match(*_spot(trace)) if trace.table is None else _TIME_NAMED.search(_names(trace))
    return there is not None and there.lastgroup != said.lastgroup


def _is_per_other_number(text: str, end: int, trace: Trace) -> bool:
    """Whether a rate is said of another number of things than there: per thousand hours for per million."""
    said = _PER.match(text, end + 1)
    if said is None:
        return False
    spot = _spot(trace) if trace.table is None else None
    there = _PER.match(spot[0], spot[1] + 1) if spot else _PER.search(f"{_unit_cell(trace)} {_names(trace)}")
    return there is not None and _counted(there) != _counted(said)


def _counted(per: re.Match[str]) -> int:
    """Return the power of ten of the things of which a rate is."""
    return _SIZES[per["word"].lower()] if per["word"] else per["number"].count("0")


def _is_of_other_thing(text: str, end: int, trace: Trace) -> bool:
    if trace.table is not None or (said := _THING.match(text, end)) is None:
        return False
    there = _THING.match(*_spot(trace))
    return there is not None and there.lastgroup != said.lastgroup


def _is_small(trace: Trace) -> bool:
    """Whether a figure may be a ratio: no money, and below _MOST_RATIO."""
    return not trace.spot[2][5] and abs(trace.value) < _MOST_RATIO


@lru_cache(maxsize=4096)
def _is_ratio(label: str) -> bool:
    return _RATIO.search(label) is not None


def _is_of_other_cell(claim: Claim, trace: Trace) -> bool:
    """Whether the row of a figure has a cell that names its unit, and the figure is said in another one."""
    if (unit := _unit_cell(trace)) == "":
        return False
    quantity = claim.quantity
    if unit == "%":
        return bool(claim.unit or quantity.currency or quantity.scale or claim.measure == "multiple")
    if quantity.unit == "percent":
        return True
    there = unit_named(unit) or unit_named(f"({unit})")
    if there is None or claim.unit is None:
        return False
    return there.kind != claim.unit.kind or (there.power != claim.unit.power and not quantity.scale)


def _unit_cell(trace: Trace) -> str:
    """Return the cell of the row under a head "Unit"; "" where there is none."""
    table = trace.table
    at = _unit_column(table) if table else 0
    return _cell_of_line(trace.text, table.rows[trace.spot[2][0]][0], at) if table and at else ""


@lru_cache(maxsize=512)
def _unit_column(table: TableEvidence) -> int:
    """Return the number of the column that names the units of the rows, 0 for none."""
    return unit_column(table.heads)


@lru_cache(maxsize=1024)
def _cell_of_line(text: str, label: str, at: int) -> str:
    line = re.search(rf"^\s*\|\s*{re.escape(label)}\s*\|.*$", text, re.MULTILINE)
    cells = line[0].strip().strip("|").split("|") if line else []
    return cells[at].strip() if at < len(cells) else ""


def _names(trace: Trace) -> str:
    table = trace.table
    return f"{trace.place.row} | {table.heads[trace.spot[2][1]]}" if table else ""


def _spot(trace: Trace) -> tuple[str, int]:
    """Return the sentence of a place, and where its figure ends in it."""
    return trace.place.sentence, trace.evidence.statements[trace.spot[1]].figures[trace.spot[2][0]][5]
