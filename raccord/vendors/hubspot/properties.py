"""Whether HubSpot has the mapped properties, of which type, and what stands in them."""

import asyncio
from collections.abc import Collection, Iterable, Iterator, Mapping

from raccord.connectors.connection import Check, CheckState, in_its_words
from raccord.connectors.crm import VAT_RATES
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.message import Message, Text, message
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.settings import LineItemNames
from raccord.vendors.hubspot.settings import Mapping as Names
from raccord.vendors.hubspot.translation import TAX_RATE, TAX_RATES
from raccord.vendors.hubspot.wanted import (
    CHECKBOX,
    DATE,
    DROPDOWN,
    LINES,
    NUMBER,
    TEXT,
    Wanted,
    wanted,
)
from raccord.vendors.hubspot.wire import Properties, Property, RecordPage

SAMPLE_SIZE, SAMPLE_LENGTH = 100, 100
DROPDOWN_TYPE = "enumeration"
NAMES: Mapping[str, Text] = {
    "deals": message("check.deals"),
    "companies": message("check.companies"),
    "contacts": "contacts",
    "line_items": message("check.line_items"),
    "owners": message("check.owners"),
    "tasks": message("check.tasks"),
}
"""What kinds of records are called."""
_PLACES = {
    "deals": message("hubspot.place.deals"),
    "companies": message("hubspot.place.companies"),
    "line_items": message("hubspot.place.line_items"),
}
KIND_WORDS = {
    TEXT: message("hubspot.type.text"),
    LINES: message("hubspot.type.lines"),
    DATE: message("hubspot.type.date"),
    NUMBER: message("hubspot.type.number"),
    DROPDOWN: message("hubspot.type.dropdown"),
    CHECKBOX: message("hubspot.type.checkbox"),
}
"""What HubSpot's form calls the types of properties."""


_MISSING = message("hubspot.no_property")
_RATES_REMEDY = message("hubspot.rates_remedy", setting=TAX_RATES)


async def check_properties(
    client: HubSpotClient, names: Names, *, unread: Collection[str] = ()
) -> tuple[Check, ...]:
    """Check every mapped property: a missing one that is written fails, one that is read warns.

    `unread`: the kinds of records that cannot be read anyway, so that nothing is asked about theirs.
    """
    mapped = wanted(names)
    asked = (_of_kind(client, kind, them) for kind, them in mapped.items() if kind not in unread)
    skipped = (Check.skipped(_all_of(kind), needs=NAMES[kind]) for kind in mapped if kind in unread)
    found = (check for checks in await asyncio.gather(*asked) for check in checks)
    rated = found if "line_items" in unread else _vat_rates(names.line_items, found)
    return (*rated, *skipped)


async def _of_kind(client: HubSpotClient, kind: str, used: tuple[Wanted, ...]) -> list[Check]:
    if not used:
        return []
    try:
        known, sample = await asyncio.gather(
            existing_properties(client, kind),
            client.get(
                Operation(f"list {kind}", f"crm.objects.{kind}.read"),
                paths.records(kind),
                RecordPage,
                ("limit", str(SAMPLE_SIZE)),
                *(("properties", each.name) for each in used),
            ),
        )
    except ConnectorError as error:
        return [
            Check.warn(
                _all_of(kind),
                in_its_words(error),
                expected=", ".join(each.name for each in used),
                remedy=message("hubspot.compare_mapping"),
            )
        ]
    return [_check(kind, each, known.get(each.name), _sample(sample, each.name)) for each in used]


