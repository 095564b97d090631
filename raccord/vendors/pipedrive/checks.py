"""Pipedrive's lines of `raccord doctor`: the company, the rights to read, and the mapped fields."""

import asyncio
from collections.abc import Mapping

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.vendors.pipedrive import tasks
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import CONTACTS, DEALS, USERS
from raccord.vendors.pipedrive.fields import Fields, Known
from raccord.vendors.pipedrive.setting_up import line
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.wanted import LABELS, Wanted, lacking_options
from raccord.vendors.pipedrive.wire import ActivityType, Anything

_READS = {
    "deals": ("/api/v2/deals", DEALS),
    "organizations": ("/api/v2/organizations", CONTACTS),
    "persons": ("/api/v2/persons", CONTACTS),
    "activities": (tasks.PATH, tasks.READ),
    "users": ("/api/v1/users", USERS),
}
_REACH = "Check api_token, base_url and the network, then run doctor again."
_SET_UP = "Run raccord setup, which makes it, or correct its name in the mapping."


async def check(
    client: PipedriveClient,
    fields: Fields,
    settings: PipedriveSettings,
    wanted: Mapping[str, tuple[Wanted, ...]],
) -> tuple[Check, ...]:
    """Ask whose token it is, read one record of each kind, and every mapped field; change nothing."""
    account = await _account(client, settings)
    reads = await asyncio.gather(*(_read(client, name) for name in _READS))
    kinds = await _activity_type(client, settings.activity_type)
    mapped = [each for kind, used in wanted.items() for each in await _fields(fields, kind, used)]
    return (*account, *reads, kinds, *mapped)


async def _account(client: PipedriveClient, settings: PipedriveSettings) -> tuple[Check, ...]:
    expected = str(settings.company_id or "")
    try:
        me = await client.me()
    except ConnectorError as error:
        return (Check.fail("account", str(error), expected=expected, remedy=_REACH),)
    account = Check.same(
        "account",
        str(me.company_id),
        expected=expected,
        shown=f"{me.company_id} ({me.company_name or me.company_domain or 'without a name'})",
        unset=f"Set company_id = {me.company_id}, so that events of other companies are ignored.",
        other="The token is of another company: correct company_id or api_token.",
    )
    user = Check.same(
        "user",
        str(me.id),
        expected=str(settings.user_id or ""),
        shown=f"{me.id} ({me.name or me.email})",
        unset=f"If nobody but Raccord works as this user, set user_id = {me.id}: what it writes is then "
        "no event.",
        other="The token is of another user: correct user_id or api_token.",
    )
    if settings.webhook_secret is not None:
        return account, user
    remedy = "Choose a long password of ASCII characters, and enter it as webhook_secret."
    return account, user, Check.warn("webhooks", "no webhook_secret", remedy=remedy)


async def _read(client: PipedriveClient, name: str) -> Check:
    path, needs = _READS[name]
    # The list of users is whole, and takes no limit.
    query = None if name == "users" else {"limit": 1}
    try:
        await client.page(Operation(f"list {name}", needs), path, Anything, query)
    except ConnectorError as error:
        return Check.fail(name, str(error), expected=needs, remedy=_REACH)
    return Check.ok(name, "readable", expected=needs)


async def _activity_type(client: PipedriveClient, wanted: str) -> Check:
    name = "activity_type"
    try:
        operation = Operation("list the types of activities", tasks.READ)
        found = (await client.page(operation, "/api/v1/activityTypes", ActivityType)).data
    except ConnectorError as error:
        return Check.fail(name, str(error), expected=wanted, remedy=_REACH)
    there = [each.key_string for each in found if each.active_flag]
    if wanted in there:
        return Check.ok(name, wanted, expected=wanted)
    return Check.fail(name, "no such type", expected=wanted, remedy=f"Name one of {', '.join(there)}.")


async def _fields(fields: Fields, kind: str, used: tuple[Wanted, ...]) -> list[Check]:
    try:
        known = await fields.read(kind)
    except ConnectorError as error:
        return [Check.fail(line(kind, each), str(error), remedy=_REACH) for each in used]
    return [_field(known, kind, each) for each in used]


def _field(known: Known, kind: str, each: Wanted) -> Check:
    name, expected = line(kind, each), each.types[0]
    make = Check.fail if each.written else Check.warn
    try:
        found = known.find(each.name)
    except ConnectorError as error:
        remedy = "Enter the code of the right one in the mapping instead of the name."
        return Check.fail(name, str(error), expected=expected, remedy=remedy)
    if found is None:
        return make(name, "does not exist", expected=expected, remedy=_SET_UP).model_copy(
            update={"flow": each.flow}
        )
    if found.field_type not in each.types:
        remedy = f"Map a field of the type {' or '.join(each.types)}: this one cannot hold it."
        return make(name, found.field_type, expected=expected, remedy=remedy)
    if lacking := lacking_options(each, found):
        said = ", ".join(LABELS[value] for value in lacking)
        return Check.warn(name, f"lacks the options {said}", expected=expected, remedy=_SET_UP)
    return Check.ok(name, f"{found.field_type}, {found.field_code}", expected=expected)
