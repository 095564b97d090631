"""What must be true of a deal once its flow has ended, read at the vendors."""

import json
import re
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from tests.front_door.account import Account


async def invoice_is_right(
    account: Account, deal: str, *, gross: int, currency: str = "eur"
) -> dict[str, Any]:
    """One open invoice of exactly this gross amount (minor units), shown on the deal."""
    invoices = await account.invoices(deal)
    assert len(invoices) == 1, f"{len(invoices)} invoices"
    (invoice,) = invoices
    assert invoice["status"] == "open"
    assert invoice["currency"] == currency
    assert invoice["total"] == gross, f"{invoice['total']} instead of {gross}"
    shown = await account.shown(deal)
    assert shown["billing_invoice_id"] == invoice["id"]
    assert shown["billing_invoice_number"] == invoice["number"]
    assert shown["billing_invoice_url"] == invoice["hosted_invoice_url"]
    assert shown["billing_status"] == "issued"
    return invoice


def adds_up(invoice: dict[str, Any]) -> None:
    """I2: the lines come to the net amount, and net and VAT to the total."""
    lines = sum(line["amount"] for line in invoice["lines"]["data"])
    assert not invoice["lines"]["has_more"]
    assert lines == invoice["total_excluding_tax"]
    assert lines + sum(tax["amount"] for tax in invoice["total_taxes"]) == invoice["total"]


async def one_customer(account: Account, invoice: dict[str, Any]) -> None:
    """I3: the invoice's customer is the only one with its e-mail address."""
    customers = await account.stripe("/v1/customers", email=invoice["customer_email"])
    assert [c["id"] for c in customers] == [invoice["customer"]]


async def one_delivery(account: Account, invoice: dict[str, Any]) -> None:
    """I5: one e-mail, to the customer."""
    mails = await account.mails(invoice["number"])
    assert len(mails) == 1, f"{len(mails)} e-mails of invoice {invoice['number']}"
    assert [m["to"] for m in mails] in ([invoice["customer_email"]], [[invoice["customer_email"]]])


async def one_vat_rate(account: Account, percentage: str) -> None:
    """A percentage new to the account has one entry."""
    rates = [r for r in await account.stripe("/v1/tax_rates") if r["percentage"] == int(percentage)]
    assert len(rates) == 1, f"{len(rates)} VAT rates of {percentage} %"


async def one_write_to_the_deal(account: Account, deal: str, *, since: int = 0, lost: int = 0) -> None:
    """The deal's invoice fields were sent once, besides `lost` requests that a fault kept from the vendor.

    Requests are counted, not changes: a second write of equal values changes nothing.
    """
    writes = [
        r
        for r in await account.requests(vendor="hubspot", since=str(since))
        if r["method"] == "PATCH"
        and r["path"].endswith(f"/deals/{deal}")
        and "billing_invoice_number" in r["body"]
    ]
    assert len(writes) == 1 + lost, f"{len(writes)} writes to the deal"


