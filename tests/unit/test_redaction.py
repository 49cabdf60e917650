"""Redaction: identifiers go, figures stay."""

from __future__ import annotations

import re

import pytest

from finrisk_rules.redaction import Redactor, proved_kinds, redact
from finrisk_rules.redaction.checks import iban_valid, luhn_valid
from finrisk_rules.redaction.context import BEGIN


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "jane.roe@example.com"),
        ("email", "maria+risk@example.co.uk"),
        ("phone", "+1-202-555-0135"),
        ("phone", "(212) 555-0160"),
        ("phone", "617.555.0108"),
        ("phone", "1 415 555 0103"),
        ("phone", "+44 20 7946 0018"),
        ("card", "4111 1111 1111 1111"),
        ("card", "5105105105105100"),
        ("card", "3782 822463 10005"),
        ("iban", "GB82WEST12345698765432"),
        ("iban", "DE89 3704 0044 0532 0130 00"),
        ("ssn", "536-36-3852"),
        ("secret_key", "AKIA" + "IOSFODNN7EXAMPLE"),
        ("secret_key", "ghp_" + "a1B2" * 9),
        ("secret_key", "AIza" + "x" * 35),
        ("connection_string", "postgresql://finrisk_user:pa55word@db.example:5432/finrisk_db"),
    ],
)
def test_an_identifier_is_replaced_by_its_kind(kind: str, value: str) -> None:
    found = redact(f"Before {value} after, {value}, and {value}.")
    assert found.text == f"Before [{kind}_1] after, [{kind}_1], and [{kind}_1]."
    assert found.found == {kind: 3}


def test_a_nine_digit_ssn_needs_its_word() -> None:
    assert redact("Social security number 749396927 on file").found == {"ssn": 1}
    assert redact("987654321 units and 749396927 shares").found == {}


@pytest.mark.parametrize("letter", "akåßω")
def test_no_word_begins_behind_a_letter(letter: str) -> None:
    """Nor behind one that is a sign beyond U+0E00 in another case, as the k is that of Kelvin."""
    assert re.search(rf"(?i){BEGIN}passport", f"{letter}passport") is None


def test_a_private_key_goes_whole() -> None:
    text = "x -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- y"
    assert redact(text).text == "x [private_key_1] y"


@pytest.mark.parametrize(
    "text",
    [
        "Net revenue was $123,456,789 against 987654321 units in the prior year.",
        "Spreads widened from 150-225 basis points to 800-555 basis points.",
        "LEI 5493001KJTIIGC8Y1R12 identifies the issuer; ISIN US0378331005, CUSIP 037833100.",
        "Loan buckets: 0-30, 31-60, 61-90 and 91-120 days past due.",
        "Contract 4111-2222 was renewed for 2019-12-31 to 2024-12-31.",
        "Total assets were 219,099,999 and equity 078,051,120 (in thousands).",
        "Invoice 1234567890123456 and purchase order 100-20-3000X were matched.",
        "CIK 0001000180 filed the 10-K under accession number 0001000180-10-000008.",
        "Reference 4123 4567 8901 2345 and 5105105105105101 are no card numbers: their check digit is wrong.",
        "Bonds yielded 5.25% @ par; options @ $14.50; VaR(99%) 10.3.1 million.",
        "| 2024 | 2,310 | 1,958 |\n| 2023 | 2,640 | 2,015 |",
        "Revenues 23042000000, assets 61081500000, liabilities 45011700000, equity 16072800000",
        "Thanks to higher volumes, Nvidia, AMD and Intel gained share.",
        "In the best performing segment, Europe, revenue grew 5%.",
        "As regards credit risk, Germany, France and Italy are the largest exposures.",
        "Cheers from analysts, Tesla, rose.",
        "Can you name the largest region? Answer: Europe. Its sales were $5,000 million.",
        "What is the name of the largest subsidiary? A: Ameritech, with 12% of sales.",
        "This is Goldman Sachs at its most cautious.",
        "1600 Amphitheatre Parkway, Mountain View, CA 94043 (Address of principal executive offices)",
        "Issuer: 3M Company, 3M Center, 100 Summit Avenue, St. Paul, MN 55144",
        "270 Park Avenue, New York, NY 10017, 2.1 million square feet, mortgage of $500 million",
        "Date,Copper,Tin\n2023,8478,25960\n2022,8815,31283",
        "| Account | Description | Balance |\n|---|---|---|\n| 400100 | Revenue | 1234567 |",
        "| Date | Token | Price |\n|---|---|---|\n| 2024-01-01 | 1,200,000 | 3.5 |",
        "| Year | Mobile | Fixed |\n|---|---|---|\n| 2023 | 123 456 7890 | 55 |",
    ],
)
def test_financial_text_comes_through_unchanged(text: str) -> None:
    assert redact(text).text == text


