"""The kinds of zip: where modules go, where it is unpacked, and what does not go together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final, Literal

from repackage.errors import ConfigError, FormatError, Problems
from repackage.format import flat_layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from repackage.format import Layout
    from repackage.package import Package
    from repackage.target import Target
    from repackage.tree import Tree
    from repackage_formats.zip._options import Options

Kind = Literal["flat", "lambda", "azure"]

#: Azure Functions' ``sys.path`` has it, below the directory of the application.
_AZURE_SITE: Final = ".python_packages/lib/site-packages"


#: Where Lambda unpacks functions, and Azure what it runs; others may do so anywhere.
_ROOTS: Final[Mapping[Kind, str]] = {
    "flat": "",
    "lambda": "/var/task",
    "azure": str(PurePosixPath("/", "home", "site", "wwwroot")),
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
    flat = replace(
        flat_layout(name=str(package.name)),
        root="" if options.split else _ROOTS[kind],  # a layer lies elsewhere
        bytecode=options.bytecode,
    )
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
    if options.split and kind == "flat":
        problems.add(
            "it is for functions, and the target is no runtime of Lambda",
            where="zip.split",
            advice="take --target lambda-python3.13, say, or set kind = 'lambda'",
        )
    problems.raise_if_any(ConfigError)


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
