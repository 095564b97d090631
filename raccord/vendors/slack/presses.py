"""Pressed buttons: who sent them, and which of them are ours (Slack docs: block_actions-payload)."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl

from pydantic import StringConstraints, ValidationError

from raccord.connectors.connection import ConnectionSettings, of_vendor
from raccord.connectors.http.reading import Wire
from raccord.connectors.http.signature import Signed
from raccord.connectors.webhooks import PressSource, UnreadableBody, strict_json
from raccord.domain.desk.notice import Place, Press
from raccord.domain.values.message import message
from raccord.vendors.slack.blocks import ACTION
from raccord.vendors.slack.settings import SlackSettings
from raccord.vendors.slack.signature import SCHEME
from raccord.vendors.slack.wire import ChannelId, MemberId, Ts

_OURS = re.compile(f"{ACTION}[0-9]{{1,4}}")
_MOST_FIELDS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Id(Wire):
    id: str


class _User(Wire):
    id: MemberId


class _Container(Wire):
    channel_id: ChannelId | None = None
    message_ts: Ts | None = None


class _Channel(Wire):
    id: ChannelId


class _Message(Wire):
    ts: Ts


class _Pressed(Wire):
    """One element that was used; other kinds than buttons have other fields."""

    type: str
    action_id: str


class _Button(Wire):
    action_id: str
    action_ts: Ts
    value: Annotated[str, StringConstraints(max_length=2000)] = ""


class _Payload(Wire):
    type: Literal["block_actions"]
    user: _User
    team: _Id | None = None
    enterprise: _Id | None = None
    container: _Container | None = None
    channel: _Channel | None = None
    message: _Message | None = None
    actions: tuple[dict[str, Any], ...]

    @property
    def place(self) -> Place | None:
        """Where the message stands; None for what is no message, such as a dialog."""
        channel = self.container.channel_id if self.container else None
        message = self.container.message_ts if self.container else None
        channel = channel or (self.channel.id if self.channel else None)
        message = message or (self.message.ts if self.message else None)
        return Place(channel=channel, message=message) if channel and message else None

    @property
    def workspaces(self) -> tuple[str, ...]:
        """The workspace it comes from, and the organisation that installed the app."""
        return tuple(found.id for found in (self.team, self.enterprise) if found)


def presses(settings: ConnectionSettings) -> PressSource:
    """Build the source. Raises `TypeError` for another vendor's settings, `ValueError` without a secret."""
    return SlackActions(of_vendor(settings, SlackSettings))


class SlackActions(Signed):
    """Verifies and reads presses."""

    def __init__(self, settings: SlackSettings) -> None:
        super().__init__(SCHEME, settings, "the app's signing secret")
        self._team = settings.team

    def parse(self, body: bytes) -> tuple[Press, ...]:
        content = strict_json(_payload(body))
        if not isinstance(content, dict) or not isinstance(content.get("type"), str):
            raise UnreadableBody(message("quarantine.no_press"))
        if content["type"] != "block_actions":
            return ()
        try:
            payload = _Payload.model_validate(content)
            found = tuple(_Button.model_validate(a) for a in payload.actions if _is_ours(a))
        except ValidationError as error:
            # Without the original: its text would quote what the person typed.
            raise UnreadableBody(message("quarantine.fields", count=error.error_count())) from None
        place = payload.place
        if place is None or (self._team is not None and self._team not in payload.workspaces):
            return ()
        return tuple(_press(button, place, payload) for button in found)


def _payload(body: bytes) -> bytes:
    """Return the field `payload` of a form; what other fields there are is ignored."""
    try:
        fields = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            errors="surrogateescape",
            max_num_fields=_MOST_FIELDS,
        )
    except ValueError:
        raise UnreadableBody(message("quarantine.no_form")) from None
    match [value for name, value in fields if name == "payload"]:
        case [value]:
            return value.encode("utf-8", "surrogateescape")
        case _:
            raise UnreadableBody(message("quarantine.no_payload"))


def _is_ours(action: dict[str, Any]) -> bool:
    """Whether it is a button of ours. Links are buttons too, and other apps' messages have their own."""
    used = _Pressed.model_validate(action)
    return used.type == "button" and bool(_OURS.fullmatch(used.action_id))


def _press(button: _Button, place: Place, payload: _Payload) -> Press:
    user = payload.user.id
    key = (place.channel, place.message, button.action_id, button.action_ts, user)
    return Press(
        value=button.value,
        user=user,
        place=place,
        key="/".join(key),
        at=_instant(button.action_ts),
        workspaces=payload.workspaces,
    )


def _instant(ts: str) -> datetime:
    seconds, _, fraction = ts.partition(".")
    return _EPOCH + timedelta(seconds=int(seconds), microseconds=int(fraction.ljust(6, "0")))
