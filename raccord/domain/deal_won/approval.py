"""The question before an invoice is issued: everything that a person has to see to answer for it."""

import hashlib
from collections.abc import Iterator
from datetime import date

from raccord.domain.deal_won.cautions import DATED_TODAY, term_in_words
from raccord.domain.deal_won.mentions import zero_rate_wording
from raccord.domain.deal_won.party_rules import mailed_to
from raccord.domain.deal_won.policy import DealWonPolicy
from raccord.domain.deal_won.quality import InvoicePlan
from raccord.domain.desk.problems import Cause
from raccord.domain.desk.question import Ask, Detail, Option, WebPage
from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.values.base import letters
from raccord.domain.values.deal import Discount
from raccord.domain.values.invoice import Invoice, InvoiceLine, Part
from raccord.domain.values.message import Day, Message, Param, Percent, Price, Quote, message
from raccord.domain.values.money import Money
from raccord.domain.values.parties import CustomerProfile
from raccord.domain.values.totals import Totals

ISSUE = "issue"
_TITLES = {
    Part.WHOLE: "approval.title",
    Part.DEPOSIT: "approval.title_deposit",
    Part.BALANCE: "approval.title_balance",
}


def approval(
    plan: InvoicePlan,
    policy: DealWonPolicy,
    *,
    recipient: str,
    today: date,
    cycle: int = 1,
    draft: Invoice | None = None,
) -> Ask:
    """Ask a person to issue the proven draft; without a `draft`, the same question, before one is made.

    `recipient` is the billing system's own address of the customer, to which it sends the invoice. `cycle`
    tells it from the approval of an invoice that was credited since: an answer is for one invoice. That is
    dated when it is approved, so neither its due date nor the draft itself is part of what is asked.
    """
    totals, rules = plan.totals(policy.vat_rounding), policy.invoice
    details = (
        *_part(plan),
        *_customer(plan.profile, draft),
        *_delivery(plan, policy, recipient),
        *_dates(plan, rules, today),
        *_sums(totals),
        *_history(cycle),
        *_wording(plan, rules),
        *_lines(plan),
    )
    return Ask(
        step="approval",
        cause=Cause.APPROVAL,
        title=message(_TITLES[plan.part], gross=totals.gross, customer=plan.profile.name),
        warnings=plan.warnings,
        details=details,
        content=_descriptions(plan),
        links=_draft(draft),
        options=(Option(id=ISSUE, label=_issue(plan, rules)),),
        cancel=message("approval.delete"),
    )


def _fact(code: str, value: Param, *, moving: bool = False) -> Detail:
    return Detail(label=message(code), value=value, moving=moving)


def _part(plan: InvoicePlan) -> Iterator[Detail]:
    if plan.deposit is None:
        return
    share, whole = Percent(percent=plan.deposit.percent), plan.deposit.whole
    if plan.deducted is None:
        yield _fact("approval.part", message("approval.deposit", share=share, whole=whole))
        return
    number = plan.deducted.number or plan.deducted.id
    text = message("approval.balance", share=share, whole=whole, deposit=plan.deposit.net, number=number)
    yield _fact("approval.part", text)


def _customer(profile: CustomerProfile, draft: Invoice | None) -> Iterator[Detail]:
    yield _fact("label.customer", profile.name)
    yield _fact("approval.address", profile.address.on_one_line)
    if draft and (printed := _printed_otherwise(draft, profile)):
        # Accepted before, or it would have been asked.
        yield _fact("approval.printed", printed, moving=True)
    yield from _numbers(profile)


def _numbers(profile: CustomerProfile) -> Iterator[Detail]:
    if profile.siren:
        yield _fact("identifier.siren", profile.siren)
    if profile.siret:
        yield _fact("identifier.siret", profile.siret)
    if profile.vat_number:
        yield _fact("approval.vat_number", profile.vat_number)


