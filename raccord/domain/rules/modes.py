"""How far each flow may go."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

from raccord.domain.values.base import Unfit

WITH_A_MODE = ("deal_won", "payment", "dunning", "contact", "report")
"""The flows that have a mode, as `[modes]` names them."""


class Mode(StrEnum):
    """How far a flow may go: `shadow` never writes, `draft` prepares and a person issues, `live` issues."""

    SHADOW = "shadow"
    DRAFT = "draft"
    LIVE = "live"


def _every_flow(modes: dict[str, Mode]) -> dict[str, Mode]:
    if strangers := sorted(set(modes).difference(WITH_A_MODE)):
        raise Unfit("unfit.flow", name=strangers[0], flows=", ".join(WITH_A_MODE))
    return dict.fromkeys(WITH_A_MODE, Mode.SHADOW) | modes


Modes = Annotated[dict[str, Mode], AfterValidator(_every_flow)]
"""A mode for every flow; one that is not named is in shadow."""

PAYMENT, DUNNING, CONTACT, REPORT = "payment", "dunning", "contact", "report"
"""The flows of money that comes in, of reminders, of customers in step and of the week that is told, which
checks name by these."""
