"""What the dashboard and the alerts ask for is what the processes expose."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import yaml
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from raccord.connectors.http import client as vendors
from raccord.temporal.runtime import runtime
from starters.receiver import app as receiver
from tests.deploy.files import DEPLOY
from tests.front_door.stack import free_port
from tests.temporal.conftest import EXECUTABLE
from workers import gauges

EXPOSING = (vendors, receiver, gauges)
"""Their metrics are of the registry that a worker and a receiver serve."""
OF_PROMETHEUS = {"up"}
OF_THE_SYSTEM = {"process_resident_memory_bytes"}
_NAME = re.compile(r"\b(?:raccord|temporal|process)_[a-z_]+\b|\bup\b")


def asked() -> Iterator[tuple[str, str]]:
    """Every expression of dashboard and alerts, with where it stands."""
    dashboard = json.loads((DEPLOY / "grafana/dashboards/raccord.json").read_text("utf-8"))
    for panel in dashboard["panels"]:
        yield from ((panel["title"], target["expr"]) for target in panel["targets"])
    rules = yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text("utf-8"))
    yield from ((rule["alert"], rule["expr"]) for group in rules["groups"] for rule in group["rules"])


def wanted() -> dict[str, str]:
    """Return the metrics that are asked for, each with one place that does."""
    return {
        name: where
        for where, expression in asked()
        for name in _NAME.findall(re.sub(r'"[^"]*"', "", expression))
    }


@activity.defn
async def step() -> None:
    if activity.info().attempt == 1:
        raise RuntimeError("once")


_failed: set[str] = set()


@workflow.defn(sandboxed=False)
class Fails:
    """Its code fails once, and then one of its steps does."""

    @workflow.run
    async def run(self) -> None:
        if workflow.info().workflow_id not in _failed:
            _failed.add(workflow.info().workflow_id)
            raise ValueError("once")
        quickly = RetryPolicy(initial_interval=timedelta(seconds=0.01))
        await workflow.execute_activity(
            step, start_to_close_timeout=timedelta(seconds=5), retry_policy=quickly
        )


async def of_the_sdk() -> set[str]:
    """Return what a worker's core exposes once a flow and a step have failed and ended."""
    port = free_port()
    environment = await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(EXECUTABLE), runtime=runtime(f"127.0.0.1:{port}")
    )
    async with environment as running:
        worker = Worker(
            running.client,
            task_queue="flows",
            workflows=[Fails],
            activities=[step],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        async with worker:
            await running.client.execute_workflow(Fails.run, id="fails", task_queue="flows")
            async with httpx.AsyncClient() as http:
                said = (await http.get(f"http://127.0.0.1:{port}/metrics")).text
    return {sample.name for family in text_string_to_metric_families(said) for sample in family.samples}


def of_ours() -> set[str]:
    families = list(REGISTRY.collect())
    names = {sample.name for family in families for sample in family.samples}
    # A family with labels has samples once there was something to count.
    names |= {f"{family.name}{suffix}" for family in families for suffix in ("", "_total", "_bucket")}
    return names


async def test_every_metric_that_is_asked_for_is_exposed() -> None:
    exposed = of_ours() | await of_the_sdk() | OF_PROMETHEUS | OF_THE_SYSTEM
    found = wanted()
    assert len(found) > 15
    assert {name: where for name, where in found.items() if name not in exposed} == {}
