"""Of whom a pronoun tells that he is a person, and what stays though a pronoun follows it."""

from __future__ import annotations

import pytest

from finrisk_rules.redaction import redact


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("The application from Maria Klein was refused because she has no income.", "Maria Klein"),
        ("Der Kreditantrag von Jonas Weber wurde abgelehnt, weil er arbeitslos ist.", "Jonas Weber"),
        ("El préstamo de Rocío Benavides está vencido; ella pidió 3 meses.", "Rocío Benavides"),
    ],
)
def test_a_pronoun_tells_a_person(text: str, name: str) -> None:
    assert redact(text).text == text.replace(name, "[person_1]")


@pytest.mark.parametrize(
    "text",
    [
        "Hugo Boss hired Daniel Grieder in 2021 and he doubled revenue.",
        "Berkshire Hathaway depends on Warren Buffett, and his succession is a risk.",
        "The loan from Morgan Stanley to the founder is secured by shares that he owns.",
        "Her account at Charles Schwab holds 3 million and she pays no fee.",
        "Le prêt accordé à Air France est garanti par l'État; il s'élève à 4 milliards d'euros.",
        "Der Kredit an Air Berlin war besichert; er lief bis 2018.",
        "De lening aan Air France bedraagt 4 miljard; zij loopt tot 2026.",
        "Das Darlehen an Norddeutsche Landesbank ist nachrangig, weil sie Kapital braucht.",
        "Hurricane Katrina destroyed 40% of the sites before she moved inland.",
        "Charles Schwab lost deposits. His note to Charles Schwab Corp tells why.",
        "Charles Schwab moved staff. He who banks at Charles Schwab, which owns a bank, paid. His fee fell.",
        "New Orleans flooded and her levees broke.",
        "Donald Trump imposed tariffs in 2018 because he wanted a deal.",
        "What did Ken Griffin buy in 2022, and why did he sell it?",
        "Ralph Lauren opened its first store in 1971. He sold ties before.",
        "Black Scholes assumes that he who hedges does so at no cost.",
        "In Citizens United the court ruled that a gift is speech and she dissented.",
        "Larry Ellison owns 42% of Oracle, and he pledged 30% of them.",
        "Mark Zuckerberg controls most of the votes, 61%, so he can decide.",
    ],
)
def test_another_whom_the_pronoun_may_mean_leaves_the_name(text: str) -> None:
    assert redact(text).text == text


def test_a_firm_that_gets_a_letter_keeps_its_name() -> None:
    text = "Mail the notice to The Bank of New York Mellon, 240 Greenwich Street, New York, NY 10286."
    assert "The Bank of New York Mellon, " in redact(text).text


def test_a_title_that_ends_with_a_sign_of_its_script_is_a_word() -> None:
    text = "פגישה עם גב\u05f3 רחל לוי ביום שני"
    assert redact(text).text == text.replace("רחל לוי", "[person_1]")
