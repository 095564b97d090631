"""Invoices: drafts, what is final, references, sums, mails."""

from typing import Any

import pytest

from tests.sandbox.pennylane.bench import Pennylane, day, line


async def test_a_draft_is_no_invoice_yet(pennylane: Pennylane) -> None:
    made = await pennylane.draft()
    assert (made["draft"], made["status"], made["invoice_number"], made["paid"]) == (True, "draft", "", False)
    assert (made["remaining_amount_with_tax"], made["public_file_url"]) == (None, None)
    assert (made["currency_amount_before_tax"], made["currency_tax"], made["currency_amount"]) == (
        "100.00",
        "20.00",
        "120.00",
    )


async def test_without_draft_a_legal_invoice_is_issued_at_once(pennylane: Pennylane) -> None:
    body = await pennylane.body()
    del body["draft"]
    made = await pennylane.call("POST", "/customer_invoices", json=body)
    assert (made["draft"], made["status"], made["invoice_number"]) == (
        False,
        "upcoming",
        f"F{day(0)[:4]}0001",
    )


async def test_finalising_gives_the_next_number(pennylane: Pennylane) -> None:
    drafts = [await pennylane.draft() for _ in range(2)]
    numbers = []
    for draft in reversed(drafts):
        made = await pennylane.call("PUT", f"/customer_invoices/{draft['id']}/finalize")
        assert (made["draft"], made["status"], made["remaining_amount_with_tax"]) == (
            False,
            "upcoming",
            "120.00",
        )
        numbers.append(made["invoice_number"])
    assert numbers == [f"F{day(0)[:4]}0001", f"F{day(0)[:4]}0002"]


@pytest.mark.parametrize("status", [422, 409, 404, 400])
async def test_what_finalising_again_answers_can_be_any(pennylane: Pennylane, status: int) -> None:
    pennylane.checked = status != 409
    await pennylane.settings(repeated_finalize=status)
    made = await pennylane.final()
    refused = await pennylane.refused("PUT", f"/customer_invoices/{made['id']}/finalize")
    assert refused[0] == status
    assert (await pennylane.invoice(made["id"]))["invoice_number"] == made["invoice_number"]


async def test_without_numbering_nothing_is_finalised(pennylane: Pennylane) -> None:
    await pennylane.settings(numbering=False)
    draft = await pennylane.draft()
    assert (await pennylane.refused("PUT", f"/customer_invoices/{draft['id']}/finalize"))[0] == 422
    body = await pennylane.body(draft=False)
    assert (await pennylane.refused("POST", "/customer_invoices", json=body))[0] == 422
    assert [each["draft"] for each in await pennylane.person.invoices()] == [True]


async def test_no_invoice_is_dated_before_the_last_one(pennylane: Pennylane) -> None:
    await pennylane.final(date=day(0))
    early = await pennylane.draft(date=day(-1))
    path = f"/customer_invoices/{early['id']}"
    status, said = await pennylane.refused("PUT", f"{path}/finalize")
    assert (status, day(0) in said) == (422, True)
    await pennylane.call("PUT", path, json={"date": day(0)})
    assert (await pennylane.call("PUT", f"{path}/finalize"))["invoice_number"].endswith("0002")


@pytest.mark.parametrize("status", [422, 409])
async def test_a_reference_that_is_taken_is_refused_with_either_status(
    pennylane: Pennylane, status: int
) -> None:
    pennylane.checked = status != 409
    await pennylane.settings(duplicate_invoice=status)
    body = await pennylane.body(external_reference="38990100001/1")
    made = await pennylane.call("POST", "/customer_invoices", json=body)
    assert (await pennylane.refused("POST", "/customer_invoices", json=body))[0] == status
    assert await pennylane.found("/customer_invoices", ("external_reference", "eq", "38990100001/1")) == [
        made["id"]
    ]
    other = await pennylane.draft()
    taken = {"external_reference": "38990100001/1"}
    assert (await pennylane.refused("PUT", f"/customer_invoices/{other['id']}", json=taken))[0] == status


async def test_or_it_is_taken_twice(pennylane: Pennylane) -> None:
    await pennylane.settings(duplicate_invoice=0)
    body = await pennylane.body(external_reference="38990100001/1")
    for _ in range(2):
        await pennylane.call("POST", "/customer_invoices", json=body)
    found = await pennylane.found("/customer_invoices", ("external_reference", "eq", "38990100001/1"))
    assert len(found) == 2


