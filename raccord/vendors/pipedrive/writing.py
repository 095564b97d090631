"""The invoice and the money on a deal: what is written, and whether it stands there.

A record is read before it is written, so that what stands there already is not written again; and whether a
PATCH leaves alone the custom fields that it does not name is expected and not documented (pipedrive page,
section 1): what it has lost is put back, once a second read says so too.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from raccord.connectors.errors import Permanent
from raccord.connectors.lengths import cut
from raccord.domain.values.deal import InvoiceFields, PaymentFields
from raccord.domain.values.money import Money, exponent
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import DealReader
from raccord.vendors.pipedrive.fields import Fields, Held
from raccord.vendors.pipedrive.settings import InvoiceNames, PaymentNames
from raccord.vendors.pipedrive.values import certain, parse_number
from raccord.vendors.pipedrive.wanted import CHOICE, LINES, NUMBER, lacking_options, of_part, option
from raccord.vendors.pipedrive.wire import FieldRecord

WRITE = "edit all deals"
LONGEST = 255
"""Of a text on one line (section 1)."""
LONGEST_LINES = 10_000
"""Of a text on several: nobody says how many it takes."""
_REMEDY = "run `raccord setup`, which makes it, or correct the mapping"


class FieldsOnDeals:
    """Shows invoices and payments on deals."""

    def __init__(
        self,
        client: PipedriveClient,
        deals: DealReader,
        fields: Fields,
        invoice: InvoiceNames,
        payment: PaymentNames,
    ) -> None:
        self._client = client
        self._deals = deals
        self._fields = fields
        self._invoice = invoice
        self._payment = payment

    async def write_invoice(self, deal_id: str, fields: InvoiceFields) -> None:
        required, optional = _invoice(self._invoice, fields)
        await self._write(deal_id, required, optional)

    async def shows_invoice(self, deal_id: str, fields: InvoiceFields) -> bool:
        required, optional = _invoice(self._invoice, fields)
        return await self._shown(deal_id, required | optional)

    async def write_payment(self, deal_id: str, fields: PaymentFields) -> None:
        await self._write(deal_id, {}, _paid(self._payment, fields))

    async def shows_payment(self, deal_id: str, fields: PaymentFields) -> bool:
        return await self._shown(deal_id, _paid(self._payment, fields))

    async def lacking(self) -> tuple[str, ...]:
        """Name the mapped fields for payments that the account has not, or without all options."""
        known = await self._fields.known("deals")
        wanted = of_part("payment", self._payment, written=True)
        found = ((each, known.find(each.name)) for each in wanted)
        return tuple(each.name for each, field in found if field is None or lacking_options(each, field))

    async def _write(self, deal_id: str, required: dict[str, str], optional: dict[str, str]) -> None:
        known = await self._fields.known("deals")
        values: dict[str, Any] = {}
        for name, text in (required | optional).items():
            found = known.find(name)
            if found is None:
                if name in optional or not text:
                    continue
                self._fields.forget()
                raise Permanent(
                    f"Pipedrive has no custom field of deals named {name}: {_REMEDY}.",
                    code="field_missing",
                    field=name,
                )
            values |= _value(found, text, name, required=name in required)
        before = await self._deals.record(deal_id)
        changed = {
            code: value for code, value in values.items() if not _equal(before.custom_fields.get(code), value)
        }
        if not changed:
            return
        after = await self._patch(deal_id, changed)
        if put_back(before.custom_fields, after.custom_fields, changed):
            # An answer may tell only what was sent: what stands there says whether anything is lost.
            now = (await self._deals.record(deal_id)).custom_fields
            if lost := put_back(before.custom_fields, now, changed):
                await self._patch(deal_id, lost)

    async def _patch(self, deal_id: str, values: Mapping[str, Any]) -> wire.Deal:
        what = f"write to the deal {deal_id}"
        path, content = f"/api/v2/deals/{deal_id}", {"custom_fields": dict(values)}
        return await self._client.write(what, WRITE, "PATCH", path, wire.Deal, content=content)

    async def _shown(self, deal_id: str, wanted: Mapping[str, str]) -> bool:
        known = await self._fields.known("deals")
        found = Held(known, (await self._deals.record(deal_id)).custom_fields)
        return all(self._same(found, name, text) for name, text in wanted.items())

    def _same(self, held: Held, name: str, wanted: str) -> bool:
        field = held.known.find(name)
        if field is None:
            # Left out of payments; of the invoice's, only what is there can be shown.
            return name in self._payment.used or not wanted
        shown = held.text(name)
        if name == self._invoice.url and shown and wanted:
            return True
        if field.field_type == NUMBER and shown and wanted:
            return parse_number(shown) == Decimal(wanted)
        if field.field_type == CHOICE and wanted and option(field, wanted) is None:
            return name in self._payment.used
        limit = LONGEST_LINES if field.field_type == LINES else LONGEST
        return _words(shown) == _words(cut(wanted, limit))


def put_back(
    before: Mapping[str, Any], after: Mapping[str, Any], changed: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the custom fields that a PATCH cleared, with those that it changed; empty where it kept any.

    One that clears what it does not name clears all of it: where some stayed, somebody emptied the others.
    """
    unnamed = {code: value for code, value in before.items() if value is not None and code not in changed}
    if not unnamed or not after or any(after.get(code) is not None for code in unnamed):
        return {}
    return {code: _sent(value) for code, value in unnamed.items()} | dict(changed)


