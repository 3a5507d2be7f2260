"""Tables and settings to frozen dataclasses; the dataclass is the schema.

What an option is called, of which type, with which default and what it means stands in
one place, the dataclass: ``[tool.repackage.<format>]``, ``-C``, the JSON Schema and the
tables of the documentation all come from it.
"""

from repackage.config._construct import construct
from repackage.config._kinds import Array, Boolean, Choice, Integer, Kind, Record, Table, Text
from repackage.config._options import Option, options_of
from repackage.config._project import NO_PROJECT, RESERVED, Project, find_project, read_project
from repackage.config._schema import SCHEMA_DIALECT, json_schema
from repackage.config._settings import Settings, collect_settings, split_settings

__all__ = [
    "NO_PROJECT",
    "RESERVED",
    "SCHEMA_DIALECT",
    "Array",
    "Boolean",
    "Choice",
    "Integer",
    "Kind",
    "Option",
    "Project",
    "Record",
    "Settings",
    "Table",
    "Text",
    "collect_settings",
    "construct",
    "find_project",
    "json_schema",
    "options_of",
    "read_project",
    "split_settings",
]
