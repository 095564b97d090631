"""The simulated Pennylane, as the framework sees it."""

import math
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.mentions import Found, Mention, named_in
from sandbox.core.vendor import actor_of, exchange_of
from sandbox.mailbox.mailbox import Mailbox
from sandbox.pennylane import (
    changelogs,
    customers,
    errors,
    invoices,
    links,
    people,
    products,
    transactions,
    webhooks,
)
from sandbox.pennylane.errors import Refused
from sandbox.pennylane.gate import Gate, find
from sandbox.pennylane.picture import picture
from sandbox.pennylane.settings import VENDOR, WEBHOOK_SECRET, PennylaneSettings
from sandbox.pennylane.store import Company

_API = "/api/external/v2"
_EVERY = ["GET", "POST", "PUT", "PATCH", "DELETE"]
OFFERED = (
    *transactions.OPERATIONS,
    *customers.OPERATIONS,
    *invoices.OPERATIONS,
    *products.OPERATIONS,
    *changelogs.OPERATIONS,
    *webhooks.OPERATIONS,
)


class PennylaneVendor:
    """One company without any customer.

    Calls with its token, or with a partner's, are the app's. The header `X-Sandbox-Actor` makes one that of
    a person, who may do everything that the API offers, and what is under `/people`.
    """

    name = VENDOR

    def __init__(self, *, delivery: Delivery, mailbox: Mailbox) -> None:
        PennylaneSettings().register(delivery, VENDOR, secret=WEBHOOK_SECRET)
        self._company = Company(delivery)
        self._gate = Gate(self._company, mailbox)

    def reset(self) -> None:
        self._company.reset()
        self._gate.reset()

    def routes(self) -> list[BaseRoute]:
        return [
            Route(_API + "/{rest:path}", self._api, methods=_EVERY),
            Route("/people/application", self._disconnect, methods=["DELETE"]),
            Route("/people/{rest:path}", self._people, methods=_EVERY),
            Route(links.PATH, self._pdf, methods=["GET"]),
            Route("/oauth/authorize", self._authorize, methods=["GET"]),
            Route("/oauth/revoke", self._revoke, methods=["POST"]),
            Route("/oauth/{rest:path}", self._token, methods=["POST"]),
        ]

    def state(self) -> dict[str, Any]:
        """Customers, invoices with their lines and money, transactions, products, changes: oldest first."""
        return picture(self._company)

    def mutating(self, method: str, path: str) -> bool:
        return method not in ("GET", "HEAD") and not path.startswith("/oauth")

    def mentions(self, ids: Collection[str]) -> Found:
        """The invoices whose reference names it."""
        found: dict[str, list[Mention]] = {}
        for invoice in self._company.invoices.values():
            label = f"invoice {invoice.number}" if invoice.number else "draft"
            mention = Mention("invoice", label, f"#pennylane-{invoice.id}", not invoice.draft)
            for id_ in named_in(str(invoice.values["external_reference"]), ids):
                found.setdefault(id_, []).append(mention)
        return found

    def refusal(self, status: int, exchange: Exchange) -> Response:
        settings = self._company.settings
        match status:
            case 401:
                refused = errors.unauthorized()
            case 403:
                refused = errors.forbidden(_scope(exchange))
            case 409:
                refused = errors.conflict()
            case 429:
                return errors.too_many(math.ceil(settings.window_seconds))
            case _:
                return errors.failure(status, guide=settings.guide_errors)
        return refused.response(guide=settings.guide_errors)

    async def _api(self, request: Request) -> Response:
        path = exchange_of(request).path.removeprefix(_API)
        return await self._gate.answer(request, OFFERED, path)

    async def _people(self, request: Request) -> Response:
        if actor_of(request) is None:
            return errors.not_found().response()
        return await self._gate.answer(request, people.OPERATIONS, exchange_of(request).path)

    async def _pdf(self, request: Request) -> Response:
        """Anybody who has the link."""
        invoice = links.opened(self._company, request.query_params.get("encrypted_id", ""))
        if invoice is None:
            return HTMLResponse("<p>Ce lien a expiré.</p>", 404)
        return Response(links.pdf_of(self._company, invoice), media_type="application/pdf")

    async def _authorize(self, request: Request) -> Response:
        return self._gate.tokens.consented(request)

    async def _token(self, request: Request) -> Response:
        if exchange_of(request).path != self._company.settings.token_path:
            return errors.not_found().response()
        return self._gate.tokens.exchanged(await _form(request), self._company.settings)

    async def _revoke(self, request: Request) -> Response:
        return self._gate.tokens.revoked(await _form(request))

    async def _disconnect(self, request: Request) -> Response:
        """Somebody of the company takes the application's access away."""
        if actor_of(request) is None:
            return errors.not_found().response()
        self._gate.tokens.withdrawn()
        return Response(status_code=204)


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> PennylaneVendor:
    return PennylaneVendor(delivery=delivery, mailbox=mailbox)


def _scope(exchange: Exchange) -> str:
    """The one that this request needs."""
    try:
        operation, _ = find(OFFERED, exchange.method, exchange.path.removeprefix(_API))
    except Refused:
        return "customers:all"
    return (*operation.needed, "customers:all")[0]


async def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
