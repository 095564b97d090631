"""How a simulated account behaves."""

from dataclasses import dataclass, fields
from typing import Any, Self

from sandbox.core.delivery import Delivery, Target


@dataclass(frozen=True)
class AccountSettings:
    """Base of a vendor's settings: every field can be changed while it runs, by its name, through
    `PUT /_control/webhooks/<vendor>`, and keeps its value over a reset.
    """

    @classmethod
    def of(cls, target: Target) -> Self:
        """As they are now."""
        return cls(**target.options)

    def options(self) -> dict[str, Any]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def register(self, delivery: Delivery, vendor: str, *, secret: str) -> None:
        """Make the vendor known to the sender, with these settings and its published secret."""
        delivery.register(vendor, secret=secret, **self.options())
