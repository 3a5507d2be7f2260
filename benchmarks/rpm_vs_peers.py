"""Time wheel + lock to rpm: repackage, against uv with nfpm, and with rpmbuild if there is one.

All sides compress with the same codec at the same level.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from measuring import install, measure, parser, program, run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from measuring import Corpus, Sample

#: What rpmbuild calls the codecs.
MODES = {"gzip": "gzdio", "xz": "xzdio", "zstd": "zstdio"}
#: No hook that rewrites what was installed, no debug packages, no generators of relations:
#: rpmbuild packs the same directory as the others, and nothing else.
SPEC = """\
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


def main(arguments: Sequence[str] | None = None) -> None:
    """Run all sides at each setting."""
    described = parser(__doc__, target="el9")
    described.add_argument(
        "--setting",
        action="append",
        metavar="CODEC:LEVEL",
        help="may repeat; default: zstd:3, zstd:9, gzip:6",
    )
    described.add_argument(
        "--first",
        action="store_true",
        help="forget before each round what repackage compressed and found in earlier ones",
    )
    options = described.parse_args(arguments)
    sides = {"repackage": repackage, "uv + nfpm": uv_and_nfpm}
    if shutil.which("rpmbuild"):
        sides["uv + rpmbuild"] = uv_and_rpmbuild
    run(
        sides,
        options,
        peer="uv + nfpm",
        settings=options.setting or ("zstd:3", "zstd:9", "gzip:6"),
    )


def repackage(corpus: Corpus, out: Path, setting: str, options: argparse.Namespace) -> Sample:
    """One command: wheel and lock to rpm; the cache is the benchmark's own."""
    cache = out.parent / "cache"
    if options.first:
        for kind in cache.glob("*/pieces"):
            shutil.rmtree(kind)
    codec, _, level = setting.partition(":")
    command = [
        *(program("repackage"), "build", "--format", "rpm", str(corpus.wheel)),
        *("--lock", str(corpus.lock), "--target", options.target, "--python", options.python),
        *("--out-dir", str(out), "--quiet"),
        *("-C", f"rpm.compression={codec}", "-C", f"rpm.level={level}"),
        *("--cache-dir", str(cache)),
    ]
    return measure([command], out, "*.rpm")


def uv_and_nfpm(corpus: Corpus, out: Path, setting: str, options: argparse.Namespace) -> Sample:
    """Two commands: install the closure into a directory, package the directory."""
    tree, config = out / "tree", out / "nfpm.yaml"
    config.write_text(
        "name: service\narch: amd64\nversion: 1.0.0\nmaintainer: Benchmark <b@example.org>\n"
        "license: MIT\n"
        f"contents:\n  - src: {tree}\n    dst: /usr/lib/service\n    type: tree\n"
        f"rpm:\n  compression: {_nfpm(setting)}\n"
    )
    pack = [
        *(program("nfpm"), "package", "--packager", "rpm"),
        *("--config", str(config), "--target", str(out)),
    ]
    return measure([install(corpus, tree, options.python), pack], out, "*.rpm")


def _nfpm(setting: str) -> str:
    """Nfpm has a level for gzip and zstd only; its xz has one way."""
    codec, _, _ = setting.partition(":")
    return codec if codec == "xz" else setting


def uv_and_rpmbuild(
    corpus: Corpus, out: Path, setting: str, options: argparse.Namespace
) -> Sample:
    """The same with rpmbuild, from a spec file that does nothing but pack."""
    codec, _, level = setting.partition(":")
    tree, spec = out / "tree", out / "service.spec"
    spec.write_text(SPEC.format(level=level, mode=MODES[codec], tree=tree))
    pack = [
        *(program("rpmbuild"), "-bb", "--quiet", "--define", f"_topdir {out / 'top'}"),
        *("--define", f"_rpmdir {out}", "--define", "_rpmfilename service.rpm", str(spec)),
    ]
    return measure([install(corpus, tree, options.python), pack], out, "*.rpm")


if __name__ == "__main__":
    main()
