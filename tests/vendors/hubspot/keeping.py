"""HubSpot's companies, as the suite for keeping them in step meets them."""

from raccord.domain.values.details import Details, Field
from sandbox.hubspot.person import HubSpotPerson
from tests.connectors.conformance.keeping import Keeping
from tests.connectors.conformance.lab import Lab
from tests.vendors.hubspot.conformance import CASES

_COUNTRIES = {"FR": "France", "BE": "Belgique"}
_NAMES = {Field.EMAIL: "billing_email"}


class HubSpotKeeping(Keeping):
    vendor = "hubspot"
    case = CASES[0]
    edits_to_write = 1

    async def make(self, lab: Lab, details: Details) -> str:
        address = details.address
        properties = {
            "name": details.name,
            "phone": details.phone,
            "billing_email": details.email,
            "address": address.line1,
            "address2": address.line2,
            "city": address.city,
            "zip": address.postal_code,
            "country": _COUNTRIES.get(address.country or "", ""),
            "siren": details.siren,
            "vat_number": details.vat_number,
        }
        filled = {name: text for name, text in properties.items() if text}
        return await HubSpotPerson(lab.http).create("companies", filled)

    async def edit(self, lab: Lab, record: str, field: Field, value: str) -> None:
        await HubSpotPerson(lab.http).edit("companies", record, **{_NAMES.get(field, field.value): value})

    async def delete(self, lab: Lab, record: str) -> None:
        await HubSpotPerson(lab.http).delete("companies", record)

    async def numbers(self, lab: Lab, record: str) -> list[str]:
        found = await HubSpotPerson(lab.http).values("companies", record, "siren", "vat_number")
        return sorted(value for name, value in found.items() if name in ("siren", "vat_number") and value)


KEEPING = HubSpotKeeping()
