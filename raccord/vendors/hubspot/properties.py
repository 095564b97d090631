"""Whether HubSpot has the mapped properties, of which type, and what stands in them."""

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from raccord.connectors.connection import Check, CheckState
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.settings import InvoiceNames
from raccord.vendors.hubspot.settings import Mapping as Names
from raccord.vendors.hubspot.wire import Properties, Property, RecordPage

SAMPLE_SIZE, SAMPLE_LENGTH = 100, 100
_TITLES = {"deals": "Deal", "companies": "Company", "line_items": "Line item"}
_STATUSES = ("issued", "paid")
_LATER_STATUSES = ("partially_credited", "credited", "void")
"""An account without them shows no credit notes, and invoices all the same."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mapped property: what it is for and which types fit; `kind` is what HubSpot's form calls it."""

    use: str
    name: str
    kind: str = "single-line text"
    types: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    written: bool = False
    later: tuple[str, ...] = ()
    """Options without which something is left out, and nothing stops."""


async def check_properties(
    client: HubSpotClient, names: Names, *, unread: Collection[str] = ()
) -> tuple[Check, ...]:
    """Check every mapped property: a missing one that is written fails, one that is read warns.

    `unread`: the kinds of records that cannot be read anyway, so that nothing is asked about theirs.
    """
    wanted = {
        "deals": (*_written(names.invoice), *_read("deals", names.deals.properties)),
        "companies": tuple(_read("companies", names.companies.properties)),
        "line_items": tuple(_read("line_items", names.line_items.properties)),
    }
    asked = (_of_kind(client, kind, them) for kind, them in wanted.items() if kind not in unread)
    skipped = (Check.skipped(_all_of(kind), needs=_words(kind)) for kind in wanted if kind in unread)
    return (*(check for checks in await asyncio.gather(*asked) for check in checks), *skipped)


def _written(names: InvoiceNames) -> Iterator[Wanted]:
    text, number = ("string",), ("number", "string")
    yield Wanted("invoice.id", names.id, types=text, written=True)
    yield Wanted("invoice.number", names.number, types=text, written=True)
    yield Wanted("invoice.url", names.url, types=text, written=True)
    yield Wanted(
        "invoice.status",
        names.status,
        "dropdown",
        ("enumeration", "string"),
        _STATUSES,
        written=True,
        later=_LATER_STATUSES,
    )
    yield Wanted("invoice.due_on", names.due_on, "date picker", ("date", "string"), written=True)
    yield Wanted("invoice.amount_net", names.amount_net, "number", number, written=True)
    yield Wanted("invoice.amount_gross", names.amount_gross, "number", number, written=True)
    yield Wanted("invoice.credit_notes", names.credit_notes, types=text)
    yield Wanted("invoice.amount_credited", names.amount_credited, "number", number)


def _read(kind: str, names: Mapping[str, str]) -> Iterator[Wanted]:
    # Numbers lose their leading zeros, dates lose their day in another zone.
    types = {"siren": ("string",), "siret": ("string",), "vat_number": ("string",)}
    forms = {
        "service_date": "date picker",
        "vat_rate": "number",
        "payment_terms_days": "number or single-line text",
        "language": "dropdown",
        "individual": "dropdown",
        "order_number_required": "single checkbox",
    }
    for use, name in names.items():
        yield Wanted(f"{kind}.{use}", name, forms.get(use, "single-line text"), types.get(use, ()))


async def _of_kind(client: HubSpotClient, kind: str, wanted: tuple[Wanted, ...]) -> list[Check]:
    used = tuple(each for each in wanted if each.name)
    if not used:
        return []
    try:
        existing, sample = await asyncio.gather(
            client.get(
                Operation(f"list the properties of {kind}", f"crm.schemas.{kind}.read"),
                paths.properties(kind),
                Properties,
            ),
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
    known = {each.name: each for each in existing.results}
    return [_check(kind, each, known.get(each.name), _sample(sample, each.name)) for each in used]


def _all_of(kind: str) -> str:
    return f"properties of {_words(kind)}"


def _words(kind: str) -> str:
    return kind.replace("_", " ")


def _check(kind: str, wanted: Wanted, found: Property | None, sample: str) -> Check:
    state, said, remedy = CheckState.OK, f"{wanted.name}: {sample or 'empty so far'}", ""
    bad = CheckState.FAIL if wanted.written else CheckState.WARN
    place = f"Settings > Properties > {_TITLES[kind]} properties"
    if found is None:
        state, said = bad, "does not exist"
        options = _with_options((*wanted.options, *wanted.later))
        remedy = (
            f"Create it in HubSpot ({place}): internal name {wanted.name}, type {wanted.kind}{options}. "
            f"Or correct mapping.{wanted.use}, empty if not used."
        )
    elif wanted.types and found.type not in wanted.types:
        state, said = bad, f"{wanted.name} is of type {found.type}"
        remedy = (
            f"A property's type cannot hold what is kept there: create another one ({place}), type "
            f"{wanted.kind}, and name it as mapping.{wanted.use}."
        )
    elif missing := _lacking(found, (*wanted.options, *wanted.later)):
        state = bad if any(o in wanted.options for o in missing) else CheckState.WARN
        said = f"{wanted.name} does not offer {', '.join(missing)}"
        remedy = f"Add the option in HubSpot ({place} > {wanted.name}), internal name {', '.join(missing)}."
    elif wanted.written and found.modification_metadata and found.modification_metadata.read_only_value:
        state, said = bad, f"{wanted.name} is read-only"
        remedy = f"Name a property that can be written as mapping.{wanted.use}."
    return Check(name=f"mapping.{wanted.use}", state=state, found=said, expected=wanted.name, remedy=remedy)


def _lacking(found: Property, options: tuple[str, ...]) -> list[str]:
    offered = {each.value for each in found.options}
    return [option for option in options if found.type == "enumeration" and option not in offered]


def _with_options(options: tuple[str, ...]) -> str:
    return f" with the option {', '.join(options)} (internal name)" if options else ""


def _sample(page: RecordPage, name: str) -> str:
    values = (record.text(name) for record in page.results)
    return next((f"e.g. {cut(value, SAMPLE_LENGTH)}" for value in values if value), "")
