"""Which activities serve which kind of connection. A new kind is a function here and one row in `ROLES`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from activities.billing.books import BillingReads
from activities.billing.customers import CustomerActivities, CustomerWrites
from activities.billing.drafts import DraftWrites
from activities.billing.issue import IssueWrites
from activities.contact.memory import ContactMemory
from activities.contact.sides import SideReads, SideWrites
from activities.crm.deals import CrmReads, CrmWrites
from activities.crm.payments import CrmPaymentWrites
from activities.crm.tasks import CrmTasks
from activities.desk.messages import DeskMessages
from activities.desk.questions import DeskActivities
from activities.desk.tasks import DeskTasks
from activities.documents.keeping import DocumentFiles, DocumentRecords, DocumentUploads
from activities.dunning.backlog import BacklogActivities
from activities.dunning.books import AccountReads
from activities.dunning.finance import FinanceMails, FinanceMessages
from activities.dunning.memory import DunningMemory
from activities.dunning.sending import ReminderMails
from activities.effects import Effects
from activities.mail.sending import MailActivities
from activities.messaging.remarks import RemarkActivities, RemarkMessages
from activities.onboarding.messages import OnboardingMessages
from activities.onboarding.money import OnboardingMoney
from activities.onboarding.outbound import EventActivities
from activities.onboarding.starting import OnboardingActivities
from activities.payment.books import MoneyReads
from activities.payment.lookups import DealLookUps
from activities.payment.memory import PaymentRecords, Teller
from activities.payment.placing import AllocationWrites, PlacingReads
from activities.payment.telling import NewsActivities, NewsMessages
from activities.policies import Policies
from activities.records.memory import RecordsActivities
from activities.reporting.listing import BillingReportReads, CrmReportReads
from activities.reporting.mailing import ReportMails
from activities.reporting.publishing import Publishing
from activities.reporting.reckoning import ReportActivities
from activities.reporting.telling import ReportMessages
from activities.service.contacts import DetailsSweep, DetailsSweepReads
from activities.service.digest import DigestActivities, DigestMessages
from activities.service.flows import FlowActivities
from activities.service.listing import BillingProofReads, CrmProofReads
from activities.service.money import BackfillReads, MoneySweep, MoneySweepReads
from activities.service.owing import OwingReads, OwingSweep
from activities.service.proof import ProofActivities
from activities.service.relinking import Relinking
from activities.service.sweep import CorrectionReads, SweepActivities, SweepReads
from activities.service.watch import WatchActivities, WatchMessages
from raccord.connectors.billing import Billing
from raccord.connectors.connection import Kind
from raccord.connectors.crm import Crm
from raccord.connectors.details import DetailsWriter
from raccord.connectors.mailer import Mailer
from raccord.connectors.messenger import Messenger
from raccord.connectors.outbound import Outbound
from raccord.connectors.report_sink import ReportSink
from raccord.domain.rules.modes import Mode
from raccord.domain.values.details import Side
from raccord.records.records import Records
from raccord.settings.configuration import Configuration
from raccord.temporal.flows import FLOWS_QUEUE
from raccord.texts.mails import Templates
from workers.connections import Connections, Opened
from workers.policies import (
    CONTACT,
    PAYMENT,
    contact_policy,
    deal_won_policy,
    desk_rules,
    dunning_policy,
    keeping_rules,
    messenger_name,
    onboarding_policy,
    payment_policy,
    proof_policy,
    report_policy,
    telling,
    voice,
    watch_policy,
    working_hours,
)
from workflows.contact_sync.flow import ContactSync
from workflows.customer_onboarding.flow import CustomerOnboarding
from workflows.deal_won.flow import DealWon
from workflows.dunning.flow import Dunning
from workflows.dunning_backlog.flow import DunningBacklog
from workflows.payment_placed.flow import PaymentPlaced
from workflows.payment_received.flow import PaymentReceived
from workflows.service.backfill import Backfill
from workflows.service.connection_watch import ConnectionWatch
from workflows.service.delivered import Delivered
from workflows.service.digest import DailyDigest
from workflows.service.ensure_customer import EnsureCustomer
from workflows.service.keeping_document import KeepingDocument
from workflows.service.payment_news import PaymentNews
from workflows.service.press import Press
from workflows.service.proving import Proving
from workflows.service.reconciliation import Reconciliation
from workflows.service.remarking import Remarking
from workflows.service.telling import Telling
from workflows.weekly_report.flow import WeeklyReport

WORKFLOWS: tuple[type, ...] = (
    DealWon,
    EnsureCustomer,
    Telling,
    Press,
    Delivered,
    Remarking,
    ConnectionWatch,
    Reconciliation,
    Proving,
    KeepingDocument,
    DailyDigest,
    PaymentReceived,
    PaymentPlaced,
    PaymentNews,
    Backfill,
    CustomerOnboarding,
    Dunning,
    DunningBacklog,
    ContactSync,
    WeeklyReport,
)
_DEFINITION = "__temporal_activity_definition"
"""Where the SDK's `@activity.defn` keeps what it was told (temporalio 1.35)."""


