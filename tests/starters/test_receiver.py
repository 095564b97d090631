"""Which flows a delivery wakes, and how."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from temporalio.client import Client

from activities.service.flows import Delivery
from raccord.connectors.capabilities import IdShape
from raccord.connectors.webhooks import Hint, HintKind, WebhookEvents, WebhookRequest
from raccord.domain.desk.question import watch_key
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.sealing import KeyRing
from raccord.settings.model import Receiver as ReceiverSettings
from raccord.vendors.hubspot import CRM as HUBSPOT
from raccord.vendors.stripe import BILLING as STRIPE
from starters.receiver.app import Receiver
from starters.receiver.deliveries import TOLD_AT_ONCE
from tests.front_door.stack import until
from tests.patience import patience
from tests.records.questions import question

PATIENT = ReceiverSettings(deadline=timedelta(seconds=patience(10)))
OF_ITSELF = "deal-won/hubspot/1"
WAITING = "deal-won/hubspot/2"


class Told:
    """A vendor whose every delivery says that these records changed."""

    def __init__(self, *hints: Hint) -> None:
        self._hints = hints

    def authenticate(self, request: WebhookRequest) -> None:
        """Everything is authentic."""

    def parse(self, _: bytes) -> WebhookEvents:
        return WebhookEvents(hints=self._hints)


class Woken:
    """A Temporal that notes the ids it is told to start or signal, and with what."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.given: list[object] = []

    async def start_workflow(self, _: str, given: object, *, id: str, **__: Any) -> None:
        self.ids.append(id)
        self.given.append(given)


@pytest.fixture
async def records(tmp_path: Path) -> AsyncIterator[Records]:
    opened = Records.open(f"sqlite:///{tmp_path / 'records.db'}", KeyRing.create(tmp_path / "keys.json"))
    await opened.migrate()
    yield opened
    await opened.close()


