"""Slack's words for what went wrong, and what a person can do about each.

Slack docs: the error lists of each method, and "errors common to all methods".
"""

from enum import StrEnum, auto


class Meaning(StrEnum):
    LIMITED = auto()
    """Too many requests of ours."""
    WORKSPACE_LIMITED = auto()
    """Too many messages of the whole workspace."""
    LATER = auto()
    """Nothing happened, and waiting helps."""
    NO_VERDICT = auto()
    """Slack itself failed; a write may have happened."""
    MISSING_SCOPE = auto()
    DENIED = auto()
    """Token, permission or a workspace rule."""
    CLOSED = auto()
    """The channel cannot be written to until somebody invites the bot, restores it or names another."""
    UNREACHABLE = auto()
    """The person cannot be written to."""
    GONE = auto()
    """The message or person does not exist (any more), or the message is closed to edits."""
    REFUSED = auto()
    """Understood and refused; repeating it is pointless."""


_NOT_ACCEPTED = (
    "the token is not accepted. Enter the app's Bot User OAuth Token as bot_token of this connection"
)
_INSTALL = "the app was removed or its token withdrawn. Install it again and enter its new bot_token"
_RULE = "a rule of the workspace forbids it. Ask a Slack admin to let the app post in this channel"
_BUG = "it does not accept what Raccord sent ({word}); this is a bug of Raccord, please report it"
_BUGS = (
    "invalid_arg_name",
    "invalid_arguments",
    "invalid_array_arg",
    "invalid_attachments",
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_charset",
    "invalid_cursor",
    "invalid_form_data",
    "invalid_json",
    "invalid_limit",
    "invalid_metadata_format",
    "invalid_metadata_schema",
    "invalid_post_type",
    "invalid_ts_latest",
    "invalid_ts_oldest",
    "json_not_object",
    "markdown_text_conflict",
    "metadata_too_large",
    "missing_post_type",
    "msg_blocks_too_long",
    "msg_too_long",
    "no_text",
    "too_many_attachments",
    "unknown_method",
)

_WORDS: dict[str, tuple[Meaning, str]] = {
    "ratelimited": (Meaning.LIMITED, ""),
    "rate_limited": (Meaning.LIMITED, ""),
    "message_limit_exceeded": (Meaning.WORKSPACE_LIMITED, ""),
    "request_timeout": (Meaning.LATER, "the request did not arrive in one piece"),
    "team_added_to_org": (Meaning.LATER, "the workspace is being moved into an organisation"),
    "org_login_required": (Meaning.LATER, "the workspace is being moved into an organisation"),
    "external_channel_migrating": (Meaning.LATER, "the channel is being moved"),
    "internal_error": (Meaning.NO_VERDICT, ""),
    "fatal_error": (Meaning.NO_VERDICT, ""),
    "service_unavailable": (Meaning.NO_VERDICT, ""),
    "update_failed": (Meaning.NO_VERDICT, ""),
    "missing_scope": (Meaning.MISSING_SCOPE, ""),
    "invalid_auth": (Meaning.DENIED, _NOT_ACCEPTED),
    "not_authed": (Meaning.DENIED, _NOT_ACCEPTED),
    "not_allowed_token_type": (Meaning.DENIED, _NOT_ACCEPTED),
    "metadata_must_be_sent_from_app": (Meaning.DENIED, _NOT_ACCEPTED),
    "token_revoked": (Meaning.DENIED, _INSTALL),
    "account_inactive": (Meaning.DENIED, _INSTALL),
    "token_expired": (
        Meaning.DENIED,
        "the token has expired. Use an app without token rotation, whose bot_token does not expire",
    ),
    "no_permission": (Meaning.DENIED, _RULE),
    "restricted_action": (Meaning.DENIED, _RULE),
    "ekm_access_denied": (Meaning.DENIED, _RULE),
    "app_access_restricted": (Meaning.DENIED, _RULE),
    "access_denied": (Meaning.DENIED, _RULE),
    "accesslimited": (Meaning.DENIED, _RULE),
    "enterprise_is_restricted": (Meaning.DENIED, _RULE),
    "team_access_not_granted": (Meaning.DENIED, _RULE),
    "channel_not_found": (
        Meaning.CLOSED,
        "the channel does not exist, or it is private and the bot is not in it. Invite the bot there "
        "(/invite), or correct channel of this connection",
    ),
    "not_in_channel": (
        Meaning.CLOSED,
        "the bot is not in the channel. Invite it there (/invite)",
    ),
    "is_archived": (
        Meaning.CLOSED,
        "the channel is archived. Restore it, or name another one as channel of this connection",
    ),
    "is_inactive": (
        Meaning.CLOSED,
        "the channel is archived or deleted. Name another one as channel of this connection",
    ),
    "team_not_found": (Meaning.CLOSED, "the channel is of another workspace. Correct channel"),
    "messages_tab_disabled": (
        Meaning.CLOSED,
        "the app takes no direct messages. Switch on its Messages Tab under App Home",
    ),
    "user_disabled": (Meaning.UNREACHABLE, "the person's account is deactivated"),
    "user_not_found": (Meaning.UNREACHABLE, "Slack does not know the person"),
    "user_not_in_channel": (Meaning.UNREACHABLE, "the person is not in the channel"),
    "users_not_found": (Meaning.GONE, "nobody in the workspace has this e-mail address"),
    "message_not_found": (Meaning.GONE, "the message was deleted"),
    "thread_not_found": (Meaning.GONE, "the message was deleted"),
    "invalid_thread_ts": (Meaning.GONE, "the message to answer was deleted"),
    "cannot_reply_to_message": (Meaning.GONE, "the message cannot be answered"),
    "cant_update_message": (Meaning.GONE, "the message is not the bot's own"),
    "edit_window_closed": (Meaning.GONE, "the workspace lets nobody edit messages of that age"),
    "block_mismatch": (Meaning.GONE, "the message cannot be replaced by one of this kind"),
} | {word: (Meaning.REFUSED, _BUG.format(word=word)) for word in _BUGS}


def meaning(word: str) -> tuple[Meaning, str]:
    """Return what an error word means, and its reason for a person; empty when nothing is known of it."""
    if word.startswith("restricted_action_"):
        return _WORDS["restricted_action"]
    return _WORDS.get(word, (Meaning.REFUSED, ""))
