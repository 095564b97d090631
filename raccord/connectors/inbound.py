"""Somebody who may say what happened, and is never asked."""

from typing import Protocol

from raccord.connectors.capabilities import InboundCapabilities
from raccord.connectors.connection import Check


class Inbound(Protocol):
    """An automation tool, or a program of the company's own, that tells of events. Nothing calls it."""

    @property
    def capabilities(self) -> InboundCapabilities: ...

    async def check(self) -> tuple[Check, ...]:
        """Say whether its secret is there; asks nobody."""
        ...

    async def probe(self) -> None:
        """Do nothing: there is nobody to ask."""
        ...

    async def close(self) -> None:
        """Release nothing."""
        ...
