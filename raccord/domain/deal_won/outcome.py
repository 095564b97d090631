"""How flow 1 ends, in values: the endings, the gate before them, and what is read at the end."""

from enum import StrEnum

from pydantic import Field

from raccord.domain.deal_won.line_rules import invoiced_lines
from raccord.domain.deal_won.party_rules import mailed_to
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, net_amount, net_of
from raccord.domain.desk.problems import Problem
from raccord.domain.desk.question import Ask, Question, watch_key
from raccord.domain.rules.invoicing import Invoicing, NothingToPay, Recurring
from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.end import End
from raccord.domain.values.invoice import Invoice, Part
from raccord.domain.values.message import Message, Percent, message
from raccord.domain.values.names import customer_name
from raccord.domain.values.parties import Customer
from raccord.domain.values.subject import Subject
from raccord.domain.values.totals import Totals, VatRounding


class Ending(StrEnum):
    """The named ends of flow 1."""

    INVOICED = "invoiced"
    ALREADY_INVOICED = "already_invoiced"
    NOT_FOR_US = "not_for_us"
    PROBLEMS = "problems"
    """In shadow: what a person would have to settle before an invoice could be issued."""
    SHADOW = "shadow"
    """Computed and not proven: nothing was written."""
    CLOSED = "closed"
    """A person decided that the deal is not invoiced (any further) by Raccord."""


class NotForUs(StrEnum):
    DELETED = "deleted"
    MERGED = "merged"
    NOT_WON = "not_won"
    BEFORE_CUT_OVER = "before_cut_over"
    ONLY_RECURRING = "only_recurring"
    NOTHING_TO_PAY = "nothing_to_pay"
    OUTSIDE_ROLLOUT_OWNER = "outside_rollout_owner"
    OUTSIDE_ROLLOUT_PIPELINE = "outside_rollout_pipeline"
    OUTSIDE_ROLLOUT_AMOUNT = "outside_rollout_amount"


class DealWonEnd(Value):
    """What a run of flow 1 came to."""

    ending: Ending
    mode: Mode = Mode.SHADOW
    reason: NotForUs | None = None
    problems: tuple[Problem, ...] = ()
    customer_id: str | None = None
    invoice_id: str | None = None
    number: str | None = None
    totals: Totals | None = None
    part: Part = Field(default=Part.WHOLE, exclude_if=lambda part: part is Part.WHOLE)
    """What of the deal the invoice asks for."""
    warnings: tuple[Problem, ...] = ()
    """What did not stop the invoice and is worth knowing."""
    findings: tuple[Message, ...] = ()
    """In shadow: what live mode would do."""
    echo: bool = False
    """Nothing was looked at but the deal: what changed was what Raccord itself had written."""

    def told(self, subject: Subject) -> End:
        """Return the end as every flow tells it."""
        ours = self.ending is not Ending.NOT_FOR_US and not self.echo
        return End(
            flow="deal_won",
            subject=subject,
            state=self.ending.value,
            cause=self.problems[0].cause.value if self.problems else "",
            customer=self.customer_id or "",
            invoices=(self.invoice_id,) if self.invoice_id else (),
            amount=self.totals.net if self.totals and self.invoice_id else None,
            summary=self.summary,
            points=(*self.problems, *self.findings, *self.warnings),
            record=self.model_dump(mode="json") if ours else {},
        )

    @property
    def summary(self) -> Message:
        """The end in one sentence."""
        match self.ending:
            case Ending.NOT_FOR_US:
                return _REASONS[self.reason or NotForUs.NOT_WON]
            case Ending.PROBLEMS:
                return message("end.problems", count=len(self.problems))
            case Ending.CLOSED:
                return message("end.closed")
            case Ending.SHADOW:
                return message("end.shadow")
            case _:
                gross = self.totals.gross if self.totals else ""
                if self.part is Part.DEPOSIT:
                    return message("end.deposit", number=self.number or "", gross=gross)
                return message("end.invoiced", number=self.number or "", gross=gross)


