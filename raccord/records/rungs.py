"""Who stands on which rung of the ladder from shadow to live, by whose word and why."""

import hashlib
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from raccord.domain.rules.ladder import Place
from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Value
from raccord.records.database import Database
from raccord.records.tables import rungs
from raccord.records.work import Work
from raccord.sealing import KeyRing

_CONTEXT = b"rung"


class Placed(Value):
    """A place, with who gave it. `at` is aware."""

    place: Place
    actor: str
    reason: str
    at: datetime


class Overtaken(Exception):
    """Somebody gave a rung meanwhile; nothing was written."""


class Rungs:
    """Each method may raise `UnknownKey`, `CannotUnseal`: what cannot be read may be a demotion."""

    def __init__(self, database: Database, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    def put(self, placed: Placed) -> Work[None]:
        """Give somebody a rung, in place of the one before."""
        key = _key(placed.place)
        row = {
            "at": placed.at,
            "sealed": self._keys.seal(placed.model_dump_json().encode(), context=_CONTEXT),
        }

        def work(tx: Connection) -> None:
            tx.execute(delete(rungs).where(rungs.c.key == key))
            tx.execute(insert(rungs).values(key=key, **row))

        return self._database.writing(work)

    def unmoved(self, seen: tuple[Place, ...]) -> Work[None]:
        """Describe work that raises `Overtaken` unless everybody still stands as `seen`.

        Joined with others that write, nobody moves in between.
        """

        def work(tx: Connection) -> None:
            if tuple(each.place for each in self._all(tx)) != seen:
                raise Overtaken

        return self._database.reading(work)

    def placed(self) -> Work[tuple[Placed, ...]]:
        """Return every place, the oldest first."""
        return self._database.reading(self._all)

    async def places(self) -> tuple[Place, ...]:
        """Return every place, as the flows read it."""
        return tuple(each.place for each in await self.placed())

    async def in_shadow(self) -> bool:
        """Whether somebody stands on the lowest rung."""
        return any(place.rung.mode is Mode.SHADOW for place in await self.places())

    def _all(self, tx: Connection) -> tuple[Placed, ...]:
        wanted = select(rungs.c.sealed).order_by(rungs.c.at, rungs.c.key)
        return tuple(self._read(row) for row in tx.scalars(wanted))

    def _read(self, sealed: bytes) -> Placed:
        return Placed.model_validate_json(self._keys.unseal(sealed, context=_CONTEXT))


def _key(place: Place) -> str:
    """Name a place by nothing that tells whose it is."""
    return hashlib.sha256(place.scope.key.encode()).hexdigest()[:20]
