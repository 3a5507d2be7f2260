"""Is the handler there? The module's source is read, nothing of it is run."""

from __future__ import annotations

import ast
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from repackage.errors import FormatError, did_you_mean
from repackage.tree import File, parents, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from repackage.tree import Tree

#: A source of more than this is generated, and not the module of a handler.
_LONGEST: Final = 8 << 20


@dataclass(slots=True)
class _Bound:
    """What a module binds at its top level, as far as its source tells."""

    functions: set[str] = field(default_factory=set)
    coroutines: set[str] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    unknown: str = ""
    """Why more names may be bound than can be seen."""


def check_handler(handler: str, tree: Tree, *, site: str, warn: Callable[[str], None]) -> None:
    """Refuse a handler that is not there; warn of one that cannot be seen.

    Raises:
        FormatError: There is no such module, or no such name in it.
    """
    module, _, function = handler.replace("/", ".").rpartition(".")
    file = _module(module, tree, site=site)
    if not file.path.endswith(".py"):
        warn(f"the handler {handler!r} cannot be seen: {file.path} is machine code")
        return
    bound = _bound(file)
    if function in bound.coroutines:
        warn(
            f"the handler {handler!r} is a coroutine function, which Lambda calls and does"
            " not await"
        )
    elif function in bound.functions | bound.others:
        return
    elif bound.unknown:
        warn(f"the handler {handler!r} cannot be seen: {file.path} {bound.unknown}")
    else:
        raise FormatError.of(
            f"the handler {handler!r} is not there: {file.path} binds no {function!r}",
            where="zip.handler",
            advice=did_you_mean(function, bound.functions),
        )


def _module(module: str, tree: Tree, *, site: str) -> File:
    """Find the file that an import of a module would load."""
    base = f"{site}/" if site else ""
    stem = base + module.replace(".", "/")
    files = {file.path: file for file in tree.files}
    for path in (f"{stem}/__init__.py", f"{stem}.py"):
        if path in files:
            return files[path]
    compiled = (
        path
        for path in files
        if path.startswith((f"{stem}.", f"{stem}/__init__.")) and path.endswith(".so")
    )
    found = next(compiled, None)
    if found is not None:
        return files[found]
    raise FormatError.of(
        f"the handler's module {module!r} is not there: neither {stem}.py nor"
        f" {stem}/__init__.py",
        where="zip.handler",
        advice=_nearest(module, files, base=base),
    )


def _nearest(module: str, paths: Iterable[str], *, base: str) -> str:
    """Name a module that is there, of the same package if there is one."""
    names = {
        path.removeprefix(base).removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for path in paths
        if path.startswith(base) and path.endswith(".py")
    }
    around = [each.replace("/", ".") for each in parents(module.replace(".", "/"))]
    for package in (module, *reversed(around)):  # without an __init__, it is one of namespaces
        if near := {name for name in names if f"{name}.".startswith(f"{package}.")}:
            return did_you_mean(module, near)
    return did_you_mean(module, {name for name in names if "." not in name})


def _bound(file: File) -> _Bound:
    """Read what a module binds at its top level, in branches and loops, too."""
    bound = _Bound()
    try:
        if file.size > _LONGEST:
            raise ValueError("too long")  # noqa: TRY301 - told as any other reason below
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of strangers' escape sequences
            _collect(ast.parse(read_file(file)).body, bound)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        bound.unknown = "is not a source that this Python can read"
        return bound
    if "__getattr__" in bound.functions:
        bound.unknown = "makes names up as they are asked for (__getattr__)"
    return bound


def _collect(body: Iterable[ast.AST], bound: _Bound) -> None:
    for node in body:
        match node:
            case ast.FunctionDef(name=name):
                bound.functions.add(name)
                bound.coroutines.discard(name)
            case ast.AsyncFunctionDef(name=name):
                bound.coroutines.add(name)
            case ast.ClassDef(name=name):
                bound.others.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                _imported(names, bound)
            case ast.AnnAssign(value=None):
                pass  # it says of what type a name would be
            case ast.Name(id=name, ctx=ast.Store()):
                bound.others.add(name)
            case ast.ExceptHandler(body=inner) | ast.match_case(body=inner):
                _collect(inner, bound)  # the name of an exception is unbound again
            case (
                ast.Lambda()
                | ast.ListComp()
                | ast.SetComp()
                | ast.DictComp()
                | ast.GeneratorExp()
            ):
                pass  # they have scopes of their own
            case _:
                _collect(ast.iter_child_nodes(node), bound)


def _imported(names: Iterable[ast.alias], bound: _Bound) -> None:
    for each in names:
        if each.name == "*":
            bound.unknown = "imports names that it does not spell out (import *)"
        else:
            bound.others.add(each.asname or each.name.partition(".")[0])
