"""Puts vendors, control API and page together into one ASGI application."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount

from sandbox.core.control import Control, Emails
from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import ExchangeLog
from sandbox.core.faults import Faults
from sandbox.core.front import VendorFront
from sandbox.core.vendor import Vendor


def assemble(
    *,
    vendors: Sequence[Vendor],
    delivery: Delivery,
    emails: Emails,
    pages: Sequence[BaseRoute] = (),
    running: AbstractAsyncContextManager[None] | None = None,
) -> Starlette:
    """Every vendor under its name, control under `/_control`; `running` is entered while the server runs."""
    log, faults = ExchangeLog(), Faults()
    control = Control(vendors=vendors, log=log, faults=faults, delivery=delivery, emails=emails)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            if running is None:
                yield
            else:
                async with running:
                    yield
        finally:
            await delivery.aclose()

    return Starlette(
        routes=[
            Mount("/_control", routes=control.routes()),
            *(
                Mount("/" + vendor.name, app=VendorFront(vendor, log=log, faults=faults))
                for vendor in vendors
            ),
            *pages,
        ],
        lifespan=lifespan,
    )
