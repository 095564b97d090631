"""What is Google's own: the Dashboard, charts, cells, tabs that people rename, calls and sharing."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import AmbiguousWrite, Auth, Forbidden, Permanent, Transient
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.publication import Linked, Row
from raccord.domain.values.money import Money
from raccord.vendors.google_sheets import client
from raccord.vendors.google_sheets.tabs import week_id
from sandbox.google.person import GooglePerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.publications import W48, gap, week, weeks
from tests.vendors.google_sheets.conformance import ACCOUNT, BOOK, GoogleCase
from tests.vendors.google_sheets.conftest import book

SPECS = Path(__file__).parents[4] / "shared" / "specs"
VIEW_ONLY = "1SandboxLectureSeule000000000000000000000000"
UNSHARED = "1SandboxNonPartage00000000000000000000000000"
W49 = W48.back(-1)


async def cells(person: GooglePerson, tab: str) -> list[list[dict[str, Any]]]:
    """Return a tab's cells with their formats."""
    fields = "sheets(properties.title,data.rowData.values(userEnteredValue,userEnteredFormat))"
    found = await book(person, fields)
    (sheet,) = (each for each in found["sheets"] if each["properties"]["title"] == tab)
    return [row.get("values", []) for row in sheet["data"][0].get("rowData", [])]


async def beside(person: GooglePerson, tab: str, text: str) -> list[dict[str, Any]]:
    """Return the row in which a text stands, from that text on."""
    for row in await cells(person, tab):
        for place, cell in enumerate(row):
            if cell.get("userEnteredValue", {}).get("stringValue") == text:
                return row[place:]
    raise LookupError(text)


async def dashboard(person: GooglePerson) -> dict[str, list[str]]:
    """Return the rows of the weeks by their keys, as they are shown."""
    rows = await person.rows("Dashboard")
    found = {row[0].split("/row/")[1].split(" < ")[0]: row[1:] for row in rows if row and "/row/" in row[0]}
    assert list(found) == sorted(found)
    return found


async def test_an_earlier_week_told_again_overwrites_nothing_that_a_later_one_shows(
    sheets: ReportSink, person: GooglePerson
) -> None:
    await sheets.publish(week(W48, over=weeks(W48, told=100_00)))
    await sheets.publish(week(W49, over=weeks(W49, told=200_00)))
    later = await dashboard(person)
    assert list(later) == ["2026-W47", "2026-W48", "2026-W49"]
    assert [row[1] for row in later.values()] == ["100,00 €", "200,00 €", "200,00 €"]
    charts = await book(person, "sheets.charts")
    await sheets.publish(week(W48, over=weeks(W48, told=300_00)))
    again = await dashboard(person)
    assert [row[1] for row in again.values()] == ["300,00 €", "200,00 €", "200,00 €"]
    assert await book(person, "sheets.charts") == charts


async def test_weeks_that_are_shown_at_once_stand_once_each(
    case: GoogleCase, lab: Lab, person: GooglePerson
) -> None:
    every = [W48.back(weeks_ago) for weeks_ago in range(6)]
    async with case.open(lab, requests_per_second=500) as sheets:
        await asyncio.gather(*(sheets.publish(week(each, over=weeks(each))) for each in every))
    ids = [row[0] for row in await person.rows("Dashboard") if row and " < " in row[0]]
    assert sorted(set(ids)) == sorted(ids)
    assert set(map(str, every)) <= set(await dashboard(person))


async def test_a_currency_that_comes_later_moves_nothing_told_before(
    sheets: ReportSink, person: GooglePerson
) -> None:
    await sheets.publish(week(W48, over=weeks(W48)))
    await person.write("Dashboard", "F1", ["notre colonne"])
    before = (await dashboard(person))["2026-W47"]
    await sheets.publish(week(W49, over=weeks(W49, currencies=("CHF", "EUR"))))
    rows = await person.rows("Dashboard")
    (titles,) = (row for row in rows if row and row[0].startswith("weeks/columns"))
    assert titles[1:] == ["Semaine du", "Signé EUR", "Délai EUR", "Signé CHF", "Délai CHF"]
    assert (await dashboard(person))["2026-W47"][:3] == before[:3]
    assert (await dashboard(person))["2026-W49"][3] == "100,00 CHF"
    assert rows[0][-1] == "notre colonne"
    await sheets.publish(week(W48, over=weeks(W48)))
    assert (await dashboard(person))["2026-W49"][3] == "100,00 CHF"