def test_redacting_twice_changes_nothing_more() -> None:
    once = redact("a@example.com, 4111 1111 1111 1111, +1-202-555-0135").text
    assert redact(once).text == once


def test_check_digits() -> None:
    assert luhn_valid("4111111111111111")
    assert not luhn_valid("4111111111111112")
    assert iban_valid("GB82 WEST 1234 5698 7654 32")
    assert not iban_valid("GB82 WEST 1234 5698 7654 33")


def test_the_same_value_of_a_row_has_the_same_placeholder() -> None:
    redactor = Redactor()
    assert redactor.redact("Ask a@example.com or b@example.com.").text == "Ask [email_1] or [email_2]."
    assert (
        redactor.redact("B@example.com knows, c@example.com not.").text == "[email_2] knows, [email_3] not."
    )
    assert (
        redactor.redact("Card 4111 1111 1111 1111, or 4111111111111111").text == "Card [card_1], or [card_1]"
    )


def test_no_value_gets_a_placeholder_that_stands_in_the_row() -> None:
    redactor = Redactor()
    redactor.read("The source says [email_2].")
    assert redactor.redact("Ask a@example.com.").text == "Ask [email_3]."
    assert redact("[phone_1] is not tel 020 7946 0113").text == "[phone_1] is not tel [phone_2]"


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("jane.roe@example.com", ["email"]),
        ("GB82WEST12345698765432.pdf", ["iban"]),
        ("4111-1111-1111-1111", ["card"]),
        ("acme/10-K_2023-11-03.pdf", []),
        ("0000320193-23-000106", []),
        ("1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms", []),
        ("ACME 1.2.3 202311", []),
    ],
)
def test_a_name_tells_what_it_holds(name: str, kinds: list[str]) -> None:
    assert proved_kinds(name) == kinds


def test_only_the_kinds_asked_for_are_replaced() -> None:
    text = "a@example.com, password=hunter2"
    assert redact(text, ("secret_key",)).text == "a@example.com, password=[secret_key_1]"


