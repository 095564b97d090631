"""Databases with data sources: schema, rows, values, queries."""

from typing import Any

import pytest

from tests.sandbox.notion.bench import COLUMNS, ROOT, Json, Notion, paragraph, text

DAY = {"start": "2026-11-22"}


async def test_a_database_holds_data_sources_and_they_hold_the_columns(notion: Notion) -> None:
    database, source = await notion.database()
    found = await notion.call("GET", f"/databases/{database}")
    held = await notion.call("GET", f"/data_sources/{source}")
    assert found["data_sources"] == [{"id": source, "name": "Écarts"}]
    assert "properties" not in found
    assert held["parent"] == {"type": "database_id", "database_id": database}
    assert held["properties"]["Montant"]["number"] == {"format": "euro"}
    assert held["properties"]["Nom"]["id"] == "title"
    in_page = (await notion.call("GET", f"/blocks/{ROOT}/children"))["results"][-1]
    assert (in_page["type"], in_page["child_database"], in_page["id"]) == (
        "child_database",
        {"title": "Écarts"},
        database,
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"properties": COLUMNS}, "body.properties should be not present"),
        ({"initial_data_source": {"properties": {"A": {"rich_text": {}}}}}, "Exactly one property"),
        (
            {"initial_data_source": {"properties": {"A": {"title": {}}, "B": {"title": {}}}}},
            "Exactly one property",
        ),
        ({"initial_data_source": {"properties": {"A": {"texte": {}}}}}, "should be a property of one kind"),
        ({"initial_data_source": {}}, "should be an object"),
        ({"parent": {"database_id": ROOT}}, "body.parent.database_id should be not present"),
        ({"parent": {"type": "page_id"}}, "body.parent should name exactly one"),
    ],
)
async def test_a_database_that_cannot_be_is_refused(notion: Notion, changes: Json, said: str) -> None:
    body = {
        "parent": {"type": "page_id", "page_id": ROOT},
        "title": [text("Écarts")],
        "initial_data_source": {"properties": COLUMNS},
    }
    status, code, message = await notion.refused("POST", "/databases", json=body | changes)
    assert (status, code) == (400, "validation_error")
    assert said in message
    assert (await notion.operator.state("notion"))["databases"] == []


async def test_a_row_has_the_values_of_its_columns(notion: Notion) -> None:
    database, source = await notion.database()
    row = await notion.row(
        source,
        "INV-1",
        Montant={"number": 12.5},
        Échéance={"date": DAY},
        État={"select": {"name": "en retard"}},
        Lien={"url": "https://x.example/1"},
    )
    found = await notion.call("GET", f"/pages/{row}")
    values = {name: value[value["type"]] for name, value in found["properties"].items()}
    assert found["parent"] == {"type": "data_source_id", "data_source_id": source, "database_id": database}
    assert values["Nom"][0]["plain_text"] == "INV-1"
    assert (values["Montant"], values["Échéance"]["start"], values["État"]["color"]) == (
        12.5,
        "2026-11-22",
        "red",
    )
    await notion.call("PATCH", f"/pages/{row}", json={"properties": {"Montant": {"number": None}}})
    assert await notion.person.rows("Écarts") == [
        {
            "Nom": "INV-1",
            "Clé": "INV-1",
            "Montant": "",
            "Échéance": "2026-11-22",
            "État": "en retard",
            "Lien": "https://x.example/1",
        }
    ]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"Somme": {"number": 1}}, "Somme is not a property that exists."),
        ({"Montant": {"number": "12,50"}}, "Montant is expected to be number."),
        ({"Montant": {"rich_text": []}}, "Montant is expected to be number."),
        ({"Montant": {"number": True}}, "Montant is expected to be number."),
        ({"Échéance": {"date": {"start": "22/11/2026"}}}, "Échéance is expected to be a date"),
        ({"Échéance": {"date": {"end": "2026-11-22"}}}, "Échéance is expected to be a date"),
        ({"Échéance": {"date": {"start": "20261122"}}}, "Échéance is expected to be a date"),
        ({"Lien": {"url": "https://x.example/" + "x" * 2000}}, "should be ≤ `2000`"),
        ({"Lien": {"url": ""}}, "should be a populated string"),
        ({"Clé": {"rich_text": [text("x" * 2001)]}}, "should be ≤ `2000`, instead was `2001`"),
        ({"Clé": {"rich_text": [text("x")] * 101}}, "should be ≤ `100`, instead was `101`"),
        ({"Clé": {"rich_text": [{"text": {"contents": "x"}}]}}, "text.contents should be not present"),
        ({"Clé": {"rich_text": [{"text": {"content": 5}}]}}, "should be a string"),
        ({"Clé": {"rich_text": [{"mention": {}}]}}, "should be not present"),
    ],
)
async def test_a_value_that_does_not_fit_its_column_is_refused(
    notion: Notion, values: Json, said: str
) -> None:
    _, source = await notion.database()
    body = {"parent": {"data_source_id": source}, "properties": values}
    status, code, message = await notion.refused("POST", "/pages", json=body)
    assert (status, code) == (400, "validation_error")
    assert said in message
    assert await notion.person.rows("Écarts") == []


