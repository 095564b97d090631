"""Notion's lines of `raccord doctor`: the token, and the page that reports are kept below."""

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError
from raccord.vendors.notion.client import NotionClient
from raccord.vendors.notion.settings import NotionSettings

_TOKEN, _PAGE = "token", "page"
_SHARE = (
    "Open the page in Notion, then Connections, and add the integration; or correct page of this connection."
)


async def check(client: NotionClient, settings: NotionSettings) -> tuple[Check, ...]:
    """Ask whose token it is, and read the page; changes nothing."""
    try:
        bot = await client.me()
    except ConnectorError as error:
        remedy = "Check token of this connection and the network, then run doctor again."
        return Check.fail(_TOKEN, str(error), remedy=remedy), Check.skipped(_PAGE, needs=_TOKEN)
    known = Check.ok(_TOKEN, f"{bot.id} ({bot.name or 'without a name'})")
    try:
        page = await client.page(settings.page)
        await client.children(settings.page)
    except ConnectorError as error:
        return known, Check.fail(_PAGE, str(error), expected=settings.page, remedy=_SHARE)
    if page.in_trash:
        remedy = "Take the page out of the trash, or name another as page of this connection."
        return known, Check.fail(_PAGE, "in the trash", expected=settings.page, remedy=remedy)
    return known, Check.ok(_PAGE, "shared with the integration", expected=settings.page)
