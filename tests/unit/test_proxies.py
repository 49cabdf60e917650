"""No proxy of the operator's shell is asked for this machine."""

from __future__ import annotations

import pytest

from finrisk_ops.machine.proxies import spare_this_machine

PROXY = {"https_proxy": "http://proxy.example:3128"}
ALONE = "127.0.0.1,::1,localhost"


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ({}, ALONE),
        ({"NO_PROXY": ""}, ALONE),
        ({"NO_PROXY": ".bank.example, localhost"}, ".bank.example,localhost,127.0.0.1,::1"),
        ({"no_proxy": "a", "NO_PROXY": "b"}, f"a,{ALONE}"),
        ({"no_proxy": "*"}, "*"),
    ],
)
def test_what_is_excepted_stays_so_and_this_machine_beside_it(said: dict[str, str], becomes: str) -> None:
    environment = PROXY | said
    for _ in range(2):
        spare_this_machine(environment)
        assert environment == PROXY | {"no_proxy": becomes, "NO_PROXY": becomes}


def test_a_shell_without_a_proxy_is_left_as_it_is() -> None:
    environment = {"PATH": "/bin", "NO_PROXY": "a"}
    spare_this_machine(environment)
    assert environment == {"PATH": "/bin", "NO_PROXY": "a"}
