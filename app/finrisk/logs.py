"""Log lines: one JSON object each, with a fixed ``event`` and a ``message`` for people who search."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from finrisk_rules.redaction import RedactionError
from finrisk_rules.storable import storable

LOGGER = logging.getLogger("finrisk")

_JSON = json.JSONEncoder(ensure_ascii=False, default=str)


class JsonFormatter(logging.Formatter):
    """Turns a record into one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its event and fields; an exception becomes its type and place, never its text."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "event": getattr(record, "event", record.name),
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            trace = record.exc_info[2]
            while trace and trace.tb_next:
                trace = trace.tb_next
            if trace:
                line["at"] = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        return storable(_JSON.encode(line))


def configure(level: str) -> None:
    """Send the service's log lines to standard output as JSON.

    No line says where in the code or in which thread it was written, so logging need not find out. Gunicorn's
    own lines name their process.
    """
    logging._srcfile = None  # as its manual says, under "Optimization"
    logging.logThreads = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    LOGGER.handlers[:] = [handler]
    LOGGER.setLevel(level)
    LOGGER.propagate = False


def log_redaction_failure(error: RedactionError, request_id: object) -> None:
    """Write where the redactor failed; what it read is neither logged nor kept."""
    cause = error.__cause__ or error
    LOGGER.error(
        "the redactor failed; what it was given is not kept",
        exc_info=(type(cause), cause, cause.__traceback__),
        extra={"event": "redaction_failed", "fields": {"request_id": str(request_id)}},
    )


def log(event: str, message: str, *, level: int = logging.INFO, **fields: object) -> None:
    """Write one line; ``fields`` become keys beside event and message."""
    LOGGER.log(level, "%s", message, extra={"event": event, "fields": fields})
