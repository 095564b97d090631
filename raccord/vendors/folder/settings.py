"""The section of `raccord.toml` for a folder."""

from pathlib import Path
from typing import Self

from pydantic import model_validator

from raccord.connectors.connection import ConnectionSettings
from raccord.domain.values.base import Unfit


class FolderSettings(ConnectionSettings):
    """One folder, which is there already: a share that is not mounted must not be made as a folder."""

    vendor: str = "folder"
    base_url: str = ""
    """No address is called."""
    directory: Path

    @model_validator(mode="after")
    def _credentials_travel_encrypted(self) -> Self:
        if self.base_url:
            raise Unfit("unfit.folder")
        return self
