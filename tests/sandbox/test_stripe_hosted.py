"""The page that an invoice's link leads to: what the customer sees, and no way out of this machine."""

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.sandbox.stripe_bench import Bench, line

FOOTER = "Pas d'escompte. Pénalités de retard et indemnité de 40 EUR."


async def page_of(bench: Bench, invoice: Any) -> str:
    answer = await bench.control.get(str(invoice.hosted_invoice_url))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return answer.text.replace("\u202f", " ").replace("\u00a0", " ")


async def test_it_shows_both_parties_each_line_the_vat_and_the_mentions(bench: Bench) -> None:
    customer = await bench.customer(
        address={"line1": "14 rue du Frout", "postal_code": "29000", "city": "Quimper", "country": "FR"},
        preferred_locales=["fr"],
    )
    full, reduced = await bench.vat("20"), await bench.vat("5.5")
    invoice = await bench.issued(
        line(tax_rates=[full], quantity="2.5"),
        line("3330", quantity="3", tax_rates=[reduced]),
        customer=customer.id,
        footer=FOOTER,
        custom_fields=[{"name": "SIREN", "value": "883690067"}],
    )
    page = await page_of(bench, invoice)
    for said in (
        *("Facture", str(invoice.number), "Hexalab SAS", "Ateliers Réunis", "29000 Quimper", "883690067"),
        *("Conseil", "2,5", "100,00 €", "250,00 €", "33,30 €", "99,90 €"),
        *("TVA 20 % sur 250,00 €", "TVA 5,5 % sur 99,90 €", "349,90 €", "405,39 €", "À payer"),
        "indemnité de 40 EUR",
    ):
        assert said in page, said


async def test_it_follows_the_invoice_and_speaks_the_customers_language(bench: Bench) -> None:
    customer = await bench.customer(preferred_locales=["en-GB"])
    invoice = await bench.issued(customer=customer.id)
    before = await page_of(bench, invoice)
    await bench.client.v1.invoices.pay_async(invoice.id, {"paid_out_of_band": True})
    after = await page_of(bench, invoice)
    assert ("Open" in before, "€120.00" in before) == (True, True)
    assert ("Paid" in after, "Amount paid" in after, "€0.00" in after) == (True, True, True)


async def test_what_a_customer_typed_is_text_and_not_markup(bench: Bench) -> None:
    customer = await bench.customer(name="<script>alert(1)</script>")
    page = await page_of(bench, await bench.issued(customer=customer.id))
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


async def test_every_link_stays_where_the_sandbox_is_served(bench: Bench) -> None:
    invoice = await bench.issued()
    note = await bench.client.v1.credit_notes.create_async({"invoice": invoice.id, "amount": 1200})
    links = [str(invoice.hosted_invoice_url), str(invoice.invoice_pdf), str(note.pdf)]
    assert {urlsplit(link).netloc for link in links} == {urlsplit(bench.base).netloc}
    assert {(await bench.control.get(link)).status_code for link in links} == {200}
    for pdf in links[1:]:
        assert (await bench.control.get(pdf)).content.startswith(b"%PDF-")
    assert re.findall(r'(?:src|href)="(?!data:)[^"]*"', await page_of(bench, invoice)) == []


@pytest.mark.parametrize(
    "path", ["/i/acct_1/test_x", "/invoice/acct_1/None/pdf", "/credit_notes/acct_1/cn_1/pdf"]
)
async def test_a_link_that_was_never_given_leads_nowhere(bench: Bench, path: str) -> None:
    await bench.draft()
    await bench.issued()
    answer: httpx.Response = await bench.control.get(f"/stripe{path}")
    assert answer.status_code == 404


async def test_the_dashboard_shows_a_draft_and_nothing_that_does_not_exist(bench: Bench) -> None:
    draft = await bench.draft(line(tax_rates=[await bench.vat("20")]))
    seen = await bench.control.get(f"/stripe/dashboard/test/invoices/{draft.id}")
    page = seen.text.replace("\u202f", " ").replace("\u00a0", " ")
    assert [said for said in ("Brouillon", str(draft.id), "100,00 €", "120,00 €") if said not in page] == []
    assert (await bench.control.get("/stripe/dashboard/test/invoices/in_other")).status_code == 404
