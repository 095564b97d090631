"""The tokens of connections that a person agreed to (OAuth), sealed, and whose turn it is to renew them."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import SecretStr
from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, update

from raccord.connectors.errors import Auth, Transient
from raccord.connectors.oauth import Granted, Held, OAuthApp
from raccord.domain.values.base import Value
from raccord.records.database import Database, RecordsUnavailable, insert_if_absent
from raccord.records.tables import credentials
from raccord.records.work import Work
from raccord.sealing import CannotUnseal, KeyRing, UnknownKey

T = TypeVar("T")
_NOBODY: dict[str, Any] = {"held_by": "", "held_until": None}


class ConnectedRow(Value):
    """What is told of a connection without its tokens."""

    connection: str
    connected_at: datetime
    renewed_at: datetime
    refused_at: datetime | None = None


class Credentials:
    """One row a connection. Only its own application unseals it: see `OAuthApp.identity`."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def connect(self, app: OAuthApp, granted: Granted) -> Work[None]:
        """Store what a person just agreed to, in place of whatever was there."""
        sealed = self._sealed(app, granted)

        def work(tx: Connection) -> None:
            now = _now(tx)
            row = {"connected_at": now, "renewed_at": now, "refused_at": None, "sealed": sealed, **_NOBODY}
            if not insert_if_absent(tx, credentials, connection=app.connection, turn=1, **row):
                mine = update(credentials).where(credentials.c.connection == app.connection)
                tx.execute(mine.values(turn=credentials.c.turn + 1, **row))

        return self._database.writing(work)

    def of(self, app: OAuthApp) -> Work[Held | None]:
        """Return what is held. Raises `UnknownKey`, `CannotUnseal`."""
        wanted = select(credentials).where(credentials.c.connection == app.connection)

        def work(tx: Connection) -> Held | None:
            row = tx.execute(wanted).one_or_none()
            if row is None:
                return None
            return Held(
                granted=self._granted(app, row.sealed),
                turn=row.turn,
                connected_at=row.connected_at,
                renewed_at=row.renewed_at,
                refused_at=row.refused_at,
            )

        return self._database.reading(work)

    def told(self, connection: str) -> Work[ConnectedRow | None]:
        """Return what may be told of a connection; that takes no key."""
        columns = credentials.c
        wanted = select(columns.connection, columns.connected_at, columns.renewed_at, columns.refused_at)

        def work(tx: Connection) -> ConnectedRow | None:
            row = tx.execute(wanted.where(columns.connection == connection)).one_or_none()
            return ConnectedRow.model_validate(row._asdict()) if row else None

        return self._database.reading(work)

    def take(self, app: OAuthApp, turn: int, holder: str, *, lasting: timedelta) -> Work[bool]:
        """Take the turn to renew for a while, unless somebody else has it or has stored others since."""
        columns = credentials.c

        def work(tx: Connection) -> bool:
            # The database's clock: those of the machines of a fleet may differ by more than a turn lasts.
            now = _now(tx)
            free = or_(columns.held_until.is_(None), columns.held_until <= now)
            mine = and_(_at(app, turn), free)
            taken = update(credentials).where(mine).values(held_by=holder, held_until=now + lasting)
            return tx.execute(taken).rowcount == 1

        return self._database.writing(work)

    def keep(self, app: OAuthApp, turn: int, granted: Granted) -> Work[None]:
        """Store what was answered, and end the turn. The old tokens go in the same transaction."""
        sealed = self._sealed(app, granted)

        def work(tx: Connection) -> None:
            row = {"turn": turn + 1, "renewed_at": _now(tx), "refused_at": None, "sealed": sealed}
            tx.execute(update(credentials).where(_at(app, turn)).values(**row, **_NOBODY))

        return self._database.writing(work)

    def give_back(self, app: OAuthApp, turn: int, holder: str, *, refused: bool) -> Work[None]:
        mine = and_(_at(app, turn), credentials.c.held_by == holder)

        def work(tx: Connection) -> None:
            told: dict[str, Any] = {"refused_at": _now(tx)} if refused else {}
            tx.execute(update(credentials).where(mine).values(**told, **_NOBODY))

        return self._database.writing(work)

    def _sealed(self, app: OAuthApp, granted: Granted) -> bytes:
        plain = {
            "access_token": granted.access_token.get_secret_value(),
            "refresh_token": granted.refresh_token.get_secret_value(),
            "ends_at": granted.ends_at.isoformat(),
        }
        return self._keys.seal(json.dumps(plain).encode(), context=_context(app))

    def _granted(self, app: OAuthApp, sealed: bytes) -> Granted:
        plain = json.loads(self._keys.unseal(sealed, context=_context(app)))
        return Granted(
            access_token=SecretStr(plain["access_token"]),
            refresh_token=SecretStr(plain["refresh_token"]),
            ends_at=datetime.fromisoformat(plain["ends_at"]),
        )


class GrantsInRecords:
    """`Grants`, as connectors ask for it: it raises connector errors, and nothing else."""

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials

    async def of(self, app: OAuthApp) -> Held | None:
        try:
            return await _done(self._credentials.of(app))
        except (UnknownKey, CannotUnseal):
            raise Auth(
                f"The tokens of {app.connection} are another application's, or were sealed with a key that "
                f"the key file has not any more. Run raccord connect {app.connection}."
            ) from None

    async def take(self, app: OAuthApp, turn: int, holder: str, *, lasting: timedelta) -> bool:
        return await _done(self._credentials.take(app, turn, holder, lasting=lasting))

    async def keep(self, app: OAuthApp, turn: int, granted: Granted) -> None:
        await _done(self._credentials.keep(app, turn, granted))

    async def give_back(self, app: OAuthApp, turn: int, holder: str, *, refused: bool) -> None:
        await _done(self._credentials.give_back(app, turn, holder, refused=refused))


async def _done(work: Work[T]) -> T:
    try:
        return await work
    except RecordsUnavailable as error:
        raise Transient(f"Raccord's own records, where the tokens are, cannot be reached: {error}") from error


def _at(app: OAuthApp, turn: int) -> ColumnElement[bool]:
    return and_(credentials.c.connection == app.connection, credentials.c.turn == turn)


def _context(app: OAuthApp) -> bytes:
    return f"credentials {app.identity}".encode()


def _now(tx: Connection) -> datetime:
    if tx.dialect.name == "sqlite":
        return datetime.now(UTC)
    found: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return found
