"""What is Notion's own: blocks brought up to date, columns that people change, a query that lags, limits."""

import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from raccord.connectors.connection import CheckState
from raccord.connectors.errors import AmbiguousWrite, Auth, NotFound, RateLimited, Transient
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.publication import Linked, Row
from raccord.domain.values.money import Money
from raccord.vendors.notion import page as pages
from sandbox.notion.person import NotionPerson
from tests.connectors.conformance.lab import Lab
from tests.connectors.conformance.publications import W48, gap, week
from tests.vendors.notion.conformance import GAPS, NotionCase, texts

SPECS = Path(__file__).parents[4] / "shared" / "specs"
PRIVATE = "5a4d0000-0000-4000-8000-000000000002"
WRITES = ("POST", "PATCH", "DELETE")


async def page(person: NotionPerson) -> dict[str, Any]:
    (found,) = [each for each in await person.pages() if each["title"].startswith(str(W48))]
    return found


async def writes(lab: Lab, since: int = 0) -> list[dict[str, Any]]:
    found = (await lab.switches.requests(vendor="notion"))[since:]
    return [each for each in found if each["method"] in WRITES and not each["path"].endswith("/query")]


async def test_a_page_reads_from_the_sentences_to_a_line(notion: ReportSink, person: NotionPerson) -> None:
    await notion.publish(week())
    found = await page(person)
    assert found["title"] == "2026-W48 · TEST · Rapport de la semaine 48"
    kinds = [block["type"] for block in found["blocks"]]
    section = ["heading_2", "table", "paragraph"]
    assert kinds == ["paragraph", "paragraph", "table", *section * 3, "divider"]
    said = [text for block in found["blocks"] for text in texts(block)]
    assert said[:2] == [
        "Du lundi 23 au dimanche 29 novembre 2026",
        "• Trois affaires signées.\n• Deux factures émises.",
    ]
    assert "1\u202f305,39\xa0€" in said
    assert "16/11/2026" in said


