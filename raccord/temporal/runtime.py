"""The SDK's core: its metrics, where they are wanted, and its log lines among ours."""

import logging

from temporalio.runtime import (
    LogForwardingConfig,
    LoggingConfig,
    PrometheusConfig,
    Runtime,
    TelemetryConfig,
    TelemetryFilter,
)

CORE = "temporalio.core"
_LONGEST_REASON = 300


def _with_its_reason(record: logging.LogRecord) -> bool:
    """Keep of what the core says beside its sentence the reason; the rest is about the core's own parts."""
    fields = getattr(record, "temporal_log").fields  # noqa: B009 - the SDK adds it to the record
    if reason := fields.get("error"):
        record.error = str(reason)[:_LONGEST_REASON]
    return True


def runtime(metrics: str = "") -> Runtime:
    """Start a core for a process that runs on. `metrics`: `host:port` to serve them at.

    Raises `ValueError` where the port is taken (temporalio 1.35). Not for a short command: what is forwarded
    while the interpreter ends is lost, and may take the process with it.
    """
    core = logging.getLogger(CORE)
    core.addFilter(_with_its_reason)
    forwarded = LogForwardingConfig(
        core,
        append_target_to_name=False,
        prepend_target_on_message=False,
        append_log_fields_to_message=False,
    )
    telemetry = TelemetryConfig(
        logging=LoggingConfig(TelemetryFilter(core_level="WARN", other_level="ERROR"), forwarding=forwarded),
        metrics=PrometheusConfig(
            bind_address=metrics, durations_as_seconds=True, unit_suffix=True, counters_total_suffix=True
        )
        if metrics
        else None,
    )
    return Runtime(telemetry=telemetry)
