"""Pennylane's lines of `raccord doctor`: whose token it is, TEST or LIVE, and what it may do."""

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.vendors.pennylane.api import CUSTOMERS, INVOICES, PennylaneApi, is_sandbox
from raccord.vendors.pennylane.settings import PennylaneSettings

_TOKENS = "Pennylane > Settings > Connectivity > Developers"


async def check(api: PennylaneApi, settings: PennylaneSettings) -> tuple[Check, ...]:
    try:
        me = await api.me()
    except ConnectorError as error:
        remedy = "Check token, base_url and the network, then run doctor again."
        return (
            Check.fail("credentials", str(error), remedy=remedy),
            *(Check.skipped(scope, needs="credentials") for scope in (INVOICES, CUSTOMERS)),
        )
    return (
        Check.ok("credentials", f"the token of {me.company.name}"),
        _mode(sandbox=is_sandbox(me), expected=settings.sandbox),
        *(_scope(scope, me.scopes) for scope in (INVOICES, CUSTOMERS)),
        _REMINDERS,
    )


def _mode(*, sandbox: bool, expected: bool) -> Check:
    found = "TEST: a sandbox" if sandbox else "LIVE: invoices are real"
    if sandbox is expected:
        return Check.ok("mode", found)
    return Check.fail(
        "mode",
        found,
        expected="a sandbox" if expected else "a company",
        remedy=f"Enter the other token as token, or set sandbox = {str(sandbox).lower()}. "
        "Nothing is written until then.",
    )


def _scope(scope: str, given: tuple[str, ...]) -> Check:
    if scope in given:
        return Check.ok(scope, "given")
    remedy = f"Make a token with the scope “{scope}” in {_TOKENS}."
    return Check.fail(scope, "the token lacks it", expected=scope, remedy=remedy)


_REMINDERS = Check.warn(
    "reminders",
    "Pennylane does not say whether its own reminders are on.",
    expected="off, so that customers are reminded by one sender only",
    remedy="Turn automatic reminders off in Pennylane.",
)
