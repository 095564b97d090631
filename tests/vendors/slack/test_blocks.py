"""Whatever people typed, a message shows it as text and stays within Slack's limits."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raccord.connectors.errors import Permanent
from raccord.domain.desk.notice import Button, ButtonStyle, Fact, Link, Notice
from raccord.vendors.slack.blocks import fallback, note, render

NASTY = st.text(st.sampled_from("<>&*_~`|@#!:\n\r\t\u202e\u200b\U0001f600 aé/."), max_size=60)
TEXT = st.one_of(
    NASTY, st.text(max_size=40), st.sampled_from(["<!channel>", "<@U1>", "<https://x|y>", "x" * 5000])
)
NOTICES = st.builds(
    Notice,
    title=TEXT,
    facts=st.lists(st.builds(Fact, label=TEXT, value=TEXT), max_size=30).map(tuple),
    points=st.lists(TEXT | st.just("&" * 4000), max_size=30).map(tuple),
    links=st.lists(st.builds(Link, label=TEXT, url=TEXT | TEXT.map("https://x.fr/".__add__)), max_size=5).map(
        tuple
    ),
    buttons=st.lists(
        st.builds(Button, label=TEXT, value=NASTY, style=st.sampled_from(ButtonStyle), confirm=TEXT),
        max_size=30,
    ).map(tuple),
    people=st.lists(TEXT, max_size=25).map(tuple),
    footer=TEXT,
)
MENTION = re.compile(r"<@U0[A-Z]+>")
WEB_LINK = re.compile(r"<https?://[^<>|\s]+\|[^<>|*_~`]*>", re.IGNORECASE)
LIMITS = {"header": 150, "section": 3000, "context": 3000}


def texts(found: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield every text object, with the keys that lead to it."""
    match found:
        case {"type": "plain_text" | "mrkdwn"}:
            yield path, found
        case dict():
            for key, value in found.items():
                yield from texts(value, (*path, key))
        case list() | tuple():
            for value in found:
                yield from texts(value, path)


def shown(notice: Notice, mentions: dict[str, str] | None = None) -> list[dict[str, Any]]:
    return list(render(notice, mentions=mentions or {}, mark="ab12"))


def bare(text: str) -> bool:
    return not re.search(r"[<>]|&(?!(amp|lt|gt);)", text)


@given(NOTICES, st.booleans())
@settings(max_examples=60, deadline=None)
def test_nothing_that_was_typed_is_markup_and_every_limit_is_kept(notice: Notice, known: bool) -> None:
    mentions = dict.fromkeys(notice.people, "U0ANNE") if known else {}
    blocks = shown(notice, mentions)
    assert len(blocks) <= 50
    assert len({block["block_id"] for block in blocks}) == len(blocks)
    for block in blocks:
        assert len(block["block_id"]) <= 255
        assert len(block.get("elements", [])) <= (25 if block["type"] == "actions" else 10)
        assert len(block.get("fields", [])) <= 10
        for path, found in texts(block):
            assert 1 <= len(found["text"]) <= limit(block["type"], path)
            if found["type"] == "plain_text":
                assert bare(found["text"])
                assert found["emoji"] is False
            else:
                assert found["verbatim"] is True
                assert bare(WEB_LINK.sub("", MENTION.sub("", found["text"])))
    assert bare(fallback(notice))
    assert 1 <= len(fallback(notice)) <= 4000
    assert (
        sum(len(found["text"]) for block in blocks for path, found in texts(block) if "elements" not in path)
        < 12000
    )
    json.dumps(blocks)


def limit(block: str, path: tuple[str, ...]) -> int:
    match path:
        case ("fields",):
            return 2000
        case ("elements", "text"):
            return 75
        case ("elements", "confirm", "title"):
            return 100
        case ("elements", "confirm", "text"):
            return 300
        case ("elements", "confirm", "confirm" | "deny"):
            return 30
        case _:
            return LIMITS[block]


@given(NASTY)
def test_what_was_typed_is_what_is_read(text: str) -> None:
    point = next(found["text"] for _, found in texts(note(text)))
    assert html.unescape(point) == (" ".join(text.replace("\u202e", " ").split()) or "–")


def test_an_amount_and_french_punctuation_stay_on_their_line() -> None:
    text = "5\u202f120,50\u00a0€\u00a0: est-ce 20\u00a0%\u202f?"
    notice = Notice(title=text, facts=(Fact(label="Total", value=text),), points=(text,), footer=text)
    shown_texts = [found["text"] for _, found in texts(shown(notice))]
    assert sum(text in each for each in shown_texts) == 4


