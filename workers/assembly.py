"""Builds one process's workers: `flows`, and one queue per connection so that limits hold per vendor."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client
from temporalio.worker import Worker

from activities.billing import BillingReads, BillingWrites
from activities.crm import CrmReads, CrmWrites
from activities.customers import CustomerActivities
from activities.desk import DeskActivities, DeskRules
from activities.desk_messages import DeskMessages
from activities.desk_tasks import DeskTasks
from activities.effects import Effects
from activities.flows import FlowActivities
from activities.records import RecordsActivities
from activities.remarks import RemarkActivities, RemarkMessages
from activities.sweep import SweepActivities, SweepReads
from activities.watch import WatchActivities, WatchMessages
from raccord.connectors.billing import Billing
from raccord.connectors.connection import CheckState, ConnectionSettings, Kind
from raccord.connectors.crm import Crm
from raccord.connectors.messenger import Messenger
from raccord.domain.desk.wording import Voice
from raccord.domain.rules.policy import DealWonPolicy
from raccord.domain.service.outage import WatchPolicy
from raccord.domain.values.working_hours import WorkingHours
from raccord.records.records import Records
from raccord.settings.checks import einvoicing_check, vat_country_check
from raccord.settings.load import BadSettings, Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from workers.outages import Outages
from workflows.connection_watch import ConnectionWatch
from workflows.deal_won import DealWon
from workflows.desk import Press, Remarking, Telling
from workflows.ensure_customer import EnsureCustomer
from workflows.reconciliation import Reconciliation

REQUESTS_PER_CRM_ACTIVITY, REQUESTS_PER_BILLING_ACTIVITY = 7, 3
"""Requests of one activity on average (measured); a queue's rate is the vendor's divided by it."""


@dataclass(frozen=True)
class Connections:
    """The ports of the configured vendors, opened once per process."""

    crm: Crm
    billing: Billing
    messenger: Messenger | None = None

    @classmethod
    def open(cls, configuration: Configuration) -> "Connections":
        settings, messenger = configuration.settings, configuration.messenger

        def connect(kind: Kind, name: str, connection: ConnectionSettings) -> Any:
            return configuration.vendor(kind).connect(name, connection, settings.clock)

        return cls(
            crm=connect(Kind.CRM, settings.crm, configuration.crm),
            billing=connect(Kind.BILLING, settings.billing, configuration.billing),
            messenger=connect(Kind.MESSAGING, settings.messenger, messenger) if messenger else None,
        )

    async def close(self) -> None:
        await self.crm.close()
        await self.billing.close()
        if self.messenger:
            await self.messenger.close()


def policy_of(configuration: Configuration, billing: Billing) -> DealWonPolicy:
    """Freeze what flow 1 may do, from the settings and what the billing system can.

    Raises `BadSettings` when the settings promise what the billing connection cannot do, or contradict it.
    """
    settings, able = configuration.settings, billing.capabilities
    rates = vat_country_check(
        settings.vat.seller_country,
        # Only where the vendor keeps VAT rates by country has its section such a field.
        getattr(configuration.billing, "vat_country", None),
        connection=settings.billing,
    )
    transmission = einvoicing_check(
        settings.invoice_policy,
        transmits=able.einvoicing,
        connection=settings.billing,
        today=settings.clock.date_of(datetime.now(UTC)),
    )
    if wrong := [check for check in (rates, transmission) if check.state is CheckState.FAIL]:
        raise BadSettings("\n".join(f"{check.found}. {check.remedy}" for check in wrong))
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
        approve_above=settings.desk.approve_above,
    )


def desk_rules_of(configuration: Configuration) -> DeskRules:
    """Freeze what the settings say about the desk."""
    settings, desk = configuration.settings, configuration.settings.desk
    return DeskRules(
        voice=voice_of(configuration),
        hours=WorkingHours(
            clock=settings.clock,
            country=settings.vat.seller_country,
            opens_at=desk.opens_at,
            closes_at=desk.closes_at,
        ),
        escalate_after=desk.escalate_after,
        escalate_to=desk.escalate_to,
        messenger=settings.messenger,
        crm=settings.crm if desk.tasks else "",
        timing=settings.timing,
    )


def voice_of(configuration: Configuration) -> Voice:
    """Return how the company's messages speak."""
    desk = configuration.settings.desk
    return Voice(language=desk.language, stage=configuration.live_or_test, contact=desk.contact)


def watch_policy_of(configuration: Configuration) -> WatchPolicy:
    """Freeze when an outage is told."""
    settings = configuration.settings
    return WatchPolicy(
        alert_after=settings.watch.alert_after,
        credentials_alert_after=settings.watch.credentials_alert_after,
        probe_every=settings.watch.probe_every,
        messenger=settings.messenger,
        timing=settings.timing,
    )


