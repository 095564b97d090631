"""One call of a Web API method: its arguments, who asks, and what they may."""

from dataclasses import dataclass
from typing import Any

from sandbox.slack.errors import Refused, missing_scope
from sandbox.slack.limits import Limits
from sandbox.slack.settings import BILLING, BOT_USER, SlackSettings
from sandbox.slack.workspace import Channel, Workspace


@dataclass
class Call:
    """`changed` is set by a method that changed the workspace; `hidden_for` are a stale read's seconds."""

    workspace: Workspace
    settings: SlackSettings
    limits: Limits
    arguments: dict[str, Any]
    actor: str
    hidden_for: float = 0.0
    changed: bool = False

    @property
    def by_bot(self) -> bool:
        return self.actor == BOT_USER

    def need(self, scope: str) -> None:
        if scope not in self.settings.scopes:
            raise missing_scope(scope, self.settings.scopes)

    def has(self, scope: str) -> bool:
        return scope in self.settings.scopes

    def channel(self, *, by_name: bool = False) -> Channel:
        """The conversation of the `channel` argument. Posting also takes a name, or a person for their DM."""
        wanted, channels = self.arguments["channel"], self.workspace.channels
        if wanted in channels:
            return channels[wanted]
        if by_name:
            for channel in channels.values():
                if channel.name and channel.name == wanted.removeprefix("#"):
                    return channel
            if wanted in self.workspace.people and wanted != BOT_USER:
                return self.workspace.direct(wanted)[0]
        raise Refused("channel_not_found")

    def is_archived(self, channel: Channel) -> bool:
        return channel.id == BILLING and self.settings.channel_archived

    def is_member(self, channel: Channel) -> bool:
        return self.actor in channel.members
