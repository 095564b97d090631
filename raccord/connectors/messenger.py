"""What the flows need from a messenger."""

from datetime import datetime
from typing import Protocol

from raccord.connectors.capabilities import MessengerCapabilities
from raccord.connectors.connection import Check
from raccord.domain.desk.notice import Notice, Place


class Messenger(Protocol):
    """A messenger with channels, messages that can be edited, and buttons.

    `Transient`, `RateLimited`, `Auth`: nothing was shown. `AmbiguousWrite`: look for it with `find`.
    """

    @property
    def capabilities(self) -> MessengerCapabilities: ...

    async def post(self, notice: Notice, *, ref: str, reply_to: Place | None = None) -> Place:
        """Post a message to the configured channel, marked with `ref` so that `find` can find it.

        `reply_to` makes it an answer below that message. Raises `Auth` with a short `retry_after` while
        the channel is closed to us: it appears soon after somebody invites us, or restores it.
        """
        ...

    async def find(self, ref: str, *, since: datetime, reply_to: Place | None = None) -> Place | None:
        """Return where the message marked with `ref` stands, if it was posted after `since`."""
        ...

    async def update(self, place: Place, notice: Notice) -> None:
        """Replace a message as a whole. Raises `NotFound` when it is gone or cannot be edited any more."""
        ...

    async def whisper(self, place: Place, user: str, text: str) -> None:
        """Tell one person something that nobody else sees, in the channel of a message."""
        ...

    async def user_of(self, email: str) -> str | None:
        """Return the messenger's id of the person with this e-mail address, or None."""
        ...

    async def is_ours(self, workspaces: tuple[str, ...]) -> bool:
        """Whether a press that names these workspaces comes from where our messages are posted."""
        ...

    async def may_decide(self, user: str) -> bool:
        """Whether this person is on the list of those who may decide."""
        ...

    async def check(self) -> tuple[Check, ...]:
        """Check credentials, permissions and the channel."""
        ...

    async def probe(self) -> None:
        """Make one cheap authenticated call; raises what any call would."""
        ...

    async def close(self) -> None:
        """Release connections."""
        ...
