"""The one recipe of every write outside: intent, look, write once, read back, outcome.

Each attempt restarts at the look-up, so a crash, a retry or a replay by hand finds what an
earlier attempt already did instead of doing it again.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from temporalio import activity

from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    Permanent,
    Poison,
    RateLimited,
    Transient,
)
from raccord.domain.values.base import Value
from raccord.records.audit import HAPPENED, Audit, Intent, Standing, Verdict
from raccord.records.work import Work, together

T = TypeVar("T")
ACTOR = "raccord"
LONGEST_LAG = timedelta(minutes=15)
"""No vendor documents a look-up that lags longer; beyond it, something undoes what we write."""
LONGEST_DOUBT = timedelta(minutes=2)
"""For so long after a request without a known end a refusal may be of what it made, though lists miss it."""
UNKNOWN = "unknown"
"""Code of the refusal to repeat what may have happened where nobody but a person can tell."""


class Effect(Value):
    """One external write, before it happens.

    `key` derives from the business only. `request` is what will be asked for, kept sealed in the audit.
    """

    key: str
    name: str
    """`role.verb`, as the activity."""
    object: str
    """Opaque id of what it is about: `<connection>:123`, `customer/9f…`."""
    cause: str
    request: dict[str, Any] = {}
    before: dict[str, Any] = {}
    """What it replaces, kept sealed too."""

    @property
    def request_hash(self) -> str:
        return hashlib.sha256(repr(sorted(self.request.items())).encode()).hexdigest()


class Unsettled(AmbiguousWrite):
    """Nothing was asked of the vendor now: what was asked before may still come to show."""

    name = "Unsettled"


class Effects:
    """Writes through the recipe, with the audit as its memory.

    `settle`: how long after an answer the vendor's look-ups may still miss what that request
    created. Until then nothing is written again. `in_flight`, for vendors without idempotency keys:
    how long a request of an attempt that came to no end may still be under way; with a key, a
    repeat of it is harmless.
    """

    def __init__(
        self, audit: Audit, *, settle: timedelta = timedelta(0), in_flight: timedelta | None = None
    ) -> None:
        self._audit = audit
        self._settle = settle
        self._in_flight = in_flight

    async def once(
        self,
        effect: Effect,
        *,
        look: Callable[[], Awaitable[T | None]],
        write: Callable[[str], Awaitable[T]],
        write_looks: bool = False,
        read_back: bool = True,
        shows: Callable[[T], bool] | None = None,
        final: T | None = None,
        untold: str = "",
        remember: Callable[[T], Work[None]] | None = None,
    ) -> T:
        """Make sure that the effect has happened exactly once, and return what it produced.

        `look` returns what is already there; `write` takes the idempotency key. With `read_back` the result
        is read again and returned as the vendor holds it. `final` is for effects that cannot be undone, such
        as an e-mail: once the audit says that it happened, it is returned whatever the look-up says.
        `untold` is for a vendor that cannot be asked whether it happened, and says so in a sentence: then an
        earlier attempt whose end is unknown is a `Permanent`, and never repeated.
        `remember` is what our records keep of it, in one transaction with the outcome.

        Two reads are spared at the very first attempt, when nothing was ever asked for under the key:
        the look, where the `write_looks` itself; and reading back an answer that is the object as the vendor
        holds it and that `shows` the effect. A repeat may get the stored answer to an earlier request, which
        proves nothing any more. Raises connector errors.
        """
        standing = await self._audit.intend(
            Intent(
                key=effect.key,
                effect=effect.name,
                object=effect.object,
                actor=ACTOR,
                cause=effect.cause,
                request_hash=effect.request_hash,
                before=effect.before,
                after=effect.request,
            )
        )
        if standing.last_outcome in HAPPENED and final is not None:
            found: T | None = final
        else:
            # Refused by the look is not what was asked for before: a mail that may have left stays open.
            failed = None if untold and not standing.came_to_nothing else Verdict.REFUSED
            found = None if standing.first and write_looks else await self._look(effect, look, failed=failed)
        if untold and found is None and not standing.came_to_nothing:
            raise Permanent(untold, code=UNKNOWN)
        if found is not None:
            return await self._concluded(effect, Verdict.FOUND, found, remember)
        self._wait_until_settled(effect, standing)
        result = await self._write(effect, standing, write, certain=bool(untold))
        if read_back and not (standing.first and shows and shows(result)):
            result = await self._read_back(effect, standing, look)
        return await self._concluded(effect, Verdict.DONE, result, remember)

    async def unheard_of(self, key: str) -> bool:
        """Whether nothing was ever asked for under a key, as far as the records know."""
        return await self._audit.unheard_of(key)

    async def found(self, key: str, result: Value) -> None:
        """Close an intent of an earlier attempt whose effect was found by a look that came before it."""
        await self._audit.conclude(key, Verdict.FOUND, _seen(result))

    async def _concluded(
        self, effect: Effect, verdict: Verdict, result: T, remember: Callable[[T], Work[None]] | None
    ) -> T:
        outcome = self._audit.conclude(effect.key, verdict, _seen(result))
        await (together(outcome, remember(result)) if remember else outcome)
        return result

    def _wait_until_settled(self, effect: Effect, standing: Standing) -> None:
        remaining = self._settled_at(standing) - datetime.now(UTC)
        if remaining > timedelta(0):
            raise Unsettled(
                f"{effect.name} for {effect.object} was asked for before and does not show; "
                "looking again before anything is repeated.",
                retry_after=max(remaining, timedelta(seconds=1)),
            )

    def _settled_at(self, standing: Standing) -> datetime:
        """Return when whatever was asked for before must show."""
        if standing.sent_at and self._in_flight is not None:
            return standing.sent_at + self._in_flight + self._settle
        if standing.last_outcome_at is None or standing.last_outcome is Verdict.REFUSED:
            return standing.first_intent_at
        return standing.last_outcome_at + self._settle

    def _may_be_of_its_own(self, standing: Standing) -> bool:
        """Whether a refusal may mean what an earlier request made: that its reference is taken.

        Which refusals say so differs by vendor, and so does whether a failed request made something.
        """
        failed = standing.last_outcome_at if standing.last_outcome is Verdict.SERVER_ERROR else None
        since = standing.sent_at or failed
        return self._in_flight is not None and since is not None and datetime.now(UTC) - since < LONGEST_DOUBT

    async def _write(
        self, effect: Effect, standing: Standing, write: Callable[[str], Awaitable[T]], *, certain: bool
    ) -> T:
        # A vendor that stores answers replays them under the same key: a 500 that never heals, a
        # refusal whose cause was repaired, a draft that was deleted. Each answer that the look-up
        # has since disproved opens a new key.
        key = f"{effect.key}#{standing.outcomes}" if standing.outcomes else effect.key
        if self._in_flight is not None:
            await self._audit.sent(effect.key, datetime.now(UTC))
        try:
            return await write(key)
        except AmbiguousWrite as error:
            if error.answered:
                await self._audit.conclude(effect.key, Verdict.SERVER_ERROR, {"error": str(error)})
            raise
        except Poison as error:
            await self._audit.conclude(effect.key, Verdict.SERVER_ERROR, {"error": str(error)})
            raise
        except Permanent as error:
            if self._may_be_of_its_own(standing):
                await self._audit.sent(effect.key, standing.sent_at)
                raise Unsettled(
                    f"{effect.name} for {effect.object} is refused while an earlier request for it may still "
                    f"come to show; looking again. {error}"
                ) from error
            detail = {"error": str(error), "code": error.code, "field": error.field}
            await self._audit.conclude(effect.key, Verdict.REFUSED, detail)
            raise
        except (Transient, RateLimited, Auth) as error:
            # Nothing happened, whatever the next attempt finds; else it is looked for, which is cheaper.
            if certain:
                await self._audit.conclude(effect.key, Verdict.REFUSED, {"error": str(error)})
            elif self._in_flight is not None:
                await self._audit.sent(effect.key, standing.sent_at)
            raise

    async def _look(
        self,
        effect: Effect,
        look: Callable[[], Awaitable[T | None]],
        *,
        failed: Verdict | None,
    ) -> T | None:
        try:
            return await look()
        except (Permanent, Poison) as error:
            # The flow may go on another way after a person has looked: no intent is left open without need.
            if failed:
                code = error.code if isinstance(error, Permanent) else None
                await self._audit.conclude(effect.key, failed, {"error": str(error), "code": code})
            raise

    async def _read_back(
        self, effect: Effect, standing: Standing, look: Callable[[], Awaitable[T | None]]
    ) -> T:
        # Something was written: whatever a later look misses of it may still come to show.
        result = await self._look(effect, look, failed=Verdict.SERVER_ERROR)
        if result is None and datetime.now(UTC) - standing.first_intent_at > LONGEST_LAG:
            await self._audit.conclude(effect.key, Verdict.REFUSED, {"error": "accepted, but never shown"})
            raise Permanent(
                f"{effect.name} for {effect.object} is accepted again and again but never shows: "
                "something in the vendor's account undoes it (an automation?). Find it, then start again."
            )
        if result is None:
            raise AmbiguousWrite(
                f"{effect.name} for {effect.object} was accepted but does not show yet; looking again."
            )
        return result


def _seen(result: object) -> dict[str, Any]:
    if isinstance(result, Value):
        return result.model_dump(mode="json")
    return {"result": str(result)}


def step_key() -> str:
    """Name the step of a run that an activity is: the same at each of its attempts."""
    info = activity.info()
    return f"{info.workflow_run_id}/{info.activity_type}/{info.activity_id}"


def cause() -> str:
    """Name the workflow run on whose behalf an activity writes; the audit's `cause`."""
    info = activity.info()
    return f"{info.workflow_id} {info.workflow_run_id}"
