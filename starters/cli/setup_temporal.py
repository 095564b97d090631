"""`raccord setup` on a Temporal of one's own: the namespace, its retention, its search attributes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.connectors.connection import Check, CheckState
from raccord.domain.values.message import Message, message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.temporal.client import TemporalUnreachable, connect, elsewhere
from raccord.temporal.namespace import RETENTION, Namespace, keep_history, look, make
from raccord.temporal.search import ALL, WrongSearchAttribute, register_search_attributes
from starters.cli.display import print_check, print_json
from starters.cli.language import language_of

NAMESPACE = message("setup.namespace")
RETAINED = message("setup.retention")
ATTRIBUTES = message("setup.attributes")
WITHIN = timedelta(seconds=30)
_VISIBLE_WITHIN = timedelta(seconds=30)
"""A namespace that was just made is served within seconds: the server looks for new ones now and then."""
_PAUSE = 0.5


async def set_up_temporal(
    configuration: Configuration, keys: KeyRing, *, dry: bool = False
) -> tuple[Check, ...]:
    """Make what is missing, and say what was done and what was there. `dry`: say it, and change nothing."""
    if not elsewhere():
        return (Check.ok(NAMESPACE, message("setup.up_makes_its_own")),)
    try:
        return tuple([check async for check in _made(configuration, keys, dry=dry)])
    except TemporalUnreachable as error:
        remedy = message("temporal.correct_address")
        return (Check.fail(NAMESPACE, error.said[0], expected=message("check.reachable"), remedy=remedy),)
    except RPCError as error:
        return (_refused(error),)


async def set_up_alone(configuration: Configuration, keys: KeyRing, *, dry: bool, as_json: bool) -> int:
    """Do this step and no other, as a job does before the processes start; exit status 1 when it failed."""
    checks = await set_up_temporal(configuration, keys, dry=dry)
    failed = any(check.state is CheckState.FAIL for check in checks)
    if as_json:
        print_json({"ok": not failed, "temporal": [check.row() for check in checks]})
    else:
        for check in checks:
            print_check(check, language_of(configuration))
    return int(failed)


async def _made(configuration: Configuration, keys: KeyRing, *, dry: bool) -> AsyncIterator[Check]:
    client = await connect(configuration.settings, keys, within=WITHIN, look_only=True)
    found, name = await look(client), client.namespace
    if found is None:
        said = message("setup.kept", name=name, days=RETENTION.days)
        if dry:
            yield Check.ok(NAMESPACE, message("setup.would_make_namespace", said=said))
            yield Check.ok(ATTRIBUTES, message("setup.would_add", names=tuple(key.name for key in ALL)))
            return
        await make(client)
        found = await _served(client)
        yield Check.ok(NAMESPACE, message("setup.made_namespace", said=said))
    else:
        yield Check.ok(NAMESPACE, message("setup.was_there", name=name))
        yield await _retained(client, found.retention, dry=dry)
    yield await _found_by(client, found, dry=dry)


async def _retained(client: Client, now: timedelta, *, dry: bool) -> Check:
    """Keep closed flows for as long as we look at them; whoever keeps them longer has a reason."""
    if now >= RETENTION:
        return Check.ok(RETAINED, message("setup.was_so", days=now.days))
    if not dry:
        await keep_history(client)
    code = "setup.would_retain" if dry else "setup.retained"
    return Check.ok(RETAINED, message(code, days=RETENTION.days, before=_readable(now)))


async def _found_by(client: Client, found: Namespace, *, dry: bool) -> Check:
    if not found.missing and not found.otherwise:
        return Check.ok(ATTRIBUTES, message("setup.all_there"))
    said = tuple(found.missing)
    if dry and not found.otherwise:
        return Check.ok(ATTRIBUTES, message("setup.would_add", names=said))
    try:
        await register_search_attributes(client)
    except WrongSearchAttribute as error:
        wrong, remedy = error.said
        return Check.fail(ATTRIBUTES, wrong, remedy=remedy)
    return Check.ok(ATTRIBUTES, message("setup.added", names=said))


async def _served(client: Client) -> Namespace:
    """Return what was just made, once every part of the server knows of it."""
    deadline = asyncio.get_running_loop().time() + _VISIBLE_WITHIN.total_seconds()
    while True:
        try:
            await client.count_workflows()
            if found := await look(client):
                return found
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            if asyncio.get_running_loop().time() >= deadline:
                raise
        await asyncio.sleep(_PAUSE)


def _readable(lasting: timedelta) -> Message:
    if lasting.days > 1:
        return message("setup.days", count=lasting.days)
    return message("setup.hours", count=round(lasting.total_seconds() / 3600))


def _refused(error: RPCError) -> Check:
    remedy = message("setup.have_it_made", days=RETENTION.days)
    return Check.fail(
        NAMESPACE, message("temporal.refused_so", said=error.message, status=error.status.name), remedy=remedy
    )