def every_write_has_its_pair(
    rows: list[dict[str, Any]], requests: list[dict[str, Any]], *, untold: str = "$."
) -> None:
    """I8: each write followed its own intent and came before its outcome, and every intent has an outcome.

    `rows` is the audit in its order, `requests` everything that reached the vendors. Of what an `untold` key
    (regex) is for, nobody knows the end.
    """
    kinds: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row["kind"] != "note":
            kinds[row["key"]].append(row["kind"])
    odd = [f"{key}: {', '.join(k)}" for key, k in kinds.items() if k != ["intent", "outcome"] * (len(k) // 2)]
    odd = [each for each in odd if not re.fullmatch(f"({untold}): intent", each)]
    assert not odd, f"not in pairs: {odd}"
    for request in requests:
        if request["committed"] and not by_a_person(request) and not _harmless_twice(request):
            _was_intended(request, rows)


def _harmless_twice(request: dict[str, Any]) -> bool:
    """Whether it edits a message, whispers, or replaces a file: that does not say which key it is for."""
    if request["path"] == "/files/v3/files":
        # A sweep begins with the PDFs of invoices: at the full hour any lane may have one.
        return True
    return request["vendor"] == "slack" and not request["path"].endswith("chat.postMessage")


def by_a_person(request: dict[str, Any]) -> bool:
    """Whether the test itself sent it, as somebody at the vendor's own pages."""
    return "x-sandbox-actor" in request["headers"]


def _was_intended(request: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    pattern, what = _audit_key(request), f"{request['method']} {request['path']}"
    before = [
        row for row in rows if re.fullmatch(pattern, row["key"] or "") and _stamp(row["at"]) <= request["at"]
    ]
    assert before, f"{what} was written without an intent before it"
    # Two flows may write to one deal at once, each under a key of its own.
    last = {row["key"]: row["kind"] for row in before}
    assert "intent" in last.values(), f"{what} was written after its outcome"


_ON_DEAL = {
    "billing_invoice_number": ".+",
    "billing_payment_status": "payment/.+",
    "dealstage": "paid-stage/.+",
}
"""What of an audit key follows the deal, by a property that tells one write to it from another."""


_TASKS = "dun/.+/task|onboarding/.+|task/.+"
_ON_PENNYLANE = {
    ("POST", "company_customers"): "cus/.+",
    ("PUT", "company_customers"): "contact/pennylane/.+",
    ("POST", "customer_invoices"): "inv/.+",
    ("PUT", "customer_invoices"): "inv/.+",
    ("PUT", "customer_invoices", "finalize"): "inv/.+/finalise",
    ("POST", "customer_invoices", "send_by_email"): "inv/.+/deliver",
}
"""No key goes with its requests: what of an audit key follows from the kind of write."""


def _audit_key(request: dict[str, Any]) -> str:  # noqa: PLR0911, PLR0912 - a line for each kind of write
    """A regular expression for the key under which the audit must know a write."""
    last = request["path"].rsplit("/", 1)[-1]
    match request["vendor"], request["method"]:
        case "stripe", "POST":
            key: str = request["headers"]["idempotency-key"]
            # Beside keeping customers in step, no key is said with more than the audit's own: one write of
            # theirs may take several requests.
            said = key.removesuffix("/eu_vat") if last == "tax_ids" else key
            return re.escape(said.split("#", maxsplit=1)[0].removeprefix("details/"))
        case "stripe", "DELETE" if "/tax_ids/" in request["path"]:
            return f"contact/stripe/{request['path'].split('/')[3]}/.+"
        case "stripe", "DELETE":
            return f"inv/.+/discard/{last}"
        case "pennylane", _:
            parts = request["path"].split("/")[4:]
            return _ON_PENNYLANE[request["method"], *(part for part in parts if not part.isdigit())]
        case "pipedrive", "PATCH" if "/deals/" in request["path"]:
            return f"deal/pipedrive:{last}/.+"
        case "hubspot", "PATCH" if kept := [key for name, key in _ON_DEAL.items() if name in request["body"]]:
            return f"deal/hubspot:{last}/{kept[0]}"
        case "hubspot", "PATCH" if "/companies/" in request["path"]:
            return f"contact/hubspot/{last}/.+"
        case "hubspot", "POST" if last == "tasks":
            return _TASKS
        case "pipedrive", "POST" if last == "activities":
            return _TASKS
        case "pipedrive", "PATCH" if "/activities/" in request["path"]:
            return "task/.+/done"
        case "pipedrive", "PATCH" if "/organizations/" in request["path"]:
            return f"contact/pipedrive/{last}/.+"
        case "hubspot", "PATCH" if "/tasks/" in request["path"]:
            return "task/.+/done"
        case "hubspot", "POST" if last == "notes":
            return "document/.+/attach"
        case "google" | "notion", _:
            return "report/.+"
        case "slack", "POST":
            return re.escape(f"msg/{mark_of(request)}")
    raise AssertionError(f"{request['method']} {request['path']} is no write of the flow")


def mark_of(request: dict[str, Any]) -> str:
    """Return the mark in the metadata of a message that is posted."""
    mark: str = json.loads(request["body"])["metadata"]["event_payload"]["ref"]
    return mark


def _stamp(at: str) -> str:
    """To the millisecond, as the request log writes it."""
    return datetime.fromisoformat(at).astimezone(UTC).isoformat(timespec="milliseconds")
