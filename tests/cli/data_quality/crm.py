"""A CRM and a billing system in memory, with a year of deals of two salespeople in them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from raccord.domain.data_quality.overview import Overview
from raccord.domain.values.deal import Deal, DealRef
from raccord.domain.values.invoice import Invoice
from raccord.domain.values.listed import (
    CompanyPage,
    CustomerPage,
    InvoicePage,
    ListedCompany,
    ListedInvoice,
    WholeDeal,
    WholeDealPage,
)
from raccord.domain.values.money import Money
from raccord.domain.values.parties import Company, Customer, Owner
from tests.domain import samples
from tests.fakes.billing import FakeBilling
from tests.fakes.crm import FakeCrm

LEA, TOM = Owner(id="1", name="Léa Martin", email="lea@x.fr"), Owner(id="2", name="Tom Roy", email="tom@x.fr")
URL = "https://crm.example"
EUR = "EUR"


def firm(number: int, **changes: Any) -> Company:
    """A sound company of its own, by a number of two digits."""
    base = {"id": f"c{number}", "name": f"Firme {number}", "siret": "", "siren": SIRENS[number % len(SIRENS)]}
    return samples.company(**(base | {"email": f"compta@firme{number}.fr", "vat_number": ""} | changes))


SIRENS = ("732829320", "552100554", "356000000", "883690067", "773546841", "526859699", "593739642")


def sold(
    number: int, company: Company | None, *, owner: Owner = LEA, euros: int = 100, **changes: Any
) -> Deal:
    price = Decimal(euros)
    base = {
        "ref": DealRef(connection="hubspot", id=f"d{number}"),
        "name": f"Affaire {number}",
        "url": f"{URL}/deals/d{number}",
        "owner": owner,
        "won_on": date(2026, 11, 20),
        "companies": (company,) if company else (),
        "lines": (samples.line(id=f"l{number}", quantity=Decimal(1), unit_price=price),),
    }
    return samples.deal(**(base | changes))


def overview(passing: int, judged: int) -> Overview:
    """Of so many deals, and of nothing else."""
    day = date(2026, 11, 20)
    nothing: dict[str, Any] = dict.fromkeys(("sums", "fixes", "causes", "people", "settings", "refused"), ())
    none = dict.fromkeys(("invoiced", "not_for_us", "companies", "refused_count", "twins"), 0)
    return Overview(
        since=day,
        until=day,
        made_at=datetime(2026, 11, 20, tzinfo=UTC),
        deals=judged,
        judged=judged,
        passing=passing,
        **nothing,
        **none,
    )


class Crm(FakeCrm):
    """Companies that have no deal are in `others`, by whom they belong to."""

    def __init__(self, *deals: Deal) -> None:
        super().__init__()
        self.deals = {deal.ref.id: deal for deal in deals}
        self.others: list[tuple[Company, str]] = []
        self.left: set[str] = set()

    async def list_whole_deals(self, *, won_from: date, after: str) -> WholeDealPage:
        page = await super().list_whole_deals(won_from=won_from, after=after)
        deals = tuple(
            WholeDeal(
                **dict(each) | {"owner_left": each.deal.owner is not None and each.deal.owner.id in self.left}
            )
            for each in page.deals
        )
        return page.model_copy(update={"deals": deals})

    async def list_companies(self, *, after: str) -> CompanyPage:
        if after or not self.others:
            page = await super().list_companies(after=after.removeprefix("+"))
            return page.model_copy(update={"after": f"+{page.after}" if page.after else ""})
        listed = (
            ListedCompany(company=each, url=f"{URL}/companies/{each.id}", owner_id=owner)
            for each, owner in self.others
        )
        return CompanyPage(companies=tuple(listed), after="+0")


class Billing(FakeBilling):
    """What is still owed, by customer."""

    def __init__(self) -> None:
        super().__init__()
        self.owing: dict[str, Customer] = {}

    async def list_invoices(self, *, since: date, after: str) -> InvoicePage:  # noqa: ARG002
        await self._call("list_invoices")
        listed = tuple(
            ListedInvoice(invoice=_open(each), due=Money.of_minor(1200, EUR)) for each in self.owing.values()
        )
        return InvoicePage(invoices=listed)

    async def list_customers(self, *, after: str) -> CustomerPage:  # noqa: ARG002
        await self._call("list_customers")
        return CustomerPage(customers=tuple(self.owing.values()))


def _open(customer: Customer) -> Invoice:
    return samples.invoice(customer_id=customer.id)
