"""The spreadsheet's lines of `raccord doctor`: credentials, the spreadsheet itself, who may edit it."""

from raccord.connectors.connection import Check, in_its_words
from raccord.connectors.errors import ConnectorError, Forbidden, NotFound
from raccord.domain.values.message import Message, message
from raccord.vendors.google_sheets.client import SheetsClient
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings
from raccord.vendors.google_sheets.tabs import DASHBOARD, DASHBOARD_ID, is_taken
from raccord.vendors.google_sheets.token import SHEETS

_CREDENTIALS, _SPREADSHEET = message("check.credentials"), message("check.spreadsheet")
_SHARING = message("check.sharing")


async def check(client: SheetsClient, settings: GoogleSheetsSettings) -> tuple[Check, ...]:
    """Fetch a token, read the tabs, and ask Drive who may edit; changes nothing."""
    try:
        email = client.tokens.email()
        await client.tokens.get(SHEETS)
    except ConnectorError as error:
        remedy = message("sheets.correct_key")
        left = (Check.skipped(name, needs=_CREDENTIALS) for name in (_SPREADSHEET, _SHARING))
        return (Check.fail(_CREDENTIALS, in_its_words(error), remedy=remedy), *left)
    known = Check.ok(_CREDENTIALS, email)
    try:
        found = await client.tabs()
    except ConnectorError as error:
        wrong = Check.fail(
            _SPREADSHEET, in_its_words(error), expected=settings.spreadsheet, remedy=_unread(error, email)
        )
        return (known, wrong, Check.skipped(_SHARING, needs=_SPREADSHEET))
    tabs = Check.ok(_SPREADSHEET, message("check.can_be_read"), expected=settings.spreadsheet)
    if is_taken(found, DASHBOARD, DASHBOARD_ID):
        tabs = Check.fail(
            _SPREADSHEET, message("sheets.taken", title=DASHBOARD), remedy=message("sheets.rename_tab")
        )
    return (known, tabs, await _sharing(client, email))


def _unread(error: ConnectorError, email: str) -> Message:
    match error:
        case Forbidden():
            return message("sheets.share_and_enable", email=email)
        case NotFound():
            return message("sheets.copy_address")
        case _:
            return message("sheets.reach")


async def _sharing(client: SheetsClient, email: str) -> Check:
    share = message("sheets.share", email=email)
    try:
        able = await client.may_edit()
    except ConnectorError as error:
        remedy = message("sheets.enable_drive", share=share)
        return Check.warn(_SHARING, in_its_words(error), expected="Editor", remedy=remedy)
    if not able:
        return Check.fail(_SHARING, message("sheets.reads_only"), expected="Editor", remedy=share)
    return Check.ok(_SHARING, "Editor")
