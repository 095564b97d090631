"""`spreadsheets.get` and `batchUpdate`: tabs, formats, charts, all or nothing."""

from typing import Any

import pytest

from tests.sandbox.google.bench import BOOK, Google, Json, add_tab, book

WEEK = "2026-W47"


def chart(id_: int, tab: int, title: str = "Facturé par semaine", **position: Any) -> Json:
    """The page's example (google-sheets.md 4)."""

    def column(number: int) -> Json:
        part = {"sheetId": tab, "startRowIndex": 0, "endRowIndex": 9}
        return {
            "sourceRange": {"sources": [part | {"startColumnIndex": number, "endColumnIndex": number + 1}]}
        }

    basic = {
        "chartType": "COLUMN",
        "legendPosition": "BOTTOM_LEGEND",
        "headerCount": 1,
        "axis": [{"position": "BOTTOM_AXIS", "title": "Semaine"}, {"position": "LEFT_AXIS", "title": "EUR"}],
        "domains": [{"domain": column(0)}],
        "series": [{"series": column(1), "targetAxis": "LEFT_AXIS"}],
    }
    anchor = {"sheetId": tab, "rowIndex": 1, "columnIndex": 7}
    place = position or {"overlayPosition": {"anchorCell": anchor, "widthPixels": 600, "heightPixels": 360}}
    return {"chartId": id_, "spec": {"title": title, "basicChart": basic}, "position": place}


async def test_a_mask_gives_the_part_that_it_names(google: Google) -> None:
    fields = "properties(title,locale,timeZone),sheets(properties,charts(chartId,position))"
    found = await google.call("GET", book(), params={"fields": fields})
    assert found["properties"] == {"title": "Pilotage Hexalab", "locale": "fr_FR", "timeZone": "Europe/Paris"}
    assert sorted(found) == ["properties", "sheets"]
    assert (found["sheets"][0]["properties"]["sheetId"], found["sheets"][0].get("charts")) == (0, None)
    dotted = await google.call("GET", book(), params={"fields": "sheets.properties.title"})
    assert dotted == {"sheets": [{"properties": {"title": "Notes"}}]}


@pytest.mark.parametrize(
    "fields", ["sheets.propertes", "nothing", "sheets(properties", "properties.title.x", ","]
)
async def test_a_mask_of_unknown_fields_is_refused(google: Google, fields: str) -> None:
    status, message = await google.refused("GET", book(), params={"fields": fields})
    assert (status, message.startswith("Invalid field selection")) == (400, True)


async def test_cells_come_only_where_they_are_asked_for(google: Google) -> None:
    bare = await google.call("GET", book())
    whole = await google.call("GET", book(), params={"includeGridData": "true"})
    fields = "sheets.data.rowData.values(formattedValue,note)"
    await google.person.note("Notes", 0, 0, "Validé par Anne")
    masked = await google.call("GET", book(), params={"fields": fields, "ranges": "Notes!A1:B1"})
    assert "data" not in bare["sheets"][0]
    assert whole["sheets"][0]["data"][0]["rowData"][1]["values"][1]["userEnteredValue"] == {
        "numberValue": 480000
    }
    assert masked["sheets"][0]["data"][0]["rowData"] == [
        {
            "values": [
                {"formattedValue": "Objectifs 2026", "note": "Validé par Anne"},
                {"formattedValue": "Montant"},
            ]
        }
    ]


async def test_one_batch_makes_a_tab_and_a_chart_that_names_it(google: Google) -> None:
    tab = add_tab(WEEK, 202647, rowCount=60, columnCount=12, frozenRowCount=1)
    replies = await google.batch(tab, {"addChart": {"chart": chart(4701, 202647)}}, {"clearBasicFilter": {}})
    assert replies[0]["addSheet"]["properties"] == {
        "title": WEEK,
        "sheetId": 202647,
        "index": 1,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 60, "columnCount": 12, "frozenRowCount": 1},
    }
    assert (replies[1]["addChart"]["chart"]["chartId"], replies[2]) == (4701, {})
    assert await google.person.charts(WEEK) == ["Facturé par semaine"]


