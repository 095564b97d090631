"""What the flows need from whoever is told of events: an automation tool, a system of the company's own."""

from typing import Protocol

from raccord.connectors.capabilities import OutboundCapabilities
from raccord.connectors.connection import Check
from raccord.domain.onboarding.event import OutboundEvent


class Outbound(Protocol):
    """One endpoint that takes signed events. It knows a repeated one by its id, so repeating is harmless."""

    @property
    def capabilities(self) -> OutboundCapabilities: ...

    async def send(self, event: OutboundEvent) -> None:
        """Send an event, signed now. `Transient`: it was not taken, for whatever reason, and may be later."""
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check the secret and whether somebody is there; sends nothing."""
        ...

    async def probe(self) -> None:
        """Open a connection and close it: there is no question that an endpoint answers."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
