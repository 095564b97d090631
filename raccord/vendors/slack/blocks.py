"""How a notice looks in Slack: Block Kit, within Slack's limits (Slack docs: block-kit).

Texts that are too long are cut, visibly; only what cannot be cut is refused: the value of a button.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from raccord.connectors.errors import Permanent
from raccord.domain.desk.notice import Button, ButtonStyle, Fact, Notice
from raccord.vendors.slack.text import link, packed, shown, unformatted

ACTION = "raccord_"
"""Begins the `action_id` of every button of ours."""

MOST_BLOCKS = 50
_HEADER = 150
_SECTION = 3000
_TITLE = 500
_FACT_LABEL = 60
_FACT_VALUE = 300
_ROWS = 5000
"""Of all facts in rows, as Slack counts them; the others are told as points."""
_FIELDS = 10
_POINT = 1000
_MOST_POINTS = 5000
_FEWEST_POINTS = 500
_WHOLE = 11_000
"""Slack refuses blocks with somewhat more than 12,000 characters in all, and counts more than their texts
(slackapi/bolt-js#2509, #2867): points give way to buttons.
"""
_FOOTER = 300
_PERSON = 254
_CONTEXT = 10
_ACTIONS = 25
_LABEL = 75
_VALUE = 2000
_CONFIRM_TITLE = 100
_CONFIRM_TEXT = 300
_CONFIRM_ANSWER = 30
_FALLBACK = 3000
"""Below the 4,000 of chat.update."""
_DENY = "Non / No"

Block = dict[str, Any]
T = TypeVar("T")


def render(notice: Notice, *, mentions: Mapping[str, str], mark: str) -> tuple[Block, ...]:
    """Write a notice as blocks. `mentions` holds the member id of each e-mail address that has one.

    `mark` goes into the blocks' ids and is new each time: a block that keeps its id over an update
    may keep showing its old state (Slack docs: block-kit). Raises `Permanent` when a button's value
    is too long, or there are too many buttons.
    """
    in_rows = _fitting(notice.facts)
    above = (_title(notice.title), *_facts(notice.facts[:in_rows]))
    below = (
        *_links(notice),
        *_people(notice.people, mentions),
        *_buttons(notice.buttons),
        *_footer(notice.footer),
    )
    room = min(_MOST_POINTS, max(_FEWEST_POINTS, _WHOLE - _length(above) - _length(below)))
    blocks = (*above, *_points(_told(notice.points, notice.facts[in_rows:]), room), *below)
    if len(blocks) > MOST_BLOCKS:
        raise Permanent(f"Slack shows at most {MOST_BLOCKS} blocks in a message: too many buttons.")
    return tuple(block | {"block_id": f"raccord:{mark}:{n}"} for n, block in enumerate(blocks))


def fallback(notice: Notice) -> str:
    """Write a notice as text, for notifications and for those who have it read aloud."""
    lines = [notice.title, *(f"{f.label}: {f.value}" for f in notice.facts), *notice.points]
    return shown(" · ".join(filter(None, lines)), _FALLBACK)


def note(text: str) -> tuple[Block, ...]:
    """Write one text as blocks."""
    return ({"type": "section", "text": _plain(text, _SECTION)},)


def _plain(text: str, limit: int) -> Block:
    return {"type": "plain_text", "text": shown(text, limit), "emoji": False}


def _escaped(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def _markup(text: str) -> Block:
    # Verbatim: addresses and names in the text are not made into links and mentions.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _title(title: str) -> Block:
    if len(shown(title, _TITLE)) <= _HEADER:
        return {"type": "header", "text": _plain(title, _HEADER)}
    return {"type": "section", "text": _plain(title, _TITLE)}


def _fitting(facts: Sequence[Fact]) -> int:
    """Return how many of the first facts there is room for in rows."""
    room = _ROWS
    for place, fact in enumerate(facts):
        room -= _length(_cells(fact))
        if room < 0:
            return place
    return len(facts)


def _cells(fact: Fact) -> tuple[Block, Block]:
    """Write a fact as two columns: the label is bold, the value plain."""
    return _markup(f"*{unformatted(fact.label, _FACT_LABEL)}*"), _plain(fact.value, _FACT_VALUE)


def _facts(facts: Sequence[Fact]) -> Iterator[Block]:
    cells = [cell for fact in facts for cell in _cells(fact)]
    for fields in _chunks(cells, _FIELDS):
        yield {"type": "section", "fields": fields}


def _told(points: Sequence[str], facts: Sequence[Fact]) -> tuple[str, ...]:
    """Return the points, and after them the facts for which there are no more rows."""
    return (*points, *(f"{fact.label}: {fact.value}" for fact in facts))


def _points(points: Sequence[str], room: int) -> Iterator[Block]:
    lines: list[str] = []
    for point in points:
        line = f"• {shown(point, _POINT)}"
        if len(line) > room:
            lines.append(f"• … + {len(points) - len(lines)}")
            break
        room -= len(line)
        lines.append(line)
    for text in packed(lines, "\n", _SECTION):
        yield {"type": "section", "text": _escaped(text)}


def _links(notice: Notice) -> Iterator[Block]:
    for text in packed((link(found.label, found.url) for found in notice.links), " · ", _SECTION):
        yield {"type": "section", "text": _markup(text)}


def _people(people: Sequence[str], mentions: Mapping[str, str]) -> Iterator[Block]:
    called = [f"<@{mentions[person]}>" for person in people if person in mentions]
    for text in packed(called, " ", _SECTION):
        yield {"type": "section", "text": _markup(text)}
    unknown = [_plain(person, _PERSON) for person in people if person not in mentions]
    for elements in _chunks(unknown, _CONTEXT):
        yield {"type": "context", "elements": elements}


def _buttons(buttons: Sequence[Button]) -> Iterator[Block]:
    elements = [_button(button, n) for n, button in enumerate(buttons)]
    for row in _chunks(elements, _ACTIONS):
        yield {"type": "actions", "elements": row}


def _button(button: Button, n: int) -> Block:
    if len(button.value) > _VALUE:
        raise Permanent(f"The value of a button has more than the {_VALUE} characters that Slack keeps.")
    element: Block = {
        "type": "button",
        "action_id": f"{ACTION}{n}",
        "text": _plain(button.label, _LABEL),
        "value": button.value,
    }
    if button.style is not ButtonStyle.PLAIN:
        element["style"] = button.style.value
    if button.confirm:
        element["confirm"] = _confirm(button)
    return element


def _confirm(button: Button) -> Block:
    """Ask before a press counts; agreeing repeats the button's own words."""
    asked: Block = {
        "title": _plain(button.label, _CONFIRM_TITLE),
        "text": _plain(button.confirm, _CONFIRM_TEXT),
        "confirm": _plain(button.label, _CONFIRM_ANSWER),
        "deny": _plain(_DENY, _CONFIRM_ANSWER),
    }
    if button.style is ButtonStyle.DANGER:
        asked["style"] = ButtonStyle.DANGER.value
    return asked


def _footer(footer: str) -> Iterator[Block]:
    if footer:
        yield {"type": "context", "elements": [_plain(footer, _FOOTER)]}


def _length(blocks: Sequence[Block]) -> int:
    return len(json.dumps(blocks, ensure_ascii=False))


def _chunks(items: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
