"""What onboarding begins with."""

from typing import Any

from pydantic import model_validator

from raccord.domain.values.base import Value
from raccord.domain.values.deal import DealRef


class OnboardingStart(Value):
    """A deal whose invoices are all paid. Ids only: everything is read again before anything is done.

    Whoever wakes the flow of a deal, as the desk does, names the deal alone: the records know the rest.
    """

    deal: DealRef
    invoices: tuple[str, ...] = ()
    """Ids of the deal's paid invoices in the billing system; without one, those that the records know."""
    language: str = ""
    """The customer's, for what the customer reads; empty for the one that the deal says."""
    settled: bool = False
    """Whether the time in which a refund stops everything is over: a run that goes on does not wait again."""

    @model_validator(mode="before")
    @classmethod
    def _of_a_subject(cls, given: Any) -> Any:
        match given:
            case {"kind": "deal", "connection": connection, "id": id}:
                return {"deal": {"connection": connection, "id": id}, "settled": True}
            case _:
                return given

    @property
    def key(self) -> str:
        """Names the onboarding of a deal, which happens once ever."""
        return f"onboarding/{self.deal.connection}/{self.deal.id}"
