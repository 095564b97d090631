"""Where flows wait for a person."""

from datetime import time, timedelta
from typing import Literal, Self

from pydantic import model_validator

from raccord.domain.rules.written import ExactDecimal
from raccord.domain.values.base import Duration, Unfit, Value


class Desk(Value):
    """Who is asked, in which language, and when somebody else is called."""

    language: Literal["fr", "en"] = "fr"
    contact: str = ""
    """Who helps with a question, as it is written below each: a name and how to reach them."""
    approve_above: ExactDecimal | None = None
    """Invoices of a larger net amount are issued by a person, also in live mode."""
    tasks: bool = True
    """Also put each question to the deal's salesperson as a task in the CRM."""
    escalate_after: Duration = timedelta(hours=8)
    """Working hours without an answer, after which `escalate_to` is called."""
    escalate_to: tuple[str, ...] = ()
    """E-mail addresses."""
    opens_at: time = time(9)
    closes_at: time = time(18)

    @model_validator(mode="after")
    def _day(self) -> Self:
        if self.opens_at >= self.closes_at:
            raise Unfit("unfit.opens")
        return self
