"""Pipedrive's organizations, as the suite for keeping them in step meets them."""

import time

from raccord.domain.values.details import Details, Field
from sandbox.pipedrive.person import PipedrivePerson
from tests.connectors.conformance.keeping import Keeping
from tests.connectors.conformance.lab import Lab
from tests.vendors.pipedrive.account import Account
from tests.vendors.pipedrive.conformance import CASES

_COUNTRIES = {"FR": "France", "BE": "Belgique"}
_NAMES = {
    Field.EMAIL: "E-mail de facturation",
    Field.PHONE: "Téléphone",
    Field.SIREN: "SIREN",
    Field.VAT_NUMBER: "N° de TVA",
}


class PipedriveKeeping(Keeping):
    vendor = "pipedrive"
    case = CASES[0]
    edits_to_write = 1

    async def make(self, lab: Lab, details: Details) -> str:
        person, place = PipedrivePerson(lab.http), details.address
        parts = (place.line1, place.line2, f"{place.postal_code} {place.city}")
        typed = ", ".join(filter(None, (*parts, _COUNTRIES.get(place.country or ""))))
        made = await person.create("organization", name=details.name, address={"value": typed})
        named = {name: getattr(details, field) for field, name in _NAMES.items() if getattr(details, field)}
        await person.set_fields("organization", made, **named)
        return str(made)

    async def edit(self, lab: Lab, record: str, field: Field, value: str) -> None:
        await PipedrivePerson(lab.http).set_fields("organization", int(record), **{_NAMES[field]: value})

    async def edit_in(self, seconds: int, /, lab: Lab, record: str, field: Field, value: str) -> None:
        code = await Account(lab.http).code("organizationFields", _NAMES[field])
        await PipedrivePerson(lab.http).call(
            "PATCH",
            f"/api/v2/organizations/{record}",
            json={"custom_fields": {code: value}},
            headers={"X-Sandbox-At": str(int(time.time()) + seconds)},
        )

    async def delete(self, lab: Lab, record: str) -> None:
        await PipedrivePerson(lab.http).delete("organization", int(record))

    async def numbers(self, lab: Lab, record: str) -> list[str]:
        custom = (await PipedrivePerson(lab.http).shown("organization", int(record)))["custom"]
        names = (_NAMES[Field.SIREN], _NAMES[Field.VAT_NUMBER])
        return sorted(custom[name] for name in names if custom.get(name))


KEEPING = PipedriveKeeping()
