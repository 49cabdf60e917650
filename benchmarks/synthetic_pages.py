"""Pages of firms that do not exist, in the sizes of real filings: prose with figures, and tables.

A page is made from the seed and its own number alone, so page 7 is the same among 500 as among a million.
Words are drawn as text has them, a few all the time and most of them seldom; figures hardly ever repeat.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

SEED = 14
PAGES_A_FILING = 40
FILINGS_A_FIRM = 5
LAST_YEAR = 2024
PASSAGES_A_PAGE = 4.7
"""So many does the service cut one into, on the average."""

_ONSETS = "b br c ch d dr f fl g gr h k kl l m n p pl qu r s st t tr v w z".split()
_VOWELS = "a e i o u ai ea io ou".split()
_ENDINGS = "l n r s t x nd rt th".split()
_WORDS = 20_000
_FORMS = ("Inc.", "Corp.", "plc", "Group", "Holdings", "AG", "Ltd.")
_ITEMS = """net sales, operating income, cost of goods sold, interest expense, gross margin, free cash flow,
research and development, capital expenditures, deferred tax assets, accounts receivable, inventories,
long-term debt, share repurchases, goodwill, depreciation and amortization, lease obligations, pension cost,
restructuring charges, income taxes, dividends paid, trade payables, stock-based compensation""".split(",")
_LINKS = """of the and in to for with that by from as on was were which our we its at under including related
to primarily due to offset by a decrease in an increase in compared with the prior year""".split()


@dataclass(frozen=True)
class SyntheticPage:
    """A page of a filing as the documents API takes it, and a question that it answers."""

    id: str
    title: str
    company: str
    year: int
    text: str
    question: str

    def document(self) -> dict[str, object]:
        """Return the page as a request names it."""
        return {name: getattr(self, name) for name in ("id", "title", "company", "year", "text")}


def pages(count: int, first: int = 0, seed: int = SEED) -> Iterator[SyntheticPage]:
    """Yield so many pages, from the number ``first`` on."""
    vocabulary = _Vocabulary(seed)
    return (_page(number, vocabulary, seed) for number in range(first, first + count))


class _Vocabulary:
    """Invented words; the word of rank r is drawn in proportion to 1 / r (Zipf 1949)."""

    def __init__(self, seed: int) -> None:
        random = Random(f"words {seed}")  # noqa: S311 - a benchmark, no secret
        self._words = [_word(random) for _ in range(_WORDS)]
        self._weights = list(accumulate(1 / rank for rank in range(4, _WORDS + 4)))

    def some(self, random: Random, count: int) -> list[str]:
        return random.choices(self._words, cum_weights=self._weights, k=count)


def _word(random: Random) -> str:
    syllables = random.choice((1, 2, 2, 3))
    word = "".join(random.choice(_ONSETS) + random.choice(_VOWELS) for _ in range(syllables))
    return word + random.choice(_ENDINGS)


def _page(number: int, vocabulary: _Vocabulary, seed: int) -> SyntheticPage:
    filing, sheet = divmod(number, PAGES_A_FILING)
    firm, age = divmod(filing, FILINGS_A_FIRM)
    company = _company(firm, seed)
    year = LAST_YEAR - age
    random = Random(f"page {seed} {number}")  # noqa: S311
    topic = " ".join(vocabulary.some(random, 2))
    blocks = [_paragraph(random, vocabulary, topic, year)]
    rows: list[str] = []
    if random.random() < 0.8:
        rows = _rows(random, vocabulary)
        blocks += [_table(random, rows, year)]
    for _ in range(min(round(random.lognormvariate(1.1, 0.6)), 9)):
        blocks.append(_paragraph(random, vocabulary, topic, year))
    item = random.choice(rows) if rows else topic
    return SyntheticPage(
        id=f"firm-{firm}/{year}/{sheet + 1}",
        title=f"{company} annual report {year}, page {sheet + 1}",
        company=company,
        year=year,
        text="\n".join(blocks),
        question=f"{company} {year}: what was the change in {item} of {topic} from {year - 1} to {year}?",
    )


def _company(firm: int, seed: int) -> str:
    random = Random(f"firm {seed} {firm}")  # noqa: S311
    return f"{_word(random)}{_word(random)} {random.choice(_FORMS)}".capitalize()


def _paragraph(random: Random, vocabulary: _Vocabulary, topic: str, year: int) -> str:
    return " ".join(_sentence(random, vocabulary, topic, year) for _ in range(random.randint(2, 5))) + "\n"


def _sentence(random: Random, vocabulary: _Vocabulary, topic: str, year: int) -> str:
    words = vocabulary.some(random, random.randint(4, 9))
    for _ in range(random.randint(6, 14)):
        words.insert(random.randrange(len(words)), random.choice(_LINKS))
    if random.random() < 0.3:
        words.insert(random.randrange(len(words)), topic)
    if random.random() < 0.6:
        item = random.choice(_ITEMS).strip()
        words += [item, "of", f"${_amount(random)} million in {year}, or {random.uniform(0.1, 60):.1f}%"]
    return " ".join(words).capitalize() + "."


def _rows(random: Random, vocabulary: _Vocabulary) -> list[str]:
    items = random.sample(_ITEMS, random.randint(3, 12))
    return [
        f"{item.strip()} {' '.join(vocabulary.some(random, random.randint(0, 2)))}".strip() for item in items
    ]


def _table(random: Random, rows: Sequence[str], year: int) -> str:
    columns = random.randint(2, 4)
    head = [f"| (in millions) | {' | '.join(str(year - at) for at in range(columns))} |"]
    head += [f"|{' --- |' * (columns + 1)}"]
    body = [f"| {row} | {' | '.join(_cell(random) for _ in range(columns))} |" for row in rows]
    return "\n".join([*head, *body]) + "\n"


def _cell(random: Random) -> str:
    figure = _amount(random)
    return random.choice(
        (figure, figure, figure, f"${figure}", f"({figure})", f"{random.uniform(0, 99):.1f}%")
    )


def _amount(random: Random) -> str:
    return f"{random.lognormvariate(6, 2):,.{random.choice((0, 0, 1))}f}"
