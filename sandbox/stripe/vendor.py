"""The Stripe simulator, as the framework sees it."""

from collections.abc import Awaitable, Callable, Collection
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route, compile_path

from sandbox.core.delivery import Delivery
from sandbox.core.exchanges import Exchange
from sandbox.core.mentions import Found, Mention, named_in
from sandbox.core.table import new_id
from sandbox.mailbox.mailbox import Mailbox
from sandbox.stripe import errors
from sandbox.stripe.account import VENDOR, Account, Post
from sandbox.stripe.errors import Refusal
from sandbox.stripe.gate import Gate, refused
from sandbox.stripe.hosted import invoice_page
from sandbox.stripe.invoice_view import whole
from sandbox.stripe.operation import Operation
from sandbox.stripe.operations import OPERATIONS
from sandbox.stripe.pdf import pdf_of
from sandbox.stripe.settings import API_VERSION
from sandbox.stripe.store import Invoice, Json


class StripeVendor:
    """One account without any customer. What is mailed goes to `mailbox`.

    Its settings (`StripeSettings`) are options of its webhook target: they can be changed while it runs.
    """

    name = VENDOR

    def __init__(self, *, delivery: Delivery, mailbox: Post) -> None:
        self._account = Account(delivery=delivery, post=mailbox)
        self._gate = Gate(self._account)

    def routes(self) -> list[BaseRoute]:
        return [
            *(
                Route(operation.path, self._endpoint(operation), methods=[operation.method])
                for operation in OPERATIONS
            ),
            Route("/dashboard/events/{id}/resend", self._resend, methods=["POST"]),
            Route("/dashboard/invoices/{id}", self._dashboard, methods=["GET"]),
            Route("/dashboard/test/invoices/{id}", self._dashboard, methods=["GET"]),
            Route("/i/{account}/{token}", self._hosted, methods=["GET"]),
            Route("/invoice/{account}/{token}/pdf", self._pdf, methods=["GET"]),
            Route("/credit_notes/{account}/{id}/pdf", self._note_pdf, methods=["GET"]),
            Route("/{unknown:path}", _unrecognised, methods=["GET", "POST", "DELETE", "PUT", "PATCH"]),
        ]

    def state(self) -> dict[str, Any]:
        """Lists by kind, oldest first; invoices with all their lines, drafts as they stand now."""
        store = self._account.store
        return {
            "customers": list(store.customers),
            "deleted_customers": sorted(store.deleted_customers),
            "tax_ids": list(store.tax_ids),
            "tax_rates": list(store.tax_rates),
            "products": list(store.products),
            "invoices": [whole(self._account, invoice) for invoice in store.invoices],
            "invoice_payments": list(store.invoice_payments),
            "payment_records": list(store.payment_records),
            "payment_intents": list(store.payment_intents),
            "charges": list(store.charges),
            "refunds": list(store.refunds),
            "disputes": list(store.disputes),
            "balance_transactions": list(store.balance_transactions),
            "customer_balance_transactions": list(store.customer_balance_transactions),
            "cash_transactions": list(store.cash_transactions),
            "credit_notes": list(store.credit_notes),
            "events": list(store.events),
            "webhook_endpoints": list(store.webhook_endpoints),
        }

    def mentions(self, ids: Collection[str]) -> Found:
        """The invoices whose metadata name it."""
        found: dict[str, list[Mention]] = {}
        for invoice in self._account.store.invoices:
            data = invoice.data
            label = f"invoice {data['number']}" if data["number"] else "draft"
            href = data["hosted_invoice_url"] or f"#{invoice.id}"
            mention = Mention("invoice", label, href, invoice.status == "open")
            for id_ in named_in(str(data["metadata"]), ids):
                found.setdefault(id_, []).append(mention)
        return found

    def reset(self) -> None:
        self._account.reset()
        self._gate.reset()

    def mutating(self, method: str, path: str) -> bool:  # noqa: ARG002 - every search of Stripe is a GET
        return method not in ("GET", "HEAD")

    def refusal(self, status: int, exchange: Exchange) -> Response:
        settings = self._account.settings
        match status:
            case 401:
                return _injected(errors.unauthorised(settings.api_key))
            case 403:
                return _injected(errors.forbidden(_permission(exchange)))
            case 429 if settings.lock_timeouts:
                return _injected(errors.lock_timeout(settings.retry_after))
            case 429:
                return _injected(errors.too_many_requests("global-rate", settings.retry_after))
        return _injected(errors.server_error(status))

    def remember(self, exchange: Exchange, answer: Response) -> None:
        self._gate.remember(exchange, answer)

    async def _hosted(self, request: Request) -> Response:
        """The page of an issued invoice."""
        invoice = self._linked(request)
        return HTMLResponse(invoice_page(self._account, invoice)) if invoice else _not_found()

    async def _pdf(self, request: Request) -> Response:
        invoice = self._linked(request)
        return _a_pdf(whole(self._account, invoice)) if invoice else _not_found()

    async def _note_pdf(self, request: Request) -> Response:
        note = self._account.store.credit_notes.find(request.path_params["id"])
        return _a_pdf(note) if note else _not_found()

    def _linked(self, request: Request) -> Invoice | None:
        """The issued invoice that somebody has the link of."""
        wanted = f"/{request.path_params['token']}?"
        links = ((each, each.data["hosted_invoice_url"] or "") for each in self._account.store.invoices)
        return next((invoice for invoice, link in links if wanted in link), None)

    async def _dashboard(self, request: Request) -> Response:
        """An invoice as people of the company see it, also as a draft."""
        invoice = self._account.store.invoices.find(request.path_params["id"])
        return HTMLResponse(invoice_page(self._account, invoice)) if invoice else _not_found()

    async def _resend(self, request: Request) -> Response:
        """An event goes out once more, when somebody in the Dashboard wants it."""
        event = self._account.store.events.find(request.path_params["id"])
        return JSONResponse(await self._account.resend(event)) if event else _not_found()

    def _endpoint(self, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            return await self._gate.answer(operation, request)

        return answer


def simulator(*, delivery: Delivery, mailbox: Mailbox) -> StripeVendor:
    return StripeVendor(delivery=delivery, mailbox=mailbox)


def _a_pdf(document: Json) -> Response:
    return Response(pdf_of(document), media_type="application/pdf")


def _not_found() -> Response:
    return HTMLResponse("<p>This page could not be found.</p>", status_code=404)


def _permission(exchange: Exchange) -> str:
    """The one that this request needs."""
    for operation in OPERATIONS:
        if operation.method == exchange.method and compile_path(operation.path)[0].match(exchange.path):
            return operation.permission
    return "rak_account_read"


async def _unrecognised(request: Request) -> Response:
    return _injected(errors.unrecognised(request.method, f"/{request.path_params['unknown']}"))


def _injected(refusal: Refusal) -> Response:
    return refused(refusal, {"Request-Id": new_id("req", 14), "Stripe-Version": API_VERSION})
