"""The service's whole configuration: every key of the ConfigMap, the Secret and the credentials."""

import os
import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from finrisk_rules import assignment
from finrisk_rules.clients import KEYS_FILE
from finrisk_rules.labels import labels_said
from finrisk_rules.platforms import Provider

if TYPE_CHECKING:
    from finrisk_rules.redaction import Names

POD_KEYS = ("FINRISK_REVISION", "FINRISK_VAR_DIR", "FINRISK_KEYS_FILE", "FINRISK_BIND", "FINRISK_OPS_BIND")
"""What a pod or process knows by itself; every other key comes from a rendered template."""


# Names that the SDK turns into another path: tunedModels/ ended in May 2025, a number alone or endpoints/8 is
# looked for among Google's own models, and models/8@1 takes no requests.
_NO_ENDPOINT = re.compile(r"tunedModels/|\d+$|endpoints/|projects/[^/]+/locations/[^/]+/models/")


_SHARES = ("AB_TEST_TRAFFIC_SPLIT", "SHADOW_SHARE")


def _names(lines: str) -> "Names":
    # Redaction takes a third of a second to import, which `finrisk migrate` does not need.
    from finrisk_rules.redaction import Names

    return Names(lines)


class SettingsError(ValueError):
    """The settings cannot be used; the message names the key and the fix."""


