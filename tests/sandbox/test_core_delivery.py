"""The sender of webhooks, before a receiver that takes its time."""

import asyncio

import httpx

from sandbox.core.delivery import AT_ONCE, Delivery, Outgoing

EVENTS = 5 * AT_ONCE


class Slow(httpx.AsyncBaseTransport):
    """A receiver that answers when it is let, and counts what is under way."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.under_way = self.most = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:  # noqa: ARG002
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.let.wait()
        self.under_way -= 1
        return httpx.Response(200)


async def test_of_a_storm_of_events_few_are_sent_at_once_and_each_is_signed_when_it_is_sent() -> None:
    receiver, prepared = Slow(), []
    delivery = Delivery(transport=receiver)
    delivery.register("stripe", secret="a secret")

    def send(number: int) -> None:
        def prepare(_: int) -> Outgoing:
            prepared.append(number)
            return Outgoing(url="http://receiver.example", body=b"{}", headers={})

        delivery.send("stripe", event=f"evt_{number}", prepare=prepare)

    for number in range(EVENTS):
        send(number)
    async with asyncio.timeout(5):
        while receiver.under_way < AT_ONCE:  # noqa: ASYNC110 - the sender has no such event
            await asyncio.sleep(0)
        assert prepared == list(range(AT_ONCE))
        receiver.let.set()
        while sum(attempt["status"] == 200 for attempt in delivery.attempts()) < EVENTS:  # noqa: ASYNC110
            await asyncio.sleep(0)
    assert receiver.most == AT_ONCE
    await delivery.aclose()
