"""An event on its way to one endpoint."""

from temporalio import activity

from activities.effects import Effect, Effects, cause
from raccord.connectors.outbound import Outbound
from raccord.domain.onboarding.event import OutboundEvent


class EventActivities:
    """`endpoint`: its connection."""

    def __init__(self, endpoint: str, outbound: Outbound, effects: Effects) -> None:
        self._endpoint = endpoint
        self._outbound = outbound
        self._effects = effects

    @activity.defn(name="events.send")
    async def send(self, event: OutboundEvent) -> None:
        """Send an event until its endpoint has taken it; a repeat is told by the event's id."""

        async def look() -> bool | None:
            return None

        async def write(_: str) -> bool:
            await self._outbound.send(event)
            return True

        await self._effects.once(
            Effect(
                key=f"{event.key}/{self._endpoint}",
                name="events.send",
                object=event.about,
                cause=cause(),
                request={"id": event.id, "body": event.body},
            ),
            look=look,
            write=write,
            read_back=False,
            final=True,
        )
