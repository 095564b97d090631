"""Rich text: `[{"type": "text", "text": {"content", "link"}}]` (notion.md 3), its lengths (notion.md 4)."""

from typing import Any

from sandbox.notion.errors import Json, misplaced, one_list, only
from sandbox.notion.settings import NotionSettings

_ANNOTATIONS = ("bold", "italic", "strikethrough", "underline", "code", "color")
_HUES = ("gray", "brown", "orange", "yellow", "green", "blue", "purple", "pink", "red")
COLOURS = ("default", *_HUES, *(f"{hue}_background" for hue in _HUES))


def rich_text(value: Any, at: str, limits: NotionSettings) -> list[Json]:
    """Read what was sent, as it will be answered. The sandbox plays texts, no mentions and no equations."""
    parts = one_list(value, at, limits.array)
    return [_part(part, f"{at}[{number}]", limits) for number, part in enumerate(parts)]


def plain(parts: list[Json]) -> str:
    return "".join(part["plain_text"] for part in parts)


def address(value: Any, at: str, limits: NotionSettings) -> str:
    if not isinstance(value, str) or not value:
        raise misplaced(at, "should be a populated string")
    if len(value) > limits.url_length:
        raise misplaced(f"{at}.length", f"should be ≤ `{limits.url_length}`, instead was `{len(value)}`.")
    return value


def colour(value: Any, at: str) -> str:
    if value not in COLOURS:
        raise misplaced(at, f"should be a color, instead was `{value}`.")
    return str(value)


def _part(value: Any, at: str, limits: NotionSettings) -> Json:
    part = only(value, ("type", "text", "annotations", "plain_text", "href"), at)
    if part.get("type", "text") != "text" or "text" not in part:
        raise misplaced(f"{at}.text", "should be defined")
    text = only(part["text"], ("content", "link"), f"{at}.text")
    content, link = text.get("content"), text.get("link")
    if not isinstance(content, str):
        raise misplaced(f"{at}.text.content", "should be a string")
    if len(content) > limits.text_length:
        place = f"{at}.text.content.length"
        raise misplaced(place, f"should be ≤ `{limits.text_length}`, instead was `{len(content)}`.")
    url = None
    if link is not None:
        url = address(
            only(link, ("type", "url"), f"{at}.text.link").get("url"), f"{at}.text.link.url", limits
        )
    given = only(part.get("annotations", {}), _ANNOTATIONS, f"{at}.annotations")
    look = dict.fromkeys(_ANNOTATIONS[:-1], False) | {"color": "default"} | given
    colour(look["color"], f"{at}.annotations.color")
    return {
        "type": "text",
        "text": {"content": content, "link": {"url": url} if url else None},
        "annotations": look,
        "plain_text": content,
        "href": url,
    }
