"""Names of those whose loan, complaint or other matter a sentence tells, where it speaks of a person.

That somebody does something and is "he" tells no customer: so are founders, rivals and presidents told.
"""

import re
from collections.abc import Iterator
from itertools import islice

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.context import BEGIN, one_of
from finrisk_rules.redaction.firms import acts_as_firm
from finrisk_rules.redaction.kinds import Seen
from finrisk_rules.redaction.persons import goes_on_as_firm, is_office, is_officer, is_person, named
from finrisk_rules.redaction.reading import Reading, Span

_ANOTHER = pattern_of(
    r"\b(?:the|an?|our|each|every|one) (?:[a-z]+ )?(?:[a-z]{3,}(?:[eo]r|ist|yst|ant|man)|client|agent"
    r"|president)\b"
    r"|(?<!\bin )\b[^\W\d_a-zß-öø-ÿ][\w'’-]*\.? (?!(?:He|She|His|Her)\b)[^\W\d_a-zß-öø-ÿ][^\W\d_A-ZÀ-Þ]"
    r"|\[person_"
)
"""Somebody else whom a pronoun may mean: an office or a part as English makes them, or another name."""

_MOST_PLACES = 5
"""Places of a name that are looked at, so that a text that repeats it is read in linear time."""


def _private(name: re.Match[str], start: int) -> Span | None:
    """A name that is neither a firm's nor an officer's; ``start`` is where the words before it begin."""
    text, span = name.string, name.span(1)
    is_one = is_person(name) and not is_office(name[1]) and not acts_as_firm(text, span[1], start)
    return span if is_one and not is_officer(text, *span) and not _is_firm_elsewhere(text, name[1]) else None


def _is_firm_elsewhere(text: str, name: str) -> bool:
    """Whether the text speaks of the name as of a firm in another sentence."""
    places = islice(re.finditer(re.escape(name), text), _MOST_PLACES)
    return any(
        goes_on_as_firm(text, place.end()) or acts_as_firm(text, place.end(), place.start())
        for place in places
    )


_MATTERS = (
    "loan", "mortgage", "overdraft", "instalment", "arrears", "limit", "application", "complaint", "claim",
    "request", "enquiry", "file", "account", "savings", "card", "policy", "power of attorney", "guarantee",
    "interview", "appointment", "kredit", "darlehen", "antrag", "kreditantrag", "hypothek", "konto",
    "beschwerde", "prêt", "crédit", "demande", "compte", "plainte", "préstamo", "hipoteca", "solicitud",
    "cuenta", "queja", "mutuo", "prestito", "richiesta", "conto", "reclamo", "empréstimo", "crédito",
    "pedido", "conta", "lening", "hypotheek", "aanvraag", "rekening", "klacht", "kredyt", "pożyczk",
    "wniosek", "rachun", "skarg", "кредит", "заём", "ипотек", "счёт", "счет", "жалоб", "заявлен", "lån",
    "ansökan", "klagomål",
)  # fmt: skip
_MATTER = pattern_of(
    rf"{BEGIN}(?i:{one_of(_MATTERS)})[^\W\d_]{{0,4}}"
    r"(?:,? [^\W\d_A-ZÀ-Þ](?<![\u0386-\u03ab\u0401-\u042f])[^\W\d_]{0,13}){0,3} (?=[^\W\d_a-zß-öø-ÿ])"
)
_HE = pattern_of(
    r"(?i),? who\b|[^.!?\n]{0,110}?\b(?:(?:he|she|him)(?! who\b)|himself|herself|his|her(?= [a-z])"
    r"|él|ella|lui|lei|han|hon|hun|hennes|hans"
    r"|(?:er|ihm|weil sie|il|elle|ele|ela|hij|zij|haar|ona|jej|jego|он|она|\u0435\u0433\u043e|её|ей"
    r"|\u0435\u043c\u0443)\b(?![^.!?\n]{0,90}\d))\b"
)
"""Where a loan is "he" or "she" too, the pronoun is a person's only if no figure of the loan follows it."""

_OWNED = pattern_of(r"(?i)(?:\b(?:his|her|my|your|their|whose)|[^\W\d_]['’]s) (?:[a-z]+ )?\Z")
"""What tells the owner of a matter before it: whose name follows is another party, mostly the bank."""

_OWNER_BEFORE = 24
_PERSONAL = frozenset(
    "he she him his her hers himse herse who er weil ihm il elle él ella lui lei ele ela hij zij haar ona jej"
    " jego он она \u0435\u0433\u043e её ей \u0435\u043c\u0443 han hon hun henne hans".split()
)


def _of_matters(reading: Reading) -> Iterator[Span | None]:
    """Whose loan or complaint it is, where the sentence goes on with a pronoun of persons."""
    for match in _MATTER.finditer(reading.text):
        name, start = named(match), match.start()
        if name is None or _OWNED.search(match.string, max(0, start - _OWNER_BEFORE), start):
            continue
        pronoun = _HE.match(name.string, name.end())
        if pronoun and not _ANOTHER.search(name.string, *pronoun.span()):
            yield _private(name, start)


def _has_personal(reading: Reading) -> bool:
    return not _PERSONAL.isdisjoint(reading.stems)


KINDS = (Seen("person", _has_personal, _of_matters),)
