"""Records of releases in a namespace: a ConfigMap each, until the table has them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from finrisk_rules.chain import Link

from ..errors import FinriskError
from ..release import records
from ..release.records import Entry, Record
from .client import Cluster
from .errors import ApiError

PREFIX = "finrisk-release-record"
LABEL = "finrisk.io/record"
LINKS = "finrisk-release-links"
REVIEW = "/apis/authentication.k8s.io/v1/selfsubjectreviews"
GROUPS_KEPT = 10


@dataclass(frozen=True)
class ClusterLedger:
    """The ConfigMaps ``finrisk-release-record-<id>`` of a namespace."""

    cluster: Cluster

    def identity(self) -> dict[str, Any] | None:
        """Return who the API server says this is; None when it does not say so."""
        review = {"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"}
        try:
            answer = self.cluster.request("POST", REVIEW, review)
        except ApiError:
            return None
        user = (answer.get("status") or {}).get("userInfo") or {}
        groups = [str(group) for group in user.get("groups") or []]
        return {
            "username": str(user.get("username") or ""),
            "uid": str(user.get("uid") or ""),
            "groups": groups[:GROUPS_KEPT],
        }

    def write(self, record: Record) -> None:
        """Write the record's ConfigMap; those beyond the newest fifty go."""
        text = json.dumps(record.stored(), ensure_ascii=False)
        self._apply(f"{PREFIX}-{record.id}", {LABEL: "true"}, {"record": text})
        if record.ended:
            self.remove(records.superfluous(self.records()))

    def records(self) -> list[Record]:
        """Return the records that wait here, the newest first; what somebody broke is passed over."""
        bodies = self.cluster.list(self._path(), labels=f"{LABEL}=true")
        return records.newest_first(map(_record, bodies))

    def remove(self, identifiers: Iterable[str]) -> None:
        """Delete the ConfigMaps of records."""
        for identifier in identifiers:
            try:
                self.cluster.request("DELETE", self._path(f"{PREFIX}-{identifier}"))
            except ApiError as error:
                if error.status != 404:
                    raise

    def links(self) -> list[Link]:
        """Return the newest fifty links, of the ConfigMap ``finrisk-release-links``."""
        try:
            body = self.cluster.request("GET", self._path(LINKS))
            return list(map(records.link_of, json.loads(body["data"]["links"])))
        except ApiError as error:
            if error.status == 404:
                return []
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise FinriskError(
                f"the ConfigMap {LINKS} cannot be read as links of releases: {error!r}; delete it"
            ) from None

    def keep(self, entries: Sequence[Entry]) -> None:
        """Add the links of entries to the copy; those beyond the newest fifty go."""
        links = [*self.links(), *(entry.link for entry in entries)]
        kept = [asdict(link) for link in links[-records.KEPT :]]
        self._apply(LINKS, {}, {"links": json.dumps(kept)})

    def _apply(self, name: str, labels: dict[str, str], data: dict[str, str]) -> None:
        body = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {
                "name": name,
                "namespace": self.cluster.namespace,
                "labels": {**labels, "app.kubernetes.io/part-of": "finrisk"},
            },
            "data": data,
        }
        query = {"fieldManager": "finrisk-records", "force": "true"}
        self.cluster.request("PATCH", self._path(name), body, query, patch="apply")

    def _path(self, name: str = "") -> str:
        where = f"/api/v1/namespaces/{self.cluster.namespace}/configmaps"
        return f"{where}/{name}" if name else where


def _record(body: dict[str, Any]) -> Record | None:
    try:
        return records.from_content(json.loads(body["data"]["record"]))
    except (KeyError, TypeError, ValueError):
        return None
