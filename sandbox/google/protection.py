"""Protected ranges: only their editors change what is in them (discovery document, `ProtectedRange`)."""

from sandbox.google.a1 import Box
from sandbox.google.book import Tab
from sandbox.google.errors import invalid
from sandbox.google.settings import ACCOUNT


def must_be_free(tab: Tab, box: Box) -> None:
    """Refuse the app's change of a part that somebody protected without naming the app as an editor."""
    for protected in tab.protected:
        grid = protected.get("range", {})
        part = Box(
            grid.get("startRowIndex", 0),
            grid.get("endRowIndex"),
            grid.get("startColumnIndex", 0),
            grid.get("endColumnIndex"),
        )
        editors = protected.get("editors", {}).get("users", [])
        if not protected.get("warningOnly") and ACCOUNT not in editors and part.overlaps(box):
            # The status is not documented: what the page says to people who try.
            raise invalid(
                "You are trying to edit a protected cell or object. Please contact the spreadsheet owner to "
                "remove protection if you need to edit."
            )
