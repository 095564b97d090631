"""Which tabs are Raccord's: by their ids, which Raccord chooses, whatever people call them."""

from raccord.domain.report.week import Week
from raccord.vendors.google_sheets.wire import Spreadsheet

DASHBOARD = "Dashboard"
DASHBOARD_ID = 202_600
"""No week's: there is no week 0."""


def week_id(week: Week) -> int:
    """The id of a week's tab: `202648` of 2026-W48."""
    year, number, _ = week.monday.isocalendar()
    return year * 100 + number


def is_taken(tabs: Spreadsheet, title: str, id: int) -> bool:
    """Whether people have a tab of that name, which Google allows once, while Raccord has none."""
    return tabs.sheet(id) is None and any(
        sheet.properties.title.casefold() == title.casefold() for sheet in tabs.sheets
    )


def taken(title: str) -> str:
    return f"The spreadsheet has a tab “{title}” that is not Raccord's: give it another name."