async def test_charts_are_made_once_and_follow_the_latest_week(
    sheets: ReportSink, person: GooglePerson
) -> None:
    await sheets.publish(week())
    assert sorted(await person.charts("Dashboard")) == ["Ancienneté", "Délai", "Signé"]
    await sheets.publish(week(W49))
    assert len(await person.charts("Dashboard")) == 3
    found = await book(person, "sheets(properties,charts)")
    (won,) = (
        chart
        for sheet in found["sheets"]
        for chart in sheet.get("charts", [])
        if chart["spec"]["title"] == "Signé"
    )
    (source,) = won["spec"]["basicChart"]["series"][0]["series"]["sourceRange"]["sources"]
    rows = (await person.rows("Dashboard"))[source["startRowIndex"] : source["endRowIndex"]]
    drawn = [row[source["startColumnIndex"]] for row in rows]
    assert drawn == ["Signé EUR", "100,00 €", "100,00 €", "100,00 €"]
    (aging,) = (
        chart
        for sheet in found["sheets"]
        for chart in sheet.get("charts", [])
        if chart["spec"]["title"] == "Ancienneté"
    )
    (source,) = aging["spec"]["basicChart"]["domains"][0]["domain"]["sourceRange"]["sources"]
    assert source["sheetId"] == 202649


async def test_amounts_and_dates_are_numbers_and_links_are_no_formulas(
    sheets: ReportSink, person: GooglePerson
) -> None:
    huge = replace(gap("d2"), cells=("", "Énorme", "2026-11", Money.of_minor(10**17 + 1, "EUR"), 1, None))
    linked = Row(
        "d3", ("", Linked("=1+1", "https://crm.example/3"), "", Money.of_minor(1000, "JPY"), 1, None)
    )
    bad = replace(gap("d4", "Ailleurs"), url="javascript:alert(1)")
    await sheets.publish(week(gaps=[gap("d1"), huge, linked, bad]))
    tab = str(W48)
    name, number, amount, age, since = (await beside(person, tab, "Hexalab"))[:5]
    assert name["userEnteredFormat"]["textFormat"]["link"] == {"uri": "https://crm.example/deal/d1"}
    assert number["userEnteredValue"] == {"stringValue": "F-2026-0042"}
    assert amount["userEnteredValue"] == {"numberValue": 1305.39}
    assert "€" in amount["userEnteredFormat"]["numberFormat"]["pattern"]
    assert age["userEnteredValue"] == {"numberValue": 12}
    assert since["userEnteredValue"] == {"numberValue": 46342}
    assert since["userEnteredFormat"]["numberFormat"]["type"] == "DATE"
    assert (await beside(person, tab, "Énorme"))[2]["userEnteredValue"] == {
        "stringValue": "1\u202f000\u202f000\u202f000\u202f000\u202f000,01\xa0€"
    }
    formula, _, yen, *_ = await beside(person, tab, "=1+1")
    assert formula["userEnteredFormat"]["textFormat"]["link"] == {"uri": "https://crm.example/3"}
    assert yen["userEnteredFormat"]["numberFormat"]["pattern"] == '#,##0" JPY"'
    assert "link" not in (await beside(person, tab, "Ailleurs"))[0]["userEnteredFormat"]["textFormat"]


async def test_the_keys_are_hidden(sheets: ReportSink, person: GooglePerson) -> None:
    await sheets.publish(week())
    found = await book(person, "sheets(properties.title,data.columnMetadata.hiddenByUser)")
    hidden = {each["properties"]["title"]: each["data"][0]["columnMetadata"][0] for each in found["sheets"]}
    assert hidden[str(W48)] == hidden["Dashboard"] == {"hiddenByUser": True}


async def test_a_tab_is_found_under_whatever_name_and_with_columns_before_it(
    sheets: ReportSink, person: GooglePerson
) -> None:
    await sheets.publish(week())
    await person.rename_tab(str(W48), "L'écart d'Anne")
    await person.add_column("L'écart d'Anne", "à nous", before=0)
    tabs, rows = await person.tabs(), await person.rows("L'écart d'Anne")
    await sheets.publish(week())
    assert (await person.tabs(), await person.rows("L'écart d'Anne")) == (tabs, rows)


