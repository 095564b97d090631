"""Waiting until nobody types any more: what is being typed, or imported, is read once."""

import contextlib
from typing import TYPE_CHECKING

from temporalio import workflow

from raccord.domain.rules.contact import ContactRules

if TYPE_CHECKING:
    from workflows.contact_sync.flow import ContactSync


class Debounce:
    """What a flow heard of edits so far."""

    def __init__(self, flow: "ContactSync") -> None:
        self._flow = flow
        self._heard = 0

    async def over(self, rules: ContactRules) -> None:
        """Wait until no change came for a while, or the longest wait is over; a thorough look does not."""
        latest = workflow.now() + rules.longest
        while self._heard != self._flow.told and not self._flow.in_haste:
            self._heard, wait = self._flow.told, min(rules.quiet, latest - workflow.now())
            with contextlib.suppress(TimeoutError):
                await workflow.wait_condition(
                    lambda: self._flow.told != self._heard,
                    timeout=wait,
                    timeout_summary="no more was typed since",
                )
            if workflow.now() >= latest:
                break
        self._heard = self._flow.told
