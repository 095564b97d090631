"""What the vendors say: first whether they answer and accept us, only then what we may do there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from datetime import timedelta
from typing import TypeAlias

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.crm import VAT_RATES
from raccord.connectors.errors import Auth, ConnectorError, Forbidden
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
        yield Check.skipped(f"{row.name}: permissions and the rest", needs=failed.name)
        return
    yield Check.ok(f"{row.name}: credentials", "accepted")
    try:
        async with asyncio.timeout(CONNECTION_TIME.total_seconds()):
            checks = await row.port.check()
            checks += await also() if also else ()
    except (ConnectorError, TimeoutError) as error:
        yield _silent(row, error)
        return
    for check in _what_matters_first(checks, default_rate=default_rate):
        rated = check.softened() if check.flow and check.flow not in acting else check
        yield rated.model_copy(update={"name": f"{row.name}: {check.name}"})


def _what_matters_first(checks: tuple[Check, ...], *, default_rate: bool) -> Iterator[Check]:
    """Lines without a place for their VAT rate make every deal a question, unless a default fills them in."""
    first = [c for c in checks if c.name == VAT_RATES and c.state is not CheckState.OK and not default_rate]
    for check in first:
        found = f"{check.found}, and [vat] default_rate is not set: every deal would be a question"
        yield check.model_copy(update={"found": found})
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
        needed = [variable(row.name, field) for field in row.connection.vendor.needed_credentials]
        # A mail server may need a login, or none: its own sentence says what is wrong.
        secrets = " and ".join(needed) or f"the login in [{row.name}]"
        return Check.fail(
            f"{row.name}: credentials",
            str(error),
            expected="accepted",
            remedy=f"Set {secrets} to one that is valid now, whole and of the right account.",
        )
    except (ConnectorError, TimeoutError) as error:
        return _silent(row, error)
    return None


def _silent(row: Opened, error: Exception) -> Check:
    said = str(error) or f"no answer within {CONNECTION_TIME.seconds} s"
    return Check.fail(
        f"{row.name}: reachable",
        said,
        expected="an answer",
        remedy=f"Check the network, and {row.name}.base_url where you set it; then run doctor again.",
    )
