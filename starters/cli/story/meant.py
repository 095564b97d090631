"""Which deal is meant: by its id, the address of its page, or the number of its invoice."""

from raccord.connectors.capabilities import IdShape
from raccord.domain.values.deal import DealRef
from raccord.records.records import Records
from starters.cli.common import fail
from starters.cli.display import shown


async def deal_meant(typed: str, crm: str, billing: str, shape: IdShape, records: Records) -> DealRef:
    """Return the deal that was named, or end the command with what would name one."""
    wanted = typed.strip()
    if not wanted:
        fail("name the deal: by its id in the CRM, the address of its page, or the number of its invoice.")
    match await records.links.deals_of_number(wanted, billing):
        case (deal,):
            return deal
        case (_, *_) as several:
            ids = ", ".join(each.id for each in several)
            fail(f"invoice {shown(wanted)} is of several deals: {ids}. Name one of them.", status=1)
    *_, last = wanted.split("?")[0].split("#")[0].rstrip("/").split("/")
    if not shape.fits(last):
        fail(
            f"{shown(wanted)} is no id of a deal ({shape.said}), no address of one, and no number of an "
            "invoice that Raccord made."
        )
    return DealRef(connection=crm, id=last)