_REASONS = {
    NotForUs.DELETED: message("not_for_us.deleted"),
    NotForUs.MERGED: message("not_for_us.merged"),
    NotForUs.NOT_WON: message("not_for_us.not_won"),
    NotForUs.BEFORE_CUT_OVER: message("not_for_us.before_cut_over"),
    NotForUs.ONLY_RECURRING: message("not_for_us.only_recurring"),
    NotForUs.NOTHING_TO_PAY: message("not_for_us.nothing_to_pay"),
    NotForUs.OUTSIDE_ROLLOUT_OWNER: message("not_for_us.outside_rollout_owner"),
    NotForUs.OUTSIDE_ROLLOUT_PIPELINE: message("not_for_us.outside_rollout_pipeline"),
    NotForUs.OUTSIDE_ROLLOUT_AMOUNT: message("not_for_us.outside_rollout_amount"),
}


def gate(deal: Deal, policy: DealWonPolicy) -> NotForUs | None:
    """Decide whether a deal is Raccord's to invoice, before its data is judged."""
    if not deal.won:
        return NotForUs.NOT_WON
    if reason := _nothing_for_us(deal, policy.invoice):
        return reason
    first = policy.invoice_deals_won_from
    if first and deal.won_on and deal.won_on < first:
        return NotForUs.BEFORE_CUT_OVER
    match policy.rollout.excludes(deal, net_of(deal)):
        case None:
            return None
        case limit:
            return NotForUs(f"outside_rollout_{limit}")


def _nothing_for_us(deal: Deal, rules: Invoicing) -> NotForUs | None:
    """Whether the settings say that a deal without anything to invoice has simply ended."""
    if rules.recurring is Recurring.LEAVE and deal.lines and not invoiced_lines(deal, rules):
        return NotForUs.ONLY_RECURRING
    free = not deal.amount and not deal.unreadable and net_of(deal) == 0
    priced = all(line.unit_price is not None for line in deal.lines)
    says_so = bool(deal.lines) or deal.amount is not None
    if rules.nothing_to_pay is NothingToPay.END and free and priced and says_so:
        return NotForUs.NOTHING_TO_PAY
    return None


def proof(expected: Totals, other_rule: Totals, invoice: Invoice) -> tuple[Message, ...]:
    """Return how the vendor's totals differ from ours to the minor unit; nothing when they are equal."""
    differences = expected.differences(invoice.totals)
    if not differences or other_rule.differences(invoice.totals):
        return differences
    return (*differences, message("totals.other_rounding"))


def other_rounding(rounding: VatRounding) -> VatRounding:
    return VatRounding.PER_RATE if rounding is VatRounding.PER_LINE else VatRounding.PER_LINE


def shadow_findings(
    plan: InvoicePlan, policy: DealWonPolicy, customer: Customer | None
) -> tuple[Message, ...]:
    """Say what live mode would do with a clean deal; `customer` is None when it would be created."""
    totals = plan.totals(policy.vat_rounding)
    vat = tuple(message("approval.vat", rate=Percent(percent=t.rate), vat=t.vat) for t in totals.vat)
    mailed = mailed_to(plan.profile.siren, policy.invoice)
    return (
        message("finding.customer", customer=customer_name(customer))
        if customer
        else message("finding.new_customer"),
        message("finding.invoice", count=len(plan.lines), net=totals.net, vat=vat, gross=totals.gross),
        message("finding.mailed") if mailed else message("finding.not_mailed"),
        message("finding.written_back"),
    )


def question_about(ref: DealRef, deal: Deal | None, ask: Ask) -> Question:
    """Put an ask into the context of its deal; `deal` is None when it is gone."""
    contacts = [watch_key(ref.connection, "contact", c.id) for c in deal.contacts] if deal else []
    return Question(
        **dict(ask),
        flow="DealWon",
        subject=ref.subject,
        watched=(watch_key(ref.connection, "deal", ref.id), *(parts_of(deal) if deal else ()), *contacts),
        name=deal.name if deal else "",
        url=deal.url if deal else "",
        owner=deal.owner if deal else None,
        amount=net_amount(deal) if deal else None,
        task_on=ref.id if deal else "",
    )


def parts_of(deal: Deal) -> tuple[str, ...]:
    """Return the keys of a deal's companies and line items."""
    connection = deal.ref.connection
    companies = [watch_key(connection, "company", company.id) for company in deal.companies]
    return (*companies, *(watch_key(connection, "line item", line.id) for line in deal.lines))


def companies_of(deal: Deal) -> tuple[str, ...]:
    """Return under which names answers about the deal's one company are kept, its present one first."""
    match deal.companies:
        case (only,):
            return tuple(f"{deal.ref.connection}:{id}" for id in (only.id, *only.merged))
        case _:
            return ()
