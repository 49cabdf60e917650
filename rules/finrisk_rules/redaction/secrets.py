"""Keys, tokens, passwords and what holds them."""

import itertools
import re

from finrisk_rules.patterns import pattern_of
from finrisk_rules.redaction.kinds import LONG_CODE, LONG_WORD, Said, Seen, among_runs, anywhere, proved
from finrisk_rules.redaction.reading import Reading, Span

_BLOCK = pattern_of(
    r"-{4,5} ?BEGIN (?P<what>[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?|PGP MESSAGE) ?-{4,5}"
    r".*?(?:-{4,5} ?END (?P=what) ?-{4,5}|\Z)",
    re.DOTALL,
)
_URL = pattern_of(
    r"(?i)(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\s:@/\"'<>]{0,200}:(?!\d{1,5}/)[^\s@\"'<>]{1,200}@"
    r"[^\s\"'<>|]*[^\s\"'<>|.,;)]"
)
_TOKEN = pattern_of(
    r"(?<![A-Za-z0-9])(?:"
    r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"
    r"|AIza[\w-]{35}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|1//0[\w-]{20,}|GOOG1E[A-Z0-9]{30,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{22,}|gl[a-z]{2,6}-[\w-]{20,}|npm_[A-Za-z0-9]{30,}"
    r"|pypi-[\w-]{20,}|(?:xox[a-z]|xapp)(?:\.xox[a-z])?-[\w-]{10,}"
    r"|[srp]k_(?:live|test|prod)_\w{10,}|whsec_[\w+/=-]{16,}|sk-[\w-]{20,}|sess-[\w-]{20,}"
    r"|hf_[A-Za-z0-9]{20,}|gsk_[A-Za-z0-9]{20,}|xai-[\w-]{20,}|frk_[A-Za-z0-9]+_[\w-]{20,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|do[opr]_v1_[0-9a-f]{40,}|dapi[0-9a-f]{32}|hv[sbr]\.[\w-]{20,}"
    r"|shp[a-z]{2}_[0-9a-fA-F]{32}|sq0[a-z]{3}-[\w-]{22,}|AGE-SECRET-KEY-1[0-9A-Z]{40,}"
    r"|v[1-4]\.(?:local|public)\.[\w-]{20,}|(?:SK|AC)[0-9a-f]{32}(?![A-Za-z0-9])"
    r"|eyJ[\w-]{8,}(?:\.[\w-]*){2,4}"
    r"|hooks\.slack\.com/services/[\w/]{20,}"
    r")"
)
_PREFIXED = pattern_of(
    r"(?<![A-Za-z0-9_.-])(?P<prefix>(?!sha\d|md5|uuid|urn|doi)[a-z][a-z0-9]{1,9}(?:[-_][a-z0-9]{1,8}){0,2})[-_]"
    r"(?P<body>[A-Za-z0-9]{16,}(?:[-_.][A-Za-z0-9]{6,}){0,4})(?![A-Za-z0-9])"
)
_OF_KEYS = frozenset("sk pk rk key keys tok token pat api secret live test prod auth bearer oauth pt".split())
"""Parts of the name that makers put before their keys."""

_OPTION = pattern_of(
    r"(?<!\S)(?:(?:-u|--user|--proxy-user)[ =][\"']?[\w.@+-]{1,64}:(?P<pair>[^\s\"'<>]{3,128})"
    r"|--?(?:password|passwd|pass|pw|token|api-?key|auth-?key|secret)[ =][\"']?"
    r"(?P<value>[^\s\"'<>-][^\s\"'<>]{4,128}))"
)
"""A password or key as an option on a command line."""

