"""Names of rows: a row that fits a claim better, though the name of the right one says more of it."""

from finrisk_rules.judge.evidence import Spot
from finrisk_rules.judge.fits import CLEARLY, GOOD_ROW
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems_of_name
from finrisk_rules.judge.table_evidence import is_balance
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.tracing import Reader
from finrisk_rules.judge.vocabulary import NET_OR_GROSS, NET_RESULT, WORDS_OF_RESULT

_STEMS_OF_RESULT = stems_of_name(WORDS_OF_RESULT)


def is_outdone(reader: Reader, spot: Spot, row_fit: float, right: Trace) -> bool:
    """Whether the name of the right row says more of the claim than that of a row which fits better."""
    return (
        _is_said_in_whole(reader, spot, right)
        or _is_part_named_in_passing(reader, spot, right)
        or _is_named_in_part(reader, spot, right)
        or _is_year_of_bridge(reader, spot, row_fit, right)
    )


def _is_said_in_whole(reader: Reader, spot: Spot, right: Trace) -> bool:
    """Whether a claim has all words of the right row's name, and not those of the other row, but for "total".

    "Sensing sales were 958 and its segment profit was 140" says nothing of "Total segment profit". A name of
    one word may be said of anything: it does so only where the other row is a total, and none is said.
    """
    table, other = reader.evidence.tables[spot[0]], right.table
    if table is not other:
        return False
    name, own = (stems_of_name(table.rows[row][0]) for row in (spot[2][0], right.spot[2][0]))
    if not own or own & STEMS_OF_TOTAL or not own <= reader.words.keys():
        return False
    if name & STEMS_OF_TOTAL and reader.words.keys().isdisjoint(STEMS_OF_TOTAL):
        return True
    return len(own) > 1 and not name - STEMS_OF_TOTAL <= reader.words.keys()


def _is_part_named_in_passing(reader: Reader, spot: Spot, right: Trace) -> bool:
    """Whether a claim has half of a row's name or less, and the right row is a total or balance of its table.

    "Restructuring costs were 8" says nothing of "Severance and related costs". Its head fits as well as that
    of the other row, or better.
    """
    table = reader.evidence.tables[spot[0]]
    if table is not right.table or table.is_turned:
        return False
    (row, column), (own_row, own_column) = spot[2][:2], right.spot[2][:2]
    name, own = table.rows[row][0], table.rows[own_row][0]
    if is_balance(name) or not (is_balance(own) or stems_of_name(own) <= STEMS_OF_TOTAL):
        return False
    heads, said = reader.table_fits(spot[0])[1], stems_of_name(name)
    return heads[own_column] >= heads[column] and 2 * len(said & reader.words.keys()) <= len(said)


def _is_named_in_part(reader: Reader, spot: Spot, right: Trace) -> bool:
    """Whether a row has part of the right row's name, and the claim all of it: "Other" of "Other assets"."""
    table = reader.evidence.tables[spot[0]]
    if table is not right.table:
        return False
    name, own = (stems_of_name(table.rows[row][0]) for row in (spot[2][0], right.spot[2][0]))
    own -= STEMS_OF_TOTAL
    return bool(name) and name < own <= reader.words.keys()


def _is_year_of_bridge(reader: Reader, spot: Spot, row_fit: float, right: Trace) -> bool:
    """Whether a row fits by the year in its name alone, in a table that leads from one year to the next.

    "2016 net revenue" stands below "Net wholesale revenue", which is what became of it in that year.
    """
    table = reader.evidence.tables[spot[0]]
    if table is not right.table or row_fit > right.row_fit - CLEARLY or right.row_fit < GOOD_ROW:
        return False
    (row, column), (own_row, own_column) = spot[2][:2], right.spot[2][:2]
    return bool(table.row_periods[row]) and not (
        table.row_periods[own_row] or table.head_periods[own_column] or table.head_periods[column]
    )


def are_namesakes(reader: Reader, spot: Spot, right: Trace) -> bool:
    """Whether two rows, of one table or of two, are called alike, and their heads are of one period."""
    table, other = reader.evidence.tables[spot[0]], right.table
    (row, column), (other_row, other_column) = spot[2][:2], right.spot[2][:2]
    if other is None or not _are_called_alike(reader, table.rows[row][0], other.rows[other_row][0]):
        return False
    above, other_above = (stems_of_name(each) for each in (table.rows[row][1], other.rows[other_row][1]))
    if above != other_above and not (above - other_above).isdisjoint(reader.near):
        return False
    return (
        table.head_periods[column] == other.head_periods[other_column]
        and spot[2][0:2] != right.spot[2][0:2]
        and (table is not other or row != other_row)
    )


def _are_called_alike(reader: Reader, name: str, other: str) -> bool:
    """Whether two rows have one name, but for a net or gross that the claim does not say.

    "Profit" alone means the net one, which is the ``other``, and not "gross profit".
    """
    if name.lower() == other.lower():
        return True
    if NET_RESULT.search(other) and reader.words.keys().isdisjoint(stems_of_name(name) - _STEMS_OF_RESULT):
        return True
    if not (NET_OR_GROSS.search(name) or NET_OR_GROSS.search(other)):
        return False
    bare, other_bare = (stems_of_name(NET_OR_GROSS.sub(" ", each)) for each in (name, other))
    apart = stems_of_name(name) ^ stems_of_name(other)
    return bare == other_bare and apart.isdisjoint(reader.near)
