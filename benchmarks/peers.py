"""The shortest ways to the same result with other tools.

All but ``cp`` begin with ``uv pip install --target`` of what is locked; uv has every wheel
unpacked in its cache, and makes links.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.corpora import install
from benchmarks.measuring import Command, Round, Side, program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: What rpmbuild calls the codecs.
_MODES = {"gzip": "gzdio", "xz": "xzdio", "zstd": "zstdio"}
#: No hook that rewrites what was installed, no debug packages, no generators of relations:
#: rpmbuild packs the same directory as the others, and nothing else.
_SPEC = """\
%global _binary_payload w{level}.{mode}
%global __os_install_post %{{nil}}
%global debug_package %{{nil}}
%global _build_id_links none
Name: service
Version: 1.0.0
Release: 1
Summary: A service to be packaged
License: MIT
AutoReqProv: no
%description
A service to be packaged
%install
mkdir -p %{{buildroot}}/usr/lib
mv {tree} %{{buildroot}}/usr/lib/service
%files
/usr/lib/service
"""
_CONTROL = """\
Package: service
Version: 1.0.0
Architecture: amd64
Maintainer: Benchmark <benchmark@example.org>
Description: A service to be packaged
"""
_NFPM = """\
name: service
arch: amd64
version: 1.0.0
maintainer: Benchmark <benchmark@example.org>
license: MIT
contents:
  - {{ src: {tree}, dst: /usr/lib/service, type: tree }}
{format}:
  compression: {compression}
"""


def nfpm(format_: str, compression: str) -> Side:
    """Install, then ``nfpm package``."""

    def steps(where: Round) -> Iterator[Command]:
        tree, config = where.out / "tree", where.out / "nfpm.yaml"
        config.write_text(_NFPM.format(tree=tree, format=format_, compression=compression))
        yield _install(where, tree)
        yield (
            *(program("nfpm"), "package", "--packager", format_),
            *("--config", str(config), "--target", str(where.out)),
        )

    return Side(name="uv + nfpm", steps=steps, pattern=f"*.{format_}", needs=("nfpm",))


def dpkg_deb(compression: str, level: int | None = None) -> Side:
    """Install, then ``dpkg-deb --build``; without a level at its default."""

    def steps(where: Round) -> Iterator[Command]:
        root = where.out / "root"
        (root / "DEBIAN").mkdir(parents=True)
        (root / "DEBIAN/control").write_text(_CONTROL)
        yield _install(where, root / "usr/lib/service")
        yield (
            *(program("dpkg-deb"), "--root-owner-group", f"-Z{compression}"),
            *(() if level is None else (f"-z{level}",)),
            *("--build", str(root), str(where.out / "service.deb")),
        )

    return Side(name="uv + dpkg-deb", steps=steps, pattern="*.deb", needs=("dpkg-deb",))


def rpmbuild(codec: str, level: int) -> Side:
    """Install, then ``rpmbuild`` of a spec file that does nothing but pack."""

    def steps(where: Round) -> Iterator[Command]:
        tree, spec = where.out / "tree", where.out / "service.spec"
        spec.write_text(_SPEC.format(level=level, mode=_MODES[codec], tree=tree))
        yield _install(where, tree)
        yield (
            *(program("rpmbuild"), "-bb", "--quiet", "--define", f"_topdir {where.out}/top"),
            *("--define", f"_rpmdir {where.out}", "--define", "_rpmfilename service.rpm"),
            str(spec),
        )

    return Side(name="uv + rpmbuild", steps=steps, pattern="*.rpm", needs=("rpmbuild",))


def zipped() -> Side:
    """Install, then ``zip -r``, which is what most people do for Lambda."""

    def steps(where: Round) -> Iterator[Command]:
        tree = where.out / "tree"
        yield _install(where, tree)
        script = 'cd "$1" && exec "$2" -qr ../service.zip .'
        yield "sh", "-c", script, "sh", str(tree), program("zip")

    return Side(name="uv + zip", steps=steps, pattern="*.zip", needs=("zip",))


def umoci() -> Side:
    """Install, insert that as one layer of an image, write the image as one file."""

    def steps(where: Round) -> Iterator[Command]:
        tree, layout = where.out / "lib", where.out / "layout"
        made, image = program("umoci"), f"{layout}:1.0"
        yield _install(where, tree)
        yield made, "init", "--layout", str(layout)
        yield made, "new", "--image", image
        yield made, "insert", "--image", image, str(tree), "/app/lib"
        archive = f"oci-archive:{where.out}/service.oci.tar:1.0"
        yield program("skopeo"), "copy", "--quiet", f"oci:{image}", archive

    needs = ("umoci", "skopeo")
    return Side(name="uv + umoci", steps=steps, pattern="*.oci.tar", needs=needs)


def copied() -> Side:
    """Copy the artifact that repackage has made: what nothing that writes it can be below."""

    def steps(where: Round) -> Iterator[Command]:
        if where.kept is not None:
            yield program("cp"), str(where.kept), str(where.out / "copy")

    return Side(name="cp", steps=steps, pattern="copy")


def _install(where: Round, tree: Path) -> Command:
    return install(where.requirements, where.wheel, str(tree))
