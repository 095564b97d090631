"""The pairs that are played: the points at which flow 1 is broken there, and the lanes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.front_door.books import Books, Pennylane, Stripe
from tests.front_door.crms import Crm, HubSpot, Pipedrive
from tests.front_door.judge import by_a_person
from tests.front_door.points import Call, Case, Point
from tests.front_door.stack import Lane, TemporalServer
from tests.front_door.test_pennylane import TOKEN, PennylaneLane
from tests.front_door.test_pipedrive import SECRETS, PipedriveLane

DEATHS = ("before", "after", "answered")
"""When a worker dies: before a call reaches the vendor, once it had its effect, once it was answered."""


class PipedrivePennylaneLane(PipedriveLane, PennylaneLane):
    """Neither of the vendors that everything else is played on."""


_RATES = ", ".join(str(rate) for rate in range(100))
_SECRETS = {"RACCORD_VAT__RATES": f"[{_RATES}, 5.5, 2.1]"} | TOKEN | SECRETS


@dataclass(frozen=True)
class Pair:
    """A CRM and a billing system. `fewest` points, so that none is lost unseen, on so many lanes."""

    crm: Crm
    books: Books
    lane_type: type[Lane]
    points: tuple[Point, ...]
    fewest: int
    lanes: int

    def __str__(self) -> str:
        return f"{self.crm.name}-{self.books.name}"

    def lane(self, server: TemporalServer, directory: Path, name: str) -> Lane:
        return self.lane_type(server, directory, name, messenger=False, overrides=_SECRETS)

    async def ready(self, lane: Lane) -> None:
        await self.crm.ready(lane)
        await self.books.ready(lane)

    async def writes(self, case: Case, number: str, *, since: int) -> int:
        """Count our requests that say the number on the deal: a second of equal values changes nothing."""
        requests = await case.lane.account.requests(vendor=self.crm.name, since=str(since))
        ours = [each for each in requests if each["method"] == "PATCH" and not by_a_person(each)]
        to_it = [each for each in ours if each["path"].endswith(f"/deals/{case.deal}")]
        return len([each for each in to_it if number in each["body"]])


def _deaths(calls: Iterable[Call]) -> Iterator[Point]:
    for call in calls:
        for when in DEATHS:
            yield Point(call, when, {}, kills=True)


def _whole(crm: Crm, books: Books) -> tuple[Point, ...]:
    return (*_deaths((*books.calls, crm.write)), *books.late_points())


def _crossing(crm: Crm, books: Books) -> tuple[Point, ...]:
    """Where one vendor's ids are written into the other: the rest is either vendor's alone."""
    return tuple(_deaths((books.customer, books.draft, crm.write)))


_HUBSPOT, _PIPEDRIVE, _STRIPE, _PENNYLANE = HubSpot(), Pipedrive(), Stripe(), Pennylane()
PAIRS = (
    Pair(_HUBSPOT, _STRIPE, Lane, _whole(_HUBSPOT, _STRIPE), fewest=31, lanes=4),
    Pair(_HUBSPOT, _PENNYLANE, PennylaneLane, _whole(_HUBSPOT, _PENNYLANE), fewest=22, lanes=4),
    Pair(_PIPEDRIVE, _STRIPE, PipedriveLane, _crossing(_PIPEDRIVE, _STRIPE), fewest=9, lanes=2),
    Pair(
        _PIPEDRIVE, _PENNYLANE, PipedrivePennylaneLane, _crossing(_PIPEDRIVE, _PENNYLANE), fewest=9, lanes=2
    ),
)
