"""The records' database is lost in mid-life: the vendors bring it back, and nothing comes twice."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.temporal.flows import DUNNING, Changed, wake
from tests.front_door.account import siret
from tests.front_door.desk import GIVE_UP, message_about
from tests.front_door.payments import FINANCE, ONE_BY_ONE, at_rest, raise_limits, shows, told
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_dunning import COURTEOUS, Reminding, Server, mailed, owes
from tests.front_door.test_dunning import subject as customer
from tests.front_door.test_onboarding import Welcoming
from tests.front_door.test_sweep import listed, sweep, swept
from tests.front_door.test_webhooks_off import SECRET


async def lose_records(lane: Lane) -> None:
    """Delete the records' database while nobody uses it, and begin with an empty one."""
    await lane.worker.stop()
    await lane.receiver.stop()
    found = list(lane.directory.glob("records.db*"))
    assert found
    for file in found:
        file.unlink()
    settings = lane.configuration().settings
    records = Records.open(settings.records_url, KeyRing.load(lane.directory / "keys.json"))
    await records.migrate()
    await records.close()
    await lane.restart_receiver()
    await lane.restart_worker()


async def noticed(lane: Lane) -> dict[str, Any]:
    """What anybody outside would notice if it came twice."""
    account = lane.account
    tasks = await account.crm.call("GET", "/crm/v3/objects/tasks", params={"limit": "100"})
    return {
        "customers": len(await account.stripe("/v1/customers")),
        "invoices": sorted(each["id"] for each in await account.stripe("/v1/invoices")),
        "messages": len(await account.messages()),
        "mails": len(await account.mails()),
        "events": len(await account.events()),
        "tasks": len(tasks["results"]),
    }


@pytest.fixture
async def lane(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    overrides = ONE_BY_ONE | {
        "RACCORD_PAYMENT__FINANCE": json.dumps([FINANCE]),
        "RACCORD_TOOLS__WEBHOOK_SECRET": SECRET,
    }
    where = tmp_path_factory.mktemp("lost")
    async with Welcoming(server, where, "lost", payment="live", overrides=overrides) as lane:
        await raise_limits(lane.account)
        await until(lambda: swept(lane), what="the sweep of the start is over")
        yield lane


async def asked_about(lane: Lane) -> str:
    """Win a deal that a person is asked about, by a message and a task; return it."""
    deal = await lane.account.deal(await lane.account.company(siren=""))
    await lane.account.win(deal)
    await message_about(lane, deal)

    async def tasked() -> bool:
        return bool(await lane.account.tasks(deal))

    await until(tasked, what=f"a task on deal {deal}")
    return deal


async def invoiced(lane: Lane) -> str:
    deal = await lane.account.deal()
    await lane.account.win(deal)
    assert (await lane.outcome(deal))["ending"] == "invoiced"
    return deal


async def paid(lane: Lane) -> str:
    """Win a deal and let it be paid, told and welcomed."""
    deal = await invoiced(lane)
    (invoice,) = await lane.account.invoices(deal)
    await lane.account.billing.pay_by_card(invoice["id"])
    await shows(lane, deal, status="paid")
    await told(lane, invoice["number"], "payée")

    async def welcomed() -> bool:
        return any(f'"{deal}"' in event["body"] for event in await lane.account.events())

    await until(welcomed, what=f"deal {deal} is welcomed")
    return deal


async def its_event_comes_again(lane: Lane, deal: str) -> None:
    """Deliver the payment's event once more, before any sweep has looked."""
    (invoice,) = await lane.account.invoices(deal)
    for event in await lane.account.billing.events("invoice.paid", invoice["id"]):
        assert await lane.account.billing.resend(event) == [200]

    async def looked_at() -> bool:
        async with lane.records() as records:
            return (await records.payments.known(invoice["id"], "stripe")).standing is not None

    await until(looked_at, what="its flow looked at it")
    await at_rest(lane)


@pytest.mark.timeout(400)
async def test_nothing_is_invoiced_told_or_sent_twice_and_the_links_are_back(lane: Lane) -> None:
    account = lane.account
    open_, settled, asked, given_up = (
        await invoiced(lane),
        await paid(lane),
        await asked_about(lane),
        await asked_about(lane),
    )
    (invoice,) = await account.invoices(open_)
    intent = await account.billing.charge_by_link(4321, customer=invoice["customer"])
    (event,) = await account.billing.events("payment_intent.succeeded", intent["id"])
    await account.billing.resend(event)
    await lane.question(intent["id"], cause="unmatched_payment")
    await message_about(lane, intent["id"])
    await at_rest(lane)
    await until(lambda: listed(account, [open_, settled, asked]), what="the CRM's search shows them")
    before = await noticed(lane)
    await lose_records(lane)
    await its_event_comes_again(lane, settled)
    assert await noticed(lane) == before
    for _ in range(2):
        await sweep(lane)
        await at_rest(lane)
    assert await noticed(lane) == before
    async with lane.records() as records:
        for deal in (open_, settled):
            (invoice,) = await account.invoices(deal)
            link = await records.links.deal(DealRef(connection="hubspot", id=deal), "stripe")
            assert (link.invoice_id, link.number) == (invoice["id"], invoice["number"])
            assert link.customer_id == invoice["customer"]
            company = f"hubspot:{await account.crm.company_of(deal)}"
            assert await records.links.companies_of(invoice["customer"], "stripe") == (company,)
    assert {each.question.subject.id for each in await lane.waiting()} == {asked, given_up, intent["id"]}
    # The one message of before is still the question's.
    assert (await account.press(await message_about(lane, given_up), GIVE_UP))["status"] == 200
    assert (await lane.outcome(given_up))["ending"] == "closed"
    await account.edit("companies", await account.crm.company_of(asked), siret=siret())
    await sweep(lane)
    assert (await lane.outcome(asked))["ending"] == "invoiced"
    await at_rest(lane)
    (task,) = await account.tasks(asked)
    assert task["hs_task_status"] == "COMPLETED"


@pytest.fixture
async def reminding(
    server: TemporalServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Reminding]:
    where = tmp_path_factory.mktemp("reminded")
    lane = Reminding(server, where, "reminded", payment="live", overrides=ONE_BY_ONE)
    lane.post = Server()
    await lane.post.start()
    async with lane:
        await raise_limits(lane.account)
        await wake(lane.client, DUNNING, customer("cus_nobody"), Changed(key="began"))
        await lane.ended("cus_nobody")
        yield lane
    await lane.post.stop()


async def test_who_was_reminded_is_reminded_of_the_next_level_alone(reminding: Reminding) -> None:
    its = await owes(reminding, "Oubli", 1)
    await mailed(reminding, its.address, 1)
    await lose_records(reminding)
    await sweep(reminding)
    courteous, firm = await mailed(reminding, its.address, 2)
    assert (COURTEOUS in courteous["subject"], COURTEOUS in firm["subject"]) == (True, False)
    await reminding.account.billing.pay_by_card(its.invoices[0])
    assert (await reminding.ended(its.customer))["ending"] == "settled"
    assert len(reminding.post.sent_to(its.address)) <= 3