@dataclass(frozen=True)
class Base:
    """What activities are built from, beside the port of their connection."""

    configuration: Configuration
    records: Records
    connections: Connections


def collected(*holders: object) -> list[Callable[..., Any]]:
    """Return every method of these objects that carries `@activity.defn`."""
    return [
        getattr(holder, name)
        for holder in holders
        for name, attribute in _attributes(type(holder))
        if hasattr(attribute, _DEFINITION)
    ]


def _attributes(of: type) -> list[tuple[str, object]]:
    return [(name, getattr(of, name)) for name in dir(of)]


def own_activities(base: Base) -> list[Callable[..., Any]]:
    """Return what the queue of the flows runs: our records and what starts other flows."""
    configuration, records, connections = base.configuration, base.records, base.connections
    settings = configuration.settings
    paying, how = settings.modes[PAYMENT], telling(configuration)
    teller = Teller(how, FLOWS_QUEUE) if how else None
    reminding = dunning_policy(configuration)
    billing: Billing = connections.of(Kind.BILLING)
    crm: Crm = connections.of(Kind.CRM)
    return collected(
        Policies(
            deal_won_policy(configuration, billing.capabilities),
            payment_policy(configuration, crm.capabilities),
            reminding,
            contact_policy(configuration),
            records.rungs,
        ),
        ContactMemory(records),
        OwingSweep(configuration.billing.name),
        DetailsSweep(records, configuration.crm.name, configuration.billing.name),
        DunningMemory(records),
        BacklogActivities(records),
        PaymentRecords(records, teller),
        NewsActivities(records),
        MoneySweep(records, configuration.billing.name, teller if paying is Mode.LIVE else None),
        RecordsActivities(records),
        DeskActivities(records, desk_rules(configuration), FLOWS_QUEUE),
        WatchActivities(
            records,
            watch_policy(configuration),
            connections.probes,
            swept=(configuration.crm.name, configuration.billing.name),
        ),
        SweepActivities(
            records,
            configuration.crm.name,
            max(settings.sweep.overlap, crm.capabilities.search_lag),
            active=settings.invoice_deals_won_from is not None,
            payments=paying is not Mode.SHADOW,
            owing=reminding if reminding.mailer else None,
            in_step=settings.modes[CONTACT] is not Mode.SHADOW,
        ),
        ProofActivities(records, proof_policy(configuration)),
        ReportActivities(records, report_policy(configuration)),
        CustomerActivities(in_step=settings.modes[CONTACT] is not Mode.SHADOW),
        FlowActivities(records),
        OnboardingActivities(records, onboarding_policy(configuration)),
        DocumentRecords(records, keeping_rules(configuration, crm.capabilities)),
        RemarkActivities(messenger_name(configuration), settings.timing, FLOWS_QUEUE),
        DigestActivities(records, messenger_name(configuration), settings.timing, shadow=settings.in_shadow),
    )


def activities_of(base: Base, opened: Opened) -> list[Callable[..., Any]]:
    """Return what the queue of a connection runs."""
    return collected(*ROLES[opened.connection.kind](base, opened))


def _crm(base: Base, opened: Opened) -> tuple[object, ...]:
    crm: Crm = opened.port  # type: ignore[assignment]  # its row's kind says so
    settings = base.configuration.settings
    return (
        CrmReads(crm),
        SideReads(_details(opened)),
        SideWrites(_details(opened), Effects(base.records.audit)),
        # Writing a deal's invoice fields again changes nothing; a repeated task would be a second one.
        CrmWrites(crm, base.records.links, Effects(base.records.audit)),
        DeskTasks(base.records, crm, desk_rules(base.configuration), _effects(base, opened)),
        CrmTasks(crm, working_hours(base.configuration), _effects(base, opened)),
        SweepReads(crm, base.records.links, settings.invoice_deals_won_from),
        CrmPaymentWrites(crm, Effects(base.records.audit)),
        DealLookUps(crm),
        BackfillReads(crm),
        DetailsSweepReads(_details(opened), Side.CRM),
        CrmProofReads(crm, base.records.proofs),
        CrmReportReads(crm, base.records.report_runs),
        DocumentUploads(crm, settings.pdf_directory, _effects(base, opened), language=settings.desk.language),
    )


