"""Moving deals that are paid to the stage that the settings name (HubSpot docs: api/crm/pipelines)."""

from collections.abc import Iterator
from dataclasses import dataclass

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError
from raccord.connectors.http.errors import Operation
from raccord.connectors.memory import Memory
from raccord.domain.values.message import Text, message
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.facts import is_won
from raccord.vendors.hubspot.invoice_fields import DEAL_WRITE
from raccord.vendors.hubspot.records import Records, scope
from raccord.vendors.hubspot.wanted import PAYMENT
from raccord.vendors.hubspot.wire import Identified, Pipeline, Pipelines, Stage

_REMEMBERED = 60.0
"""Seconds that pipelines are known: somebody who adds a stage sees deals move to it soon."""
_DEALS = "deals"
_SETTING = "paid_stages"
_READING = Operation("read the deal pipelines", scope(_DEALS))


class PaidStages:
    """The stages for paid deals of one HubSpot account, at most one of each pipeline."""

    def __init__(self, client: HubSpotClient, wanted: tuple[str, ...]) -> None:
        self._client = client
        self._records = Records(client)
        self._wanted = wanted
        self._known: Memory[tuple[Pipeline, ...]] = Memory()

    async def waits(self, deal_id: str) -> bool:
        """Whether the deal has yet to reach the stage of its pipeline; see the port."""
        return await self._next(deal_id) is not None

    async def move(self, deal_id: str) -> None:
        """Move the deal, if it is still to be moved."""
        if not (stage := await self._next(deal_id)):
            return
        await self._client.patch(
            Operation(f"move the deal {deal_id} to the stage {stage}", DEAL_WRITE, write=True),
            paths.record(_DEALS, deal_id),
            {"properties": {"dealstage": stage}},
            Identified,
        )

    async def _next(self, deal_id: str) -> str | None:
        """Return the stage that the deal should go to, or None when it stays."""
        if not self._wanted:
            return None
        deal = await self._records.deal(deal_id, ("pipeline", "dealstage"))
        pipeline, stage = deal.text("pipeline"), deal.text("dealstage")
        line = await self._line(pipeline)
        if line is None or stage not in line.places:
            self._known.forget(_DEALS)
            line = await self._line(pipeline)
        return line.after(stage, self._wanted) if line else None

    async def _line(self, pipeline: str) -> "_Line | None":
        """Return the deal's own pipeline: nobody documents whether two may use the same id for a stage."""
        known = await self._known.get(_DEALS, self._read, seconds=lambda _: _REMEMBERED)
        return next((_Line(each) for each in known if each.id == pipeline), None)

    async def _read(self) -> tuple[Pipeline, ...]:
        return (await self._client.get(_READING, paths.PIPELINES, Pipelines)).results


async def check_stages(client: HubSpotClient, wanted: tuple[str, ...]) -> tuple[Check, ...]:
    """Check that each stage is there, wins a deal, and is its pipeline's only one."""
    if not wanted:
        return ()
    try:
        pipelines = (await client.get(_READING, paths.PIPELINES, Pipelines)).results
    except ConnectorError as error:
        return (_failed(_SETTING, in_its_words(error), message("check.stages_by_hand", setting=_SETTING)),)
    return tuple(_check(each, pipelines, wanted) for each in wanted)


def _check(stage_id: str, pipelines: tuple[Pipeline, ...], wanted: tuple[str, ...]) -> Check:
    name, lines = f"{_SETTING}: {stage_id}", [_Line(each) for each in pipelines]
    places = [line for line in lines if stage_id in line.places]
    if not places:
        known = ", ".join(f"{id} ({stage.label or id})" for line in lines for id, stage in line.winning())
        return _failed(name, message("hubspot.no_stage"), message("check.name_a_stage", known=known))
    for line in places:
        if not is_won(line.stages[line.places[stage_id]]):
            said = message("hubspot.stage_not_won", pipeline=line.name)
            return _failed(name, said, message("hubspot.choose_won_stage"))
        if len(line.marked(wanted)) > 1:
            said = message("check.several_stages", pipeline=line.name)
            return _failed(name, said, message("check.keep_one_stage", setting=_SETTING))
    found = ", ".join(f"{line.name}: {line.stages[line.places[stage_id]].label}" for line in places)
    return Check.ok(name, found, expected=stage_id)


def _failed(name: str, found: Text, remedy: Text) -> Check:
    return Check.fail(name, found, remedy=remedy).model_copy(update={"flow": PAYMENT})


@dataclass(frozen=True, slots=True)
class _Line:
    """The stages of a pipeline in the order in which a deal goes through them."""

    pipeline: Pipeline

    @property
    def name(self) -> str:
        return self.pipeline.label or self.pipeline.id

    @property
    def stages(self) -> list[Stage]:
        there = [stage for stage in self.pipeline.stages if not stage.archived]
        # Stable, so that those without a place keep the order in which they were listed.
        return sorted(there, key=lambda stage: stage.display_order or 0)

    @property
    def places(self) -> dict[str, int]:
        return {stage.id: place for place, stage in enumerate(self.stages)}

    def marked(self, wanted: tuple[str, ...]) -> list[str]:
        return [stage.id for stage in self.stages if stage.id in wanted]

    def winning(self) -> Iterator[tuple[str, Stage]]:
        return ((stage.id, stage) for stage in self.stages if is_won(stage))

    def after(self, stage_id: str, wanted: tuple[str, ...]) -> str | None:
        """Return the one marked stage behind this one, from one that wins to another; None otherwise.

        A deal that is still open is not won by being paid: only a person wins one.
        """
        places, marked = self.places, self.marked(wanted)
        if stage_id not in places or len(marked) != 1:
            return None
        here, there = places[stage_id], places[marked[0]]
        return (
            marked[0] if here < there and is_won(self.stages[here]) and is_won(self.stages[there]) else None
        )
