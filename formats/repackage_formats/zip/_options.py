"""What a user may decide about a zip: ``[tool.repackage.zip]``, ``-C``, the docs table."""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - options are resolved at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from repackage.errors import ConfigError, Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

#: ``package.module.function``; Lambda takes a slash for a dot, too.
_HANDLER: Final = re.compile(r"\w+(?:[./]\w+)*\.\w+")
_LEVELS: Final = range(1, 10)

_Problem = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """Options of the format ``zip``."""

    kind: Literal["auto", "flat", "lambda", "azure"] = "auto"
    """``lambda``: what AWS Lambda unpacks to ``/var/task``. ``azure``: a package of Azure Functions, modules in ``.python_packages/lib/site-packages``. ``flat``: modules at the root, or below ``prefix``. ``auto``: ``lambda`` for targets named ``lambda-python3.X``, else ``flat``."""
    handler: str = ""
    """The function that is called, ``package.module.function``; it must be there."""
    split: bool = False
    """For ``lambda``: a directory with ``function.zip``, the application, and ``layer.zip``, what it depends on, which stays the same when only the application changes."""
    function: tuple[str, ...] = ()
    """With ``split``: distributions that go with the application, beside members of its workspace."""
    include: Mapping[str, str] = field(default_factory=dict)
    """Further files: where each goes in the zip, and where it lies, relative to the lock; such as ``host.json`` for Azure."""
    prefix: str = ""
    """For ``flat``: the directory inside the zip that modules go to. Default: none."""
    bytecode: bool | None = None
    """Ship bytecode of every module, so that a cold start need not compile: ``--bytecode`` for this format alone. Default: as is said for all formats."""
    recompress: bool = False
    """Compress anew, at level 9 unless ``level`` says otherwise, what wheels hold compressed: slower, and usually smaller."""
    level: int | None = None
    """How hard to compress, 1 to 9, what is not copied as it is. Default: 6."""
    colliding_names: Literal["refuse", "allow"] = "refuse"
    """What to do about names that some file systems take for one, such as ``Foo.py`` and ``foo.py``."""

    def __post_init__(self) -> None:
        """Refuse what could not be written, all at once."""
        problems = Problems()
        for where, what, advice in (
            *_handler(self.handler),
            *_paths(self),
            *_level(self.level),
            *_suitable(self),
        ):
            problems.add(what, where=where, advice=advice)
        problems.raise_if_any(ConfigError)


def _handler(handler: str) -> Iterator[_Problem]:
    if handler and not _HANDLER.fullmatch(handler):
        yield "handler", f"{handler!r} is no handler", "write it like 'package.module.function'"


def _paths(options: Options) -> Iterator[_Problem]:
    if options.prefix and not _plain(options.prefix):
        yield "prefix", f"{options.prefix!r} is not a plain path", "such as 'lib/python'"
    for path, source in options.include.items():
        if not _plain(path):
            where = f"include.{path}"
            yield (
                where,
                f"{path!r} is not a plain path",
                "such as 'host.json' or 'conf/app.toml'",
            )
        if not source or "\0" in source:
            yield f"include.{path}", "no file is named", "such as 'azure/host.json'"


def _level(level: int | None) -> Iterator[_Problem]:
    if level is not None and level not in _LEVELS:
        yield "level", f"there is no level {level}", f"{_LEVELS[0]} to {_LEVELS[-1]}"


def _suitable(options: Options) -> Iterator[_Problem]:
    """What one option says to another; what the target says comes later."""
    if options.prefix and options.kind in {"lambda", "azure"}:
        yield "prefix", f"{options.kind!r} has its own place for modules", "leave it out"
    if options.split and options.kind in {"flat", "azure"}:
        yield (
            "split",
            f"{options.kind!r} knows no layers",
            "set kind = 'lambda', or leave it out",
        )
    if options.function and not options.split:
        yield "function", "nothing is split", "set split = true, or leave it out"


def _plain(path: str) -> bool:
    """Whether a path stays below the root, on any system."""
    parts = re.split(r"[\\/]", path)
    visible = path.isprintable() and "\\" not in path and ":" not in path
    return visible and not {"", ".", ".."} & set(parts)
