"""The access token of a connection that a person agreed to: it lasts, whoever of the fleet renews it."""

import asyncio
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from raccord.connectors.connection import ConnectionSettings
from raccord.connectors.errors import Auth, ConnectorError, Transient
from raccord.connectors.http.token_endpoint import ClientRefused, TokenEndpoint
from raccord.connectors.oauth import Granted, Grants, Held, OAuthApp

EARLY = timedelta(minutes=5)
"""Before its end a token is renewed: for as long as nobody can, the old one serves."""
_SHARE = 10
"""Of a shorter life the last tenth."""
_JUST_NOW = timedelta(seconds=10)
"""Refused so soon after it came, another token would be as well."""
REFUSED_FOR = timedelta(minutes=1)
"""A refresh token that was refused is shown again no sooner, however many flows wait for it."""
_LOOK_EVERY = 0.25
_LONGEST_PAUSE = 5.0
_MARGIN = timedelta(seconds=5)


class Tokens:
    """Tokens of one connection in one process. Raises `Auth` where a person has to connect it anew."""

    def __init__(
        self,
        app: OAuthApp,
        settings: ConnectionSettings,
        grants: Grants,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.app = app
        self._grants = grants
        self._endpoint = TokenEndpoint(app, settings)
        self._patience = settings.timeout
        self._turn_lasts = settings.timeout * 2 + _MARGIN
        self._now = now
        self._held: Held | None = None
        self._unknown: tuple[datetime, str] | None = None
        self._renewing: asyncio.Task[Held] | None = None

    async def get(self) -> Granted:
        """Return tokens of which the access token lasts."""
        held = self._held
        if held is None or self._ends_soon(held):
            held = await self._read()
        if not self._ends_soon(held):
            return held.granted
        renewing = self._begun(held)
        if self._lasts(held):
            # Nobody waits for what he does not need yet, and whoever asks next tries again.
            return held.granted
        return (await asyncio.shield(renewing)).granted

    async def instead_of(self, refused: Granted) -> Granted:
        """Return others than those that the vendor just refused."""
        held = await self._read()
        if held.granted.access_token != refused.access_token or self._is_new(held):
            return held.granted
        return (await asyncio.shield(self._begun(held))).granted

    async def close(self) -> None:
        """Wait for what is being renewed: an answer that nobody stores may have cost the refresh token."""
        if self._renewing is not None:
            await asyncio.wait([self._renewing], timeout=self._turn_lasts.total_seconds())
            self._renewing.cancel()
        await self._endpoint.close()

    async def _read(self) -> Held:
        held = await self._grants.of(self.app)
        if held is None:
            raise Auth(
                f"Nobody has connected {self.app.connection} to {self.app.vendor} yet. "
                f"Run raccord connect {self.app.connection}."
            )
        self._held = held
        return held

    def _begun(self, held: Held) -> "asyncio.Task[Held]":
        """Renew once for all who ask in this process; who waits for it shields it from his own end."""
        if self._renewing is None or self._renewing.done():
            self._renewing = asyncio.create_task(self._renew(held))
            self._renewing.add_done_callback(_looked_at)
        return self._renewing

    async def _renew(self, held: Held) -> Held:
        holder = secrets.token_hex(8)
        until = time.monotonic() + self._patience.total_seconds()
        while True:
            self._prove_not_refused(held)
            if await self._grants.take(self.app, held.turn, holder, lasting=self._turn_lasts):
                return await self._ask(held, holder)
            found = await self._read()
            if found.turn != held.turn and self._lasts(found):
                return found
            held = found
            if time.monotonic() >= until:
                raise Transient(f"The access to {self.app.vendor} is being renewed by another process.")
            await asyncio.sleep(_LOOK_EVERY)

    async def _ask(self, held: Held, holder: str) -> Held:
        try:
            granted = await self._endpoint.of_refresh(held.granted.refresh_token)
        except ConnectorError as error:
            refused = isinstance(error, Auth)
            if isinstance(error, ClientRefused):
                # No word on the refresh token, and this process has no other secret until it is restarted.
                refused, self._unknown = False, (self._now(), str(error))
            await self._grants.give_back(self.app, held.turn, holder, refused=refused)
            raise
        await self._keep(held.turn, granted)
        return await self._read()

    async def _keep(self, turn: int, granted: Granted) -> None:
        """Store it, however long that takes: the token before may be worthless."""
        pause = _LOOK_EVERY
        while True:
            try:
                return await self._grants.keep(self.app, turn, granted)
            except Transient:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _prove_not_refused(self, held: Held) -> None:
        if self._unknown is not None and self._now() - self._unknown[0] < REFUSED_FOR:
            raise ClientRefused(self._unknown[1])
        if held.refused_at is not None and self._now() - held.refused_at < REFUSED_FOR:
            raise Auth(
                f"{self.app.vendor} has refused to renew the access: it was withdrawn or has ended. "
                f"Run raccord connect {self.app.connection}."
            )

    def _lasts(self, held: Held) -> bool:
        return self._now() < held.granted.ends_at

    def _ends_soon(self, held: Held) -> bool:
        early = min(EARLY, (held.granted.ends_at - held.renewed_at) / _SHARE)
        return self._now() >= held.granted.ends_at - early

    def _is_new(self, held: Held) -> bool:
        return self._lasts(held) and self._now() - held.renewed_at < _JUST_NOW


def _looked_at(task: "asyncio.Task[Held]") -> None:
    """Nobody may wait for it any more, and asyncio would complain of an error that nobody took."""
    if not task.cancelled():
        task.exception()
