"""What every port has, whatever the kind of its connection."""

from typing import Protocol

from raccord.connectors.capabilities import Capabilities
from raccord.connectors.connection import Check


class Port(Protocol):
    """One open connection to one account of a vendor."""

    @property
    def capabilities(self) -> Capabilities: ...

    async def probe(self) -> None:
        """Make one cheap authenticated call; raises what any call would."""
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check credentials, permissions and whatever else a start needs at the vendor."""
        ...

    async def close(self) -> None:
        """Release what it holds open."""
        ...


class AgreedPort(Port, Protocol):
    """What a vendor's port also has where a person agrees to the access."""

    async def company(self) -> str:
        """Return the name of the company that the access is to. Raises `Auth` where settings say another."""
        ...