async def test_rows_are_found_wherever_people_moved_them(sheets: ReportSink, person: GooglePerson) -> None:
    await sheets.publish(week())
    tab, rows = str(W48), await person.rows(str(W48))
    (zenith,) = (place for place, row in enumerate(rows) if "Zénith" in row)
    for place, text in ((zenith, "entre les nôtres"), (0, "tout en haut")):
        span = {"sheetId": 202648, "dimension": "ROWS", "startIndex": place, "endIndex": place + 1}
        await person.batch({"insertDimension": {"range": span}})
        await person.write(tab, f"B{place + 1}", [text])
    await person.write(tab, f"C{zenith + 3}", ["effacé par erreur"])
    await sheets.publish(week(gaps=[gap("d0", "Nouveau"), gap("d1"), gap("d3", "Zénith")]))
    names = [
        row[2] if len(row) > 2 and "/row/" in row[0] else row[1] for row in await person.rows(tab) if row[1:]
    ]
    assert names[:1] == ["tout en haut"]
    assert names[names.index("Nouveau") :][:4] == ["Nouveau", "Hexalab", "entre les nôtres", "Zénith"]


async def test_a_tab_of_that_name_that_is_not_ours_is_left_alone(
    sheets: ReportSink, person: GooglePerson
) -> None:
    await person.add_tab("dashboard")
    with pytest.raises(Permanent, match="Dashboard” that is not"):
        await sheets.publish(week())
    assert await person.rows("dashboard") == []
    assert [check.name for check in await sheets.check() if check.state is CheckState.FAIL] == ["spreadsheet"]


async def test_a_report_takes_few_calls(lab: Lab, sheets: ReportSink) -> None:
    await sheets.publish(week())
    before = len(await lab.switches.requests(vendor="google"))
    await sheets.publish(week(gaps=[gap(f"d{n}", "x" * 400) for n in range(500)]))
    calls = (await lab.switches.requests(vendor="google"))[before:]
    assert [each["method"] for each in calls] == ["GET", "GET", "POST"]
    assert all(len(each["body"]) < 2_000_000 for each in calls)


