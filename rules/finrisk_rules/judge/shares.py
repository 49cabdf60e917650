"""Shares and multiples of what a sentence names: of a figure, of a line of a table, of a whole in a source.

``$655 million, about 18 % of the total`` and ``debt of $4,310 million is 4.8 times EBITDA`` divide a figure
that is right by what stands behind "of" or "times". Where nothing is named, ``$410 million (49 %)`` is of
the total of its table, or of the whole of which its source says that it is a part. ``Compared with 15 % in
2023`` divides what both were then.
"""

import re
from collections.abc import Iterator, Sequence, Set

from finrisk_rules.judge.agreement import are_other_currencies
from finrisk_rules.judge.amounts import (
    Amount,
    IsAnother,
    amount_of,
    amounts_named,
    divided,
    last_year_of,
    of_years,
    subjects,
    totals_of,
)
from finrisk_rules.judge.findings import Finding
from finrisk_rules.judge.fits import BESIDE
from finrisk_rules.judge.mentions import LONGEST
from finrisk_rules.judge.parts import denies
from finrisk_rules.judge.stems import STEMS_OF_TOTAL, stems, stems_of_name
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import WRONG, FigureVerdict
from finrisk_rules.judge.vocabulary import whole
from finrisk_rules.patterns import pattern_of

MOST_FIGURES, FARTHEST = 8, 2
"""Figures of a sentence that may be shares, and amounts before one that may be its part."""

LONGEST_NAME, LONGEST_BEHIND = 40, 50
"""Characters of the name of a whole, and those behind a share in which it may be denied."""

LOOKS_OF_SHARE = 6
"""What it counts for to ask of which part and whole a figure is the share."""

_ARTICLES = (
    rf"(?:{whole('the its our their all that those of der die das den des la le les los el')}['\u2019\s]+)*"
)
_YEAR = r"(?:(?:fiscal\s+)?(?:years?\s+|FY\s?)?(?:19|20)\d\d(?:['\u2019]s)?\s+(?=[^\W\d]))?"
"""Before a name, the year in which it is meant: "44 % of fiscal 2024 revenue"."""

_OF = pattern_of(
    rf"\s*\)?\s*(?:{whole('of von der des de du del dei')}['\u2019\s]+|d['\u2019]){_ARTICLES}{_YEAR}",
    re.IGNORECASE,
)
_RELATED = pattern_of(
    whole(
        "in_relation_to relative_to as_a_percentage_of bezogen_auf gemessen_an im_verhältnis_zu "
        "im_verhältnis_zum im_verhältnis_zur rapporté_à rapportée_à rapportés_à rapporté_au en_proportion_de "
        "in_rapporto_a in_rapporto_ai en_relación_con em_relação_a"
    )
    + rf"['\u2019\s]+{_ARTICLES}",
    re.IGNORECASE,
)
_TIMES = pattern_of(
    rf"\s?(?:x(?![^\W_])|-?{whole('times fold fach fache fois veces volte')})\s+"
    rf"(?:as\s+(?:much|large|high)\s+as\s+)?{_ARTICLES}",
    re.IGNORECASE,
)
_PART_OF = pattern_of(
    rf"\s+(?:{whole('out')}\s+)?{whole('of von de sur di')}\s+{_ARTICLES}(?:[^\W\d_]+\s+){{0,3}}[^\w\s]?",
    re.IGNORECASE,
)
"""Between a part and the whole of which it is: "5 of the 8", "5 out of a total of 8"."""

_OF_BEFORE = pattern_of("\\s*(?:の|に占める(?:割合|比率|構成比)は|に対する(?:割合|比率)は)\\s*約?\\s*")
"""Between a whole and the share of it, in Japanese: "全体248,617百万円の33.9%"."""

_OF_WHICH = pattern_of(whole("of_which of_that of_this davon dont de_los_cuales di_cui"), re.IGNORECASE)

_NAME = pattern_of(
    rf"(?:[^\d;:(),]|(?<!\d)(?:19|20)\d\d(?!\d)){{0,60}}?(?:\(|{whole('of at von de')}\s)?[^\w;:]{{0,4}}",
    re.IGNORECASE,
)
"""Between "of" and the figure of the whole: "of cost of revenue ($1,419.8 million)", "of debt of $3,900m"."""

_ASIDE = pattern_of(
    r"\s*(?:,\s*)?(?:\(|(?:or|oder|soit|o|i\.e\.,?|equal\sto|equivalent\sto|representing|rund)\s)?[^\d;.]{0,16}"
)
"""Between a figure and its share: "$410 million (49 %)", "$24 million, or 9 %"."""

_LISTED = pattern_of(rf"[^\d;:.]{{0,40}}{whole('and und et y e')}[^\d;:.]{{0,40}}", re.IGNORECASE)
_END = pattern_of(r"\s*(?:[),;.]|\Z)")


