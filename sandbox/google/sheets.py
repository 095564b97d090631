"""The calls of the Sheets API by path: discovery document, `spreadsheets` and `spreadsheets.values`."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.google import masks, values, view
from sandbox.google.book import Book
from sandbox.google.cells import Json
from sandbox.google.errors import Refused, invalid
from sandbox.google.schema import check, schemas
from sandbox.google.settings import GoogleSettings
from sandbox.google.structure import Structure
from sandbox.google.values import Rendering

_WRITE_SCOPES = frozenset({"spreadsheets", "drive", "drive.file"})
_READ_SCOPES = _WRITE_SCOPES | {"spreadsheets.readonly", "drive.readonly"}
_COMMON = frozenset({"alt", "fields", "key", "prettyPrint", "quotaUser"})
_RENDERING = frozenset({"valueRenderOption", "dateTimeRenderOption", "majorDimension"})


@dataclass
class Asked:
    """One call about a spreadsheet. `book` is a copy that takes the old one's place after a write."""

    book: Book
    path: Mapping[str, str]
    query: Mapping[str, list[str]]
    body: Json
    settings: GoogleSettings
    app: bool
    origin: str

    def one(self, name: str) -> str | None:
        return self.query.get(name, [None])[-1]

    def flag(self, name: str) -> bool:
        return self.one(name) == "true"

    @property
    def rendering(self) -> Rendering:
        known = schemas("sheets")["BatchGetValuesByDataFilterRequest"]
        given = {name: self.one(name) for name in _RENDERING if self.one(name)}
        for name, value in given.items():
            if value not in known[name].split("|"):
                raise invalid(f"Invalid value at '{name}' (TYPE_ENUM), \"{value}\"")
        return Rendering(
            given.get("valueRenderOption") or "FORMATTED_VALUE",
            given.get("dateTimeRenderOption") or "SERIAL_NUMBER",
            given.get("majorDimension") or "ROWS",
        )


@dataclass(frozen=True)
class Operation:
    """`takes` is the body's schema, `gives` the answer's."""

    method: str
    path: re.Pattern[str]
    run: Callable[[Asked], Json]
    gives: str
    takes: str | None = None
    query: frozenset[str] = frozenset()
    writes: bool = False

    @property
    def scopes(self) -> frozenset[str]:
        return _WRITE_SCOPES if self.writes else _READ_SCOPES

    def checked(self, query: Mapping[str, list[str]], body: Json) -> None:
        """Refuse what the discovery document does not know."""
        for name in query:
            if name not in self.query | _COMMON:
                raise invalid(
                    f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.'
                )
        if self.takes:
            check("sheets", self.takes, body)
        elif body:
            raise invalid("This call takes no body.")

    def trimmed(self, answer: Json, fields: str | None) -> Json:
        found: Json = masks.select(answer, masks.parse(fields, "sheets", self.gives)) if fields else answer
        return found


def operation(method: str, path: str) -> tuple[Operation, Mapping[str, str]] | None:
    """What a request asks for, and the parts of its path."""
    for each in _OPERATIONS:
        if each.method == method and (found := each.path.fullmatch(path)):
            return each, found.groupdict()
    return None


def _get(asked: Asked) -> Json:
    ranges, grid_data = asked.query.get("ranges", []), asked.flag("includeGridData")
    fields = asked.one("fields")
    return view.spreadsheet(asked.book, asked.origin, fields=fields, ranges=ranges, grid_data=grid_data)