@pytest.mark.parametrize("number", ["2 55 08 14 168 025 38", "255081416802538", "756.9217.0769.85"])
def test_a_national_number_with_a_check_needs_no_word(number: str) -> None:
    other = f"{number[:-1]}{(int(number[-1]) + 1) % 10}"
    assert redact(f"It was {number} then.").text == "It was [national_id_1] then."
    assert redact(f"It was {other} then.").text == f"It was {other} then."


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Part no. 219-45-8810 was sold.", "Part no. 219-45-8810 was sold."),
        ("Pan Pacific Hotels rose.", "Pan Pacific Hotels rose."),
        ("Months 01 02 03 04 05 are quiet.", "Months 01 02 03 04 05 are quiet."),
        ("Account 4010 to 4090 hold sales.", "Account 4010 to 4090 hold sales."),
        ("bel mij op 06-12345678 vandaag", "bel mij op [phone_1] vandaag"),
        ("Ring on 01 42 68 53 00 today", "Ring on [phone_1] today"),
        ("Thanks,\nJane Roe", "Thanks,\n[person_1]"),
        ("Kind regards, Jane Roe, Head of Risk", "Kind regards, [person_1], Head of Risk"),
        ("What is your full name? Caller: Jane Roe", "What is your full name? Caller: [person_1]"),
        ("Name;Account;Sum\nJane Roe;55779911;5", "Name;Account;Sum\n[person_1];[account_1];5"),
        (
            "Client;Phone\nGeneral Electric;(202) 555-0135\nJane Roe;(202) 555-0136",
            "Client;Phone\nGeneral Electric;[phone_1]\n[person_1];[phone_2]",
        ),
        ("Sort code 20-00-00 account 55779911", "Sort code [routing_1] account [account_1]"),
    ],
)
def test_what_stands_before_a_number_tells_what_it_is(text: str, left: str) -> None:
    assert redact(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "Our largest customer Best Buy accounted for 12% of net sales in 2024.",
        "The client Morgan Stanley renewed its mandate.",
        "Our customer Abercrombie Fitch, which sells clothes, cut orders.",
        "Insured: Crown Castle",
        "The guarantor Northern Rock was nationalised in 2008.",
        "The bond was born on 12 March 2020, in the panic.",
        "From: New York, to: London",
        "Revenue is recognised at a point in time when control passes.",
        "Dr Pepper volumes rose 4% while Mrs Fields fell 2%.",
        "image sha256-e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 ran",
        "Items 10.204.273-6 and S1234567A were sold.",
        "us-gaap_RevenueFromContractWithCustomer2024Member and aapl-20230930_htm",
        "The BBB account 1200000 of Tarn Mills is closed.",
        "The mountain pass is 12km long, and password policy 2024 applies.",
        "Customer: Kraft Heinz, 14% of net sales",
        "Le client Saint Gobain représente 12 % du chiffre d'affaires.",
        "Il cliente Poste Italiane rappresenta il 10% dei ricavi.",
        "Klient Orlen Lietuva odpowiada za 12% przychodów.",
        "Müşteri Türk Telekom gelirlerin %8'ini oluşturdu.",
        "Kunde: Heidelberger Druck, Umsatzanteil 12 %",
        "Attention: Corporate Secretary, 1 Apple Park Way, Cupertino, CA 95014",
        "Signed by Luca Maestri, Senior Vice President and Chief Financial Officer",
        "De heer Peter Wennink, bestuursvoorzitter, trad terug.",
        "Wirtschaftsprüfer: Frau Petra Justenhoven",
        "Sig Sauer and Don Julio are brands; Sr Notes due 2029.",
        "借款人: 中国恒大集团",
        "客户华为先生产后付款。",
        "公司地址:北京市海淀区中关村大街27号",
        "The refinery at 2200 Refinery Way, Houston, TX 77002 runs.",
        "The Company's mailing address is 1 Johnson Plaza, New Brunswick, NJ 08933.",
        "Billing address verification reduced losses by 12% in 2022; properties residing in 14 states.",
        "Part number 756.9217.0769.85",
        "Mobile 45 678 901 customers",
        "geboren wurde das Unternehmen: 12.3.1923",
    ],
)
def test_firms_and_things_that_read_like_persons_stay(text: str) -> None:
    assert redact(text).text == text


