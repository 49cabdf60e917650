"""A revision: one release at one ratio, as applied (ConfigMap, Secret and image together)."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from ..errors import FinriskError
from .traffic import traffic_keys

_NAME = re.compile(r"r(?P<number>[0-9]{4,})-(?P<digest>[0-9a-f]{8})")
_OBJECT = re.compile(rf"(?P<base>.+)-(?P<revision>{_NAME.pattern})")
RELEASE = "finrisk.io/release"
REVISION = "finrisk.io/revision"
CURRENT = "finrisk.io/current"
PROVEN = "finrisk.io/proven"
DEPLOYMENT_PART = "finrisk.io/deployment"  # an annotation of the ConfigMap: the rendered Deployment, as JSON
MODEL_KEY = "FINETUNED_MODEL_NAME"


@dataclass(frozen=True)
class Release:
    """What an environment runs and who asked for it: the annotation ``finrisk.io/release``."""

    model: str = ""
    ratio: int = 0
    image: str = ""
    dataset: str = ""
    experiment: str = ""
    who: str = ""
    when: str = ""  # UTC, ISO 8601
    why: str = ""


@dataclass(frozen=True)
class Revision:
    """The two rendered objects of a revision. Its name holds a number and a hash of their content."""

    name: str
    config: dict[str, Any]  # the ConfigMap object
    secret: dict[str, Any]  # the Secret object, values in stringData

    @property
    def settings(self) -> dict[str, str]:
        """The service's settings of the ConfigMap."""
        return {str(key): str(value) for key, value in (self.config.get("data") or {}).items()}

    @property
    def secret_settings(self) -> dict[str, str]:
        """The service's settings of the Secret."""
        return {str(key): str(value) for key, value in (self.secret.get("stringData") or {}).items()}

    @property
    def release(self) -> Release:
        """The release as the annotation tells it; an unreadable annotation is an empty release."""
        try:
            content = json.loads(self.config["metadata"]["annotations"][RELEASE])
            names = {field.name for field in fields(Release)}
            release = Release(**{key: value for key, value in content.items() if key in names})
            return release if _is_of_its_kinds(release) else Release()
        except (KeyError, TypeError, ValueError, AttributeError):
            return Release()

    @property
    def proven(self) -> bool:
        """Whether a deploy checked that the service ran it."""
        return self.label(PROVEN) == "true"

    @property
    def intact(self) -> bool:
        """Whether nobody edited the objects after they were made."""
        match = _NAME.fullmatch(self.name)
        return match is not None and match["digest"] == self.digest

    @property
    def number(self) -> int:
        """The number in the name; 0 for a name that is none."""
        return number(self.name)

    @property
    def digest(self) -> str:
        """Eight hex digits of the content: settings of both objects, image, and a cluster's Deployment."""
        content: dict[str, Any] = {
            "settings": self.settings,
            "secret": self.secret_settings,
            "image": self.release.image,
        }
        if self.pod_template:
            content["deployment"] = self.pod_template
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()[:8]

    @property
    def pod_template(self) -> str:
        """The rendered Deployment as JSON; empty for a process."""
        return str(((self.config.get("metadata") or {}).get("annotations") or {}).get(DEPLOYMENT_PART, ""))

    def label(self, name: str) -> str:
        """Return a label of the ConfigMap, empty when it has none of this name."""
        metadata = self.config.get("metadata") or {}
        return str((metadata.get("labels") or {}).get(name, ""))