def _value(field: FieldRecord, text: str, name: str, *, required: bool) -> dict[str, Any]:
    """Return what is sent for a field (section 1): `null` clears it."""
    code, kind = field.field_code, field.field_type
    if not text:
        return {code: None}
    if kind == NUMBER:
        # JSON has no decimals: the shortest text of the number goes out, which is the amount as it was.
        return {code: float(text)}
    if kind != CHOICE:
        return {code: cut(text, LONGEST_LINES if kind == LINES else LONGEST)}
    if (found := option(field, text)) is not None:
        return {code: found}
    if not required:
        return {}
    raise Permanent(
        f"The Pipedrive field {name} has no option for “{text}”: {_REMEDY}.",
        code="option_missing",
        field=name,
    )


def _equal(shown: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(shown, Decimal | int):
        return certain(Decimal(shown)) == Decimal(str(wanted))
    if isinstance(wanted, str) and isinstance(shown, str):
        return _words(shown) == _words(wanted)
    return bool(shown == wanted)


def _sent(value: Any) -> Any:
    """Return what was read as it can be sent."""
    if isinstance(value, dict):
        return {name: _sent(part) for name, part in value.items()}
    return float(value) if isinstance(value, Decimal) else value


def _words(text: str) -> str:
    return "\n".join(line.strip() for line in text.strip().splitlines())


def _invoice(names: InvoiceNames, fields: InvoiceFields) -> tuple[dict[str, str], dict[str, str]]:
    """Return what must be written, and what an account may lack without stopping anything.

    A link that is longer than a field takes is left out: cut, it would lead nowhere.
    """
    required = {
        names.id: fields.invoice_id,
        names.number: fields.number,
        names.url: fields.url if len(fields.url) <= LONGEST else "",
        names.status: fields.status,
        names.due_on: fields.due_on.isoformat() if fields.due_on else "",
        names.amount_net: f"{fields.net:f}",
        names.amount_gross: f"{fields.gross:f}",
    }
    if fields.deposit_number:
        required[names.deposit_number] = fields.deposit_number
    optional = {}
    if fields.credited is not None:
        optional[names.credit_notes] = fields.credit_notes
        optional[names.amount_credited] = f"{fields.credited:f}" if fields.credited else ""
    return _used(required), _used(optional)


def _paid(names: PaymentNames, fields: PaymentFields) -> dict[str, str]:
    one = len({money.currency for money in (*fields.paid, *fields.due)}) == 1
    return _used(
        {
            names.status: fields.status,
            names.paid: _number(fields.paid) if one else "",
            names.due: _number(fields.due) if one else "",
            names.paid_on: fields.paid_on.isoformat() if fields.paid_on else "",
            names.means: fields.means,
            names.details: fields.details,
        }
    )


def _used(values: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name}


def _number(amounts: tuple[Money, ...]) -> str:
    if not amounts:
        return ""
    total = sum(amounts[1:], start=amounts[0])
    return f"{total.amount:.{exponent(total.currency)}f}"