def _printed_otherwise(draft: Invoice, profile: CustomerProfile) -> str:
    if draft.buyer is None:
        return ""
    there = f"{draft.buyer.name}, {draft.buyer.address.on_one_line}"
    here = f"{profile.name}, {profile.address.on_one_line}"
    return there if letters(there) != letters(here) else ""


def _delivery(plan: InvoicePlan, policy: DealWonPolicy, recipient: str) -> Iterator[Detail]:
    yield _fact("approval.sent_to", _sent_to(plan, policy, recipient))
    if plan.purchase_order:
        yield _fact("approval.order", plan.purchase_order)
    if plan.memo:
        yield _fact("approval.memo", Quote(quote=plan.memo))


def _sent_to(plan: InvoicePlan, policy: DealWonPolicy, recipient: str) -> Param:
    if not mailed_to(plan.profile.siren, policy.invoice):
        return message("approval.not_sent")
    return recipient if policy.mails_leave else message("approval.sent_in_test", recipient=recipient)


def _dates(plan: InvoicePlan, rules: InvoicePolicy, today: date) -> Iterator[Detail]:
    taken = any(w.message.code == DATED_TODAY for w in plan.warnings)
    if plan.part is not Part.DEPOSIT:
        yield _fact("approval.service_date", Day(day=plan.service_date), moving=taken)
    yield _fact("approval.payment", term_in_words(rules.terms(plan.terms)))
    yield _fact("approval.due_on", Day(day=rules.due_on(today, plan.terms)), moving=True)


def _sums(totals: Totals) -> Iterator[Detail]:
    vat = tuple(
        message("approval.vat_on", rate=Percent(percent=each.rate), base=each.base, vat=each.vat)
        for each in totals.vat
    )
    yield _fact("label.net", totals.net)
    yield _fact("label.vat", vat)
    yield _fact("label.gross", totals.gross)


def _history(cycle: int) -> Iterator[Detail]:
    if cycle > 1:
        yield _fact("approval.invoiced_before", message("approval.times", count=cycle - 1))


def _wording(plan: InvoicePlan, rules: InvoicePolicy) -> Iterator[Detail]:
    if wording := zero_rate_wording(rules, plan.profile.tax_treatment, plan.lines, plan.language):
        yield _fact("approval.zero_rate", Quote(quote=wording))


def _lines(plan: InvoicePlan) -> Iterator[Detail]:
    for number, line in enumerate(plan.lines, start=1):
        label = message("approval.line", number=number)
        yield Detail(label=label, value=_line(line, plan.currency), listed=True)


def _line(line: InvoiceLine, currency: str) -> Message:
    discount = _discount(line, currency)
    off_the_whole = line.discount is not None and line.discount.whole is not None
    code = "approval.line_less" if off_the_whole else "approval.line_reduced"
    return message(
        code if discount else "approval.line_value",
        quantity=line.quantity,
        price=Price(price=line.list_price, currency=currency),
        discount=discount or "",
        net=Money(amount=line.priced.net(currency), currency=currency),
        rate=Percent(percent=line.vat_rate),
        name=line.name,
    )


def _discount(line: InvoiceLine, currency: str) -> Percent | Price | None:
    match line.discount:
        case Discount(whole=whole) if whole:
            return Price(price=whole, currency=currency)
        case Discount(percent=percent) if percent:
            return Percent(percent=percent)
        case Discount(per_unit=per_unit) if per_unit:
            return Price(price=per_unit, currency=currency)
        case _:
            return None


def _descriptions(plan: InvoicePlan) -> str:
    described = "\n".join(line.description for line in plan.lines)
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def _draft(draft: Invoice | None) -> tuple[WebPage, ...]:
    return (WebPage(label=message("link.draft"), url=draft.page),) if draft and draft.page else ()


def _issue(plan: InvoicePlan, rules: InvoicePolicy) -> Message:
    mailed = mailed_to(plan.profile.siren, rules)
    return message("approval.issue") if mailed else message("approval.issue_only")