def test_a_mention_is_made_for_those_who_are_known_and_nobody_else() -> None:
    notice = Notice(title="t", people=("anne@example.fr", "<!channel>@x.fr"))
    said = json.dumps(shown(notice, {"anne@example.fr": "U0ANNE"}))
    assert "<@U0ANNE>" in said
    assert "&lt;!channel&gt;@x.fr" in said
    assert "<!" not in said


def test_a_link_s_label_and_address_cannot_break_out() -> None:
    links = (
        Link(label="a|b> <!here>", url="https://x.fr/?a=1&b=<!here>|evil"),
        Link(label="script", url="javascript:alert(1)"),
        Link(label="broken", url="https://[x"),
    )
    found = [text["text"] for _, text in texts(shown(Notice(title="t", links=links))[1])]
    assert found == ["<https://x.fr/?a=1&amp;b=%3C!here%3E%7Cevil|a¦b&gt; &lt;!here&gt;> · script · broken"]


def test_a_label_in_bold_cannot_be_closed_by_what_is_in_it() -> None:
    blocks = shown(Notice(title="t", facts=(Fact(label="a* _b_ `c`", value="*F_1*"),)))
    assert blocks[1]["fields"] == [
        {"type": "mrkdwn", "text": "*a∗ ＿b＿ ˋcˋ*", "verbatim": True},
        {"type": "plain_text", "text": "*F_1*", "emoji": False},
    ]


def test_a_button_asks_in_its_own_words_before_it_counts() -> None:
    button = Button(
        label="Abandonner", value="i|1|cancel|", style=ButtonStyle.DANGER, confirm="Êtes-vous sûr ?"
    )
    plain = Button(label="Relire", value="i|1|retry|")
    actions = shown(Notice(title="t", buttons=(button, plain)))[-1]
    first, second = actions["elements"]
    assert [e["action_id"] for e in actions["elements"]] == ["raccord_0", "raccord_1"]
    assert first["style"] == first["confirm"]["style"] == "danger"
    assert first["confirm"]["text"]["text"] == "Êtes-vous sûr ?"
    assert first["confirm"]["confirm"]["text"] == "Abandonner"
    assert "style" not in second
    assert "confirm" not in second


def test_many_points_are_split_and_what_is_left_out_is_counted() -> None:
    sections = [b for b in shown(Notice(title="t", points=("p" * 900,) * 12)) if b["type"] == "section"]
    assert len(sections) == 2
    assert sections[-1]["text"]["text"].endswith("• … + 7")


def test_a_message_that_is_full_of_everything_is_short_enough() -> None:
    button = Button(label="l" * 80, value="v" * 60, style=ButtonStyle.DANGER, confirm="Êtes-vous sûr ?")
    facts = (Fact(label="&" * 80, value="<" * 500),) * 30
    notice = Notice(
        title="t" * 400, facts=facts, points=("p" * 400,) * 30, buttons=(button,) * 8, footer="f" * 400
    )
    said = json.dumps(shown(notice), ensure_ascii=False)
    assert len(said) <= 12_000
    assert "• … + " in said


def test_facts_beyond_the_table_are_still_told() -> None:
    many = tuple(Fact(label=f"l{n}", value=f"v{n}".ljust(300, "x")) for n in range(14))
    said = json.dumps(shown(Notice(title="t", facts=many)))
    assert "l13: v13" in said
    assert said.count("v13") == 1


def test_a_long_title_is_still_read_whole() -> None:
    blocks = shown(Notice(title="t" * 200))
    assert blocks[0] == {
        "type": "section",
        "text": {"type": "plain_text", "text": "t" * 200, "emoji": False},
        "block_id": "raccord:ab12:0",
    }


def test_what_cannot_be_cut_is_refused() -> None:
    with pytest.raises(Permanent, match="2000"):
        shown(Notice(title="t", buttons=(Button(label="l", value="x" * 2001),)))
    with pytest.raises(Permanent, match="buttons"):
        shown(Notice(title="t", buttons=(Button(label="l", value="x"),) * 1300))


def test_every_showing_has_new_block_ids() -> None:
    notice = Notice(title="t", footer="f")
    first, second = (render(notice, mentions={}, mark=mark) for mark in ("a", "b"))
    assert not {b["block_id"] for b in first} & {b["block_id"] for b in second}
