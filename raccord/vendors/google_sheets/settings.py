"""The section of `raccord.toml` for a spreadsheet."""

import re
from pathlib import Path

from pydantic import Field, field_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.values.base import Unfit

_ADDRESS = re.compile(r"https://docs\.google\.com/spreadsheets/(?:u/\d+/)?d/([A-Za-z0-9_-]+)(?:[/?#].*)?")
_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")


class GoogleSheetsSettings(ConnectionSettings):
    """One spreadsheet, and the service account that it is shared with as Editor.

    Google's credentials do not say whether they are for tests.
    """

    vendor: str = "google_sheets"
    base_url: str = "https://sheets.googleapis.com"
    drive_url: str = Field(default="https://www.googleapis.com", pattern=r"^https?://")
    """Asked by doctor alone, whether the spreadsheet may be edited."""
    spreadsheet: str
    """The id of the spreadsheet, or its address in the browser."""
    key_file: Path
    """Google's JSON file: a service account's key, or the configuration of a workload identity."""

    requests_per_second: float = Field(default=1.0, gt=0)
    """60 reads and 60 writes a minute, counted apart, unless a project has more (google-sheets page, 5)."""

    @field_validator("spreadsheet")
    @classmethod
    def _is_an_id(cls, text: str) -> str:
        found = _ADDRESS.fullmatch(text.strip())
        id = found[1] if found else text.strip()
        if not _ID.fullmatch(id):
            raise Unfit("unfit.spreadsheet")
        return id