async def test_a_batch_is_applied_whole_or_not_at_all(google: Google) -> None:
    message = await google.batch_refused(add_tab(WEEK, 1), add_tab("Autre", 1))
    assert message == "Invalid requests[1].addSheet: The sheet id 1 already exists."
    assert await google.titles() == ["Notes"]
    assert await google.operator.requests(committed="true") == []


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (add_tab("Notes", 5), 'A sheet with the name "Notes" already exists. Please enter another name.'),
        (add_tab("x", 0), "The sheet id 0 already exists."),
        (add_tab("x", -1), "must not be negative"),
        (add_tab("x" * 101, 5), "A sheet's title has 1 to 100 characters."),
        (add_tab("x", 5, rowCount=1, frozenRowCount=1), "You can't freeze all visible rows"),
        (add_tab("x", 5, rowCount=1_000_000, columnCount=26), "above the limit of 10000000 cells"),
        ({"deleteSheet": {"sheetId": 0}}, "You can't remove all the sheets in a document."),
        ({"deleteSheet": {"sheetId": 7}}, "No sheet with id: 7"),
        ({"addShet": {}}, "Unknown name \"addShet\" at 'requests[0]': Cannot find field."),
        ({"addSheet": {"properties": {"titel": "x"}}}, 'Unknown name "titel"'),
        (
            {"addSheet": {"properties": {"title": 5}}},
            "Invalid value at 'requests[0].addSheet.properties.title'",
        ),
        ({"appendDimension": {"sheetId": 0, "dimension": "LINES", "length": 1}}, "Invalid value"),
        ({"appendDimension": {"sheetId": 0, "dimension": "ROWS"}}, "The length must be at least 1."),
        ({}, "exactly one kind of request"),
        ({"addSheet": {}, "deleteSheet": {}}, "exactly one kind of request"),
        (
            {"repeatCell": {"range": {"sheetId": 0, "endRowIndex": 1001}, "cell": {}, "fields": "note"}},
            "exceeds",
        ),
        ({"repeatCell": {"range": {"sheetId": 0}, "cell": {}, "fields": ""}}, "Invalid field selection"),
        ({"addChart": {"chart": chart(1, 9)}}, "No sheet with id: 9"),
        ({"addChart": {"chart": {"spec": {"title": "x"}}}}, "exactly one kind of chart"),
        ({"addChart": {"chart": {**chart(1, 0), "position": {}}}}, "A chart needs a position"),
        ({"updateChartSpec": {"chartId": 5, "spec": chart(1, 0)["spec"]}}, "No chart with id: 5"),
        ({"createDeveloperMetadata": {"developerMetadata": {"metadataKey": "x"}}}, "a key and a visibility"),
    ],
)
async def test_what_cannot_be_is_400_in_words(google: Google, request_: Json, said: str) -> None:
    assert said in await google.batch_refused(request_)


async def test_no_request_at_all_is_refused_and_what_is_not_played_says_so(google: Google) -> None:
    assert await google.batch_refused() == "Must specify at least one request."
    status, message = await google.refused(
        "POST", f"{book()}:batchUpdate", json={"requests": [{"addBanding": {}}]}
    )
    assert (status, message) == (501, "The sandbox does not play requests[0].addBanding.")


async def test_charts_are_changed_moved_and_deleted_and_their_ids_are_theirs(google: Google) -> None:
    await google.batch({"addChart": {"chart": chart(1, 0)}})
    twice = await google.batch_refused({"addChart": {"chart": chart(1, 0)}})
    await google.batch({"updateChartSpec": {"chartId": 1, "spec": chart(1, 0, "Encaissé")["spec"]}})
    assert await google.person.charts("Notes") == ["Encaissé"]
    place = {"overlayPosition": {"anchorCell": {"sheetId": 0, "rowIndex": 30}, "widthPixels": 300}}
    fields = "anchorCell(rowIndex),widthPixels"
    (moved,) = await google.batch(
        {"updateEmbeddedObjectPosition": {"objectId": 1, "newPosition": place, "fields": fields}}
    )
    overlay = moved["updateEmbeddedObjectPosition"]["position"]["overlayPosition"]
    await google.batch({"deleteEmbeddedObject": {"objectId": 1}})
    assert "An embedded object with the id 1 already exists." in twice
    assert (overlay["anchorCell"]["rowIndex"], overlay["anchorCell"]["columnIndex"]) == (30, 7)
    assert (overlay["widthPixels"], overlay["heightPixels"]) == (300, 360)
    assert await google.person.charts("Notes") == []


