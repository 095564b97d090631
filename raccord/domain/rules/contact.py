"""Which details of customers are kept in step, and whose word counts."""

from datetime import timedelta
from enum import StrEnum

from pydantic import Field as Setting

from raccord.domain.values.base import Duration, Value
from raccord.domain.values.details import Field


class Standing(StrEnum):
    """Whose value stands where both sides edited a field since they last agreed."""

    CRM = "crm"
    BILLING = "billing"
    NEWEST = "newest"
    ASK = "ask"
    """A person says."""


_FIELDS = {
    Field.EMAIL: Standing.NEWEST,
    Field.PHONE: Standing.NEWEST,
    Field.ADDRESS: Standing.NEWEST,
    Field.NAME: Standing.ASK,
    Field.SIREN: Standing.ASK,
    Field.SIRET: Standing.ASK,
    Field.VAT_NUMBER: Standing.ASK,
}


class ContactRules(Value):
    """What is kept in step between the CRM's companies and the billing system's customers."""

    fields: dict[Field, Standing] = _FIELDS
    """The fields that are kept in step, and nothing else; each with whose word counts."""
    quiet: Duration = Setting(default=timedelta(seconds=30), gt=timedelta(0))
    """A record that changes is looked at once no further change came for so long."""
    longest: Duration = Setting(default=timedelta(minutes=5), gt=timedelta(0))
    """How long that waits at most, however many changes come."""
