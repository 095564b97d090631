"""Cells by A1 ranges: RAW and typed values, ranges, appending."""

from typing import Any

import pytest

from tests.sandbox.google.bench import Google, Json, add_tab, book

HOSTILE = [
    '=HYPERLINK("http://x.example";"Facture")',
    "+33 SARL",
    "-Moins-",
    "@Agence",
    "2026-11",
    "1,5",
    "'x",
]


async def test_raw_keeps_every_text_as_it_is(google: Google) -> None:
    await google.write("Notes!A10:G10", HOSTILE)
    assert await google.read("Notes!A10:G10", "FORMATTED_VALUE") == [HOSTILE]
    assert await google.read("Notes!A10:G10", "FORMULA") == [HOSTILE]


async def test_typed_texts_become_formulas_numbers_and_dates(google: Google) -> None:
    await google.write("Notes!A10:G10", HOSTILE, option="USER_ENTERED")
    shown = await google.read("Notes!A10:G10", "FORMATTED_VALUE")
    formulas = await google.read("Notes!A10:G10", "FORMULA")
    assert shown == [["Facture", "#ERROR!", "#ERROR!", "@Agence", "2026-11", "1,5", "x"]]
    assert formulas == [[HOSTILE[0], "=+33 SARL", "=-Moins-", "@Agence", 46327, 1.5, "x"]]


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("22/11/2026", 46348, "22/11/2026"),
        ("2026-11-22", 46348, "2026-11-22"),
        ("31/02/2026", "31/02/2026", "31/02/2026"),
        ("12 %", 0.12, "12,00%"),
        ("1 234,50 €", 1234.5, "1\u202f234,50 €"),
        ("1.5", "1.5", "1.5"),
        ("-12", -12, "-12"),
        ("TRUE", True, "TRUE"),
        (" ", " ", " "),
    ],
)
async def test_what_the_page_makes_of_a_typed_text_depends_on_the_locale(
    google: Google, text: str, value: Any, shown: str
) -> None:
    await google.write("Notes!A10", [text], option="USER_ENTERED")
    assert await google.read("Notes!A10") == [[value]]
    assert await google.read("Notes!A10", "FORMATTED_VALUE") == [[shown]]


async def test_a_point_is_a_decimal_point_elsewhere(google: Google) -> None:
    change = {"properties": {"locale": "en_GB"}, "fields": "locale"}
    await google.batch({"updateSpreadsheetProperties": change})
    await google.write("Notes!A10:B10", ["1.5", "1,5"], option="USER_ENTERED")
    assert await google.read("Notes!A10:B10") == [[1.5, "1,5"]]


async def test_numbers_truth_and_formulas_of_our_own(google: Google) -> None:
    await google.write("Notes!D1:D3", [10], [2.5], [True])
    await google.write("Notes!D4", ["=SUM(D1:D2)"], option="USER_ENTERED")
    assert await google.read("Notes!D1:D4") == [[10], [2.5], [True], [12.5]]


async def test_null_leaves_a_cell_and_an_empty_text_empties_it(google: Google) -> None:
    written = await google.write("Notes!A1:B1", [None, ""])
    assert (await google.read("Notes!A1:B1"), written["totalUpdatedCells"]) == ([["Objectifs 2026"]], 1)


async def test_a_reply_counts_what_was_written(google: Google) -> None:
    await google.batch(add_tab("2026-W47", 47))
    rows = [["a", "b"], ["c"]]
    data = [{"range": "'2026-W47'!A1:B2", "values": rows}, {"range": "Notes!D1", "values": [[1]]}]
    answer = await google.call(
        "POST", f"{book()}/values:batchUpdate", json={"valueInputOption": "RAW", "data": data}
    )
    totals = [answer[f"totalUpdated{what}"] for what in ("Rows", "Columns", "Cells", "Sheets")]
    assert (totals, answer["responses"][0]["updatedRange"]) == ([3, 3, 4, 2], "'2026-W47'!A1:B2")


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("2026-W47!A1", "Unable to parse range: 2026-W47!A1"),
        ("Nulle!A1", "Unable to parse range: Nulle!A1"),
        ("'Notes!A1", "Unable to parse range"),
        ("Notes!A0", "Unable to parse range"),
        ("Notes!B2:A1", "Unable to parse range"),
        ("", "Unable to parse range"),
        ("Notes!A1001", "Range (Notes!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
        ("Notes!A1:AA5", "exceeds grid limits"),
    ],
)
async def test_a_range_that_is_none_or_outside_the_grid_is_400(google: Google, where: str, said: str) -> None:
    body = {"valueInputOption": "RAW", "data": [{"range": where, "values": [["x"]]}]}
    written = await google.refused("POST", f"{book()}/values:batchUpdate", json=body)
    cleared = await google.refused("POST", f"{book()}/values:batchClear", json={"ranges": [where]})
    read = await google.refused("GET", f"{book()}/values:batchGet", params={"ranges": where})
    assert {status for status, _ in (written, cleared, read)} == {400}
    assert all(said in message for _, message in (written, cleared, read))


