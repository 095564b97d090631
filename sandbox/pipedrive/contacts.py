"""Organizations and persons (pipedrive.md 1, 4). Nothing of theirs is unique."""

from sandbox.pipedrive import checks
from sandbox.pipedrive.call import Call
from sandbox.pipedrive.entities import Entity, counted, located, nothing, zero
from sandbox.pipedrive.errors import Json, forbidden
from sandbox.pipedrive.records import Record

_SYNCED = ("postal_address", "notes", "im", "birthday", "job_title")


def persons(call: Call) -> Json:
    """Narrowed by a deal too: the one person that it has."""
    found, deal = call.account.all("person"), call.number("deal_id")
    if deal is not None:
        linked = call.account.find("deal", deal, call.by)["person_id"]
        found = [each for each in found if each.id == linked]
    return PERSONS.listed(call, found)


def _organization(call: Call, _: Record | None, given: Json) -> Json:
    return {"address": located(call, given["address"])} if "address" in given else {}


def _person(call: Call, record: Record | None, given: Json) -> Json:
    """The name in two parts; what Contact Sync alone brings is refused without it (pipedrive.md 4)."""
    sent = call.body if isinstance(call.body, dict) else {}
    if not call.settings.contact_sync and (named := [name for name in _SYNCED if name in sent]):
        raise forbidden(f"Contact sync is not enabled: {named[0]} cannot be set")
    settled: Json = {}
    if "name" in given or record is None:
        first, _, last = str(given["name"] or "").partition(" ")
        settled = {"first_name": first, "last_name": last or None}
    if "postal_address" in given:
        settled["postal_address"] = located(call, given["postal_address"])
    return settled


def _shown_organization(_: Call, record: Record) -> Json:
    return {**record.values, "is_deleted": record.deleted is not None}


def _shown_person(call: Call, record: Record) -> Json:
    hidden = () if call.settings.contact_sync else _SYNCED
    values = {name: value for name, value in record.values.items() if name not in hidden}
    return {**values, "is_deleted": record.deleted is not None}


_COUNTS = {
    "next_activity_id": nothing,
    "last_activity_id": nothing,
    "email_messages_count": zero,
    "files_count": zero,
    "followers_count": zero,
    "smart_bcc_email": nothing,
}
ORGANIZATIONS = Entity(
    kind="organization",
    blank={
        "name": "",
        "owner_id": 0,
        "address": None,
        "visible_to": 3,
        "label_ids": [],
        "website": None,
        "linkedin": None,
        "industry": None,
        "annual_revenue": None,
        "employee_count": None,
    },
    checks={
        "name": checks.text(empty=False, null=False),
        "owner_id": checks.link("user"),
        "visible_to": checks.one_of(1, 3, 5, 7),
        "label_ids": checks.whole_list,
        "address": checks.address,
        "website": checks.text(),
        "linkedin": checks.text(),
        "industry": checks.whole(null=True),
        "annual_revenue": checks.whole(null=True),
        "employee_count": checks.whole(null=True),
    },
    required=("name",),
    settle=_organization,
    shown=_shown_organization,
    links=("owner_id",),
    optional={
        **_COUNTS,
        "people_count": counted("person", "org_id"),
        "open_deals_count": counted("deal", "org_id", status="open"),
        "won_deals_count": counted("deal", "org_id", status="won"),
        "lost_deals_count": counted("deal", "org_id", status="lost"),
        "notes_count": counted("note", "org_id"),
        "activities_count": counted("activity", "org_id"),
        "done_activities_count": counted("activity", "org_id", done=True),
        "undone_activities_count": counted("activity", "org_id", done=False),
    },
)
PERSONS = Entity(
    kind="person",
    blank={
        "name": "",
        "first_name": None,
        "last_name": None,
        "owner_id": 0,
        "org_id": None,
        "emails": [],
        "phones": [],
        "visible_to": 3,
        "label_ids": [],
        "picture_id": None,
        "postal_address": None,
        "notes": None,
        "im": [],
        "birthday": None,
        "job_title": None,
    },
    checks={
        "name": checks.text(empty=False, null=False),
        "owner_id": checks.link("user"),
        "org_id": checks.link("organization"),
        "emails": checks.reached,
        "phones": checks.reached,
        "visible_to": checks.one_of(1, 3, 5, 7),
        "label_ids": checks.whole_list,
        "postal_address": checks.address,
        "notes": checks.text(most=65_000),
        "im": checks.reached,
        "birthday": checks.day,
        "job_title": checks.text(),
    },
    required=("name",),
    settle=_person,
    shown=_shown_person,
    links=("owner_id", "org_id"),
    optional={
        **_COUNTS,
        "open_deals_count": counted("deal", "person_id", status="open"),
        "won_deals_count": counted("deal", "person_id", status="won"),
        "lost_deals_count": counted("deal", "person_id", status="lost"),
        "notes_count": counted("note", "person_id"),
        "last_incoming_mail_time": nothing,
        "last_outgoing_mail_time": nothing,
    },
)