def _vat_rates(names: LineItemNames, checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks, with what a line's VAT rate comes from where it is not a property of the line."""
    found = {check.name: check for check in checks}
    own = found.get(VAT_RATES)
    if names.tax_rates and (own is None or own.seen == _MISSING):
        found[VAT_RATES] = Check.ok(
            VAT_RATES, message("hubspot.rates_mapped", field=TAX_RATE, count=len(names.tax_rates))
        )
    elif not names.vat_rate:
        found[VAT_RATES] = Check.warn(VAT_RATES, message("hubspot.no_rate_property"), remedy=_RATES_REMEDY)
    elif own and own.seen == _MISSING:
        found[VAT_RATES] = own.model_copy(update={"advice": _RATES_REMEDY})
    yield from found.values()


async def existing_properties(client: HubSpotClient, kind: str) -> dict[str, Property]:
    """Return the properties that records of one kind have, by name."""
    operation = Operation(f"list the properties of {kind}", f"crm.schemas.{kind}.read")
    found = await client.get(operation, paths.properties(kind), Properties)
    return {each.name: each for each in found.results}


async def lacks(client: HubSpotClient, kind: str, name: str) -> bool:
    """Say whether the account has no such property; where it does not tell, it is taken to have it."""
    try:
        return name not in await existing_properties(client, kind)
    except ConnectorError:
        return False


def _all_of(kind: str) -> Message:
    return message("hubspot.properties_of", kind=NAMES[kind])


def by_hand(kind: str, mapped: Wanted) -> Message:
    """Say how a person makes a property."""
    place, words, options = _PLACES[kind], KIND_WORDS[mapped.kind], (*mapped.options, *mapped.later)
    if not options:
        return message("hubspot.by_hand", place=place, name=mapped.name, kind=words, use=mapped.use)
    return message(
        "hubspot.by_hand_options",
        place=place,
        name=mapped.name,
        kind=words,
        use=mapped.use,
        options=options,
        count=len(options),
    )


def fits(mapped: Wanted, found: Property) -> bool:
    """Whether a property can hold what is written there; a dropdown's options are another question."""
    return not _of_another_type(mapped, found) and not _read_only(found)


def lacking_options(mapped: Wanted, found: Property) -> list[str]:
    """Return the options that a dropdown which is written should offer and does not."""
    offered = {each.value for each in found.options}
    needed = (*mapped.options, *mapped.later) if mapped.written and found.type == DROPDOWN_TYPE else ()
    return [option for option in needed if option not in offered]


def _of_another_type(mapped: Wanted, found: Property) -> bool:
    return bool(mapped.types) and found.type not in mapped.types


def _read_only(found: Property) -> bool:
    return found.modification_metadata is not None and found.modification_metadata.read_only_value


def _check(kind: str, mapped: Wanted, found: Property | None, sample: str) -> Check:
    name, state = mapped.name, CheckState.OK
    remedy: Text = ""
    said = (
        message("hubspot.example", name=name, sample=sample)
        if sample
        else message("hubspot.empty", name=name)
    )
    bad = CheckState.FAIL if mapped.written else CheckState.WARN
    place = _PLACES[kind]
    if found is None:
        state, said = bad, _MISSING
        remedy = message("hubspot.made_by_setup", by_hand=by_hand(kind, mapped))
    elif _of_another_type(mapped, found):
        state, said = bad, message("hubspot.of_type", name=mapped.name, type=found.type)
        remedy = message("hubspot.wrong_type", place=place, kind=KIND_WORDS[mapped.kind], use=mapped.use)
    elif missing := lacking_options(mapped, found):
        state = bad if any(option in mapped.options for option in missing) else CheckState.WARN
        said = message("hubspot.lacks_options", name=mapped.name, options=tuple(missing))
        remedy = message("hubspot.add_options", place=place, name=mapped.name, options=tuple(missing))
    elif mapped.written and _read_only(found):
        state, said = bad, message("hubspot.read_only", name=mapped.name)
        remedy = message("hubspot.name_writable", use=mapped.use)
    return Check(
        title=f"mapping.{mapped.use}", state=state, seen=said, wanted=name, advice=remedy, flow=mapped.flow
    )


def _sample(page: RecordPage, name: str) -> str:
    values = (record.text(name) for record in page.results)
    return next((cut(value, SAMPLE_LENGTH) for value in values if value), "")
