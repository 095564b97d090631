"""How flow 1 ends, in values: the endings, the gate before them, and what is read in the UI."""

from enum import StrEnum

from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan, net_amount, net_of
from raccord.domain.desk.problems import Problem, Text
from raccord.domain.desk.question import Ask, Question, watch_key
from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Value
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.end import End
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.money import Money
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
    warnings: tuple[Problem, ...] = ()
    """What did not stop the invoice and is worth knowing."""
    findings: tuple[str, ...] = ()
    """In shadow: what live mode would do, in plain words."""
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
            details=self.markdown(),
            record=self.model_dump(mode="json") if ours else {},
        )

    def markdown(self) -> str:
        """Describe the end for the User Metadata tab of the Temporal UI."""
        match self.ending:
            case Ending.NOT_FOR_US:
                return f"Not for us: {_REASONS[self.reason]}." if self.reason else "Not for us."
            case Ending.PROBLEMS:
                listed = "\n".join(f"1. {p.markdown()}" for p in self.problems)
                return f"**A person has to settle {len(self.problems)} point(s):**\n\n{listed}"
            case Ending.CLOSED:
                return "**Closed by a person.** `raccord flows start` asks again."
            case Ending.SHADOW:
                listed = "\n".join(f"- {finding}" for finding in self.findings)
                return f"**Shadow: computed, not proven. Nothing was written.**\n\n{listed}"
            case _:
                gross = self.totals.gross if self.totals else ""
                notes = "".join(f"\n- {warning.markdown()}" for warning in self.warnings)
                return f"Invoice **{self.number}** ({gross}) is issued and shown on the deal.{notes}"


_REASONS = {
    NotForUs.DELETED: "the deal does not exist any more",
    NotForUs.MERGED: "the deal was united with another, which has a flow of its own",
    NotForUs.NOT_WON: "the deal is not won",
    NotForUs.BEFORE_CUT_OVER: "the deal was won before `invoice_deals_won_from`",
    NotForUs.OUTSIDE_ROLLOUT_OWNER: "its salesperson is outside `[rollout]`",
    NotForUs.OUTSIDE_ROLLOUT_PIPELINE: "its pipeline is outside `[rollout]`",
    NotForUs.OUTSIDE_ROLLOUT_AMOUNT: "its amount is above `[rollout] max_amount`",
}


def gate(deal: Deal, policy: DealWonPolicy) -> NotForUs | None:
    """Decide whether a deal is Raccord's to invoice, before its data is judged."""
    if not deal.won:
        return NotForUs.NOT_WON
    first = policy.invoice_deals_won_from
    if first and deal.won_on and deal.won_on < first:
        return NotForUs.BEFORE_CUT_OVER
    match policy.rollout.excludes(deal, net_of(deal, policy)):
        case None:
            return None
        case limit:
            return NotForUs(f"outside_rollout_{limit}")


def proof(expected: Totals, other_rule: Totals, invoice: Invoice) -> Text | None:
    """Return None when the vendor's totals equal ours to the minor unit, else the differences in words."""
    differences = expected.differences(invoice.totals)
    if not differences:
        return None
    said = Text(fr=" ; ".join(d.fr for d in differences), en="; ".join(d.en for d in differences))
    if other_rule.differences(invoice.totals):
        return said
    return Text(
        fr=f"{said.fr} (c'est exactement l'autre règle d'arrondi de la TVA)",
        en=f"{said.en} (which is exactly the other VAT rounding rule)",
    )


def other_rounding(rounding: VatRounding) -> VatRounding:
    return VatRounding.PER_RATE if rounding is VatRounding.PER_LINE else VatRounding.PER_LINE


def shadow_findings(plan: InvoicePlan, policy: DealWonPolicy, customer: str | None) -> tuple[str, ...]:
    """Say in plain words what live mode would do with a clean deal."""
    totals = plan.totals(policy.vat_rounding)

    def said(money: Money) -> str:
        return money.text("en")

    vat = ", ".join(f"{t.rate:f} %: {said(t.vat)}" for t in totals.vat)
    return (
        f"would use customer `{customer}`" if customer else "would create a customer",
        f"would issue one invoice of {len(plan.lines)} line(s): net {said(totals.net)}, "
        f"VAT {vat}, gross {said(totals.gross)}",
        "would have it e-mailed by the billing system"
        if policy.invoice.delivery == "vendor"
        else "would not e-mail it",
        "would write number, link and due date to the deal",
        *(f"would do so although {warning.markdown()}" for warning in plan.warnings),
    )


def question_about(ref: DealRef, deal: Deal | None, ask: Ask, policy: DealWonPolicy) -> Question:
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
        amount=net_amount(deal, policy) if deal else None,
        task_on=ref.id if deal else "",
    )


def parts_of(deal: Deal) -> tuple[str, ...]:
    """Return the keys of a deal's companies and line items."""
    connection = deal.ref.connection
    companies = [watch_key(connection, "company", company.id) for company in deal.companies]
    return (*companies, *(watch_key(connection, "line item", line.id) for line in deal.lines))
