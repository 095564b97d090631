"""Slack's answers: the fields Raccord reads of them, under Slack's names."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints

from raccord.connectors.http.reading import Wire

ChannelId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,30}$")]
MemberId = Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]{1,30}$")]
Ts = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,10}\.[0-9]{1,6}$")]
"""The name of a message in its channel: looks like a number, and is text (Slack docs: messaging)."""


class Success(Wire):
    ok: Literal[True]


class Posted(Success):
    channel: ChannelId
    ts: Ts


class Identity(Success):
    team_id: str
    team: str | None = None
    user_id: str
    enterprise_id: str | None = None
    is_enterprise_install: bool = False


class Member(Wire):
    id: MemberId
    deleted: bool = False


class Found(Success):
    user: Member


class Message(Wire):
    """Anybody's message; other apps put into `metadata` what they like."""

    ts: Ts
    metadata: Any = None


class Paging(Wire):
    next_cursor: str | None = None


class History(Success):
    messages: tuple[Message, ...]
    response_metadata: Paging | None = None

    @property
    def cursor(self) -> str:
        return (self.response_metadata and self.response_metadata.next_cursor) or ""
