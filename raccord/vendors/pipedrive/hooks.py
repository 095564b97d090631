"""The webhooks of this account: made by `setup`, looked at by `doctor` (pipedrive page, sections 1 and 7).

There is no update: one that is wrong is deleted and made anew. One that failed for three days is deleted by
Pipedrive itself, without a word.
"""

from collections.abc import Collection, Sequence

from raccord.connectors.connection import Check, Registration
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.outside import callable_from_outside
from raccord.domain.rules.modes import CONTACT
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.wire import Hook, Identified

LINE, ADMIN, PATH = "webhooks", "manage webhooks (an administrator's)", "/api/v1/webhooks"
VERSION = "2.0"
_ALWAYS = (("create", "deal"), ("change", "deal"), ("delete", "deal"))
_PARTIES = tuple((a, o) for o in ("organization", "person") for a in ("create", "change", "delete"))
_OK = range(200, 300)

Event = tuple[str, str]


class Hooks:
    def __init__(self, client: PipedriveClient, settings: PipedriveSettings) -> None:
        self._client = client
        self._settings = settings

    async def register(self, url: str, flows: Collection[str], *, dry: bool = False) -> Registration:
        """Make those that are missing at this address, and anew those that are wrong; `dry`: only say so."""
        secret = self._settings.webhook_secret
        if not callable_from_outside(url):
            return _told(_unreachable(url))
        if secret is None:
            remedy = "Choose a long password of ASCII characters, and enter it as webhook_secret."
            return _told(Check.fail(LINE, "no webhook_secret", remedy=remedy))
        try:
            ours = await self._at(url)
            stale = [each for each in ours if not _sound(each)]
            missing = _missing([each for each in ours if each not in stale], flows)
            if not missing and not stale:
                return _told(Check.ok(LINE, f"there already: {len(ours)} at {url}"))
            said = f"{len(missing)} at {url}, {len(stale)} deleted"
            if dry:
                return _told(Check.ok(LINE, f"would be made: {said}"))
            for each in stale:
                await self._client.delete(f"delete the webhook {each.id}", ADMIN, f"{PATH}/{each.id}")
            owner = (await self._client.known_me()).id
            for action, entity in missing:
                await self._make(url, action, entity, owner, secret.get_secret_value())
        except ConnectorError as error:
            remedy = (
                "Start the receiver first: its address must answer; and the user must be an administrator."
            )
            return _told(Check.fail(LINE, str(error), remedy=remedy))
        return _told(Check.ok(LINE, f"made: {said}"))

    async def check(self, url: str, flows: Collection[str]) -> tuple[Check, ...]:
        """Say whether ours still exist and are delivered. Changes nothing."""
        if not callable_from_outside(url):
            return (_unreachable(url),)
        try:
            ours = await self._at(url)
        except ConnectorError as error:
            return (Check.warn(LINE, f"not told: {error}", remedy="Look at Tools, Webhooks in Pipedrive."),)
        sound = [each for each in ours if _sound(each)]
        if missing := _missing(sound, flows):
            said = ", ".join(f"{action}.{entity}" for action, entity in missing)
            remedy = "Run raccord setup, which makes them; Pipedrive deletes what failed for three days."
            return (Check.warn(LINE, f"missing at {url}: {said}", remedy=remedy),)
        if failing := [each for each in sound if each.last_http_status and each.last_http_status not in _OK]:
            said = f"the last delivery was answered with {failing[0].last_http_status}"
            remedy = "Look at the receiver; after ten failures deliveries stop for half an hour and are lost."
            return (Check.warn(LINE, said, remedy=remedy),)
        return (Check.ok(LINE, f"{len(sound)} at {url}"),)

    async def _at(self, url: str) -> list[Hook]:
        found = await self._client.page(Operation("list the webhooks", ADMIN), PATH, Hook)
        return [each for each in found.data if each.subscription_url.rstrip("/") == url.rstrip("/")]

    async def _make(self, url: str, action: str, entity: str, owner: int, password: str) -> None:
        content = {
            "name": f"Raccord: {action} {entity}",
            "subscription_url": url,
            "event_action": action,
            "event_object": entity,
            # Events are those that this user may see.
            "user_id": owner,
            "http_auth_user": self._settings.webhook_user,
            "http_auth_password": password,
            "version": VERSION,
        }
        await self._client.write(
            f"make a webhook for {action}.{entity}", ADMIN, "POST", PATH, Identified, content=content
        )


def events(flows: Collection[str]) -> tuple[Event, ...]:
    return (*_ALWAYS, *(_PARTIES if CONTACT in flows else ()))


def _sound(hook: Hook) -> bool:
    return hook.is_active and hook.version in (VERSION, None)


def _missing(there: Sequence[Hook], flows: Collection[str]) -> list[Event]:
    known = {(each.event_action, each.event_object) for each in there}
    return [each for each in events(flows) if each not in known and not _covered(each, known)]


def _covered(event: Event, known: Collection[Event]) -> bool:
    return any(action in ("*", event[0]) and entity in ("*", event[1]) for action, entity in known)


def _unreachable(url: str) -> Check:
    remedy = "Deals are found by looking for them meanwhile; with a public https address, run raccord setup."
    return Check.warn(LINE, f"{url} cannot be called from outside", remedy=remedy)


def _told(check: Check) -> Registration:
    return Registration(checks=(check,))
