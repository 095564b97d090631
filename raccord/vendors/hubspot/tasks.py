"""Tasks on deals, found again by a mark in their subject.

HubSpot has no idempotency keys. A deal's tasks are read through its associations, which know a
new task at once; a search would miss it for a moment (HubSpot docs: search-the-crm).
"""

import html
from datetime import UTC, datetime
from typing import Any

from raccord.connectors.capabilities import TaskLimits
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.deal import Task
from raccord.vendors.hubspot import paths
from raccord.vendors.hubspot.client import HubSpotClient
from raccord.vendors.hubspot.records import Records, unless_gone
from raccord.vendors.hubspot.translation import creation
from raccord.vendors.hubspot.wire import Identified

TASK_WRITE = "crm.objects.contacts.write"
"""HubSpot docs: api/crm/tasks."""
TASK_TO_DEAL = 216
"""HubSpot docs: associations v4, type ids."""
LIMITS = TaskLimits(subject=250, body=65_536)
"""Of the body, as HTML: what a text may hold, counted in bytes, as nobody says in which unit it is.
The subject is shorter than any limit of HubSpot's, so that the mark at the end is never cut off.
"""
_SUBJECT = "hs_task_subject"


class TasksOnDeals:
    """The tasks of one HubSpot account's deals."""

    def __init__(self, client: HubSpotClient) -> None:
        self._client = client
        self._records = Records(client)

    async def find(self, deal_id: str, ref: str) -> str | None:
        """Return the deal's task with this mark, the oldest if there are several. Raises `NotFound`."""
        linked = await self._records.associated("deals", deal_id, "tasks")
        ids = [each.to_object_id for each in linked]
        # A task that was deleted since it was listed is simply none of them: nothing to note.
        tasks = await self._records.read("tasks", ids, (_SUBJECT,))
        marked = (each.id for each in tasks.records if _mark(ref) in each.text(_SUBJECT))
        return min(marked, key=creation, default=None)

    async def create(self, task: Task) -> str:
        """Create a task on its deal. `Permanent` names `hubspot_owner_id` when HubSpot refuses the owner."""
        target = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": TASK_TO_DEAL}
        created = await self._client.post(
            Operation(f"create a task on the deal {task.deal_id}", TASK_WRITE, write=True),
            paths.records("tasks"),
            {
                "properties": _properties(task),
                "associations": [{"to": {"id": task.deal_id}, "types": [target]}],
            },
            Identified,
        )
        return created.id

    async def complete(self, task_id: str) -> None:
        """Mark a task as done; one that is deleted needs no marking."""
        await unless_gone(
            self._client.patch(
                Operation(f"complete the task {task_id}", TASK_WRITE, write=True),
                paths.record("tasks", task_id),
                {"properties": {"hs_task_status": "COMPLETED"}},
                Identified,
            )
        )


def _properties(task: Task) -> dict[str, Any]:
    owner = {"hubspot_owner_id": task.owner_id} if task.owner_id else {}
    return owner | {
        # The date that HubSpot shows as the task's due date (HubSpot docs: api/crm/tasks).
        "hs_timestamp": _iso(task.due_at),
        _SUBJECT: _subject(task),
        "hs_task_body": _as_html(cut(task.body, LIMITS.body, size=_html_bytes)),
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH",
        "hs_task_type": "TODO",
    }


def _subject(task: Task) -> str:
    mark = _mark(task.ref)
    return f"{cut(task.subject, LIMITS.subject - len(mark) - 1)} {mark}"


def _as_html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _html_bytes(character: str) -> int:
    return len(_as_html(character).encode())


def _mark(ref: str) -> str:
    return f"[{ref}]"


def _iso(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
