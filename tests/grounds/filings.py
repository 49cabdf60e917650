"""A folder of filings as people have them: PDFs, web pages and texts by year, of firms that do not exist."""

from __future__ import annotations

import random
from collections.abc import Sequence
from html import escape
from pathlib import Path

from reportlab.platypus import Table

from tests.grounds import papers

FIRMS = (
    "Ostrava Quay Bank plc",
    "Lindqvist & Marsh AG",
    "The Farrow Tidewater Group",
    "Ysolde Mining Corp.",
    "Brightwater Leasing SA",
    "Kilbrannan Re",
)
YEARS = (2024, 2025)

LAST_ROWS = (
    "Halvard Shipyards",
    "Corrigan Mills",
    "Teviot Ferries",
    "Anselm Foundry",
    "Dray Solar",
    "Pomfret Rail",
)
"""The label of the last row of each firm's table over two pages."""

_ITEMS = (
    "Loans to customers|Deposits from customers|Debt securities in issue|Goodwill|Net interest income|"
    "Provision for credit losses|Tier 1 capital|Risk-weighted assets|Lease liabilities|Operating costs|"
    "Fee income|Undrawn credit lines"
).split("|")
_RISKS = ("credit", "liquidity", "market", "operational", "currency", "concentration")
_SENTENCES = (
    "{firm} reports that the limit for {risk} risk was {limit} million euros in {year}; {used} % was in use.",
    "Losses from {risk} risk came to {loss} million euros in {year}, after {before} million in {last}.",
    "A rise of rates by 200 basis points would cost {firm} {loss} million euros of {risk} result.",
)


def write_folder(folder: Path, firms: Sequence[str] = FIRMS) -> Path:
    """Write each firm's annual report (PDF), web page and note (text) of each year, and a documents.csv.

    A PDF has a page or more in two columns and then a table over two pages.
    """
    rows = ["file,company,year"]
    for year in YEARS:
        (folder / str(year)).mkdir(parents=True)
        for number, firm in enumerate(firms):
            dice = random.Random(f"{firm} {year}")  # noqa: S311  # no secret hangs on it
            names = [f"{year}/firm-{number}.{kind}" for kind in ("pdf", "html", "txt")]
            rows += [f'{name},"{firm}",{year}' for name in names]
            report, page, note = (folder / name for name in names)
            papers.write_columns(
                report,
                f"{firm}: annual report {year}",
                [_prose(firm, year, risk, dice) for risk in _RISKS for _ in range(2)],
                [
                    papers.heading("Exposure by counterparty"),
                    Table(_long(dice, year, LAST_ROWS[number]), style=papers.RULES),
                ],
            )
            page.write_text(_page(firm, year, dice), "utf-8")
            note.write_text(
                "\n\n".join([f"Note on {firm}", *(_prose(firm, year, risk, dice) for risk in _RISKS)])
            )
    (folder / "documents.csv").write_text("\n".join(rows), "utf-8")
    (folder / "logo.png").write_bytes(b"no picture")
    return folder


def _prose(firm: str, year: int, risk: str, dice: random.Random) -> str:
    return " ".join(
        sentence.format(
            firm=firm,
            year=year,
            last=year - 1,
            risk=risk,
            limit=dice.randrange(100, 900),
            used=dice.randrange(20, 99),
            loss=dice.randrange(3, 60),
            before=dice.randrange(3, 60),
        )
        for sentence in _SENTENCES
    )


def _long(dice: random.Random, year: int, last: str) -> list[list[str]]:
    """Return a table of one page and more."""
    parties = [
        [f"Counterparty {name} {dice.choice(_ITEMS).lower()}", *(f"{dice.randrange(10**5):,}" for _ in "12")]
        for name in range(1, 71)
    ]
    return [["EUR thousand", str(year), str(year - 1)], *parties, [last, "8,412", "(377)"]]


def _page(firm: str, year: int, dice: random.Random) -> str:
    cells = "".join(
        f"<tr><td>{item}</td><td>{dice.randrange(10**4):,}</td><td>({dice.randrange(10**4):,})</td></tr>"
        for item in _ITEMS
    )
    return (
        f"<html><head><title>{escape(firm)} {year}</title><style>td {{ color: red }}</style></head>"
        f"<body><nav>Home Investors Contact</nav><h1>Key figures {year}</h1><p>In millions of euros.</p>"
        f"<table><tr><th>Item</th><th>{year}</th><th>{year - 1}</th></tr>{cells}</table></body></html>"
    )
