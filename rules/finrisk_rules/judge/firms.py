"""The firms that a statement names: whether a figure of a source is said of the source's own firm."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

from finrisk_rules.companies import LEGAL_FORMS, company_key
from finrisk_rules.judge.claims import Claim
from finrisk_rules.judge.hints import cannot_say
from finrisk_rules.judge.languages import COMMON_WORDS
from finrisk_rules.judge.statements import Statement
from finrisk_rules.judge.stems import stem
from finrisk_rules.judge.traces import Trace
from finrisk_rules.judge.verdicts import JudgedSource
from finrisk_rules.judge.vocabulary import LIST_JOINT, whole
from finrisk_rules.patterns import pattern_of
from finrisk_rules.periods import MONTHS
from finrisk_rules.spelling import folded

SHORTEST_NAME = 4
"""Letters of the first word of a name that stands for all of it: "Halden" for "Halden Marine"."""

_FORMS = "Inc|Incorporated|Corp|Corporation|Ltd|Limited|PLC|plc|LLC|GmbH|AG|KG|NV|BV|AB|ASA|Oyj|SpA|SARL|SRL"
_WORD = r"[^\W\d_a-zß-ÿ][\w&-]{0,40}"
_RUN = rf"(?<![\w'’])(?P<run>{_WORD}(?:\.? (?:(?:of|and|&|de|la|y|und|et) )?{_WORD}){{0,4}})"
_DOES = (
    "reported reports recorded posted booked generated earned incurred recognised recognized disclosed "
    "spent paid"
)
_MAY_DO = "had has made held achieved delivered saw employed employs"
_SUBJECT = pattern_of(
    rf"{_RUN}(?:['’]s(?= )|(?<=s)['’](?= )|(?P<does> {whole(_DOES)})|(?P<may_do> {whole(_MAY_DO)}))"
)
_VERBS = "was were is are amounted came stood totalled totaled reached rose fell grew increased decreased"
_PLURAL = pattern_of("s['’] ")
_OBJECT = pattern_of(rf"{whole('of at for by')} {_RUN}\.? {whole(_VERBS)}")
_OF_SUBJECT = frozenset(f"s {_DOES} {_MAY_DO}".split())
_OF_OBJECT = frozenset(_VERBS.split())
_OF_FORM = frozenset(f"{_FORMS}|{_FORMS.lower()}".split("|"))
"""Words, as written or in small letters, without which a text has no match of these."""
_OF_ANY = _OF_SUBJECT | _OF_OBJECT | _OF_FORM
_TOKEN = pattern_of(r"[^\W_]+")
_FORMAL = pattern_of(rf"{_RUN}(?P<form>,? (?:{_FORMS})(?!\w))?")
_CAPITAL_INSIDE = pattern_of(r"[ (][^\W\d_a-zß-ÿ]")
_FORM = pattern_of(rf" (?:{_FORMS})\Z")
_PARTS = pattern_of(r"[\w&'’-]+")

_OURS = pattern_of(
    whole(
        "we our us ours wir unser unsere unserer unserem unseren uns nous notre nos nosotros nuestro nuestra "
        "nuestros nuestras noi nostro nostra nostri nostre nós nosso nossa nossos nossas wij onze ons vi vår "
        "vårt våra vores"
    )
    + r"|\b(?:the|our) (?:company|group|bank|corporation|firm|partnership|trust|registrant)\b"
    + r"|当社|弊社|当行|当グループ|本公司|本集团|本行|我们|我行|당사|우리",
    re.IGNORECASE,
)
"""With which a filing speaks of its own firm."""
_OTHERS = pattern_of(
    whole(
        "peer peers competitor competitors rival rivals others another elsewhere industry sector "
        "wettbewerber konkurrenten konkurrent branche concurrents concurrent secteur competidores competidor "
        "concorrenti settore concorrentes setor"
    )
    + r"|同業|競合|業界|同行|行业|업계",
    re.IGNORECASE,
)
"""With which a statement speaks of firms that it does not name."""

_NO_NAMES = (
    frozenset(
        "it he she they we you this that these those what which who one both all each total management "
        "board company companies group firm business bank issuer registrant parent subsidiary subsidiaries "
        "auditor auditors directors shareholders stockholders investors owners customers employees lessee "
        "lessor employer market industry sector segment division unit country region state government year "
        "quarter month week today yesterday turnover revenue revenues sales profit profits income earnings "
        "results costs expenses operations performance partnership trust fund corporation".split()
    )
    | MONTHS.keys()
)
"""Capitalised subjects of a sentence that name no firm."""


class Firms:
    """The firms of the sources of an answer, as their company and title name them."""

    def __init__(self, question: str, answer: str, sources: Sequence[JudgedSource]) -> None:
        self._question, self._answer, self._sources = question, answer, sources
        self._keys = [_key(source.company or "") for source in sources]
        self._firms = {
            key: _name(source.company or "") for key, source in zip(self._keys, sources, strict=True) if key
        }
        self._firsts = [(key, words[0].lower()) for key, words in self._firms.items()]
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._named: dict[str, list[tuple[int, str]]] = {}
        self._is_stranger: dict[tuple[str, int], bool] = {}
        self._speaks_of_asked: dict[str, bool] = {}

    @cached_property
    def _asked(self) -> str:
        """The key of the one firm that the question is about, and the answer too if it names any; else ""."""
        if len(self._firms) < 2 or _OTHERS.search(self._question):
            return ""
        asked = {key for _, key in self._names(self._question)}
        if len(asked) != 1 or not {key for _, key in self._names(self._answer)} <= asked:
            return ""
        return asked.pop()

    def of(self, claim: Claim, statement: Statement) -> str:
        """Return the key of the firm of which a statement says a figure, "" where it does not tell.

        Of several firms each has the figures behind its name, or those before it; or as many names as
        figures are shared out in order.
        """
        named = self._names(statement.text)
        if not named and statement.text.startswith("|"):
            return self._of_head(claim)
        if len({key for _, key in named}) < 2:
            return named[0][1] if named else ""
        starts = [each.quantity.start for each in statement.claims]
        places = [place for place, _ in named]
        at = starts.index(claim.quantity.start)
        if statement.text.startswith("|"):
            return ""
        if places[-1] < starts[0]:
            return named[at][1] if len(named) == len(starts) and _is_list(statement) else ""
        edges = [-1, *starts, len(statement.text)]
        counts = [sum(first < place < last for place in places) for first, last in pairwise(edges)]
        if max(counts) > 1 or counts[0] == counts[-1]:
            return ""
        before = [key for place, key in named if place < starts[at]]
        behind = [key for place, key in named if place > starts[at]]
        return before[-1] if counts[0] else behind[0]

    def meant(self, claim: Claim, statement: Statement) -> str:
        """Return the key of the firm that a statement names for a figure, else that alone is asked about."""
        return self.of(claim, statement) or self._asked_in(statement)

    def is_not_asked(self, claim: Claim, statement: Statement, place: Trace) -> bool:
        """Whether a figure of another firm is told where one firm alone is asked about, and none is named.

        A place in prose that does not speak of its own firm may be of all, such as a law or a price.
        """
        asked, own = self._asked_in(statement), self._keys[place.source - 1]
        if not asked or not own or asked == own or self.of(claim, statement):
            return False
        source = self._sources[place.source - 1]
        if self._pattern(asked).search(f"{source.title}\n{source.text}"):
            return False
        return place.table is not None or self._speaks_of_itself(place.place.sentence or "", own)

    def _asked_in(self, statement: Statement) -> str:
        """Return the firm that is asked about where a statement speaks of it, or of none."""
        text = statement.text
        if self._asked and text not in self._speaks_of_asked:
            is_of_others = bool(self._names(text) or _OTHERS.search(text) or any(_runs(statement)))
            self._speaks_of_asked[text] = not is_of_others
        return self._asked if self._asked and self._speaks_of_asked[text] else ""

    def _speaks_of_itself(self, sentence: str, own: str) -> bool:
        return bool(_OURS.search(sentence) or self._pattern(own).search(sentence))

    def _of_head(self, claim: Claim) -> str:
        """Return the key of the firm that the head over a cell names, "" where that is none or several."""
        keys = [
            key
            for key, first in self._firsts
            if len(first) >= SHORTEST_NAME and stem(first) in claim.phrase.words and self._tells(first)
        ]
        return keys[0] if len(keys) == 1 else ""

    def is_of(self, n: int, key: str) -> bool:
        """Whether a source is of the firm with this key."""
        return self._keys[n - 1] == key

    def is_another(self, claim: Claim, statement: Statement, n: int) -> bool:
        """Whether a statement says a figure of another firm than that of source ``n``."""
        if not self._keys[n - 1]:
            return False
        if self._names(statement.text) or statement.text.startswith("|"):
            key = self.of(claim, statement)
            if key or not statement.text.startswith("|"):
                return bool(key) and not self.is_of(n, key)
        known = statement.text, n
        if known not in self._is_stranger:
            self._is_stranger[known] = any(self._is_unknown(run, n) for run in _runs(statement))
        return self._is_stranger[known]

    def _names(self, text: str) -> list[tuple[int, str]]:
        """Return where a text names firms of the sources, with their keys."""
        if text not in self._named:
            small = text.lower()
            places = {
                match.start(): key
                for key, first in self._firsts
                if first in small
                for match in self._pattern(key).finditer(text)
                if not text[match.start()].islower()
            }
            self._named[text] = sorted(places.items())
        return self._named[text]

    def _pattern(self, key: str) -> re.Pattern[str]:
        """Return what names a firm: its name without the legal form, or the first word where that tells."""
        if key not in self._patterns:
            first, *_ = words = self._firms[key]
            said = r"\W+".join(map(re.escape, words))
            if len(first) >= SHORTEST_NAME and self._tells(first.lower()):
                said = f"{said}|{re.escape(first)}"
            pattern = rf"(?<!\w)(?:{said})(?!\w)" if first.isascii() else said
            self._patterns[key] = re.compile(pattern, re.IGNORECASE)
        return self._patterns[key]

    def _tells(self, word: str) -> bool:
        """Whether the first word of a name begins no other firm's, and is no word of the texts."""
        if sum(first == word for _, first in self._firsts) > 1:
            return False
        plain = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return not any(plain.search(source.text) for source in self._sources if word in source.text)

    def _is_unknown(self, run: str, n: int) -> bool:
        """Whether a name shares no word with the firm and title of a source, and stands in no text of it."""
        source = self._sources[n - 1]
        words = [word for word in _PARTS.findall(run) if word[0].isupper() and not _is_small(folded(word))]
        if not words or folded(words[-1]) in _NO_NAMES or any(map(str.isdecimal, run)):
            return False
        own = _about(source.company or "", source.title)
        if any(_stem(word) in own for word in words if len(word) > 2):
            return False
        letters = iter(own)
        if len(words) == 1 and words[0].isupper() and all(letter in letters for letter in folded(words[0])):
            return False
        return _stem(words[0]) not in _about(source.text) and _stem(words[0]) not in folded(self._question)