def make(config: Mapping[str, Any], secret: Mapping[str, Any], release: Release, number: int) -> Revision:
    """Return the revision that these rendered objects become at this release and number.

    The traffic keys, the experiment and the model's name are written here, whatever the templates hold.
    Raises FinriskError when an object is not what its template should render.
    """
    for kind, manifest, key in (("ConfigMap", config, "data"), ("Secret", secret, "stringData")):
        if manifest.get("kind") != kind or not isinstance(manifest.get(key), Mapping):
            raise FinriskError(
                f"expected a {kind} with {key}, got {manifest.get('kind')!r}; look at templates/"
            )
    settings = {str(key): _text(key, value) for key, value in config["data"].items()}
    settings |= traffic_keys(release.ratio) | {"AB_EXPERIMENT": release.experiment}
    draft = Revision(
        name="",
        config={**copy.deepcopy(dict(config)), "immutable": True, "data": settings},
        secret={**copy.deepcopy(dict(secret)), "immutable": True, "stringData": {MODEL_KEY: release.model}},
    )
    return _with_name(_with_release(draft, release), number)


def at_base(proven: Revision, release: Release, number: int) -> Revision:
    """Return the settings of a proven revision with nobody on the tuned arm."""
    return make(proven.config, proven.secret, replace(release, ratio=0), number)


def same_content(one: Revision | None, other: Revision | None) -> bool:
    """Say whether two revisions differ in nothing that the service can see."""
    if one is None or other is None:
        return False
    return one.intact and one.digest == other.digest


def number(name: str) -> int:
    """Return the number in a revision's name; 0 for what is no such name."""
    match = _NAME.fullmatch(name)
    return int(match["number"]) if match else 0


def newest_first(names: Iterable[str]) -> list[str]:
    """Return those that are names of revisions, the highest number first."""
    return sorted((name for name in names if _NAME.fullmatch(name)), key=number, reverse=True)


def next_number(names: Iterable[str]) -> int:
    """Return the number after the highest of these revision names."""
    return max(map(number, names), default=0) + 1


def object_parts(name: str) -> tuple[str, str]:
    """Return an object's name without its revision, and the revision, empty for an object of none."""
    match = _OBJECT.fullmatch(name)
    return (match["base"], match["revision"]) if match else (name, "")


def labelled(revision: Revision, name: str, value: str | None) -> Revision:
    """Return the revision with one label set, or taken away when the value is None."""
    config, secret = copy.deepcopy(revision.config), copy.deepcopy(revision.secret)
    for body in (config, secret):
        labels = body.setdefault("metadata", {}).setdefault("labels", {})
        labels.pop(name, None)
        if value is not None:
            labels[name] = value
    return replace(revision, config=config, secret=secret)


def shown(revision: Revision | None) -> dict[str, Any]:
    """Return what a diff shows of a revision: every setting, and what it releases."""
    if revision is None:
        return {}
    release = revision.release
    return {
        "revision": revision.name,
        "ratio": release.ratio,
        "image": release.image,
        "ConfigMap": revision.settings,
        "Secret": revision.secret_settings,
        **({"Deployment": json.loads(revision.pod_template)} if revision.pod_template else {}),
    }


def _is_of_its_kinds(release: Release) -> bool:
    """Say whether the ratio is a number and all else text: somebody may have edited what is read."""
    return isinstance(release.ratio, int | float) and all(
        isinstance(value, str) for name, value in asdict(release).items() if name != "ratio"
    )


def _with_name(revision: Revision, number: int) -> Revision:
    name = f"r{number:04d}-{revision.digest}"
    result = labelled(replace(revision, name=name), REVISION, name)
    for body in (result.config, result.secret):
        base, _ = object_parts(str(body["metadata"].get("name", "finrisk")))
        body["metadata"]["name"] = f"{base}-{name}"
    return labelled(labelled(result, PROVEN, None), CURRENT, None)


def _with_release(revision: Revision, release: Release) -> Revision:
    config = copy.deepcopy(revision.config)
    annotations = config.setdefault("metadata", {}).setdefault("annotations", {})
    annotations[RELEASE] = json.dumps(asdict(release), sort_keys=True, ensure_ascii=False)
    return replace(revision, config=config)


def _text(key: object, value: object) -> str:
    if isinstance(value, str):
        return value
    raise FinriskError(
        f"{key} of the rendered ConfigMap is {value!r} of type {type(value).__name__}, expected text; "
        "quote it in templates/configmap.yml.j2"
    )
