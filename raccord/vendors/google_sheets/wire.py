"""Google's answers: the fields Raccord reads of them, under Google's names."""

from typing import Annotated, Any
from urllib.parse import urldefrag

from pydantic import Field

from raccord.connectors.http.reading import Wire


class Token(Wire):
    access_token: Annotated[str, Field(min_length=1)]
    expires_in: float = 3600


class Impersonated(Wire):
    access_token: Annotated[str, Field(alias="accessToken", min_length=1)]


class Grid(Wire):
    rows: int = Field(default=0, alias="rowCount")
    columns: int = Field(default=0, alias="columnCount")


class Properties(Wire):
    """Of a tab; one that holds nothing but a chart has no grid. Google leaves zeros out."""

    sheet_id: int = Field(default=0, alias="sheetId")
    title: str = ""
    grid: Grid = Field(default=Grid(), alias="gridProperties")


class Chart(Wire):
    chart_id: int = Field(alias="chartId")


class CellData(Wire):
    value: dict[str, Any] = Field(default={}, alias="userEnteredValue")
    note: str = ""

    @property
    def text(self) -> str:
        """What was typed, where that is text."""
        return str(self.value.get("stringValue", ""))


class RowData(Wire):
    values: tuple[CellData, ...] = ()


class GridData(Wire):
    rows: tuple[RowData, ...] = Field(default=(), alias="rowData")


class Sheet(Wire):
    properties: Properties = Properties()
    charts: tuple[Chart, ...] = ()
    data: tuple[GridData, ...] = ()

    @property
    def rows(self) -> tuple[RowData, ...]:
        """What stands in it, of the one range that was asked for."""
        return self.data[0].rows if self.data else ()


class Spreadsheet(Wire):
    url: str = Field(default="", alias="spreadsheetUrl")
    """In the browser; empty where it was not asked for."""
    sheets: tuple[Sheet, ...] = ()

    def url_of(self, sheet_id: int) -> str:
        """Where people open a tab. What Google adds about the account that asked is left out."""
        return f"{urldefrag(self.url).url.partition('?')[0]}#gid={sheet_id}"

    def sheet(self, sheet_id: int) -> Sheet | None:
        return next((each for each in self.sheets if each.properties.sheet_id == sheet_id), None)


class Written(Wire):
    """The answer to a batch; nothing of it is needed."""

    spreadsheet_id: str = Field(alias="spreadsheetId")


class Able(Wire):
    can_edit: bool = Field(default=False, alias="canEdit")


class File(Wire):
    """What Drive says of the spreadsheet."""

    capabilities: Able = Able()
