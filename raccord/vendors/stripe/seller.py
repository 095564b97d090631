"""Stripe's lines of `raccord doctor` about the seller: what its account prints on invoices, as far as told.

Only one of them fails: a sequence of numbers for each customer, since French invoices have one for all.
"""

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.domain.values.message import message
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.wire import NumberedPage, PostalAddress
from raccord.vendors.stripe.wire_parties import StripeAccount, TaxId, TaxIdPage

_LATEST = 50
"""Invoices whose numbers are looked at."""
_NAME = message("stripe.seller_name")
_VAT, _NUMBERS = message("stripe.seller_vat"), message("stripe.numbers")
_DETAILS = "Dashboard > Settings > Business > Public details"
_TAX_IDS = "Dashboard > Settings > Billing > Invoices, default account tax ids"
_NUMBERING = "Dashboard > Settings > Billing > Invoices, invoice numbering"


async def seller(api: StripeApi) -> tuple[Check, ...]:
    """Read the account, its tax ids and its latest numbers. What is not told is a warning that says so."""
    return await _name(api), await _vat_number(api), await _numbers(api)


async def _account(api: StripeApi) -> StripeAccount:
    operation = Operation("read the seller's account", "Account: Read")
    return await api.get(operation, "account", StripeAccount)


async def _name(api: StripeApi) -> Check:
    expected = message("stripe.registered_name")
    look = message("stripe.look_at_details", place=_DETAILS)
    try:
        account = await _account(api)
    except ConnectorError as error:
        return Check.warn(_NAME, message("check.not_told", said=str(error)), expected=expected, remedy=look)
    name, place = account.shown_name, _place(account.address)
    if not name or not place:
        seen = (name or message("stripe.no_name"), place or message("stripe.no_address"))
        found = message("check.all_of", each=seen)
        return Check.warn(_NAME, found, expected=expected, remedy=look)
    return Check.ok(_NAME, f"{name}, {place}", expected=expected)


async def _vat_number(api: StripeApi) -> Check:
    expected = message("stripe.vat_on_invoices")
    look = message("stripe.add_vat", place=_TAX_IDS)
    try:
        defaults = (await _account(api)).default_tax_ids
        operation = Operation("list the account's own tax ids", "Tax IDs: Read")
        own = (await api.get(operation, "tax_ids", TaxIdPage, {"owner": {"type": "self"}})).data
    except ConnectorError as error:
        return Check.warn(_VAT, message("check.not_told", said=str(error)), expected=expected, remedy=look)
    numbers = [each for each in own if each.type.endswith("_vat")]
    if not numbers:
        return Check.warn(_VAT, message("stripe.no_vat"), expected=expected, remedy=look)
    said = ", ".join(each.value for each in numbers)
    if defaults is None:
        found = message("stripe.vat_maybe", numbers=said)
        return Check.warn(_VAT, found, expected=expected, remedy=look)
    printed = [each for each in numbers if each.id in defaults]
    if not printed:
        found = message("stripe.vat_not_default", numbers=said)
        return Check.warn(_VAT, found, expected=expected, remedy=look)
    return Check.ok(_VAT, ", ".join(map(_verified, printed)), expected=expected)


async def _numbers(api: StripeApi) -> Check:
    expected = message("stripe.one_sequence")
    look = message("stripe.see_numbering", place=_NUMBERING)
    try:
        operation = Operation("look at the latest invoice numbers", "Invoices: Read")
        wanted = {"limit": _LATEST, "expand": ["data.customer"]}
        found = (await api.get(operation, "invoices", NumberedPage, wanted)).data
    except ConnectorError as error:
        return Check.warn(
            _NUMBERS, message("check.not_told", said=str(error)), expected=expected, remedy=look
        )
    numbered = [each for each in found if each.number and each.prefix]
    for each in numbered:
        if each.number.startswith(f"{each.prefix}-"):
            return Check.fail(
                _NUMBERS,
                message("stripe.own_sequence", number=each.number, prefix=each.prefix),
                expected=expected,
                remedy=message("stripe.choose_numbering", place=_NUMBERING),
            )
    if not numbered:
        return Check.warn(_NUMBERS, message("stripe.no_number_yet"), expected=expected, remedy=look)
    latest = numbered[0].number
    prefix = latest.rpartition("-")[0]
    return Check.ok(
        _NUMBERS,
        message("stripe.sequence_with_prefix", latest=latest, prefix=prefix)
        if prefix
        else message("stripe.sequence", latest=latest),
        expected=expected,
    )


def _place(address: PostalAddress | None) -> str:
    if address is None or not (address.line1 and address.city):
        return ""
    town = " ".join(filter(None, (address.postal_code, address.city)))
    return ", ".join(filter(None, (address.line1, address.line2, town, address.country)))


def _verified(found: TaxId) -> str:
    status = found.verification.status if found.verification else None
    return f"{found.value} ({status})" if status in ("unverified", "verified") else found.value
