"""Customers kept in step, from either vendor's webhook to the other vendor; many pairs side by side."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from raccord.records.audit import HAPPENED
from tests.front_door.desk import words_of
from tests.front_door.judge import every_write_has_its_pair
from tests.front_door.stack import STAGE_ONLY, Lane, TemporalServer, until

SUBSCRIPTIONS = [
    *STAGE_ONLY,
    *(
        f"company.propertyChange:{name}"
        for name in (
            "name",
            "phone",
            "address",
            "zip",
            "city",
            "country",
            "siren",
            "vat_number",
            "billing_email",
        )
    ),
    "company.merge",
    "company.deletion",
]
OVERRIDES = {"RACCORD_MODES__CONTACT": "live", "RACCORD_CONTACT__QUIET": "0.5"}
Story = Callable[[Lane], Awaitable[None]]
STORIES: list[Story] = []


def story(told: Story) -> Story:
    STORIES.append(told)
    return told


@pytest.fixture(scope="module")
async def linked(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    """A live system in which Stripe tells of customers."""
    directory: Path = tmp_path_factory.mktemp("contacts")
    async with Lane(server, directory, "contacts", payment="live", overrides=OVERRIDES) as lane:
        await lane.account.settings("hubspot", subscriptions=SUBSCRIPTIONS)
        yield lane


async def pair(lane: Lane) -> tuple[str, str]:
    """Have a company invoiced and its customer's details remembered; return both ids."""
    company = await lane.account.company(phone="01 42 68 53 00")
    _, customer = await invoiced(lane, company)
    return company, customer


async def invoiced(lane: Lane, company: str, **more: Any) -> tuple[str, str]:
    """Have a company invoiced and its customer's details remembered; return deal and customer."""
    deal = await lane.account.deal(company, **more)
    await lane.account.win(deal)
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    (invoice,) = await lane.account.invoices(deal)
    customer = str(invoice["customer"])

    async def remembered() -> bool:
        async with lane.records() as records:
            return any(link.agreed for link in await records.agreed.of(customer, "stripe"))

    await until(remembered, what=f"what both sides say of {customer} is remembered")
    return deal, customer


async def of_stripe(lane: Lane, customer: str) -> dict[str, Any]:
    found: dict[str, Any] = await lane.account.billing.call("GET", f"/v1/customers/{customer}")
    return found


@story
async def what_is_typed_in_the_crm_comes_to_stand_in_stripe(lane: Lane) -> None:
    company, customer = await pair(lane)
    await lane.account.edit("companies", company, phone="+33 4 72 00 00 00", city="Villeurbanne")

    async def stands() -> bool:
        found = await of_stripe(lane, customer)
        return (found["phone"], found["address"]["city"]) == ("+33 4 72 00 00 00", "Villeurbanne")

    await until(stands, what="Stripe has the new phone and town")


@story
async def what_is_typed_in_stripe_comes_to_stand_in_the_crm(lane: Lane) -> None:
    company, customer = await pair(lane)
    await lane.account.billing.edit_customer(customer, email="factures@canal.example")

    async def stands() -> bool:
        found = await lane.account.crm.values("companies", company, "billing_email")
        return found["billing_email"] == "factures@canal.example"

    await until(stands, what="the CRM has the new e-mail address")


@story
async def two_names_are_a_question_and_the_answer_stands_on_both_sides(lane: Lane) -> None:
    company, customer = await pair(lane)
    await asyncio.gather(
        lane.account.edit("companies", company, name="Canal Conseil"),
        lane.account.billing.edit_customer(customer, name="Canal SAS"),
    )
    found: list[dict[str, Any]] = []

    async def asked() -> bool:
        found[:] = await lane.account.messages(customer)
        return bool(found)

    await until(asked, what="a question about two names")
    assert "Canal Conseil" in words_of(found[0])
    assert "Canal SAS" in words_of(found[0])
    await lane.account.press(found[0], "Celle de la facturation")

    async def stands() -> bool:
        return (await lane.account.crm.values("companies", company, "name"))["name"] == "Canal SAS"

    await until(stands, what="the CRM has the name that was chosen")


