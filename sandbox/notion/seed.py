"""What the workspace holds at the start."""

from sandbox.notion import blocks
from sandbox.notion.errors import Json
from sandbox.notion.settings import PERSON, PRIVATE, ROOT, NotionSettings
from sandbox.notion.store import Node, Workspace
from sandbox.notion.texts import rich_text


def workspace() -> Workspace:
    """A page that is shared with the integration, with a paragraph of somebody's, and one that is not."""
    held = Workspace()
    for id_, title, text in (
        (ROOT, "Pilotage", "Les rapports de la semaine sont sous cette page."),
        (PRIVATE, "Direction", "Confidentiel."),
    ):
        content = {"title": rich_text(_words(title), "title", NotionSettings())}
        page = held.add(Node(id_, "page", None, PERSON, content, edited_by=PERSON))
        sent = [{"paragraph": {"rich_text": _words(text)}}]
        held.put(blocks.drafts(sent, "children", NotionSettings()), page, PERSON)
    held.shared.add(ROOT)
    return held


def _words(text: str) -> list[Json]:
    return [{"text": {"content": text}}]
