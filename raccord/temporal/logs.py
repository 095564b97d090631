"""Structured logs: JSON lines with the workflow's id, never while replaying, never with personal data."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger
from temporalio import activity, workflow

ALLOWED_FIELDS = frozenset(
    {"event", "level", "timestamp", "logger", "workflow_id", "workflow_type", "activity_type", "attempt"}
    | {
        "connection",
        "event_id",
        "event_type",
        "verdict",
        "cause",
        "latency_ms",
        "hints",
        "ignored",
        "unreadable",
    }
    | {"deal", "invoice", "customer", "effect", "state", "mode", "task_queue", "address", "namespace", "path"}
    | {"port", "version", "live", "error", "problems", "process", "exception"}
)
_PATTERNS = (
    (re.compile(r"[^@\s]+@[^@\s]+\.\w+"), "[e-mail]"),
    (re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,4})?\b"), "[iban]"),
    (re.compile(r"\b(?:sk|rk|whsec|pat)[_-][A-Za-z0-9_-]{8,}\b"), "[secret]"),
    (re.compile(r"(?<!\d)(?:\+33|0)[ .]?[1-9](?:[ .]?\d{2}){4}(?!\d)"), "[phone]"),
)


def mask(text: str) -> str:
    """Replace what looks like an e-mail address, IBAN, token or French phone number."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def _where(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    if workflow.in_workflow():
        if workflow.unsafe.is_replaying():
            raise structlog.DropEvent
        info = workflow.info()
        event.update(workflow_id=info.workflow_id, workflow_type=info.workflow_type)
    elif activity.in_activity():
        about = activity.info()
        event.update(workflow_id=about.workflow_id, activity_type=about.activity_type, attempt=about.attempt)
    return event


def _allowed(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    return {k: mask(v) if isinstance(v, str) else v for k, v in event.items() if k in ALLOWED_FIELDS}


def configure_logs(process: str, *, stream: Any = None) -> None:
    """Set up structlog and the standard library's loggers (Temporal's SDK) to one JSON stream."""

    def named(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        event["process"] = process
        return event

    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _where,
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            named,
            _allowed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=stream or sys.stderr),
        cache_logger_on_first_use=True,
    )
    # The SDK would append a dictionary of its own to each event; what is worth saying has fields.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(allow=ALLOWED_FIELDS), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                named,
                _allowed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
