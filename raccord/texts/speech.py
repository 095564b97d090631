"""Saying a message, a record, a number. Pure: workflows call it as well as activities and commands."""

from decimal import Decimal

from raccord.domain.values.message import (
    Day,
    Message,
    Moment,
    Number,
    Param,
    Percent,
    Price,
    Quote,
    RecordKind,
    RecordName,
    identity,
    message,
)
from raccord.domain.values.money import Money
from raccord.texts import formats
from raccord.texts.catalog import catalog


def say(said: Message, language: str) -> str:
    """Say a message in a language. Raises `KeyError` for a code or parameter that the catalog lacks."""
    count = said.params.get("count")
    entry = catalog(language).text(said.code, count)
    return entry.format_map({name: say_param(value, language) for name, value in said.params.items()})


def say_param(value: Param, language: str) -> str:  # noqa: PLR0911 - a line for each type
    """Write one parameter; several are a list with commas."""
    match value:
        case str():
            return value
        case int():
            return formats.number(value, language)
        case Number(number=number):
            return formats.number(number, language)
        case Percent(percent=rate):
            return formats.percent(rate, language)
        case Price():
            return formats.price(value, language)
        case Day(day=day):
            return formats.day(day, language)
        case Moment(moment=moment):
            return formats.moment(moment, language)
        case Money():
            return formats.money(value, language)
        case Quote(quote=words):
            return say(message("text.quotation", words=" ".join(words.split())), language)
        case RecordName():
            return _called(value, language)
        case Message():
            return say(value, language)
        case tuple():
            return ", ".join(say_param(each, language) for each in value)


def say_kept(value: Param, language: str) -> str:
    """Say what was kept, maybe by another release: raw where the catalog lacks its code or a parameter.

    A sentence of this release stays one around a part that is said raw.
    """
    match value:
        case Message(code=code, params=params):
            # A number stays one: `count` chooses the plural form.
            parts = {
                name: each if isinstance(each, int) else say_kept(each, language)
                for name, each in params.items()
            }
            try:
                return say(Message(code=code, params=parts), language)
            except KeyError:
                return identity(value)
        case tuple():
            return ", ".join(say_kept(each, language) for each in value)
        case _:
            return say_param(value, language)


def _called(record: RecordName, language: str) -> str:
    """What people call a record, without saying of which kind it is; its id only without name and number."""
    if record.kind is RecordKind.VAT_RATE and record.id:
        return formats.percent(Decimal(record.id), language)
    match record.number, record.name:
        case int(number), str(name) if name:
            return say(message("text.line", number=number, name=name), language)
        case int(number), _:
            return formats.number(number, language)
        case _, name:
            return name or record.id


def say_record(record: RecordName, language: str) -> str:
    """Name a record with its kind: `line 2 “Energy audit”`, `company Acme`, `settings`."""
    kind = say(Message(code=f"record.{record.kind.replace(' ', '_')}"), language)
    return f"{kind} {_called(record, language)}".strip()


def called(name: str, id: str, url: str) -> str:
    """What people call the subject of a flow; its id too where neither name nor link leads to it."""
    return name if name and url else f"{name} ({id})" if name else id


def say_field(field: str, language: str) -> str:
    """Name a field; one that is a setting or a vendor's stays as it is spelt there."""
    code = f"field.{field}"
    entries = catalog(language)
    return entries.text(code) if code in entries.codes else field


def say_fact(label: Message | str, value: Param, language: str) -> str:
    """Say a label and its value in one line."""
    return say(message("text.fact", label=label, value=value), language)
