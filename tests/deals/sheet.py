"""The table of deals: what people typed, and the right outcome of each, as the files beside this one say it.

A row changes the sound deal of `base.toml`. `typed` lists several texts of one property (`in`), each a deal
of its own; as a table it says what each text gives (`gives`: something expected, or another property).
`"*"` is not compared, `"*typed"` is the text itself.
"""

import tomllib
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent
AS_TYPED = "*typed"
Typed = dict[str, Any]


class Sheet(BaseModel):
    """Everything a table says is known by name: a slip of the pen would not be compared."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Expected(Sheet):
    """The right invoice. Amounts in major units; `words` is the kind of the wording for 0 %."""

    net: str
    vat: dict[str, str]
    """By rate; empty is not compared."""
    gross: str
    currency: str
    due: date
    email: str
    customer: str
    country: str
    zip: str
    city: str
    siren: str
    siret: str
    vat_number: str
    service_date: date | Literal[""]
    """Empty where none is printed: on a deposit."""
    language: str
    order_number: str
    words: str
    penalties: bool
    mailed: bool
    warnings: list[str]


class Row(Sheet):
    """What a row may say; what it leaves out is the base deal's."""

    name: str
    often: float = Field(default=1, gt=0)
    """How often, beside the other rows of its kind."""
    within: str = Field(default="", alias="in")
    typed: list[str] | dict[str, Any] = []
    gives: str = ""
    today: date | None = None
    deal: Typed = {}
    company: Typed = {}
    more_companies: list[Typed] = []
    primary: bool = True
    no_company: bool = False
    contacts: list[Typed] = [{}]
    lines: list[Typed] = [{}]
    settings: Typed = {}
    ask: list[str] = []
    """`cause field` of each problem, or its cause alone; `*` for any."""
    end: str = ""
    approve: bool = False


class Case(Sheet):
    """One deal, whole: what the CRM holds, the seller's settings, and the right outcome."""

    kind: str
    name: str
    weight: float
    """Percent of the deals of an ordinary French company."""
    today: date
    deal: Typed
    companies: list[Typed]
    primary: bool
    contacts: list[Typed]
    lines: list[Typed]
    settings: Typed
    ask: list[str]
    end: str
    approve: bool
    expected: Expected

    def __str__(self) -> str:
        return f"{self.kind}: {self.name}"


@cache
def _base() -> dict[str, Any]:
    return tomllib.loads((HERE / "base.toml").read_text("utf-8"))


def cases() -> list[Case]:
    """Return every deal of the table."""
    sheets = [tomllib.loads(file.read_text("utf-8")) for file in sorted((HERE / "table").glob("*.toml"))]
    whole = sum(sheet["share"] for sheet in sheets)
    return [case for sheet in sheets for case in _cases_of(sheet, 100 * sheet["share"] / whole)]


def _cases_of(sheet: dict[str, Any], share: float) -> Iterator[Case]:
    """Of a kind's share each row has its part, and each of a row's texts the same part of that."""
    rows = [_below(sheet.get("same", {}), row) for row in sheet["deal"]]
    all_of_kind = sum(_row(row).often for row in rows)
    for written in rows:
        variants = list(_variants(written))
        weight = share * _row(written).often / all_of_kind / len(variants)
        yield from (_case(sheet["kind"], each, typed, weight) for typed, each in variants)


def _below(same: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Lay a row over what its sheet says of all: texts of one record are put together."""
    told_twice = {"deal", "company", "settings"} & same.keys() & row.keys()
    both = {name: same[name] | row[name] for name in told_twice}
    return deepcopy({**same, **row, **both})


def _row(written: dict[str, Any]) -> Row:
    return Row.model_validate({k: v for k, v in written.items() if k not in Expected.model_fields})


def _variants(written: dict[str, Any]) -> Iterator[tuple[str | None, dict[str, Any]]]:
    row = _row(written)
    if not row.typed:
        yield None, written
    for text in row.typed:
        each = deepcopy(written)
        _put(each, row.within, text)
        if isinstance(row.typed, dict):
            _put(each, row.gives, row.typed[text])
        yield text, each


def _put(written: dict[str, Any], place: str, value: Any) -> None:
    record, _, field = place.rpartition(".")
    match record:
        case "":
            written[field] = value
        case "line" | "line2":
            written.setdefault("lines", [{}])[record == "line2"][field] = value
        case "contact":
            written.setdefault("contacts", [{}])[0][field] = value
        case _:
            written.setdefault(record, {})[field] = value


def _case(kind: str, written: dict[str, Any], typed: str | None, weight: float) -> Case:
    base, row = _base(), _row(written)
    said = {name: written[name] for name in Expected.model_fields if name in written}
    expected = {k: typed if v == AS_TYPED else v for k, v in (base["expected"] | said).items()}
    company = base["company"] | row.company
    return Case(
        kind=kind,
        name=row.name if typed is None else f"{row.name}: {typed!r}",
        weight=weight,
        today=row.today or base["today"],
        deal=base["deal"] | row.deal,
        companies=[] if row.no_company else [company, *row.more_companies],
        primary=row.primary,
        contacts=[base["contact"] | each for each in row.contacts],
        lines=list(_lines(base["line"], row.lines)),
        settings=dict(_flat(base["settings"])) | row.settings,
        ask=row.ask,
        end=row.end,
        approve=row.approve,
        expected=Expected.model_validate(expected),
    )


def _lines(base: Typed, written: list[Typed]) -> Iterator[Typed]:
    """Every line once; `times` says how often, `repeat` how often its longest text is said."""
    for each in written:
        line = base | each
        times, repeat = line.pop("times", 1), line.pop("repeat", 1)
        longest = "description" if "description" in line else "name"
        line[longest] *= repeat
        yield from (line for _ in range(times))


def _flat(settings: Typed, above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value
