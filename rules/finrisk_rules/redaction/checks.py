"""Check digits and lengths that tell an identifier from a figure."""

import re
from collections.abc import Callable, Mapping

from finrisk_rules.patterns import pattern_of

IBAN_LENGTHS = dict(
    re.findall(
        r"([A-Z]{2})(\d\d)",
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18"
        " DO28"
        " EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23"
        " IQ23 IS26"
        " IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31"
        " MU30 NI28"
        " NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27"
        " SO23 ST25"
        " SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30",
    )
)
"""Characters of an account number of each country: SWIFT's IBAN registry, release 99."""

_ISSUERS = pattern_of(
    r"4(?:\d{12}|\d{15}|\d{18})"  # Visa
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"  # Mastercard
    r"|3[47]\d{13}"  # American Express
    r"|(?:6011|64[4-9]\d|65\d{2}|62\d{2}|81\d{2})\d{12,15}"  # Discover, UnionPay
    r"|3(?:0[0-59]|[689]\d)\d{11}(?:\d{2,5})?"  # Diners
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"  # JCB
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"  # Maestro
    r"|220[0-4]\d{12,15}|9792\d{12}|(?:50|60|82)\d{14}"  # Mir, Troy, Verve, RuPay
)
"""Issuers' ranges and lengths: ISO/IEC 7812."""


def luhn_valid(digits: str) -> bool:
    """Whether the digits pass the Luhn check of ISO/IEC 7812-1 (payment card numbers)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def card_valid(digits: str) -> bool:
    """Whether the digits are of a range that an issuer of cards has, and pass the Luhn check."""
    return _ISSUERS.fullmatch(digits) is not None and len(set(digits)) > 1 and luhn_valid(digits)


def iban_valid(text: str) -> bool:
    """Whether the text passes the mod-97 check of ISO 13616 and has its country's length."""
    compact = re.sub(r"[\s.-]", "", text).upper()
    if not compact.isascii() or not compact.isalnum() or IBAN_LENGTHS.get(compact[:2]) != str(len(compact)):
        return False
    rotated = compact[4:] + compact[:4]
    return int("".join(str(int(character, 36)) for character in rotated)) % 97 == 1


def aba_valid(digits: str) -> bool:
    """Whether nine digits pass the check of a routing number of the USA (weights 3, 7, 1)."""
    return _weighted(digits, "371371371") % 10 == 0


def ssn_valid(digits: str) -> bool:
    """Whether nine digits may be a social security number of the USA."""
    return (
        digits[:3] not in ("000", "666") and digits[0] != "9" and digits[3:5] != "00" and digits[5:] != "0000"
    )


def itin_valid(digits: str) -> bool:
    """Whether nine digits may be a taxpayer's number (ITIN) of the USA."""
    return digits[0] == "9" and (50 <= int(digits[3:5]) <= 65 or 70 <= int(digits[3:5]) <= 99)


def cpf_valid(digits: str) -> bool:
    """Whether eleven digits pass the two checks of a taxpayer's number (CPF) of Brazil."""
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(digits[:length]))
        if total * 10 % 11 % 10 != int(digits[length]):
            return False
    return len(set(digits)) > 1


def nir_valid(number: str) -> bool:
    """Whether a number of France's social security (NIR) passes its check; 2A and 2B are Corsica."""
    digits = re.sub(r"\s", "", number).upper().replace("2A", "19", 1).replace("2B", "18", 1)
    return digits.isdigit() and 97 - int(digits[:13]) % 97 == int(digits[13:])


def ean_valid(digits: str) -> bool:
    """Whether thirteen digits pass the check of EAN-13, as Switzerland's AHV numbers do."""
    return sum(int(digit) * (1 + 2 * (place % 2)) for place, digit in enumerate(digits)) % 10 == 0


