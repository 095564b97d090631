"""Notion, as the suite for report sinks meets it."""

from collections.abc import Iterator
from typing import Any

from raccord.domain.report.week import Week
from sandbox.notion.person import NotionPerson
from tests.connectors.conformance.cases import SinkCase
from tests.connectors.conformance.lab import Lab

PAGE = "5a4d0000-0000-4000-8000-000000000001"
GAPS = "Écarts"


class NotionCase(SinkCase):
    async def shown(self, lab: Lab) -> Any:
        state = await lab.switches.state("notion")
        pages = {
            page["id"]: (
                page["title"],
                [(b["id"], list(texts(b))) for b in page["blocks"] if "child" not in b["type"]],
            )
            for page in state["pages"]
            if not page["in_trash"] and not page["row"]
        }
        sources = (source for database in state["databases"] for source in database["data_sources"])
        rows = [
            (row["id"], row["values"]) for source in sources for row in source["rows"] if not row["in_trash"]
        ]
        return pages, rows

    async def told(self, lab: Lab, of: Week) -> list[str]:
        person = NotionPerson(lab.http)
        pages = [each for each in await person.pages() if each["title"].startswith(str(of))]
        assert len(pages) == 1, pages
        (database,) = (await lab.switches.state("notion"))["databases"]
        rows = [row["values"] for row in database["data_sources"][0]["rows"] if not row["in_trash"]]
        rows = [row for row in rows if row["Raccord week"] == str(of)]
        keys = [row["Raccord key"] for row in rows]
        assert sorted(keys) == sorted(set(keys))
        values = [
            row[name] for row in sorted(rows, key=lambda each: each["Raccord key"]) for name in sorted(row)
        ]
        return [pages[0]["title"], *(text for block in pages[0]["blocks"] for text in texts(block)), *values]

    async def annotate(self, lab: Lab, of: Week) -> tuple[str, ...]:
        person = NotionPerson(lab.http)
        (page,) = [each for each in await person.pages() if each["title"].startswith(str(of))]
        await person.note("vu en comité", on=page["id"])
        await person.add_column(GAPS, "Suivi")
        rows = (await person.database(GAPS))["data_sources"][0]["rows"]
        (zenith,) = [row["id"] for row in rows if row["values"]["Client"] == "Zénith"]
        await person.type_into(zenith, Suivi="relancer Zénith")
        await person.add_row(GAPS, Client="notre propre ligne")
        await person.add_page("notre page")
        return "vu en comité", "relancer Zénith", "notre propre ligne", "notre page"

    async def unshare(self, lab: Lab) -> None:
        await NotionPerson(lab.http).unshare()


def texts(block: dict[str, Any]) -> Iterator[str]:
    """Yield what a block says, of a table each cell."""
    if block["type"] == "table_row":
        yield from ("".join(part["text"] for part in cell) for cell in block["cells"])
    elif block["type"] != "table":
        yield block["text"]
    for child in block.get("children", ()):
        yield from texts(child)


def case(version: str) -> NotionCase:
    return NotionCase(
        vendor="notion",
        settings={
            "token": "ntn_sandbox_0000",
            "page": PAGE,
            "version": version,
            "requests_per_second": 500,
        },
        credential="token",
        denied={"capabilities": ["read_content"]},
        permission="Connections",
        quiet={"rate_limits": False},
        lags={"query_lag": 30.0},
        requests=40,
        writes="/v1/(pages|blocks|databases).*",
    )


CASES = (case("2025-09-03"), case("2026-03-11"))
