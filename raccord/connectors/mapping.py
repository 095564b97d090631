"""What the settings of every CRM say alike: which of its fields hold what Raccord reads and writes."""

from collections.abc import Callable, Collection, Mapping
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from raccord.domain.values.base import Unfit
from raccord.domain.values.described import Place, Purpose, Slot, Spare

_PURPOSES: tuple[tuple[Purpose, str, tuple[str, ...]], ...] = (
    (Purpose.SIRET, "siret", ("companies",)),
    (Purpose.SIREN, "siren", ("companies",)),
    (Purpose.VAT_NUMBER, "vat_number", ("companies",)),
    (Purpose.VAT_RATE, "vat_rate", ("line_items",)),
    (Purpose.BILLING_EMAIL, "billing_email", ("companies",)),
    (Purpose.PAYMENT_TERMS, "payment_terms_days", ("companies", "deals")),
    (Purpose.LANGUAGE, "language", ("deals",)),
)
"""A purpose, the setting that names its field, and the kinds that may have it: one of them is enough."""
_SPARE = ("service_date", "purchase_order")


class Names(BaseModel):
    """What the fields of one kind of record are called, by what each is for; empty means "not used"."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    def every(self) -> dict[str, str]:
        """Return what each field is for, and its name."""
        return {use: name for use, name in self if isinstance(name, str)}

    @property
    def used(self) -> tuple[str, ...]:
        return tuple(name for name in self.every.values() if name)


class _Deposits(Protocol):
    @property
    def deposit_percent(self) -> str: ...

    @property
    def delivered_on(self) -> str: ...


def deposits_have_balances(names: _Deposits) -> None:
    """Raise `Unfit` where a field for deposits is named and none for when a sale is delivered."""
    if names.deposit_percent and not names.delivered_on:
        raise Unfit("unfit.deposit_field")


def each_shows_one_thing(*parts: Names, alike: Callable[[str], str] = str) -> None:
    """Raise `Unfit` where one field shall show two things. `alike` makes two names of it one."""
    names = [alike(name) for part in parts for name in part.used]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise Unfit("unfit.field_twice", name=twice[0])


def slots(names: Mapping[str, Names]) -> tuple[Slot, ...]:
    """Return where the settings say which field serves a purpose. `names`: by the kind of record, as made.

    A purpose of which no kind has a field, such as the VAT rate of lines that have one by themselves, has no
    slot.
    """
    return tuple(
        Slot(
            purpose=purpose,
            places=tuple(Place(setting=f"mapping.{kind}.{setting}", kind=kind) for kind in kinds),
            made=names[kinds[0]].every[setting],
        )
        for purpose, setting, kinds in _PURPOSES
        if kinds[0] in names
    )


def spares(deals: Names, there: Collection[str], *, alike: Callable[[str], str] = str) -> tuple[Spare, ...]:
    """Return the settings that name fields of deals which nobody needs.

    `there`: the account's, by name. `alike` makes two names of one field one, as the connector finds it.
    """
    known = {alike(name) for name in there}
    return tuple(
        Spare(setting=f"mapping.deals.{use}", there=alike(deals.every[use]) in known) for use in _SPARE
    )