def _billing(base: Base, opened: Opened) -> tuple[object, ...]:
    billing: Billing = opened.port  # type: ignore[assignment]  # its row's kind says so
    links, effects = base.records.links, _effects(base, opened)
    return (
        BillingReads(billing, links, base.records.claims),
        SideReads(_details(opened)),
        SideWrites(_details(opened), effects),
        MoneyReads(billing, base.records, opened.connection.name),
        AccountReads(billing, base.records, opened.connection.name, base.configuration.crm.name),
        MoneySweepReads(billing),
        BillingProofReads(billing, base.records.proofs, base.configuration.crm.name),
        BillingReportReads(billing, base.records.report_runs, base.configuration.crm.name),
        OwingReads(billing),
        DetailsSweepReads(_details(opened), Side.BILLING),
        PlacingReads(billing, base.records, opened.connection.name),
        AllocationWrites(billing, effects, opened.connection.name),
        CustomerWrites(billing, links, effects),
        DraftWrites(billing, links, effects),
        IssueWrites(billing, links, effects),
        OnboardingMoney(billing),
        CorrectionReads(billing, links, opened.connection.name),
        Relinking(billing, links, opened.connection.name),
        DocumentFiles(billing, base.configuration.settings.pdf_directory),
    )


def _messenger(base: Base, opened: Opened) -> tuple[object, ...]:
    messenger: Messenger = opened.port  # type: ignore[assignment]  # its row's kind says so
    rules, speaks = desk_rules(base.configuration), voice(base.configuration)
    effects = _effects(base, opened)
    return (
        DeskMessages(base.records, messenger, rules, effects),
        WatchMessages(messenger, speaks, base.configuration.settings.clock, effects),
        RemarkMessages(messenger, speaks, effects),
        DigestMessages(messenger, speaks, effects),
        NewsMessages(messenger, speaks, effects, base.configuration.settings.payment.finance),
        OnboardingMessages(messenger, speaks, effects),
        ReportMessages(messenger, speaks, effects),
        FinanceMessages(messenger, speaks, effects, dunning_policy(base.configuration)),
    )


def _mailer(base: Base, opened: Opened) -> tuple[object, ...]:
    mailer: Mailer = opened.port  # type: ignore[assignment]  # its row's kind says so
    templates = Templates(base.configuration.settings.mail.templates)
    policy, audit = dunning_policy(base.configuration), base.records.audit
    billing: Billing = base.connections.of(Kind.BILLING)
    return (
        MailActivities(mailer, templates, audit),
        # Right before a reminder leaves, everything that it depends on is read again.
        ReminderMails(mailer, templates, billing, base.records, policy),
        FinanceMails(mailer, audit, templates, policy),
        ReportMails(
            mailer,
            templates,
            reports=base.records.reports,
            audit=audit,
            policy=report_policy(base.configuration),
            voice=voice(base.configuration),
            company=base.configuration.settings.company.name,
        ),
    )


def _outbound(base: Base, opened: Opened) -> tuple[object, ...]:
    outbound: Outbound = opened.port  # type: ignore[assignment]  # its row's kind says so
    return (EventActivities(opened.name, outbound, _effects(base, opened)),)


def _report_sink(base: Base, opened: Opened) -> tuple[object, ...]:
    sink: ReportSink = opened.port  # type: ignore[assignment]  # its row's kind says so
    company, speaks = base.configuration.settings.company.name, voice(base.configuration)
    return (
        Publishing(
            opened.name,
            sink,
            reports=base.records.reports,
            effects=Effects(base.records.audit),
            voice=speaks,
            company=company,
        ),
    )


def _details(opened: Opened) -> DetailsWriter:
    return opened.port  # type: ignore[return-value]  # each CRM and each billing system is one


def _effects(base: Base, opened: Opened) -> Effects:
    """Return the recipe that this vendor's means against double creation ask for."""
    able = opened.port.capabilities
    # The client's request may outlive the step that gave up on it, but not its own timeout.
    longest = base.configuration.settings.timing.step_timeout + opened.connection.settings.timeout
    in_flight = longest if able.repeats_harm else None
    return Effects(base.records.audit, settle=able.settle, in_flight=in_flight)


ROLES: dict[Kind, Callable[[Base, Opened], tuple[object, ...]]] = {
    Kind.CRM: _crm,
    Kind.BILLING: _billing,
    Kind.MESSENGER: _messenger,
    Kind.MAILER: _mailer,
    Kind.OUTBOUND: _outbound,
    Kind.REPORT_SINK: _report_sink,
    # Who only tells us of events is asked for nothing.
    Kind.INBOUND: lambda _base, _opened: (),
}