async def test_a_report_of_megabytes_is_sent_in_several_batches(
    lab: Lab, sheets: ReportSink, person: GooglePerson
) -> None:
    before = len(await lab.switches.requests(vendor="google"))
    await sheets.publish(week(gaps=[gap(f"d{n}", f"{n} {'x' * 20_000}") for n in range(120)]))
    bodies = [each["body"] for each in (await lab.switches.requests(vendor="google"))[before:]]
    assert sum(map(len, bodies)) > 2_000_000 > max(map(len, bodies))
    assert len([row for row in await person.rows(str(W48)) if row and "gaps/row/" in row[0]]) == 120


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_report_that_broke_off_between_two_batches_has_no_row_twice(
    case: GoogleCase, lab: Lab, person: GooglePerson, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(client, "_LARGEST", 4_000)
    more = week(gaps=[gap("d0", "Nouveau"), gap("d1"), gap("d3", "Zénith"), gap("d4", "Dernier")])
    expected: dict[str, list[list[str]]] = {}
    place, calls = 0, 1
    while place < calls:
        await lab.switches.reset()
        await lab.option("google", **case.quiet)
        async with case.open(lab, requests_per_second=500) as sheets:
            await sheets.publish(week())
            since = len(await lab.switches.requests(vendor="google"))
            if expected:
                rule = {"path": "/v4/.*", "skip": place, "when": when}
                await lab.switches.fault(vendor="google", effect={"reset": True}, **rule)
                with suppress(AmbiguousWrite, Transient):
                    await sheets.publish(more)
                await lab.switches.clear_faults()
                place += 1
            await sheets.publish(more)
        shown = {tab: await person.rows(tab) for tab in await person.tabs()}
        if not expected:
            expected, calls = shown, len(await lab.switches.requests(vendor="google")) - since
            assert calls > 6
        assert shown == expected, place


async def test_a_token_that_ended_is_renewed_and_one_that_lasts_is_kept(lab: Lab, sheets: ReportSink) -> None:
    await sheets.probe()
    await sheets.probe()
    fetched = [r for r in await lab.switches.requests(vendor="google") if r["path"] == "/token"]
    assert len(fetched) == 1
    await lab.switches.fault(vendor="google", path="/v4/.*", effect={"status": 401})
    await sheets.publish(week())
    fetched = [r for r in await lab.switches.requests(vendor="google") if r["path"] == "/token"]
    assert len(fetched) == 2


async def test_a_spreadsheet_that_may_only_be_read_is_told_by_doctor_and_at_the_first_write(
    case: GoogleCase, lab: Lab
) -> None:
    async with case.open(lab, spreadsheet=VIEW_ONLY) as sheets:
        failed = [check for check in await sheets.check() if check.state is CheckState.FAIL]
        assert [check.name for check in failed] == ["sharing"]
        assert ACCOUNT in failed[0].remedy
        with pytest.raises(Forbidden, match=ACCOUNT):
            await sheets.publish(week())


async def test_one_that_is_not_shared_and_one_that_is_not_there_are_told_apart(
    case: GoogleCase, lab: Lab
) -> None:
    for id, remedy in ((UNSHARED, ACCOUNT), ("1NobodyHasThisOne0000000000000000000000000000", "address")):
        async with case.open(lab, spreadsheet=id) as sheets:
            states = {check.name: check for check in await sheets.check()}
        assert states["spreadsheet"].state is CheckState.FAIL
        assert remedy in states["spreadsheet"].remedy
        assert states["sharing"].state is CheckState.SKIP


async def test_apis_that_are_not_enabled_are_named(lab: Lab, sheets: ReportSink) -> None:
    await lab.option("google", drive_api=False)
    states = {check.name: check for check in await sheets.check()}
    assert states["sharing"].state is CheckState.WARN
    assert "Google Drive API" in states["sharing"].remedy
    await sheets.publish(week())
    await lab.option("google", sheets_api=False)
    with pytest.raises(Auth, match="Google Sheets API is not enabled"):
        await sheets.probe()


async def test_a_key_that_was_deleted_is_told(lab: Lab, sheets: ReportSink) -> None:
    await lab.option("google", key_deleted=True)
    with pytest.raises(Auth, match="key_file"):
        await sheets.probe()
    assert [check.state for check in await sheets.check()] == [
        CheckState.FAIL,
        CheckState.SKIP,
        CheckState.SKIP,
    ]


async def test_the_week_is_opened_at_its_tab_by_the_address_that_google_gives(
    sheets: ReportSink, person: GooglePerson
) -> None:
    given = str((await book(person, "spreadsheetUrl"))["spreadsheetUrl"]).partition("#")[0]
    assert await sheets.publish(week()) == f"{given}#gid={week_id(W48)}"


async def test_a_protected_tab_says_so(sheets: ReportSink, person: GooglePerson) -> None:
    await sheets.publish(week())
    await person.protect(str(W48))
    with pytest.raises(Permanent, match="is protected"):
        await sheets.publish(week())


@pytest.mark.skipif(
    not SPECS.is_dir(), reason="the vendors' machine-readable specifications are not part of this repository"
)
async def test_every_batch_has_only_what_the_discovery_document_declares(
    lab: Lab, sheets: ReportSink
) -> None:
    schemas = json.loads((SPECS / "google-sheets" / "sheets.v4.json").read_text())["schemas"]
    await sheets.publish(week())
    await sheets.publish(week(W49, [gap("d1"), gap("d9")], over=weeks(W49, currencies=("CHF", "EUR"))))
    await sheets.publish(week(W49, [gap("d1")]))
    sent = [
        json.loads(r["body"])
        for r in await lab.switches.requests(vendor="google")
        if "batchUpdate" in r["path"]
    ]
    kinds = {kind for batch in sent for request in batch["requests"] for kind in request}
    assert kinds >= {
        "addSheet",
        "insertDimension",
        "deleteDimension",
        "updateCells",
        "addChart",
        "updateChartSpec",
    }
    for batch in sent:
        assert list(_strangers(batch, "BatchUpdateSpreadsheetRequest", schemas)) == []


def _strangers(content: Any, name: str, schemas: Any) -> Any:
    declared = schemas[name]["properties"]
    for key, value in content.items():
        if key not in declared:
            yield f"{name}.{key}"
            continue
        inside = declared[key].get("$ref") or declared[key].get("items", {}).get("$ref")
        if inside:
            for each in value if isinstance(value, list) else [value]:
                yield from _strangers(each, inside, schemas)


def test_an_id_is_read_out_of_an_address(case: GoogleCase, lab: Lab) -> None:
    address = f"https://docs.google.com/spreadsheets/d/{BOOK}/edit?gid=0#gid=0"
    assert case.connection(lab, spreadsheet=address).settings.spreadsheet == BOOK  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match=r"unfit\.spreadsheet"):
        case.connection(lab, spreadsheet="Pilotage 2026")
