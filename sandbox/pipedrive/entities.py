"""What deals, organizations, persons and activities have in common: read, listed and written."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.pipedrive import filters
from sandbox.pipedrive.call import Call, ok, page
from sandbox.pipedrive.checks import ADDRESS, Check
from sandbox.pipedrive.errors import Json, invalid
from sandbox.pipedrive.records import Record

_MOST_CODES = 15
_ADDRESS = re.compile(
    r"(?P<number>\d+\w*)?\s*(?P<route>[^,]+),\s*(?P<code>\d{5})\s+(?P<city>[^,]+)(,\s*(?P<country>.+))?"
)


@dataclass(frozen=True)
class Entity:
    """One kind of record in API v2. `blank` has every value of a new one; `checks` what a body may name.

    `settle` works out what follows from changes (a new record: None), `shown` is how the API tells one.
    `links` are the parameters by which a list is narrowed.
    """

    kind: str
    blank: Mapping[str, Any]
    checks: Mapping[str, Check]
    required: tuple[str, ...]
    settle: Callable[[Call, Record | None, Json], Json]
    shown: Callable[[Call, Record], Json]
    links: tuple[str, ...]
    sorts: tuple[str, ...] = ("id", "update_time", "add_time")
    optional: Mapping[str, Callable[[Call, Record], Any]] = field(default_factory=dict)
    has_custom: bool = True

    def read(self, call: Call) -> Json:
        record = call.account.find(self.kind, call.id(), call.by, deleted=call.settings.deleted_readable)
        show = self.showing(call)
        call.done()
        return ok(show(record))

    def listed(self, call: Call, records: list[Record]) -> Json:
        """A page of those that the parameters want; a filter overrides all of them (pipedrive.md 5)."""
        found = [each for each in records if call.account.visible(each, call.by.user) and _is_out(call, each)]
        narrowed = found
        if (ids := call.ids("ids")) is not None:
            narrowed = [each for each in narrowed if each.id in ids]
        for name in self.links:
            wanted = call.number(name)
            narrowed = [each for each in narrowed if wanted in (None, each[name])]
        since, until = call.instant("updated_since"), call.instant("updated_until")
        if since and until and since >= until:
            raise invalid("updated_since: must be before updated_until")
        narrowed = [each for each in narrowed if not since or each["update_time"] >= since]
        narrowed = [each for each in narrowed if not until or each["update_time"] < until]
        saved = call.number("filter_id")
        found = narrowed if saved is None else filters.chosen(call.account, saved, self.kind, found)
        return page(call, found, self.showing(call), sorts=self.sorts)

    def list(self, call: Call) -> Json:
        return self.listed(call, call.account.all(self.kind))

    def create(self, call: Call) -> Json:
        given, custom = self._written(call, self.required)
        call.done()
        values = {**self.blank, "owner_id": call.by.user, **given}
        values |= self.settle(call, None, given)
        record = call.account.add(self.kind, values, custom, call.by)
        return ok(self.showing(call)(record))

    def update(self, call: Call) -> Json:
        record = call.account.find(self.kind, call.id(), call.by)
        given, custom = self._written(call)
        call.done()
        self.changed(call, record, given, custom)
        return ok(self.showing(call)(record))

    def changed(self, call: Call, record: Record, given: Json, custom: Json) -> None:
        if custom and not call.settings.patch_keeps_custom_fields:
            custom = dict.fromkeys(record.custom) | custom
        call.account.change(record, given | self.settle(call, record, given), custom, call.by)

    def showing(self, call: Call) -> Callable[[Record], Json]:
        """How a record is shown under the parameters of the call."""
        labels = call.flag("include_option_labels") if self.has_custom else None
        if self.has_custom:
            call.flag("include_labels")
        included = call.several("include_fields", most=100, allowed=tuple(self.optional)) or []
        fields = call.account.fields.get(self.kind, {})
        custom = [code for code, each in fields.items() if each.custom]
        codes = call.several("custom_fields", most=_MOST_CODES) if self.has_custom else None
        wanted = custom if codes is None else [code for code in codes if code in custom]

        def shown(record: Record) -> Json:
            body = {"id": record.id, **self.shown(call, record)}
            body |= {name: self.optional[name](call, record) for name in included}
            if self.has_custom:
                body["custom_fields"] = {
                    code: fields[code].shown_in_api(record.custom.get(code), labels=bool(labels))
                    for code in wanted
                }
            return body

        return shown

    def _written(self, call: Call, required: tuple[str, ...] = ()) -> tuple[Json, Json]:
        """Own values and custom ones of a body, each as it is stored."""
        names = [*self.checks, "custom_fields"] if self.has_custom else list(self.checks)
        body, account = call.object(names, required), call.account
        codes = body.pop("custom_fields", {})
        if not isinstance(codes, dict):
            raise invalid("custom_fields: Expected object")
        fields, custom = account.fields.get(self.kind, {}), {}
        for code, value in codes.items():
            if code not in fields or not fields[code].custom:
                raise invalid(f"custom_fields.{code}: unrecognized field")
            custom[code] = fields[code].accepted(value, account.exists)
        return {name: self.checks[name](value, name, account) for name, value in body.items()}, custom


def located(call: Call, address: Json | None) -> Json | None:
    """What is typed in the pages gets its parts; an API client's has those that it sends (pipedrive.md 1)."""
    if address is None or call.app or not call.settings.geocodes:
        return address
    if any(address[part] for part in ADDRESS if part != "value"):
        return address
    found = _ADDRESS.fullmatch(address["value"] or "")
    if not found:
        return address
    return {
        **address,
        "street_number": found["number"],
        "route": found["route"].strip(),
        "postal_code": found["code"],
        "locality": found["city"].strip(),
        "country": found["country"],
    }


def _is_out(call: Call, record: Record) -> bool:
    return call.hidden_for <= 0 or record.seen(call.hidden_for) is not None


def nothing(_call: Call, _record: Record) -> None:
    return None


def zero(_call: Call, _record: Record) -> int:
    return 0


def counted(kind: str, name: str, **values: Any) -> Callable[[Call, Record], int]:
    """How many records of a kind point at this one and have these values."""

    def count(call: Call, record: Record) -> int:
        return sum(
            each[name] == record.id and all(each[key] == value for key, value in values.items())
            for each in call.account.all(kind)
        )

    return count
