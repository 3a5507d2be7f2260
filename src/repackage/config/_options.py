"""The fields of a dataclass as options, each with its documentation."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from dataclasses import MISSING, dataclass
from typing import Any, get_type_hints

from repackage.config._kinds import Kind, described, kind_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One key of a table."""

    key: str
    """As users write it: ``out-dir``."""
    field: str
    """As the dataclass spells it: ``out_dir``."""
    kind: Kind
    optional: bool
    """Whether the option may be absent as a value: its type has ``None``."""
    default: Any
    """``dataclasses.MISSING`` if a value must be given."""
    documentation: str
    """The docstring below the field, on one line; empty if there is none."""

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is MISSING

    @property
    def type(self) -> str:
        """The kind in words, for tables and messages."""
        return described(self.kind)


def options_of(cls: type[Any]) -> tuple[Option, ...]:
    """List the options that a dataclass describes, in its order."""
    hints = get_type_hints(cls)
    documentation = _documentation(cls)
    options = []
    for field in dataclasses.fields(cls):
        if not field.init:
            continue
        kind, optional = kind_of(hints[field.name])
        options.append(
            Option(
                key=field.name.replace("_", "-"),
                field=field.name,
                kind=kind,
                optional=optional,
                default=_default(field),
                documentation=documentation.get(field.name, ""),
            )
        )
    return tuple(options)


def _default(field: dataclasses.Field[Any]) -> Any:
    """The value that a field has when nothing is said."""
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _documentation(cls: type[Any]) -> dict[str, str]:
    """Collect the docstrings below the fields of a class and of its bases."""
    found: dict[str, str] = {}
    for base in reversed(cls.__mro__[:-1]):
        found.update(_own_documentation(base))
    return found


def _own_documentation(cls: type[Any]) -> dict[str, str]:
    """Read the docstrings below the fields of one class from its source, if there is any."""
    try:
        source = textwrap.dedent(inspect.getsource(cls))
    except (OSError, TypeError):  # no source: made at run time, or shipped without
        return {}
    definition = ast.parse(source).body[0]
    if not isinstance(definition, ast.ClassDef):
        return {}
    found = {}
    for field, below in zip(definition.body, definition.body[1:], strict=False):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = " ".join(text.split())
            case _:
                pass
    return found
