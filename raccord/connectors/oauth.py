"""A connection that a person agreed to once (OAuth 2.0, RFC 6749): its tokens end, and are renewed.

A refresh token may be good for one use: a vendor that rotates them hands out the next with each access token.
So whoever renews takes a turn that nobody else has, and stores what was answered before anything else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol
from urllib.parse import urlencode

from pydantic import SecretStr

from raccord.domain.values.base import Value


@dataclass(frozen=True, slots=True)
class OAuthApp:
    """The application that a vendor registered for us, and how it is asked for tokens.

    `scope` as the vendor separates it; empty where the application itself has them. `basic`: the client's
    secret goes in the header of HTTP Basic, and otherwise in the form (RFC 6749, section 2.3.1).
    """

    connection: str
    vendor: str
    oauth_url: str
    """What `/authorize` and `/token` are below, without a slash at the end."""
    client_id: str
    client_secret: SecretStr
    redirect_url: str
    lasts_unused: timedelta
    """How long a refresh token lasts that nobody uses."""
    scope: str = ""
    basic: bool = False

    @property
    def identity(self) -> str:
        """Whose the tokens are: none is ever shown to another application, or to another host."""
        return f"{self.connection} {self.client_id} {self.oauth_url}"

    def consent_url(self, state: str) -> str:
        """Return the page on which a person agrees, and from which `redirect_url` is called with a code."""
        asked = {"client_id": self.client_id, "redirect_uri": self.redirect_url, "response_type": "code"}
        asked |= {"scope": self.scope} if self.scope else {}
        return f"{self.oauth_url}/authorize?{urlencode(asked | {'state': state})}"


class Granted(Value):
    """What a vendor handed out. Every instant is aware."""

    access_token: SecretStr
    refresh_token: SecretStr
    ends_at: datetime
    """When the access token does."""

    @property
    def header(self) -> dict[str, str]:
        """What goes with a request (RFC 6750, section 2.1)."""
        return {"Authorization": f"Bearer {self.access_token.get_secret_value()}"}


class Held(Value):
    """The tokens of a connection, as all processes know them."""

    granted: Granted
    turn: int
    """Rises with all that is stored: who renews names the one that he has read."""
    connected_at: datetime
    renewed_at: datetime
    refused_at: datetime | None = None
    """When the refresh token was refused, if nobody has connected anew since."""


class Grants(Protocol):
    """Where tokens are kept, for all processes.

    `Transient`: nothing is known and nothing was changed. `Auth`: what is kept is of no use.
    """

    async def of(self, app: OAuthApp) -> Held | None:
        """Return the tokens of a connection; None before anybody has agreed."""
        ...

    async def take(self, app: OAuthApp, turn: int, holder: str, *, lasting: timedelta) -> bool:
        """Take the turn to renew, which ends by itself. False: others have it, or have had it."""
        ...

    async def keep(self, app: OAuthApp, turn: int, granted: Granted) -> None:
        """Store what a renewal brought, in place of the tokens that were read at that turn.

        Whoever came too late for his turn stores it all the same, unless somebody else has stored others.
        """
        ...

    async def give_back(self, app: OAuthApp, turn: int, holder: str, *, refused: bool) -> None:
        """End a turn that brought nothing; `refused`: the vendor takes this refresh token no more."""
        ...


class NobodyAgreed:
    """`Grants` where nothing is kept, as before there is a key to seal with."""

    async def of(self, app: OAuthApp) -> Held | None:  # noqa: ARG002
        return None

    async def take(self, app: OAuthApp, turn: int, holder: str, *, lasting: timedelta) -> bool:  # noqa: ARG002
        return False

    async def keep(self, app: OAuthApp, turn: int, granted: Granted) -> None: ...

    async def give_back(self, app: OAuthApp, turn: int, holder: str, *, refused: bool) -> None: ...


class Unstored(NobodyAgreed):
    """`Grants` with what was handed out just now, before anybody keeps it."""

    def __init__(self, granted: Granted) -> None:
        now = datetime.now(UTC)
        self._held = Held(granted=granted, turn=0, connected_at=now, renewed_at=now)

    async def of(self, app: OAuthApp) -> Held:  # noqa: ARG002
        return self._held
