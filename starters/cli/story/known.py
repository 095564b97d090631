"""Everything that a story is told from, read in one moment."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.rules.modes import Mode
from raccord.domain.service.findings import Finding
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.message import Message
from raccord.domain.values.payment import InvoiceMoney
from raccord.domain.values.subject import Subject, SubjectKind
from raccord.records.audit import AuditRow
from raccord.records.links import DealLink
from raccord.records.stuck import StuckFlow
from raccord.records.waiting import Waiting
from raccord.temporal.flows import CONTACT_SYNC, CUSTOMER_ONBOARDING, DEAL_WON, DUNNING, PAYMENT_RECEIVED
from starters.cli.dunning.books import Known as Customer


@dataclass(frozen=True)
class Run:
    """The latest run of a flow, as Temporal knows it. Instants are aware."""

    workflow_id: str
    running: bool
    began_at: datetime
    ended_at: datetime | None = None
    state: str = ""


class Source(StrEnum):
    """Who is asked beside our records."""

    CRM = "crm"
    BILLING = "billing"
    TEMPORAL = "temporal"


@dataclass(frozen=True)
class Known:
    """What is known of a deal. What is None, or empty where `unread` has its source, could not be read."""

    ref: DealRef
    billing: str
    now: datetime
    clock: BusinessClock
    mode: Mode
    """Of flow 1."""
    dunning_mode: Mode
    link: DealLink
    rows: tuple[AuditRow, ...] = ()
    questions: tuple[Waiting, ...] = ()
    stuck: tuple[StuckFlow, ...] = ()
    verdict: Finding | None = None
    """What a look in shadow found."""
    deal: Deal | None = None
    gone: bool = False
    """The CRM has no such deal."""
    policy: DealWonPolicy | None = None
    invoices: tuple[InvoiceMoney, ...] = ()
    customer: Customer | None = None
    """Who owes, with what was sent and what comes next."""
    runs: tuple[Run, ...] = ()
    silent: tuple[Message, ...] = ()
    """What could not be asked, as sentences."""
    unread: frozenset[Source] = frozenset()
    """The same, by name."""

    @property
    def zone(self) -> tzinfo:
        return self.clock.tz

    @property
    def customer_id(self) -> str:
        return self.link.customer_id or next((each.invoice.customer_id for each in self.invoices), "")

    @property
    def invoice_ids(self) -> tuple[str, ...]:
        """Return the ids of its issued invoices and drafts, as far as anybody knows them."""
        linked = filter(None, (self.link.deposit_id, self.link.invoice_id))
        return tuple(dict.fromkeys((*(each.invoice.id for each in self.invoices), *linked)))

    @property
    def issued(self) -> tuple[Invoice, ...]:
        return tuple(each.invoice for each in self.invoices if each.invoice.finalised)

    @property
    def flow(self) -> str:
        """The id of the flow that invoices it."""
        return DEAL_WON.id_of(self.ref.subject)

    def of_another(self, flow: str) -> bool:
        """Whether a flow is about another deal, or the invoice of another one."""
        subject = self.ref.subject
        kinds = {
            each.id_of(subject).partition("/")[0]
            for each in (DEAL_WON, CUSTOMER_ONBOARDING, PAYMENT_RECEIVED)
        }
        return flow.partition("/")[0] in kinds and flow not in flows_of(self.subjects)

    @property
    def subjects(self) -> tuple[Subject, ...]:
        """What its flows are about: itself, its invoices, its customer."""
        return subjects_of(self.ref, self.billing, self.invoice_ids, self.customer_id)


def subjects_of(
    deal: DealRef, billing: str, invoices: tuple[str, ...], customer_id: str
) -> tuple[Subject, ...]:
    """Return what the flows of a deal are about."""
    of_billing = [(SubjectKind.INVOICE, id_) for id_ in invoices]
    of_billing += [(SubjectKind.CUSTOMER, customer_id)] if customer_id else []
    return (deal.subject, *(Subject(kind=kind, connection=billing, id=id_) for kind, id_ in of_billing))


def flows_of(subjects: tuple[Subject, ...]) -> tuple[str, ...]:
    """Return the ids of the flows about these."""
    about = {
        SubjectKind.DEAL: (DEAL_WON, CUSTOMER_ONBOARDING),
        SubjectKind.INVOICE: (PAYMENT_RECEIVED,),
        SubjectKind.CUSTOMER: (DUNNING, CONTACT_SYNC),
    }
    return tuple(flow.id_of(each) for each in subjects for flow in about.get(each.kind, ()))
