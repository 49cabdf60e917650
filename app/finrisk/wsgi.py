"""What Gunicorn loads in each worker, after fork: the settings, the service, its app."""

import logging
import sys

from finrisk import logs, metric_files, workers
from finrisk.analysis import Service
from finrisk.http import refusals
from finrisk.http.app import create_app, service
from finrisk.logs import log
from finrisk.model_http import ProxyError
from finrisk.rehearsal import rehearse
from finrisk.settings import Settings, SettingsError, settings_from_environment


def _settings() -> Settings:
    try:
        return settings_from_environment()
    except SettingsError as error:
        log("settings_refused", str(error), level=logging.CRITICAL)
        sys.exit(4)


def _announce(settings: Settings) -> None:
    if settings.split:
        models = f"base model {settings.base_model}, fine-tuned model {settings.finetuned_model_name}"
        log("ab_testing_configured", f"A/B testing enabled: split {settings.split:g}, {models}")
    else:
        log(
            "ab_testing_configured",
            f"A/B testing disabled: everybody gets the base model {settings.base_model}",
        )
    if not metric_files.are_shared():
        message = "the metrics of this worker are not shared: no room for their files in the var folder"
        log("metrics_not_shared", message, level=logging.ERROR)
    try:
        workers.announce(settings)
    except OSError as error:  # a release misses this worker and says so; those who ask need it all the same
        message = f"this worker is not listed among the workers: {error.strerror}"
        log("worker_not_listed", message, level=logging.ERROR)


def _prepare_models(running: Service) -> None:
    """Make the model client; a service without one still answers, with the reason, and says so here."""
    try:
        running.generation.prepare()
    except ProxyError as error:
        log("model_client_failed", f"no client for the models: {error}", level=logging.ERROR)
    except Exception as error:  # credentials can be wrong in as many ways as there are kinds of them
        message = f"no client for the models: {type(error).__name__}; check the credentials"
        log("model_client_failed", message, level=logging.ERROR)


def close() -> None:
    """Log the last refusals, ship the journal, end the threads; Gunicorn calls it when a worker exits."""
    refusals.tell()
    SERVICE.shadow.close()
    SERVICE.collection.close()
    SERVICE.database.close()


logs.configure("INFO")
_SETTINGS = _settings()
logs.configure(_SETTINGS.log_level)
SERVICE = service(_SETTINGS)
_prepare_models(SERVICE)
rehearse()
app = create_app(SERVICE)
_announce(_SETTINGS)