_RANDOM_LEAST = 24
_RANDOM = pattern_of(r"(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{24,200}(?![A-Za-z0-9/+])={0,2}")
_SCHEME = pattern_of(r"(?i)(?<![a-z])(?:bearer|basic|digest)[ \t]+([\w.~+/-]{8,}=*)")
_DOOR = (
    r"pass(?:word|wd|phrase|code)|passwort|kennwort|mot de passe|contraseñ[ae]|senha|wachtwoord|hasło"
    r"|пароль"
    r"|pwd|密码|密碼|口令|パスワード|暗証番号|비밀번호|패스워드|şifre\w*|parola\w*|salasana|lösenord\w*|adgangskode\w*|passord"
    r"|heslo|jelszó|kata sandi|mật khẩu|كلمة المرور|كلمة السر|पासवर्ड|_pass(?=[ \t]{0,2}[:=])"
    r"|(?<![A-Za-z])(?:pw|pass)(?=[ \t]{0,2}[:=])|(?<=my )pass(?= (?:is|was)\b)"
)
_KEY = (
    r"api[ _-]?keys?|token|secret(?:[ _-]?access)?[ _-]?key|secret|private[ _-]?key|access[ _-]?key"
    r"|account[ _-]?key"
    r"|credentials?|signature|cookie|session[ _-]?id"
)
_VALUED = pattern_of(
    rf"(?i)(?:(?P<password>{_DOOR})|(?P<key>{_KEY}))(?P<quoted>\\?[\"'])?"
    r"[ \t]{0,4}(?P<sign>=>|[:=]|\b(?:is|was|ist|est|es|é|è|er|är|je|to)(?=[ \t])|[は是为為는은])[ \t]{0,4}"
    r"(?:\\?(?P<mark>[\"'`])(?P<inside>(?:(?!\\?(?P=mark))[^\n]){1,512})"
    r"|(?P<bare>[!#-&(-+\--:=?-_a-{}~]{97,512}|[^\s\"'`,;<>|]{4,96}))(?=(?P<rest>[ \t]{0,4}\w{0,40}))"
)
_LATIN_HEAD = pattern_of(r"[!-~]{3,}(?=[\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af])")
"""A value in Latin letters, where the sentence goes on right after it in a script without blanks."""

_VALUED_WORDS = (
    "passphrase", "passcode", "passwort", "kennwort", "mot de passe", "contrase", "senha", "wachtwoord",
    "hasło", "пароль", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호",
    "패스워드", "şifre", "parola", "salasana",
    "lösen", "lösenord", "adgangskode", "passord", "heslo", "jelszó", "kata sandi", "mật khẩu",
    "كلمة المرور", "كلمة السر",
    "पासवर्ड",
    "api", "apikey", "access k", "access-k", "access_k", "accessk", "pw", "pass",
    "account k", "account-k", "account_k", "accountk", "private k", "private-k", "private_k", "privatek",
    "credential", "signature", "cookie", "session",
)  # fmt: skip
_UNSIGNED = pattern_of(
    r"(?i)(?:password|passwort|kennwort|contraseña|senha|wachtwoord|passcode|passphrase)[ \t]"
    r"(?-i:(?=\S*\d)(?=\S*[A-Za-z])(?=\S*[!@#$%^&*?~+=]|\S*[a-z]\S*[A-Z]|\S*[A-Z]\S*[a-z]\S*\d\S*[a-z])"
    r"([^\s\"'`,;<>|]{8,64}))"
)
"""A password right after its word: letters and digits in disorder."""

_PIN = pattern_of(
    r"(?<!\w)(?:PIN|CVV|CVC|CVV2|CVC2|TAN|OTP)(?: code)?[ \t]{0,2}"
    r"(?:[:=]|\b(?:is|was))?[ \t]{0,2}(\d{3,8})(?![\w]|[.,]\d)"
)


_LEAST_DIGITS, _LEAST_CHANGES = 3, 0.35


def _changes(word: str) -> int:
    """How often a sign of a word is of another class than the one before: digit, capital, small letter."""
    classes = [(sign.isdigit() << 1) + sign.isupper() for sign in word]
    return sum(before != after for before, after in itertools.pairwise(classes))


def _random(match: re.Match[str]) -> bool:
    """Whether a long word is drawn by lot: three classes of characters that change at every other place."""
    word = match[0].rstrip("=")
    classes = [(c.isdigit() << 1) + c.isupper() for c in word]
    return (
        sum(c.isdigit() for c in word) >= 2
        and len(set(classes)) == 3
        and _changes(word) >= 0.42 * len(word)
        and word.count("/") <= len(word) / 12
    )