async def test_a_deleted_draft_leaves_its_reference_free(pennylane: Pennylane) -> None:
    body = await pennylane.body(external_reference="38990100001/1")
    made = await pennylane.call("POST", "/customer_invoices", json=body)
    await pennylane.call("DELETE", f"/customer_invoices/{made['id']}")
    assert (await pennylane.refused("GET", f"/customer_invoices/{made['id']}"))[0] == 404
    await pennylane.call("POST", "/customer_invoices", json=body)
    assert await pennylane.changes("customer_invoices", made["id"]) == ["insert", "delete"]


async def test_what_is_final_is_not_deleted(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    assert (await pennylane.refused("DELETE", f"/customer_invoices/{made['id']}"))[0] == 422


async def test_a_draft_is_corrected_line_by_line(pennylane: Pennylane) -> None:
    made = await pennylane.draft(line("10"), line("20"), line("30"))
    path = f"/customer_invoices/{made['id']}"
    first, second, third = [each["id"] for each in (await lines_of(pennylane, made["id"]))]
    change = {
        "create": [line("1")],
        "update": [{"id": second, "raw_currency_unit_price": "25.5", "quantity": 2}],
        "delete": [{"id": first}],
    }
    changed = await pennylane.call("PUT", path, json={"invoice_lines": change, "deadline": day(60)})
    left = await lines_of(pennylane, made["id"])
    assert [each["id"] for each in left][:2] == [second, third]
    assert [each["currency_amount_before_tax"] for each in left] == ["51.00", "30.00", "1.00"]
    assert (changed["currency_amount_before_tax"], changed["deadline"]) == ("82.00", day(60))


async def test_a_correction_that_is_refused_changes_nothing(pennylane: Pennylane) -> None:
    made = await pennylane.draft(line("10"))
    change = {"deadline": day(60), "discount": {"type": "relative", "value": "x"}}
    refused = await pennylane.refused("PUT", f"/customer_invoices/{made['id']}", json=change)
    left = await pennylane.invoice(made["id"])
    assert (refused[0], left["deadline"], left["updated_at"]) == (422, made["deadline"], made["updated_at"])


@pytest.mark.parametrize(
    "change",
    [
        {"date": "2026-01-01"},
        {"currency": "USD"},
        {"special_mention": "x"},
        {"invoice_lines": {"create": [line()]}},
    ],
)
async def test_of_what_is_final_little_can_be_changed(pennylane: Pennylane, change: dict[str, Any]) -> None:
    made = await pennylane.final()
    path = f"/customer_invoices/{made['id']}"
    assert (await pennylane.refused("PUT", path, json=change))[0] == 422
    dates = {"start_date": "2026-01-01", "end_date": "2026-06-30"}
    (one,) = await lines_of(pennylane, made["id"])
    allowed = {"label": "x", "external_reference": "y", "transaction_reference": None}
    update = {"update": [{"id": one["id"], "imputation_dates": dates}]}
    changed = await pennylane.call("PUT", path, json={**allowed, "invoice_lines": update})
    assert (changed["label"], changed["external_reference"]) == ("x", "y")
    assert (await lines_of(pennylane, made["id"]))[0]["imputation_dates"] == dates


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"invoice_lines": [line(quantity="2")]}, "ValidateError"),  # type: ignore[arg-type]
        ({"invoice_lines": [line() | {"raw_currency_unit_price": 100.0}]}, "ValidateError"),
        ({"invoice_lines": [line(vat_rate="FR_055")]}, "NotEnumInclude"),
        ({"invoice_lines": [line(vat_rate="any")]}, "NotEnumInclude"),
        ({"invoice_lines": []}, "LessThanMinItems"),
        ({"invoice_lines": [{"label": "x", "quantity": 1}]}, "NotExistRequiredKey"),
        ({"date": "28/11/2026"}, "InvalidDateFormat"),
        ({"date": "2026-11-31"}, "InvalidDateFormat"),
        ({"deadline": None}, "NotNullError"),
        ({"currency": "eur"}, "NotEnumInclude"),
        ({"label": "x" * 2001}, "MoreThanMaxLength"),
        ({"amount": "120.00"}, "NotExistPropertyDefinition"),
        ({"transaction_reference": {}}, "NotExistPropertyDefinition"),
        ({"invoice_lines": [line(imputation_dates=None)]}, "NotExistPropertyDefinition"),
    ],
)
async def test_a_drafts_body_is_as_the_openapi_has_it(
    pennylane: Pennylane, change: dict[str, Any], code: str
) -> None:
    body = await pennylane.body() | change
    assert await pennylane.refused("POST", "/customer_invoices", json=body) == (400, code)


