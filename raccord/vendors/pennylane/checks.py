"""Pennylane's lines of `raccord doctor`: whose token it is, TEST or LIVE, and what it may do."""

from raccord.connectors.connection import Check, in_its_words, to_reach
from raccord.connectors.errors import ConnectorError
from raccord.connectors.oauth import OAuthApp
from raccord.domain.values.message import message
from raccord.vendors.pennylane.api import CUSTOMERS, INVOICES, PennylaneApi, is_sandbox
from raccord.vendors.pennylane.settings import PennylaneSettings

_CREDENTIALS = message("check.credentials")
_TOKENS = "Pennylane > Settings > Connectivity > Developers"


async def check(api: PennylaneApi, settings: PennylaneSettings) -> tuple[Check, ...]:
    try:
        me = await api.me()
    except ConnectorError as error:
        remedy = to_reach(error, api.app, entered=message("pennylane.reach"))
        return (
            Check.fail(_CREDENTIALS, in_its_words(error), remedy=remedy),
            *(Check.skipped(scope, needs=_CREDENTIALS) for scope in (INVOICES, CUSTOMERS)),
        )
    return (
        Check.ok(_CREDENTIALS, message("pennylane.token_of", company=me.company.name)),
        _mode(api.app, sandbox=is_sandbox(me), expected=settings.sandbox),
        *(_scope(api.app, scope, me.scopes) for scope in (INVOICES, CUSTOMERS)),
        _REMINDERS,
    )


def _mode(app: OAuthApp | None, *, sandbox: bool, expected: bool) -> Check:
    found = message("pennylane.sandbox") if sandbox else message("pennylane.live")
    if sandbox is expected:
        return Check.ok("mode", found)
    remedy = message("pennylane.other_token", sandbox=str(sandbox).lower())
    if app:
        remedy = message("pennylane.other_consent", sandbox=str(sandbox).lower(), connection=app.connection)
    return Check.fail(
        "mode",
        found,
        expected=message("pennylane.a_sandbox") if expected else message("pennylane.a_company"),
        remedy=remedy,
    )


def _scope(app: OAuthApp | None, scope: str, given: tuple[str, ...]) -> Check:
    if scope in given:
        return Check.ok(scope, message("pennylane.given"))
    remedy = message("pennylane.make_token", scope=scope, place=_TOKENS)
    if app:
        remedy = message("pennylane.agree_to", scope=scope, connection=app.connection)
    return Check.fail(scope, message("pennylane.lacks"), expected=scope, remedy=remedy)


_REMINDERS = Check.warn(
    message("check.reminders"),
    message("pennylane.reminders_untold"),
    expected=message("stripe.reminders_off"),
    remedy=message("pennylane.turn_off"),
)