def _prefixed(match: re.Match[str]) -> bool:
    """Whether what a maker's prefix begins is drawn by lot; of two classes of signs after a word of keys."""
    longest = max(match["body"].replace("-", "_").replace(".", "_").split("_"), key=len)
    if longest.isdigit() or sum(map(str.isdigit, longest)) < _LEAST_DIGITS:
        return False
    if longest != longest.lower() and longest != longest.upper():
        return _changes(longest) >= _LEAST_CHANGES * len(longest)
    return not _OF_KEYS.isdisjoint(match["prefix"].replace("-", "_").split("_"))


def _option(match: re.Match[str]) -> Span | None:
    group = "pair" if match["pair"] else "value"
    return match.span(group) if match["pair"] or _drawn(match["value"]) else None


def _drawn(value: str) -> bool:
    """Whether a value is no word of a sentence and no figure."""
    core = value.rstrip(".,:;!?)")
    letters, digits = any(map(str.isalpha, core)), any(map(str.isdigit, core))
    if not letters:
        return digits and bool(re.search(r"[^\d.,%$€£()+/-]", core))
    signs = re.sub(r"[\w'’./()-]", "", core)
    return digits or bool(signs) or (core[1:] != core[1:].lower() and not core.isupper() and "-" not in core)


def _has_option(reading: Reading) -> bool:
    return "-" in reading.text and (" --" in reading.text or " -u " in reading.text)


def _scheme(match: re.Match[str]) -> bool:
    return _drawn(match[1]) and len(match[1]) >= 12


def _valued(match: re.Match[str]) -> Span | None:
    """The value of a password or key: what is quoted, assigned or drawn; a word of a sentence is none."""
    if match["inside"] is not None:
        value = match["inside"]
        is_one = len(value) >= 3 if match["password"] else len(value) >= 6 and " " not in value
        return match.span("inside") if is_one else None
    head = _LATIN_HEAD.match(match["bare"])
    value = (head[0] if head else match["bare"]).rstrip(".!?)]}")
    start = match.start("bare")
    return (start, start + len(value)) if len(value) >= 3 and _is_secret(match, value) else None


def _is_secret(match: re.Match[str], value: str) -> bool:
    if match["sign"] not in (":", "=", "=>"):
        return _drawn(value)
    if match["sign"] == "=" and " " not in match.string[match.start("sign") - 1 : match.start("bare")]:
        return bool(match["password"]) or (len(value) >= 6 and not value.isdigit())
    if match["password"]:
        return _drawn(value) or value.isdigit() or match["sign"] == "=" or not match["rest"].strip()
    return len(value) >= 6 and _drawn(value) and (any(map(str.isdigit, value)) or len(value) >= 12)


_LONG = 16
"""Characters of a word below which none is a token."""

KINDS = (
    Seen(
        "private_key",
        lambda reading: "BEGIN " in reading.text,
        anywhere(_BLOCK),
    ),
    Seen("connection_string", lambda reading: "://" in reading.text, anywhere(_URL)),
    Seen("secret_key", LONG_WORD, among_runs(_TOKEN, _LONG)),
    Seen("secret_key", LONG_CODE, among_runs(_PREFIXED, _LONG, proved(_prefixed))),
    Seen("secret_key", _has_option, anywhere(_OPTION, _option)),
    Said("secret_key", ("bearer", "basic", "digest"), _SCHEME, proved(_scheme, 1)),
    Said("secret_key", _VALUED_WORDS, _VALUED, _valued, ("passw", "pwd", "token", "secret", "_pass")),
    Said(
        "secret_key",
        ("passwor", "passcode", "passphrase", "kennwort", "contrase", "senha", "wachtwoord"),
        _UNSIGNED,
    ),
    Said("secret_key", ("pin", "cvv", "cvc", "tan", "otp"), _PIN),
    Seen(
        "token",
        LONG_CODE,
        among_runs(_RANDOM, _RANDOM_LEAST, proved(_random)),
    ),
)
