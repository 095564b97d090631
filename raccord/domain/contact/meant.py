"""A side's details as flow 1 reads a company: what is understood there is neither asked nor refused here."""

from raccord.domain.deal_won.understood import means_none, understood, unjudged_vat_number
from raccord.domain.values.details import Details, Field
from raccord.domain.values.email import parse_emails
from raccord.domain.values.parties import Company

NUMBERS = (Field.SIREN, Field.SIRET, Field.VAT_NUMBER)
"""The fields that say which legal entity a customer is."""


def meant(details: Details) -> Details:
    """Return what the fields mean, each for itself: a number in the field beside its own stays there."""
    read = understood(_company(details))
    numbers = {field.value: _number(getattr(details, field), getattr(read, field)) for field in NUMBERS}
    return details.model_copy(
        update={
            **numbers,
            "email": next(iter(parse_emails(details.email)), details.email),
            "address": read.address,
        }
    )


def nobody_judges(details: Details, field: Field) -> bool:
    """Whether this is a number of which no rule of ours can tell whether it is one."""
    return field is Field.VAT_NUMBER and unjudged_vat_number(understood(_company(details)))


def _number(typed: str, read: str) -> str:
    return "" if means_none(typed) else read or typed


def _company(details: Details) -> Company:
    return Company(
        id="",
        address=details.address,
        country_text=details.country_text,
        siren=details.siren,
        siret=details.siret,
        vat_number=details.vat_number,
    )
