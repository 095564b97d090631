"""The numbers of customers: tax ids, which are created and deleted and never edited.

Stripe docs: api/customer_tax_ids. No page says in which order they are listed, nor that there is one of a
type only: a business may have VAT numbers of several countries.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress

from raccord.connectors.details import look_again
from raccord.connectors.errors import NotFound
from raccord.connectors.http.errors import Operation
from raccord.domain.values.details import Field
from raccord.domain.values.identifiers import (
    clean,
    parse_siren,
    parse_siret,
    parse_vat_number,
    vat_prefix,
)
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.customer_events import NUMBERS
from raccord.vendors.stripe.wire import Deleted
from raccord.vendors.stripe.wire_parties import TaxId

WRITE = "Customers: Write"
_PARSERS = {Field.SIREN: parse_siren, Field.SIRET: parse_siret, Field.VAT_NUMBER: parse_vat_number}
VERDICTS = ("pending", "unverified", "verified")
"""What Stripe says of a number that it asks an authority about (Stripe docs: invoicing/customer/tax-ids)."""


def standing(tax_ids: Iterable[TaxId], field: Field, country: str | None) -> TaxId | None:
    """Return the tax id that counts as a customer's: of VAT numbers the one of its country, else the oldest.

    The oldest, since the new one of two may be a change that came to no end: once the old one is deleted,
    it has.
    """
    prefix = vat_prefix(country or "") if field is Field.VAT_NUMBER else ""
    of_field = [each for each in tax_ids if each.type == NUMBERS[field]]
    return min(
        of_field,
        key=lambda each: (not clean(each.value).startswith(prefix), each.created, each.id),
        default=None,
    )


class TaxIds:
    def __init__(self, api: StripeApi) -> None:
        self._api = api

    def check(self, customer_id: str, field: Field, held: Sequence[TaxId], *, new: str, old: str) -> None:
        """Raise `look_again` unless the customer has the number that was expected, or the new one already."""
        values = {_plain(field, each.value) for each in held if each.type == NUMBERS[field]} or {""}
        if not values & {_plain(field, new), _plain(field, old)}:
            raise look_again(field, f"customer {customer_id}")

    async def replace(
        self, customer_id: str, field: Field, held: Sequence[TaxId], *, new: str, old: str, key: str
    ) -> None:
        """Create the new number unless it is there, then delete the old one; other numbers stay.

        One request each; whichever is the last, the customer has a number.
        """
        wanted, kind = _plain(field, new), NUMBERS[field]
        of_field = [(each, _plain(field, each.value)) for each in held if each.type == kind]
        if wanted and all(value != wanted for _, value in of_field):
            await self._api.post(
                Operation(f"give the customer {customer_id} another number", WRITE, write=True),
                ("customers", customer_id, "tax_ids"),
                TaxId,
                {"type": kind, "value": wanted},
                key=f"{key}/{kind}",
            )
        for each, value in of_field:
            if value == _plain(field, old) != wanted:
                await self._delete(customer_id, each.id)

    async def _delete(self, customer_id: str, tax_id: str) -> None:
        operation = Operation(f"take the number {tax_id} off the customer {customer_id}", WRITE, write=True)
        # It may be gone by a request of an attempt before.
        with suppress(NotFound):
            await self._api.delete(operation, ("customers", customer_id, "tax_ids", tax_id), Deleted)


def _plain(field: Field, number: str) -> str:
    return _PARSERS[field](number) or clean(number)
