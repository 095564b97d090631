"""The permissions that Raccord's Slack app has, and no more."""

ALWAYS = ("chat:write", "users:read", "users:read.email")
_HISTORY = {
    "C": ("channels:history", "groups:history"),
    "G": ("groups:history", "mpim:history"),
    "D": ("im:history",),
}


def history_scopes(channel: str) -> tuple[str, ...]:
    """Return the scopes of which one lets the bot read this channel.

    An id does not say which: private channels begin with `C` today and began with `G` once.
    """
    return _HISTORY.get(channel[:1], _HISTORY["C"])