@story
async def a_corrected_number_of_another_country_leaves_the_issued_invoice_alone(lane: Lane) -> None:
    company = await lane.account.company(country="Belgique", siren="", vat_number="BE0600610340")
    lines = [{"name": "Conseil", "quantity": "1", "price": "1000.00", "vat_rate": "0"}]
    deal, customer = await invoiced(lane, company, lines=lines)
    await lane.account.edit("companies", company, vat_number="BE0417285387")

    async def stands() -> bool:
        return await lane.account.billing.numbers(customer) == [("eu_vat", "BE0417285387")]

    await until(stands, what="Stripe has the new number alone")
    await lane.wake(deal, key="as the sweep does")
    assert (await lane.outcome(deal))["ending"] == "already_invoiced"


async def test_every_story(linked: Lane) -> None:
    await asyncio.gather(*(told(linked) for told in STORIES))
    rows = await linked.audit()
    every_write_has_its_pair(rows, await linked.account.requests())
    # One that found its record edited meanwhile is refused, and writes nothing.
    happened = Counter(row["key"] for row in rows if row["verdict"] in HAPPENED)
    intents = [row for row in rows if row["effect"] == "contact.write" and row["kind"] == "intent"]
    # An attempt whose end was lost on its way is repeated with its key, and is told twice.
    writes = list({row["key"]: row for row in intents if happened[row["key"]]}.values())
    said = [{k: v for k, v in row.items() if "hash" not in k} for row in writes]
    assert len(writes) == len(STORIES), f"an edit went over twice, or an echo came back: {said}"
    assert all(row["before"] for row in writes)
    await _compared_and_taken_back(linked, next(row for row in writes if "phone" in row["before"]))


async def test_a_worker_that_dies_right_after_a_write_writes_it_once(linked: Lane) -> None:
    """Both sides were edited, in different fields; the next worker finds what the last one wrote."""
    company, customer = await pair(linked)
    path = f"/v1/customers/{customer}"
    fault = await linked.account.fault(
        vendor="stripe",
        method="POST",
        path=path,
        when="after",
        effect={"kill": linked.worker.pid},
    )
    await linked.account.edit("companies", company, phone="+33 4 72 99 99 99")
    await linked.worker.wait()
    assert await linked.account.fired(fault) == 1
    await linked.account.billing.edit_customer(customer, email="factures@rubis.example")
    await linked.restart_worker()

    async def stands() -> bool:
        there = await of_stripe(linked, customer)
        here = await linked.account.crm.values("companies", company, "billing_email", "phone")
        return (there["phone"], there["email"]) == (here["phone"], here["billing_email"]) and (
            here["billing_email"] == "factures@rubis.example"
        )

    await until(stands, what="both sides say both")
    ours = [
        each
        for each in await linked.account.requests(vendor="stripe")
        if (each["method"], each["committed"]) == ("POST", True)
        and each["path"].endswith(path)
        and "x-sandbox-actor" not in each["headers"]
    ]
    assert len(ours) == 1, "the write was committed once"
    every_write_has_its_pair(await linked.audit(), await linked.account.requests())


async def _compared_and_taken_back(lane: Lane, row: dict[str, Any]) -> None:
    """The commands: nothing differs, until a write is taken back, and then both are left apart."""
    customer = row["object"].partition(":")[2]
    before = json.loads((await lane.command("contacts", "diff", "--json")).stdout)
    assert (before["customers"], before["differences"]) == (len(STORIES), [])
    done = await lane.command("contacts", "undo", str(row["sequence"] + 1))
    assert done.returncode == 0, done.stderr

    async def put_back() -> bool:
        return bool((await of_stripe(lane, customer))["phone"] == row["before"]["phone"])

    await until(put_back, what="Stripe has the old phone again")
    file = lane.directory / "differences.csv"
    done = await lane.command("contacts", "diff", "--fix", "--csv", str(file))
    assert "2 différences\u202f; rien à faire." in done.stdout
    header, *lines = file.read_text("utf-8-sig").splitlines()
    assert header.startswith("identifiant du client,client,entreprise,champ")
    assert {line.split(",")[0] for line in lines} == {customer}
    assert any("'+33 4 72 00 00 00" in line for line in lines), "no spreadsheet takes it for a formula"
    refused = await lane.command("contacts", "undo", "999999")
    assert "n'est pas une écriture de coordonnées" in refused.stderr