@lru_cache(maxsize=4096)
def _key(company: str) -> str:
    return company_key(company) if _PARTS.search(company) else ""


@lru_cache(maxsize=4096)
def _name(company: str) -> list[str]:
    words = _PARTS.findall(company)
    while len(words) > 1 and folded(words[-1]) in LEGAL_FORMS:
        words.pop()
    return words[1:] if len(words) > 1 and folded(words[0]) == "the" else words


def _is_list(statement: Statement) -> bool:
    """Whether the figures of a statement stand in a list, with nothing between them."""
    figures = [claim.quantity for claim in statement.claims]
    between = pairwise(figures)
    return all(LIST_JOINT.fullmatch(statement.text, one.end, two.start) for one, two in between)


def _runs(statement: Statement) -> Iterator[str]:
    """Yield the names in a statement of which it reports something."""
    text = statement.text
    is_of_plural = _PLURAL.search(text) is not None
    if cannot_say(statement.words, _OF_ANY) and not is_of_plural:
        return
    if not _CAPITAL_INSIDE.search(text) and not _SUBJECT.match(text):
        return
    words = statement.words or frozenset(_TOKEN.findall(text))
    for match in _SUBJECT.finditer(text) if is_of_plural or not _OF_SUBJECT.isdisjoint(words) else ():
        is_lone = " " not in match["run"]
        is_first = not text[: match.start()].strip(" *#\"'(-")
        if is_lone and (match["run"].isupper() or (is_first and match["may_do"])):
            continue
        if text[match.end() : match.end() + 3].lstrip().startswith(":"):
            continue  # "Cash spent: 5" is a label
        yield match["run"]
    for match in () if _OF_OBJECT.isdisjoint(words) else _OBJECT.finditer(text):
        if not match["run"].isupper():
            yield match["run"]
    for match in () if _OF_FORM.isdisjoint(words) else _FORMAL.finditer(text):
        if match["form"] or _FORM.search(match["run"]):
            yield match["run"]


def _is_small(word: str) -> bool:
    """Whether a word, folded, names no firm by itself: of grammar, or a legal form."""
    return word in LEGAL_FORMS or word in COMMON_WORDS


def _stem(word: str) -> str:
    """Return a name without the ending that makes it another word: "German" of "Germany"."""
    return folded(word)[: max(4, len(word) - 2)]


@lru_cache(maxsize=512)
def _about(*texts: str) -> str:
    return folded("\n".join(texts))
