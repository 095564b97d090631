"""Pages and their blocks: what may be sent, in which amounts, and what becomes of it."""

from typing import Any

import pytest

from tests.sandbox.notion.bench import ROOT, Json, Notion, paragraph, table, text


def texts(kind: str, content: str = "x", **more: Any) -> Json:
    return {"type": kind, kind: {"rich_text": [text(content)], **more}}


async def append(notion: Notion, page: str, *blocks: Json) -> Json:
    return await notion.call("PATCH", f"/blocks/{page}/children", json={"children": list(blocks)})


async def refusal(notion: Notion, *blocks: Any, page: str = ROOT) -> str:
    status, code, message = await notion.refused(
        "PATCH", f"/blocks/{page}/children", json={"children": list(blocks)}
    )
    assert (status, code) == (400, "validation_error")
    return message


async def test_a_page_shows_every_kind_of_block(notion: Notion) -> None:
    page = await notion.page(
        "2026-W47",
        texts("heading_1", "Semaine 47"),
        texts("callout", "12 000 € attendus", icon={"type": "emoji", "emoji": "📌"}, color="blue_background"),
        {"type": "divider", "divider": {}},
        table(["Qui", "Montant"], ["Acme", "12,00 €"]),
        texts("bulleted_list_item", "un écart"),
        {"type": "image", "image": {"type": "external", "external": {"url": "https://x.example/a.png"}}},
    )
    assert await notion.person.lines("2026-W47") == [
        "Semaine 47",
        "12 000 € attendus",
        "",
        "Qui|Montant",
        "Acme|12,00 €",
        "un écart",
        "",
    ]
    results = (await notion.call("GET", f"/blocks/{page}/children"))["results"]
    assert [each["type"] for each in results][:4] == ["heading_1", "callout", "divider", "table"]
    assert [each["has_children"] for each in results] == [False, False, False, True, False, False]
    assert results[3]["table"] == {"table_width": 2, "has_column_header": True, "has_row_header": False}
    rows = (await notion.call("GET", f"/blocks/{results[3]['id']}/children"))["results"]
    assert rows[1]["table_row"]["cells"][0][0]["plain_text"] == "Acme"
    assert rows[1]["parent"] == {"type": "block_id", "block_id": results[3]["id"]}


async def test_a_text_is_answered_with_its_annotations_and_its_link(notion: Notion) -> None:
    sent = {**text("Acme", link={"url": "https://x.example/1"}), "annotations": {"bold": True}}
    page = await notion.page("W", {"paragraph": {"rich_text": [sent]}})
    (block,) = (await notion.call("GET", f"/blocks/{page}/children"))["results"]
    (part,) = block["paragraph"]["rich_text"]
    assert (part["href"], part["annotations"]["bold"], part["annotations"]["color"]) == (
        "https://x.example/1",
        True,
        "default",
    )
    assert (block["object"], block["paragraph"]["color"], block["in_trash"]) == ("block", "default", False)


@pytest.mark.parametrize(
    ("block", "said"),
    [
        ({"type": "graphique", "graphique": {}}, "should be a block of one kind of paragraph"),
        ({"type": "paragraph", "quote": {"rich_text": []}}, "should be a block of one kind"),
        ({"paragraph": {"rich_text": [], "couleur": "red"}}, "paragraph.couleur should be not present"),
        ({"paragraph": {"text": []}}, "paragraph.text should be not present"),
        ({"paragraph": {}}, "paragraph.rich_text should be defined"),
        ({"paragraph": {"rich_text": "x"}}, "rich_text should be an array"),
        ({"paragraph": {"rich_text": [], "color": "rouge"}}, "should be a color"),
        (paragraph("x" * 2001), "text.content.length should be ≤ `2000`, instead was `2001`."),
        ({"paragraph": {"rich_text": [text("x")] * 101}}, "rich_text.length should be ≤ `100`"),
        (
            {"paragraph": {"rich_text": [text("x", link={"url": "https://" + "x" * 2000})]}},
            "link.url.length should be ≤ `2000`",
        ),
        ({"table": {"table_width": 2}}, "a table is sent with its rows"),
        ({"table": {"table_width": 2, "children": []}}, "a table is sent with its rows"),
        (table(["a"], width=2), "must match the table width of 2"),
        (table(*[["a", "b"]] * 101), "children.length should be ≤ `100`, instead was `101`."),
        ({"table": {"table_width": 1, "children": [paragraph()]}}, "cannot be a child of table"),
        ({"table_row": {"cells": [[text("a")]]}}, "cannot be a child of page"),
        ({"divider": {"color": "red"}}, "divider.color should be not present"),
        ({"divider": {"children": [paragraph()]}}, "children should be not present"),
        ({"image": {"type": "file", "external": {"url": "x"}}}, "should be `external`"),
        ("x", "should be an object"),
        (
            {
                "toggle": {
                    "rich_text": [],
                    "children": [{"toggle": {"rich_text": [], "children": [paragraph()]}}],
                }
            },
            "nested too deeply",
        ),
    ],
)
async def test_a_block_that_cannot_be_is_refused_and_leaves_nothing(
    notion: Notion, block: Any, said: str
) -> None:
    before = await notion.call("GET", f"/blocks/{ROOT}/children")
    assert said in await refusal(notion, paragraph(), block)
    after = await notion.call("GET", f"/blocks/{ROOT}/children")
    assert before["results"] == after["results"]


async def test_how_deep_blocks_may_be_can_be_played_otherwise(notion: Notion) -> None:
    deep = texts("toggle", children=[texts("toggle", children=[paragraph("au fond")])])
    await notion.operator.settings("notion", nesting=3)
    await append(notion, ROOT, deep)
    state = await notion.operator.state("notion")
    toggle = state["pages"][0]["blocks"][-1]
    assert toggle["children"][0]["children"][0]["text"] == "au fond"


