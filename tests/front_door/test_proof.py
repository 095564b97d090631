"""Both sides held together: every gap is named once, healed where a flow can, and kept as a page."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from raccord.domain.proof.policy import ProofWanted
from raccord.temporal.flows import FLOWS_QUEUE, PROOF
from tests.front_door.account import siren
from tests.front_door.desk import dirty_deal, hand_written
from tests.front_door.payments import QUICKLY, raise_limits, shows
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_payments import invoiced
from tests.front_door.test_sweep import swept

RESTS = timedelta(seconds=3)


@pytest.fixture(scope="module")
async def lane(server: TemporalServer, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Lane]:
    directory = tmp_path_factory.mktemp("proof")
    async with Lane(server, directory, "proof", payment="live", overrides=QUICKLY) as lane:
        await raise_limits(lane.account)
        await until(lambda: swept(lane), what="the sweep of the start is over")
        yield lane


async def proven(lane: Lane, *arguments: str) -> dict[str, Any]:
    """Compare as a night does, without the sweep, which would have had most of it looked at already."""
    await lane.client.execute_workflow("Proof", ProofWanted(), id=PROOF, task_queue=FLOWS_QUEUE)
    done = await lane.command("reconcile", "--json", *arguments)
    assert done.returncode == 0, done.stderr
    proof: dict[str, Any] = json.loads(done.stdout)
    return proof


def found(proof: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(gap["kind"], gap["deal_id"] or gap["invoice_id"], gap["standing"]) for gap in proof["gaps"]}


async def test_every_gap_is_named_and_what_a_flow_can_heal_is_healed(lane: Lane, tmp_path: Path) -> None:
    account = lane.account
    clean, otherwise, paid, marked = [await invoiced(lane) for _ in range(4)]
    for each in (clean, otherwise, paid, marked):
        await shows(lane, each.deal, status="open")
    asked, _ = await dirty_deal(lane)

    # From here on no webhook gets through.
    await account.settings("hubspot", subscriptions=[])
    await account.settings("stripe", held=["*"])
    await account.crm.edit("deals", otherwise.deal, billing_amount_net="12.00")
    await account.crm.edit("deals", marked.deal, billing_payment_status="paid")
    await account.billing.pay(paid.invoice)
    by_hand = await hand_written(lane, clean.customer, amount=4200)
    twin = siren(77000001)
    first, second = [
        (await account.stripe_post("/v1/customers", name="Jumelle SARL", **_tax_id(twin)))["id"]
        for _ in range(2)
    ]
    await _rested(lane)

    file = tmp_path / "preuve.html"
    proof = await proven(lane, "--page", str(file))

    assert found(proof) == {
        ("shown_otherwise", otherwise.deal, "looked_at"),
        ("marked_not_paid", marked.deal, "looked_at"),
        ("paid_not_marked", paid.deal, "looked_at"),
        ("of_no_deal", by_hand["id"], "for_a_person"),
        ("doubled_customer", "", "for_a_person"),
        ("not_invoiced", asked, "asked"),
    }
    (doubled,) = [gap for gap in proof["gaps"] if gap["kind"] == "doubled_customer"]
    assert sorted(doubled["customer_ids"]) == sorted((first, second))
    assert (proof["deals"], proof["invoices"]) == (5, 5)
    page = file.read_text("utf-8").replace("\u202f", " ").replace("\u00a0", " ")
    assert "5 affaires gagnées, 5 factures, 6 écarts" in page
    assert "12,00 €" in page

    # Each healed itself: by the flow that it names, not by the comparison.
    await shows(lane, paid.deal, status="paid")
    await shows(lane, marked.deal, status="open")
    await until(lambda: _shows_again(lane, otherwise.deal), what="the deal shows its invoice's amount again")
    await _rested(lane)
    again = found(await proven(lane))
    assert again == {
        ("of_no_deal", by_hand["id"], "for_a_person"),
        ("doubled_customer", "", "for_a_person"),
        ("not_invoiced", asked, "asked"),
    }

    # What a person decided explains why there is no invoice.
    (question,) = [row for row in await lane.waiting() if row.question.subject.id == asked]
    await lane.command("inbox", "cancel", question.incident)
    assert (await lane.outcome(asked))["ending"] == "closed"
    await _rested(lane)
    decided = await proven(lane)
    assert decided["explained"] == [{"reason": "closed", "count": 1}]
    assert ("not_invoiced", asked, "asked") not in found(decided)
    last = await lane.command("reconcile", "--once")
    assert "5 affaires gagnées, 5 factures, 2 écarts" in last.stdout.replace("\u202f", " ")


def _tax_id(number: str) -> dict[str, str]:
    return {"tax_id_data[0][type]": "fr_siren", "tax_id_data[0][value]": number}


async def _shows_again(lane: Lane, deal: str) -> bool:
    shown = await lane.account.crm.values("deals", deal, "billing_amount_net")
    return str(shown["billing_amount_net"]).startswith("1099.9")


async def _rested(lane: Lane) -> None:
    """Wait until nobody works on a deal any more: what changes during a comparison is left to the next."""
    since = datetime.now(UTC)

    async def so() -> bool:
        return datetime.now(UTC) - since > RESTS

    await until(so, what="the account is at rest")
