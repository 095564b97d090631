"""Fills the account with the seeded records, the dirty ones as dirty as they are."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.data import rows
from sandbox.hubspot import year
from sandbox.hubspot.crm import Crm
from sandbox.hubspot.kinds import KINDS, LINKS, plain_link
from sandbox.hubspot.records import iso

_PRIMARY_COMPANY = LINKS["deals", "companies", 5]
_PRIMARY_EMPLOYER = LINKS["contacts", "companies", 1]
_BILLING_CONTACT = LINKS["contacts", "companies", 931]
_AGE = timedelta(days=20)


def load(crm: Crm, *, a_year: bool = False) -> None:
    """Owners, companies, contacts, then deals with their line items; won over `a_year`, or open."""
    created = datetime.now(UTC) - _AGE
    for owner in rows("owners"):
        stamps = {"createdAt": iso(created), "updatedAt": iso(created), "archived": False, "type": "PERSON"}
        crm.owners[owner["id"]] = {
            **owner,
            "userIdIncludingInactive": owner["userId"],
            "teams": [],
            **stamps,
        }
    for company in rows("companies"):
        _put(crm, "companies", company, created)
    for contact in rows("contacts"):
        _put(crm, "contacts", contact, created)
        crm.links.add("contacts", contact["id"], contact["company"], _PRIMARY_EMPLOYER)
        crm.links.add("contacts", contact["id"], contact["company"], plain_link("contacts", "companies"))
        if contact["billing"]:
            crm.links.add("contacts", contact["id"], contact["company"], _BILLING_CONTACT)
    for place, deal in enumerate(rows("deals")):
        its = {**deal, "properties": year.won(deal, place, datetime.now(UTC))} if a_year else deal
        _load_deal(crm, its, created)
    if a_year:
        year.disorder(crm, created)


def _load_deal(crm: Crm, deal: dict[str, Any], created: datetime) -> None:
    _put(crm, "deals", deal, created)
    for company in deal["companies"]:
        if company["primary"]:
            crm.links.add("deals", deal["id"], company["id"], _PRIMARY_COMPANY)
        crm.links.add("deals", deal["id"], company["id"], plain_link("deals", "companies"))
    for contact in deal["contacts"]:
        crm.links.add("deals", deal["id"], contact, plain_link("deals", "contacts"))
    for line in deal["lines"]:
        _put(crm, "line_items", line, created)
        crm.links.add("deals", deal["id"], line["id"], plain_link("deals", "line_items"))


def _put(crm: Crm, kind: str, row: dict[str, Any], created: datetime) -> None:
    known = crm.schemas[kind].properties
    values = {name: value for name, value in row["properties"].items() if name in known}
    crm.load(KINDS[kind], row["id"], values, created=created)
