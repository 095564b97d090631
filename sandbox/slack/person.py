"""One of the people in the Slack workspace."""

import json
from typing import Any

import httpx

from sandbox.core.person import Person, json_of
from sandbox.slack.settings import BILLING, BOT_USER

ANNE, CAMILLE = "U0ANNE", "U0CAMILLE"
Json = dict[str, Any]


class SlackPerson(Person):
    """Reads what was posted, presses buttons, lets the bot into a channel.

    What is on somebody's screen and a press on it are no calls of Slack's API: those go through control.
    """

    vendor = "slack"

    def __init__(self, http: httpx.AsyncClient, *, actor: str = CAMILLE) -> None:
        super().__init__(http, actor=actor)

    async def messages(self, *mentioned: str) -> list[Json]:
        """Return the messages in which every one of these texts occurs, oldest first."""
        found = json_of(await self._http.get("/_control/messages"))
        return [m for m in found if all(text in json.dumps(m, ensure_ascii=False) for text in mentioned)]

    async def whispers(self, user: str, *mentioned: str) -> list[Json]:
        """Return what one person alone was told."""
        return [m for m in await self.messages(*mentioned) if m["ephemeral_to"] == user]

    async def press(self, message: Json, label: str, *, user: str = ANNE, old: bool = False) -> Json:
        """Press the button with this on it; return how the app answered. `old`: one that is gone since."""
        place = {"channel": message["channel"], "ts": message["ts"], "user": user, "old": old}
        place |= {"vendor": self.vendor}
        found = button(message, label)
        names = {name: found[name] for name in ("action_id", "value") if name in found}
        pressed: Json = json_of(await self._http.post("/_control/press", json=place | names))
        return pressed

    async def invite_bot(self, channel: str = BILLING) -> None:
        await self.call("POST", "/api/conversations.invite", json={"channel": channel, "users": BOT_USER})

    async def remove_bot(self, channel: str = BILLING) -> None:
        await self.call("POST", "/api/conversations.kick", json={"channel": channel, "user": BOT_USER})


def button(message: Json, label: str) -> Json:
    """Return a message's button by what is written on it; LookupError when it has none."""
    buttons = [e for block in message["blocks"] for e in block.get("elements", ()) if e["type"] == "button"]
    for found in buttons:
        if label in found["text"]["text"]:
            return dict(found)
    raise LookupError(f"no button {label!r} among {[b['text']['text'] for b in buttons]}")
