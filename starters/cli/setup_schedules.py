"""`raccord setup` of what starts by the clock, on a Temporal of one's own."""

from datetime import timedelta

from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from raccord.connectors.connection import Check, in_its_words
from raccord.domain.values.message import message
from raccord.sealing import KeyRing
from raccord.settings.configuration import Configuration
from raccord.settings.model import Settings
from raccord.temporal.client import TemporalUnreachable, connect
from raccord.temporal.flows import DIGEST, PROOF, SWEEP, WEEKLY_REPORT
from starters.schedules import schedule_digest, schedule_proof, schedule_report, schedule_sweep

WITHIN = timedelta(seconds=30)
_MAKES = {
    SWEEP: schedule_sweep,
    DIGEST: schedule_digest,
    PROOF: schedule_proof,
    WEEKLY_REPORT: schedule_report,
}


async def set_up_schedules(configuration: Configuration, keys: KeyRing, *, dry: bool) -> tuple[Check, ...]:
    """Make the schedules that are missing, and have the others say what the settings say.

    A pause that somebody made stays. `dry`: say it, and change nothing.
    """
    try:
        client = await connect(configuration.settings, keys, within=WITHIN, look_only=dry)
        return tuple(
            [await _one(client, configuration.settings, id, dry=dry) for id in _wanted(configuration)]
        )
    except (TemporalUnreachable, RPCError) as error:
        if dry:
            # Whether Temporal can be reached, the step before has said.
            return tuple(
                Check.ok(message("setup.schedule", schedule=id), message("setup.would_make"))
                for id in _wanted(configuration)
            )
        said = error.said[0] if isinstance(error, TemporalUnreachable) else in_its_words(error)
        return (Check.fail(message("setup.schedules"), said, remedy=message("setup.schedules_again")),)


def _wanted(configuration: Configuration) -> tuple[str, ...]:
    """Name those that the settings ask for: both sides are compared once there is a cut-over."""
    return tuple(id for id in _MAKES if id != PROOF or configuration.settings.invoice_deals_won_from)


async def _one(client: Client, settings: Settings, id: str, *, dry: bool) -> Check:
    there, paused = await _found(client, id)
    if not dry:
        await _MAKES[id](client, settings)
    said = (
        (message("check.there_already") if dry else message("setup.up_to_date"))
        if there
        else (message("setup.would_make") if dry else message("setup.made_it"))
    )
    return Check.ok(
        message("setup.schedule", schedule=id), message("setup.paused", said=said) if paused else said
    )


async def _found(client: Client, id: str) -> tuple[bool, bool]:
    """Return whether it is there, and whether somebody paused it."""
    try:
        now = await client.get_schedule_handle(id).describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False, False
        raise
    return True, now.schedule.state.paused
