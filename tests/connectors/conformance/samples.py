"""What the suites write."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from raccord.domain.desk.notice import Button, Fact, Link, Notice
from raccord.domain.values.address import Address
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import DealRef, InvoiceFields, PaymentFields, Task
from raccord.domain.values.invoice import InvoiceLine, InvoiceOrder, InvoiceReference
from raccord.domain.values.money import Money
from raccord.domain.values.parties import CustomerIdentity, CustomerProfile, IdentityKind
from raccord.domain.values.payment import PaymentMeans

ODD = 'L\'Été « 日本 » & <b>fils</b> 👩\u200d💻 \\ "%20"'
"""A name with all that is likely to be escaped wrongly."""
DEAL = DealRef(connection="crm", id="987")
PROFILE = CustomerProfile(
    identity=CustomerIdentity(kind=IdentityKind.SIREN, value="732829320"),
    crm_company="crm:42",
    name=ODD,
    email="compta@ete.example",
    phone="+33 1 23 45 67 89",
    address=Address(line1="1 rue de l'Été", postal_code="75002", city="Paris", country="FR"),
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
)
FIELDS = InvoiceFields(
    invoice_id="in_1",
    number="F-2026-0042",
    url="https://pay.example/1?a=b&c=é",
    status="issued",
    net=Decimal("1099.90"),
    gross=Decimal("1305.39"),
    currency="EUR",
    due_on=date(2026, 12, 24),
)
MONEY = PaymentFields(
    status="partly_paid",
    paid=(Money(amount=Decimal("1000.00"), currency="EUR"),),
    due=(Money(amount=Decimal("305.39"), currency="EUR"),),
    paid_on=date(2026, 12, 1),
    means=PaymentMeans.BANK_TRANSFER,
    details=f"F-2026-0042 : 1 000,00 € sur 1 305,39 €\n  {ODD}",
)
NOTICE = Notice(
    title=f"SIRET manquant <!channel> {ODD}",
    facts=(Fact(label="Affaire", value="Site & co (42)"),),
    points=("siret : absent → le saisir", "*_`~"),
    links=(Link(label="Affaire", url="https://crm.example/deal/42?a=b&c=d"),),
    buttons=(Button(label="Relire", value="inc-1|1|retry|"),),
    people=("nobody@example.fr",),
    footer="TEST",
)


def today() -> date:
    return BusinessClock().date_of(datetime.now(UTC))


def line(**more: Any) -> InvoiceLine:
    price = Decimal(more.pop("price", "100"))
    given = {"name": "Conseil", "quantity": Decimal(1), "list_price": price, "unit_price": price}
    return InvoiceLine.model_validate({**given, "vat_rate": Decimal(20), **more})


def order(customer: str, *lines: InvoiceLine, deal: DealRef = DEAL, **more: Any) -> InvoiceOrder:
    given = {
        "reference": InvoiceReference(deal=deal),
        "customer_id": customer,
        "currency": "EUR",
        "lines": lines or (line(),),
        "issued_on": today(),
        "due_on": today() + timedelta(days=30),
        "service_date": today(),
    }
    return InvoiceOrder.model_validate({**given, **more})


def task(deal: str) -> Task:
    return Task(
        ref="q-7f3a",
        deal_id=deal,
        subject=f"Saisir le SIRET de {ODD}",
        body="Ligne 1 : prix <illisible> & co\nLigne 2",
        due_at=datetime.now(UTC) + timedelta(days=1),
    )