async def test_a_request_takes_100_blocks_an_array_and_1000_in_all(notion: Notion) -> None:
    await append(notion, ROOT, *[paragraph()] * 100)
    assert "children.length should be ≤ `100`, instead was `101`." in await refusal(
        notion, *[paragraph()] * 101
    )
    rows = [["a", "b"]] * 99
    await append(notion, ROOT, *[table(*rows)] * 10)
    assert "at most 1000 blocks in all, instead has 1100" in await refusal(notion, *[table(*rows)] * 11)
    body = {"parent": {"page_id": ROOT}, "properties": {}, "children": [paragraph()] * 101}
    assert (await notion.refused("POST", "/pages", json=body))[0] == 400


async def test_a_long_table_is_sent_in_parts(notion: Notion) -> None:
    page = await notion.page("W", table(["a", "b"]))
    (block,) = (await notion.call("GET", f"/blocks/{page}/children"))["results"]
    more = [{"table_row": {"cells": [[text("c")], [text("d")]]}}] * 100
    await append(notion, block["id"], *more)
    narrow = {"table_row": {"cells": [[text("c")]]}}
    assert "must match the table width" in await refusal(notion, narrow, page=block["id"])
    assert "cannot be a child of table" in await refusal(notion, paragraph(), page=block["id"])
    assert len(await notion.person.lines("W")) == 101


async def test_children_come_in_pages_of_a_hundred_at_most(notion: Notion) -> None:
    page = await notion.page("W")
    for _ in range(2):
        await append(notion, page, *[paragraph()] * 60)
    first = await notion.call("GET", f"/blocks/{page}/children")
    query = {"start_cursor": first["next_cursor"], "page_size": "100"}
    second = await notion.call("GET", f"/blocks/{page}/children", params=query)
    assert (len(first["results"]), first["has_more"], len(second["results"]), second["has_more"]) == (
        100,
        True,
        20,
        False,
    )
    assert (await notion.refused("GET", f"/blocks/{page}/children", params={"page_size": "101"}))[0] == 400


async def test_a_block_is_changed_deleted_and_not_deleted_twice(notion: Notion) -> None:
    page = await notion.page("W", texts("heading_2", "avant"), paragraph("garder"))
    block = (await notion.call("GET", f"/blocks/{page}/children"))["results"][0]["id"]
    changed = await notion.call(
        "PATCH", f"/blocks/{block}", json={"heading_2": {"rich_text": [text("après")]}}
    )
    deleted = await notion.call("DELETE", f"/blocks/{block}")
    again = await notion.refused("DELETE", f"/blocks/{block}")
    wrong = await notion.refused("PATCH", f"/blocks/{block}", json={"paragraph": {"rich_text": []}})
    assert (changed["heading_2"]["rich_text"][0]["plain_text"], deleted["in_trash"]) == ("après", True)
    assert (again[0], wrong[0]) == (400, 400)
    assert await notion.person.lines("W") == ["garder"]


async def test_a_page_in_the_trash_takes_nothing_until_it_is_back(notion: Notion) -> None:
    page = await notion.page("W", paragraph())
    await notion.call("PATCH", f"/pages/{page}", json={"in_trash": True})
    shown = await notion.call("GET", f"/pages/{page}")
    assert "archived" in await refusal(notion, paragraph(), page=page)
    body: Json = {"parent": {"page_id": page}, "properties": {}}
    inside = await notion.refused("POST", "/pages", json=body)
    renamed = await notion.refused("PATCH", f"/pages/{page}", json={"properties": {}})
    gone = await notion.person.pages()
    await notion.call("PATCH", f"/pages/{page}", json={"in_trash": False})
    assert (shown["in_trash"], inside[0], renamed[0], gone) == (True, 400, 400, [])
    assert await notion.person.lines("W") == ["x"]


async def test_a_page_under_a_page_has_its_title_alone(notion: Notion) -> None:
    page = await notion.page("W")
    body: Json = {"parent": {"page_id": ROOT}, "properties": {"Montant": {"number": 1}}}
    refused = await notion.refused("POST", "/pages", json=body)
    body = {"properties": {"title": {"title": [text("W 47")]}}, "icon": {"type": "emoji", "emoji": "📈"}}
    changed = await notion.call("PATCH", f"/pages/{page}", json=body)
    assert refused[2] == "Montant is not a property that exists."
    assert (changed["properties"]["title"]["title"][0]["plain_text"], changed["icon"]["emoji"]) == (
        "W 47",
        "📈",
    )
    child = (await notion.call("GET", f"/blocks/{ROOT}/children"))["results"][-1]
    assert (child["type"], child["child_page"], child["id"]) == ("child_page", {"title": "W 47"}, page)
    unknown = await notion.refused(
        "POST", "/pages", json={**body, "parent": {"page_id": ROOT}, "markdown": "#"}
    )
    assert "body.markdown should be not present" in unknown[2]


async def test_people_write_and_delete_beside_the_app(notion: Notion) -> None:
    page = await notion.page("W", paragraph("à nous"))
    note = await notion.person.note("Vu avec Anne", on=page)
    own = await notion.person.add_page("Mes notes")
    assert await notion.person.lines("W") == ["à nous", "Vu avec Anne"]
    block = await notion.call("GET", f"/blocks/{note}")
    assert block["created_by"]["id"] != (await notion.call("GET", "/users/me"))["id"]
    await notion.person.delete_block(note)
    await notion.person.trash(own)
    assert [each["title"] for each in await notion.person.pages()] == ["W"]
    with pytest.raises(LookupError, match="0 of 'Mes notes'"):
        await notion.person.page("Mes notes")
