"""Google Sheets, as the suite for report sinks meets it."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from raccord.domain.report.week import Week
from sandbox.google.person import GooglePerson
from tests.connectors.conformance.cases import SinkCase
from tests.connectors.conformance.lab import Lab

BOOK = "1SandboxPilotageHexalab000000000000000000000"
ACCOUNT = "raccord@hexalab-sandbox.iam.gserviceaccount.example"


class GoogleCase(SinkCase):
    @asynccontextmanager
    async def open(self, lab: Lab, **more: Any) -> AsyncIterator[Any]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "key.json"
            file.write_text(json.dumps(await GooglePerson(lab.http).key()))
            given = {"key_file": str(file), "drive_url": f"{lab.base}/google", **more}
            async with super().open(lab, **given) as port:
                yield port

    async def shown(self, lab: Lab) -> Any:
        fields = (
            "sheets(properties(title),charts,data(rowData(values(userEnteredValue,userEnteredFormat,note))))"
        )
        path = f"/v4/spreadsheets/{BOOK}"
        return await GooglePerson(lab.http).call("GET", path, params={"fields": fields})

    async def told(self, lab: Lab, of: Week) -> list[str]:
        rows = await GooglePerson(lab.http).rows(str(of))
        return [cell for row in rows for cell in row[1:] if cell]

    async def annotate(self, lab: Lab, of: Week) -> tuple[str, ...]:
        person, tab = GooglePerson(lab.http), str(of)
        rows = await person.rows(tab)
        place = {name: at for at, row in enumerate(rows) for name in row[1:3]}
        await person.write(tab, f"H{place['Zénith'] + 1}", ["relancer Zénith"])
        await person.write(tab, f"J{place['Hexalab'] + 1}", ["vu avec Anne"])
        await person.note(tab, place["Atelier"], 2, "note sur Atelier")
        await person.add_row(tab, "", "notre propre ligne")
        await person.add_tab("Notre onglet")
        await person.write("Notre onglet", "A1", ["notre feuille"])
        return "relancer Zénith", "vu avec Anne", "note sur Atelier", "notre propre ligne", "notre feuille"

    async def unshare(self, lab: Lab) -> None:
        await GooglePerson(lab.http).unshare()


CASES = (
    GoogleCase(
        vendor="google_sheets",
        simulator="google",
        settings={"spreadsheet": BOOK, "key_file": "/nowhere/key.json"},
        credential="key_file",
        denied={"sheets_api": False},
        permission=ACCOUNT,
        quiet={"rate_limits": False},
        requests=8,
        writes=".*:batchUpdate",
    ),
)