class Shares:
    """The figures of a sentence that may be shares.

    ``earlier`` are the findings on the sentences before; ``is_another`` says of a figure and the number of a
    source whether that is of another firm.
    """

    def __init__(
        self, text: str, findings: Sequence[Finding], earlier: Sequence[Finding], is_another: IsAnother
    ) -> None:
        self.text, self.findings, self.earlier, self.is_another = text, findings, earlier, is_another
        self.found: dict[int, tuple[Amount, Amount]] = {}

    def of(self, at: int) -> Trace | None:
        """Return the place of the part of which a figure is the share, or the multiple, of a whole."""
        for part, total in self._pairs(at):
            if place := divided(self.findings[at], part, total):
                self.found[at] = part, total
                return place
        return None

    def _pairs(self, at: int) -> Iterator[tuple[Amount, Amount]]:
        """Yield the parts with the wholes of which the words by a figure may say that it is the share."""
        claim = self.findings[at].claim
        is_share, end = claim.quantity.unit == "percent", claim.quantity.end
        if is_share and (related := self._related(at)):
            for part in self._subjects(at):
                yield from ((part, total) for total in related if _are_of_one_time(part, total))
        parts = list(self._parts(at))
        if behind := (_OF if is_share else _TIMES).match(self.text, end):
            named = list(self._wholes(at, behind.end()))
            parts = parts or list(self._subjects(at))
            for part in parts:
                yield from ((part, total) for total in named if _are_of_one_time(part, total))
                if all(total.place.table is not part.place.table for total in named):
                    yield from ((part, total) for total in self._totals(behind.end(), part))
        elif is_share and parts and self._is_aside(at) and not self._is_denied(end, parts[0]):
            yield from ((parts[0], total) for total in totals_of(parts[0]))
        yield from self._written(at) if is_share else ()
        yield from self._of_which(at) if is_share else ()
        yield from self._of_other_years(at)

    def _written(self, at: int) -> Iterator[tuple[Amount, Amount]]:
        """Yield the part and the whole that are written right behind or before their share: "(5 of 8)"."""
        for first in (at + 1, at - 2):
            pair = self.findings[max(first, 0) : first + 2]
            if first >= 0 and len(pair) == 2:
                one, two = (each.claim.quantity for each in pair)
                part, total = map(amount_of, pair)
                if part and total and _PART_OF.fullmatch(self.text, one.end, two.start):
                    yield part, total
        pair = self.findings[at - 2 : at] if at > 1 else []
        if pair and _OF_BEFORE.fullmatch(
            self.text, pair[1].claim.quantity.end, self.findings[at].claim.quantity.start
        ):
            part, total = map(amount_of, pair)
            if part and total:
                yield part, total

    def _of_which(self, at: int) -> Iterator[tuple[Amount, Amount]]:
        """Yield the figure before "of which" as the whole, with what is named behind that: its part.

        That is a figure said before by that name, or a line of a table in the period of the whole.
        """
        if at == 0:
            return
        before, end = self.findings[at - 1], self.findings[at].claim.quantity.start
        led = _OF_WHICH.search(self.text, before.claim.quantity.end, end)
        if led is None or before.claim.quantity.unit:
            return
        name = stems(self.text[led.end() : end])
        said = [each for each in self.findings[: at - 1] if not name.isdisjoint(_words_beside(each))]
        total = amount_of(before)
        if len(said) == 1 and (part := amount_of(said[0])):
            yield part, total or part._replace(value=abs(float(before.claim.quantity.amount)))
        elif total:
            for reader in self.findings[at].readers:
                if not self.is_another(self.findings[at], reader.source):
                    yield from ((part, total) for part in subjects(self.text, end, total.years, reader))

    def _of_other_years(self, at: int) -> Iterator[tuple[Amount, Amount]]:
        """Yield part and whole of the share before a figure in the year with which that is compared."""
        claim = self.findings[at].claim
        before = next((n for n in range(at - 1, -1, -1) if n in self.found), None)
        if before is None or self.findings[before].claim.quantity.unit != claim.quantity.unit:
            return
        said = {year for year, _ in claim.phrase.periods if year}
        if claim.phrase.is_base or said:
            part, total = self.found[before]
            for one in of_years(part, said):
                yield from ((one, each) for each in of_years(total, said) if _are_of_one_time(one, each))

    def _parts(self, at: int) -> Iterator[Amount]:
        """Yield the nearest amounts before a figure that are right, and the first one of its sentence."""
        amounts = [amount_of(each) for n, each in enumerate(self.findings[:at]) if n not in self.found]
        known = list(filter(None, amounts))
        nearest = known[: -FARTHEST - 1 : -1]
        yield from nearest
        yield from self._listed(at, nearest)
        yield from known[:1] if len(known) > len(nearest) else ()

    def _listed(self, at: int, nearest: Sequence[Amount]) -> Iterator[Amount]:
        """Yield the sum of the two amounts before a figure, where they are a list: "A (5) and B (6) are"."""
        if len(nearest) < 2:
            return
        two, one = nearest
        if are_other_currencies(one.currency, two.currency) or one.place == two.place:
            return
        spans = [each.claim.quantity for each in self.findings[:at] if each.trace in (one.place, two.place)]
        if len(spans) == 2 and _LISTED.fullmatch(self.text, spans[0].end, spans[1].start):
            yield one._replace(value=one.value + two.value, years=one.years | two.years)

    def _subjects(self, at: int) -> Iterator[Amount]:
        """Yield the amounts of the line that stands before a figure, in the year that is said of it."""
        finding = self.findings[at]
        years = {year for reader in finding.readers for (year, _), _ in reader.periods if year}
        for reader in finding.readers:
            if not self.is_another(finding, reader.source):
                yield from subjects(self.text, finding.claim.quantity.start, years, reader)

    def _wholes(self, at: int, start: int) -> Iterator[Amount]:
        """Yield what stands behind "of": a right figure, else the amounts of the name that stands there."""
        following = self.findings[at + 1 : at + 2]
        is_said = following and _NAME.fullmatch(self.text, start, following[0].claim.quantity.start)
        if is_said and (total := amount_of(following[0])):
            yield total._replace(years=frozenset())
            return
        finding = self.findings[at]
        own = [each for each in finding.readers if not self.is_another(finding, each.source)]
        yield from amounts_named(self.text, start, own, self.earlier)

    def _related(self, at: int) -> list[Amount]:
        """Return the amounts of a whole that is named before all figures: "In relation to revenue"."""
        finding = self.findings[at]
        led = None if at else _RELATED.search(self.text, 0, finding.claim.quantity.start)
        own = [each for each in finding.readers if not self.is_another(finding, each.source)] if led else []
        return list(amounts_named(self.text, led.end(), own, self.earlier)) if led else []

    def _totals(self, start: int, part: Amount) -> Iterator[Amount]:
        """Yield the totals of a part that go by the name that begins at a place.

        "Of the total", or "of revenue" of a part below that caption, or above a total of that name.
        """
        said = re.split(r"[,;:()\d.]| (?:in|for|at|and) ", self.text[start : start + LONGEST_NAME])[0]
        name, table = stems_of_name(said), part.place.table
        caption = stems_of_name(table.caption) if table else frozenset()
        for total in totals_of(part) if name else ():
            if name <= STEMS_OF_TOTAL | caption | stems_of_name(total.place.place.row):
                yield total

    def _is_denied(self, end: int, part: Amount) -> bool:
        """Whether what follows is said to be what the row of a part is not: "non-current"."""
        return denies(self.text[end : end + LONGEST_BEHIND], part.place.place.row)

    def _is_aside(self, at: int) -> bool:
        if at - 1 in self.found or amount_of(self.findings[at - 1]) is None:
            return False
        part, share = self.findings[at - 1].claim.quantity, self.findings[at].claim.quantity
        if self.text[share.end - 1] in ")\uff09":
            return not self.text[part.end : share.start].strip()
        return bool(_ASIDE.fullmatch(self.text, part.end, share.start) and _END.match(self.text, share.end))