async def test_a_tab_is_renamed_frozen_and_moved_by_its_mask_alone(google: Google) -> None:
    await google.batch(add_tab("B", 2), add_tab("C", 3))

    async def update(fields: str, **properties: Any) -> None:
        change = {"properties": {"sheetId": 3, **properties}, "fields": fields}
        await google.batch({"updateSheetProperties": change})

    await update("title", title="Tableau de bord", hidden=True)
    await update("index", index=0)
    await update("gridProperties.frozenRowCount", gridProperties={"frozenRowCount": 2})
    (found,) = (
        each["properties"]
        for each in (await google.call("GET", book()))["sheets"]
        if each["properties"]["sheetId"] == 3
    )
    assert await google.titles() == ["Tableau de bord", "Notes", "B"]
    assert ("hidden" in found, found["gridProperties"]) == (
        False,
        {"rowCount": 1000, "columnCount": 26, "frozenRowCount": 2},
    )


async def test_a_format_changes_what_is_shown_and_not_what_is_there(google: Google) -> None:
    await google.write("Notes!A5:C5", [46348, 1234.5, 0.256])
    looks = [("DATE", "yyyy-mm-dd"), ("CURRENCY", "#,##0.00 [$€-40C]"), ("PERCENT", "0.0%")]
    rows = [
        {"values": [{"userEnteredFormat": {"numberFormat": {"type": t, "pattern": p}}} for t, p in looks]}
    ]
    start = {"sheetId": 0, "rowIndex": 4}
    fields = "userEnteredFormat.numberFormat"
    await google.batch(
        {"updateCells": {"start": start, "rows": rows, "fields": fields}},
        {
            "repeatCell": {
                "range": {"sheetId": 0, "startRowIndex": 4, "endRowIndex": 5},
                "cell": {"userEnteredFormat": {"textFormat": {"bold": True}}},
                "fields": "userEnteredFormat.textFormat.bold",
            }
        },
    )
    assert await google.read("Notes!A5:C5", "FORMATTED_VALUE") == [["2026-11-22", "1\u202f234,50 €", "25,6%"]]
    assert await google.read("Notes!A5:C5") == [[46348, 1234.5, 0.256]]
    as_text = await google.read("Notes!A5", dateTimeRenderOption="FORMATTED_STRING")
    assert as_text == [["2026-11-22"]]
    await google.call("POST", f"{book()}/values:batchClear", json={"ranges": ["Notes!A5:C5"]})
    await google.write("Notes!A5", [46349])
    assert await google.read("Notes!A5", "FORMATTED_VALUE") == [["2026-11-23"]]


async def test_update_cells_clears_what_its_rows_do_not_cover(google: Google) -> None:
    wanted = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    rows = [{"values": [{"userEnteredValue": {"stringValue": "Chiffres"}}]}]
    await google.person.note("Notes", 1, 1, "garder")
    await google.batch({"updateCells": {"range": wanted, "rows": rows, "fields": "userEnteredValue"}})
    assert (await google.read("Notes"))[:2] == [["Chiffres"], []]
    state = await google.operator.state("google")
    assert state["files"][0]["tabs"][0]["notes"] == {"2:2": "garder"}


async def test_rows_columns_filter_metadata_and_widths_are_kept(google: Google) -> None:
    where = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 0, "endIndex": 2}
    metadata = {
        "metadataId": 7,
        "metadataKey": "raccord",
        "visibility": "DOCUMENT",
        "location": {"sheetId": 0},
    }
    await google.batch(
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 500}},
        {
            "updateDimensionProperties": {
                "range": where,
                "properties": {"pixelSize": 210},
                "fields": "pixelSize",
            }
        },
        {"setBasicFilter": {"filter": {"range": {"sheetId": 0, "endRowIndex": 3}}}},
        {"createDeveloperMetadata": {"developerMetadata": metadata}},
    )
    sheets = (
        "properties.gridProperties.rowCount,basicFilter,developerMetadata.metadataKey,data.columnMetadata"
    )
    fields = f"sheets({sheets})"
    (found,) = (await google.call("GET", book(), params={"fields": fields}))["sheets"]
    assert found["properties"]["gridProperties"] == {"rowCount": 1500}
    assert (found["developerMetadata"], "range" in found["basicFilter"]) == (
        [{"metadataKey": "raccord"}],
        True,
    )
    sizes = [each["pixelSize"] for each in found["data"][0]["columnMetadata"][:3]]
    assert sizes == [210, 210, 100]
    await google.batch({"autoResizeDimensions": {"dimensions": where}})
    assert "already" in await google.batch_refused(
        {"createDeveloperMetadata": {"developerMetadata": metadata}}
    )


