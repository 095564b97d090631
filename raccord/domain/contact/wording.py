"""How what both sides say is put into words."""

from raccord.domain.contact.agreed import Pair
from raccord.domain.contact.plan import Carrying
from raccord.domain.contact.said import shown
from raccord.domain.desk.question import Detail
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.details import Field, Side
from raccord.domain.values.message import Message, RecordName, message

FIELDS = {
    Field.NAME: message("field.name"),
    Field.EMAIL: message("field.billing_email"),
    Field.PHONE: message("field.phone"),
    Field.ADDRESS: message("field.address"),
    Field.SIREN: message("field.siren"),
    Field.SIRET: message("field.siret"),
    Field.VAT_NUMBER: message("field.vat_number"),
    Field.LANGUAGE: message("field.language"),
}
"""What people call the fields."""


def named(pair: Pair, side: Side) -> RecordName:
    """Name a side's record by what it says it is called, with its link."""
    sight = pair.sight(side)
    name = sight.record.name or sight.details.name
    return sight.record.model_copy(update={"name": name, "url": sight.record.url or sight.url})


def carried(pair: Pair, carrying: Carrying) -> tuple[Message, ...]:
    """Say what goes over, field by field."""
    source, target = pair.sight(carrying.origin).details, pair.sight(carrying.origin.other).details
    return tuple(
        message(
            "contact.carried",
            field=FIELDS[field],
            record=named(pair, carrying.origin.other),
            what=becomes(shown(target, field), shown(source, field)),
        )
        for field in carrying.fields
    )


def becomes(old: str, new: str) -> Message:
    """Say what a value becomes."""
    return message("contact.becomes", old=old, new=new) if old else message("contact.filled_in", new=new)


def typed(pair: Pair, field: Field, side: Side, clock: BusinessClock) -> Detail:
    """Say what a side says, since when and by whom. No part of what is asked: the same may be typed again."""
    sight = pair.sight(side)
    value, edit = shown(sight.details, field), sight.edits.get(field)
    at = edit.at.astimezone(clock.tz) if edit and edit.at else None
    if not value:
        said = message("contact.says_nothing")
    elif at and edit and edit.by:
        said = message("contact.typed_by", value=value, moment=at, who=edit.by)
    elif at:
        said = message("contact.typed_at", value=value, moment=at)
    else:
        said = message("contact.typed", value=value)
    return Detail(label=message(_SAYS[side], field=FIELDS[field]), value=said, listed=True, moving=True)


_SAYS = {Side.CRM: "contact.says.crm", Side.BILLING: "contact.says.billing"}
