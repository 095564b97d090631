"""Tokens of one connection, kept in memory."""

from datetime import UTC, datetime, timedelta

from raccord.connectors.errors import Transient
from raccord.connectors.oauth import Granted, Held, OAuthApp


class FakeGrants:
    """Grants of one connection. `others`: somebody else has the turn; `away`: so often nothing is stored."""

    def __init__(self, first: Granted | None, *, age: float = 3600) -> None:
        self.held: Held | None = None
        self.others, self.away, self.given_back = False, 0, list[bool]()
        if first is not None:
            before = datetime.now(UTC) - timedelta(seconds=age)
            self.held = Held(granted=first, turn=1, connected_at=before, renewed_at=before)

    async def of(self, app: OAuthApp) -> Held | None:
        return self.held

    async def take(self, app: OAuthApp, turn: int, holder: str, *, lasting: timedelta) -> bool:
        assert self.held
        return not self.others and self.held.turn == turn

    async def keep(self, app: OAuthApp, turn: int, granted: Granted) -> None:
        assert self.held
        if self.away:
            self.away -= 1
            raise Transient("the disk is full")
        if self.held.turn == turn:
            self.store(granted)

    def store(self, granted: Granted) -> None:
        assert self.held
        now = datetime.now(UTC)
        self.held = Held(
            granted=granted, turn=self.held.turn + 1, connected_at=self.held.connected_at, renewed_at=now
        )

    async def give_back(self, app: OAuthApp, turn: int, holder: str, *, refused: bool) -> None:
        assert self.held
        self.given_back.append(refused)
        if refused:
            self.held = self.held.model_copy(update={"refused_at": datetime.now(UTC)})

    def age(self, seconds: float) -> None:
        """Have the tokens be that much older, and last."""
        assert self.held
        self.held = self.held.model_copy(
            update={"renewed_at": self.held.renewed_at - timedelta(seconds=seconds)}
        )

    def end(self) -> None:
        """Have the access token be over."""
        assert self.held
        over = self.held.granted.model_copy(update={"ends_at": datetime.now(UTC) - timedelta(seconds=1)})
        self.held = self.held.model_copy(update={"granted": over})
