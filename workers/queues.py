"""One queue for the flows, and one per connection so that limits hold per vendor."""

from collections.abc import Callable
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from raccord.connectors.connection import Kind
from raccord.records.records import Records
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from workers.connections import Connections
from workers.outages import Outages
from workers.roles import WORKFLOWS, Base, activities_of, own_activities

_AT_A_TIME = 20
"""Turns of flows at a time. With the SDK's hundred, thousands that wake at one hour share the processor until
a turn takes longer than its ten seconds, and begins again."""
_AWAKE = 250
"""Flows that a worker keeps in memory, 0.6 MiB each; of another one it reads the history anew when it wakes.
The SDK's thousand would be kept by customers who are asked for money once in weeks."""


def workers(
    client: Client, configuration: Configuration, connections: Connections, records: Records
) -> list[Worker]:
    """Build the workers of every queue; the caller enters them. Raises `BadSettings`."""
    settings = configuration.settings
    base = Base(configuration, records, connections)
    outages = Outages(client, records.stuck, connections.probes)

    def worker(queue: str, activities: list[Callable[..., Any]], **more: Any) -> Worker:
        return Worker(
            client,
            task_queue=queue,
            activities=activities,
            interceptors=[outages],
            graceful_shutdown_timeout=settings.temporal.graceful_shutdown,
            **more,
        )

    flows = worker(
        FLOWS_QUEUE,
        own_activities(base),
        workflows=WORKFLOWS,
        max_cached_workflows=_AWAKE,
        max_concurrent_workflow_tasks=_AT_A_TIME,
        sticky_queue_schedule_to_start_timeout=settings.temporal.sticky_timeout,
    )
    return [
        flows,
        *(
            worker(
                row.name,
                activities_of(base, row),
                # The server shares it out among a fleet; each process keeps its own requests apart besides.
                max_task_queue_activities_per_second=row.port.capabilities.activities_per_second,
            )
            for row in connections.rows
            if row.connection.kind is not Kind.INBOUND
        ),
    ]
