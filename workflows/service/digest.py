"""The digest of the day: what was found since the one before, told in one message."""

from datetime import timedelta

from temporalio import workflow

from activities.service.digest import DigestActivities, DigestMessages
from raccord.domain.values.message import RecordKind, RecordName
from workflows.steps import run_local, run_telling

WITHIN = timedelta(hours=12)
"""The run has to end: while it lasts, the schedule starts no other."""


@workflow.defn(name="Digest")
class DailyDigest:
    """Tell once what was found and not told yet. What cannot be told stays for the next digest."""

    @workflow.run
    async def run(self) -> int:
        """Return how many findings were told."""
        wanted = await run_local(DigestActivities.gather, workflow.now(), summary="gather what is new")
        if wanted is None:
            return 0
        told = await run_telling(
            DigestMessages.post,
            wanted.digest,
            queue=wanted.messenger,
            timing=wanted.timing,
            about=RecordName(kind=RecordKind.MESSAGE),
            summary="tell the channel",
            within=WITHIN,
        )
        if not told:
            return 0
        await run_local(DigestActivities.told, wanted.digest.at, summary="remember that it was told")
        return sum(tally.count for tally in wanted.digest.tallies)
