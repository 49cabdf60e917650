"""The offline estimates: tokens of a text, cost of a job, checksum of an upload."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finrisk_ops.cloud import bucket
from finrisk_ops.errors import FinriskError
from finrisk_ops.tuning import cost
from finrisk_rules import tokens


def test_an_empty_text_has_no_tokens() -> None:
    assert tokens.estimate("") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("risk " * 100, 102),  # 1.02 a word
        ("1234567890" * 10, 118),  # 1.18 a digit
        ("." * 100, 95),  # 0.95 a mark
        ("\n" * 100, 96),  # 0.96 a line feed
        ("internationalisation " * 100, 162),  # 1.02 and 0.05 for each of 12 letters past the 8th
        ("é" * 100, 440),  # 4.4 for a rare letter
        ("市場リスク" * 20, 70),  # 0.7 for a character of Chinese or Japanese
    ],
)
def test_each_term_of_the_formula_counts(text: str, expected: int) -> None:
    assert tokens.estimate(text) == expected


@given(st.text() | st.text(alphabet="1a. é市\n\U0001f600"))
def test_no_text_is_estimated_at_more_than_the_most(text: str) -> None:
    assert tokens.estimate(text) <= tokens.most(text)


def test_a_table_of_figures_counts_more_than_a_quarter_of_its_characters() -> None:
    table = "| Net sales | $12,345.6 | $11,987.3 | 3.0% |\n" * 50
    assert tokens.estimate(table) > len(table) / 4 * 1.5


def test_a_long_text_is_estimated_quickly() -> None:
    text = "Revenue rose by 12.5 percent to $1,234 million in 2025.\n" * 20_000
    started = time.process_time()
    tokens.estimate(text)
    assert time.process_time() - started < 2


def test_a_cost_is_tokens_times_epochs_times_price() -> None:
    estimate = cost.Estimate(tokens=400_000, epochs=5, price=3.0)
    assert estimate.billed_tokens == 2_000_000
    assert estimate.dollars == 6.0
    assert estimate.cost_line().startswith("$6.00")


def test_without_a_price_the_cost_is_unknown_and_not_zero() -> None:
    estimate = cost.Estimate(tokens=400_000, epochs=5, price=cost.price_of("m", {}))
    assert estimate.dollars is None
    assert estimate.cost_line() == "price unknown"


def test_a_limit_refuses_what_costs_more_and_what_cannot_be_priced() -> None:
    with pytest.raises(FinriskError, match=r"\$6\.00, more than finrisk_max_cost 5"):
        cost.check(cost.Estimate(400_000, 5, 3.0), 5.0)
    with pytest.raises(FinriskError, match="the price is unknown"):
        cost.check(cost.Estimate(400_000, 5, None), 5.0)
    cost.check(cost.Estimate(400_000, 5, 3.0), 6.0)


@pytest.mark.parametrize("price", ["three", -1, "inf", "nan"])
def test_a_price_that_is_no_amount_is_refused(price: object) -> None:
    with pytest.raises(FinriskError, match="finrisk_training_prices"):
        cost.price_of("m", {"m": price})


def test_the_checksum_of_an_object_is_crc32c_as_rfc_3720_has_it() -> None:
    assert bucket.crc32c([b"1234", b"56789"]) == "4waSgw=="  # 0xE3069283
    assert bucket.crc32c([bytes(32)]) == "ipE2qg=="  # 0x8A9136AA, appendix B.4
