"""Which Web API methods there are, what each takes and what it needs. Source: Slack's method reference."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.slack import chat, membership, reading
from sandbox.slack.arguments import Kind
from sandbox.slack.call import Call
from sandbox.slack.limits import SPECIAL, TIER_3, TIER_4
from sandbox.slack.workspace import Json


@dataclass(frozen=True)
class Method:
    """`scope` is needed whatever the arguments; a method may need another one for a kind of conversation."""

    run: Callable[[Call], Json]
    per_minute: int
    kinds: dict[str, Kind]
    required: tuple[str, ...] = ()
    scope: str | None = None
    takes_json: bool = True
    writes: bool = False


_CONTENT = {
    "text": Kind.TEXT,
    "blocks": Kind.TREE,
    "attachments": Kind.TREE,
    "markdown_text": Kind.TEXT,
    "metadata": Kind.TREE,
}
_RANGE = {
    "oldest": Kind.TEXT,
    "latest": Kind.TEXT,
    "inclusive": Kind.FLAG,
    "limit": Kind.NUMBER,
    "cursor": Kind.TEXT,
    "include_all_metadata": Kind.FLAG,
}
_PLACE = {"channel": Kind.TEXT, "ts": Kind.TEXT}
_THREAD = {"channel": Kind.TEXT, "thread_ts": Kind.TEXT, "reply_broadcast": Kind.FLAG}

METHODS = {
    "auth.test": Method(reading.auth_test, SPECIAL, {}),
    "users.lookupByEmail": Method(
        reading.lookup_by_email,
        TIER_3,
        {"email": Kind.TEXT},
        required=("email",),
        scope="users:read.email",
        takes_json=False,
    ),
    "users.info": Method(
        reading.user_info,
        TIER_4,
        {"user": Kind.TEXT},
        required=("user",),
        scope="users:read",
        takes_json=False,
    ),
    "conversations.open": Method(
        reading.open_conversation,
        TIER_3,
        {"users": Kind.TEXT, "channel": Kind.TEXT, "return_im": Kind.FLAG},
        scope="im:write",
        writes=True,
    ),
    "conversations.info": Method(
        reading.conversation_info, TIER_3, {"channel": Kind.TEXT}, required=("channel",), takes_json=False
    ),
    "conversations.history": Method(
        reading.history, TIER_3, {"channel": Kind.TEXT, **_RANGE}, required=("channel",)
    ),
    "conversations.replies": Method(
        reading.replies, TIER_3, {**_PLACE, **_RANGE}, required=("channel", "ts")
    ),
    "conversations.invite": Method(
        membership.invite,
        TIER_3,
        {"channel": Kind.TEXT, "users": Kind.TEXT},
        required=("channel", "users"),
        scope="channels:manage",
        writes=True,
    ),
    "conversations.kick": Method(
        membership.kick,
        TIER_3,
        {"channel": Kind.TEXT, "user": Kind.TEXT},
        required=("channel", "user"),
        scope="channels:manage",
        writes=True,
    ),
    "chat.postMessage": Method(
        chat.post_message,
        SPECIAL,
        {**_THREAD, **_CONTENT},
        required=("channel",),
        scope="chat:write",
        writes=True,
    ),
    "chat.update": Method(
        chat.update,
        TIER_3,
        {**_PLACE, **_CONTENT},
        required=("channel", "ts"),
        scope="chat:write",
        writes=True,
    ),
    "chat.postEphemeral": Method(
        chat.post_ephemeral,
        TIER_4,
        {**_THREAD, "user": Kind.TEXT, **_CONTENT},
        required=("channel", "user"),
        scope="chat:write",
        writes=True,
    ),
}
