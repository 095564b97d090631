"""Showing on a deal what its invoices brought."""

import hashlib

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.crm import Crm
from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef, PaymentFields


class PaymentOnDeal(Value):
    """These payment fields, as this deal shows them."""

    deal: DealRef
    fields: PaymentFields


class CrmPaymentWrites:
    def __init__(self, crm: Crm, effects: Effects) -> None:
        self._crm = crm
        self._effects = effects

    @activity.defn(name="crm.write_payment")
    async def write_payment(self, wanted: PaymentOnDeal) -> tuple[str, ...]:
        """Show the fields, unless the deal does already; return those that the account lacks.

        Fields that come back after others are written again: whether they are shown decides, not the key.
        """
        deal, fields = wanted.deal, wanted.fields

        async def look() -> bool | None:
            return await self._crm.shows_payment(deal.id, fields) or None

        async def write(_: str) -> bool:
            await self._crm.write_payment(deal.id, fields)
            return True

        await self._effects.once(
            Effect(
                key=f"deal/{deal}/payment/{_digest(fields)}",
                name="crm.write_payment",
                object=str(deal),
                cause=cause(),
                request=fields.model_dump(mode="json"),
            ),
            look=look,
            write=write,
        )
        return await self._crm.lacks_payment_fields()

    @activity.defn(name="crm.move_to_paid_stage")
    async def move_to_paid_stage(self, paid: PaymentOnDeal) -> None:
        """Move a paid deal to the stage that the settings name; nothing where it is there, or none is named.

        Once for the same money: a person who moves the deal back has a reason.
        """
        deal, key = paid.deal, f"deal/{paid.deal}/paid-stage/{_digest(paid.fields)}"
        # Before anything is stated: of a deal that is not to be moved yet, nothing came about.
        if not await self._crm.waits_for_paid_stage(deal.id):
            return await self._effects.found(key, deal)

        async def look() -> bool | None:
            return None if await self._crm.waits_for_paid_stage(deal.id) else True

        async def write(_: str) -> bool:
            await self._crm.move_to_paid_stage(deal.id)
            return True

        await self._effects.once(
            Effect(
                key=key,
                name="crm.move_to_paid_stage",
                object=str(deal),
                cause=cause(),
            ),
            look=look,
            write=write,
            final=True,
        )


def _digest(fields: PaymentFields) -> str:
    return hashlib.sha256(fields.model_dump_json().encode()).hexdigest()[:16]
