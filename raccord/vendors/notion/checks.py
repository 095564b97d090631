"""Notion's lines of `raccord doctor`: the token, and the page that reports are kept below."""

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError
from raccord.domain.values.message import Message, message
from raccord.vendors.notion.client import NotionClient
from raccord.vendors.notion.settings import NotionSettings
from raccord.vendors.notion.wire import Bot

_TOKEN, _PAGE = message("check.token"), "page"
_SHARE = message("notion.share")


async def check(client: NotionClient, settings: NotionSettings) -> tuple[Check, ...]:
    """Ask whose token it is, and read the page; changes nothing."""
    try:
        bot = await client.me()
    except ConnectorError as error:
        remedy = message("notion.token")
        return Check.fail(_TOKEN, in_its_words(error), remedy=remedy), Check.skipped(_PAGE, needs=_TOKEN)
    known = Check.ok(_TOKEN, _called(bot))
    try:
        page = await client.page(settings.page)
        await client.children(settings.page)
    except ConnectorError as error:
        return known, Check.fail(_PAGE, in_its_words(error), expected=settings.page, remedy=_SHARE)
    if page.in_trash:
        remedy = message("notion.untrash")
        return known, Check.fail(_PAGE, message("notion.in_trash"), expected=settings.page, remedy=remedy)
    return known, Check.ok(_PAGE, message("notion.shared"), expected=settings.page)


def _called(bot: Bot) -> Message:
    return message("check.id_and_name", id=bot.id, name=bot.name or message("check.without_name"))
