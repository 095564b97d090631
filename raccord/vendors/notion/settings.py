"""Notion's section of `raccord.toml`."""

import re
from typing import Literal
from uuid import UUID

from pydantic import Field, SecretStr, field_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.values.base import Unfit

_ID = re.compile(
    r"([0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12})(?:[?#].*)?"
)


class NotionSettings(ConnectionSettings):
    """One page, and the integration that it is shared with. Notion's tokens say nothing of a test."""

    vendor: str = "notion"
    base_url: str = "https://api.notion.com"
    token: SecretStr
    """The internal integration's secret."""
    page: str
    """The page below which reports are kept: its address in the browser, or the id at its end."""
    version: Literal["2025-09-03", "2026-03-11"] = "2025-09-03"
    """Of Notion's API."""
    requests_per_second: float = Field(default=2.5, gt=0)
    """Of the 3 that Notion takes on the average (notion page, section 4); others may need some."""

    @field_validator("page")
    @classmethod
    def _ends_with_an_id(cls, text: str) -> str:
        """Return the id as Notion writes it."""
        last = text.strip().rstrip("/").rsplit("/", 1)[-1]
        found = _ID.search(last)
        if not found or found.end() != len(last):
            raise Unfit("unfit.page")
        return str(UUID(found[1]))
