"""What the weekly report needs from a place where management looks."""

from typing import Protocol

from raccord.connectors.capabilities import ReportSinkCapabilities
from raccord.connectors.connection import Check
from raccord.domain.report.publication import Publication


class ReportSink(Protocol):
    """A place that shows one week after the other, and what people add beside them.

    `Transient`, `RateLimited`, `AmbiguousWrite`: part of it may be there; to publish again completes it.
    `Auth` where credentials are refused or the place is not shared with us, `Permanent` what cannot be shown.
    """

    @property
    def capabilities(self) -> ReportSinkCapabilities: ...

    async def publish(self, publication: Publication) -> str:
        """Show a week, in the place that is its own, and return where people open it: a URL, or a path.

        A week that is there already is brought up to date where it stands: no row, block or file twice,
        wherever an earlier attempt stopped. What people wrote beside it stays.
        """
        ...

    async def probe(self) -> None:
        """Make one cheap authenticated call; raises what any call would."""
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check credentials, and that the place is there and may be written. Changes nothing."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
