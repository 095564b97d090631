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


class OnDeal(Value):
    """What a deal shows after a write."""

    lacking: tuple[str, ...] = ()
    """The fields that the account lacks."""
    before: bool = False
    """It showed the same, and nothing here knows who wrote it: our records were lost, most likely."""


class CrmPaymentWrites:
    def __init__(self, crm: Crm, effects: Effects) -> None:
        self._crm = crm
        self._effects = effects

    @activity.defn(name="crm.write_payment")
    async def write_payment(self, wanted: PaymentOnDeal) -> OnDeal:
        """Show the fields, unless the deal does already.

        Fields that come back after others are written again: whether they are shown decides, not the key.
        """
        deal, fields = wanted.deal, wanted.fields
        key, seen = f"deal/{deal}/payment/{_digest(fields)}", list[bool]()

        async def look() -> bool | None:
            seen.append(await self._crm.shows_payment(deal.id, fields))
            return seen[-1] or None

        async def write(_: str) -> bool:
            await self._crm.write_payment(deal.id, fields)
            return True

        unheard_of = await self._effects.unheard_of(key)
        await self._effects.once(
            Effect(
                key=key,
                name="crm.write_payment",
                object=str(deal),
                cause=cause(),
                request=fields.model_dump(mode="json"),
            ),
            look=look,
            write=write,
        )
        return OnDeal(lacking=await self._crm.lacks_payment_fields(), before=unheard_of and seen[0])

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
