"""What the vendors say: first whether they answer and accept us, only then what we may do there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from datetime import timedelta
from typing import TypeAlias

from raccord.connectors.connection import Check, CheckState, in_its_words
from raccord.connectors.crm import VAT_RATES
from raccord.connectors.errors import Auth, ConnectorError, Forbidden
from raccord.connectors.http.token_endpoint import ClientRefused
from raccord.domain.values.message import message
from raccord.settings.environment import variable
from workers.connections import Opened

Asking: TypeAlias = Callable[[], Awaitable[tuple[Check, ...]]]

CONNECTION_TIME = timedelta(seconds=30)


async def connection(
    row: Opened, *, default_rate: bool, acting: Collection[str], also: Asking | None = None
) -> AsyncIterator[Check]:
    """Yield one connection's lines; a refused key or a silent vendor is one failure and not one per right.

    `acting`: the flows that are not in shadow. What only another one needs is a warning. `also` asks it for
    more lines.
    """
    if failed := await _refused(row):
        yield failed
        yield Check.skipped(message("doctor.rights_and_rest"), needs=failed.whole_title).of(row.name)
        return
    yield Check.ok(message("check.credentials"), message("check.accepted")).of(row.name)
    try:
        async with asyncio.timeout(CONNECTION_TIME.total_seconds()):
            checks = await row.port.check()
            checks += await also() if also else ()
    except (ConnectorError, TimeoutError) as error:
        yield _silent(row, error)
        return
    for check in _what_matters_first(checks, default_rate=default_rate):
        rated = check.softened() if check.flow and check.flow not in acting else check
        yield rated.of(row.name)


def _what_matters_first(checks: tuple[Check, ...], *, default_rate: bool) -> Iterator[Check]:
    """Lines without a place for their VAT rate make every deal a question, unless a default fills them in."""
    first = [c for c in checks if c.name == VAT_RATES and c.state is not CheckState.OK and not default_rate]
    for check in first:
        found = message("doctor.every_deal_asked", found=check.seen)
        yield check.model_copy(update={"seen": found})
    yield from (check for check in checks if check not in first)


async def _refused(row: Opened) -> Check | None:
    """Make one cheap call, and return why nothing else need be asked."""
    try:
        async with asyncio.timeout(CONNECTION_TIME.total_seconds()):
            await row.port.probe()
    except Forbidden:
        # Accepted, and not allowed to do this: the vendor's own lines name the permission.
        return None
    except Auth as error:
        unknown = isinstance(error, ClientRefused)
        fields = ("client_id", "client_secret") if unknown else row.connection.vendor.needed_credentials
        needed = [variable(row.name, field) for field in fields]
        # A mail server may need a login, or none: its own sentence says what is wrong.
        secrets = tuple(needed) or message("doctor.the_login", connection=row.name)
        remedy = message("doctor.set_valid", secrets=secrets)
        if row.connection.oauth and not unknown:
            remedy = message("doctor.connect_anew", connection=row.name)
        return Check.fail(
            message("check.credentials"),
            in_its_words(error),
            expected=message("check.accepted"),
            remedy=remedy,
        ).of(row.name)
    except (ConnectorError, TimeoutError) as error:
        return _silent(row, error)
    return None


def _silent(row: Opened, error: Exception) -> Check:
    said = (
        in_its_words(error)
        if str(error)
        else message("doctor.no_answer", seconds=str(CONNECTION_TIME.seconds))
    )
    return Check.fail(
        message("check.reachable"),
        said,
        expected=message("doctor.an_answer"),
        remedy=message("doctor.check_network", connection=row.name),
    ).of(row.name)