async def delivered(
    records: Records,
    *hints: Hint,
    proven: bool = True,
    status: int = 200,
    in_step: bool = False,
    holders: Mapping[str, Mapping[HintKind, IdShape]] | None = None,
) -> Woken:
    """Deliver these hints, which must be answered with the status, and return what Temporal was told."""
    woken, ours = Woken(), asyncio.Event()
    if proven:
        ours.set()
    sources = {"hubspot": Told(*hints)}
    receiver = Receiver(
        cast(Client, woken), records, sources, PATIENT, ours=ours, in_step=in_step, holders=holders
    )
    transport = httpx.ASGITransport(app=receiver.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://receiver") as http:
        answer = await http.post("/webhooks/hubspot", json=[])
    assert answer.status_code == status
    counting = asyncio.create_task(receiver.keep_counting())
    await asyncio.sleep(0)
    counting.cancel()
    await asyncio.gather(counting, return_exceptions=True)
    return woken


async def woken_by(records: Records, kind: HintKind, id: str) -> list[str]:
    return (await delivered(records, Hint(kind=kind, id=id, key="event"))).ids


async def test_nothing_is_taken_for_a_temporal_that_is_not_known_to_be_ours(records: Records) -> None:
    deal = Hint(kind=HintKind.DEAL, id="1", key="event")
    assert (await delivered(records, deal, proven=False, status=503)).ids == []
    assert (await delivered(records, proven=False)).ids == [], "it says nothing that Temporal would be told"


async def test_a_deal_wakes_its_own_flow_and_each_other_that_waits_for_it(records: Records) -> None:
    watched = (watch_key("hubspot", "deal", "1"),)
    for flow in (OF_ITSELF, WAITING):
        await records.waiting.open(flow, question(watched=watched))
    assert await woken_by(records, HintKind.DEAL, "1") == [OF_ITSELF, WAITING]


async def test_a_company_wakes_the_flows_that_wait_for_it_alone(records: Records) -> None:
    await records.waiting.open(WAITING, question(watched=(watch_key("hubspot", "company", "12"),)))
    assert await woken_by(records, HintKind.COMPANY, "12") == [WAITING]
    assert await woken_by(records, HintKind.COMPANY, "13") == []


async def test_a_flow_is_woken_once_by_all_events_of_a_delivery_that_concern_it(records: Records) -> None:
    await records.followed.follow(OF_ITSELF, ["hubspot/line item/7", "hubspot/line item/8"])
    await records.waiting.open(WAITING, question(watched=("hubspot/line item/8", "hubspot/company/12")))
    told = [
        Hint(kind=HintKind.LINE_ITEM, id="7", key="a"),
        Hint(kind=HintKind.DEAL, id="1", key="b"),
        Hint(kind=HintKind.LINE_ITEM, id="8", key="c"),
        Hint(kind=HintKind.COMPANY, id="12", key="d"),
        Hint(kind=HintKind.DEAL, id="1", key="e"),
    ]
    assert (await delivered(records, *told)).ids == [OF_ITSELF, WAITING]


@pytest.mark.parametrize("merged_at", [0, 1])
async def test_a_merger_counts_whatever_else_happened_to_the_company(
    records: Records, merged_at: int
) -> None:
    await records.followed.follow(WAITING, ["hubspot/company/12"])
    hints = [Hint(kind=HintKind.COMPANY, id="12", key=str(n), merged=n == merged_at) for n in range(2)]
    assert (await delivered(records, *hints)).ids == [WAITING]


def deals(count: int, key: str = "event", id: str = "") -> list[Hint]:
    return [Hint(kind=HintKind.DEAL, id=f"{id}{n}", key=f"{key}/{n}") for n in range(count)]


async def test_more_flows_than_can_be_told_in_time_are_handed_over_in_one_step(records: Records) -> None:
    few, many = await delivered(records, *deals(TOLD_AT_ONCE)), await delivered(records, *deals(200))
    assert len(few.ids) == TOLD_AT_ONCE
    assert len(many.ids) == 1
    delivery = many.given[0]
    assert isinstance(delivery, Delivery)
    assert [waking.subject.id for waking in delivery.wakings] == [str(n) for n in range(200)]
    assert not any(waking.thorough for waking in delivery.wakings)


async def test_a_large_delivery_has_one_flow_however_often_it_arrives(records: Records) -> None:
    first, again = await delivered(records, *deals(200)), await delivered(records, *deals(200))
    other = await delivered(records, *deals(200, key="later"))
    assert first.ids == again.ids != other.ids


async def test_a_delivery_that_is_too_large_for_temporal_is_set_aside(records: Records) -> None:
    woken = await delivered(records, *deals(1_200, id="9" * 1_000))
    assert woken.ids == []
    (kept,) = await records.quarantine.list()
    assert kept.reason == message("quarantine.many_flows", count=1_200)


@pytest.mark.parametrize(
    ("kind", "id_", "ours"),
    [
        (HintKind.DEAL, "9001", True),
        (HintKind.DEAL, "Jean.Dupont", False),
        (HintKind.COMPANY, "12", True),
        (HintKind.COMPANY, "acme", False),
        (HintKind.CONTACT, "jean", False),
        (HintKind.INVOICE, "in_1", False),
    ],
)
async def test_what_is_no_id_of_its_holder_s_stands_in_no_flow_s_id(
    records: Records, kind: HintKind, id_: str, ours: bool
) -> None:
    """It may be somebody's name."""
    hint = Hint(kind=kind, id=id_, key="event", connection="hubspot")
    woken = await delivered(records, hint, holders={"hubspot": HUBSPOT.ids})
    assert not [each for each in woken.ids if id_ in each and not ours]
    assert bool(await records.quarantine.list()) is not ours


@pytest.mark.parametrize(
    ("kind", "id_", "fits"),
    [
        (HintKind.INVOICE, "in_1MtHbELkdIwHu7ixl4OzzPMv", True),
        (HintKind.INVOICE, "Jean.Dupont", False),
        (HintKind.CUSTOMER, "cus_NffrFeUfNV2Hib", True),
        (HintKind.CUSTOMER, "jean_dupont", False),
        (HintKind.PAYMENT, "pi_3MtwBwLkdIwHu7ix28a3tqPa", True),
        (HintKind.PAYMENT, "in_1", False),
    ],
)
def test_the_billing_system_says_how_its_ids_are_written(kind: HintKind, id_: str, fits: bool) -> None:
    assert STRIPE.ids[kind].fits(id_) is fits


async def _linked(records: Records) -> None:
    for customer, company in (("cus_1", "hubspot:12"), ("cus_2", "hubspot:12"), ("cus_2", "hubspot:13")):
        await records.links.link_customer(f"crm:{company}/{customer}", "stripe", customer, company)


def _changed(kind: HintKind, *ids: str) -> list[Hint]:
    return [Hint(kind=kind, id=id, key=f"event {id}") for id in ids]


@pytest.mark.parametrize(
    ("companies", "flows"),
    [
        (("12",), ["contact/stripe/cus_1", "contact/stripe/cus_2"]),
        (("13", "99"), ["contact/stripe/cus_2"]),
        (("99",), []),
    ],
)
async def test_a_company_wakes_the_flows_of_its_customers(
    records: Records, companies: tuple[str, ...], flows: list[str]
) -> None:
    await _linked(records)
    hints = _changed(HintKind.COMPANY, *companies)
    assert (await delivered(records, *hints, in_step=True)).ids == flows
    assert (await delivered(records, *hints)).ids == []


async def test_a_change_of_nobodys_customer_is_counted_with_the_reason(records: Records) -> None:
    await _linked(records)
    await records.followed.follow("contact/stripe/cus_1", ["hubspot/contact/5"])
    hints = (
        *_changed(HintKind.COMPANY, "12", "98", "99"),
        *_changed(HintKind.CONTACT, "5", "6"),
        *_changed(HintKind.CUSTOMER, "cus_9"),
    )
    woken = await delivered(records, *hints, in_step=True)
    assert set(woken.ids) == {"contact/stripe/cus_1", "contact/stripe/cus_2"}
    counted = {
        "a company that is no customer": 2,
        "a contact who is no customer's": 1,
        "a customer of no company": 1,
    }

    async def written() -> bool:
        return {each.reason: each.count for each in await records.ignored.list()} == counted

    await until(written, what="what was ignored is written down")


async def test_a_contact_whose_address_is_a_customers_wakes_its_flow(records: Records) -> None:
    await records.followed.follow("contact/stripe/cus_1", ["hubspot/contact/5"])
    hints = _changed(HintKind.CONTACT, "5")
    assert (await delivered(records, *hints, in_step=True)).ids == ["contact/stripe/cus_1"]
    assert (await delivered(records, *hints)).ids == []