@pytest.mark.parametrize("lacking", ["date", "deadline", "customer_id", "invoice_lines"])
async def test_the_deadline_is_needed_whatever_the_customers_conditions(
    pennylane: Pennylane, lacking: str
) -> None:
    body = await pennylane.body()
    del body[lacking]
    assert await pennylane.refused("POST", "/customer_invoices", json=body) == (400, "NotExistRequiredKey")


@pytest.mark.parametrize(
    "change",
    [
        {"customer_id": 1},
        {"invoice_lines": [line("1.1234567")]},
        {"invoice_lines": [line("1,50")]},
        {"invoice_lines": [line("9" * 40)]},
        {"invoice_lines": [line(quantity=1e300)]},
        {"pdf_description": "x" * 5001},
        {"customer_invoice_template_id": 1},
        {"invoice_lines": [line(section_rank=1)]},
        {"invoice_lines": [{"product_id": 1, "quantity": 1}]},
    ],
)
async def test_what_makes_no_sense_is_422(pennylane: Pennylane, change: dict[str, Any]) -> None:
    body = await pennylane.body() | change
    assert (await pennylane.refused("POST", "/customer_invoices", json=body))[0] == 422


@pytest.mark.parametrize(
    ("code", "tax"),
    [
        ("FR_200", "20.00"),
        ("FR_55", "5.50"),
        ("FR_21", "2.10"),
        ("FR_09", "0.90"),
        ("FR_1_05", "1.05"),
        ("FR_85", "8.50"),
        ("exempt", "0.00"),
        ("crossborder", "0.00"),
        ("FR_200_construction", "0.00"),
    ],
)
async def test_a_vat_code_is_tenths_of_a_percent(pennylane: Pennylane, code: str, tax: str) -> None:
    made = await pennylane.draft(line("100", vat_rate=code))
    assert (made["currency_tax"], made["tax"]) == (tax, tax)


async def test_vat_is_rounded_on_each_line_or_once_per_rate(pennylane: Pennylane) -> None:
    three = [line("0.33", vat_rate="FR_55") for _ in range(3)]
    per_line = await pennylane.draft(*three)
    await pennylane.settings(vat_per_rate=True)
    per_rate = await pennylane.draft(*three)
    assert (per_line["currency_tax"], per_rate["currency_tax"]) == ("0.06", "0.05")


async def test_discounts_come_off_before_tax(pennylane: Pennylane) -> None:
    percent, amount = {"type": "relative", "value": "25"}, {"type": "absolute", "value": "10"}
    made = await pennylane.draft(line("100", discount=percent), line("35", discount=amount), discount=amount)
    assert (made["currency_amount_before_tax"], made["currency_tax"]) == ("90.00", "18.00")
    half = await pennylane.draft(line("33.333334", 3), discount={"type": "relative", "value": "50"})
    assert (half["currency_amount_before_tax"], half["currency_amount"]) == ("50.00", "60.00")


async def test_another_currency_is_shown_in_euros_too(pennylane: Pennylane) -> None:
    made = await pennylane.draft(line("100"), currency="USD")
    assert (made["currency_amount"], made["amount"], made["exchange_rate"]) == ("120.00", "110.40", "0.92")


async def test_a_product_fills_in_its_line(pennylane: Pennylane) -> None:
    product = {"label": "Audit", "price_before_tax": "12.5", "vat_rate": "FR_100", "unit": "heure"}
    made = await pennylane.call("POST", "/products", json={**product, "external_reference": "p1"})
    assert (made["price"], made["price_before_tax"]) == ("13.75", "12.50")
    again = await pennylane.refused("POST", "/products", json={**product, "external_reference": "p1"})
    assert again[0] == 422
    invoice = await pennylane.draft({"product_id": made["id"], "quantity": 2})
    (one,) = await lines_of(pennylane, invoice["id"])
    assert (one["label"], one["unit"], one["vat_rate"], one["product"]["id"]) == (
        "Audit",
        "heure",
        "FR_100",
        made["id"],
    )
    changed = await pennylane.call("PUT", f"/products/{made['id']}", json={"price_before_tax": "20"})
    assert (changed["price"], await pennylane.found("/products", ("label", "eq", "Audit"))) == (
        "22.00",
        [made["id"]],
    )
    assert await pennylane.changes("products", made["id"]) == ["insert", "update"]


