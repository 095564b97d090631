"""Builds one process's workers: `flows`, and one queue per connection so that limits hold per vendor."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.billing import BillingReads, BillingWrites
from activities.crm import CrmReads, CrmWrites
from activities.customers import CustomerActivities
from activities.effects import Effects
from activities.records import RecordsActivities
from raccord.connectors.billing.port import Billing
from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.crm.port import Crm
from raccord.connectors.registry import Kind
from raccord.domain.policy import DealWonPolicy
from raccord.records.records import Records
from raccord.settings.load import Configuration
from workflows.deal_won import DealWon
from workflows.ensure_customer import EnsureCustomer
from workflows.steps import FLOWS_QUEUE

REQUESTS_PER_ACTIVITY = 6
"""A deal's vendor activities make six requests on average; the queue's rate is the vendor's divided by it."""


@dataclass(frozen=True)
class Connections:
    """The ports of the configured vendors, opened once per process."""

    crm: Crm
    billing: Billing

    @classmethod
    def open(cls, configuration: Configuration) -> "Connections":
        settings = configuration.settings

        def connect(kind: Kind, name: str, connection: ConnectionSettings) -> Any:
            return configuration.vendor(kind).connect(name, connection, settings.clock)

        return cls(
            crm=connect(Kind.CRM, settings.crm, configuration.crm),
            billing=connect(Kind.BILLING, settings.billing, configuration.billing),
        )

    async def close(self) -> None:
        await self.crm.close()
        await self.billing.close()


def policy_of(configuration: Configuration, billing: Billing) -> DealWonPolicy:
    """Freeze what flow 1 may do, from the settings and what the billing system can."""
    settings, able = configuration.settings, billing.capabilities
    return DealWonPolicy(
        mode=settings.modes.deal_won,
        crm=settings.crm,
        billing=settings.billing,
        invoice_deals_won_from=settings.invoice_deals_won_from,
        rollout=settings.rollout.value(),
        invoice=settings.invoice_policy,
        clock=settings.clock,
        vat_rounding=able.vat_rounding,
        max_lines=able.max_lines,
        timing=settings.timing,
    )


def workers(
    client: Client, configuration: Configuration, connections: Connections, records: Records
) -> list[Worker]:
    """Build the workers of every queue; the caller enters them."""
    settings, billing, crm = configuration.settings, connections.billing, connections.crm
    billing_effects = Effects(records.audit, settle=billing.capabilities.settle)

    def worker(queue: str, activities: list[Callable[..., Any]], rate: float | None, **more: Any) -> Worker:
        return Worker(
            client,
            task_queue=queue,
            activities=activities,
            graceful_shutdown_timeout=settings.temporal.graceful_shutdown,
            max_task_queue_activities_per_second=rate,
            **more,
        )

    ours = RecordsActivities(records, policy_of(configuration, billing))
    flows = worker(
        FLOWS_QUEUE,
        [ours.deal_won_policy, ours.deal_link, ours.conclude, CustomerActivities(FLOWS_QUEUE).ensure],
        None,
        workflows=[DealWon, EnsureCustomer],
        sticky_queue_schedule_to_start_timeout=settings.temporal.sticky_timeout,
    )
    crm_reads, crm_writes = CrmReads(crm), CrmWrites(crm, Effects(records.audit))
    reads = BillingReads(billing, records.links)
    writes = BillingWrites(billing, records.links, billing_effects)
    return [
        flows,
        worker(settings.crm, [crm_reads.read_deal, crm_writes.write_invoice], _rate(crm)),
        worker(
            settings.billing,
            [
                reads.find_customer,
                reads.missing_vat_rates,
                reads.invoices_of_deal,
                writes.create_customer,
                writes.claim_customer,
                writes.create_vat_rate,
                writes.create_draft,
                writes.set_lines,
                writes.discard_draft,
                writes.finalise,
                writes.deliver,
            ],
            _rate(billing),
        ),
    ]


def _rate(port: Crm | Billing) -> float:
    return port.capabilities.requests_per_second / REQUESTS_PER_ACTIVITY


async def enter_all(stack: AsyncExitStack, all_workers: list[Worker]) -> None:
    for each in all_workers:
        await stack.enter_async_context(each)
