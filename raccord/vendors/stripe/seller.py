"""Stripe's lines of `raccord doctor` about the seller: what its account prints on invoices, as far as told.

Only one of them fails: a sequence of numbers for each customer, since French invoices have one for all.
"""

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.wire import NumberedPage, PostalAddress
from raccord.vendors.stripe.wire_parties import StripeAccount, TaxId, TaxIdPage

_LATEST = 50
"""Invoices whose numbers are looked at."""
_NAME = "seller's name and address"
_VAT, _NUMBERS = "seller's VAT number", "invoice numbers"
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
    expected = "legal name and address, as registered"
    look = f"Look at them in {_DETAILS}, and at a PDF."
    try:
        account = await _account(api)
    except ConnectorError as error:
        return Check.warn(_NAME, f"not told: {error}", expected=expected, remedy=look)
    name, place = account.shown_name, _place(account.address)
    if not name or not place:
        found = f"{name or 'no name'}, {place or 'an address that Stripe does not tell'}"
        return Check.warn(_NAME, found, expected=expected, remedy=look)
    return Check.ok(_NAME, f"{name}, {place}", expected=expected)


async def _vat_number(api: StripeApi) -> Check:
    expected = "on every invoice, as a default account tax id"
    look = f"Add it and make it a default in {_TAX_IDS}. Without VAT there is nothing to do."
    try:
        defaults = (await _account(api)).default_tax_ids
        operation = Operation("list the account's own tax ids", "Tax IDs: Read")
        own = (await api.get(operation, "tax_ids", TaxIdPage, {"owner": {"type": "self"}})).data
    except ConnectorError as error:
        return Check.warn(_VAT, f"not told: {error}", expected=expected, remedy=look)
    numbers = [each for each in own if each.type.endswith("_vat")]
    if not numbers:
        return Check.warn(_VAT, "none on the account", expected=expected, remedy=look)
    said = ", ".join(each.value for each in numbers)
    if defaults is None:
        found = f"{said} is on the account; whether it is a default, Stripe does not tell"
        return Check.warn(_VAT, found, expected=expected, remedy=look)
    printed = [each for each in numbers if each.id in defaults]
    if not printed:
        found = f"{said} is on the account, and no default: invoices do not print it"
        return Check.warn(_VAT, found, expected=expected, remedy=look)
    return Check.ok(_VAT, ", ".join(map(_verified, printed)), expected=expected)


async def _numbers(api: StripeApi) -> Check:
    expected = "one sequence for the whole account"
    look = f"See {_NUMBERING}: it must be the account's, not each customer's (older accounts have that)."
    try:
        operation = Operation("look at the latest invoice numbers", "Invoices: Read")
        wanted = {"limit": _LATEST, "expand": ["data.customer"]}
        found = (await api.get(operation, "invoices", NumberedPage, wanted)).data
    except ConnectorError as error:
        return Check.warn(_NUMBERS, f"not told: {error}", expected=expected, remedy=look)
    numbered = [each for each in found if each.number and each.prefix]
    for each in numbered:
        if each.number.startswith(f"{each.prefix}-"):
            return Check.fail(
                _NUMBERS,
                f"{each.number} is of a sequence of its customer's own ({each.prefix}-…)",
                expected=expected,
                remedy=f"Choose numbering across the account in {_NUMBERING}, before the next invoice.",
            )
    if not numbered:
        return Check.warn(
            _NUMBERS, "not told before the first invoice is issued", expected=expected, remedy=look
        )
    latest = numbered[0].number
    prefix = latest.rpartition("-")[0]
    return Check.ok(
        _NUMBERS,
        f"{latest}, of one sequence" + (f" with the prefix {prefix}" if prefix else ""),
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
