"""A lane on which every flow does its everyday work, whatever the pair; and its Monday."""

import asyncio
import csv
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from temporalio.client import WorkflowFailureError
from temporalio.service import RPCError

from activities.dunning.memory import BEGAN
from raccord.domain.report.week import Week
from raccord.domain.service.sweep import Sweep
from raccord.domain.values.clock import DAY
from raccord.temporal.flows import FLOWS_QUEUE, WEEKLY_REPORT
from tests.front_door.pairs import Pair, PipedrivePennylaneLane
from tests.front_door.payments import ONE_BY_ONE, raise_limits
from tests.front_door.reporting import BOARD, title
from tests.front_door.stack import Lane, TemporalServer, until
from tests.front_door.test_pennylane import TOKEN, PennylaneLane
from tests.front_door.test_pipedrive import SECRETS, PipedriveLane
from tests.front_door.test_sweep import swept

SECTIONS = """
[company]
name = "Hexalab SAS"

[mail]
in_test = true

[smtp]
base_url = "smtp://127.0.0.1:{smtp}"
encryption = "none"
timeout = 2
sender = "Hexalab <compta@hexalab.example>"

[dunning]
sends_at = "00:00"
sends_until = "23:59:59.999999"
weekdays = [0, 1, 2, 3, 4, 5, 6]
on_holidays = true

[contact]
quiet = 0.5

[onboarding]
settle = 0

[[onboarding.steps]]
kind = "crm_task"
name = "kick-off"
title = "Appeler {{customer}}"

[[onboarding.steps]]
kind = "email"
name = "welcome"

[report]
to = ["{board}"]

[share]
vendor = "folder"
directory = "{share}"
timeout = 2
"""
OVERRIDES = ONE_BY_ONE | {
    "RACCORD_MODES__DUNNING": "live",
    "RACCORD_MODES__CONTACT": "live",
    "RACCORD_MODES__REPORT": "live",
    "RACCORD_PENNYLANE__REQUESTS_PER_SECOND": "200",
}
HALF_A_DAY = timedelta(hours=12)


class Everyday(Lane):
    """A lane whose flows all write. Mails arrive at the sandbox, and the week in a folder."""

    @property
    def share(self) -> Path:
        return self.directory / "share"

    def write_configuration(self) -> None:
        super().write_configuration()
        self.share.mkdir()
        more = SECTIONS.format(board=BOARD, share=self.share, **self.ports)
        said = f'mailer = "smtp"\nreport_sinks = ["share"]\n{self.config_file.read_text()}{more}'
        self.config_file.write_text(said)

    async def sweep(self, name: str) -> None:
        """Look for everything that no webhook tells."""
        # One during which a worker dies is made up for by the next one.
        with suppress(WorkflowFailureError):
            await self.client.execute_workflow(
                "Reconciliation", Sweep(full=True), id=f"reconciliation/{name}", task_queue=FLOWS_QUEUE
            )

    async def told_on_monday(self, day: date) -> tuple[dict[str, Any], list[list[str]]]:
        """Let it be the Monday after a day; return the mail to management, and the deals' rows beside it.

        All that happened until now was on the Sunday before, to the business clock.
        """
        week = Week.of(day)
        # Vendors and schedules tell whole seconds: what was done is before this one, the trigger is not.
        begins = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        self.environment |= _as_if(week.sunday + DAY, begins)
        await asyncio.sleep((begins - datetime.now(UTC)).total_seconds())
        await self.restart_worker()

        async def triggered() -> bool:
            with suppress(RPCError):  # the receiver has not made it yet
                await self.client.get_schedule_handle(WEEKLY_REPORT).trigger()
                return True
            return False

        await until(triggered, what="there is a schedule of the report")
        found: list[dict[str, Any]] = []

        async def mailed() -> bool:
            mails = await self.account.mails(title(week))
            found[:] = [each for each in mails if BOARD in each["to"]]
            return bool(found)

        await until(mailed, what=f"{week} is mailed")
        await self.client.get_workflow_handle(f"{WEEKLY_REPORT}/{week}").result()
        (mail,) = found
        text = (self.share / str(week) / f"{week}-deals.csv").read_text("utf-8-sig")
        return mail, list(csv.reader(text.splitlines(), delimiter=";"))


def _as_if(day: date, begins: datetime) -> dict[str, str]:
    """Return the settings of a business clock of half-days on which a day begins at an instant."""
    halves = range(2 * abs((day - begins.date()).days) + 4)
    epochs = (begins - each * HALF_A_DAY for each in halves)
    epoch = next(e for each, e in enumerate(epochs) if e.date() + each * DAY == day)
    return {
        "RACCORD_COMPANY__DAY_LENGTH": str(HALF_A_DAY.total_seconds()),
        "RACCORD_COMPANY__EPOCH": epoch.isoformat(),
    }


class EverydayOnPennylane(Everyday, PennylaneLane):
    pass


class EverydayOnPipedrive(Everyday, PipedriveLane):
    pass


class EverydayOnBoth(Everyday, PipedrivePennylaneLane):
    """Neither HubSpot nor Stripe."""


_LANES = {
    ("hubspot", "stripe"): Everyday,
    ("hubspot", "pennylane"): EverydayOnPennylane,
    ("pipedrive", "stripe"): EverydayOnPipedrive,
    ("pipedrive", "pennylane"): EverydayOnBoth,
}


@asynccontextmanager
async def everyday(server: TemporalServer, directory: Path, pair: Pair) -> AsyncIterator[Everyday]:
    """Run a lane of a pair; where the billing system tells nothing by itself, sweeps follow one another."""
    lane_type = _LANES[pair.crm.name, pair.books.name]
    name = f"every-{pair}"
    async with lane_type(
        server, directory, name, payment="live", overrides=OVERRIDES | TOKEN | SECRETS
    ) as lane:
        await raise_limits(lane.account)
        await lane.account.settings("slack", rate_limits=False)
        async with lane.records() as records:
            # Reminders have left for long: nobody who is late is news of the day that they began.
            await records.watermarks.begin(BEGAN, datetime.now(UTC) - 30 * DAY)
        await pair.ready(lane)
        await pair.crm.tells_of_companies(lane)
        await until(lambda: swept(lane), what="the sweep of the start is over")
        sweeping = None if pair.books.tells else asyncio.create_task(_sweeps(lane))
        try:
            yield lane
        finally:
            if sweeping:
                sweeping.cancel()
                with suppress(asyncio.CancelledError):
                    await sweeping


async def _sweeps(lane: Everyday) -> None:
    for number in itertools.count():
        await lane.sweep(str(number))
        await asyncio.sleep(1)
