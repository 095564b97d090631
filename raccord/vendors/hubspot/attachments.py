"""PDFs in HubSpot's file manager, and the notes that hang them on deals.

A file has no place on a deal of its own: a note names it in `hs_attachment_ids` (HubSpot docs: api/crm/notes,
files). Stored privately: nobody reaches one without signing in to HubSpot.
"""

import html
import json
from datetime import UTC, datetime

from raccord.connectors.http.errors import Operation
from raccord.connectors.http.form import File
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import Records
from raccord.vendors.hubspot.tasks import TASK_WRITE
from raccord.vendors.hubspot.translation import creation
from raccord.vendors.hubspot.wire import Identified

FILES = "files"
NOTE_TO_DEAL = 214
"""HubSpot's client: associations, type ids."""
_BODY = "hs_note_body"


class Attachments:
    """The PDFs of one HubSpot account's deals, in a `folder` of its file manager."""

    def __init__(self, client: HubSpotClient, folder: str) -> None:
        self._client = client
        self._records = Records(client)
        self._folder = folder

    async def store(self, name: str, content: bytes) -> str:
        """Put a PDF into the folder; one of the same name is replaced, so that a repeat makes no second."""
        options = {"access": "PRIVATE", "overwrite": True}
        stored = await self._client.upload(
            # No write that could happen twice: it replaces what an earlier one stored.
            Operation(f"store the file {name}", FILES),
            paths.FILES,
            {"folderPath": self._folder, "fileName": name, "options": json.dumps(options)},
            File(name=name, kind="application/pdf", content=content),
            Identified,
        )
        return stored.id

    async def find(self, deal_id: str, ref: str) -> str | None:
        """Return the deal's note with this mark, the oldest if there are several. Raises `NotFound`."""
        linked = await self._records.associated("deals", deal_id, "notes")
        ids = [each.to_object_id for each in linked]
        notes = await self._records.read("notes", ids, (_BODY,))
        marked = (each.id for each in notes.records if _mark(ref) in each.text(_BODY))
        return min(marked, key=creation, default=None)

    async def attach(self, deal_id: str, file_id: str, text: str, ref: str) -> str:
        """Create the note that shows the file on the deal."""
        target = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": NOTE_TO_DEAL}
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        note = await self._client.post(
            Operation(f"attach a file to the deal {deal_id}", TASK_WRITE, write=True),
            paths.records("notes"),
            {
                "properties": {
                    "hs_timestamp": now,
                    _BODY: f"{html.escape(text)} {_mark(ref)}",
                    "hs_attachment_ids": file_id,
                },
                "associations": [{"to": {"id": deal_id}, "types": [target]}],
            },
            Identified,
        )
        return note.id


def _mark(ref: str) -> str:
    return f"[{ref}]"
