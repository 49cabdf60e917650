"""Years: whether what a statement says of one stands in a source for another."""

from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.period_fits import comparable
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import JudgedSource


def is_of_another_year(claim: Claim, statement: Statement, trace: Trace, source: JudgedSource) -> bool:
    """Whether a statement names years, but none of those at the place, or of its source."""
    is_alone = trace.table is None or (claim.phrase.is_base and len(claim.phrase.periods) == 1)
    claims = [claim] if is_alone else statement.claims
    named = {year for each in claims for year, _ in each.phrase.periods if year}
    if not named:
        return False
    if named == {source.year} and trace.is_compared and not claim.phrase.is_base:
        return True
    said = (period for each in claims for period in each.phrase.periods if period[0])
    there = {year for year, _ in comparable(said, trace.periods) if year}
    if trace.table is None and not there:
        return False
    if there:
        return named.isdisjoint(there)
    return source.year not in named and not any(str(year) in source.text + source.title for year in named)
