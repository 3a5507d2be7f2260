"""Every built-in format keeps the contract that strangers' formats keep."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import repackage_formats.deb
import repackage_formats.nix_store.nix_cache
import repackage_formats.nix_store.nix_closure
import repackage_formats.rpm
import repackage_formats.tar
from repackage.testing import FormatContract
from repackage.tree import Directory, parents
from repackage_formats.rpm._ownership import is_system_directory

if TYPE_CHECKING:
    from repackage.format import Format, Plan
    from repackage.tree import Entry, Tree

# mypy checks each module against the protocol here
DEB: Format[repackage_formats.deb.Options] = repackage_formats.deb
NIX_CACHE: Format[repackage_formats.nix_store.nix_cache.Options] = (
    repackage_formats.nix_store.nix_cache
)
NIX_CLOSURE: Format[repackage_formats.nix_store.nix_closure.Options] = (
    repackage_formats.nix_store.nix_closure
)
RPM: Format[repackage_formats.rpm.Options] = repackage_formats.rpm
TAR: Format[repackage_formats.tar.Options] = repackage_formats.tar

STORED_PYTHON = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-python3-3.11.9/bin/python3.11"


class TestDeb(FormatContract):
    format = DEB

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        share = f"usr/share/doc/{plan.package.name}"
        paths = [f"{share}/copyright", f"{share}/changelog.Debian.gz"]
        if tree.get("usr/bin/example"):  # a command, and the interpreter's link
            paths.append("usr/share/man/man1/example.1.gz")
            paths.append(f"usr/share/lintian/overrides/{plan.package.name}")
        return frozenset(paths) | {above for path in paths for above in parents(path)}


class TestNixCache(FormatContract):
    format = NIX_CACHE

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        return frozenset({"bin", "bin/example"} if tree.get(plan.layout.scripts) else ())

    def facts(self, entry: Entry) -> tuple[object, ...]:
        """Leave out dates: a store has none."""
        return super().facts(replace(entry, mtime=0))


class TestPlainNixCache(TestNixCache):
    def options(self) -> repackage_formats.nix_store.nix_cache.Options:
        return repackage_formats.nix_store.nix_cache.Options(
            compression="none", interpreter=STORED_PYTHON, name="other"
        )


class TestZstdNixCache(TestNixCache):
    def options(self) -> repackage_formats.nix_store.nix_cache.Options:
        return repackage_formats.nix_store.nix_cache.Options(compression="zstd", level=1)


class TestNixClosure(TestNixCache):
    format = NIX_CLOSURE


class TestNixClosureOfAnInterpreter(TestNixCache):
    format = NIX_CLOSURE

    def options(self) -> repackage_formats.nix_store.nix_closure.Options:
        return repackage_formats.nix_store.nix_closure.Options(interpreter=STORED_PYTHON)


class TestRpm(FormatContract):
    format = RPM

    def facts(self, entry: Entry) -> tuple[object, ...]:
        """Leave out the dates of directories of the system, which no package owns."""
        if isinstance(entry, Directory) and is_system_directory(entry.path):
            return (entry.path, "directory")
        return super().facts(entry)


class TestXzRpm(TestRpm):
    def options(self) -> repackage_formats.rpm.Options:
        return repackage_formats.rpm.Options(
            compression="xz", level=0, prefix="/opt/app", bytecode=False
        )


class TestGzipRpm(TestRpm):
    def options(self) -> repackage_formats.rpm.Options:
        return repackage_formats.rpm.Options(compression="gzip", level=1, epoch=2)


class TestRpmOfFormat6(TestRpm):
    def options(self) -> repackage_formats.rpm.Options:
        return repackage_formats.rpm.Options(rpm_format=6)


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
        value.format.__name__.rpartition(".")[2]  # type: ignore[attr-defined]  # ours are modules
        for value in globals().values()
        if isinstance(value, type)
        and issubclass(value, FormatContract)
        and value is not FormatContract
    }

    assert tested == built_in
