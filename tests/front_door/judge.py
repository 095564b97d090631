"""What must be true of a deal once its flow has ended, read at the vendors."""

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


async def one_customer(account: Account, invoice: dict[str, Any]) -> None:
    """I3: the invoice's customer is the only one with its e-mail address."""
    customers = await account.stripe("/v1/customers", email=invoice["customer_email"])
    assert [c["id"] for c in customers] == [invoice["customer"]]


async def one_delivery(account: Account, invoice: dict[str, Any]) -> None:
    """I5: one e-mail, to the customer."""
    mails = await account.mails(invoice["number"])
    assert [m["to"] for m in mails] in ([invoice["customer_email"]], [[invoice["customer_email"]]])


async def one_write_to_the_deal(account: Account, deal: str, *, since: int = 0) -> None:
    """The deal's invoice fields were written once, whatever had to be repeated."""
    writes = [
        r
        for r in await account.requests(vendor="hubspot", committed="true")
        if r["n"] > since
        and r["method"] == "PATCH"
        and r["path"].endswith(f"/deals/{deal}")
        and "billing_invoice_number" in r["body"]
    ]
    assert len(writes) == 1, f"{len(writes)} writes to the deal"
