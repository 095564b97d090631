"""Fetching an invoice's PDF, keeping it, attaching it to its deal, and remembering what came of it.

A copy of convenience: each step is tried once by Temporal, says what it met as a value, and alarms nobody.
"""

import asyncio
import hashlib
import os
from contextlib import suppress
from pathlib import Path

from temporalio import activity
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy

from activities.effects import ACTOR, Effect, Effects, cause
from raccord.connectors.billing import BillingReader
from raccord.connectors.crm import Crm
from raccord.connectors.errors import (
    AmbiguousWrite,
    Auth,
    ConnectorError,
    Forbidden,
    RateLimited,
    Transient,
)
from raccord.domain.rules.modes import Mode
from raccord.domain.rules.timing import Timing
from raccord.domain.values.base import Value
from raccord.domain.values.document import DocumentOf, DocumentRemark, KeptDocument
from raccord.domain.values.message import message
from raccord.records.records import Records
from raccord.records.work import together
from raccord.temporal.flows import AT_LEISURE, FLOWS_QUEUE
from raccord.texts import say

MOST_AT_ONCE = 200
"""PDFs that one sweep begins with; the next one goes on."""
_LATER = (Transient, RateLimited, AmbiguousWrite)


class KeepingRules(Value):
    """What the settings say about PDFs. `crm` is empty where the CRM takes no files, or shall not."""

    keep: bool
    billing: str
    crm: str
    mode: Mode
    timing: Timing


class Keeping(Value):
    """One PDF and where its steps run."""

    document: DocumentOf
    rules: KeepingRules


class Ended(Value):
    """What came of a PDF; `kept` is None where there is none."""

    document: DocumentOf
    kept: KeptDocument | None = None
    file_id: str = ""
    """The CRM's id of the attached file."""
    remark: str = ""


class Attachment(Value):
    """A file of the CRM's that is to hang on a deal."""

    kept: KeptDocument
    file_id: str


class DocumentFiles:
    """On the billing system's queue. `folder` is shared by all workers of a fleet."""

    def __init__(self, billing: BillingReader, folder: Path) -> None:
        self._billing = billing
        self._folder = folder

    @activity.defn(name="documents.fetch")
    async def fetch(self, of: DocumentOf) -> KeptDocument | DocumentRemark:
        """Fetch the PDF and write it into the folder, readable by our own user alone."""
        try:
            content = await self._billing.read_document(of.invoice_id)
            await asyncio.to_thread(_write, self._folder, of.file_name, content)
        except (ConnectorError, OSError) as error:
            return _remark(error)
        return KeptDocument(of=of, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


class DocumentUploads:
    """On the CRM's queue. `language` is that of the note on the deal."""

    def __init__(self, crm: Crm, folder: Path, effects: Effects, *, language: str) -> None:
        self._language = language
        self._crm = crm
        self._folder = folder
        self._effects = effects

    @activity.defn(name="documents.upload")
    async def upload(self, kept: KeptDocument) -> str | DocumentRemark:
        """Give the file to the CRM and return its id there; a repeat replaces the file."""
        try:
            content = await asyncio.to_thread((self._folder / kept.of.file_name).read_bytes)
            return await self._crm.store_file(kept.of.file_name, content)
        except FileNotFoundError:
            reason = f"{kept.of.file_name} is not in this worker's folder; all workers must share one."
            return DocumentRemark(reason=reason)
        except (ConnectorError, OSError) as error:
            return _remark(error)

    @activity.defn(name="documents.attach")
    async def attach(self, wanted: Attachment) -> DocumentRemark | None:
        """Hang the file on the deal, once."""
        of = wanted.kept.of

        async def look() -> str | None:
            return await self._crm.find_attachment(of.deal.id, of.ref)

        async def write(_: str) -> str:
            return await self._crm.attach_file(
                of.deal.id,
                wanted.file_id,
                text=say(message("document.note", number=of.number), self._language),
                ref=of.ref,
            )

        try:
            await self._effects.once(
                Effect(
                    key=f"{of.key}/attach",
                    name="documents.attach",
                    object=str(of.deal),
                    cause=cause(),
                    request={"file": wanted.file_id, "sha256": wanted.kept.sha256},
                ),
                look=look,
                write=write,
            )
        except ConnectorError as error:
            return _remark(error)
        return None


class DocumentRecords:
    """On our own queue: which PDFs are still to be fetched, and what came of one."""

    def __init__(self, records: Records, rules: KeepingRules) -> None:
        self._records = records
        self._rules = rules

    @activity.defn(name="documents.begin")
    async def begin(self) -> int:
        """Begin with each issued invoice whose PDF nobody has looked for; return how many there are."""
        rules = self._rules
        if not rules.keep or rules.mode is Mode.SHADOW:
            return 0
        found = await self._records.links.without_document(rules.billing, most=MOST_AT_ONCE)
        for document in found:
            await activity.client().start_workflow(
                "KeepingDocument",
                Keeping(document=document, rules=rules),
                id=document.key,
                task_queue=FLOWS_QUEUE,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
                static_summary=f"PDF of invoice {document.number}",
                priority=AT_LEISURE,
            )
            activity.heartbeat()
        return len(found)

    @activity.defn(name="documents.end")
    async def end(self, ended: Ended) -> None:
        """Remember what came of a PDF, its hash included; nobody looks for it again."""
        noting = self._records.audit.note(
            effect="documents.kept" if ended.kept else "documents.missed",
            object=str(ended.document.deal),
            actor=ACTOR,
            cause=cause(),
            detail=ended.model_dump(mode="json"),
            key=ended.document.key,
        )
        await together(noting, self._records.claims.claim(ended.document.key, cause()))


def _write(folder: Path, name: str, content: bytes) -> None:
    """Write a file whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".{name}.{os.getpid()}"
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(folder / name)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()


def _remark(error: Exception) -> DocumentRemark:
    repairable = isinstance(error, Auth) and not isinstance(error, Forbidden)
    nowhere = isinstance(error, Transient) and error.elsewhere
    again = repairable or (isinstance(error, (*_LATER, OSError)) and not nowhere)
    return DocumentRemark(reason=str(error), again=again)
