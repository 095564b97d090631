"""A company's details as HubSpot keeps them: read with who edited them, and written.

A read is one request; two more where the company has no e-mail of its own, for its billing contact, and one
for each person who edited something and was not named lately. A write is one request after such a read.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from raccord.connectors.details import look_again, unwritten
from raccord.connectors.errors import NotFound, Permanent
from raccord.connectors.http.errors import Operation
from raccord.domain.values.details import Changes, Field, Sight
from raccord.domain.values.message import RecordKind, RecordName
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.billing_contacts import BillingContacts
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.edits import Edits
from raccord.vendors.hubspot.facts import Facts
from raccord.vendors.hubspot.kept import ADDRESS, Kept, mapped
from raccord.vendors.hubspot.records import Records
from raccord.vendors.hubspot.settings import HubSpotSettings
from raccord.vendors.hubspot.translation import PERSON, company_page
from raccord.vendors.hubspot.wire import Identified

COMPANY_WRITE = "crm.objects.companies.write"
_EVERYWHERE = (Field.NAME, Field.EMAIL, Field.PHONE, Field.ADDRESS)
_OWNER = "hubspot_owner_id"
_COMPANY = ("name", "phone", *ADDRESS)
_PERSON = ("firstname", "lastname", "email", "phone", *ADDRESS)
_KINDS = {"companies": "company", "contacts": "contact"}


class CompanyDetails:
    """The details of the companies of one HubSpot account, and of contacts who are private persons."""

    def __init__(self, client: HubSpotClient, records: Records, settings: HubSpotSettings) -> None:
        self._client = client
        self._records = records
        self._names = settings.mapping.companies
        self._billing = BillingContacts(records, settings.mapping.contacts.billing_labels)
        self._edits = Edits(client, Facts(client), settings)
        self._account_id = settings.account_id

    @property
    def keeps(self) -> frozenset[Field]:
        return frozenset((*_EVERYWHERE, *mapped(self._names)))

    async def read(self, record_id: str) -> Sight:
        kept = await self._find(record_id, history=True)
        if kept is None:
            person = record_id.startswith(PERSON)
            kind = RecordKind.CONTACT if person else RecordKind.COMPANY
            return Sight(record=RecordName(kind=kind, id=record_id), gone=True)
        details, places = kept.details, kept.places
        edits = {field: await self._edits.of(at.record, at.properties) for field, at in places.items()}
        return Sight(
            record=RecordName(
                kind=RecordKind.CONTACT if kept.person else RecordKind.COMPANY,
                id=f"{PERSON if kept.person else ''}{kept.record.id}",
                name=details.name,
            ),
            url=company_page(self._account_id, kept.record.id, person=kept.person),
            details=details,
            edits={field: edit for field, edit in edits.items() if edit},
            keeps=frozenset(places),
            # A private person is told of as the contact that they are.
            also=tuple(
                RecordName(kind=RecordKind.CONTACT, id=each.id)
                for each in (kept.billing, kept.record if kept.person else None)
                if each
            ),
            owner_id=kept.record.text(_OWNER),
        )

    async def write(self, record_id: str, changes: Changes) -> None:
        """Write what does not say yet what it shall, each record in one request; see the port."""
        if (kept := await self._find(record_id, history=False)) is None:
            raise NotFound(f"HubSpot has no record {record_id} any more.")
        left = unwritten(changes, kept.details, f"company {record_id}")
        if elsewhere := sorted(left - kept.places.keys()):
            raise look_again(elsewhere[0], f"company {record_id}")
        for kind in _KINDS:
            fields = [field for field in sorted(left) if kept.places[field].kind == kind]
            if patch := {field: kept.patch(field, changes.details) for field in fields}:
                await self._patch(kind, kept.places[fields[0]].record.id, patch)

    async def _patch(self, kind: str, record_id: str, patch: dict[Field, dict[str, str]]) -> None:
        properties = {name: value for values in patch.values() for name, value in values.items()}
        what = f"change the {_KINDS[kind]} {record_id}"
        with _naming(patch):
            await self._client.patch(
                Operation(what, f"crm.objects.{kind}.write", write=True),
                paths.record(kind, record_id),
                {"properties": properties},
                Identified,
            )

    async def _find(self, record_id: str, *, history: bool) -> Kept | None:
        if (person := record_id.removeprefix(PERSON)) != record_id:
            found = await self._records.historied("contacts", person, (*_PERSON, _OWNER), history=history)
            return Kept(found, self._names, person=True) if found else None
        names = (*_COMPANY, _OWNER, *mapped(self._names).values())
        found = await self._records.historied("companies", record_id, names, history=history)
        if found is None or found.text(self._names.billing_email):
            return Kept(found, self._names) if found else None
        people = await self._billing.of(found.id)
        if len(people) != 1:
            return Kept(found, self._names)
        contact = await self._records.historied("contacts", people[0], ("email",), history=history)
        return Kept(found, self._names, billing=contact)


@contextmanager
def _naming(patch: dict[Field, dict[str, str]]) -> Iterator[None]:
    """Name the field of ours whose property HubSpot refuses: the one it names, or the only one there was."""
    try:
        yield
    except NotFound:
        raise
    except Permanent as error:
        refused = _refused(error.field, patch) or error.field
        raise Permanent(str(error), code=error.code, field=refused, request_id=error.request_id) from error


def _refused(name: str | None, patch: dict[Field, dict[str, str]]) -> str | None:
    named: Iterable[Field] = [field for field, values in patch.items() if name in values]
    only = list(named) or (list(patch) if len(patch) == 1 else [])
    return only[0].value if only else None