def _words_beside(finding: Finding) -> Set[str]:
    return {word for word, weight in finding.claim.phrase.words.items() if weight >= BESIDE}


def follow_shares(
    text: str, findings: Sequence[Finding], earlier: Sequence[Finding], is_another: IsAnother
) -> None:
    """Acquit the figures of a sentence that are the share or the multiple of what it names."""
    if len(text) > LONGEST:
        return
    places = [at for at, each in enumerate(findings) if _may_be_share(each)][:MOST_FIGURES]
    if all(findings[at].is_right for at in places):
        return
    shares = Shares(text, findings, earlier, is_another)
    for at in places:
        finding = findings[at]
        allowance = finding.readers[0].allowance
        allowance.spend(LOOKS_OF_SHARE)
        if allowance.is_spent:
            return
        place = shares.of(at)
        if place and not (finding.is_right or finding.is_reversed):
            finding.verdict = FigureVerdict(finding.claim.text, "computed", place.source, place.place)
            finding.is_reversed = False


def _may_be_share(finding: Finding) -> bool:
    quantity, verdict = finding.claim.quantity, finding.verdict
    if verdict is None or finding.claim.bound == "denied" or not finding.readers:
        return False
    if not finding.is_right and verdict.verdict not in WRONG:
        return False
    return quantity.unit == "percent" or not (quantity.unit or quantity.scale or quantity.currency)


def _are_of_one_time(part: Amount, total: Amount) -> bool:
    """Whether two amounts are of one year, or the part of years after the last that its whole tells of."""
    if not part.years or not total.years or not part.years.isdisjoint(total.years):
        return True
    return min(part.years) > max(total.years) == last_year_of(total)
