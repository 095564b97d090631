"""What a start of `raccord up` must have for itself. Seen before anything heavy is loaded, or started."""

from collections.abc import Iterator
from contextlib import contextmanager

from raccord.ports import Place, PortTaken, refusals
from raccord.settings.model import Settings
from starters.embedded.lock import held
from starters.receiver.places import places


@contextmanager
def alone(settings: Settings) -> Iterator[int]:
    """Hold the data directory; yields the lock's descriptor. Raises `CannotHold`, `PortTaken`."""
    temporal = settings.temporal
    wanted = (
        *places(settings),
        Place("127.0.0.1", temporal.embedded_port, "temporal.embedded_port"),
        Place("127.0.0.1", temporal.embedded_ui_port, "temporal.embedded_ui_port"),
    )
    with held(settings.data.directory, "`raccord up`") as lock:
        if taken := refusals(wanted):
            raise PortTaken(*taken)
        yield lock
