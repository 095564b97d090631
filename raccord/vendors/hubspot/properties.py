"""Whether HubSpot has the mapped properties, of which type, and what stands in them."""

import asyncio
from collections.abc import Collection, Iterable, Iterator

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.crm import VAT_RATES
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.settings import LineItemNames
from raccord.vendors.hubspot.settings import Mapping as Names
from raccord.vendors.hubspot.translation import TAX_RATE, TAX_RATES
from raccord.vendors.hubspot.wanted import Wanted, wanted
from raccord.vendors.hubspot.wire import Properties, Property, RecordPage

SAMPLE_SIZE, SAMPLE_LENGTH = 100, 100
DROPDOWN_TYPE = "enumeration"
_TITLES = {"deals": "Deal", "companies": "Company", "line_items": "Line item"}


_MISSING = "does not exist"
_RATES_REMEDY = (
    "Run `raccord setup`, which makes the property, and fill it on your products; or set [vat] default_rate "
    f"for lines without a rate; or name HubSpot's own tax rates in {TAX_RATES}."
)


async def check_properties(
    client: HubSpotClient, names: Names, *, unread: Collection[str] = ()
) -> tuple[Check, ...]:
    """Check every mapped property: a missing one that is written fails, one that is read warns.

    `unread`: the kinds of records that cannot be read anyway, so that nothing is asked about theirs.
    """
    mapped = wanted(names)
    asked = (_of_kind(client, kind, them) for kind, them in mapped.items() if kind not in unread)
    skipped = (Check.skipped(_all_of(kind), needs=_words(kind)) for kind in mapped if kind in unread)
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
                str(error),
                expected=", ".join(each.name for each in used),
                remedy="Compare the mapping with HubSpot (Settings > Properties) by hand.",
            )
        ]
    return [_check(kind, each, known.get(each.name), _sample(sample, each.name)) for each in used]


def _vat_rates(names: LineItemNames, checks: Iterable[Check]) -> Iterator[Check]:
    """Yield the checks, with what a line's VAT rate comes from where it is not a property of the line."""
    found = {check.name: check for check in checks}
    own = found.get(VAT_RATES)
    if names.tax_rates and (own is None or own.found == _MISSING):
        found[VAT_RATES] = Check.ok(VAT_RATES, f"{TAX_RATE}: {len(names.tax_rates)} tax rates are mapped")
    elif not names.vat_rate:
        found[VAT_RATES] = Check.warn(VAT_RATES, "no property is named", remedy=_RATES_REMEDY)
    elif own and own.found == _MISSING:
        found[VAT_RATES] = own.model_copy(update={"remedy": _RATES_REMEDY})
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


def _all_of(kind: str) -> str:
    return f"properties of {_words(kind)}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def by_hand(kind: str, mapped: Wanted) -> str:
    """Say how a person makes a property."""
    options = _with_options((*mapped.options, *mapped.later))
    return (
        f"Create it in HubSpot ({_place(kind)}): internal name {mapped.name}, type {mapped.kind}{options}. "
        f"Or correct mapping.{mapped.use}, empty if not used."
    )


def _place(kind: str) -> str:
    return f"Settings > Properties > {_TITLES[kind]} properties"


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
    state, said, remedy = CheckState.OK, f"{mapped.name}: {sample or 'empty so far'}", ""
    bad = CheckState.FAIL if mapped.written else CheckState.WARN
    place = _place(kind)
    if found is None:
        state, said = bad, _MISSING
        remedy = f"Run `raccord setup`, which makes it, or do so by hand. {by_hand(kind, mapped)}"
    elif _of_another_type(mapped, found):
        state, said = bad, f"{mapped.name} is of type {found.type}"
        remedy = (
            f"A property's type cannot hold what is kept there: create another one ({place}), type "
            f"{mapped.kind}, and name it as mapping.{mapped.use}."
        )
    elif missing := lacking_options(mapped, found):
        state = bad if any(option in mapped.options for option in missing) else CheckState.WARN
        said = f"{mapped.name} does not offer {', '.join(missing)}"
        remedy = f"Add the option in HubSpot ({place} > {mapped.name}), internal name {', '.join(missing)}."
    elif mapped.written and _read_only(found):
        state, said = bad, f"{mapped.name} is read-only"
        remedy = f"Name a property that can be written as mapping.{mapped.use}."
    return Check(
        name=f"mapping.{mapped.use}",
        state=state,
        found=said,
        expected=mapped.name,
        remedy=remedy,
        flow=mapped.flow,
    )


def _with_options(options: tuple[str, ...]) -> str:
    if not options:
        return ""
    words = ("option", "internal name") if len(options) == 1 else ("options", "internal names")
    return f" with the {words[0]} {', '.join(options)} ({words[1]})"


def _sample(page: RecordPage, name: str) -> str:
    values = (record.text(name) for record in page.results)
    return next((f"e.g. {cut(value, SAMPLE_LENGTH)}" for value in values if value), "")