async def test_values_may_not_leave_their_range_but_begin_at_a_cell(google: Google) -> None:
    async def refusal(where: str, *rows: list[Any]) -> str:
        body = {"valueInputOption": "RAW", "data": [{"range": where, "values": list(rows)}]}
        return (await google.refused("POST", f"{book()}/values:batchUpdate", json=body))[1]

    assert "tried writing to row [3]" in await refusal("Notes!A1:B2", [1], [2], [3])
    assert "tried writing to column [C]" in await refusal("Notes!A1:B2", [1, 2, 3])
    assert "exceeds grid limits" in await refusal("Notes!A1000", [1], [2])
    await google.write("Notes!D5", [1, 2], [3, 4])
    assert await google.read("Notes!D5:E6") == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"data": []}, None),
        ({"data": [{"range": "Notes!A1", "values": [["x"]]}]}, "'valueInputOption' is required"),
        ({"valueInputOption": "raw"}, "Invalid value at 'valueInputOption'"),
        ({"valueInputOption": "RAW", "rows": []}, 'Unknown name "rows"'),
        (
            {"valueInputOption": "RAW", "data": [{"range": "Notes!A1", "values": [[{}]]}]},
            "Invalid values[0][0]",
        ),
        ({"valueInputOption": "RAW", "data": [{"range": "Notes!A1", "values": ["x"]}]}, "(a list)"),
    ],
)
async def test_a_body_that_google_does_not_know_is_refused(
    google: Google, body: Json, said: str | None
) -> None:
    answer = await google.raw("POST", f"{book()}/values:batchUpdate", json=body)
    assert answer.status_code == (400 if said else 200)
    assert said is None or said in answer.json()["error"]["message"]


async def test_nothing_is_written_when_one_range_is_wrong(google: Google) -> None:
    data = [{"range": "Notes!A1", "values": [["x"]]}, {"range": "Nulle!A1", "values": [["x"]]}]
    body = {"valueInputOption": "RAW", "data": data}
    await google.refused("POST", f"{book()}/values:batchUpdate", json=body)
    assert await google.read("Notes!A1") == [["Objectifs 2026"]]


async def test_a_tabs_title_is_quoted_and_its_quotes_doubled(google: Google) -> None:
    await google.batch(add_tab("L'année 2026!", 26))
    await google.write("'L''année 2026!'!A1", ["x"])
    assert await google.read("'L''année 2026!'") == [["x"]]


async def test_a_range_without_cells_is_the_whole_tab_and_clearing_keeps_the_notes(google: Google) -> None:
    await google.person.note("Notes", 0, 0, "n")
    cleared = await google.call("POST", f"{book()}/values:batchClear", json={"ranges": ["Notes"]})
    one = await google.call("POST", f"{book()}/values/Notes!A:B:clear")
    assert cleared["clearedRanges"] == ["Notes!A1:Z1000"]
    assert one["clearedRange"] == "Notes!A1:B1000"
    assert await google.read("Notes") == []
    assert (await google.operator.state("google"))["files"][0]["tabs"][0]["notes"] == {"1:1": "n"}


async def test_columns_are_read_and_written_as_columns(google: Google) -> None:
    body = {"range": "Notes!D1:E2", "majorDimension": "COLUMNS", "values": [[1, 2], [3]]}
    await google.call("PUT", f"{book()}/values/Notes!D1:E2?valueInputOption=RAW", json=body)
    assert await google.read("Notes!D1:E2") == [[1, 3], [2]]
    assert await google.read("Notes!D1:E2", majorDimension="COLUMNS") == [[1, 2], [3]]


async def test_append_writes_below_the_table_and_twice_is_twice(google: Google) -> None:
    path = f"{book()}/values/Notes!A1:append"
    options = {"valueInputOption": "RAW", "insertDataOption": "INSERT_ROWS"}
    await google.write("Notes!A6", ["autre tableau"])
    answers = [await google.call("POST", path, params=options, json={"values": [["n"]]}) for _ in range(2)]
    assert answers[0]["tableRange"] == "Notes!A1:B3"
    assert [each["updates"]["updatedRange"] for each in answers] == ["Notes!A4", "Notes!A5"]
    assert (await google.read("Notes!A8")) == [["autre tableau"]]


async def test_an_unknown_query_parameter_or_option_is_refused(google: Google) -> None:
    unknown = await google.refused("GET", f"{book()}/values/Notes", params={"render": "x"})
    wrong = await google.refused("GET", f"{book()}/values/Notes", params={"valueRenderOption": "x"})
    assert (unknown[0], wrong[0]) == (400, 400)
    assert "Cannot bind query parameter" in unknown[1]
