"""The kinds of zip: where modules go, where it is unpacked, and what does not go together."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from repackage.errors import ConfigError, FormatError, Problems
from repackage.format import flat_layout

if TYPE_CHECKING:
    from repackage.format import Layout
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Tree
    from repackage_formats.zip._options import Options

Kind = Literal["flat", "lambda", "azure"]

#: Since when the same source gives the same bytecode in every process: before, the elements of
#: constant sets were written in the order of their hashes.
_REPRODUCIBLE_SINCE: Final = (3, 11)
#: Azure Functions' ``sys.path`` has it, below the directory of the application.
_AZURE_SITE: Final = ".python_packages/lib/site-packages"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where the root of a zip is, once it is unpacked."""

    root: str
    """An absolute path; empty: anywhere."""


#: Where Lambda unpacks functions and layers, and Azure what it runs.
FUNCTION: Final = Place(root="/var/task")
LAYER: Final = Place(root="/opt/python")
PLACES: Final = {
    "flat": Place(root=""),
    "lambda": FUNCTION,
    "azure": Place(root="/".join(("", "home", "site", "wwwroot"))),  # noqa: FLY002 - a home of nobody's
}


def kind_of(target: Target, options: Options) -> Kind:
    """Say what a zip is for; ``auto`` goes by the target."""
    if options.kind != "auto":
        return options.kind
    return "lambda" if is_runtime(target) else "flat"


def is_runtime(target: Target) -> bool:
    """Whether a target is a runtime of Lambda."""
    return target.distribution is not None and target.distribution.id == "lambda"


def layout_of(package: Package, target: Target, options: Options) -> Layout:
    """Say where modules go; what is asked for must be of one kind.

    Raises:
        ConfigError: Options that are of another kind than the target makes it.
    """
    kind = kind_of(target, options)
    refuse_unsuitable(kind, options)
    flat = flat_layout(name=str(package.name))
    prefix = _AZURE_SITE if kind == "azure" else options.prefix
    if not prefix:
        return flat
    return replace(
        flat,
        purelib=prefix,
        platlib=prefix,
        headers=f"{prefix}/{flat.headers}",
        data=prefix,
        ledger=f"{prefix}/{flat.ledger}",
    )


def refuse_unsuitable(kind: Kind, options: Options) -> None:
    """Refuse options of another kind; those of ``auto`` are known with the target only."""
    problems = Problems()
    if options.prefix and kind == "lambda":
        problems.add(
            "Lambda has its own place for modules", where="zip.prefix", advice="leave it out"
        )
    for key, asked in (("split", options.split), ("bytecode", options.bytecode)):
        if asked and kind == "flat":
            problems.add(
                "it is for functions, and the target is no runtime of Lambda",
                where=f"zip.{key}",
                advice="take --target lambda-python3.13, say, or set kind = 'lambda'",
            )
    problems.raise_if_any(ConfigError)


def refuse_foreign_bytecode(target: Target) -> None:
    """Refuse to compile for an interpreter that is not the one at hand.

    Raises:
        FormatError: The bytecode would be useless, or not the same each time.
    """
    python = target.python
    here = f"{sys.implementation.name} {sys.version_info.major}.{sys.version_info.minor}"
    if here != f"{python.implementation} {python.release}":
        raise FormatError.of(
            f"bytecode for {python.command} cannot be made by {here}",
            where="zip.bytecode",
            advice=f"run repackage with {python.command}, or leave bytecode out",
        )
    if sys.version_info < _REPRODUCIBLE_SINCE:
        raise FormatError.of(
            "Python 3.10 does not make the same bytecode of the same module each time",
            where="zip.bytecode",
            advice="leave bytecode out, or take a runtime with Python 3.11 or later",
        )


def refuse_incomplete_app(kind: Kind, tree: Tree) -> None:
    """Refuse what Azure Functions would not find a function in."""
    if kind != "azure":
        return
    names = {file.path for file in tree.files}
    problems = Problems()
    if "host.json" not in names:
        problems.add(
            "an application of Azure Functions has a host.json at its root",
            where="zip.include",
            advice='include = { "host.json" = "host.json", … } names your file',
        )
    functions = {name for name in names if name.endswith("/function.json")}
    if "function_app.py" not in names and not functions:
        problems.add(
            "there is neither a function_app.py nor a function.json",
            where="zip.include",
            advice='include = { "function_app.py" = "function_app.py", … } names your file',
        )
    problems.raise_if_any(FormatError)
