"""Pipedrive's lines of `raccord doctor`: the company, the rights to read, and the mapped fields."""

import asyncio
from collections.abc import Iterator, Mapping
from typing import Any

from raccord.connectors.connection import Check, in_its_words, to_reach
from raccord.connectors.errors import ConnectorError, Forbidden
from raccord.connectors.http.errors import Operation
from raccord.connectors.http.reading import Wire
from raccord.connectors.lengths import cut
from raccord.domain.values.base import fold
from raccord.domain.values.message import Message, message
from raccord.vendors.pipedrive import tasks
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import CONTACTS, DEALS, USERS
from raccord.vendors.pipedrive.fields import Fields, Held, Known
from raccord.vendors.pipedrive.rights import check_writing
from raccord.vendors.pipedrive.setting_up import TYPES, by_hand
from raccord.vendors.pipedrive.settings import PipedriveSettings
from raccord.vendors.pipedrive.stages import check_stages
from raccord.vendors.pipedrive.wanted import LABELS, Wanted, lacking_options
from raccord.vendors.pipedrive.wire import ActivityType, Anything

_READS = {
    "deals": (message("pipedrive.deals"), "/api/v2/deals", DEALS),
    "organizations": (message("pipedrive.organizations"), "/api/v2/organizations", CONTACTS),
    "persons": (message("pipedrive.persons"), "/api/v2/persons", CONTACTS),
    "activities": (message("pipedrive.activities"), tasks.PATH, tasks.READ),
    "users": (message("pipedrive.users"), "/api/v1/users", USERS),
}
_READABLE = message("check.readable")
_NEWEST: Mapping[str, str | int] = {"limit": 50, "sort_by": "update_time", "sort_direction": "desc"}
_SAMPLE_LENGTH = 40


class _Values(Wire):
    """Of a record of any kind, what its custom fields hold."""

    custom_fields: dict[str, Any] = {}


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
    mapped = [each for kind, used in wanted.items() for each in await _fields(client, fields, kind, used)]
    writing, stages = await check_writing(client), await check_stages(client, settings.paid_stages)
    return (*account, *_webhooks(settings), *reads, writing, kinds, *mapped, *stages)


async def _account(client: PipedriveClient, settings: PipedriveSettings) -> tuple[Check, ...]:
    name, expected = message("check.account"), str(settings.company_id or "")
    try:
        me = await client.me()
    except ConnectorError as error:
        return (Check.fail(name, in_its_words(error), expected=expected, remedy=_remedy(client, error)),)
    id, company = str(me.company_id), me.company_name or me.company_domain
    user_id, user = str(me.id), me.name or me.email
    other_company, other_user = message("pipedrive.other_company"), message("pipedrive.other_user")
    if client.app:
        other_company = message("pipedrive.connect_company", connection=client.app.connection)
        other_user = message("pipedrive.connect_user", connection=client.app.connection)
    return (
        Check.same(
            name,
            id,
            expected=expected,
            shown=message("check.id_and_name", id=id, name=company or message("check.without_name")),
            unset=message("pipedrive.set_company", id=id),
            other=other_company,
        ),
        Check.same(
            message("pipedrive.user"),
            user_id,
            expected=str(settings.user_id or ""),
            shown=message("check.id_and_name", id=user_id, name=user or message("check.without_name")),
            unset=message("pipedrive.set_user", id=user_id),
            other=other_user,
        ),
    )


def _webhooks(settings: PipedriveSettings) -> Iterator[Check]:
    if settings.webhook_secret is None:
        yield Check.warn(
            "webhooks", message("check.no_webhook_secret"), remedy=message("pipedrive.setup_password")
        )


async def _read(client: PipedriveClient, name: str) -> Check:
    title, path, needs = _READS[name]
    # The list of users is whole, and takes no limit.
    query = None if name == "users" else {"limit": 1}
    try:
        await client.page(Operation(f"list {name}", needs), path, Anything, query)
    except ConnectorError as error:
        return Check.fail(title, in_its_words(error), expected=_READABLE, remedy=_remedy(client, error))
    return Check.ok(title, _READABLE, expected=_READABLE)


def _remedy(client: PipedriveClient, error: ConnectorError) -> Message:
    if isinstance(error, Forbidden):
        return message("check.as_it_says")
    return to_reach(error, client.app, entered=message("pipedrive.reach"))


async def _activity_type(client: PipedriveClient, wanted: str) -> Check:
    name = "activity_type"
    try:
        operation = Operation("list the types of activities", tasks.READ)
        found = (await client.page(operation, "/api/v1/activityTypes", ActivityType)).data
    except ConnectorError as error:
        return Check.fail(name, in_its_words(error), expected=wanted, remedy=_remedy(client, error))
    there = tuple(each.key_string for each in found if each.active_flag)
    if wanted in there:
        return Check.ok(name, wanted, expected=wanted)
    return Check.fail(
        name,
        message("pipedrive.no_type"),
        expected=wanted,
        remedy=message("pipedrive.name_type", types=there),
    )


async def _fields(
    client: PipedriveClient, fields: Fields, kind: str, used: tuple[Wanted, ...]
) -> list[Check]:
    try:
        known = await fields.read(kind)
        records = await _newest(client, kind)
    except ConnectorError as error:
        return [Check.fail(_line(each), in_its_words(error), remedy=_remedy(client, error)) for each in used]
    return [_field(known, each, records) for each in used]


async def _newest(client: PipedriveClient, kind: str) -> tuple[Mapping[str, Any], ...]:
    """Return the custom fields of the records that changed last."""
    _, path, needs = _READS["organizations" if kind == "companies" else kind]
    found = await client.page(Operation(f"list {kind}", needs), path, _Values, _NEWEST)
    return tuple(each.custom_fields for each in found.data)


def _field(known: Known, each: Wanted, records: tuple[Mapping[str, Any], ...]) -> Check:
    line, flow = _line(each), {"flow": each.flow}
    bad = Check.fail if each.written else Check.warn
    try:
        found = known.find(each.name)
    except ConnectorError:
        seen = message("pipedrive.ambiguous", name=each.name)
        codes = tuple(f.field_code for f in known.fields if fold(f.field_name) == fold(each.name))
        remedy = message("pipedrive.enter_code", setting=line, codes=codes)
        return Check.fail(line, seen, expected=each.name, remedy=remedy)
    if found is None:
        remedy = message("pipedrive.run_setup", by_hand=by_hand(each))
        seen = message("pipedrive.no_field", name=each.name)
        return bad(line, seen, expected=each.name, remedy=remedy).model_copy(update=flow)
    name = found.field_name
    if found.field_type not in each.types:
        seen = message("hubspot.of_type", name=name, type=found.field_type)
        kinds = tuple(TYPES[type_] for type_ in each.types if type_ in TYPES)
        remedy = message("pipedrive.wrong_type", setting=line, kinds=kinds)
        return bad(line, seen, expected=each.name, remedy=remedy).model_copy(update=flow)
    if lacking := lacking_options(each, found):
        seen = message("hubspot.lacks_options", name=name, options=tuple(LABELS[value] for value in lacking))
        return Check.warn(line, seen, expected=each.name, remedy=message("pipedrive.setup_adds"))
    samples = (Held(known, values).text(each.name) for values in records)
    if sample := next(filter(None, samples), ""):
        return Check.ok(
            line,
            message("hubspot.example", name=name, sample=cut(sample, _SAMPLE_LENGTH)),
            expected=each.name,
        )
    return Check.ok(line, message("hubspot.empty", name=name), expected=each.name)


def _line(each: Wanted) -> str:
    return f"mapping.{each.use}"
