"""Redaction: a number or an address goes however it is spelled, and in linear time."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finrisk_rules.redaction import redact
from finrisk_rules.redaction.checks import IBAN_LENGTHS, iban_valid, luhn_valid
from tests.grounds.pace import cpu_seconds, pace

_SIGNS = ["", " ", "-", ".", "\u00a0", "\u202f", "\u2009", "\u2011", "\u2013", "\u2212", "\u200b", "\u2060"]
_DIGITS = [
    "0123456789",
    "\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19",
    "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669",
]


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A card of sixteen digits with its check digit, in groups of four."""
    start = draw(st.sampled_from(["4", "51", "55", "2221", "2720", "6011", "65"]))
    body = start + draw(st.text("0123456789", min_size=15 - len(start), max_size=15 - len(start)))
    number = next(body + check for check in "0123456789" if luhn_valid(body + check))
    groups = [number[place : place + 4] for place in range(0, 16, 4)]
    return " ".join(groups)


@st.composite
def ibans(draw: st.DrawFn) -> str:
    """An account number of any country with its check digits, in groups of four."""
    country = draw(st.sampled_from(sorted(IBAN_LENGTHS)))
    size = int(IBAN_LENGTHS[country]) - 4
    body = draw(st.text("0123456789", min_size=size, max_size=size))
    check = next(f"{check:02}" for check in range(2, 99) if iban_valid(f"{country}{check:02}{body}"))
    number = country + check + body
    return " ".join(number[place : place + 4] for place in range(0, len(number), 4))


@given(
    value=st.one_of(cards(), ibans()),
    sign=st.sampled_from(_SIGNS),
    digits=st.sampled_from(_DIGITS),
    before=st.sampled_from(["", "card ", "to ", "(", "\u201c", "IBAN:"]),
    after=st.sampled_from(["", " BIC", ".", ", in 2024", ")"]),
)
@settings(max_examples=400)
def test_no_proved_number_stays_however_it_is_spelled(
    value: str, sign: str, digits: str, before: str, after: str
) -> None:
    written = value.replace(" ", sign).translate(str.maketrans("0123456789", digits))
    if value[0].isdigit() and "card" not in before and len(set(value.split())) < 3:
        return  # so even that it may be a scale of figures
    clean = redact(before + written + after)
    assert clean.text in (f"{before}[card_1]{after}", f"{before}[iban_1]{after}")


@given(
    local=st.from_regex(
        r"[a-z\u00e0-\u00f6\u0430-\u044f][a-z0-9.+_\u00e0-\u00f6\u0430-\u044f-]{0,20}[a-z0-9]", fullmatch=True
    ),
    domain=st.from_regex(
        r"[a-z\u00e0-\u00f6][a-z0-9\u00e0-\u00f6]{0,15}\.(?:com|example|co\.uk|\u0440\u0444)", fullmatch=True
    ),
    at=st.sampled_from(["@", "\uff20", "\ufe6b", " (at) ", "(at)", "[at]", " [AT] ", "@\u200b"]),
    dot=st.sampled_from([".", " (dot) ", "[dot]"]),
)
def test_no_address_stays_however_it_is_spelled(local: str, domain: str, at: str, dot: str) -> None:
    assert redact(f"Ask {local}{at}{domain.replace('.', dot)} today").text == "Ask [email_1] today"


@given(
    st.lists(
        st.sampled_from("aB1 .-+@:/=\"'|[]_\n\u200b\uff11")
        | st.sampled_from("password token card tel + 4111 IBAN GB82 Mr. at dot [email_1] born".split())
    ).map("".join)
)
@settings(max_examples=500)
def test_redacting_what_is_redacted_changes_nothing(text: str) -> None:
    once = redact(text)
    again = redact(once.text)
    assert (again.text, again.found) == (once.text, {})


def test_a_chain_of_numbers_is_read_in_one_pass() -> None:
    """Each hides the next until it is replaced, if a search does not go on at the end of the last."""
    clean = redact("GB82WEST12345698765432" * 1000)
    assert clean.found == {"iban": 1000}


@pytest.mark.parametrize(
    "text",
    [
        "+33 199001234" * 2000,
        "account holder: AA BB" * 1400,
        "sk-" * 10_000,
        "client Aa Bb " + "umsatz" * 5000,
    ],
)
def test_what_hides_one_in_the_other_is_taken_out_in_a_moment(text: str) -> None:
    before, spent = pace(), cpu_seconds(lambda: redact(text))
    assert spent < 1.5 * max(before, pace(), 0.4), "seconds of CPU, on a machine of pace 1"
    clean = redact(text)
    assert redact(clean.text).found == {}
    assert "199001234" not in clean.text
    assert "AA BB" not in clean.text