def workers(
    client: Client, configuration: Configuration, connections: Connections, records: Records
) -> list[Worker]:
    """Build the workers of every queue; the caller enters them."""
    settings, billing, crm = configuration.settings, connections.billing, connections.crm
    rules = desk_rules_of(configuration)
    probes = {settings.crm: crm.probe, settings.billing: billing.probe}
    if connections.messenger:
        probes[settings.messenger] = connections.messenger.probe
    outages = Outages(client, records.stuck, probes)

    def worker(queue: str, activities: list[Callable[..., Any]], rate: float | None, **more: Any) -> Worker:
        return Worker(
            client,
            task_queue=queue,
            activities=activities,
            interceptors=[outages],
            graceful_shutdown_timeout=settings.temporal.graceful_shutdown,
            max_task_queue_activities_per_second=rate,
            **more,
        )

    ours = RecordsActivities(records, policy_of(configuration, billing))
    desk = DeskActivities(records, rules, FLOWS_QUEUE)
    watch = WatchActivities(records, watch_policy_of(configuration), probes)
    active = settings.invoice_deals_won_from is not None
    sweep = SweepActivities(records, settings.crm, settings.sweep.overlap, active=active)
    found = [
        worker(
            FLOWS_QUEUE,
            [
                *(
                    ours.deal_won_policy,
                    ours.deal_link,
                    ours.identities,
                    ours.follow,
                    ours.adopt,
                    ours.confirmed,
                    ours.confirm,
                    ours.answered,
                    ours.went_without_mail,
                    ours.conclude,
                ),
                *(desk.open, desk.answer, desk.tell, desk.state),
                *(watch.policy, watch.look, sweep.plan, sweep.tell),
                CustomerActivities(FLOWS_QUEUE).ensure,
                FlowActivities().look_at_deal,
                RemarkActivities(settings.messenger, settings.timing, FLOWS_QUEUE).tell,
            ],
            None,
            workflows=[DealWon, EnsureCustomer, Telling, Press, Remarking, ConnectionWatch, Reconciliation],
            sticky_queue_schedule_to_start_timeout=settings.temporal.sticky_timeout,
        ),
        worker(
            settings.crm,
            _crm_activities(configuration, crm, records, rules),
            crm.capabilities.requests_per_second / REQUESTS_PER_CRM_ACTIVITY,
        ),
        worker(
            settings.billing,
            _billing_activities(billing, records),
            billing.capabilities.requests_per_second / REQUESTS_PER_BILLING_ACTIVITY,
        ),
    ]
    if messenger := connections.messenger:
        activities = _messenger_activities(configuration, messenger, records, rules)
        found.append(worker(settings.messenger, activities, messenger.capabilities.requests_per_second))
    return found


def _crm_activities(
    configuration: Configuration, crm: Crm, records: Records, rules: DeskRules
) -> list[Callable[..., Any]]:
    effects = Effects(records.audit)
    reads, writes = CrmReads(crm), CrmWrites(crm, effects)
    # A repeated write of invoice fields changes nothing; a repeated task would be a second one.
    once = Effects(records.audit, in_flight=_in_flight(configuration, configuration.crm))
    sweep = SweepReads(crm, configuration.settings.invoice_deals_won_from)
    tasks = DeskTasks(records, crm, rules, once)
    return [
        *(reads.read_deal, reads.read_company, reads.current_company),
        *(writes.write_invoice, sweep.won_deals, tasks.keep),
    ]


def _billing_activities(billing: Billing, records: Records) -> list[Callable[..., Any]]:
    reads = BillingReads(billing, records.links)
    effects = Effects(records.audit, settle=billing.capabilities.settle)
    writes = BillingWrites(billing, records.links, effects)
    return [
        reads.find_customer,
        reads.missing_vat_rates,
        reads.invoices_of_deal,
        reads.invoices_of_customer,
        reads.invoiced_lines,
        writes.create_customer,
        writes.claim_customer,
        writes.create_vat_rate,
        writes.create_draft,
        writes.set_lines,
        writes.discard_draft,
        writes.finalise,
        writes.deliver,
    ]


def _in_flight(configuration: Configuration, connection: ConnectionSettings | None) -> timedelta:
    """How long after an intent its request may still be under way: a client's thread outlives its step."""
    timeout = connection.timeout if connection else timedelta(0)
    return configuration.settings.timing.step + timeout


def _messenger_activities(
    configuration: Configuration, messenger: Messenger, records: Records, rules: DeskRules
) -> list[Callable[..., Any]]:
    in_flight = _in_flight(configuration, configuration.messenger)
    effects = Effects(records.audit, settle=messenger.capabilities.settle, in_flight=in_flight)
    desk = DeskMessages(records, messenger, rules, effects)
    watch = WatchMessages(messenger, rules.voice, configuration.settings.clock, effects)
    remarks = RemarkMessages(messenger, rules.voice, effects)
    return [desk.show, desk.escalate, desk.decide, desk.whisper, watch.report, remarks.post]


async def enter_all(stack: AsyncExitStack, all_workers: list[Worker]) -> None:
    for each in all_workers:
        await stack.enter_async_context(each)
