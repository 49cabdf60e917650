"""The proxies that the operator's shell names, and this machine."""

from __future__ import annotations

from collections.abc import MutableMapping

LOOPBACK = ("127.0.0.1", "::1", "localhost")
EXCEPTIONS = ("no_proxy", "NO_PROXY")
"""The names under which libraries look for hosts that no proxy is asked for, the one that wins first."""


def spare_this_machine(environment: MutableMapping[str, str]) -> None:
    """Except this machine from the proxies that an environment names: each would look for us on itself."""
    if not any(name.lower().endswith("_proxy") and name not in EXCEPTIONS for name in environment):
        return
    said = next((environment[name] for name in EXCEPTIONS if environment.get(name)), "")
    hosts = [host.strip() for host in said.split(",") if host.strip()]
    for name in EXCEPTIONS:
        environment[name] = ",".join(dict.fromkeys([*hosts, *LOOPBACK])) if "*" not in hosts else "*"
