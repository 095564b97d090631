"""Slack's words for what went wrong: what each amounts to, and what a person can do about it.

Slack docs: the error lists of each method, and "errors common to all methods".
"""

_INSTALL = "the app was removed or its token withdrawn. Install it again and enter its new bot_token"
_MOVED = "the workspace is being moved into an organisation"
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
_FAILED = ("internal_error", "fatal_error", "service_unavailable", "update_failed")
_LIMITED = ("ratelimited", "rate_limited", "message_limit_exceeded")
_UNTOUCHED = {
    "request_timeout": "the request did not arrive in one piece",
    "team_added_to_org": _MOVED,
    "org_login_required": _MOVED,
    "external_channel_migrating": "the channel is being moved",
}
_TOKEN = {
    "token_revoked": _INSTALL,
    "account_inactive": _INSTALL,
    "token_expired": "the token has expired. Use an app without token rotation, whose bot_token does not "
    "expire",
}
_OTHER_TOKEN = ("invalid_auth", "not_authed", "not_allowed_token_type", "metadata_must_be_sent_from_app")
_RULES = (
    "no_permission",
    "restricted_action",
    "ekm_access_denied",
    "app_access_restricted",
    "access_denied",
    "accesslimited",
    "enterprise_is_restricted",
    "team_access_not_granted",
)
_CLOSED = {
    "channel_not_found": "the channel does not exist, or it is private and the bot is not in it. Invite the "
    "bot there (/invite), or correct channel of this connection",
    "not_in_channel": "the bot is not in the channel. Invite it there (/invite)",
    "is_archived": "the channel is archived. Restore it, or name another one as channel of this connection",
    "is_inactive": "the channel is archived or deleted. Name another one as channel of this connection",
    "team_not_found": "the channel is of another workspace. Correct channel",
    "messages_tab_disabled": "the app takes no direct messages. Switch on its Messages Tab under App Home",
}
_UNREACHABLE = {
    "user_disabled": "the person's account is deactivated",
    "user_not_found": "Slack does not know the person",
    "user_not_in_channel": "the person is not in the channel",
}
_GONE = {
    "users_not_found": "nobody in the workspace has this e-mail address",
    "message_not_found": "the message was deleted",
    "thread_not_found": "the message was deleted",
    "invalid_thread_ts": "the message to answer was deleted",
    "cannot_reply_to_message": "the message cannot be answered",
    "cant_update_message": "the message is not the bot's own",
    "edit_window_closed": "the workspace lets nobody edit messages of that age",
    "block_mismatch": "the message cannot be replaced by one of this kind",
}

UNTOUCHED = frozenset(_UNTOUCHED)
"""Nothing happened, also of a write, and waiting helps."""
CLOSED = frozenset(_CLOSED)
"""The channel cannot be written to until somebody invites the bot, restores it or names another."""
OUT_OF_REACH = CLOSED | _UNREACHABLE.keys()
"""A message there cannot be edited, and nobody there be told anything, any more."""
STATUSES = {
    **dict.fromkeys((*_TOKEN, *_OTHER_TOKEN), 401),
    **dict.fromkeys(("missing_scope", *_RULES, *_CLOSED), 403),
    **dict.fromkeys(_GONE, 404),
    **dict.fromkeys(_LIMITED, 429),
    **dict.fromkeys(_FAILED, 500),
    **dict.fromkeys(_UNTOUCHED, 503),
}
"""The HTTP status that would mean the same; all other words are refusals that repeating does not help."""
REASONS = {
    **_UNTOUCHED,
    **_TOKEN,
    "invalid_auth": "the token is wrong, or not accepted from this machine's address. Enter the app's Bot "
    "User OAuth Token as bot_token of this connection, and look at the app's allowed addresses",
    **dict.fromkeys(_RULES, _RULE),
    **_CLOSED,
    **_UNREACHABLE,
    **_GONE,
    **{word: _BUG.format(word=word) for word in _BUGS},
}
