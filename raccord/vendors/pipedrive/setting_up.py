"""Making the mapped fields that an account lacks, and the options that a choice lacks."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError, Permanent
from raccord.connectors.setting_up import Coded
from raccord.domain.values.message import Message, message
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.fields import CODE, NEEDS, PATHS, TITLES, Fields, Known
from raccord.vendors.pipedrive.wanted import CHOICE, LABELS, Wanted, lacking_options
from raccord.vendors.pipedrive.wire import Anything, FieldRecord

KINDS = {"deals": message("pipedrive.deals"), "companies": message("pipedrive.organizations")}
TYPES = {
    "varchar": message("pipedrive.type.varchar"),
    "text": message("pipedrive.type.text"),
    "date": message("pipedrive.type.date"),
    "double": message("pipedrive.type.double"),
    "enum": message("pipedrive.type.enum"),
    "phone": message("pipedrive.type.phone"),
}
"""As Pipedrive's pages call those that `setup` makes."""


async def set_up(
    client: PipedriveClient, fields: Fields, wanted: Mapping[str, tuple[Wanted, ...]], *, dry: bool
) -> tuple[Check, ...]:
    """Make what is missing, or say what would be made; one line for each mapped field."""
    checks: list[Check] = []
    for kind, used in wanted.items():
        try:
            known = await fields.read(kind)
        except ConnectorError as error:
            checks += [
                Check.fail(_line(kind, each.name), in_its_words(error), remedy=by_hand(each)) for each in used
            ]
            continue
        # One after the other: a company's writes are few in two seconds.
        checks += [await _one(client, kind, known, each, dry=dry) for each in used]
    fields.forget()
    return tuple(checks)


async def named_fields(fields: Fields, wanted: Mapping[str, tuple[Wanted, ...]]) -> tuple[Coded, ...]:
    """Return what the mapping names by its name, of what is there once."""
    named: list[Coded] = []
    for kind, used in wanted.items():
        known = await fields.read(kind)
        for each in used:
            # Of several that have one name, a person says which.
            with suppress(Permanent):
                if (found := known.find(each.name)) and found.field_code != each.name:
                    setting = f"mapping.{each.use}"
                    named.append(Coded(setting=setting, name=found.field_name, code=found.field_code))
    return tuple(named)


def by_hand(each: Wanted) -> Message:
    return message("pipedrive.by_hand", kind=TYPES[each.types[0]], setting=f"mapping.{each.use}")


async def _one(client: PipedriveClient, kind: str, known: Known, each: Wanted, *, dry: bool) -> Check:
    try:
        if found := known.find(each.name):
            return await _completed(client, kind, each, found, dry=dry)
        if CODE.fullmatch(each.name):
            remedy = message("pipedrive.enter_name", setting=f"mapping.{each.use}")
            return Check.fail(_line(kind, each.name), message("pipedrive.no_code"), remedy=remedy)
        return await _made(client, kind, each, dry=dry)
    except ConnectorError as error:
        said = in_its_words(error)
        return Check.fail(_line(kind, each.name), said, expected=each.name, remedy=by_hand(each))


async def _completed(
    client: PipedriveClient, kind: str, each: Wanted, found: FieldRecord, *, dry: bool
) -> Check:
    line = _line(kind, found.field_name)
    options = tuple(LABELS[value] for value in lacking_options(each, found))
    if not options:
        return Check.ok(line, message("check.there_already"))
    if dry:
        return Check.ok(line, message("pipedrive.would_add_options", options=options))
    what = f"add options to the field {found.field_code}"
    path = f"{PATHS[kind]}/{found.field_code}/options"
    content = [{"label": label} for label in options]
    await client.write(what, NEEDS[kind], "POST", path, Anything, content=content)
    return Check.ok(line, message("pipedrive.options_added", options=options))


async def _made(client: PipedriveClient, kind: str, each: Wanted, *, dry: bool) -> Check:
    line = _line(kind, each.name)
    if dry:
        return Check.ok(line, message("pipedrive.would_make", kind=TYPES[each.types[0]]))
    what = f"make a field of {TITLES[kind]}"
    content = _definition(kind, each)
    await client.write(what, NEEDS[kind], "POST", PATHS[kind], FieldRecord, content=content)
    return Check.ok(line, message("check.made"))


def _definition(kind: str, each: Wanted) -> dict[str, Any]:
    made: dict[str, Any] = {"field_name": each.name, "field_type": each.types[0]}
    if each.types[0] == CHOICE:
        made["options"] = [{"label": LABELS[value]} for value in each.options]
    if kind == "deals":
        # The body for organizations has no description (pipedrive page, section 1).
        made["description"] = f"Raccord: {each.use}"
        made["ui_visibility"] = {"add_visible_flag": False, "details_visible_flag": True}
    return made


def _line(kind: str, name: str) -> Message:
    return message("hubspot.property", kind=KINDS[kind], name=name)
