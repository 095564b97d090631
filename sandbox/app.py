"""The whole sandbox as one ASGI application: three vendors, a mailbox, the control API and the page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from sandbox.core.assembly import assemble
from sandbox.core.delivery import DEFAULT_SCHEDULE
from sandbox.core.vendor import Vendor
from sandbox.hubspot.settings import HubSpotSettings
from sandbox.hubspot.vendor import HubSpotVendor
from sandbox.mailbox.mailbox import Mailbox
from sandbox.page.routes import routes as page
from sandbox.slack.delivery import ClickDelivery
from sandbox.slack.vendor import SlackVendor
from sandbox.stripe.vendor import StripeVendor


def create_app(
    *,
    webhooks: Mapping[str, str] | None = None,
    redelivery: Sequence[float] = DEFAULT_SCHEDULE,
    hubspot: HubSpotSettings | None = None,
    mailbox: Mailbox | None = None,
) -> Starlette:
    """A fresh sandbox. `webhooks` maps a vendor to the URL it delivers to; `redelivery` are waits in seconds.

    The mailbox listens while the application runs; its port is free to choose unless a mailbox is given.
    """
    delivery, mailbox = ClickDelivery(schedule=redelivery), mailbox or Mailbox()
    vendors: list[Vendor] = [
        HubSpotVendor(delivery=delivery, settings=hubspot),
        StripeVendor(delivery=delivery, mailbox=mailbox),
        SlackVendor(delivery=delivery),
    ]
    for vendor, url in (webhooks or {}).items():
        delivery.configure(vendor, {"url": url})
    return assemble(
        vendors=vendors, delivery=delivery, emails=mailbox, pages=page(), running=_listening(mailbox)
    )


@asynccontextmanager
async def _listening(mailbox: Mailbox) -> AsyncIterator[None]:
    await mailbox.start()
    try:
        yield
    finally:
        await mailbox.stop()
