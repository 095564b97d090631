"""What `raccord setup` does at a vendor beside making fields, whatever the kind of its connection.

No port has to: `setup` and `doctor` ask those that do.
"""

from collections.abc import Collection
from typing import Protocol, runtime_checkable

from raccord.connectors.connection import Check, Registration
from raccord.domain.values.base import Value


@runtime_checkable
class Registers(Protocol):
    """Whose vendor takes it over its API where webhooks are to be sent."""

    async def check_webhooks(self, url: str, *, flows: Collection[str]) -> tuple[Check, ...]:
        """Say whether the webhooks that these flows need arrive at this address. Changes nothing."""
        ...

    async def register_webhooks(self, url: str, *, flows: Collection[str], dry: bool = False) -> Registration:
        """Have the vendor's webhooks sent to this address, once; what is refused is told in its checks.

        `flows`: those that are not in shadow, whose events are asked for beside what a start needs.
        `dry`: say what would be done, and change nothing.
        """
        ...


class Coded(Value):
    """A setting that names a field as people call it, and the code that stays when they call it otherwise."""

    setting: str
    """Below the connection's section: `mapping.invoice.number`."""
    name: str
    code: str


@runtime_checkable
class HasCodes(Protocol):
    """Whose vendor gives fields codes, which differ from account to account, beside names that may change."""

    async def named_fields(self) -> tuple[Coded, ...]:
        """Return the settings that name a field by its name and not by its code; of fields that are there."""
        ...
