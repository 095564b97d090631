"""Which deal is meant: by its id, the address of its page, its invoice's number, or its name."""

from datetime import UTC, date, datetime
from functools import partial

from raccord.connectors.crm import CrmReader
from raccord.connectors.errors import ConnectorError
from raccord.domain.values.clock import a_year_before
from raccord.domain.values.deal import DealRef
from raccord.domain.values.listed import ListedDeal
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.settings.configuration import Configuration
from starters.cli.common import fail
from starters.cli.display import shown
from starters.cli.dunning.books import patiently

_MOST_PARTS = 20
"""Of the CRM's list, through which a name is looked for: a person waits, and HubSpot gives five a second."""
_MOST_SHOWN = 10


async def deal_of(configuration: Configuration, typed: str, reader: CrmReader, records: Records) -> DealRef:
    """Return the company's deal that was named, as `deal_meant` does; by its name within a year."""
    since = a_year_before(configuration.settings.clock.date_of(datetime.now(UTC)))
    crm, billing = configuration.crm.name, configuration.billing.name
    return await deal_meant(typed, crm, billing, reader, records, since=since)


async def deal_meant(
    typed: str, crm: str, billing: str, reader: CrmReader, records: Records, *, since: date
) -> DealRef:
    """Return the deal that was named, or end the command with what would name one.

    A name is looked for among the deals won since a business date and those that show an invoice.
    """
    wanted = typed.strip()
    if not wanted:
        fail(message("story.typed.name_one"))
    match await records.links.deals_of_number(wanted, billing):
        case (deal,):
            return deal
        case (_, *_) as several:
            deals = tuple(each.id for each in several)
            fail(message("story.typed.of_several", number=shown(wanted), deals=deals), status=1)
    *_, last = wanted.split("?")[0].split("#")[0].rstrip("/").split("/")
    shape = reader.capabilities.deal_id
    if shape.fits(last):
        return DealRef(connection=crm, id=last)
    match await _called(wanted, reader, since):
        case (one,):
            return DealRef(connection=crm, id=one.id)
        case (_, *_) as alike:
            names = (f"  {each.id}  {shown(each.name)}" for each in alike[:_MOST_SHOWN])
            fail(message("story.typed.several", count=len(alike)), *names, status=1)
    fail(message("story.typed.no_deal", typed=shown(wanted), shape=shape.said, day=since))


async def _called(wanted: str, crm: CrmReader, since: date) -> tuple[ListedDeal, ...]:
    """Return the deals of exactly this name, else those that contain it; none where the CRM is silent."""
    sought = " ".join(wanted.split()).casefold()
    found: list[ListedDeal] = []
    after = ""
    for _ in range(_MOST_PARTS):
        try:
            page = await patiently(partial(crm.list_deals, won_from=since, after=after))
        except ConnectorError:
            break
        found += [each for each in page.deals if sought in " ".join(each.name.split()).casefold()]
        if not (after := page.after):
            break
    exactly = [each for each in found if " ".join(each.name.split()).casefold() == sought]
    return tuple(exactly or found)
