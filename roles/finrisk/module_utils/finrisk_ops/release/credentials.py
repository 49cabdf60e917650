"""What does not belong to a release: the service's credentials and the hashes of its clients' keys."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from finrisk_rules.clients import KEY_ID, ROLES, SHA256, moment
from finrisk_rules.labels import LABEL

from ..errors import FinriskError

HASH_KEY = "USER_HASH_KEY"
CLIENT_FIELDS = ("id", "name", "sha256", "roles")
MOMENTS = ("created", "expires", "ended")
LABELS = "labels"
OPTIONAL_FIELDS = (*MOMENTS, LABELS)


def filled(manifest: Mapping[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    """Return the rendered Secret with its empty values filled in.

    Raises FinriskError when a value has no key in the template, or the template holds a value itself.
    """
    keys = manifest.get("stringData")
    if manifest.get("kind") != "Secret" or not isinstance(keys, Mapping):
        raise FinriskError("templates/credentials.yml.j2 does not render a Secret with stringData")
    if names := sorted(key for key, value in keys.items() if value):
        raise FinriskError(
            f"templates/credentials.yml.j2 holds a value for {', '.join(names)}; leave it empty there: "
            "values travel apart from templates"
        )
    if unknown := sorted(set(values) - set(keys)):
        raise FinriskError(
            f"templates/credentials.yml.j2 does not name {', '.join(unknown)}; add the key there"
        )
    body = copy.deepcopy(dict(manifest))
    body["stringData"] = {str(key): str(values.get(key) or "") for key in keys}
    return body


def check_hash_key(held: str, wanted: str, ratio: int) -> None:
    """Refuse another key for the hashes of users while the tuned model has ``ratio`` per cent of them.

    Users keep their arm, which no key decides; but the records know them by their hash, and the figures of an
    experiment are by user.
    Raises FinriskError unless nothing is held, nothing changes, or nobody gets the tuned model.
    """
    if held and wanted and held != wanted and ratio > 0:
        raise FinriskError(
            f"{HASH_KEY} is not the one in use, and {ratio} % of the users have the tuned model: everybody "
            "would be a new user in the middle of the experiment, and count twice in its figures. "
            f"Nothing was changed: set the {HASH_KEY} that is in use, or end the experiment first "
            "(playbooks/rollback.yml), or take that on purpose with -e finrisk_force_conflicts=true"
        )


def client_keys(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the clients of the API, checked: each with CLIENT_FIELDS and the OPTIONAL_FIELDS that are given.

    Raises FinriskError naming the entry that the service could not use.
    """
    clients = [
        _client(entry, f"finrisk_client_keys entry {number}") for number, entry in enumerate(entries, start=1)
    ]
    ids = [entry["id"] for entry in clients]
    if repeated := {name for name in ids if ids.count(name) > 1}:
        raise FinriskError(f"finrisk_client_keys holds the id {sorted(repeated)[0]!r} more than once")
    return clients


def _client(entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return one client as the service reads it."""
    if not set(CLIENT_FIELDS) <= set(entry) <= {*CLIENT_FIELDS, *OPTIONAL_FIELDS}:
        raise FinriskError(
            f"{where} has {', '.join(sorted(entry))}; expected {', '.join(CLIENT_FIELDS)}, perhaps "
            f"{', '.join(OPTIONAL_FIELDS)}"
        )
    if not isinstance(entry["id"], str) or not re.fullmatch(KEY_ID, entry["id"]):
        raise FinriskError(
            f"{where}: the id {entry['id']!r} is no text of 1 to 32 letters and digits; put it in quotes"
        )
    where = f"{where} ({entry['id']})"
    if not re.fullmatch(SHA256, str(entry["sha256"])):
        raise FinriskError(f"{where}: sha256 is not 64 hex digits; see `finrisk keys`")
    if not isinstance(entry["roles"], list):
        raise FinriskError(f"{where}: roles is no list; write it as [analyze, feedback]")
    if unknown := sorted(set(map(str, entry["roles"])) - set(ROLES)):
        raise FinriskError(f"{where}: unknown role {unknown[0]!r}, known are {', '.join(ROLES)}")
    labels = _labels(entry.get(LABELS) or [], f"{where}: {LABELS}")
    return {
        **{name: entry[name] for name in CLIENT_FIELDS},
        "name": str(entry["name"]),
        **{
            name: _moment(entry[name], f"{where}: {name}")
            for name in MOMENTS
            if entry.get(name) not in (None, "")
        },
        **({LABELS: labels} if labels else {}),
    }


def _labels(values: object, where: str) -> list[str]:
    """Return labels as text; YAML reads one that stands without quotes as a mapping: it is that one.

    Raises FinriskError when one of them is no label.
    """
    if not isinstance(values, list):
        raise FinriskError(f"{where} is no list; write it as ['desk: equities']")
    labels = []
    for value in values:
        pairs = list(value.items()) if isinstance(value, Mapping) else []
        label = f"{pairs[0][0]}: {pairs[0][1]}" if len(pairs) == 1 else value
        if not isinstance(label, str) or not re.fullmatch(LABEL, label):
            raise FinriskError(f"{where}: {value!r} is no label; write it in quotes, as 'desk: equities'")
        labels.append(label)
    return labels


def _moment(value: object, where: str) -> str:
    """Return a point in time as the service reads it: ISO 8601 in UTC; a date alone is its 00:00.

    Raises FinriskError when it is none.
    """
    try:
        return moment(str(value)).isoformat()
    except ValueError:
        raise FinriskError(
            f"{where} {value!r} is no date or time; write it as 2027-06-30 or 2027-06-30T12:00:00Z"
        ) from None


def still_ended(clients: Sequence[Mapping[str, Any]], keys: Path) -> list[dict[str, Any]]:
    """Return the clients, ended where the file of keys says that `finrisk keys end` ended this very key."""
    try:
        entries = json.loads(keys.read_text(encoding="utf-8"))
        ended = {(entry["id"], entry["sha256"]): entry["ended"] for entry in entries if entry.get("ended")}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        ended = {}
    result = []
    for client in clients:
        when = ended.get((client["id"], client["sha256"]))
        result.append({**client, "ended": when} if when else dict(client))
    return result


def shown_clients(clients: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the clients with their key's hash shortened."""
    return {
        str(entry["id"]): {
            "name": entry["name"],
            "key": f"sha256:{entry['sha256'][:12]}",
            "roles": entry["roles"],
            **{name: entry[name] for name in OPTIONAL_FIELDS if name in entry},
        }
        for entry in clients
    }
