"""What Raccord reads of customers and the seller in Stripe's objects (API 2026-10-28.endive); see `wire`."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, RootModel, StrictInt

from raccord.connectors.http.reading import Wire
from raccord.vendors.stripe.wire import Deleted, Identified, Page, PostalAddress


class Verification(Wire):
    status: str | None = None


class TaxId(Identified):
    type: str
    value: str
    created: StrictInt = 0
    verification: Verification | None = None


class StripeCustomer(Identified):
    name: str | None = None
    business_name: str | None = None
    individual_name: str | None = None
    email: str | None = None
    phone: str | None = None
    metadata: Mapping[str, str] | None = None
    tax_exempt: str | None = None
    currency: str | None = None
    balance: StrictInt | None = None
    """In its currency. Above zero it is owed, and added to what the next invoice asks for (Stripe docs)."""
    address: PostalAddress | None = None
    preferred_locales: tuple[str, ...] | None = None
    """Its languages, the preferred one first (Stripe docs: api/customers/object)."""
    tax_ids: Page[TaxId] | None = None
    """Only there when expanded, and its first page at most."""


class FoundCustomer(RootModel[Annotated[Deleted | StripeCustomer, Field(union_mode="left_to_right")]]):
    """In this order: an expansion on a deleted customer must not make it look like a living one."""


class BusinessProfile(Wire):
    name: str | None = None
    support_address: PostalAddress | None = None


class RegisteredCompany(Wire):
    name: str | None = None
    address: PostalAddress | None = None


class InvoiceDefaults(Wire):
    default_account_tax_ids: tuple[str | Identified, ...] | None = None


class DisplayName(Wire):
    display_name: str | None = None


class AccountSettings(Wire):
    invoices: InvoiceDefaults | None = None
    dashboard: DisplayName | None = None


class StripeAccount(Identified):
    """The seller's own account; Stripe tells its holder less of it than it prints."""

    business_profile: BusinessProfile | None = None
    company: RegisteredCompany | None = None
    settings: AccountSettings | None = None
    country: str | None = None

    @property
    def shown_name(self) -> str:
        names = (
            self.business_profile.name if self.business_profile else None,
            self.company.name if self.company else None,
            self.settings.dashboard.display_name if self.settings and self.settings.dashboard else None,
        )
        return next(filter(None, names), "")

    @property
    def address(self) -> PostalAddress | None:
        given = self.company.address if self.company else None
        return given or (self.business_profile.support_address if self.business_profile else None)

    @property
    def default_tax_ids(self) -> frozenset[str] | None:
        """Ids of those that invoices print by default; None where Stripe does not tell."""
        if self.settings is None or self.settings.invoices is None:
            return None
        given = self.settings.invoices.default_account_tax_ids or ()
        return frozenset(each if isinstance(each, str) else each.id for each in given)


CustomerPage = Page[StripeCustomer]
TaxIdPage = Page[TaxId]
