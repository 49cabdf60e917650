"""The endpoints that tuned models answer at, and the models behind them; they survive a restart."""

import threading
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sandbox.gemini.files import read_json, write_json
from sandbox.gemini.knowledge import Knowledge
from sandbox.gemini.messages import Json


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One tuned model, deployed."""

    id: str
    project: str
    location: str
    model_id: str
    display_name: str
    base_model: str
    checkpoint_id: str
    labels: dict[str, str]
    created: str
    weights: dict[str, Any]

    @property
    def parent(self) -> str:
        """Project and location."""
        return f"projects/{self.project}/locations/{self.location}"

    @property
    def name(self) -> str:
        """The full resource name."""
        return f"{self.parent}/endpoints/{self.id}"

    @property
    def model_name(self) -> str:
        """The full resource name of the model, with its version."""
        return f"{self.parent}/models/{self.model_id}@1"

    def knowledge(self) -> Knowledge:
        """What this endpoint answers with."""
        return Knowledge.from_json(self.weights)

    def shown(self) -> Json:
        """This endpoint as Vertex AI shows it."""
        return {
            "name": self.name,
            "displayName": self.display_name,
            "deployedModels": [
                {
                    "id": self.id,
                    "model": self.model_name,
                    "displayName": self.display_name,
                    "createTime": self.created,
                    "modelVersionId": "1",
                    "checkpointId": self.checkpoint_id,
                }
            ],
            "trafficSplit": {self.id: 100},
            **({"labels": self.labels} if self.labels else {}),
            "createTime": self.created,
            "updateTime": self.created,
        }

    def shown_model(self) -> Json:
        """The model behind this endpoint as Vertex AI shows it."""
        return {
            "name": f"{self.parent}/models/{self.model_id}",
            "versionId": "1",
            "versionAliases": ["default"],
            "displayName": self.display_name,
            "labels": {**self.labels, "tune-type": "sft"},
            "baseModelSource": {"modelGardenSource": {"publicModelName": self.base_model}},
            "deployedModels": [{"endpoint": self.name, "deployedModelId": self.id}],
            "createTime": self.created,
            "updateTime": self.created,
            "versionCreateTime": self.created,
            "versionUpdateTime": self.created,
        }


class Endpoints:
    """All endpoints, one file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._endpoints = {path.stem: Endpoint(**read_json(path)) for path in folder.glob("*.json")}

    def get(self, project: str, location: str, endpoint_id: str) -> Endpoint | None:
        """The endpoint of that name, or None."""
        endpoint = self._endpoints.get(endpoint_id)
        return endpoint if endpoint and (endpoint.project, endpoint.location) == (project, location) else None

    def put(self, endpoint: Endpoint) -> None:
        """Keep an endpoint."""
        with self._lock:
            write_json(self._folder / f"{endpoint.id}.json", asdict(endpoint))
            self._endpoints = {**self._endpoints, endpoint.id: endpoint}

    def remove(self, endpoint: Endpoint) -> None:
        """Forget an endpoint; calls to it get 404 from now on."""
        with self._lock:
            (self._folder / f"{endpoint.id}.json").unlink(missing_ok=True)
            self._endpoints = {k: v for k, v in self._endpoints.items() if k != endpoint.id}

    def within(self, project: str, location: str) -> list[Endpoint]:
        """The endpoints of a project and location, newest first."""
        here = [e for e in self._endpoints.values() if (e.project, e.location) == (project, location)]
        return sorted(here, key=lambda e: (e.created, e.id), reverse=True)
