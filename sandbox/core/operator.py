"""Somebody at the sandbox's own switches: how vendors behave, which faults they have, what reached them."""

from typing import Any

import httpx

from sandbox.core.person import json_of

Rows = list[dict[str, Any]]


class Operator:
    """The control API; `http` has the sandbox as its base URL. A refusal is an `httpx.HTTPStatusError`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def reset(self) -> None:
        """Bring every vendor back to its seed."""
        await self._call("POST", "/reset")

    async def settings(self, vendor: str, **changes: Any) -> None:
        """Change how a vendor behaves and where it delivers."""
        await self._call("PUT", f"/webhooks/{vendor}", json=changes)

    async def state(self, vendor: str) -> dict[str, Any]:
        """Return everything a vendor holds."""
        found: dict[str, Any] = await self._call("GET", f"/state/{vendor}")
        return found

    async def requests(self, **query: str) -> Rows:
        """Return what reached the vendors, oldest first."""
        return await self._rows("/requests", params=query)

    async def deliveries(self) -> Rows:
        """Return every attempt to deliver a webhook."""
        return await self._rows("/deliveries")

    async def mails(self, *mentioned: str) -> Rows:
        """Return the e-mails in whose subject or text every one of these words occurs."""
        found = await self._rows("/emails")
        return [m for m in found if all(word in f"{m['subject']} {m['text'] or ''}" for word in mentioned)]

    async def hold_mails(self, address: str) -> None:
        """Let every mail to an address wait at the mail server's door."""
        await self._call("POST", "/emails/door", json={"address": address})

    async def mails_at_the_door(self, address: str) -> int:
        """Return how many mails to an address that is held wait now."""
        return int((await self._call("GET", "/emails/door"))[address])

    async def let_mails_in(self, address: str) -> None:
        await self._call("DELETE", "/emails/door", params={"address": address})

    async def events(self) -> Rows:
        """Return the events that were taken, each with its headers and body."""
        return await self._rows("/events")

    async def fault(self, **rule: Any) -> int:
        """Make a vendor misbehave, once unless the rule says otherwise; return the fault's number."""
        made: dict[str, Any] = await self._call("POST", "/faults", json={"times": 1} | rule)
        return int(made["id"])

    async def faults(self) -> Rows:
        return await self._rows("/faults")

    async def fired(self, fault: int) -> int:
        """Return how many requests a fault has hit."""
        return next(int(rule["fired"]) for rule in await self.faults() if rule["id"] == fault)

    async def release(self, fault: int) -> None:
        """Take one fault back; from now on its requests are answered as usual."""
        await self._call("DELETE", "/faults", params={"id": str(fault)})

    async def clear_faults(self) -> None:
        await self._call("DELETE", "/faults")

    async def _rows(self, path: str, **options: Any) -> Rows:
        found: Rows = await self._call("GET", path, **options)
        return found

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        return json_of(await self._http.request(method, f"/_control{path}", **options))
