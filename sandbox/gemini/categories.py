"""Which kind of risk a statement is about, by a small table of terms."""

import re
from functools import lru_cache

OTHER = "Other"
TERMS = {  # each matches from the beginning of a word; one that ends in `_` is whole words
    "Market": "interest rate, rate risk, basis point, currenc, foreign exchange, exchange rate, "
    "commodit, equity price, hedg, derivative, swap, volatil, value at risk, var_, fair "
    "value, inflation, market risk, market price, market value, duration, yield, spread, "
    "unreali, mark to market, trading book, securities",
    "Credit": "credit risk, credit loss, credit rating, credit quality, default, past due, allowance, "
    "impair, receivable, charge off, charged off, counterpart, delinquen, non performing, "
    "nonperforming, non accrual, nonaccrual, collateral, loan, borrower, creditworth, ecl_, "
    "provision for, write off, written off, uncollect, concentration, exposure to",
    "Liquidity": "liquidity, deposit, funding, cash flow, cash and, borrowings, revolv, credit facilit, "
    "maturit, outflow, covenant, refinanc, commercial paper, working capital, debt_, "
    "debts_, notes due, senior notes, repay, credit agreement, credit line, line of credit, "
    "lines of credit, undrawn, contractual obligation, dividend, repurchase",
    "Operational": "outage, supply, supplier, plant_, plants_, manufactur, disrupt, workforce, employee, "
    "facilities_, logistic, recall, vendor, third part, continuity, downtime, fraud, "
    "process, operational, capacity, restructur, pension, key person, natural disaster, "
    "earthquake, fire_, legacy system, strike, lease",
    "Regulatory": "regulat, complian, law_, laws_, legal, litigation, lawsuit, tax, penalt, fine_, "
    "fines_, fined_, sanction, capital requirement, capital ratio, tier 1, antitrust, "
    "licen, legislat, supervis, money laundering, investigation, settlement, statut, "
    "consent order, privacy",
    "Cyber": "cyber, ransomware, phishing, malware, data breach, breach of, hack, intrusion, "
    "encrypt, information security, password, vulnerabilit, unauthorized access, "
    "unauthorised access, security incident, denial of service, patch, identity theft",
}
PATTERNS = {
    name: re.compile("|".join(" " + term.replace("_", " ") for term in terms.split(", ")))
    for name, terms in TERMS.items()
}
SECTIONS = {name: f" {name.lower()}" for name in TERMS}
NOT_WORD = re.compile(r"[^a-z0-9]+")
SECTION_COUNTS = 3  # terms


def category_of(text: str, section: str = "") -> str:
    """The category with most terms in `text`; a section that names one counts as three terms."""
    plain, heading = _plain(text), _plain(section)
    best, most = OTHER, 0
    for name, pattern in PATTERNS.items():
        count = len(pattern.findall(plain))
        if SECTIONS[name] in heading:
            count += SECTION_COUNTS
        if count > most:
            best, most = name, count
    return best


@lru_cache(maxsize=2048)
def category_of_source(title: str, text: str) -> str:
    """The category of a whole passage: what its title is about, else most of its text."""
    named = category_of(title, title)
    return category_of(text) if named == OTHER else named


def _plain(text: str) -> str:
    return f" {NOT_WORD.sub(' ', text.lower())} "
