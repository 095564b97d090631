"""What happens once a deal is fully paid, as the settings say it."""

import re
from datetime import timedelta
from enum import StrEnum
from string import Formatter
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from raccord.domain.values.base import Duration, Unfit, Value

PLACEHOLDERS = (
    "customer",
    "contact",
    "deal",
    "amount",
    "invoices",
    "salesperson",
    "salesperson_email",
    "company",
)
"""What a text may name, each as people call it; nothing else is filled in."""
_NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


def _text(text: str) -> str:
    try:
        named = [(name, spec, conversion) for _, name, spec, conversion in Formatter().parse(text)]
    except ValueError as error:
        raise Unfit("unfit.brace", text=text, brace="{{") from error
    for name, spec, conversion in named:
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
            raise Unfit("unfit.placeholder", name=f"{{{name}}}", known=known)
    return text


def _word(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise Unfit("unfit.step_name", name=name)
    return name


Text = Annotated[str, AfterValidator(_text)]
"""A text with placeholders in braces."""


class StepKind(StrEnum):
    CRM_TASK = "crm_task"
    EMAIL = "email"
    SLACK = "slack"
    EVENT = "event"


class Customers(StrEnum):
    """Whom onboarding is for: customers who paid nothing before, or all."""

    NEW = "new"
    ALL = "all"


class OnboardingStep(Value):
    """One step: a task in the CRM, an e-mail to the customer, a message in the channel, or an event out.

    `title` and `text` are for tasks and messages, which the company itself reads; an e-mail has its template.
    """

    kind: StepKind
    name: Annotated[str, AfterValidator(_word)]
    """Names it in questions, in the audit and in the marks of what it wrote: another name is another step."""
    on: bool = True
    title: Text = ""
    text: Text = ""
    owner: str = ""
    """Of a task: the CRM's id of who does it; empty for the deal's salesperson."""
    due_in: int = Field(default=1, ge=0, le=250)
    """Of a task: working days until it is due."""
    template: Annotated[str, AfterValidator(_word)] = "welcome"
    """Of an e-mail: the name of its template."""
    to: tuple[str, ...] = ()
    """Of an event: the connections of `outbound` that get it; empty for all."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.kind in (StepKind.CRM_TASK, StepKind.SLACK) and not self.title.strip():
            raise Unfit("unfit.step_title", name=self.name)
        return self


class Onboarding(Value):
    """The steps, in their order, and whom they are for. Without a step there is no onboarding."""

    customers: Customers = Customers.NEW
    settle: Duration = Field(default=timedelta(hours=1), ge=timedelta(0), le=timedelta(days=30))
    """How long after the money came nothing is begun: a refund until then stops all of it."""
    steps: tuple[OnboardingStep, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        names = [step.name for step in self.steps]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise Unfit("unfit.same_step", name=twice)
        return self

    @property
    def begun(self) -> tuple[OnboardingStep, ...]:
        """The steps that are on."""
        return tuple(step for step in self.steps if step.on)
