"""What is proved is replaced, the same value of a row by the same placeholder."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction import (
    columns,
    doings,
    greetings,
    holders,
    homes,
    honours,
    kin,
    letters,
    machines,
    mailboxes,
    mentions,
    minutes,
    national,
    owners,
    payments,
    phones,
    quarters,
    residences,
    secrets,
    selves,
    speakers,
    uncased,
)
from finrisk_rules.redaction.firms import moves
from finrisk_rules.redaction.kinds import Search
from finrisk_rules.redaction.names import NOBODY, Names
from finrisk_rules.redaction.persons import goes_on_as_firm
from finrisk_rules.redaction.reading import Reading, Span

VERSION = "8"

SECRETS = ("private_key", "connection_string", "secret_key", "token")
"""The kinds that open a door; the others name a person."""

PROVED = ("private_key", "connection_string", "secret_key", "email", "iban", "card", "ssn", "ip")
"""The kinds that check digits or structure prove wherever they stand: no id and no company holds one."""

PERSON = "person"

_KINDS = (
    *secrets.KINDS,
    *payments.KINDS,
    *mailboxes.KINDS,
    *machines.KINDS,
    *phones.KINDS,
    *national.KINDS,
    *residences.KINDS,
    *homes.KINDS,
    *quarters.KINDS,
    *holders.KINDS,
    *speakers.KINDS,
    *honours.KINDS,
    *uncased.KINDS,
    *selves.KINDS,
    *letters.KINDS,
    *greetings.KINDS,
    *kin.KINDS,
    *minutes.KINDS,
    *doings.KINDS,
    *mentions.KINDS,
    *owners.KINDS,
)

KINDS = tuple(dict.fromkeys(kind.name for kind in _KINDS))
"""All kinds, in the order in which they are looked for: what is one is no part of a later one."""

_PASSES = 5
"""Most readings of a text: what is replaced may have hidden another one beside it."""

_PLACEHOLDER = pattern_of(rf"\[({'|'.join(KINDS)})(?:_(\d{{1,6}}))?\]")


@dataclass(frozen=True)
class Redacted:
    """The text with each identifier replaced by ``[kind_n]``, and how many of each kind there were."""

    text: str
    found: Mapping[str, int]


class RedactionError(Exception):
    """The redactor failed, a defect of ours that is its cause: the text is not to be kept or sent on."""


class Redactor:
    """Redacts the texts of one row: the same value gets the same placeholder in all of them."""

    def __init__(self, names: Names = NOBODY) -> None:
        """Know no value yet, and the names of the firm's own list."""
        self._names = names
        self._places: dict[tuple[str, str], str] = {}
        self._last: dict[str, int] = {}

    def read(self, text: str) -> None:
        """Take note of the placeholders of a text of the row: no other value gets one of them.

        Raises:
            RedactionError: the redactor failed.
        """
        try:
            self._read(text)
        except Exception as error:
            raise _failure(error) from error

    def redact(self, text: str, kinds: Collection[str] = ()) -> Redacted:
        """The text without identifiers and secrets; with ``kinds`` only these are replaced.

        Repeated until nothing is left: redacting what comes out changes nothing.

        Raises:
            RedactionError: the redactor failed.
        """
        try:
            return self._redact(text, kinds)
        except Exception as error:
            raise _failure(error) from error

    def _read(self, text: str) -> None:
        if "_" in text:
            for kind, number in _PLACEHOLDER.findall(text):
                self._last[kind] = max(self._last.get(kind, 0), int(number or 0))

    def _redact(self, text: str, kinds: Collection[str]) -> Redacted:
        spans = _spans(text, kinds, self._names) if text else []
        if not spans:
            return Redacted(text, {})
        self._read(text)
        total: Counter[str] = Counter()
        for left in reversed(range(_PASSES)):
            if (
                not left
            ):  # only a text made to be slow hides one in the other so often: none of its rest stays
                (start, _), kind = spans[0]
                spans = [((start, len(text)), kind)]
            total.update(kind for _, kind in spans)
            text = self._replaced(text, spans)
            spans = _spans(text, kinds, self._names)
            if not spans:
                break
        return Redacted(text, dict(total))

    def _replaced(self, text: str, spans: list[tuple[Span, str]]) -> str:
        parts, end = [], 0
        for (start, stop), kind in spans:
            parts += [text[end:start], self._placeholder(kind, text[start:stop])]
            end = stop
        return "".join((*parts, text[end:]))

    def _placeholder(self, kind: str, value: str) -> str:
        key = kind, "".join(filter(str.isalnum, Reading(value).lower))
        place = self._places.get(key)
        if place is None:
            self._last[kind] = self._last.get(kind, 0) + 1
            place = self._places[key] = f"[{kind}_{self._last[kind]}]"
        return place


def _failure(error: Exception) -> RedactionError:
    """Whatever it is, what is not redacted must not pass for it; its message may hold the text."""
    return RedactionError(f"the redactor failed: {type(error).__name__}")


def redact(text: str, kinds: Collection[str] = (), names: Names = NOBODY) -> Redacted:
    """The text of a row that has no other, as ``Redactor.redact``."""
    return Redactor(names).redact(text, kinds)


def proved_kinds(name: str) -> list[str]:
    """The kinds that an id or another name holds, proved by check digits or structure."""
    return list(redact(name, PROVED).found)


_EVERYTHING = Search(_KINDS, columns.KINDS)


@cache
def _search(kinds: frozenset[str]) -> Search:
    return Search([kind for kind in _KINDS if kind.name in kinds])


def _again(reading: Reading, found: list[tuple[Span, str]]) -> list[Span]:
    """Where the names of persons of a text stand once more: of two words or more, as others are words too.

    Not where a longer word goes on, nor where what follows makes it a firm's: "Edward Jones Inc".
    """
    text, spans = reading.text, []
    for name in {text[start:end] for (start, end), kind in found if kind == PERSON}:
        place = text.find(name) if " " in name else -1
        while place >= 0:
            end = place + len(name)
            is_word = not text[max(0, place - 1) : place].isalnum() and not text[end : end + 1].isalnum()
            if is_word and not goes_on_as_firm(text, end) and not moves(text, end):
                spans.append((place, end))
            place = text.find(name, end)
    return spans


def _spans(text: str, kinds: Collection[str], names: Names) -> list[tuple[Span, str]]:
    """What is to be replaced and its kind, in the order of the text; no two share a character."""
    reading = Reading(text)
    found = (_search(frozenset(kinds)) if kinds else _EVERYTHING).spans(reading)
    if names and (not kinds or PERSON in kinds):
        listed = [(span, PERSON) for span in names.spans(reading)]
        found = sorted([*listed, *found], key=lambda each: each[1] == PERSON)  # a name's is its list's length
    candidates = [(reading.original(span), kind) for span, kind in found]
    if not candidates:
        return []
    candidates += [(reading.original(span), PERSON) for span in _again(reading, found)]
    taken = bytearray(len(text))
    for match in _PLACEHOLDER.finditer(text):
        taken[match.start() : match.end()] = b"\1" * len(match[0])
    spans = []
    for (start, end), kind in candidates:
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            spans.append(((start, end), kind))
    return sorted(spans)
