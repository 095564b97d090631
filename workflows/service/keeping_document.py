"""The PDF of one issued invoice: fetched, kept, attached to its deal, or told why not."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

from temporalio import workflow

from activities.documents.keeping import (
    Attachment,
    DocumentFiles,
    DocumentRecords,
    DocumentUploads,
    Ended,
    Keeping,
)
from raccord.domain.values.document import DocumentRemark
from workflows.steps import Missed, run_ours, run_quietly

T = TypeVar("T")
PAUSES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))
"""Between attempts of a step that may succeed later; after the last one its reason is recorded."""


@workflow.defn(name="KeepingDocument")
class KeepingDocument:
    """It follows after all that matters, holds nothing up, and ends in a bit more than a day."""

    @workflow.run
    async def run(self, wanted: Keeping) -> Ended:
        ended = await self._kept(wanted)
        await run_ours(DocumentRecords.end, ended, summary="remember what came of it")
        workflow.set_current_details(ended.remark)
        return ended

    async def _kept(self, wanted: Keeping) -> Ended:
        document, rules = wanted.document, wanted.rules
        kept = await self._until_settled(
            lambda: run_quietly(DocumentFiles.fetch, document, queue=rules.billing, summary="fetch the PDF")
        )
        if isinstance(kept, DocumentRemark):
            return Ended(document=document, remark=kept.reason)
        if not rules.crm:
            return Ended(document=document, kept=kept)
        file_id = await self._until_settled(
            lambda: run_quietly(DocumentUploads.upload, kept, queue=rules.crm, summary="give it to the CRM")
        )
        if isinstance(file_id, DocumentRemark):
            return Ended(document=document, kept=kept, remark=file_id.reason)
        hung = await self._until_settled(
            lambda: run_quietly(
                DocumentUploads.attach,
                Attachment(kept=kept, file_id=file_id),
                queue=rules.crm,
                summary="attach it to the deal",
            )
        )
        return Ended(document=document, kept=kept, file_id=file_id, remark=hung.reason if hung else "")

    async def _until_settled(
        self, attempt: Callable[[], Awaitable[T | DocumentRemark]]
    ) -> T | DocumentRemark:
        """Return what a step came to, after the pauses in which it may still succeed."""
        for pause in PAUSES:
            found = await self._attempt(attempt)
            if not (isinstance(found, DocumentRemark) and found.again):
                return found
            await workflow.sleep(pause, summary="then try again")
        return await self._attempt(attempt)

    async def _attempt(self, attempt: Callable[[], Awaitable[T | DocumentRemark]]) -> T | DocumentRemark:
        try:
            return await attempt()
        except Missed as missed:
            return DocumentRemark(reason=str(missed), again=True)
