"""What the settings' models hold, by the names that an operator writes."""

from collections.abc import Sequence
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo


def spelled(name: str, field: FieldInfo) -> str:
    """Return a field's name as the file has it."""
    return field.validation_alias if isinstance(field.validation_alias, str) else name


def nested(annotation: Any) -> type[BaseModel] | None:
    """Return the model that a field holds; None when it holds no section of its own."""
    for kind in (annotation, *get_args(annotation)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return kind
    return None


def names_at(model: type[BaseModel], place: Sequence[object]) -> tuple[str, ...]:
    """Return what may be written at a place of the settings; nothing where there is no section."""
    here: type[BaseModel] | None = model
    for part in place:
        fields = {spelled(n, f): f for n, f in here.model_fields.items()} if here else {}
        here = nested(fields[str(part)].annotation) if str(part) in fields else None
    return tuple(spelled(name, field) for name, field in here.model_fields.items()) if here else ()
