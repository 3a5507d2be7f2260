"""Every built-in format keeps the contract that strangers' formats keep."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import repackage_formats.deb
import repackage_formats.tar
from repackage.testing import FormatContract
from repackage.tree import parents

if TYPE_CHECKING:
    from repackage.format import Format, Plan
    from repackage.tree import Tree

# mypy checks each module against the protocol here
DEB: Format[repackage_formats.deb.Options] = repackage_formats.deb
TAR: Format[repackage_formats.tar.Options] = repackage_formats.tar


class TestDeb(FormatContract):
    format = DEB

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        share = f"usr/share/doc/{plan.package.name}"
        paths = [f"{share}/copyright", f"{share}/changelog.Debian.gz"]
        if tree.get("usr/bin/example"):  # a command, and the interpreter's link
            paths.append("usr/share/man/man1/example.1.gz")
            paths.append(f"usr/share/lintian/overrides/{plan.package.name}")
        return frozenset(paths) | {above for path in paths for above in parents(path)}


class TestTar(FormatContract):
    format = TAR


class TestFlatTar(FormatContract):
    format = TAR

    def options(self) -> repackage_formats.tar.Options:
        return repackage_formats.tar.Options(layout="flat", compression="zst", level=1)


class TestPlainTar(FormatContract):
    format = TAR

    def options(self) -> repackage_formats.tar.Options:
        return repackage_formats.tar.Options(
            layout="flat", compression="none", prefix="opt/app"
        )


class TestXzTar(FormatContract):
    format = TAR

    def options(self) -> repackage_formats.tar.Options:
        return repackage_formats.tar.Options(compression="xz", level=0, prefix="opt/app")


def test_every_built_in_format_is_tested_here() -> None:
    built_in = {
        point.name
        for point in entry_points(group="repackage.formats")
        if point.value.startswith("repackage_formats.")
    }
    tested = {
        value.format.__name__.rpartition(".")[2]  # type: ignore[attr-defined]
        for value in globals().values()
        if isinstance(value, type)
        and issubclass(value, FormatContract)
        and value is not FormatContract
    }

    assert tested == built_in
