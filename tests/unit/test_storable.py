"""Text from outside becomes storable, whole or piece by piece, and nothing else of it changes."""

from __future__ import annotations

import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from finrisk_rules.storable import StorableText, is_one_line, is_storable, storable, storable_json

ODD = st.sampled_from(["\x00", "\ud83d", "\ude00", "\ud83d\ude00", "\ufffd", "😀"])
TEXTS = st.lists(st.text(max_size=3) | ODD | st.characters(), max_size=20).map("".join)


def test_nul_goes_and_half_pairs_become_replacement_characters() -> None:
    assert storable("a\x00b") == "ab"
    assert storable("cash \ud83d.") == "cash \ufffd."
    assert storable("\ude00cash") == "\ufffdcash"
    assert storable("\ud83d\ude00") == "😀"
    assert storable("\ud83d\x00\ude00") == "😀"


@given(TEXTS)
def test_what_is_storable_can_be_encoded_and_is_left_alone(text: str) -> None:
    clean = storable(text)
    assert is_storable(clean)
    assert is_storable(text) == (clean == text)
    assert clean.encode() == storable(clean).encode()
    assert "\x00" not in clean


@given(st.text().filter(lambda text: "\x00" not in text))
def test_good_text_is_not_touched(text: str) -> None:
    assert storable(text) == text


@given(TEXTS, st.lists(st.integers(0, 40), max_size=6))
def test_wherever_a_text_is_cut_its_pieces_give_the_same_whole(text: str, places: list[int]) -> None:
    cuts = [0, *sorted(min(place, len(text)) for place in places), len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(cuts)]
    whole = StorableText()
    clean = [whole.add(piece) for piece in pieces] + [whole.rest()]
    assert "".join(clean) == storable(text)
    assert all(piece == storable(piece) for piece in clean)


def test_every_text_of_a_json_value_becomes_storable() -> None:
    value = {"a\x00": ["\ud83d", {"b": "\x00"}], "n": 1.5, "none": None, "yes": True}
    assert storable_json(value) == {"a": ["\ufffd", {"b": ""}], "n": 1.5, "none": None, "yes": True}
    json.dumps(storable_json(value), ensure_ascii=False).encode()


def test_a_line_holds_no_control_and_nothing_that_begins_another() -> None:
    assert is_one_line("Société Générale, rapport 2024 \u00a0\u200b\u202f😀")
    for sign in "\n\r\t\x00\x0b\x0c\x1b\x7f\x85\u2028\u2029":
        assert not is_one_line(f"a{sign}b"), repr(sign)
