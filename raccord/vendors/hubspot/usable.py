"""Which of the mapped properties of deals an account has: known for minutes, and what it refused besides."""

import time
from collections.abc import Callable, Mapping

from raccord.connectors.errors import Forbidden, NotFound
from raccord.connectors.memory import Memory
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.properties import existing_properties, fits, lacking_options
from raccord.vendors.hubspot.wanted import Wanted
from raccord.vendors.hubspot.wire import Property

COMPLETE = 300.0
"""Seconds for which an account that has everything, or does not tell, is not asked again."""
INCOMPLETE = 30.0
"""How soon a property that somebody makes is used."""
_DEALS = "deals"
_BAD_OPTION = "INVALID_OPTION"

Known = Mapping[str, Property] | None
"""None where the token may not list properties."""


class UsableProperties:
    """Properties that are written together, of which a missing one never keeps the others back."""

    def __init__(
        self,
        client: HubSpotClient,
        used: tuple[Wanted, ...],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._used = {each.name: each for each in used}
        self._listed: Memory[Known] = Memory(now=now)
        self._refused: dict[tuple[str, str], float] = {}
        """By property and option, "" for all of them: until when it is left out."""
        self._now = now

    async def holding(self, values: Mapping[str, str]) -> dict[str, str]:
        """Return those of the values for which there is a property that takes them."""
        known = await self._properties()
        return {name: value for name, value in values.items() if self._takes(known, name, value)}

    async def lacking(self) -> tuple[str, ...]:
        """Name the properties that are missing, unfit, or without one of their options.

        Where the token may not list properties, those that HubSpot refused lately.
        """
        known = await self._properties()
        return tuple(name for name in self._used if not self._complete(known, name))

    def refused(self, name: str, value: str, code: str | None) -> None:
        """Note that HubSpot refused a property, or only this option of it; what it has is listed anew."""
        self._listed.forget(_DEALS)
        self._refused[name, value if code == _BAD_OPTION else ""] = self._now() + INCOMPLETE

    def _takes(self, known: Known, name: str, value: str) -> bool:
        if self._left_out(name, "", value):
            return False
        if known is None:
            return True
        found = known.get(name)
        return found is not None and fits(self._used[name], found) and value not in self._short(name, found)

    def _complete(self, known: Known, name: str) -> bool:
        if self._left_out(name, "", *self._used[name].options):
            return False
        if known is None:
            return True
        found = known.get(name)
        return found is not None and fits(self._used[name], found) and not self._short(name, found)

    def _short(self, name: str, found: Property) -> list[str]:
        return lacking_options(self._used[name], found)

    def _left_out(self, name: str, *options: str) -> bool:
        return any(self._refused.get((name, option), 0) > self._now() for option in options)

    async def _properties(self) -> Known:
        return await self._listed.get(_DEALS, self._list, seconds=self._remembered)

    async def _list(self) -> Known:
        try:
            return await existing_properties(self._client, _DEALS)
        except (Forbidden, NotFound):
            return None

    def _remembered(self, known: Known) -> float:
        return COMPLETE if all(self._complete(known, name) for name in self._used) else INCOMPLETE
