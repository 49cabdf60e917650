"""What may be asked of a tuning job; everything else is refused before anything is read or sent."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from ..errors import FinriskError
from .spec import Hyperparameters

MIN_TRAINING_EXAMPLES = 100  # below this, tuning makes a model worse; Google advises the same number
ADAPTER_SIZES = (1, 2, 4, 8, 16, 32)

_REGION = re.compile(r"[a-z]+(-[a-z]+)+[0-9]+")
_EPOCHS = range(1, 101)
_USUAL_EPOCHS = range(5, 11)
_SMALL_MULTIPLIER = 0.01  # absolute learning rates of the old manual were 0.0001 to 0.001


def check_provider(provider: str) -> None:
    """Raise FinriskError unless the provider can tune."""
    if provider == "gemini_api":
        raise FinriskError(
            "provider gemini_api cannot tune: Google ended tuning with an API key in May 2025, and no "
            "model of the Gemini API takes it today; set finrisk_gemini_provider=vertex with "
            "finrisk_google_project, finrisk_google_location, finrisk_bucket and a service account"
        )
    if provider != "vertex":
        raise FinriskError(f"finrisk_gemini_provider is {provider!r}; use vertex (gemini_api cannot tune)")


def check_location(location: str) -> None:
    """Raise FinriskError for a location that runs no tuning jobs."""
    if not location:
        raise FinriskError("finrisk_google_location is empty; name a region, for example us-central1")
    if not _REGION.fullmatch(location):
        raise FinriskError(
            f"finrisk_google_location is {location}, which is no region, and only regions run tuning jobs; "
            "name a region, for example us-central1"
        )


def check_model(model: str, tunable: Sequence[str], successors: Mapping[str, str]) -> None:
    """Raise FinriskError unless ``model`` is one of ``tunable``; retired names are told their successor.

    ``successors`` maps the beginning of a retired name to the model to use now.
    """
    name = model.removeprefix("publishers/google/").removeprefix("models/")
    choices = ", ".join(tunable)
    if re.match(r"(tunedModels/|projects/)", model):
        raise FinriskError(
            f"finrisk_base_model is {model!r}, a tuned model; tuning starts from a base model, "
            f"one of {choices}. tunedModels/ names ended with the Gemini API's tuning in May 2025: "
            "a tuned model is now called projects/P/locations/L/endpoints/E"
        )
    for beginning, successor in successors.items():
        if name.startswith(beginning):
            raise FinriskError(
                f"finrisk_base_model is {model!r}, which Google has retired; use {successor} instead "
                f"(models that can be tuned: {choices})"
            )
    if model not in tunable:
        raise FinriskError(
            f"finrisk_base_model is {model!r}, not one of finrisk_tunable_models ({choices}); "
            "add it to finrisk_tunable_models when Google offers tuning for it"
        )


def check_same_base(name: str, tuned_from: str, base_model: str) -> None:
    """Raise FinriskError when the model of that name was tuned from another base than the base arm's."""
    if tuned_from.rpartition("/")[2] != base_model.rpartition("/")[2]:
        raise FinriskError(
            f"{name} was tuned from {tuned_from}, but BASE_MODEL is {base_model}: the arms would differ in "
            "more than the tuning. Set finrisk_base_model to the tuned model's base, or add "
            "-e finrisk_allow_base_mismatch=true"
        )


def hyperparameters(
    epochs: int, learning_rate_multiplier: float, adapter_size: int
) -> tuple[Hyperparameters, list[str]]:
    """Return the checked hyperparameters and the warnings about unusual ones.

    An ``adapter_size`` of 0 leaves the choice to the service. Raises FinriskError for values it would refuse.
    """
    if epochs not in _EPOCHS:
        raise FinriskError(f"finrisk_epochs (EPOCHS) is {epochs}, expected a whole number from 1 to 100")
    if not (math.isfinite(learning_rate_multiplier) and learning_rate_multiplier > 0):
        raise FinriskError(
            f"finrisk_learning_rate_multiplier is {learning_rate_multiplier:g}, expected a number above 0 "
            "(1.0 is the service's own learning rate)"
        )
    if adapter_size not in (0, *ADAPTER_SIZES):
        raise FinriskError(
            f"finrisk_adapter_size (ADAPTER_SIZE) is {adapter_size}, "
            f"expected one of {', '.join(map(str, ADAPTER_SIZES))}"
        )
    warnings = []
    if epochs not in _USUAL_EPOCHS:
        warnings.append(f"finrisk_epochs is {epochs}; 5 to 10 is usual, fewer learn little and more overfit")
    if learning_rate_multiplier < _SMALL_MULTIPLIER:
        warnings.append(
            f"finrisk_learning_rate_multiplier is {learning_rate_multiplier:g}: it multiplies the service's "
            "own learning rate and is not a rate itself; 1.0 is usual"
        )
    return Hyperparameters(epochs, float(learning_rate_multiplier), adapter_size), warnings
