"""Redaction: identifiers go, figures stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules import redaction
from finrisk_rules.redaction import iban_valid, luhn_valid, redact


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "jane.roe@example.com"),
        ("email", "maria+risk@example.co.uk"),
        ("phone", "+1-202-555-0135"),
        ("phone", "(212) 555-0160"),
        ("phone", "617.555.0108"),
        ("phone", "1 415 555 0103"),
        ("phone", "+44 20 7946 0018"),
        ("card", "4111 1111 1111 1111"),
        ("card", "5105105105105100"),
        ("card", "3782 822463 10005"),
        ("iban", "GB82WEST12345698765432"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("ssn", "536-36-3852"),
        ("secret_key", "AKIA" + "IOSFODNN7EXAMPLE"),
        ("secret_key", "ghp_" + "a1B2" * 9),
        ("secret_key", "AIza" + "x" * 35),
        ("connection_string", "postgresql://finrisk_user:pa55word@db.example:5432/finrisk_db"),
    ],
)
def test_an_identifier_is_replaced_by_its_kind(kind: str, value: str) -> None:
    found = redact(f"Before {value} after, {value}, and {value}.")
    assert found.text == f"Before [{kind}] after, [{kind}], and [{kind}]."
    assert found.found == {kind: 3}


def test_a_nine_digit_ssn_needs_its_word() -> None:
    assert redact("Social security number 749396927 on file").found == {"ssn": 1}
    assert redact("987654321 units and 749396927 shares").found == {}


def test_a_private_key_goes_whole() -> None:
    text = "x -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- y"
    assert redact(text).text == "x [private_key] y"


@pytest.mark.parametrize(
    "text",
    [
        "Net revenue was $123,456,789 against 987654321 units in the prior year.",
        "Spreads widened from 150-225 basis points to 800-555 basis points.",
        "LEI 5493001KJTIIGC8Y1R12 identifies the issuer; ISIN US0378331005, CUSIP 037833100.",
        "Loan buckets: 0-30, 31-60, 61-90 and 91-120 days past due.",
        "Contract 4111-2222 was renewed for 2019-12-31 to 2024-12-31.",
        "Total assets were 219,099,999 and equity 078,051,120 (in thousands).",
        "Invoice 1234567890123456 and purchase order 100-20-3000X were matched.",
        "CIK 0001000180 filed the 10-K under accession number 0001000180-10-000008.",
        "Reference 4123 4567 8901 2345 and 5105105105105101 are no card numbers: their check digit is wrong.",
        "Bonds yielded 5.25% @ par; options @ $14.50; VaR(99%) 10.3.1 million.",
        "| 2024 | 2,310 | 1,958 |\n| 2023 | 2,640 | 2,015 |",
    ],
)
def test_financial_text_comes_through_unchanged(text: str) -> None:
    assert redact(text).text == text


def test_redacting_twice_changes_nothing_more() -> None:
    once = redact("a@example.com, 4111 1111 1111 1111, +1-202-555-0135").text
    assert redact(once).text == once


def test_check_digits() -> None:
    assert luhn_valid("4111111111111111")
    assert not luhn_valid("4111111111111112")
    assert iban_valid("GB82 WEST 1234 5698 7654 32")
    assert not iban_valid("GB82 WEST 1234 5698 7654 33")


@pytest.mark.parametrize("place", range(len(redaction._KINDS)))
@given(data=st.data())
def test_what_a_pattern_matches_has_its_hint(place: int, data: st.DataObject) -> None:
    _, hint, pattern, _ = redaction._KINDS[place]
    text = data.draw(st.from_regex(pattern))
    assert hint.search(text)
