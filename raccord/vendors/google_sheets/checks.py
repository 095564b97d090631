"""The spreadsheet's lines of `raccord doctor`: credentials, the spreadsheet itself, who may edit it."""

from raccord.connectors.connection import Check
from raccord.connectors.errors import ConnectorError, Forbidden, NotFound
from raccord.vendors.google_sheets.client import SheetsClient
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings
from raccord.vendors.google_sheets.tabs import DASHBOARD, DASHBOARD_ID, is_taken, taken
from raccord.vendors.google_sheets.token import SHEETS

_CREDENTIALS, _SPREADSHEET, _SHARING = "credentials", "spreadsheet", "sharing"


async def check(client: SheetsClient, settings: GoogleSheetsSettings) -> tuple[Check, ...]:
    """Fetch a token, read the tabs, and ask Drive who may edit; changes nothing."""
    try:
        email = client.tokens.email()
        await client.tokens.get(SHEETS)
    except ConnectorError as error:
        remedy = "Correct key_file of this connection, then run doctor again."
        left = (Check.skipped(name, needs=_CREDENTIALS) for name in (_SPREADSHEET, _SHARING))
        return (Check.fail(_CREDENTIALS, str(error), remedy=remedy), *left)
    known = Check.ok(_CREDENTIALS, email)
    try:
        found = await client.tabs()
    except ConnectorError as error:
        wrong = Check.fail(
            _SPREADSHEET, str(error), expected=settings.spreadsheet, remedy=_unread(error, email)
        )
        return (known, wrong, Check.skipped(_SHARING, needs=_SPREADSHEET))
    tabs = Check.ok(_SPREADSHEET, "can be read", expected=settings.spreadsheet)
    if is_taken(found, DASHBOARD, DASHBOARD_ID):
        tabs = Check.fail(_SPREADSHEET, taken(DASHBOARD), remedy="Rename that tab: Raccord makes its own.")
    return (known, tabs, await _sharing(client, email))


def _unread(error: ConnectorError, email: str) -> str:
    match error:
        case Forbidden():
            return (
                f"Open the spreadsheet, Share, enter {email} as Editor; and enable the Google Sheets API "
                "in the service account's Cloud project."
            )
        case NotFound():
            return "Copy the address of the spreadsheet from the browser into spreadsheet of this connection."
        case _:
            return "Check key_file, spreadsheet and the network, then run doctor again."


async def _sharing(client: SheetsClient, email: str) -> Check:
    share = f"Open the spreadsheet, Share, enter {email} as Editor."
    try:
        able = await client.may_edit()
    except ConnectorError as error:
        remedy = f"{share} Enable the Google Drive API in the Cloud project to have this checked."
        return Check.warn(_SHARING, str(error), expected="Editor", remedy=remedy)
    if not able:
        return Check.fail(_SHARING, "it may read, and not edit", expected="Editor", remedy=share)
    return Check.ok(_SHARING, "Editor")
