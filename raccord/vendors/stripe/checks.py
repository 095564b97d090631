"""Stripe's lines of `raccord doctor`: reachable, permitted, TEST or LIVE, and who sends reminders."""

from collections.abc import Awaitable, Callable
from typing import Any

import stripe

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.errors import Auth, ConnectorError
from raccord.vendors.stripe.api import StripeApi
from raccord.vendors.stripe.errors import Operation
from raccord.vendors.stripe.settings import StripeSettings
from raccord.vendors.stripe.wire import Identified, Page

_FIRST: Any = {"limit": 1}
_READS: tuple[tuple[str, str, Callable[[stripe.StripeClient], Awaitable[Any]]], ...] = (
    ("Invoices", "Write", lambda client: client.v1.invoices.list_async(_FIRST)),
    ("Customers", "Write", lambda client: client.v1.customers.list_async(_FIRST)),
    ("Tax rates", "Write", lambda client: client.v1.tax_rates.list_async(_FIRST)),
    ("Events", "Read", lambda client: client.v1.events.list_async(_FIRST)),
)
"""Row of the restricted key's permissions, the right Raccord needs there, and a read that shows it."""


async def check(api: StripeApi, settings: StripeSettings) -> tuple[Check, ...]:
    """Read one object of each kind. Rights to write show only when something is written."""
    rights = [await _right(api, row, right, read) for row, right, read in _READS]
    return (_mode(settings), *rights, _REMINDERS)


async def _right(
    api: StripeApi, row: str, right: str, read: Callable[[stripe.StripeClient], Awaitable[Any]]
) -> Check:
    name, expected = f"{row}", f"{row}: {right}"
    try:
        await api.call(Operation(f"list {row.lower()}", expected), read, Page[Identified])
    except Auth as error:
        remedy = f"Set the row “{row}” of the restricted key to {right} in Dashboard > Developers > API keys."
        return Check(name=name, state=CheckState.FAIL, found=str(error), expected=expected, remedy=remedy)
    except ConnectorError as error:
        return Check(
            name=name,
            state=CheckState.FAIL,
            found=str(error),
            expected=expected,
            remedy="Check base_url and the network, then run doctor again.",
        )
    return Check(name=name, state=CheckState.OK, found="readable", expected=expected)


def _mode(settings: StripeSettings) -> Check:
    found = "TEST: no e-mail leaves" if settings.test else "LIVE: invoices are real"
    return Check(name="mode", state=CheckState.OK, found=found)


_REMINDERS = Check(
    name="reminders",
    state=CheckState.WARN,
    found="Stripe does not say whether its own reminders are on; they count for the whole account.",
    expected="off, so that customers are reminded by one sender only",
    remedy="Turn reminders off in Dashboard > Settings > Billing > Invoices, and Billing automations too.",
)
