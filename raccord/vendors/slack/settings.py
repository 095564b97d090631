"""Slack's section of `raccord.toml`."""

import re
from typing import Annotated

from pydantic import Field, SecretStr, StringConstraints, field_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.values.base import Unfit

_TOKEN = re.compile(r"xoxb-[\x21-\x7e]+")
_PERSON = re.compile(r"[UW][A-Z0-9]{1,30}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class SlackSettings(ConnectionSettings):
    """One Slack app in one workspace. Slack's tokens do not say whether they are of a test workspace.

    `webhook_secret` is the app's signing secret: without it no pressed button is believed.
    """

    vendor: str = "slack"
    base_url: str = "https://slack.com/api/"
    bot_token: SecretStr
    """The bot user's token ("Bot User OAuth Token")."""
    channel: Annotated[str, StringConstraints(pattern=r"^[CGD][A-Z0-9]{1,30}$")]
    """The id of the channel where messages are posted, as the channel's details show it."""
    people: tuple[str, ...] = ()
    """Who may decide: member ids or e-mail addresses. Anyone in the channel can press, only these count."""
    team: Annotated[str, StringConstraints(pattern=r"^[TE][A-Z0-9]{1,30}$")] | None = Field(default=None)
    """The workspace's id: presses of other workspaces are ignored. By default it is the token's own."""

    @field_validator("bot_token")
    @classmethod
    def _is_a_bot_s(cls, token: SecretStr) -> SecretStr:
        if not _TOKEN.fullmatch(token.get_secret_value()):
            raise Unfit("unfit.bot_token")
        return token

    @field_validator("people")
    @classmethod
    def _are_ids_or_addresses(cls, people: tuple[str, ...]) -> tuple[str, ...]:
        for person in people:
            if not _PERSON.fullmatch(person) and not _EMAIL.fullmatch(person):
                raise Unfit("unfit.people")
        return tuple(p if _PERSON.fullmatch(p) else p.lower() for p in people)

    @property
    def member_ids(self) -> frozenset[str]:
        """The people named by their member id."""
        return frozenset(person for person in self.people if "@" not in person)

    @property
    def addresses(self) -> tuple[str, ...]:
        """The people named by their e-mail address, in lower case."""
        return tuple(person for person in self.people if "@" in person)
