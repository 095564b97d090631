"""Sends the vendors' webhooks, again and again until somebody takes them."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx

DEFAULT_SCHEDULE = (1.0, 2.0, 5.0, 10.0, 30.0, 30.0, 60.0, 60.0, 120.0, 120.0)
"""Ten more attempts, as HubSpot makes (hubspot.md 7): there over a day, here over minutes."""
AT_ONCE = 10
"""Attempts of one vendor under way at the same time; what waits for its turn is not signed yet."""


@dataclass(frozen=True)
class Target:
    """Where one vendor delivers. No URL: nothing is delivered. `options` are the vendor's own settings."""

    url: str | None
    secret: str
    options: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {"url": self.url, "secret": self.secret, **self.options}


@dataclass(frozen=True)
class Outgoing:
    """One signed HTTP request, ready to be sent."""

    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class Attempt:
    """One try. `attempt` counts from 0; `status` is None while under way and when no answer came."""

    n: int
    vendor: str
    event: str
    attempt: int
    url: str
    body: str
    headers: dict[str, str]
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    status: int | None = None
    error: str | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver said so (any 2xx)."""
        return self.status is not None and 200 <= self.status < 300


class Delivery:
    """The webhook sender of all vendors. Signing is each vendor's own: `prepare` signs every attempt afresh.

    `schedule` holds the waits in seconds between attempts; after the last one the event is given up.
    """

    def __init__(
        self,
        *,
        schedule: Sequence[float] = DEFAULT_SCHEDULE,
        timeout: float = 5.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._schedule = tuple(schedule)
        self._timeout = timeout
        self._transport = transport
        self._client: httpx.AsyncClient | None = None
        self._targets: dict[str, Target] = {}
        self._attempts: list[Attempt] = []
        self._numbers = itertools.count(1)
        self._tasks: set[asyncio.Task[None]] = set()
        # In the client's own pool each request that waits is looked at whenever another one ends: of some
        # hundreds the process does nothing else, and their limit passes before they are sent.
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))

    def register(self, vendor: str, *, secret: str, **options: Any) -> None:
        """Called once by a vendor: its default secret and the options it knows, with their defaults."""
        self._targets[vendor] = Target(url=None, secret=secret, options=options)

    def target(self, vendor: str) -> Target:
        return self._targets[vendor]

    def configure(self, vendor: str, changes: Mapping[str, Any]) -> Target:
        """Change the named settings, keep the others; raises ValueError with a sentence."""
        target = self._targets.get(vendor)
        if target is None:
            raise ValueError(f"There is no vendor {vendor!r} here, only {', '.join(sorted(self._targets))}.")
        for key, value in changes.items():
            target = _changed(vendor, target, key, value)
        self._targets[vendor] = target
        return target

    def send(
        self,
        vendor: str,
        *,
        event: str,
        prepare: Callable[[int], Outgoing],
        waits: Sequence[float] | None = None,
        patience: float | None = None,
        told: Callable[[Attempt], None] | None = None,
    ) -> None:
        """Deliver in the background; returns at once. `prepare(attempt)` builds and signs one attempt.

        A vendor may have its own `waits` between attempts and seconds of `patience` for each one, and be
        `told` of each that has ended.
        """
        self._spawn(
            self._deliver(
                vendor,
                event,
                prepare,
                waits=self._schedule if waits is None else waits,
                patience=patience,
                told=told or (lambda _: None),
            )
        )

    async def once(self, vendor: str, *, event: str, request: Outgoing, patience: float) -> Attempt:
        """Deliver now and never again, waiting `patience` seconds at most; return how it went."""
        return await self._attempt(vendor, event, 0, request, patience=patience)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call `call` after a while, unless the simulator is reset or closed before."""

        async def later() -> None:
            await asyncio.sleep(seconds)
            call()

        self._spawn(later())

    def attempts(self) -> list[dict[str, Any]]:
        """Every attempt so far, oldest first, ready for JSON."""
        return [asdict(attempt) for attempt in self._attempts]

    def reset(self) -> None:
        """Forget what is under way and the log; targets stay, they are set-up and not state."""
        for task in self._tasks:
            task.cancel()
        self._attempts.clear()

    async def aclose(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client:
            await self._client.aclose()
            self._client = None

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(
        self,
        vendor: str,
        event: str,
        prepare: Callable[[int], Outgoing],
        *,
        waits: Sequence[float],
        patience: float | None,
        told: Callable[[Attempt], None],
    ) -> None:
        for number, wait in enumerate((*waits, None)):
            async with self._turns[vendor]:
                attempt = await self._attempt(vendor, event, number, prepare(number), patience=patience)
            told(attempt)
            if attempt.taken or wait is None:
                return
            await asyncio.sleep(wait)

    async def _attempt(
        self, vendor: str, event: str, number: int, request: Outgoing, *, patience: float | None = None
    ) -> Attempt:
        attempt = Attempt(
            n=next(self._numbers),
            vendor=vendor,
            event=event,
            attempt=number,
            url=request.url,
            body=request.body.decode(),
            headers=dict(request.headers),
        )
        self._attempts.append(attempt)
        sent = dict(request.headers)
        longest = self._timeout if patience is None else max(self._timeout, patience + 1)
        try:
            async with asyncio.timeout(patience):
                answer = await self._http().post(
                    request.url, content=request.body, headers=sent, timeout=longest
                )
            attempt.status = answer.status_code
        except TimeoutError:
            attempt.error = f"no answer within {patience:g} s"
        except httpx.HTTPError as error:
            attempt.error = f"{type(error).__name__}: {error}"
        return attempt

    def _http(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=self._timeout, transport=self._transport, trust_env=False, follow_redirects=False
            )
        return self._client


def _changed(vendor: str, target: Target, key: str, value: Any) -> Target:
    match key:
        case "url" if value is None or _is_url(value):
            return replace(target, url=value)
        case "url":
            raise ValueError(
                f"The webhook url must begin with http:// or https://, or be null; got {value!r}."
            )
        case "secret" if isinstance(value, str) and value:
            return replace(target, secret=value)
        case "secret":
            raise ValueError("The webhook secret must be a text that is not empty.")
    if key not in target.options:
        raise ValueError(f"{vendor} has no webhook setting {key!r}.")
    if type(value) is not type(target.options[key]):
        raise ValueError(f"{key!r} must be of the same kind as {target.options[key]!r}.")
    return replace(target, options={**target.options, key: value})


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))
