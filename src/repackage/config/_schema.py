"""JSON Schema of a dataclass, for editors and for machines that write tables."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from repackage.config._kinds import (
    Array,
    Boolean,
    Choice,
    Integer,
    Kind,
    OneOrMore,
    Record,
    Table,
    Text,
)
from repackage.config._options import options_of

if TYPE_CHECKING:
    from repackage.config._options import Option

SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(cls: type[Any]) -> dict[str, Any]:
    """Derive the schema of the table that makes an instance of a class."""
    options = options_of(cls)
    schema: dict[str, Any] = {"type": "object"}
    documentation = inspect.getdoc(cls)
    if documentation:
        schema["description"] = documentation.partition("\n")[0]
    schema["properties"] = {option.key: _property(option) for option in options}
    required = [option.key for option in options if option.required]
    if required:
        schema["required"] = required
    schema["additionalProperties"] = False
    return schema


def _property(option: Option) -> dict[str, Any]:
    """The schema of one key."""
    schema = _kind(option.kind)
    if option.documentation:
        schema["description"] = option.documentation
    if not option.required and option.default is not None:
        default = option.default
        schema["default"] = list(default) if isinstance(default, tuple) else default
    return schema


def _kind(kind: Kind) -> dict[str, Any]:  # noqa: PLR0911 - one for each kind
    """The schema of a kind of value."""
    match kind:
        case Text():
            return {"type": "string"}
        case Integer():
            return {"type": "integer"}
        case Boolean():
            return {"type": "boolean"}
        case Choice(values=values):
            return {"enum": list(values)}
        case Array(item=item):
            return {"type": "array", "items": _kind(item)}
        case OneOrMore():
            text = _kind(Text())
            return {"anyOf": [text, _kind(Array(item=Text()))]}
        case Table(item=item):
            return {"type": "object", "additionalProperties": _kind(item)}
        case Record(cls=cls):
            return json_schema(cls)
