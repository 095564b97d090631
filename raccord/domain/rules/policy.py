"""How a flow is allowed to act: modes, rollout, cut-over, and the invoice rules of the company."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from raccord.domain.rules.einvoicing import EInvoicing
from raccord.domain.values.base import Value
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal
from raccord.domain.values.totals import VatRounding


class Mode(StrEnum):
    """How far a flow may go: `shadow` never writes, `draft` prepares and a person issues, `live` issues."""

    SHADOW = "shadow"
    DRAFT = "draft"
    LIVE = "live"


class Delivery(StrEnum):
    """Who e-mails a finalised invoice: the billing system (`vendor`) or nobody (`none`)."""

    VENDOR = "vendor"
    NONE = "none"


class AmountBasis(StrEnum):
    """What the CRM's deal amount means."""

    NET = "net"
    GROSS = "gross"


class Rollout(Value):
    """Limits live mode to some deals. An empty list limits nothing.

    `max_amount` is compared with the deal's net amount in its own currency.
    """

    owners: tuple[str, ...] = ()
    """Salespeople by e-mail address or CRM id."""
    pipelines: tuple[str, ...] = ()
    max_amount: Decimal | None = None

    def excludes(self, deal: Deal, net: Decimal) -> str | None:
        """Return why a deal is outside the rollout (`owner`, `pipeline`, `amount`), or None."""
        # Ids are compared as they are: some CRMs tell two users apart by case alone.
        if self.owners and not any(
            deal.owner and (o == deal.owner.id or o.casefold() == deal.owner.email.casefold())
            for o in self.owners
        ):
            return "owner"
        if self.pipelines and deal.pipeline not in self.pipelines:
            return "pipeline"
        if self.max_amount is not None and net > self.max_amount:
            return "amount"
        return None


class IndividualRule(StrEnum):
    """What happens to a deal of a private person: a question, or an invoice without SIREN."""

    ASK = "ask"
    INVOICE = "invoice"


class Operations(StrEnum):
    """What the company sells, as invoices state it."""

    UNSTATED = ""
    GOODS = "goods"
    SERVICES = "services"
    BOTH = "both"


class VatPolicy(Value):
    """The VAT rates (percent) the company uses, and its own country."""

    seller_country: str = "FR"
    rates: tuple[Decimal, ...] = (Decimal("20"), Decimal("10"), Decimal("5.5"), Decimal("2.1"), Decimal("0"))
    default_rate: Decimal | None = None
    """For lines without a rate in the CRM; None asks a person."""
    zero_rate_reasons: dict[str, str] = {}
    """Legal wording printed on the invoice, by treatment and language: `reverse_charge_fr`, `export_en`,
    `exempt_fr`. The articles cited change with the law, so they are the company's own words and never ours.
    A treatment without wording is never invoiced."""
    reverse_charge: bool = True
    """Whether 0 % to companies of other member states is invoiced; a person does it otherwise."""
    export: bool = True
    """Whether 0 % outside the European Union is invoiced; a person does it otherwise."""
    on_debits: bool = False
    """Whether the company opted to owe VAT on invoicing, which its invoices then state."""

    def rate_of(self, typed: Decimal | None) -> Decimal | None:
        """Return a line's rate: as typed in the CRM, else the company's default."""
        return self.default_rate if typed is None else typed

    def zero_rate_reason(self, treatment: str, language: str) -> str:
        """Return the wording in this language, else in French, else in any; empty when there is none."""
        prefix = f"{treatment}_"
        keys = (prefix + language, prefix + "fr", *sorted(self.zero_rate_reasons))
        found = (self.zero_rate_reasons.get(key, "").strip() for key in keys if key.startswith(prefix))
        return next((wording for wording in found if wording), "")


class InvoicePolicy(Value):
    """The company's invoice rules, all of them settings."""

    payment_terms_days: int = 30
    end_of_month: bool = False
    """Count the payment term, then go to the end of that month."""
    amount_basis: AmountBasis = AmountBasis.NET
    delivery: Delivery = Delivery.VENDOR
    default_language: str = "fr"
    footers: dict[str, str] = {}
    """Legal mentions per language."""
    footers_individuals: dict[str, str] = {}
    """The same for private persons, who owe neither the late penalties nor the indemnity of companies."""
    late_payment_mention: bool = False
    """Whether the law of the seller's country has invoices between professionals state the indemnity."""
    discount_mention: bool = False
    """The same for the discount for early payment; apart, because runs froze policies that lack it."""
    individuals: IndividualRule = IndividualRule.ASK
    operations: Operations = Operations.UNSTATED
    vat: VatPolicy = VatPolicy()
    einvoicing: EInvoicing = EInvoicing()

    def footer(self, language: str, *, individual: bool = False) -> str:
        """Return the legal mentions in this language, else in the company's own."""
        footers = self.footers_individuals if individual else self.footers
        return footers.get(language) or footers.get(self.default_language, "")

    def due_on(self, issued_on: date, terms_days: int | None) -> date:
        """Return the due date: the deal's own term, else the company's, from the issue date."""
        days = self.payment_terms_days if terms_days is None else terms_days
        due = issued_on + timedelta(days=days)
        if not self.end_of_month:
            return due
        following = due.replace(day=28) + timedelta(days=4)
        return following.replace(day=1) - timedelta(days=1)


class Timing(Value):
    """How long a step may take and how it is retried; attempts are never limited."""

    step: timedelta = timedelta(seconds=12)
    """Start-to-close of one vendor call; after a crash it is the time until the retry."""
    first_retry: timedelta = timedelta(seconds=1)
    longest_retry: timedelta = timedelta(minutes=5)
    waiting_after: timedelta = timedelta(hours=1)
    """How long a step may be held up before its flow says that it waits."""


class DealWonPolicy(Value):
    """What flow 1 may do right now, read just before its first external write."""

    mode: Mode
    crm: str
    """Connection of the CRM, also its task queue."""
    billing: str
    """Connection of the billing system, also its task queue."""
    invoice_deals_won_from: date | None = None
    rollout: Rollout = Rollout()
    invoice: InvoicePolicy = InvoicePolicy()
    clock: BusinessClock = BusinessClock()
    vat_rounding: VatRounding = VatRounding.PER_LINE
    max_lines: int = 250
    timing: Timing = Timing()
    approve_above: Decimal | None = None
    """A larger net amount, in its own currency, is issued by a person even in live mode."""

    def needs_approval(self, net: Decimal) -> bool:
        """Whether a person issues this invoice."""
        return self.mode is Mode.DRAFT or (self.approve_above is not None and net > self.approve_above)
