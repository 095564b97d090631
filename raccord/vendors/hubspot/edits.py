"""Who edited a property last, as its history says (HubSpot docs: propertiesWithHistory).

Edits of our app come from `INTEGRATION` with the app's number; those of people name their user.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime

from raccord.connectors.errors import ConnectorError, Forbidden, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.memory import Memory
from raccord.domain.values.details import Edit
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.values import parse_instant
from raccord.vendors.hubspot.wire import Historied, Token, Version

_DAY = 86_400.0
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_INTEGRATION, _USER = "INTEGRATION", "userId:"


class Edits:
    """Reads histories of one HubSpot account; users' names are remembered for minutes, our app for a day."""

    def __init__(self, client: HubSpotClient, facts: Facts, settings: HubSpotSettings) -> None:
        self._client = client
        self._facts = facts
        self._settings = settings
        self._app: Memory[str] = Memory()

    async def of(self, record: Historied, properties: Iterable[str]) -> Edit | None:
        """Return the last edit of what several properties hold together; None where nothing is told."""
        edited = [
            last for name in properties if (last := _last(record.properties_with_history.get(name, ())))
        ]
        if not edited:
            return None
        last = max(edited, key=_instant)
        at = None if _instant(last) == _LONG_AGO else _instant(last)
        if last.source_type == _INTEGRATION and last.source_id and last.source_id == await self._own_app():
            return Edit(at=at, ours=True)
        return Edit(at=at, by=await self._who(last))

    async def _who(self, version: Version) -> str:
        """Return the user's name, else the words that HubSpot has for it: `import`, `workflows`."""
        source = version.source_id or ""
        named = source.removeprefix(_USER) if source.startswith(_USER) else ""
        if not (user := version.updated_by_user_id or named):
            return (version.source_type or "").lower().replace("_", " ")
        try:
            found = await self._facts.user(user)
        except (Forbidden, Permanent):
            return f"user {user}"
        return found.name or found.email or f"user {user}"

    async def _own_app(self) -> str:
        if self._settings.app_id:
            return str(self._settings.app_id)
        return await self._app.get("", self._ask, seconds=lambda _: _DAY)

    async def _ask(self) -> str:
        content = {"tokenKey": self._settings.access_token.get_secret_value()}
        with suppress(ConnectorError):
            found = await self._client.post(Operation("tell the token's app"), paths.TOKEN, content, Token)
            return found.app_id or ""
        return ""


def _last(versions: Iterable[Version]) -> Version | None:
    """Return the edit that made the value what it is: of a run of equal values the first.

    A merge writes values anew that were so before. No page says in which order versions come.
    """
    found: Version | None = None
    for version in sorted(versions, key=_instant, reverse=True):
        if found and (version.value or "") != (found.value or ""):
            break
        found = version
    return found


def _instant(version: Version) -> datetime:
    try:
        return parse_instant(version.timestamp)
    except ValueError:
        return _LONG_AGO
