"""Spellings of firms and words: what is one, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules.companies import company_key, near_companies
from finrisk_rules.spelling import folded

FIRMS = {
    "Corvane Bank": [
        "CORVANE BANK",
        "Corvane Bank Corp.",
        "The Corvane Bank",
        "Corvane  Bank, Inc",
        "corvane-bank",
    ],
    "Pelham & Oake plc": [
        "Pelham and Oake",
        "PELHAM & OAKE PLC",
        "Pelham&Oake",
        "The Pelham and Oake Group plc",
        "Pelham + Oake",
    ],
    "J.P. Tarrow Co.": ["JP Tarrow", "JPTarrow & Co", "J. P. Tarrow", "J P Tarrow Company", "j.p. tarrow"],
    "Société Marlan S.A.": [
        "Societe Marlan",
        "SOCIÉTÉ MARLAN SA",
        "Société Marlan S. A.",
        "société marlan",
        "Société-Marlan SAS",
    ],
    "Bergström AB": ["Bergstrom", "BERGSTRÖM", "AB Bergström", "Bergström Group AB", "bergström"],
    "Müntz Werke GmbH & Co. KG": [
        "Muntz Werke",
        "MÜNTZ WERKE GMBH",
        "Müntz-Werke",
        "Müntz Werke GmbH & Co KGaA",
        "müntz werke",
    ],
    "O'Dalen Automotive, Inc.": [
        "ODalen Automotive",
        "O’Dalen Automotive",
        "o dalen automotive",
        "O'DALEN AUTOMOTIVE INC",
        "O'Dalen  Automotive Incorporated",
    ],
    "T-Lumen US": ["T Lumen US", "TLumen U.S.", "t-lumen us", "T\u2011Lumen US, Inc.", "T-LUMEN U.S."],
    "Ostrava Stahl a.s.": [
        "Ostrava Stahl",
        "OSTRAVA STAHL A.S.",
        "Ostrava Stahl as",
        "Ostrava-Stahl",
        "ostrava stahl",
    ],
    "Banca Ferrone S.p.A.": [
        "Banca Ferrone",
        "BANCA FERRONE SPA",
        "Banca Ferrone S.P.A.",
        "BANCA  FERRONE S. P. A.",
        "Banca  Ferrone",
    ],
    "株式会社ミナトヤ": ["ミナトヤ", "ﾐﾅﾄﾔ", "ミナトヤ株式会社", "(株)ミナトヤ", "ミナトヤ "],
    "Fjordkraft Vind A/S": [
        "Fjordkraft Vind",
        "FJORDKRAFT VIND AS",
        "Fjordkraft-Vind A/S",
        "fjordkraft vind aps",
        "Fjordkraft Vind ASA",
    ],
    "Ørsholm Holding N.V.": ["Orsholm", "ØRSHOLM NV", "Ørsholm Holdings", "Orsholm Holding NV", "ørsholm"],
    "3 Rivers Energy": [
        "3Rivers Energy",
        "\uff13 Rivers Energy",
        "3 RIVERS ENERGY CORP",
        "The 3 Rivers Energy Company",
        "3-Rivers Energy",
    ],
    "Confluent ﬁnance": [
        "Confluent finance",
        "CONFLUENT FINANCE",
        "Con\xadfluent finance",
        "Confluent Finance Ltd",
        "confluent\xa0finance",
    ],
    "A. O. Keel": ["AO Keel", "A.O. Keel Corp", "A O Keel", "a. o. keel corporation", "AO  KEEL"],
    "Straßer Logistik SE": [
        "Strasser Logistik",
        "STRASSER LOGISTIK",
        "STRAẞER LOGISTIK SE",
        "straßer logistik",
        "Straßer-Logistik",
    ],
    "PT Samudra Tbk": ["Samudra", "PT Samudra", "Samudra Tbk", "PT. Samudra Tbk.", "SAMUDRA TBK"],
    "Łódzka Energia Sp. z o.o.": [
        "Lodzka Energia sp zoo",
        "ŁÓDZKA ENERGIA SP ZOO",
        "Łódzka Energia",
        "Lodzka Energia",
        "Łódzka  Energia sp. z o.o.",
    ],
    "Hale, Brook and Partners LLP": [
        "Hale Brook & Partners",
        "HALE, BROOK & PARTNERS",
        "Hale Brook and Partners LLP",
        "Hale Brook and Partners",
        "The Hale, Brook and Partners",
    ],
}


def test_spellings_of_a_firm_are_one_firm() -> None:
    spellings = [(name, spelling) for name, others in FIRMS.items() for spelling in others]
    other = [(name, spelling) for name, spelling in spellings if company_key(name) != company_key(spelling)]
    assert len(spellings) == 100
    assert len(other) <= 5, other


def test_no_firm_is_taken_for_another() -> None:
    keys = [{company_key(name), *map(company_key, others)} for name, others in FIRMS.items()]
    assert not any(one & two for at, one in enumerate(keys) for two in keys[:at])
    different = [
        "Corvane Bank",
        "Corvane Insurance",
        "Corvane",
        "North Corvane Bank",
        "Bank of Corvane",
        "Corvane Banks",
    ]
    assert len({company_key(name) for name in different}) == len(different)


@pytest.mark.parametrize("name", ["Group", "The", "AG", "&", "Inc.", ""])
def test_a_name_of_nothing_but_a_form_stays(name: str) -> None:
    assert company_key(name) == folded(name).strip("&.").strip() or name == "&"


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Corvene Bank", ["Corvane Bank"]),
        ("Corvane", ["Corvane Bank"]),
        ("Pelham", ["Pelham & Oake plc"]),
        ("POA", []),
        ("Zzz", []),
    ],
)
def test_an_unknown_name_has_near_ones(name: str, near: list[str]) -> None:
    assert near_companies(name, FIRMS) == near


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ﬁnance", "Finance"),
        ("Rück\u00adstellung", "RÜCKSTELLUNG"),
        ("café", "cafe\u0301"),
        ("café", "CAFE"),
        ("\uff26\uff39\uff12\uff10\uff12\uff12", "fy2022"),
        ("Straße", "STRASSE"),
        ("\u0661\u0662", "12"),
    ],
)
def test_the_same_word_written_otherwise(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_marks_of_other_scripts_make_another_letter() -> None:
    assert folded("が") != folded("か")
    assert folded("й") != folded("и")


@given(st.text(max_size=200))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    company_key(text)