class Settings(BaseSettings):
    """Settings read from the environment; see docs/settings.md for each key."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore")

    # Collection
    enable_data_collection: bool = True
    data_collection_quality: Annotated[float, Field(ge=0, le=1)] = 0.9
    collect_unread: bool = False
    training_labels: str = ""
    analysis_retention_days: Annotated[int, Field(ge=0)] = 90
    training_retention_days: Annotated[int, Field(ge=0)] = 0
    review_share: Annotated[float, Field(ge=0, le=1)] = 0.1

    # Traffic: written by deploy and rollback alone
    enable_finetuning: bool = False
    enable_ab_testing: bool = False
    ab_test_traffic_split: Annotated[float, Field(ge=0, le=1)] = 0.5
    ab_experiment: str = ""
    ab_test_unit: Literal["user", "session", "request"] = "user"
    finetuned_model_name: str = ""

    # What the other model would have said
    shadow_share: Annotated[float, Field(ge=0, le=1)] = 0
    shadow_daily_calls: Annotated[int, Field(ge=1)] = 500

    # Models
    gemini_provider: Provider = "vertex"
    base_model: str = "gemini-3.5-flash-lite"
    gemini_base_url: str = ""
    google_cloud_project: str = ""
    google_cloud_location: str = ""
    google_application_credentials: str = ""
    gemini_api_key: SecretStr = SecretStr("")
    max_output_tokens: Annotated[int, Field(ge=64)] = 4096
    request_deadline_seconds: Annotated[float, Field(gt=0, le=300)] = 30

    # Retrieval
    database_url: SecretStr = SecretStr("")
    retrieval_required: bool = False
    retrieval_pages: Annotated[int, Field(ge=1, le=50)] = 5
    retrieval_passages: Annotated[int, Field(ge=1, le=50)] = 8
    prompt_tokens: Annotated[int, Field(ge=1000)] = 12_000

    # Serving
    user_hash_key: SecretStr = SecretStr("")
    redaction_names: SecretStr = SecretStr("")
    require_api_key: bool = True
    rate_limit_per_minute: Annotated[int, Field(ge=0)] = 600
    max_in_flight: Annotated[int, Field(ge=1, le=1000)] = 64
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    # Known to the pod or process itself
    finrisk_revision: str = ""
    finrisk_var_dir: Path = Path("var/local")
    finrisk_keys_file: str = ""
    finrisk_bind: str = "127.0.0.1:8000"
    finrisk_ops_bind: str = "127.0.0.1:9090"

    @model_validator(mode="after")
    def _consistent(self) -> "Settings":
        if self.enable_finetuning and not self.finetuned_model_name:
            raise ValueError(
                "ENABLE_FINETUNING is true but FINETUNED_MODEL_NAME is empty: "
                "deploy with a tuned model, or set ENABLE_FINETUNING=false"
            )
        if self.enable_finetuning and self.gemini_provider == "gemini_api":
            raise ValueError(
                "GEMINI_PROVIDER=gemini_api serves base models only: "
                "set GEMINI_PROVIDER=vertex, or ENABLE_FINETUNING=false"
            )
        if self.shadow_share and self.gemini_provider == "gemini_api":
            raise ValueError(
                f"SHADOW_SHARE={self.shadow_share:g} cannot be used: GEMINI_PROVIDER=gemini_api serves base "
                "models only, so there is no other one to ask: set SHADOW_SHARE=0"
            )
        if (self.enable_finetuning or self.shadow_share) and _NO_ENDPOINT.match(self.finetuned_model_name):
            raise ValueError(
                f"FINETUNED_MODEL_NAME={self.finetuned_model_name} is no endpoint: give the full name, "
                "projects/P/locations/L/endpoints/E, as tune.yml prints it"
            )
        if not self.user_hash_key.get_secret_value():
            raise ValueError("USER_HASH_KEY is empty: user ids are stored as a keyed hash, so it needs a key")
        try:
            if held := self.redaction_names.get_secret_value():
                _names(held)
        except ValueError as error:
            raise ValueError(
                f"REDACTION_NAMES cannot be used: {error}; mend the file that finrisk_redaction_names names, "
                "and run playbooks/site.yml"
            ) from None
        if self.gemini_provider == "vertex":
            for key in ("google_cloud_project", "google_cloud_location"):
                if not getattr(self, key):
                    raise ValueError(f"{key.upper()} is empty: provider vertex needs it")
        elif not self.gemini_api_key.get_secret_value():
            raise ValueError("GEMINI_API_KEY is empty: provider gemini_api needs it")
        return self

    @property
    def split(self) -> float:
        """Share of users on the tuned arm, 0..1, as the three traffic keys together say."""
        return assignment.split(self.enable_finetuning, self.enable_ab_testing, self.ab_test_traffic_split)

    @property
    def labels_to_train_on(self) -> frozenset[str]:
        """Labels of documents whose answers may be collected."""
        return labels_said(self.training_labels)

    @cached_property
    def names(self) -> "Names":
        """The firm's own list of names, which redaction takes out."""
        return _names(self.redaction_names.get_secret_value())

    @property
    def ops_port(self) -> int:
        """Port of metrics and health pages."""
        return int(self.finrisk_ops_bind.rpartition(":")[2])

    @property
    def keys_path(self) -> Path:
        """The clients' keys as hashes: of the var folder, in a pod the mounted credentials."""
        return Path(self.finrisk_keys_file) if self.finrisk_keys_file else self.variable_path(KEYS_FILE)

    def variable_path(self, *parts: str) -> Path:
        """A path inside the folder that holds this environment's run state."""
        return self.finrisk_var_dir.joinpath(*parts)


def _sentence(error: ValidationError) -> str:
    sentences = []
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"]).upper()
        if not key:
            sentences.append(detail["msg"].removeprefix("Value error, "))
            continue
        hint = ": a share from 0 to 1, not a percentage" if key in _SHARES else ""
        sentences.append(f"{key}={detail['input']!r} cannot be used: {detail['msg']}{hint}")
    return "; ".join(sentences)


def settings_from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives.

    Raises:
        SettingsError: a key has an unusable value, or the keys contradict each other.
    """
    present = os.environ if environment is None else environment
    if "AB_TEST_FINETUNED_RATIO" in present:
        raise SettingsError(
            "AB_TEST_FINETUNED_RATIO is not read: remove it and use AB_TEST_TRAFFIC_SPLIT, a share "
            "from 0 to 1 (operators: deploy.yml -e finrisk_ab_ratio=25)"
        )
    try:
        if environment is None:
            return Settings()
        values = {
            key.lower(): value for key, value in environment.items() if key.lower() in Settings.model_fields
        }
        return Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_sentence(error)) from None
