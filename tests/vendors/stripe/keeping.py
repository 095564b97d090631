"""Stripe's customers, as the suite for keeping them in step meets them."""

from raccord.domain.values.details import Details, Field
from sandbox.stripe.person import StripePerson
from tests.connectors.conformance.keeping import Keeping
from tests.connectors.conformance.lab import Lab
from tests.vendors.stripe.conformance import CASES

_NUMBERS = {Field.SIREN: "fr_siren", Field.SIRET: "fr_siret", Field.VAT_NUMBER: "eu_vat"}


class StripeKeeping(Keeping):
    vendor = "stripe"
    case = CASES[0]
    edits_to_write = 5

    async def make(self, lab: Lab, details: Details) -> str:
        person, address = StripePerson(lab.http), details.address
        place = {
            "line1": address.line1,
            "line2": address.line2,
            "postal_code": address.postal_code,
            "city": address.city,
            "country": address.country or "",
        }
        plain = {"name": details.name, "email": details.email, "phone": details.phone}
        filled = plain | {f"address[{name}]": text for name, text in place.items()}
        made = await person.post("/v1/customers", **{name: text for name, text in filled.items() if text})
        for field, kind in _NUMBERS.items():
            if number := getattr(details, field):
                await person.add_number(made["id"], kind, number)
        return str(made["id"])

    async def edit(self, lab: Lab, record: str, field: Field, value: str) -> None:
        if field in _NUMBERS:
            await StripePerson(lab.http).change_number(record, _NUMBERS[field], value)
        else:
            await StripePerson(lab.http).edit_customer(record, **{field.value: value})

    async def delete(self, lab: Lab, record: str) -> None:
        await StripePerson(lab.http).delete_customer(record)

    async def numbers(self, lab: Lab, record: str) -> list[str]:
        return sorted(value for _, value in await StripePerson(lab.http).numbers(record))


KEEPING = StripeKeeping()
