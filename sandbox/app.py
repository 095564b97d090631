"""The whole sandbox as one application: every simulated vendor, a mailbox, the control API and the page."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette

from sandbox.core.assembly import assemble
from sandbox.core.delivery import DEFAULT_SCHEDULE, Delivery
from sandbox.mailbox.mailbox import Mailbox
from sandbox.page.routes import routes as page
from sandbox.simulators import find_simulators


def create_app(
    *,
    webhooks: Mapping[str, str] | None = None,
    redelivery: Sequence[float] = DEFAULT_SCHEDULE,
    mailbox: Mailbox | None = None,
    links: Mapping[str, str] | None = None,
    settings: Mapping[str, Mapping[str, Any]] | None = None,
) -> Starlette:
    """A fresh sandbox. `webhooks` maps a vendor to the URL it delivers to; `redelivery` are waits in seconds.

    `links` are what the operator wants to reach from the page, by label; `{id}` in one is a record's id.
    `settings` are changes to how vendors behave, by vendor.

    The mailbox listens while the application runs; its port is free to choose unless a mailbox is given.
    Raises ValueError with a sentence when there is no such vendor.
    """
    delivery, mailbox = Delivery(schedule=redelivery), mailbox or Mailbox()
    vendors = [make(delivery=delivery, mailbox=mailbox) for make in find_simulators().values()]
    for vendor, url in (webhooks or {}).items():
        delivery.configure(vendor, {"url": url})
    for vendor, changes in (settings or {}).items():
        delivery.configure(vendor, changes)
    for each in vendors:
        if each.name in (settings or {}):
            each.reset()
    return assemble(
        vendors=vendors,
        delivery=delivery,
        emails=mailbox,
        pages=page(vendors, links or {}),
        running=_listening(mailbox),
    )


def delivery_of(text: str) -> tuple[str, str]:
    """Read `vendor=URL` as it is typed. Raises ValueError with a sentence when it is not that."""
    vendor, found, url = text.partition("=")
    if not found:
        raise ValueError(f"{text!r} does not say where a vendor delivers: write vendor=URL")
    if not _is_address(url):
        raise ValueError(f"{url!r} is no address: write {vendor}=http://127.0.0.1:8080/..., for example")
    return vendor, url


def link_of(text: str) -> tuple[str, str]:
    """Read `label=URL` as it is typed. Raises ValueError with a sentence when it is not that."""
    label, _, url = text.partition("=")
    if not label or not _is_address(url):
        raise ValueError(f"{text!r} is no link for the page: write LABEL=http://...")
    return label, url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


@asynccontextmanager
async def _listening(mailbox: Mailbox) -> AsyncIterator[None]:
    await mailbox.start()
    try:
        yield
    finally:
        await mailbox.stop()