def resident_valid(number: str) -> bool:
    """Whether 18 characters pass the check of a resident's number of China (GB 11643; ISO 7064 mod 11-2)."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number[:17]))
    return "10X98765432"[total % 11] == number[17].upper()


def _day(month: str, day: str) -> bool:
    return 1 <= int(month) <= 12 and 1 <= int(day) <= 31


def _weighted(digits: str, weights: str) -> int:
    return sum(int(digit) * int(weight) for digit, weight in zip(digits, weights, strict=False))


def _dni_valid(number: str) -> bool:
    """Spain's DNI and NIE: the letter is the number's rest by 23."""
    compact = number.replace("-", "")
    head = compact[:-1]
    if len(head) != 8:
        return False
    digits = str("XYZ".index(head[0])) + head[1:] if head[0] in "XYZ" else head
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(digits) % 23] == compact[-1]


def _hetu_valid(number: str) -> bool:
    """Finland's code: a date, and the rest by 31."""
    rest = int(number[:6] + number[7:10]) % 31
    return _day(number[2:4], number[:2]) and "0123456789ABCDEFHJKLMNPRSTUVWXY"[rest] == number[10]


def _belgian_valid(number: str) -> bool:
    """Belgium's register number: a date, and 97 less the rest by 97; those of this century begin with 2."""
    digits = re.sub(r"\D", "", number)
    checks = {97 - int(century + digits[:9]) % 97 for century in ("", "2")}
    return _day(digits[2:4], digits[4:6]) and int(digits[9:]) in checks


def _rrn_valid(number: str) -> bool:
    """Korea's resident number: a date and a weighted sum by 11."""
    digits = number.replace("-", "")
    return _day(digits[2:4], digits[4:6]) and (11 - _weighted(digits, "234567892345") % 11) % 10 == int(
        digits[12]
    )


def _swedish_valid(number: str) -> bool:
    """Sweden's personal number: a date and Luhn; an organisation's has no month there."""
    digits = re.sub(r"\D", "", number)[-10:]
    return _day(digits[2:4], digits[4:6]) and luhn_valid(digits)


def _czech_valid(number: str) -> bool:
    """The birth number of Czechia and Slovakia: a date, 50 added to a woman's month, divisible by 11."""
    digits = number.replace("/", "")
    month = int(digits[2:4]) % 50
    return len(digits) == 10 and _day(str(month), digits[4:6]) and int(digits) % 11 == 0


def _pesel_valid(digits: str) -> bool:
    """Poland's PESEL: a date, 20 added to months of this century, and a weighted sum by 10."""
    month = int(digits[2:4])
    return _day(str(month - 20 if month > 20 else month), digits[4:6]) and (
        _weighted(digits, "13791379131") % 10 == 0
    )


def _rut_valid(number: str) -> bool:
    """Chile's RUT: weights 2 to 7 from the right, by 11."""
    digits = re.sub(r"\W", "", number).upper()
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits[:-1])))
    return "0123456789K0"[(11 - total % 11) % 11 if total % 11 != 1 else 10] == digits[-1]


def _cuil_valid(number: str) -> bool:
    """Argentina's CUIL of a person: weights by 11; firms' begin with 3."""
    digits = number.replace("-", "")
    return (11 - _weighted(digits, "5432765432") % 11) % 11 == int(digits[10])


def _thai_valid(number: str) -> bool:
    """Thailand's number: weights 13 to 2, by 11."""
    digits = number.replace("-", "")
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
    return (11 - total % 11) % 10 == int(digits[12])


def _nric_valid(number: str) -> bool:
    """Singapore's NRIC and FIN of the series S, T, F and G: weights by 11."""
    total = _weighted(number[1:8], "2765432") + 4 * (number[0] in "TG")
    return ("JZIHGFEDCBA" if number[0] in "ST" else "XWUTRQPNMLK")[total % 11] == number[8]


SHAPES: Mapping[str, Callable[[str], bool]] = {
    "rut": _rut_valid,
    "cuil": _cuil_valid,
    "thai": _thai_valid,
    "nric": _nric_valid,
    "dni": _dni_valid,
    "hetu": _hetu_valid,
    "belgian": _belgian_valid,
    "rrn": _rrn_valid,
    "swedish": _swedish_valid,
    "czech": _czech_valid,
    "pesel": _pesel_valid,
}
"""The proof of a number by the name of its shape."""
