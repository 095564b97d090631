"""The requests of a play in which every flow does its work, held against the vendors' own descriptions."""

import gzip
import importlib
import json
import re
import types
import typing
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import stripe

from tests.front_door.everything import Everything, play
from tests.front_door.payments import ONE_BY_ONE, raise_limits
from tests.front_door.stack import Lane, TemporalServer

SPECS = Path(__file__).parents[3] / "shared" / "specs"
needs_specs = pytest.mark.skipif(
    not SPECS.is_dir(), reason="the vendors' machine-readable specifications are not part of this repository"
)

STRIPE_CALLS = {
    ("GET", r"/v1/customers"): "CustomerListParams",
    ("GET", r"/v1/customers/search"): "CustomerSearchParams",
    ("GET", r"/v1/customers/[^/]+"): "CustomerRetrieveParams",
    ("POST", r"/v1/customers"): "CustomerCreateParams",
    ("POST", r"/v1/customers/[^/]+"): "CustomerUpdateParams",
    ("GET", r"/v1/customers/[^/]+/tax_ids"): "CustomerTaxIdListParams",
    ("POST", r"/v1/customers/[^/]+/tax_ids"): "CustomerTaxIdCreateParams",
    ("DELETE", r"/v1/customers/[^/]+/tax_ids/[^/]+"): "CustomerTaxIdDeleteParams",
    ("GET", r"/v1/tax_rates"): "TaxRateListParams",
    ("GET", r"/v1/tax_rates/[^/]+"): "TaxRateRetrieveParams",
    ("POST", r"/v1/tax_rates"): "TaxRateCreateParams",
    ("POST", r"/v1/tax_rates/[^/]+"): "TaxRateUpdateParams",
    ("GET", r"/v1/invoices"): "InvoiceListParams",
    ("GET", r"/v1/invoices/search"): "InvoiceSearchParams",
    ("GET", r"/v1/invoices/[^/]+/lines"): "InvoiceLineItemListParams",
    ("GET", r"/v1/invoices/[^/]+"): "InvoiceRetrieveParams",
    ("POST", r"/v1/invoices"): "InvoiceCreateParams",
    ("POST", r"/v1/invoices/[^/]+"): "InvoiceUpdateParams",
    ("DELETE", r"/v1/invoices/[^/]+"): "InvoiceDeleteParams",
    ("POST", r"/v1/invoices/[^/]+/add_lines"): "InvoiceAddLinesParams",
    ("POST", r"/v1/invoices/[^/]+/finalize"): "InvoiceFinalizeInvoiceParams",
    ("POST", r"/v1/invoices/[^/]+/send"): "InvoiceSendInvoiceParams",
    ("GET", r"/v1/events"): "EventListParams",
    ("GET", r"/v1/account"): "AccountRetrieveCurrentParams",
    ("GET", r"/v1/tax_ids"): "TaxIdListParams",
    ("GET", r"/v1/credit_notes"): "CreditNoteListParams",
    ("GET", r"/v1/credit_notes/preview"): "CreditNotePreviewParams",
    ("GET", r"/v1/invoice_payments"): "InvoicePaymentListParams",
    ("GET", r"/v1/payment_intents"): "PaymentIntentListParams",
    ("GET", r"/v1/payment_intents/[^/]+"): "PaymentIntentRetrieveParams",
    ("GET", r"/v1/payment_records/[^/]+"): "PaymentRecordRetrieveParams",
    ("GET", r"/v1/charges"): "ChargeListParams",
    ("GET", r"/v1/charges/[^/]+"): "ChargeRetrieveParams",
    ("GET", r"/v1/disputes"): "DisputeListParams",
    ("GET", r"/v1/refunds"): "RefundListParams",
    ("GET", r"/v1/customers/[^/]+/cash_balance_transactions"): "CustomerCashBalanceTransactionListParams",
    ("POST", r"/v1/invoices/[^/]+/attach_payment"): "InvoiceAttachPaymentParams",
    ("GET", r"/v1/webhook_endpoints"): "WebhookEndpointListParams",
    ("POST", r"/v1/webhook_endpoints"): "WebhookEndpointCreateParams",
    ("POST", r"/v1/webhook_endpoints/[^/]+"): "WebhookEndpointUpdateParams",
}
STRIPE_SHAPES, HUBSPOT_SHAPES = 27, 20
"""How many kinds of requests (method, and path without its ids) the play makes, at least."""


