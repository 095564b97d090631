"""Making the mapped fields that an account lacks, and the options that a choice lacks."""

from collections.abc import Mapping
from typing import Any

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.fields import NEEDS, PATHS, TITLES, Fields, Known
from raccord.vendors.pipedrive.wanted import CHOICE, LABELS, Wanted, lacking_options
from raccord.vendors.pipedrive.wire import Anything, FieldRecord

_CODED = "code {code}; enter it in the mapping instead of the name, so that nobody who renames it stops us"
_BY_HAND = "Make it in Pipedrive, under Company settings, Data fields; or correct its name in the mapping."


async def set_up(
    client: PipedriveClient, fields: Fields, wanted: Mapping[str, tuple[Wanted, ...]], *, dry: bool
) -> tuple[Check, ...]:
    """Make what is missing, or say what would be made; one line for each mapped field."""
    checks: list[Check] = []
    for kind, used in wanted.items():
        try:
            known = await fields.read(kind)
        except ConnectorError as error:
            checks += [Check.fail(line(kind, each), str(error), remedy=_BY_HAND) for each in used]
            continue
        # One after the other: a company's writes are few in two seconds.
        checks += [await _one(client, kind, known, each, dry=dry) for each in used]
    fields.forget()
    return tuple(checks)


async def _one(client: PipedriveClient, kind: str, known: Known, each: Wanted, *, dry: bool) -> Check:
    try:
        found = known.find(each.name)
        if found is None:
            return await _make(client, kind, each, dry=dry)
        lacking = lacking_options(each, found)
        if not lacking:
            return Check.ok(line(kind, each), "there already")
        said = ", ".join(LABELS[value] for value in lacking)
        if dry:
            return Check.ok(line(kind, each), f"options would be made: {said}")
        content = [{"label": LABELS[value]} for value in lacking]
        path = f"{PATHS[kind]}/{found.field_code}/options"
        await _write(client, kind, f"add options to the field {found.field_code}", path, content)
        return Check.ok(line(kind, each), f"options made: {said}")
    except ConnectorError as error:
        return Check.fail(line(kind, each), str(error), expected=each.name, remedy=_BY_HAND)


async def _make(client: PipedriveClient, kind: str, each: Wanted, *, dry: bool) -> Check:
    if dry:
        return Check.ok(line(kind, each), f"would be made: {each.types[0]}")
    made = await client.write(
        f"make a field of {TITLES[kind]}",
        NEEDS[kind],
        "POST",
        PATHS[kind],
        FieldRecord,
        content=_definition(kind, each),
    )
    return Check.ok(line(kind, each), f"made: {_CODED.format(code=made.field_code)}")


def _definition(kind: str, each: Wanted) -> dict[str, Any]:
    made: dict[str, Any] = {"field_name": each.name, "field_type": each.types[0]}
    if each.types[0] == CHOICE:
        made["options"] = [{"label": LABELS[value]} for value in each.options]
    if kind == "deals":
        # The body for organizations has no description (pipedrive page, section 1).
        made["description"] = f"Raccord: {each.use}"
        made["ui_visibility"] = {"add_visible_flag": False, "details_visible_flag": True}
    return made


async def _write(client: PipedriveClient, kind: str, what: str, path: str, content: Any) -> None:
    await client.write(what, NEEDS[kind], "POST", path, Anything, content=content)


def line(kind: str, each: Wanted) -> str:
    return f"{TITLES[kind]}: {each.name}"
