"""Each log line is JSON whose event a person can read, with the reason of what went wrong."""

import io
import json
import logging
from types import SimpleNamespace

import structlog
from temporalio import activity, workflow

from raccord.temporal.logs import configure_logs
from raccord.temporal.runtime import CORE, runtime


def test_an_error_of_the_sdks_loggers_keeps_its_reason_and_adds_nothing_to_the_event() -> None:
    stream = io.StringIO()
    configure_logs("worker", stream=stream)
    try:
        reason = "slack refuses the credentials of anne@hexalab.example"
        more = {"error": reason, "workflow_id": "deal-won/crm/7", "temporal_workflow": {"attempt": 1}}
        logging.getLogger("temporalio.workflow").warning("desk.not_told", extra=more)
        lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    finally:
        logging.getLogger().handlers.clear()
        structlog.reset_defaults()
    (line,) = lines
    assert (line["event"], line["workflow_id"]) == ("desk.not_told", "deal-won/crm/7")
    assert line["error"] == "slack refuses the credentials of [e-mail]"
    assert "temporal_workflow" not in line
    assert not workflow.logger.workflow_info_on_message
    assert not activity.logger.activity_info_on_message


def test_a_line_of_the_sdks_core_is_one_of_ours_with_its_reason() -> None:
    stream = io.StringIO()
    configure_logs("worker", stream=stream)
    try:
        runtime()
        core = logging.getLogger(CORE)
        fields = {"error": "tcp connect error of anne@hexalab.example", "worker": "WorkerPoller { .. }"}
        said = {"temporal_log": SimpleNamespace(fields=fields)}
        core.handle(core.makeRecord(CORE, logging.WARNING, "(core)", 0, "gRPC retried", (), None, extra=said))
        (line,) = map(json.loads, stream.getvalue().splitlines())
    finally:
        logging.getLogger().handlers.clear()
        structlog.reset_defaults()
    assert (line["event"], line["level"], line["process"]) == ("gRPC retried", "warning", "worker")
    assert line["error"] == "tcp connect error of [e-mail]"
    assert "temporal_log" not in line