@pytest.fixture(scope="module")
async def played(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    where = tmp_path_factory.mktemp("everything")
    async with Everything(server, where, "everything", payment="live", overrides=ONE_BY_ONE) as lane:
        await raise_limits(lane.account)
        await play(lane)
        yield lane


async def ours(lane: Lane, vendor: str) -> list[dict[str, Any]]:
    """Return the product's own requests: those of a person carry an actor."""
    found = await lane.account.requests(vendor=vendor)
    return [r for r in found if "x-sandbox-actor" not in r["headers"]]


PDF = "/pdf"
"""Where an invoice says that its document is: an address that Stripe hands out, and no call."""
HUBSPOT_BESIDE_THE_CLIENT = {
    "/account-info/v3/details",
    "/files/v3/files",
    "/files/v3/files/search",
    "/oauth/v2/private-apps/get/access-token-info",
}
"""What HubSpot documents and the list of operations lacks: the account, files, what a token may do."""
NOTES, TASKS = "/objects/notes", "/objects/tasks"
"""Notes are objects as tasks are, called the same way, and the list has tasks alone."""


def called(request: dict[str, Any]) -> tuple[str, str] | None:
    """Return which of Stripe's calls a request is."""
    calls = (each for each in STRIPE_CALLS if each[0] == request["method"])
    return next((each for each in calls if re.fullmatch(each[1], request["path"])), None)


def params_class(name: str) -> Any:
    """Find a params class of the stripe client by its name."""
    module = re.sub(r"(?<!^)([A-Z])", r"_\1", name.replace("Params", "")).lower()
    for path in (f"stripe.params._{module}_params",):
        return getattr(importlib.import_module(path), name)
    raise LookupError(name)


CLIENT_ONLY = {"StripeContext": str, "HTTPClient": object, "Mapping": typing.Mapping}
"""Names that the client's options use for its type checker only."""


def leaves(annotation: Any) -> list[Any]:
    """Take Required, Optional, List and Union apart down to the classes inside."""
    inside = typing.get_args(annotation)
    if typing.get_origin(annotation) in (typing.Literal, dict) or not inside:
        return [annotation]
    return [leaf for each in inside for leaf in leaves(each)]


def known(path: list[str], params: Any) -> bool:
    """Whether a bracketed form field such as lines[0][price_data][currency] exists in a params class."""
    current = [params]
    for part in path:
        if part.isdigit():
            continue
        if any(typing.get_origin(c) is dict for c in current):
            return True
        found = [
            leaf
            for each in current
            if isinstance(each, type | types.GenericAlias) and hasattr(each, "__annotations__")
            if part in (hints := typing.get_type_hints(each, localns={**vars(stripe), **CLIENT_ONLY}))
            for leaf in leaves(hints[part])
        ]
        if not found:
            return False
        current = found
    return True


async def test_every_stripe_request_names_only_parameters_that_the_client_declares(played: Lane) -> None:
    requests = [r for r in await ours(played, "stripe") if not r["path"].endswith(PDF)]
    shapes: set[str] = set()
    fields: set[str] = set()
    unknown: set[str] = set()
    for request in requests:
        call = called(request)
        if call is None:
            unknown.add(f"{request['method']} {request['path']}")
            continue
        params = params_class(STRIPE_CALLS[call])
        shapes.add(" ".join(call))
        for field in [*(pair[0] for pair in request["query"]), *(k for k, _ in parse_qsl(request["body"]))]:
            named = f"{STRIPE_CALLS[call]}: {field}"
            fields.add(named)
            if not known(re.findall(r"[^\[\]]+", field), params):
                unknown.add(named)
    print(f"\nstripe requests checked: {len(requests)}, of {len(shapes)} shapes")  # noqa: T201 - fewer must be seen
    assert sorted(unknown) == []
    assert len(shapes) >= STRIPE_SHAPES
    assert {"InvoiceListParams: due_date[lt]", "InvoiceListParams: customer"} <= fields


@needs_specs
async def test_every_hubspot_request_is_one_of_the_clients_documented_operations(played: Lane) -> None:
    spec = json.loads((SPECS / "hubspot" / "hubspot-api-client-12.0.0.endpoints.json").read_text())
    operations = [
        (o["method"], re.sub(r"\{[^}]+\}", "[^/]+", o["path"]), o, module["models"])
        for module in spec["modules"].values()
        for o in module["operations"]
    ]
    requests, wrong = await ours(played, "hubspot"), []
    shapes: set[str] = set()
    for request in requests:
        if request["path"] in HUBSPOT_BESIDE_THE_CLIENT:
            continue
        matching = [
            (o, models)
            for method, path, o, models in operations
            if method == request["method"] and re.fullmatch(path, request["path"].replace(NOTES, TASKS))
        ]
        if not matching:
            wrong.append(f"{request['method']} {request['path']}")
            continue
        operation, models = matching[0]
        kind = next(iter(re.findall(r"/objects/(\w+)", request["path"])), "")
        shapes.add(f"{operation['method']} {operation['path']} {kind}".rstrip())
        wrong += [f"{request['path']}?{k}" for k, _ in request["query"] if k not in operation["query"]]
        if request["body"]:
            allowed = models[operation["body"]]
            sent = json.loads(request["body"])
            wrong += [f"{request['path']}: {k}" for k in sent if k not in allowed]
            wrong += [
                f"{request['path']} lacks {k}"
                for k, v in allowed.items()
                if v.get("required") and k not in sent
            ]
    print(f"\nhubspot requests checked: {len(requests)}, of {len(shapes)} shapes")  # noqa: T201 - fewer must be seen
    assert sorted(set(wrong)) == []
    assert len(shapes) >= HUBSPOT_SHAPES


@needs_specs
async def test_the_simulated_objects_have_only_fields_that_the_vendor_publishes(played: Lane) -> None:
    with gzip.open(SPECS / "stripe" / "fixtures3-2026-07-29.dahlia.json.gz") as file:
        fixtures = json.load(file)["resources"]
    for path, kind, declared in (
        ("/v1/invoices", "invoice", stripe.Invoice),
        ("/v1/customers", "customer", stripe.Customer),
        ("/v1/tax_rates", "tax_rate", stripe.TaxRate),
    ):
        objects = await played.account.stripe(path)
        assert objects
        for each in objects:
            extra = each.keys() - fixtures[kind].keys() - declared.__annotations__.keys()
            assert extra == set(), f"{kind} has fields that Stripe does not publish"
