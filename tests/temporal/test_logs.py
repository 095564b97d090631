"""Each log line is JSON whose event a person can read, with the reason of what went wrong."""

import io
import json
import logging

import structlog
from temporalio import activity, workflow

from raccord.temporal.logs import configure_logs


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
