"""Sums and means that words name, of the figures before or behind their result."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from finrisk_rules.judge.arithmetic import Calculation
from finrisk_rules.judge.expressions import Expression, Operator, Term
from finrisk_rules.judge.sayings import MOST_TERMS
from finrisk_rules.judge.sizes import SIZES, grouped, may_be
from finrisk_rules.quantities import Quantity


def sums(words: Sequence[tuple[str, int]], figures: Sequence[Quantity], here: int) -> Iterator[Calculation]:
    """Yield each result of this sentence with its terms.

    They are all figures before it or all behind it, or those between it and the word; where the sentence has
    none but results, those that end the sentences before.
    """
    kinds = {kind: place for kind, place in reversed(words) if kind in ("mean", "total")}
    for at in range(here, len(figures)):
        result, own = figures[at], figures[here:at]
        for kind, place in kinds.items():
            behind_word = [each for each in own if each.start > place]
            runs = [own, figures[at + 1 :], *([behind_word] if len(behind_word) < len(own) else [])]
            if kind == "mean" and len(own) > 2 and sum(map(grouped, own[:-1])) == grouped(own[-1]):
                runs.append(own[:-1])
            if len(figures) - here <= 2:
                runs = [figures[max(0, here - count) : here] for count in range(2, here + 1)]
            for terms in runs:
                if not own and _is_coarse(result, terms):
                    continue
                if 2 <= len(terms) <= MOST_TERMS:
                    count = len(terms) if kind == "mean" else 1
                    if may_be(result, *(sum(map(size, terms)) / count for size in SIZES)):
                        yield Calculation(_sum(terms, mean=kind == "mean"), result)


def _is_coarse(result: Quantity, terms: Sequence[Quantity]) -> bool:
    """Whether a result is rounded more than each of its terms: then chance has many sums like it.

    A sum or mean that is exactly the result was not rounded.
    """
    last = (result.scale or 0) - result.places
    if last <= max(((term.scale or 0) - term.places for term in terms), default=last):
        return False
    total = sum(term.amount for term in terms)
    return result.amount not in (total, total / max(1, len(terms)))


def _sum(terms: Sequence[Quantity], *, mean: bool = False) -> Expression:
    first, *rest = terms
    postfix: list[Term | Operator] = [Term(first)]
    for term in rest:
        postfix += [Term(term), "+"]
    if mean:
        postfix += [Term(_count(len(terms), terms[-1].end), constant=True), "/"]
    return Expression(tuple(postfix))


def _count(value: int, at: int) -> Quantity:
    """Return the number of a mean's terms, which the text does not write."""
    return Quantity(Decimal(value), 0, None, "", "", False, at, at)