def _batch_update(asked: Asked) -> Json:
    structure = Structure(asked.book, asked.settings, app=asked.app)
    answer: Json = {
        "spreadsheetId": asked.book.id,
        "replies": structure.apply(asked.body.get("requests", [])),
    }
    if asked.body.get("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = view.spreadsheet(asked.book, asked.origin)
    return answer


def _values_get(asked: Asked) -> Json:
    return values.read(asked.book, asked.path["range"], asked.rendering)


def _values_batch_get(asked: Asked) -> Json:
    found = [values.read(asked.book, text, asked.rendering) for text in asked.query.get("ranges", [])]
    return {"spreadsheetId": asked.book.id, "valueRanges": found}


def _values_update(asked: Asked) -> Json:
    given = _of_path(asked)
    return values.write(asked.book, given, asked.one("valueInputOption"), app=asked.app)


def _values_batch_update(asked: Asked) -> Json:
    option, data = asked.body.get("valueInputOption"), asked.body.get("data", [])
    done = [values.write(asked.book, given, option, app=asked.app) for given in data]
    tabs = {asked.book.located(each["updatedRange"])[0].id for each in done}
    return {
        "spreadsheetId": asked.book.id,
        "totalUpdatedRows": sum(each["updatedRows"] for each in done),
        "totalUpdatedColumns": sum(each["updatedColumns"] for each in done),
        "totalUpdatedCells": sum(each["updatedCells"] for each in done),
        "totalUpdatedSheets": len(tabs),
        "responses": done,
    }


def _values_append(asked: Asked) -> Json:
    insert = asked.one("insertDataOption") == "INSERT_ROWS"
    option = asked.one("valueInputOption")
    return values.append(asked.book, _of_path(asked), option, insert=insert, app=asked.app)


def _values_clear(asked: Asked) -> Json:
    cleared = values.clear(asked.book, asked.path["range"], app=asked.app)
    return {"spreadsheetId": asked.book.id, "clearedRange": cleared}


def _values_batch_clear(asked: Asked) -> Json:
    ranges = asked.body.get("ranges", [])
    cleared = [values.clear(asked.book, text, app=asked.app) for text in ranges]
    return {"spreadsheetId": asked.book.id, "clearedRanges": cleared}


def _of_path(asked: Asked) -> Json:
    """The body's values; where it names a range as well, that of the path."""
    text = asked.path["range"]
    if asked.body.get("range", text) != text:
        raise Refused(400, f"Requested range {text} but the body has the range {asked.body['range']}.")
    return {**asked.body, "range": text}


_BOOK = r"/(?P<id>[^/:]+)"
_RANGE = _BOOK + r"/values/(?P<range>.+?)"


def _operation(method: str, path: str, run: Callable[[Asked], Json], gives: str, **more: Any) -> Operation:
    return Operation(method, re.compile(path, re.DOTALL), run, gives, **more)


_WRITE_QUERY = frozenset({"valueInputOption", "insertDataOption"})
_OPERATIONS = (
    _operation("GET", _BOOK, _get, "Spreadsheet", query=frozenset({"ranges", "includeGridData"})),
    _operation(
        "POST",
        _BOOK + ":batchUpdate",
        _batch_update,
        "BatchUpdateSpreadsheetResponse",
        takes="BatchUpdateSpreadsheetRequest",
        writes=True,
    ),
    _operation(
        "GET",
        _BOOK + "/values:batchGet",
        _values_batch_get,
        "BatchGetValuesResponse",
        query=_RENDERING | {"ranges"},
    ),
    _operation(
        "POST",
        _BOOK + "/values:batchUpdate",
        _values_batch_update,
        "BatchUpdateValuesResponse",
        takes="BatchUpdateValuesRequest",
        writes=True,
    ),
    _operation(
        "POST",
        _BOOK + "/values:batchClear",
        _values_batch_clear,
        "BatchClearValuesResponse",
        takes="BatchClearValuesRequest",
        writes=True,
    ),
    _operation(
        "POST",
        _RANGE + ":append",
        _values_append,
        "AppendValuesResponse",
        takes="ValueRange",
        query=_WRITE_QUERY,
        writes=True,
    ),
    _operation("POST", _RANGE + ":clear", _values_clear, "ClearValuesResponse", writes=True),
    _operation("GET", _RANGE, _values_get, "ValueRange", query=_RENDERING),
    _operation(
        "PUT",
        _RANGE,
        _values_update,
        "UpdateValuesResponse",
        takes="ValueRange",
        query=frozenset({"valueInputOption"}),
        writes=True,
    ),
)