@pytest.mark.parametrize(
    "text", ["Copper Kettle (copperkettle@a.example)", "Calder Vale, calder@calder-vale.example"]
)
def test_a_firm_beside_a_mailbox_of_its_name_stays(text: str) -> None:
    assert redact(text).text == re.sub(r"\w+@[\w.-]+", "[email_1]", text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Jane Roe, SSN 523-47-8861, is late.", "[person_1], SSN [ssn_1], is late."),
        ("Jane Roe (born 12.04.1981) applied.", "[person_1] (born [birth_date_1]) applied."),
        ("Jane Roe's account number is 4471220198.", "[person_1]'s account number is [account_1]."),
        ("passport of Jane Roe: 533380006", "passport of [person_1]: [passport_1]"),
        ("the borrower's name is Jane Roe", "the borrower's name is [person_1]"),
        ("From: Jane Roe\nTo: risk desk", "From: [person_1]\nTo: risk desk"),
        ("Attn: Jane Roe, Treasury", "Attn: [person_1], Treasury"),
        ("I spoke with Jane Roe about the fee.", "I spoke with [person_1] about the fee."),
        ("Jane Roe at jroe@mail.example", "[person_1] at [email_1]"),
        ("Driving licence no. D1234562", "Driving licence no. [national_id_1]"),
        ("pw: hunter2", "pw: [secret_key_1]"),
        ("password Tr0ub4dor&3", "password [secret_key_1]"),
        ("Tarjeta 55000939 05763990", "Tarjeta [card_1]"),
        ("ana.gil arroba correo punto es", "[email_1]"),
        ("अनिता.शर्मा@वित्त.example", "[email_1]"),
        ("x lsx2_pt_dde764ed7545b573f6a69988b422fea0_b127dcb6aa", "x [secret_key_1]"),
        ("curl -u ana:Moss9Lantern https://a.example", "curl -u ana:[secret_key_1] https://a.example"),
        ("Ligue para (11) 95550-4127", "Ligue para [phone_1]"),
        ("Gọi cho tôi số 0912 555 018", "Gọi cho tôi số [phone_1]"),
        ("RUT 10.204.273-5", "RUT [national_id_1]"),
        ("S1234567D", "[national_id_1]"),
        ("20-12345678-6", "[national_id_1]"),
        ("1-2345-67890-12-1", "[national_id_1]"),
        ("Er ist am 23.07.1964 geboren.", "Er ist am [birth_date_1] geboren."),
        ("проживает: \u0433. Тверь, ул. Липовая, д. 14, кв. 9", "проживает: [address_1]"),
        ("Requested by analyst Jane Roe on Monday", "Requested by analyst [person_1] on Monday"),
        (
            "The loan of guarantor Jane Roe was restructured.",
            "The loan of guarantor [person_1] was restructured.",
        ),
        ("Client name - Jane Roe", "Client name - [person_1]"),
        ("Il mutuatario Giorgio Bellini chiede", "Il mutuatario [person_1] chiede"),
        ("La clienta Lucía Fernández pide", "La clienta [person_1] pide"),
        ("Szanowny Panie Kowalski, wniosek", "Szanowny Panie [person_1], wniosek"),
        ("の山田太郎様からお電話", "の[person_1]様からお電話"),
        ("Дата рождения клиента: 12.03.1979", "Дата рождения клиента: [birth_date_1]"),
        ("Ela nasceu em 12/05/1988.", "Ela nasceu em [birth_date_1]."),
        ("Rappelez-moi au 06 12 34 56 78 avant midi", "Rappelez-moi au [phone_1] avant midi"),
        ("Перезвоните мне: 8 (916) 123-45-67", "Перезвоните мне: [phone_1]"),
        ("電話番号は090-1234-5678です", "電話番号は[phone_1]です"),
        ("Il cellulare è 347 1234567.", "Il cellulare è [phone_1]."),
        ("Kunden ringede fra 22 33 44 55.", "Kunden ringede fra [phone_1]."),
        ("Cep telefonum 0532 123 45 67.", "Cep telefonum [phone_1]."),
        ("text her at 415 555 0132", "text her at [phone_1]"),
        ("She lives at 12/3 George Street, Sydney NSW 2000.", "She lives at [address_1]."),
        ("resides at 7 Queen Street, Toronto, ON M5H 2M9.", "resides at [address_1]."),
        ("My account is 12345678 now", "My account is [account_1] now"),
    ],
)
def test_who_stands_beside_an_identifier_is_its_owner(text: str, left: str) -> None:
    assert redact(text).text == left
