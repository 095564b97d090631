"""What the page shows of Notion: pages that are no rows, and databases with their first rows."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sandbox.core.mentions import Found

Json = dict[str, Any]
_ROWS = 100


def panel(state: Json, _about: Callable[[Collection[str]], Found], _links: Mapping[str, str]) -> Json:
    """Everything that is not in the trash; a long database is cut, and says how many rows it has."""
    pages = [page for page in state["pages"] if not page["in_trash"] and not page["row"]]
    return {
        "pages": pages,
        "databases": [
            {**each, "data_sources": [_cut(source) for source in each["data_sources"]]}
            for each in state["databases"]
            if not each["in_trash"]
        ],
    }


def _cut(source: Json) -> Json:
    rows = [row for row in source["rows"] if not row["in_trash"]]
    return {**source, "rows": rows[:_ROWS], "count": len(rows)}
