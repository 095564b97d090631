"""Moving deals that are paid to the stage that the settings name.

A stage says nothing of `status`: a won deal stays won wherever it is put (pipedrive page, section 1).
"""

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.memory import Memory
from raccord.domain.values.message import Text, message
from raccord.vendors.pipedrive import wire
from raccord.vendors.pipedrive.client import PipedriveClient
from raccord.vendors.pipedrive.deals import DEALS, DealReader
from raccord.vendors.pipedrive.wanted import PAYMENT
from raccord.vendors.pipedrive.writing import WRITE

PATH = "/api/v2/stages"
_LISTING = Operation("list the stages", DEALS)
_REMEMBERED = 60.0
"""Seconds that stages are known: somebody who adds one sees deals move to it soon."""
_SETTING = "paid_stages"

Stages = tuple[wire.Stage, ...]


class PaidStages:
    """The stages for paid deals of one account, at most one of each pipeline."""

    def __init__(self, client: PipedriveClient, deals: DealReader, wanted: tuple[int, ...]) -> None:
        self._client = client
        self._deals = deals
        self._wanted = wanted
        self._known: Memory[Stages] = Memory()

    async def waits(self, deal_id: str) -> bool:
        """Whether the deal has yet to reach the stage of its pipeline; see the port."""
        return await self._next(deal_id) is not None

    async def move(self, deal_id: str) -> None:
        """Move the deal, if it is still to be moved."""
        if (stage := await self._next(deal_id)) is None:
            return
        what, path = f"move the deal {deal_id} to the stage {stage}", f"/api/v2/deals/{deal_id}"
        await self._client.write(what, WRITE, "PATCH", path, wire.Identified, content={"stage_id": stage})

    async def _next(self, deal_id: str) -> int | None:
        """Return the stage that the deal should go to, or None when it stays: only a person wins one."""
        if not self._wanted:
            return None
        deal = await self._deals.record(deal_id)
        if not deal.won:
            return None
        line = await self._line(deal.pipeline_id)
        if deal.stage_id not in line:
            self._known.forget("")
            line = await self._line(deal.pipeline_id)
        marked = [stage for stage in line if stage in self._wanted]
        if deal.stage_id not in line or len(marked) != 1:
            return None
        return marked[0] if line.index(deal.stage_id) < line.index(marked[0]) else None

    async def _line(self, pipeline: int | None) -> list[int]:
        """Return a pipeline's stages in the order in which a deal goes through them."""
        known = await self._known.get("", lambda: read_stages(self._client), seconds=lambda _: _REMEMBERED)
        return [each.id for each in known if each.pipeline_id == pipeline]


async def read_stages(client: PipedriveClient) -> Stages:
    """Return the stages of all pipelines, those of each in their order."""
    found = [each async for each in client.every(_LISTING, PATH, wire.Stage) if not each.is_deleted]
    return tuple(sorted(found, key=lambda stage: stage.order_nr))


async def check_stages(client: PipedriveClient, wanted: tuple[int, ...]) -> tuple[Check, ...]:
    """Check that each stage is there and its pipeline's only one."""
    if not wanted:
        return ()
    try:
        stages = await read_stages(client)
    except ConnectorError as error:
        return (_failed(_SETTING, in_its_words(error), message("check.stages_by_hand", setting=_SETTING)),)
    return tuple(_check(each, stages, wanted) for each in wanted)


def _check(wanted: int, stages: Stages, every: tuple[int, ...]) -> Check:
    name = f"{_SETTING}: {wanted}"
    found = next((each for each in stages if each.id == wanted), None)
    if found is None:
        known = ", ".join(f"{each.id} ({each.name})" for each in stages)
        return _failed(name, message("pipedrive.no_stage"), message("check.name_a_stage", known=known))
    if sum(each.pipeline_id == found.pipeline_id and each.id in every for each in stages) > 1:
        said = message("check.several_stages", pipeline=str(found.pipeline_id))
        return _failed(name, said, message("check.keep_one_stage", setting=_SETTING))
    return Check.ok(name, found.name, expected=str(wanted))


def _failed(name: str, found: Text, remedy: Text) -> Check:
    return Check.fail(name, found, remedy=remedy).model_copy(update={"flow": PAYMENT})
