"""Activities on deals, found again by a mark in their subject (pipedrive page, section 3).

There are no idempotency keys: a deal's activities are listed first, the done ones too.
"""

import html
from datetime import UTC
from typing import Any

from raccord.connectors.capabilities import TaskLimits
from raccord.connectors.errors import NotFound
from raccord.connectors.http.errors import Operation
from raccord.connectors.lengths import cut
from raccord.domain.values.deal import Task
from raccord.vendors.pipedrive.client import PipedriveClient, unless_gone
from raccord.vendors.pipedrive.wire import Activity, Identified

READ, WRITE = "see activities", "edit activities"
LIMITS = TaskLimits(subject=250, body=10_000)
"""Shorter than any limit that could be meant: the page tells none."""
PATH = "/api/v2/activities"


class TasksOnDeals:
    """The activities of one account's deals."""

    def __init__(self, client: PipedriveClient, kind: str) -> None:
        self._client = client
        self._kind = kind

    async def find(self, deal_id: str, ref: str) -> str | None:
        """Return the deal's activity with this mark, the oldest if there are several."""
        operation = Operation(f"list the activities of the deal {deal_id}", READ)
        marked = [
            each.id
            async for each in self._client.every(operation, PATH, Activity, {"deal_id": deal_id})
            if not each.is_deleted and _mark(ref) in f"{each.subject} {each.note}"
        ]
        return str(min(marked)) if marked else None

    async def create(self, task: Task) -> str:
        what = f"create an activity on the deal {task.deal_id}"
        made = await self._client.write(
            what, WRITE, "POST", PATH, Identified, content=_content(task, self._kind)
        )
        return str(made.id)

    async def complete(self, task_id: str) -> None:
        """Mark an activity as done; one that is deleted needs no marking."""
        if not task_id.isdigit():
            raise NotFound(f"Pipedrive has no activity {task_id}.")
        path, what = f"{PATH}/{task_id}", f"complete the activity {task_id}"
        await unless_gone(self._client.write(what, WRITE, "PATCH", path, Identified, content={"done": True}))


def _content(task: Task, kind: str) -> dict[str, Any]:
    due, mark = task.due_at.astimezone(UTC), _mark(task.ref)
    content: dict[str, Any] = {
        "subject": f"{cut(task.subject, LIMITS.subject - len(mark) - 1)} {mark}",
        "type": kind,
        "deal_id": int(task.deal_id),
        "due_date": due.date().isoformat(),
        # In UTC whatever the account's zone is.
        "due_time": f"{due:%H:%M}",
        "done": False,
        "note": _as_html(cut(task.body, LIMITS.body, size=_html_size)),
    }
    # The assignee; API v1 called it user_id.
    return content | {"owner_id": int(task.owner_id)} if task.owner_id.isdigit() else content


def _as_html(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")


def _html_size(character: str) -> int:
    return len(_as_html(character))


def _mark(ref: str) -> str:
    return f"[{ref}]"
