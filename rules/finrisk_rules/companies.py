"""Names of firms: when two spellings are one firm, and which firms come near a name that is none."""

import difflib
from collections.abc import Iterable

from finrisk_rules.patterns import pattern_of
from finrisk_rules.spelling import folded

_WORD = pattern_of(r"[^\W_]+")
_INITIALS = pattern_of(
    r"(?<![^\W_])(?:[^\W\d_][.] ?){2,}(?:[^\W\d_](?![^\W_]))?|(?<![^\W_])[^\W\d_](?:/[^\W\d_])+(?![^\W_])"
)

LEGAL_FORMS = frozenset(
    """inc incorporated corp corporation co company companies ltd limited plc llc llp lp lllp pllc pc na
    group holding holdings gruppe groupe gruppo grupo
    ag gmbh mbh kg kgaa ohg ug ev eg se sa sas sarl sarlu sca snc spa srl sapa nv bv cv vof ab asa as aps oy
    oyj hf ehf sl slu sab sapi ltda eireli pte pty bhd sdn tbk pt pvt pjsc jsc ojsc oao pao zao ooo ad dd doo
    sp zoo kft rt nyrt zrt anonim sirketi sti kk gk trust reit""".split()
)
"""Words that say what kind of firm it is, not which; at the end of a name, and some before it."""

_BEFORE_NAME = frozenset("the die der das la le les el los il pt ab oao pao ooo zao pjsc".split())
_CJK_FORMS = pattern_of(
    "株式会社|有限会社|合同会社|股份有限公司|有限责任公司|有限公司|集团|集團|주식회사|\\(주\\)|\\(株\\)"
)

MOST_NEAR = 5
NEAR = 0.72
"""Least likeness, 0..1 by difflib's ratio, of a name that is shown as near."""


def company_key(name: str) -> str:
    """Return a firm's name as names are compared: "The Procter & Gamble Co." is "procterandgamble".

    Blanks do not count either, so that "J.P. Morgan" and "JPMorgan" are one. A name that is nothing but a
    legal form stays.
    """
    text = _CJK_FORMS.sub(" ", folded(name))
    text = _INITIALS.sub(lambda match: f" {''.join(_WORD.findall(match[0]))} ", text)
    words = _WORD.findall(text.replace("&", " and ").replace("+", " and ").replace("'", ""))
    while len(words) > 1 and words[-1] in LEGAL_FORMS | {"and"}:
        words.pop()
    while len(words) > 1 and words[0] in _BEFORE_NAME:
        words.pop(0)
    return "".join(words)


def near_companies(name: str, names: Iterable[str]) -> list[str]:
    """Return the firms whose names come near this one, the nearest first, at most MOST_NEAR.

    Near is a likeness of keys, or one name that begins with the other or is its initials.
    """
    key = company_key(name)
    ranked = sorted(
        ((_likeness(key, other), other) for other in set(names)), key=lambda pair: (-pair[0], pair[1])
    )
    return [other for likeness, other in ranked if likeness >= NEAR][:MOST_NEAR]


def _likeness(key: str, name: str) -> float:
    other = company_key(name)
    if not key or not other:
        return 0.0
    if min(len(key), len(other)) >= 3 and (other.startswith(key) or key.startswith(other)):
        return 1.0
    if key == "".join(word[0] for word in _WORD.findall(folded(name)) if word not in LEGAL_FORMS):
        return 0.95
    return difflib.SequenceMatcher(None, key, other, autojunk=False).ratio()