async def test_a_week_that_says_the_same_is_not_written_again(
    lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    since = len(await lab.switches.requests(vendor="notion"))
    await notion.publish(week())
    assert await writes(lab, since) == []


async def test_what_says_something_else_is_written_where_it_stands(
    lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    before = await page(person)
    await notion.publish(replace(week(), sentences=("Une seule.",)))
    after = await page(person)
    assert [block["id"] for block in after["blocks"]] == [block["id"] for block in before["blocks"]]
    assert "• Une seule." in [text for block in after["blocks"] for text in texts(block)]


async def test_what_people_wrote_between_stays_and_what_they_threw_away_of_a_text_stays_away(
    notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    found = await page(person)
    note = next(block for block in found["blocks"] if block["text"] == "Comparé lundi.")
    await person.delete_block(note["id"])
    table = next(block for block in found["blocks"] if block["type"] == "table")
    await notion.publish(week(gaps=[gap("d1")]))
    after = await page(person)
    assert table["id"] in [block["id"] for block in after["blocks"]]
    assert "Comparé lundi." not in [block["text"] for block in after["blocks"]]
    await person.delete_block(table["id"])
    await notion.publish(week(gaps=[gap("d1")]))
    said = [text for block in (await page(person))["blocks"] for text in texts(block)]
    assert said.count("Reçu") == 1


async def test_a_page_of_theirs_that_is_called_as_the_week_stays_theirs(
    notion: ReportSink, person: NotionPerson
) -> None:
    await person.add_page("2026-W48 notes du comité")
    await notion.publish(week())
    titles = [each["title"] for each in await person.pages()]
    assert titles == ["2026-W48 notes du comité", "2026-W48 · TEST · Rapport de la semaine 48"]


async def test_a_text_of_theirs_is_not_taken_for_one_of_ours_that_they_threw_away(
    notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    found = await page(person)
    last = next(block for block in found["blocks"] if block["text"] == "Délai moyen.")
    await person.delete_block(last["id"])
    await person.note("à nous", on=found["id"])
    await notion.publish(week())
    assert [block["text"] for block in (await page(person))["blocks"]][-2:] == ["", "à nous"]


async def test_columns_that_people_renamed_moved_or_threw_away_are_borne(
    lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    (source,) = (await person.database(GAPS))["data_sources"]
    change = {"Client": {"name": "Entreprise"}, "Jours": None}
    await person.call("PATCH", f"/v1/data_sources/{source['id']}", json={"properties": change})
    await notion.publish(week(gaps=[gap("d1", "Nouveau nom")]))
    (row,) = await person.rows(GAPS)
    assert (row["Entreprise"], row["Jours"]) == ("Nouveau nom", "12")


async def test_a_second_source_of_data_in_the_database_changes_nothing(
    case: NotionCase, lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    await person.add_data_source(GAPS, "La leur")
    async with case.open(lab) as another:
        await another.publish(week(gaps=[gap("d1"), gap("d9", "Neuf")]))
    assert sorted(row["Client"] for row in await person.rows(GAPS)) == ["Hexalab", "Neuf"]


async def test_a_database_under_another_name_is_found_by_its_columns(
    case: NotionCase, lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    await notion.publish(week())
    database = (await person.database(GAPS))["id"]
    title = [{"type": "text", "text": {"content": "À traiter"}}]
    await person.call("PATCH", f"/v1/databases/{database}", json={"title": title})
    async with case.open(lab) as another:
        await another.publish(week())
    assert len(await person.rows("À traiter")) == 3
    with pytest.raises(LookupError):
        await person.database(GAPS)


async def test_amounts_of_each_currency_have_a_column(notion: ReportSink, person: NotionPerson) -> None:
    franc = Row(
        "d2", ("", Linked("Genève", "https://crm.example/2"), "", Money.of_minor(700, "CHF"), 1, None)
    )
    await notion.publish(week(gaps=[gap("d1"), franc]))
    rows = {row["Client"]: row for row in await person.rows(GAPS)}
    assert rows["Genève"]["Montant (CHF)"] == "7.0"
    assert rows["Genève"]["Montant (EUR)"] == ""
    assert rows["Genève"]["Raccord link"] == "https://crm.example/2"
    assert rows["Hexalab"]["Montant (EUR)"] == "1305.39"
    assert rows["Hexalab"]["Raccord key"] == "2026-W48/d1"


async def test_a_row_that_a_lagging_query_misses_is_not_left_there_twice(
    case: NotionCase, lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    await lab.option("notion", **case.lags)
    rule = {"vendor": "notion", "method": "POST", "path": "/v1/pages", "containing": "Raccord key"}
    await lab.switches.fault(effect={"reset": True}, when="after", **rule)
    with pytest.raises(AmbiguousWrite) as lost:
        await notion.publish(week())
    assert lost.value.retry_after
    assert lost.value.retry_after >= timedelta(seconds=1)
    # Too early: the query does not show yet what was made.
    await notion.publish(week())
    await lab.option("notion", query_lag=0.0)
    await notion.publish(week())
    keys = [row["Raccord key"] for row in await person.rows(GAPS)]
    assert sorted(keys) == [f"2026-W48/d{n}" for n in (1, 2, 3)]


async def test_a_collision_and_then_a_limit_leave_one_page_and_no_block_twice(
    case: NotionCase, lab: Lab, notion: ReportSink, person: NotionPerson
) -> None:
    long = "x" * 2001
    report = week(gaps=[gap("long", long), *(gap(f"d{n}", f"Client {n}") for n in range(139))])
    async with case.open(lab) as another:
        await another.publish(report)
    usual = list(texts({"type": "page", "text": "", "children": (await page(person))["blocks"]}))
    await lab.switches.reset()
    await lab.option("notion", **case.quiet)
    blocks = {"vendor": "notion", "method": "PATCH", "path": "/v1/blocks/.*"}
    await lab.switches.fault(effect={"status": 409}, **blocks)
    with pytest.raises(Transient):
        await notion.publish(report)
    await lab.switches.fault(effect={"status": 429, "retry_after": 3}, skip=2, **blocks)
    with pytest.raises(RateLimited) as limited:
        await notion.publish(report)
    assert limited.value.retry_after == timedelta(seconds=3)
    await notion.publish(report)
    assert list(texts({"type": "page", "text": "", "children": (await page(person))["blocks"]})) == usual
    sent = [json.loads(each["body"]) for each in await writes(lab) if each["body"]]
    assert max(len(each.get("children", ())) for each in sent) <= 100
    for content in sent:
        assert all(len(each) <= 2000 for each in _contents(content))
    assert len(await person.rows(GAPS)) == 140


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_report_that_broke_off_between_two_batches_has_no_block_twice(
    case: NotionCase, lab: Lab, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(pages, "MOST_ROWS", 1)
    more = week(gaps=[gap("d0", "Nouveau"), gap("d3", "Zénith"), gap("d1"), gap("d4", "Dernier"), gap("d5")])
    expected: list[str] = []
    place, calls = 0, 1
    while place < calls:
        await lab.switches.reset()
        await lab.option("notion", **case.quiet)
        async with case.open(lab) as notion:
            await notion.publish(week(gaps=[gap("d1"), gap("d2", "Atelier")]))
        since = len(await lab.switches.requests(vendor="notion"))
        if expected:
            rule = {"path": "/v1/.*", "skip": place, "when": when}
            await lab.switches.fault(vendor="notion", effect={"reset": True}, **rule)
            async with case.open(lab) as notion:
                with suppress(AmbiguousWrite, Transient):
                    await notion.publish(more)
            await lab.switches.clear_faults()
            place += 1
        async with case.open(lab) as notion:
            await notion.publish(more)
        told = await case.told(lab, W48)
        if not expected:
            expected, calls = told, len(await lab.switches.requests(vendor="notion")) - since
            assert calls > 15
        assert told == expected, place


def _contents(given: Any) -> Any:
    """Yield every piece of text that was sent."""
    match given:
        case {"content": str(text)}:
            yield text
        case dict():
            for each in given.values():
                yield from _contents(each)
        case list():
            for each in given:
                yield from _contents(each)


async def test_a_page_that_is_not_shared_is_told_as_notion_tells_it(case: NotionCase, lab: Lab) -> None:
    async with case.open(lab, page=PRIVATE) as notion:
        with pytest.raises(NotFound, match="Connections"):
            await notion.publish(week())
        (failed,) = [check for check in await notion.check() if check.state is CheckState.FAIL]
        assert failed.name == "page"
        assert "Connections" in failed.remedy


async def test_what_the_integration_may_not_do_is_named(lab: Lab, notion: ReportSink) -> None:
    await lab.option("notion", capabilities=["read_content"])
    with pytest.raises(Auth, match="Capabilities"):
        await notion.publish(week())


async def test_a_token_that_was_revoked_is_told_by_doctor(lab: Lab, notion: ReportSink) -> None:
    await lab.option("notion", token_revoked=True)
    states = {check.name: check.state for check in await notion.check()}
    assert states == {"token": CheckState.FAIL, "page": CheckState.SKIP}


@pytest.mark.parametrize(("status", "kind"), [(409, Transient), (529, AmbiguousWrite)])
async def test_a_collision_came_to_nothing_and_an_overload_may_have_happened(
    notion: ReportSink, lab: Lab, status: int, kind: type[Exception]
) -> None:
    rule = {"vendor": "notion", "effect": {"status": status}}
    await lab.switches.fault(method="POST", path="/v1/pages", **rule)
    with pytest.raises(kind):
        await notion.publish(week())
    await lab.switches.fault(method="GET", **rule)
    with pytest.raises(Transient):
        await notion.publish(week())
    await notion.publish(week())


@pytest.mark.skipif(
    not SPECS.is_dir(), reason="the vendors' machine-readable specifications are not part of this repository"
)
async def test_every_call_is_one_that_notion_publishes(lab: Lab, notion: ReportSink) -> None:
    spec = json.loads((SPECS / "notion" / "notion-openapi.json").read_text())["paths"]
    # The file has no way to make a database, which the vendor's guide does (README of the specification).
    known = {(method.upper(), path) for path, operations in spec.items() for method in operations}
    known |= {("POST", "/v1/databases")}
    await notion.check()
    await notion.publish(week())
    await notion.publish(week(gaps=[gap("d1", "Autre"), gap("d7")], title="Corrigé"))
    seen = set()
    for each in await lab.switches.requests(vendor="notion"):
        if "x-sandbox-actor" in each["headers"] or each["path"].startswith("/console"):
            continue
        parts = each["path"].strip("/").split("/")
        shapes = {path for method, path in known if method == each["method"] and _fits(path, parts)}
        assert shapes, f"{each['method']} {each['path']}"
        seen |= shapes
        assert each["headers"]["notion-version"] == "2025-09-03"
        if each["body"]:
            assert not {"after", "archived", "position"} & json.loads(each["body"]).keys()
    assert len(seen) >= 8


def _fits(path: str, parts: list[str]) -> bool:
    shape = path.strip("/").split("/")
    return len(shape) == len(parts) and all(
        s == p or (s.startswith("{") and p not in ("me", "query")) for s, p in zip(shape, parts, strict=True)
    )


def test_an_id_is_read_out_of_an_address(case: NotionCase, lab: Lab) -> None:
    for address in (
        "https://www.notion.so/hexalab/Pilotage-5a4d000000004000800000000000000a?pvs=4",
        "5a4d0000-0000-4000-8000-00000000000a",
        "5A4D000000004000800000000000000A",
    ):
        settings: Any = case.connection(lab, page=address).settings
        assert settings.page == "5a4d0000-0000-4000-8000-00000000000a"
    with pytest.raises(ValueError, match=r"unfit\.page"):
        case.connection(lab, page="https://www.notion.so/hexalab/Pilotage")
