"""The webhooks of this account: made by `setup`, looked at by `doctor` (pipedrive page, sections 1 and 7).

There is no update: one that is wrong is deleted and made anew. One that failed for three days is deleted by
Pipedrive itself, without a word.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence

from pydantic import SecretStr

from raccord.connectors.connection import Check, Registration, in_its_words, together
from raccord.connectors.errors import AmbiguousWrite, ConnectorError, Forbidden, Permanent
from raccord.connectors.http.errors import Operation
from raccord.connectors.oauth import OAuthApp
from raccord.connectors.outside import callable_from_outside
from raccord.domain.values.message import Message, Text, message
from raccord.vendors.pipedrive.client import OtherCompany, PipedriveClient, unless_gone
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.wire import Hook, Identified

Event = tuple[str, str]

LINE, ADMIN, PATH = "webhooks", "manage webhooks (an administrator's)", "/api/v1/webhooks"
VERSION = "2.0"
EVENTS: tuple[Event, ...] = (
    *((action, "deal") for action in ("create", "change", "delete")),
    *((action, party) for party in ("organization", "person") for action in ("change", "delete")),
)
"""What any flow needs: a question about a company answers itself once somebody repairs the company."""
OF_PARTS: tuple[Event, ...] = (("*", "deal_product"), ("*", "deal_installment"))
"""The same of a deal's lines and plan. The guide has these objects, the spec's list has not (section 1)."""
_OK = range(200, 300)
_NOT_BELIEVED = 401
"""What the receiver says to a name and password that are not ours."""
_SECRET_BYTES = 32


class Hooks:
    def __init__(self, client: PipedriveClient, settings: PipedriveSettings) -> None:
        self._client = client
        self._user = settings.webhook_user
        self._password = settings.webhook_secret
        self._changing = settings.previous_webhook_secret is not None

    async def register(self, url: str, *, dry: bool = False) -> Registration:
        """Make those that are missing at this address, and anew those that are wrong; `dry`: only say so.

        Where the settings have no password one is made, and every webhook of this address anew with it:
        nobody knows the one that it carries.
        """
        if not callable_from_outside(url):
            return Registration(checks=(_unreachable(url),))
        try:
            ours = await self._at(url)
            sound = self._sound(ours, untold=not self._changing)
            stale = [each for each in ours if each not in sound]
            missing = _missing(sound, EVENTS + OF_PARTS)
            if not missing and not stale:
                return Registration(checks=(Check.ok(LINE, _there(len(ours), url)),))
            if dry:
                would = message("pipedrive.hooks_would", count=len(missing), url=url)
                gone = message("pipedrive.hooks_would_go", count=len(stale))
                made = [would] if missing else []
                return Registration(checks=(Check.ok(LINE, together([*made, *([gone] if stale else [])])),))
            return await self._put_right(url, sound, missing, stale)
        except ConnectorError as error:
            return Registration(checks=(_refused(error, url, self._client.app),))

    async def check(self, url: str) -> tuple[Check, ...]:
        """Say whether ours still exist and are delivered. Changes nothing."""
        if not callable_from_outside(url):
            return (_unreachable(url),)
        try:
            ours = await self._at(url)
        except ConnectorError as error:
            look = message("pipedrive.hooks_look")
            if app := self._client.app:
                look = message("pipedrive.hooks_look_agreed", connection=app.connection)
            return (_warn(message("check.not_told", said=str(error)), look),)
        sound = self._sound(ours, untold=True)
        if missing := _missing(sound, EVENTS):
            found = message("pipedrive.hooks_missing", url=url, events=_words(missing))
            return (_warn(found, message("pipedrive.hooks_setup")),)
        if failing := [each for each in sound if each.last_http_status and each.last_http_status not in _OK]:
            found = message("pipedrive.hooks_failing", status=str(failing[0].last_http_status))
            if failing[0].last_http_status == _NOT_BELIEVED:
                return (_warn(found, message("pipedrive.hooks_password")),)
            return (_warn(found, message("pipedrive.hooks_receiver")),)
        well = message("pipedrive.hooks_well", count=len(sound), url=url)
        lacking = _words(_missing(sound, OF_PARTS))
        without = [message("pipedrive.hooks_without", events=lacking)] if lacking else []
        return (Check.ok(LINE, together([well, *without])),)

    async def _put_right(
        self, url: str, sound: Sequence[Hook], missing: Sequence[Event], stale: Sequence[Hook]
    ) -> Registration:
        password = self._password or SecretStr(secrets.token_urlsafe(_SECRET_BYTES))
        owner = (await self._client.known_me()).id
        carried, untaken = 0, dict[Event, ConnectorError]()
        try:
            # First the new ones: what is refused takes nothing away.
            for event in missing:
                try:
                    await self._make(url, *event, owner, password)
                    carried += 1
                except (Permanent, Forbidden) as error:
                    if event not in OF_PARTS or isinstance(error, OtherCompany):
                        raise
                    untaken[event] = error
            for each in stale:
                what = f"delete the webhook {each.id}"
                await unless_gone(self._client.delete(what, ADMIN, f"{PATH}/{each.id}"))
            made = [message("pipedrive.hooks_made", count=carried, url=url)] if carried else []
            gone = [message("pipedrive.hooks_gone", count=len(stale))] if stale else []
            said = made + gone or [_there(len(sound), url)]
            check = Check.ok(LINE, together([*said, *_untaken(untaken)]))
        except ConnectorError as error:
            # One whose making got no answer may be there as well.
            carried += isinstance(error, AmbiguousWrite)
            check = _left_off(error) if carried else _refused(error, url, self._client.app)
        # Untold, what was made is worthless, and the next time as many are made again.
        return Registration(checks=(check,), secret=password if carried and not self._password else None)

    async def _at(self, url: str) -> list[Hook]:
        found = await self._client.page(Operation("list the webhooks", ADMIN), PATH, Hook)
        # No page says whether those that were removed are listed still; they cannot be deleted again.
        there = (each for each in found.data if not each.remove_time)
        return [each for each in there if each.subscription_url.rstrip("/") == url.rstrip("/")]

    def _sound(self, ours: Sequence[Hook], *, untold: bool) -> list[Hook]:
        """Return those that are as they should be, one for each event: the newest.

        `untold`: whether one is believed whose password Pipedrive does not tell.
        """
        found: dict[Event, Hook] = {}
        for each in sorted(ours, key=lambda hook: hook.id, reverse=True):
            if each.is_active and each.version in (VERSION, None) and self._believed(each, untold=untold):
                found.setdefault((each.event_action, each.event_object), each)
        return list(found.values())

    def _believed(self, hook: Hook, *, untold: bool) -> bool:
        """Whether what it carries is what we believe, as far as Pipedrive tells."""
        if self._password is None or hook.http_auth_user not in (None, self._user):
            return False
        said = hook.http_auth_password
        # No page says whether the list tells passwords; one of asterisks is none.
        if said is not None and said.get_secret_value().strip("*"):
            return said == self._password
        # While two passwords count, that it was believed says nothing of which one it carries.
        return untold and hook.last_http_status != _NOT_BELIEVED

    async def _make(self, url: str, action: str, entity: str, owner: int, password: SecretStr) -> None:
        content = {
            "name": f"Raccord: {action} {entity}",
            "subscription_url": url,
            "event_action": action,
            "event_object": entity,
            # Events are those that this user may see.
            "user_id": owner,
            "http_auth_user": self._user,
            "http_auth_password": password.get_secret_value(),
            "version": VERSION,
        }
        await self._client.write(
            f"make a webhook for {action}.{entity}", ADMIN, "POST", PATH, Identified, content=content
        )


def _missing(there: Sequence[Hook], wanted: Sequence[Event]) -> list[Event]:
    known = {(each.event_action, each.event_object) for each in there}
    return [each for each in wanted if each not in known and not _covered(each, known)]


def _covered(event: Event, known: Collection[Event]) -> bool:
    return any(action in ("*", event[0]) and entity in ("*", event[1]) for action, entity in known)


def _untaken(refused: Mapping[Event, ConnectorError]) -> Iterator[Message]:
    if refused:
        yield message("pipedrive.hooks_untaken", events=_words(tuple(refused)))
        yield in_its_words(next(iter(refused.values())))


def _words(events: Sequence[Event]) -> tuple[str, ...]:
    return tuple(f"{action}.{entity}" for action, entity in events)


def _there(count: int, url: str) -> Message:
    return message("pipedrive.hooks_there", count=count, url=url)


def _refused(error: ConnectorError, url: str, app: OAuthApp | None) -> Check:
    if isinstance(error, Forbidden) and not isinstance(error, OtherCompany):
        admin = message("pipedrive.hooks_admin")
        if app:
            admin = message("pipedrive.hooks_admin_agreed", connection=app.connection)
        return _warn(in_its_words(error), admin)
    if isinstance(error, Permanent):
        return _warn(in_its_words(error), message("pipedrive.hooks_start", url=url))
    return _left_off(error)


def _left_off(error: ConnectorError) -> Check:
    return _warn(in_its_words(error), message("pipedrive.hooks_again"))


def _unreachable(url: str) -> Check:
    return _warn(message("pipedrive.cannot_call", url=url), message("pipedrive.set_public_url"))


def _warn(found: Text, remedy: Text) -> Check:
    # What no webhook tells, the sweep finds.
    return Check.warn(LINE, found, expected=message("pipedrive.hooks_expected"), remedy=remedy)
