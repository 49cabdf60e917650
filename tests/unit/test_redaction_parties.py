"""Names beside a role in every gender and case, phones and homes by their form, and figures near them."""

from __future__ import annotations

import pytest

from finrisk_rules.redaction import redact


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Kontoinhaberin ist Mechthild Reusch, bitte", "Kontoinhaberin ist [person_1], bitte"),
        ("La asegurada Rocío Santamaría pide", "La asegurada [person_1] pide"),
        ("Mireille Castagnet (bénéficiaire) demande", "[person_1] (bénéficiaire) demande"),
        ("zadłużenie kredytobiorczyni Bożena Kulesza", "zadłużenie kredytobiorczyni [person_1]"),
        ("Заёмщица — Лариса Чернышёва.", "Заёмщица — [person_1]."),
        ("titolare della carta Loredana Pizzigoni", "titolare della carta [person_1]"),
        ("投保人: 李娜, 2022年", "投保人: [person_1], 2022年"),
        ("受取人: 長谷部 圭吾", "受取人: [person_1]"),
        ("والعميلة نورة العتيبي تطلب", "والعميلة [person_1] تطلب"),
        (
            "Loan officer: spoke with Jane Roe, he cannot pay",
            "Loan officer: spoke with [person_1], he cannot pay",
        ),
        ("Rückfragen unter 0711 / 4820-193.", "Rückfragen unter [phone_1]."),
        ("Contact no: 415 555 0137", "Contact no: [phone_1]"),
        ("Llámeme al 612 48 30 97", "Llámeme al [phone_1]"),
        ("부산광역시 해운대구 센텀중앙로 48에 거주", "[address_1]에 거주"),
        ("العنوان: شارع الملك فهد، مبنى 214، جدة", "العنوان: [address_1]"),
    ],
)
def test_what_a_role_or_a_form_tells_is_taken_out(text: str, left: str) -> None:
    assert redact(text).text == left


@pytest.mark.parametrize(
    "text",
    [
        "Les salariés Carrefour Paris sont 412",
        "I dipendenti Fiat Chrysler sono 12",
        "La aseguradora Mapfre Familiar paga",
        "Das versicherte Haus Unter den Eichen 87 wurde",
        "titular de la tarjeta Visa Oro",
        "Chiffre d'affaires 06 39 98 12 47 (milliers)",
        "Activo fijo: 125 482 913",
        "客户: 金额增加",
        "차주: 신용도 하락",
        "العميل طلب القرض الشخصي",
        "顧客は減少傾向です",
    ],
)
def test_figures_firms_and_grammar_near_a_role_stay(text: str) -> None:
    assert redact(text).text == text
