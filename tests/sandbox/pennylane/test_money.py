"""What is paid, matched, collected, credited and disputed, and how an invoice stands."""

from datetime import date

import pytest

from sandbox.pennylane.panel import panel
from tests.sandbox.pennylane.bench import Json, Pennylane, day, line

WAITS = {"banking_provider": "bank", "provider_field_name": "label", "provider_field_value": "invoice_number"}


async def stands(pennylane: Pennylane, invoice: Json) -> tuple[str, bool, str]:
    """Status, whether it is paid, and what is left."""
    told = await pennylane.invoice(invoice["id"])
    return told["status"], told["paid"], told["remaining_amount_with_tax"]


async def matched(pennylane: Pennylane, invoice: Json) -> list[Json]:
    answer = await pennylane.call("GET", f"/customer_invoices/{invoice['id']}/matched_transactions")
    found: list[Json] = answer["items"]
    return found


async def test_parts_and_then_all_of_it_are_transferred(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.person.pay_by_transfer(made["id"], "50.00")
    assert await stands(pennylane, made) == ("partially_paid", False, "70.00")
    await pennylane.person.pay_by_transfer(made["id"])
    assert await stands(pennylane, made) == ("paid", True, "0.00")
    rest, part = await matched(pennylane, made)
    assert ((part["currency_amount"], rest["currency_amount"]), part["date"]) == (("50.00", "70.00"), day(0))


async def test_the_day_of_payment_is_the_transactions_and_not_the_changes(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.person.receive("120.00", "VIR", date=day(-3), invoice_id=made["id"])
    (one,) = await matched(pennylane, made)
    assert (one["date"], one["created_at"][:10] > one["date"]) == (day(-3), True)


async def test_an_invoice_that_waits_for_its_number_is_matched_by_itself(pennylane: Pennylane) -> None:
    made = await pennylane.final(transaction_reference=WAITS)
    other = await pennylane.final()
    await pennylane.person.receive("120.00", f"VIR SEPA ATELIERS {made['invoice_number']}")
    await pennylane.person.receive("120.00", f"VIR SEPA ATELIERS {other['invoice_number']}")
    assert await stands(pennylane, made) == ("paid", True, "0.00")
    assert await stands(pennylane, other) == ("upcoming", False, "120.00")
    early = await pennylane.final(transaction_reference={**WAITS, "provider_field_value": "ATELIERS"})
    assert (await stands(pennylane, early))[0] == "paid"


async def test_what_was_marked_as_paid_is_not_matched_by_itself(pennylane: Pennylane) -> None:
    made = await pennylane.final(transaction_reference=WAITS)
    await pennylane.person.pay(made["id"])
    await pennylane.person.receive("120.00", f"VIR {made['invoice_number']}")
    assert await matched(pennylane, made) == []


async def test_paid_by_hand_there_is_neither_payment_nor_transaction(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.call("PUT", f"/customer_invoices/{made['id']}/mark_as_paid")
    assert await stands(pennylane, made) == ("paid", True, "0.00")
    payments = (await pennylane.call("GET", f"/customer_invoices/{made['id']}/payments"))["items"]
    assert (payments, await matched(pennylane, made)) == ([], [])
    assert await pennylane.changes("customer_invoices", made["id"]) == ["insert", "update"]
    await pennylane.person.take_back_pay(made["id"])
    assert await stands(pennylane, made) == ("upcoming", False, "120.00")


async def test_a_draft_is_neither_paid_nor_matched(pennylane: Pennylane) -> None:
    draft = await pennylane.draft()
    transaction = await pennylane.person.receive("120.00", "VIR")
    path = f"/customer_invoices/{draft['id']}"
    paid = await pennylane.refused("PUT", f"{path}/mark_as_paid")
    joined = await pennylane.refused(
        "POST", f"{path}/matched_transactions", json={"transaction_id": transaction}
    )
    assert (paid[0], joined[0]) == (422, 422)


async def test_a_match_is_made_and_undone_by_the_api(pennylane: Pennylane) -> None:
    made, other = await pennylane.final(), await pennylane.final()
    transaction = await pennylane.person.receive("200.00", "VIR groupé")
    for each in (made, other):
        path = f"/customer_invoices/{each['id']}/matched_transactions"
        await pennylane.call("POST", path, json={"transaction_id": transaction})
    assert [await stands(pennylane, each) for each in (made, other)] == [
        ("paid", True, "0.00"),
        ("partially_paid", False, "40.00"),
    ]
    joined = await pennylane.call("GET", f"/transactions/{transaction}/matched_invoices")
    assert sorted(each["id"] for each in joined["items"]) == [made["id"], other["id"]]
    again = await pennylane.refused("POST", path, json={"transaction_id": transaction})
    await pennylane.call("DELETE", f"/customer_invoices/{made['id']}/matched_transactions/{transaction}")
    assert (again[0], await stands(pennylane, made)) == (422, ("upcoming", False, "120.00"))
    nowhere = await pennylane.refused("POST", path, json={"transaction_id": 1})
    assert nowhere[0] == 404


@pytest.mark.parametrize("told", [True, False])
async def test_a_match_may_or_may_not_be_in_the_changelog(pennylane: Pennylane, told: bool) -> None:
    await pennylane.settings(matches_in_changelog=told)
    made = await pennylane.final()
    await pennylane.person.pay_by_transfer(made["id"])
    found = await pennylane.changes("customer_invoices", made["id"])
    assert found == (["insert", "update"] if told else ["insert"])
    assert (await stands(pennylane, made))[0] == "paid"


async def test_transactions_are_listed_by_day_for_who_may(pennylane: Pennylane) -> None:
    old = await pennylane.person.receive("1.00", "a", date=day(-9))
    new = await pennylane.person.receive("2.00", "b")
    assert await pennylane.found("/transactions", sort="id") == [old, new]
    assert await pennylane.found("/transactions", ("date", "gteq", day(-1))) == [new]
    assert (await pennylane.call("GET", f"/transactions/{new}"))["label"] == "b"
    await pennylane.settings(scopes=["customer_invoices:all"])
    assert (await pennylane.refused("GET", "/transactions"))[0] == 403


async def test_what_pennylane_collects_counts_once_it_has_arrived_and_has_no_day(
    pennylane: Pennylane,
) -> None:
    made = await pennylane.final()
    payment = await pennylane.person.collect(made["id"], "120.00", "pending")
    found = []
    for status in ("pending", "confirmed", "charged_back", "refunded", "paid_out"):
        await pennylane.person.settle(made["id"], payment, status)
        found.append((await stands(pennylane, made))[0])
    assert found == ["upcoming", "paid", "upcoming", "upcoming", "paid"]
    (one,) = (await pennylane.call("GET", f"/customer_invoices/{made['id']}/payments"))["items"]
    assert (one["status"], one["currency_amount"], "date" in one) == ("paid_out", "120.00", False)


async def test_an_invoice_is_late_the_day_after_its_deadline(pennylane: Pennylane) -> None:
    due = await pennylane.final(deadline=day(0))
    late = await pennylane.final(deadline=day(-1))
    assert [(await stands(pennylane, each))[0] for each in (due, late)] == ["upcoming", "late"]
    await pennylane.settings(clock_offset=2 * 86_400)
    assert (await stands(pennylane, due))[0] == "late"
    assert await pennylane.changes("customer_invoices", due["id"]) == ["insert"]


@pytest.mark.parametrize(("over", "status"), [(True, "partially_paid"), (False, "late")])
async def test_partly_paid_and_late_it_is_one_or_the_other(
    pennylane: Pennylane, over: bool, status: str
) -> None:
    await pennylane.settings(partial_over_late=over)
    made = await pennylane.final(deadline=day(-1))
    await pennylane.person.pay_by_transfer(made["id"], "50.00")
    assert await stands(pennylane, made) == (status, False, "70.00")


async def test_a_credit_note_is_a_negative_invoice_that_is_linked(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    note = await pennylane.final(line("-40"), customer_id=made["customer"]["id"])
    assert (note["status"], note["currency_amount"], note["credited_invoice"]) == (
        "credit_note",
        "-48.00",
        None,
    )
    assert await stands(pennylane, made) == ("upcoming", False, "120.00")
    path = f"/customer_invoices/{made['id']}/link_credit_note"
    linked = await pennylane.call("POST", path, json={"credit_note_id": note["id"]})
    assert (linked["id"], linked["credited_invoice"]["id"]) == (note["id"], made["id"])
    assert await stands(pennylane, made) == ("partially_cancelled", False, "72.00")
    assert (await pennylane.refused("POST", path, json={"credit_note_id": note["id"]}))[0] == 422
    assert await pennylane.found("/customer_invoices", ("credit_note", "eq", True)) == [note["id"]]


async def test_what_is_credited_is_not_paid_although_less_is_left(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.person.pay_by_transfer(made["id"], "20.00")
    await pennylane.person.credit(made["id"], "50.00")
    assert await stands(pennylane, made) == ("partially_paid", False, "40.00")


async def test_all_of_it_credited_an_invoice_is_cancelled(pennylane: Pennylane) -> None:
    percent, amount = {"type": "relative", "value": "10"}, {"type": "absolute", "value": "5"}
    made = await pennylane.final(
        line("100", 2, discount=amount), line("10.5", discount=percent), discount=amount
    )
    note = await pennylane.person.credit(made["id"])
    credited = await pennylane.invoice(note)
    assert credited["currency_amount"] == f"-{made['currency_amount']}"
    assert await stands(pennylane, made) == ("cancelled", False, "0.00")


@pytest.mark.parametrize("what", ["an invoice", "a draft", "another's"])
async def test_only_a_final_credit_note_of_the_same_customer_is_linked(
    pennylane: Pennylane, what: str
) -> None:
    made = await pennylane.final()
    customer = {"customer_id": made["customer"]["id"]}
    match what:
        case "an invoice":
            other = await pennylane.final(**customer)
        case "a draft":
            other = await pennylane.draft(line("-1"), **customer)
        case _:
            other = await pennylane.final(line("-1"))
    path = f"/customer_invoices/{made['id']}/link_credit_note"
    assert (await pennylane.refused("POST", path, json={"credit_note_id": other["id"]}))[0] == 422


async def test_an_archived_invoice_shows_no_transactions(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.person.pay_by_transfer(made["id"], "50.00")
    await pennylane.person.archive(made["id"])
    told = await pennylane.invoice(made["id"])
    assert (told["status"], told["archived_at"] is not None, await matched(pennylane, made)) == (
        "archived",
        True,
        [],
    )
    await pennylane.person.archive(made["id"], archived=False)
    assert (await stands(pennylane, made))[0] == "partially_paid"


async def test_a_deadline_is_moved_to_play_a_day_that_passed(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.person.postpone(made["id"], date.fromisoformat(day(-8)))
    assert (await pennylane.invoice(made["id"]))["status"] == "late"


async def test_a_person_writes_finalises_and_deletes_invoices(pennylane: Pennylane) -> None:
    person = pennylane.person
    customer = await person.add_company("Acme")
    draft, gone, final = [await person.write(customer, draft=each) for each in (True, True, False)]
    number = (await person.finalise(draft))["invoice_number"]
    await person.delete_draft(gone)
    state = await person.invoices(customer=customer)
    assert [(each["id"], each["status"]) for each in state] == [(draft, "upcoming"), (final, "upcoming")]
    assert number.endswith("0002")


async def test_every_button_of_the_page_works(pennylane: Pennylane) -> None:
    first, draft, other = await pennylane.final(), await pennylane.draft(), await pennylane.final()
    wanted = {
        first["id"]: ["Due 8 days ago", "Dispute", "Paid by hand", "Not paid after all", "Transfer lands"],
        other["id"]: ["Credit it all"],
        draft["id"]: ["Finalise"],
    }
    for id_, labels in wanted.items():
        for label in labels:
            (action,) = [each for each in (await shown(pennylane, id_))["actions"] if each["label"] == label]
            await pennylane.person.call(action["method"], action["path"], json=action.get("body"))
    texts = [(await shown(pennylane, id_))["state"]["text"] for id_ in wanted]
    assert texts == ["paid", "cancelled", "upcoming"]
    assert [each["text"] for each in (await shown(pennylane, first["id"]))["lines"]] == [
        f"VIR SEPA {first['invoice_number']}",
        "e-invoice: in dispute",
    ]
    gone = await pennylane.draft()
    (delete,) = [
        each for each in (await shown(pennylane, gone["id"]))["actions"] if each["label"] == "Delete"
    ]
    await pennylane.person.call(delete["method"], delete["path"])
    assert await pennylane.person.invoices(id=gone["id"]) == []


async def shown(pennylane: Pennylane, invoice: int) -> Json:
    """What the page shows of an invoice."""
    drawn = panel(await pennylane.operator.state("pennylane"), None, {})
    (one,) = [each for each in drawn["invoices"] if each["id"] == invoice]
    found: Json = one
    return found


async def test_the_page_shows_money_that_no_invoice_has(pennylane: Pennylane) -> None:
    made = await pennylane.final()
    await pennylane.person.pay_by_transfer(made["id"], "150.00")
    await pennylane.person.collect((await pennylane.final())["id"], "10.00", "pending")
    drawn = panel(await pennylane.operator.state("pennylane"), None, {})
    assert [(each["label"], each["left"]) for each in drawn["unmatched"]] == [
        (f"VIR SEPA {made['invoice_number']}", "30.00")
    ]
    assert drawn["invoices"][0]["lines"][0]["text"] == "collected by Pennylane: pending"