async def test_an_unknown_select_option_is_made_or_refused(notion: Notion) -> None:
    _, source = await notion.database()
    for _ in range(2):
        await notion.row(source, "a", État={"select": {"name": "réglé"}})
    column = (await notion.call("GET", f"/data_sources/{source}"))["properties"]["État"]
    await notion.operator.settings("notion", new_options=False)
    body = {"parent": {"data_source_id": source}, "properties": {"État": {"select": {"name": "autre"}}}}
    refused = await notion.refused("POST", "/pages", json=body)
    assert [option["name"] for option in column["select"]["options"]] == ["en retard", "réglé"]
    assert (refused[0], "autre" in refused[2]) == (400, True)


async def test_a_refused_row_changes_nothing(notion: Notion) -> None:
    _, source = await notion.database()
    row = await notion.row(source, "a", Montant={"number": 1})
    wrong = {"Montant": {"number": 2}, "État": {"select": {"name": "nouveau"}}, "Clé": {"number": 5}}
    body: Json = {"properties": wrong, "in_trash": True}
    assert (await notion.refused("PATCH", f"/pages/{row}", json=body))[0] == 400
    kept = await notion.call("GET", f"/pages/{row}")
    options = (await notion.call("GET", f"/data_sources/{source}"))["properties"]["État"]["select"]["options"]
    assert (kept["in_trash"], kept["properties"]["Montant"]["number"]) == (False, 1)
    assert [option["name"] for option in options] == ["en retard"]


async def test_a_row_is_made_in_a_data_source_and_not_in_its_database(notion: Notion) -> None:
    database, _ = await notion.database()
    body = {"parent": {"database_id": database}, "properties": {}}
    refused = await notion.refused("POST", "/pages", json=body)
    assert (refused[0], "database_id should be not present" in refused[2]) == (400, True)
    body = {"parent": {"data_source_id": database}, "properties": {}}
    assert (await notion.refused("POST", "/pages", json=body))[0] == 404


async def test_a_row_is_found_by_its_key(notion: Notion) -> None:
    _, source = await notion.database()
    rows = [await notion.row(source, key) for key in ("2026-W46", "2026-W47")]
    assert await notion.keyed(source, "2026-W47") == [rows[1]]
    await notion.call("PATCH", f"/pages/{rows[1]}", json={"in_trash": True})
    assert await notion.keyed(source, "2026-W47") == []
    await notion.person.restore(rows[1])
    assert await notion.keyed(source, "2026-W47") == [rows[1]]


async def test_a_new_row_may_not_be_found_yet(notion: Notion) -> None:
    _, source = await notion.database()
    await notion.operator.settings("notion", query_lag=600.0)
    row = await notion.row(source, "a")
    hidden = await notion.keyed(source, "a")
    await notion.call("GET", f"/pages/{row}")
    await notion.operator.settings("notion", query_lag=0.0)
    await notion.operator.fault(vendor="notion", path="/v1/data_sources/.*/query", effect={"stale": 600})
    assert (hidden, await notion.keyed(source, "a"), await notion.keyed(source, "a")) == ([], [], [row])


async def test_queries_come_in_pages(notion: Notion) -> None:
    _, source = await notion.database()
    rows = [await notion.row(source, str(number)) for number in range(5)]
    path, found, cursor = f"/data_sources/{source}/query", [], None
    for _ in range(3):
        body = {"page_size": 2} | ({"start_cursor": cursor} if cursor else {})
        answer = await notion.call("POST", path, json=body)
        found += [each["id"] for each in answer["results"]]
        cursor = answer["next_cursor"]
    assert (found, cursor, answer["has_more"]) == (rows, None, False)
    for wrong in ({"page_size": 101}, {"page_size": 0}, {"start_cursor": ROOT}):
        assert (await notion.refused("POST", path, json=wrong))[1] == "validation_error"