async def test_a_column_that_is_hidden_is_not_shown_on_the_page(google: Google) -> None:
    where = {"sheetId": 0, "dimension": "COLUMNS", "startIndex": 1, "endIndex": 2}
    hidden = {"range": where, "properties": {"hiddenByUser": True}, "fields": "hiddenByUser"}
    await google.batch({"updateDimensionProperties": hidden})
    files = (await google.operator.state("google"))["files"]
    (notes,) = (file["tabs"][0] for file in files if file["id"] == BOOK)
    assert notes["away"] == [1]


async def test_deleted_rows_take_along_what_stands_in_them_and_nothing_else(google: Google) -> None:
    person = google.person
    await person.add_row("Notes", "Prime", "1,5")
    before = await person.rows("Notes")
    await person.note("Notes", len(before) - 1, 0, "à revoir")
    rows = {"sheetId": 0, "dimension": "ROWS", "startIndex": 1, "endIndex": 2}
    await google.batch({"deleteDimension": {"range": rows}})
    assert await person.rows("Notes") == [before[0], *before[2:]]
    every = {"sheetId": 0, "dimension": "COLUMNS"}
    assert "delete all the columns" in await google.batch_refused({"deleteDimension": {"range": every}})
    await google.batch({"deleteDimension": {"range": every | {"startIndex": 0, "endIndex": 1}}})
    assert (await person.rows("Notes"))[-1] == ["1,5"]


async def test_charts_follow_the_cells_that_they_draw(google: Google) -> None:
    async def drawn() -> list[Any]:
        tabs = (await google.operator.state("google"))["files"][0]["tabs"]
        (found,) = (chart for tab in tabs for chart in tab["charts"])
        return [found["labels"], found["series"][0]["name"], found["series"][0]["values"]]

    await google.batch(add_tab(WEEK, 47), add_tab("Tableau de bord", 48))
    await google.write(f"'{WEEK}'!A1:B9", ["Semaine", "Facturé"], *[[f"W{n}", n] for n in range(8)])
    anchor = {"anchorCell": {"sheetId": 48}}
    await google.batch({"addChart": {"chart": chart(1, 47, overlayPosition=anchor)}})
    before = await drawn()
    await google.person.add_column(WEEK, "Commentaire", before=1)
    inserted = await drawn()
    where = {"sheetId": 47, "dimension": "ROWS", "startIndex": 1, "endIndex": 4}
    await google.batch({"deleteDimension": {"range": where}})
    shortened = await drawn()
    await google.person.delete_tab(WEEK)
    assert before == inserted == [[f"W{n}" for n in range(8)], "Facturé", list(range(8))]
    assert shortened == [[f"W{n}" for n in range(3, 8)], "Facturé", list(range(3, 8))]
    assert await drawn() == [[], "", []]


async def test_a_protected_tab_is_changed_by_its_editors_alone(google: Google) -> None:
    await google.person.protect("Notes")
    body = {"valueInputOption": "RAW", "data": [{"range": "Notes!A1", "values": [["x"]]}]}
    status, message = await google.refused("POST", f"{book()}/values:batchUpdate", json=body)
    await google.person.write("Notes", "A1", ["Objectifs 2027"])
    assert (status, "protected cell" in message) == (400, True)
    assert (await google.read("Notes!A1")) == [["Objectifs 2027"]]


async def test_a_person_adds_columns_rows_and_tabs_of_their_own(google: Google) -> None:
    person = google.person
    await person.add_column("Notes", "Qui", before=1)
    await person.add_row("Notes", "Prime", "Anne", "1,5")
    await person.add_tab("Brouillon")
    await person.rename_tab("Brouillon", "Essais d'Anne")
    await person.write("Essais d'Anne", "A1", ["à moi"])
    assert (await person.rows("Notes"))[0] == ["Objectifs 2026", "Qui", "Montant"]
    assert (await person.rows("Notes"))[-1] == ["Prime", "Anne", "1,5"]
    assert await person.rows("Essais d'Anne") == [["à moi"]]
    await person.delete_tab("Essais d'Anne")
    assert await google.titles() == ["Notes"]
