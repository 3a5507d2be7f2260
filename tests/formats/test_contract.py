"""Every built-in format keeps the contract that strangers' formats keep."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import repackage_formats.deb
import repackage_formats.nix
import repackage_formats.nix_store.nix_cache
import repackage_formats.nix_store.nix_closure
import repackage_formats.oci
import repackage_formats.pyz
import repackage_formats.rpm
import repackage_formats.tar
import repackage_formats.zip
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
OCI: Format[repackage_formats.oci.Options] = repackage_formats.oci
NIX: Format[repackage_formats.nix.Options] = repackage_formats.nix
PYZ: Format[repackage_formats.pyz.Options] = repackage_formats.pyz
RPM: Format[repackage_formats.rpm.Options] = repackage_formats.rpm
TAR: Format[repackage_formats.tar.Options] = repackage_formats.tar
ZIP: Format[repackage_formats.zip.Options] = repackage_formats.zip

AZURE = Path(__file__).parent / "zip/azure"

STORED_PYTHON = "/nix/store/0123456789abcdfghijklmnpqrsvwxyz-python3-3.11.9/bin/python3.11"


class TestDeb(FormatContract):
    format = DEB

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        share = f"usr/share/doc/{plan.package.name}"
        paths = [f"{share}/copyright", f"{share}/changelog.Debian.gz"]
        if tree.get("usr/bin/example"):
            paths.append("usr/share/man/man1/example.1.gz")
        odd = any(entry.path.endswith("noise.bin") for entry in tree)
        if odd or (plan.layout.venv and tree.get("usr/bin/example")):  # the interpreter's link
            paths.append(f"usr/share/lintian/overrides/{plan.package.name}")
        return frozenset(paths) | {above for path in paths for above in parents(path)}


class TestNixCache(FormatContract):
    format: ClassVar[Format[Any]] = NIX_CACHE

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        if not tree.get(plan.layout.scripts):
            return frozenset()
        python = () if plan.layout.venv else (f"{plan.layout.scripts}/python",)
        return frozenset({"bin", "bin/example", *python})

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


class TestSystemDeb(TestDeb):
    def options(self) -> repackage_formats.deb.Options:
        return repackage_formats.deb.Options(layout="system")


class TestOci(FormatContract):
    format = OCI

    def facts(self, entry: Entry) -> tuple[object, ...]:
        """Leave out the dates of directories, which belong to whichever layer lists them."""
        return (entry.path,) if isinstance(entry, Directory) else super().facts(entry)


class TestOciDirectory(TestOci):
    def options(self) -> repackage_formats.oci.Options:
        return repackage_formats.oci.Options(output="directory", compression="zst", layers=2)


class TestPlainOci(TestOci):
    def options(self) -> repackage_formats.oci.Options:
        return repackage_formats.oci.Options(compression="none", prefix="/opt/app", layers=1)


class TestNix(FormatContract):
    format = NIX


class TestNixWithChosenCommands(FormatContract):
    format = NIX

    def options(self) -> repackage_formats.nix.Options:
        return repackage_formats.nix.Options(scripts=(), vendor_wheels=True, package="example")


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
            compression="xz", level=0, prefix="/opt/app", compile=False
        )


class TestGzipRpm(TestRpm):
    def options(self) -> repackage_formats.rpm.Options:
        return repackage_formats.rpm.Options(compression="gzip", level=1, epoch=2)


class TestRpmOfFormat6(TestRpm):
    def options(self) -> repackage_formats.rpm.Options:
        return repackage_formats.rpm.Options(rpm_format=6)


class TestSystemRpm(TestRpm):
    def options(self) -> repackage_formats.rpm.Options:
        return repackage_formats.rpm.Options(layout="system", compile=False)


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


class TestZip(FormatContract):
    format = ZIP

    def facts(self, entry: Entry) -> tuple[object, ...]:
        """Leave out the dates of directories, which are not in the zip."""
        if isinstance(entry, Directory):
            return (entry.path, "directory")
        return super().facts(entry)


class TestRecompressedZip(TestZip):
    def options(self) -> repackage_formats.zip.Options:
        return repackage_formats.zip.Options(recompress=True, prefix="lib/python")


class TestLambda(TestZip):
    def options(self) -> repackage_formats.zip.Options:
        return repackage_formats.zip.Options(kind="lambda")


class TestSplitLambda(TestZip):
    def options(self) -> repackage_formats.zip.Options:
        return repackage_formats.zip.Options(kind="lambda", split=True)


class TestAzure(TestZip):
    def options(self) -> repackage_formats.zip.Options:
        sources = {"function_app.py": "function_app.txt", "host.json": "host.json"}
        include = {path: str(AZURE / source) for path, source in sources.items()}
        return repackage_formats.zip.Options(kind="azure", include=include)

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        return frozenset(plan.options.include) - {entry.path for entry in tree}


class TestPyz(FormatContract):
    format = PYZ

    def extra_paths(self, plan: Plan[Any], tree: Tree) -> frozenset[str]:
        del plan, tree
        return frozenset({"__main__.py"})


class TestUnpackingPyz(TestPyz):
    def options(self) -> repackage_formats.pyz.Options:
        return repackage_formats.pyz.Options(
            unpack="always", interpreter="target", recompress=True
        )


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
