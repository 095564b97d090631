"""The Stripe simulator on a real port, seen through Stripe's own client."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import stripe
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.core.assembly import assemble
from sandbox.core.delivery import Delivery
from sandbox.mailbox.mailbox import Mailbox
from sandbox.stripe.settings import StripeSettings
from sandbox.stripe.vendor import StripeVendor
from tests.patience import patience
from tests.sandbox.serving import serving

KEY = "rk_test_sandbox0000000000000000"
SECRET = "whsec_sandbox00000000000000000000"
DAY = 86_400


@dataclass
class Bench:
    """One served simulator; `client` is the official client pointed at it, `control` speaks HTTP to it."""

    base: str
    http: stripe.HTTPXClient
    control: httpx.AsyncClient
    client: stripe.StripeClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.client_with(KEY)

    def client_with(self, key: str, *, version: str | None = None) -> stripe.StripeClient:
        return stripe.StripeClient(
            key,
            http_client=self.http,
            base_addresses={"api": f"{self.base}/stripe"},
            max_network_retries=0,
            stripe_version=version,
        )

    async def start_over(self) -> None:
        """An empty account with the usual settings, which delivers nowhere and whose search does not lag."""
        (await self.control.post("/_control/reset")).raise_for_status()
        ordinary = StripeSettings(search_lag=0.0, verification_seconds=0.0, rate_limits=False)
        await self.settings(url=None, secret=SECRET, **ordinary.options())

    async def settings(self, **changes: Any) -> None:
        answer = await self.control.put("/_control/webhooks/stripe", json=changes)
        assert answer.status_code == 200, answer.text

    async def fault(self, **rule: Any) -> None:
        answer = await self.control.post("/_control/faults", json={"vendor": "stripe", **rule})
        assert answer.status_code == 200, answer.text

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.control.get("/_control/state/stripe")).json()
        return found

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """Events of one type, oldest first."""
        return [event for event in (await self.state())["events"] if event["type"] == kind]

    async def emails(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.control.get("/_control/emails")).json()
        return found

    async def requests(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.control.get("/_control/requests")).json()
        return found

    async def raw(self, method: str, path: str, **options: Any) -> httpx.Response:
        """A request that Stripe's client would never send."""
        headers = {"Authorization": f"Bearer {KEY}", **options.pop("headers", {})}
        return await self.control.request(method, f"/stripe{path}", headers=headers, **options)

    async def customer(self, **params: Any) -> stripe.Customer:
        wanted: Any = {"name": "Ateliers Réunis", "email": "compta@ateliers.example", **params}
        return await self.client.v1.customers.create_async(wanted)

    async def vat(self, percentage: str = "20", *, inclusive: bool = False) -> str:
        """The id of a new French VAT rate."""
        wanted: Any = {
            "display_name": "TVA",
            "percentage": percentage,
            "inclusive": inclusive,
            "country": "FR",
            "tax_type": "vat",
        }
        rate = await self.client.v1.tax_rates.create_async(wanted)
        return rate.id

    async def draft(self, *lines: Any, customer: str | None = None, **params: Any) -> stripe.Invoice:
        """A draft that is to be sent, due in 30 days, with these lines."""
        wanted: Any = {
            "customer": customer or (await self.customer()).id,
            "collection_method": "send_invoice",
            "currency": "eur",
            **({} if "due_date" in params else {"days_until_due": 30}),
            **params,
        }
        invoice = await self.client.v1.invoices.create_async(wanted)
        if not lines:
            return invoice
        return await self.client.v1.invoices.add_lines_async(invoice.id, {"lines": list(lines)})

    async def issued(self, *lines: Any, **params: Any) -> stripe.Invoice:
        """An open invoice of 100 EUR plus 20 % VAT, unless lines say otherwise."""
        wanted = lines or (line(tax_rates=[await self.vat()]),)
        draft = await self.draft(*wanted, **params)
        return await self.client.v1.invoices.finalize_invoice_async(draft.id)


def line(unit: str = "10000", quantity: str = "1", **params: Any) -> Any:
    """A line of `unit` minor units."""
    return {
        "quantity_decimal": quantity,
        "price_data": {"currency": "eur", "product_data": {"name": "Conseil"}, "unit_amount_decimal": unit},
        **params,
    }


@dataclass
class Inbox:
    """A webhook receiver: raw bodies and headers, and the statuses it answers with before it says 200."""

    url: str = ""
    received: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.received.append((await request.body(), dict(request.headers)))
        return Response(status_code=self.refusals.pop(0) if self.refusals else 200)


async def eventually(holds: Callable[[], bool], *, within: float = 5.0) -> None:
    """Poll until it holds."""
    async with asyncio.timeout(patience(within)):
        while not holds():  # noqa: ASYNC110 - what is awaited happens in another task of the server
            await asyncio.sleep(0.01)


@asynccontextmanager
async def stripe_bench() -> AsyncIterator[Bench]:
    """A fresh simulator."""
    delivery, mailbox = Delivery(schedule=(0.02, 0.02, 0.02)), Mailbox()
    app = assemble(
        vendors=[StripeVendor(delivery=delivery, mailbox=mailbox)],
        delivery=delivery,
        emails=mailbox,
        running=_listening(mailbox),
    )
    http = stripe.HTTPXClient(timeout=patience(5))
    async with serving(app) as base, httpx.AsyncClient(base_url=base, trust_env=False) as control:
        bench = Bench(base=base, http=http, control=control)
        await bench.start_over()
        yield bench
    await http.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def webhook_inbox() -> AsyncIterator[Inbox]:
    inbox = Inbox()
    async with serving(Starlette(routes=[Route("/hook", inbox.take, methods=["POST"])])) as base:
        inbox.url = f"{base}/hook"
        yield inbox


@asynccontextmanager
async def _listening(mailbox: Mailbox) -> AsyncIterator[None]:
    await mailbox.start()
    try:
        yield
    finally:
        await mailbox.stop()