async def test_sections_group_lines(pennylane: Pennylane) -> None:
    sections = [{"title": "A", "rank": 1}, {"rank": 2}]
    made = await pennylane.draft(line(section_rank=2), invoice_line_sections=sections)
    shown = (await pennylane.call("GET", f"/customer_invoices/{made['id']}/invoice_line_sections"))["items"]
    assert [each["rank"] for each in shown] == [2, 1]
    body = await pennylane.body(invoice_line_sections=[{"rank": 1}, {"rank": 1}])
    assert (await pennylane.refused("POST", "/customer_invoices", json=body))[0] == 400


async def test_the_pdf_comes_later_and_nothing_is_mailed_before(pennylane: Pennylane) -> None:
    await pennylane.settings(pdf_seconds=600.0)
    made = await pennylane.final()
    path = f"/customer_invoices/{made['id']}"
    assert (await pennylane.invoice(made["id"]))["public_file_url"] is None
    assert (await pennylane.refused("POST", f"{path}/send_by_email"))[0] == 409
    await pennylane.settings(pdf_seconds=0.0)
    await pennylane.call("POST", f"{path}/send_by_email")
    await pennylane.call("POST", f"{path}/send_by_email", json={"recipients": ["dg@ateliers.example"]})
    mails = await pennylane.operator.mails(made["invoice_number"])
    assert [mail["to"] for mail in mails] == [["compta@ateliers.example"], ["dg@ateliers.example"]]


async def test_sending_twice_mails_twice_and_leaves_no_trace(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    before = await pennylane.invoice(made["id"])
    for _ in range(2):
        await pennylane.call(
            "POST", f"/customer_invoices/{made['id']}/send_by_email", json={"recipients": []}
        )
    after = await pennylane.invoice(made["id"])
    assert len(await pennylane.operator.mails(made["invoice_number"])) == 2
    assert {**after, "public_file_url": ""} == {**before, "public_file_url": ""}


async def test_a_draft_is_not_mailed_nor_an_invoice_without_an_address(pennylane: Pennylane) -> None:
    draft = await pennylane.draft()
    nobody = await pennylane.final(customer_id=(await pennylane.company(emails=[]))["id"])
    for each in (draft, nobody):
        assert (await pennylane.refused("POST", f"/customer_invoices/{each['id']}/send_by_email"))[0] == 422
    assert await pennylane.operator.mails() == []


async def test_the_public_link_needs_no_login_and_ends(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    link = (await pennylane.invoice(made["id"]))["public_file_url"]
    pdf = await pennylane.http.get(link)
    assert (pdf.content[:5], pdf.headers["content-type"]) == (b"%PDF-", "application/pdf")
    await pennylane.settings(link_seconds=0)
    ended = (await pennylane.invoice(made["id"]))["public_file_url"]
    wrong = [
        await pennylane.http.get(each)
        for each in (ended, link[:-8], f"{link.partition('?')[0]}?encrypted_id=x")
    ]
    assert [answer.status_code for answer in wrong] == [404, 404, 404]


async def test_an_e_invoice_is_sent_once(pennylane: Pennylane) -> None:
    customer = (await pennylane.company(reg_no="812404309"))["id"]
    made, draft = await pennylane.final(customer_id=customer), await pennylane.draft(customer_id=customer)
    person = await pennylane.final(customer_id=(await pennylane.individual())["id"])
    await pennylane.call("POST", f"/customer_invoices/{made['id']}/send_to_pa")
    assert (await pennylane.invoice(made["id"]))["e_invoicing"] == {"status": "submitted", "reason": None}
    for each in (made, draft, person):
        assert (await pennylane.refused("POST", f"/customer_invoices/{each['id']}/send_to_pa"))[0] == 422


async def test_a_company_has_a_template_and_an_invoice_uses_it(pennylane: Pennylane) -> None:
    await pennylane.settings(
        scopes=["customers:all", "customer_invoices:all", "customer_invoice_templates:readonly"]
    )
    (template,) = await pennylane.found("/customer_invoice_templates")
    made = await pennylane.draft(customer_invoice_template_id=template)
    assert made["customer_invoice_template"] == {"id": template}


async def lines_of(pennylane: Pennylane, invoice: int) -> list[dict[str, Any]]:
    answer = await pennylane.call(
        "GET", f"/customer_invoices/{invoice}/invoice_lines", params={"sort": "rank"}
    )
    found: list[dict[str, Any]] = answer["items"]
    return found
