"""Everything that clients, workers, replay and tests must share, as one Temporal plugin."""

from dataclasses import replace
from datetime import timedelta

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DefaultFailureConverterWithEncodedAttributes
from temporalio.plugin import SimplePlugin
from temporalio.worker import WorkflowRunner
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from raccord.sealing import KeyRing
from raccord.temporal.codec import SealingCodec
from raccord.temporal.failures import ConnectorFailures

PASSED_THROUGH = ("raccord", "activities", "structlog", "babel", "stdnum", "email_validator", "idna")


def _with_passthrough(runner: WorkflowRunner | None) -> WorkflowRunner:
    if not isinstance(runner, SandboxedWorkflowRunner):
        raise TypeError("Raccord's workflows run in Temporal's sandbox")
    return replace(runner, restrictions=runner.restrictions.with_passthrough_modules(*PASSED_THROUGH))


def platform(keys: KeyRing, namespace: str, *, auth_retry: timedelta = timedelta(minutes=5)) -> SimplePlugin:
    """Build the plugin: pydantic payloads, sealed with the key ring, failures sealed alike."""
    converter = replace(
        pydantic_data_converter,
        payload_codec=SealingCodec(keys, namespace),
        failure_converter_class=DefaultFailureConverterWithEncodedAttributes,
    )
    return SimplePlugin(
        "raccord.temporal",
        data_converter=converter,
        interceptors=[ConnectorFailures(auth_retry)],
        workflow_runner=_with_passthrough,
    )
