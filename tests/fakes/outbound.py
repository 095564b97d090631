"""An endpoint in memory, as `raccord.connectors.outbound` describes one."""

from raccord.connectors.capabilities import OutboundCapabilities, Uniqueness
from raccord.domain.onboarding.event import OutboundEvent
from tests.fakes.switches import Switches


class FakeOutbound(Switches):
    """Every event that it took, repeats included."""

    capabilities = OutboundCapabilities(
        uniqueness=Uniqueness.IDEMPOTENCY_KEY, requests_per_second=1000, requests_per_activity=1
    )

    def __init__(self) -> None:
        super().__init__()
        self.events: list[OutboundEvent] = []

    async def send(self, event: OutboundEvent) -> None:
        await self._call("send")
        self.events.append(event)