@pytest.mark.parametrize(
    ("condition", "keys"),
    [
        ({"property": "Montant", "number": {"greater_than": 10}}, ["b", "c"]),
        ({"property": "Nom", "title": {"contains": "a"}}, ["a"]),
        ({"property": "État", "select": {"equals": "en retard"}}, ["c"]),
        ({"property": "État", "select": {"is_empty": True}}, ["a", "b"]),
        ({"property": "Échéance", "date": {"on_or_after": "2026-11-22"}}, ["c"]),
        (
            {"or": [{"property": "Clé", "rich_text": {"equals": k}} for k in ("a", "c")]},
            ["a", "c"],
        ),
        (
            {
                "and": [
                    {"property": "Montant", "number": {"less_than": 25}},
                    {"property": "Clé", "rich_text": {"does_not_equal": "a"}},
                ]
            },
            ["b"],
        ),
    ],
)
async def test_filters(notion: Notion, condition: Json, keys: list[str]) -> None:
    _, source = await notion.database()
    await notion.row(source, "a", Montant={"number": 10})
    await notion.row(source, "b", Montant={"number": 20})
    late = {"Échéance": {"date": DAY}, "État": {"select": {"name": "en retard"}}}
    await notion.row(source, "c", Montant={"number": 30}, **late)
    found = await notion.call("POST", f"/data_sources/{source}/query", json={"filter": condition})
    assert [each["properties"]["Nom"]["title"][0]["plain_text"] for each in found["results"]] == keys


async def test_rows_are_sorted(notion: Notion) -> None:
    _, source = await notion.database()
    for key, amount in (("a", 10), ("b", 30), ("c", 20)):
        await notion.row(source, key, Montant={"number": amount})
    body = {"sorts": [{"property": "Montant", "direction": "descending"}]}
    found = await notion.call("POST", f"/data_sources/{source}/query", json=body)
    assert [each["properties"]["Montant"]["number"] for each in found["results"]] == [30, 20, 10]


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ({"property": "Somme", "number": {"equals": 1}}, "Could not find property with name or id: Somme"),
        (
            {"property": "Clé", "title": {"equals": "a"}},
            "database property rich_text does not match filter title",
        ),
        ({"property": "Clé", "rich_text": {"matches": "a"}}, "should be not present"),
        ({"property": "Clé", "rich_text": {}}, "with one condition"),
        ("Clé", "should be an object"),
    ],
)
async def test_a_filter_that_does_not_fit_is_refused(notion: Notion, condition: Any, said: str) -> None:
    _, source = await notion.database()
    refused = await notion.refused("POST", f"/data_sources/{source}/query", json={"filter": condition})
    assert said in refused[2]


async def test_columns_are_added_renamed_and_taken_away(notion: Notion) -> None:
    _, source = await notion.database()
    row = await notion.row(source, "a", Montant={"number": 5})
    changes: Json = {"Montant": {"name": "Somme"}, "Lien": None, "Suivi": {"checkbox": {}}}
    changed = await notion.call("PATCH", f"/data_sources/{source}", json={"properties": changes})
    found = (await notion.call("GET", f"/pages/{row}"))["properties"]
    assert sorted(changed["properties"]) == sorted(["Nom", "Clé", "Échéance", "État", "Somme", "Suivi"])
    assert (found["Somme"]["number"], found["Suivi"]["checkbox"]) == (5, False)
    refused: list[Json] = [{"Nom": None}, {"Rien": None}, {"B": {"title": {}}}]
    for wrong in refused:
        path = f"/data_sources/{source}"
        assert (await notion.refused("PATCH", path, json={"properties": wrong}))[0] == 400


async def test_what_people_add_stays_beside_what_the_app_writes(notion: Notion) -> None:
    person, (database, source) = notion.person, await notion.database()
    row = await notion.row(source, "INV-1")
    await person.add_column("Écarts", "Suivi par Anne")
    await person.type_into(row, **{"Suivi par Anne": "rappelé"})
    await person.add_row("Écarts", Nom="à moi")
    await notion.call("PATCH", f"/pages/{row}", json={"properties": {"Montant": {"number": 7}}})
    rows = await person.rows("Écarts")
    assert [(each["Nom"], each["Montant"], each["Suivi par Anne"]) for each in rows] == [
        ("INV-1", "7", "rappelé"),
        ("à moi", "", ""),
    ]
    second = await person.add_data_source("Écarts", "Archives")
    found = await notion.call("GET", f"/databases/{database}")
    assert [each["id"] for each in found["data_sources"]] == [source, second]


async def test_a_row_is_a_page_with_blocks(notion: Notion) -> None:
    _, source = await notion.database()
    body = {
        "parent": {"data_source_id": source},
        "properties": {"Nom": {"title": [text("INV-1")]}},
        "children": [paragraph("Détail")],
    }
    row = (await notion.call("POST", "/pages", json=body))["id"]
    (block,) = (await notion.call("GET", f"/blocks/{row}/children"))["results"]
    assert block["paragraph"]["rich_text"][0]["plain_text"] == "Détail"
    assert block["parent"] == {"type": "page_id", "page_id": row}
