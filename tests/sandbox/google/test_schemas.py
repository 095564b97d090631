"""What the simulator knows of Google's requests is what the discovery documents say."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.google.schema import check, schemas
from tests.sandbox.google.bench import Google, Json, add_tab, book
from tests.sandbox.google.test_structure import chart

SPECS = Path(__file__).parents[4] / "shared" / "specs" / "google-sheets"


@pytest.mark.skipif(not SPECS.is_dir(), reason="Google's discovery documents are not part of this repository")
@pytest.mark.parametrize(("api", "file"), [("sheets", "sheets.v4.json"), ("drive", "drive.v3.json")])
def test_every_schema_has_the_fields_of_the_discovery_document(api: str, file: str) -> None:
    described: dict[str, Any] = json.loads((SPECS / file).read_text("utf-8"))["schemas"]
    known = schemas(api)
    assert known
    assert {name: sorted(fields) for name, fields in known.items()} == {
        name: sorted(described[name].get("properties", {})) for name in known
    }


async def test_answers_have_no_other_fields_either(google: Google) -> None:
    requests = [add_tab("W", 47), {"addChart": {"chart": chart(1, 47)}}]
    await google.person.note("Notes", 0, 0, "n")
    await google.person.protect("Notes")
    batch = {"requests": requests, "includeSpreadsheetInResponse": True}
    values = {"valueInputOption": "RAW", "data": [{"range": "W!A1", "values": [["x"]]}]}
    wanted: list[tuple[str, str, str, Json]] = [
        ("BatchUpdateSpreadsheetResponse", "POST", f"{book()}:batchUpdate", {"json": batch}),
        ("Spreadsheet", "GET", f"{book()}?includeGridData=true", {}),
        ("BatchUpdateValuesResponse", "POST", f"{book()}/values:batchUpdate", {"json": values}),
        ("BatchClearValuesResponse", "POST", f"{book()}/values:batchClear", {"json": {"ranges": ["W!A1"]}}),
        ("BatchGetValuesResponse", "GET", f"{book()}/values:batchGet?ranges=Notes", {}),
    ]
    for schema, method, path, options in wanted:
        check("sheets", schema, await google.call(method, path, **options))
