"""Stripe's lines of `raccord doctor`: reachable, permitted, TEST or LIVE, and who sends reminders."""

from contextlib import suppress

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError, Forbidden, NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.rules.modes import PAYMENT
from raccord.domain.values.message import Message, message
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.seller import seller
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import AnyPage, Identified

_ROWS = (
    ("Invoices", "invoices", True),
    ("Customers", "customers", True),
    ("Tax rates", "tax_rates", True),
    ("Events", "events", False),
)
"""Row of the restricted key's permissions, its path, and whether Raccord writes there."""
_CREDIT_NOTES = ("Credit notes", "credit_notes", False)
"""Without it no flow stops but the report: a credit note's number is not shown on its deal."""
_OF_PAYMENTS = (
    ("Invoice payments", "invoice_payments", False),
    ("PaymentIntents", "payment_intents", False),
    ("Charges and Refunds", "charges", False),
    ("Disputes", "disputes", False),
)
_RECORDS = "Payment records"
_NOBODY = "raccord_doctor"
"""No object has this id, so that asking to write to it changes nothing."""


async def check(api: StripeApi, settings: StripeSettings) -> tuple[Check, ...]:
    """Read one object of each kind, and ask to write to one that does not exist."""
    rights = [await _right(api, *row) for row in _ROWS]
    credit_notes = (await _right(api, *_CREDIT_NOTES)).softened()
    payments = [await _right(api, *row) for row in _OF_PAYMENTS] + [await _records(api)]
    needed = [each.model_copy(update={"flow": PAYMENT}) for each in payments]
    return (_mode(settings), *rights, credit_notes, *needed, *await seller(api), _REMINDERS)


async def _right(api: StripeApi, row: str, path: str, writes: bool) -> Check:
    expected = f"{row}: {'Write' if writes else 'Read'}"
    try:
        await api.get(Operation(f"list {row.lower()}", f"{row}: Read"), path, AnyPage, {"limit": 1})
        if writes:
            await _may_write(api, row, path)
    except ConnectorError as error:
        return Check.fail(row, in_its_words(error), expected=expected, remedy=_remedy(error, expected))
    found = message("stripe.write_not_forbidden") if writes else message("check.readable")
    return Check.ok(row, found, expected=expected)


async def _records(api: StripeApi) -> Check:
    """Ask for a payment record that does not exist: there is no list of them."""
    expected = f"{_RECORDS}: Read"
    try:
        with suppress(NotFound):
            operation = Operation("read a payment record", expected)
            await api.get(operation, ("payment_records", _NOBODY), Identified)
    except ConnectorError as error:
        return Check.fail(_RECORDS, in_its_words(error), expected=expected, remedy=_remedy(error, expected))
    return Check.ok(_RECORDS, message("check.readable"), expected=expected)


async def _may_write(api: StripeApi, row: str, path: str) -> None:
    """Raise what a write would, but for the object that is missing.

    No page says that Stripe looks at permissions first; if it does not, this proves nothing.
    """
    operation = Operation(f"write {row.lower()}", f"{row}: Write", write=True)
    with suppress(Permanent):
        await api.post(operation, (path, _NOBODY), Identified, {}, key=None)


def _remedy(error: ConnectorError, expected: str) -> Message:
    row, _, right = expected.partition(": ")
    if isinstance(error, Forbidden):
        return message("stripe.set_row", row=row, right=right)
    return message("stripe.reach")


def _mode(settings: StripeSettings) -> Check:
    found = message("stripe.test_mode") if settings.test else message("stripe.live_mode")
    return Check.ok("mode", found)


_REMINDERS = Check.warn(
    message("check.reminders"),
    message("stripe.reminders_untold"),
    expected=message("stripe.reminders_off"),
    remedy=message("stripe.turn_off"),
)
