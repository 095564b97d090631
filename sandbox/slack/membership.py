"""Who is in a channel: `conversations.invite` and `conversations.kick`, as `/invite` and `/remove` do it."""

from dataclasses import replace

from sandbox.slack.call import Call
from sandbox.slack.errors import Refused
from sandbox.slack.workspace import Channel, Json


def invite(call: Call) -> Json:
    """Add people or the bot; only somebody who is in the channel can."""
    channel = _channel(call)
    wanted = [one.strip() for one in call.arguments["users"].split(",")]
    if any(one not in call.workspace.people for one in wanted):
        raise Refused("user_not_found")
    if all(one in channel.members for one in wanted):
        raise Refused("already_in_channel")
    _now_in(call, channel, channel.members | set(wanted))
    return {"channel": {"id": channel.id, "name": channel.name}}


def kick(call: Call) -> Json:
    """Remove one of them."""
    channel, user = _channel(call), call.arguments["user"]
    if user == call.actor:
        raise Refused("cant_kick_self")
    if user not in channel.members:
        raise Refused("not_in_channel")
    _now_in(call, channel, channel.members - {user})
    return {}


def _channel(call: Call) -> Channel:
    channel = call.channel()
    if channel.is_im:
        raise Refused("method_not_supported_for_channel_type")
    if call.is_archived(channel):
        raise Refused("is_archived")
    if not call.is_member(channel):
        raise Refused("not_in_channel")
    return channel


def _now_in(call: Call, channel: Channel, members: frozenset[str]) -> None:
    call.workspace.channels[channel.id] = replace(channel, members=members)
    call.changed = True
