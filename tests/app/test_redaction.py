"""Personal data on its way into the service: names are refused, texts are redacted."""

from __future__ import annotations

import json

import pytest

from tests.grounds.service import RunningService


@pytest.mark.parametrize(
    ("field", "value", "kind"),
    [
        ("id", "jane.roe@example.com", "email"),
        ("company", "GB82 WEST 1234 5698 7654 32", "iban"),
        ("ticker", "4111111111111111", "card"),
    ],
)
def test_a_name_that_holds_an_identifier_gets_422_with_its_kind_alone(
    service: RunningService, field: str, value: str, kind: str
) -> None:
    document = {"id": "d", "title": "t", "text": "Cash was 12 million."} | {field: value}
    reply = service.call("POST", "/api/v1/documents", {"documents": [document]})
    assert reply.status == 422
    assert kind in json.dumps(reply.json)
    assert value not in json.dumps(reply.json)


def test_a_value_of_a_row_has_one_placeholder(service: RunningService) -> None:
    strategy = "What did a@example.com and b@example.com say of liquidity, and who wrote to A@example.com?"
    answer = service.call("POST", "/api/v1/analyze", {"strategy": strategy})
    stored = "What did [email_1] and [email_2] say of liquidity, and who wrote to [email_1]?"
    assert service.wait_for_row(answer)["strategy"] == stored
