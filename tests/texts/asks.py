"""Every question that a flow may ask, as its builder makes it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from raccord.domain.contact import questions as contact
from raccord.domain.contact.meant import NUMBERS
from raccord.domain.contact.plan import Carrying, Doubt, Topic
from raccord.domain.contact.validity import Flaw
from raccord.domain.deal_won import buyer, questions
from raccord.domain.deal_won.approval import approval
from raccord.domain.deal_won.difference import deposit_differences, differences
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk import asks
from raccord.domain.desk.problems import Cause, Problem, problem
from raccord.domain.desk.question import Ask
from raccord.domain.dunning import questions as dunning
from raccord.domain.dunning.backlog import LateBefore, may_they_be_reminded
from raccord.domain.dunning.memory import Memory, Reached, Round
from raccord.domain.dunning.plan import Due, Plan
from raccord.domain.onboarding import questions as onboarding
from raccord.domain.payment.candidates import deals_for, invoices_for
from raccord.domain.payment.questions import what_for, whose_invoice
from raccord.domain.rules.dunning import Tone
from raccord.domain.values.account import Account, OwedInvoice
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import FoundDeal
from raccord.domain.values.details import Field, Side
from raccord.domain.values.invoice import Buyer, CreditNote, Invoice, InvoicedLine, InvoiceState
from raccord.domain.values.message import RecordKind, RecordName
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Contact
from tests.domain.contact.world import World
from tests.domain.payment.money import money, payment, received, unpaid
from tests.domain.samples import (
    DEAL,
    TODAY,
    address,
    company,
    customer,
    deal,
    invoice,
    line,
    policy,
    priced,
    profile,
    totals,
)
from workflows.payment_received.shown import WITHOUT_SHOWING

BROKEN = deal(
    currency=None,
    won_on=None,
    amount=Decimal("1.00"),
    companies=(company(name="", email="42", siret="1", address=address(postal_code="7", city="n/c")),),
    contacts=(),
    lines=(
        line(id="41", quantity=Decimal(-1), unit_price=Decimal(-2), vat_rate=Decimal(7)),
        line(id="42", name="", quantity=None, unit_price=None, vat_rate=None, recurring="P1M"),
    ),
)
DOUBTED = deal(
    companies=(company(name="ND", email=""),),
    contacts=(
        Contact(id="3", email="anne@acme.fr", first_name="Anne"),
        Contact(id="4", email="ben@acme.fr"),
    ),
)
PARTED = deal(
    lines=(line(name="Acompte"), line(id="42")),
    deposit_percent=Decimal(30),
    delivered_on=TODAY + timedelta(days=9),
)
HERE = profile(address=address(line1="1 rue Rubis"))
OTHER = Buyer(name="Rubis 9", address=address(line1="2 rue Rubis"), identifiers=())
GONE = InvoicedLine(name="Audit", quantity=Decimal(1), net=Money.of_minor(5000, "EUR"), vat_rate=None)
PAID = invoice(InvoiceState.PAID, number="F-1")
CREDITED = invoice(
    InvoiceState.PAID,
    number="F-3",
    credited="120",
    credit_notes=(CreditNote(number="F-3-CN-01", gross=Money.of_minor(12000, "EUR")),),
)
PAID_BY_HAND = invoice(InvoiceState.PAID, number="F-4", issued_on=TODAY)
ANOTHER = invoice(id="in_2", number="F-2")


UNKNOWN = onboarding.Failure(
    step="welcome", problem=onboarding.may_have_left("welcome", ("anne@acme.fr",)), unknown=True, times=1
)
WITHOUT_ADDRESS = onboarding.Failure(step="survey", problem=onboarding.no_address("survey"))
PUT_OFF = onboarding.Failure(step="news", problem=onboarding.not_taken("news", "450 4.7.1"))


OWED = OwedInvoice(
    id="in_1",
    number="F-1",
    due=Money.of_minor(12000, "EUR"),
    total=Money.of_minor(12000, "EUR"),
    issued_on=TODAY,
    due_on=TODAY,
    url="https://s.example",
)
LATE = Account(customer_id="cus_1", name="Rubis", email="anne@acme.fr", invoices=(OWED,))
REACHED = (Reached(invoice_id="in_1", level=2),)
REMINDED = Round(
    key="dun/1",
    at=datetime(2026, 11, 27, 9, tzinfo=UTC),
    level=2,
    tone=Tone.FIRM,
    reached=REACHED,
    to=("anne@acme.fr",),
)
LATE_DUE = Due(level=2, tone=Tone.FIRM, invoices=(OWED,), reached=REACHED, first=False, key="dun/1")
LATE_PLAN = Plan(due=LATE_DUE, overdue=(OWED,), owed=(OWED.due,), claimed=(OWED,), undecided=(OWED,))


def all_asks() -> dict[str, Ask]:
    """Build each, with what makes it say most; named after its builder."""
    plan = examine(deal(companies=(company(address=HERE.address),)), policy(), TODAY).plan
    doubted = examine(DOUBTED, policy(), TODAY)
    printed = buyer.printed_otherwise(OTHER, HERE, customer_id="cus_1")
    assert plan
    assert printed
    differ = totals(priced("1", "50", "20")).differences(totals())
    company_there, alike = company(id="13", name="Acme"), customer("cus_2", name="Acme")
    return {
        "failed": onboarding.failed((UNKNOWN,)),
        "failed, several": onboarding.failed((UNKNOWN, WITHOUT_ADDRESS, PUT_OFF)),
        "quality": questions.quality(examine(BROKEN, policy(), TODAY).problems),
        "quality, with answers": questions.quality(doubted.problems, doubted.options),
        "several_invoices": questions.several_invoices((PAID, ANOTHER)),
        "unproven": questions.unproven(invoice(InvoiceState.DRAFT), differ),
        "unproven, exempted": questions.unproven(PAID, differ, exempted=True),
        "which_customer": questions.which_customer((customer(name="Acme"), alike), profile()),
        "one_siren_two_companies": questions.one_siren_two_companies(profile(), company_there, alike),
        "one_siren_two_companies, two sites": questions.one_siren_two_companies(
            profile(), company_there, alike, two_sites=True
        ),
        "written_by_hand": questions.written_by_hand((PAID,)),
        "written_by_hand, united": questions.written_by_hand((PAID, ANOTHER), united=True),
        "approval": approval(
            plan,
            policy(),
            recipient=plan.profile.email,
            today=TODAY,
            cycle=3,
            draft=invoice(page="https://s.example"),
        ),
        "no_longer_won": questions.no_longer_won(PAID, deleted=False),
        "no_longer_won, deleted": questions.no_longer_won(PAID, deleted=True),
        "withdrawn, credited": questions.withdrawn(CREDITED),
        "withdrawn, void": questions.withdrawn(invoice(InvoiceState.VOID, number="F-2")),
        "edited_after_issue": questions.edited_after_issue(
            PAID, differences(deal(currency="USD"), PAID, (GONE,), policy())
        ),
        "deposit_changed": questions.deposit_changed(
            PAID,
            (
                *deposit_differences(deal(deposit_percent=Decimal(30)), PAID, policy()),
                questions.other_customer_than(PAID),
                questions.deposit_withdrawn(PAID),
            ),
        ),
        "quality, of deposits": questions.quality(
            (
                *examine(PARTED, policy(), TODAY).problems,
                *examine(deal(deposit_percent=Decimal(120)), policy(), TODAY).problems,
                *questions.delivered_before_deposit().problems,
            )
        ),
        "approval, of a deposit": _part_approval(None),
        "approval, of a balance": _part_approval(PAID),
        "printed_otherwise": printed,
        "refused, vanished customer": asks.refused("customer", questions.vanished_customer(profile())),
        "whose_invoice": whose_invoice(money(payment()), deals_for(PAID_BY_HAND, (found_deal(),))),
        "what_for": what_for(received(description="Rubis"), invoices_for(received(), (unpaid(),))),
        "what_for, by hand": what_for(received(by_hand=True), invoices_for(received(), (unpaid(),))),
        "what_for, nothing to offer": what_for(received(), ()),
        "refused, payment": asks.refused("step", _refusal(Cause.REFUSED), skip=WITHOUT_SHOWING),
        "did_it_arrive": dunning.did_it_arrive(LATE, REMINDED),
        "where_to_write": dunning.where_to_write(
            LATE.model_copy(update={"email": ""}), Memory(), LATE_PLAN, ""
        ),
        "where_to_write, unfit": dunning.where_to_write(
            LATE.model_copy(update={"email": "jean..dupont@acme.fr"}), Memory(), LATE_PLAN, ""
        ),
        "where_to_write, bounced": dunning.where_to_write(LATE, Memory(), LATE_PLAN, "compta@acme.fr"),
        "what_now": dunning.what_now(LATE, Memory(rounds=(REMINDED,)), LATE_PLAN),
        "may_it_leave": dunning.may_it_leave(LATE, LATE_DUE),
        "may_they_be_reminded": may_they_be_reminded(
            (LateBefore(customer_id="cus_1", name="Rubis", owed=LATE_PLAN.owed),), 20
        ),
        **_about_details(),
        "vanished": asks.vanished(RecordName(kind=RecordKind.LINE, id="41", number=1, name="Audit")),
        **{f"refused, {cause}": asks.refused("step", _refusal(cause), skip=skip) for cause, skip in SKIPS},
    }


def _about_details() -> dict[str, Ask]:
    world = World("12", "13")
    for side in Side:
        world.types(side, email=f"{side}@acme.fr", phone="")
    pairs = {each.company: each for each in world.pairs()}
    email, clock = (Field.EMAIL,), BusinessClock()
    doubts = {
        "conflict": Doubt(topic=Topic.CONFLICT, companies=("12",), fields=email),
        "conflict, without a value": Doubt(topic=Topic.CONFLICT, companies=("12",), fields=(Field.PHONE,)),
        "rivals": Doubt(topic=Topic.RIVALS, companies=("12", "13"), fields=email),
        "another_entity": Doubt(topic=Topic.ENTITY, companies=("12",), fields=NUMBERS, origin=Side.CRM),
        **{
            f"invalid, {flaw}": Doubt(
                topic=Topic.INVALID, companies=("12",), fields=email, origin=side, flaw=flaw
            )
            for flaw in Flaw
            for side in Side
        },
    }
    return {name: contact.ask_about(doubt, pairs, clock) for name, doubt in doubts.items()} | {
        f"may_they_be_written, {side}": contact.may_they_be_written(
            pairs["12"], Carrying(company="12", origin=side, fields=(Field.EMAIL, Field.PHONE))
        )
        for side in Side
    }


SKIPS = (
    (Cause.REFUSED, questions.WITHOUT_MAIL),
    (Cause.UNKNOWN_MAIL, questions.WITHOUT_MAIL),
    (Cause.UNREADABLE_ANSWER, questions.WITHOUT_WRITING),
    (Cause.TOO_LARGE, None),
    (Cause.BUG, None),
)


def _part_approval(deposit: Invoice | None) -> Ask:
    found = deal(companies=(company(address=HERE.address),), deposit_percent=Decimal(30))
    plan = examine(found, policy(), TODAY).plan
    assert plan
    part = plan.next_to(deposit)
    # What is printed on the invoice is in the invoice's language, whoever reads the question.
    lines = tuple(each.model_copy(update={"name": "Rubis"}) for each in part.lines)
    part = part.model_copy(update={"lines": lines})
    return approval(part, policy(), recipient=plan.profile.email, today=TODAY)


def found_deal() -> FoundDeal:
    return FoundDeal(
        ref=DEAL,
        name="Rubis",
        url="https://crm.example/7",
        won=True,
        won_on=TODAY,
        amount=Decimal(120),
        currency="EUR",
    )


def _refusal(cause: Cause) -> Problem:
    return asks.refusal(cause, RecordName(kind=RecordKind.DRAFT, id="in_1"), "", "404 cus_1")


def one_problem_of(cause: Cause) -> Problem:
    """Return a problem of a cause; what it says does not matter."""
    return problem(cause, RecordName(kind=RecordKind.DEAL), "amount", "deal.nothing_to_pay")
