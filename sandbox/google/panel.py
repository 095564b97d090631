"""What the page shows of Google: the spreadsheets that hold something, their first rows and charts."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sandbox.core.mentions import Found

Json = dict[str, Any]
_ROWS, _COLUMNS = 200, 40


def panel(state: Json, _about: Callable[[Collection[str]], Found], _links: Mapping[str, str]) -> Json:
    """Each spreadsheet with its tabs; a long tab is cut, and says how many rows it has."""
    account = state["service_account"]
    return {
        "account": account,
        "files": [
            {
                "id": file["id"],
                "title": file["title"],
                "role": file["shared"].get(account),
                "tabs": [_cut(tab) for tab in file["tabs"]],
            }
            for file in state["files"]
            if file["tabs"]
        ],
    }


def _cut(tab: Json) -> Json:
    rows = [row[:_COLUMNS] for row in tab["rows"][:_ROWS]]
    return {**tab, "rows": rows, "count": len(tab["rows"])}
