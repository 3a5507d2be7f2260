"""Time wheel + lock to image: repackage, against uv with umoci and skopeo.

The peer is the shortest way without a daemon: install what is locked into a directory, insert
that as one layer, write an archive. Neither has a base. ``first`` is a build on a machine that
has the wheels, ``again`` one that has the layers from an earlier build as well.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from measuring import install, measure, parser, program, run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from measuring import Corpus, Sample


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both sides, with and without what was kept."""
    described = parser(__doc__, target="debian-12")
    described.add_argument("--compression", choices=("gz", "zst"), default="gz")
    options = described.parse_args(arguments)
    sides = {"repackage": repackage, "uv + umoci": uv_and_umoci}
    run(sides, options, peer="uv + umoci", settings=("first", "again"))


def repackage(corpus: Corpus, out: Path, setting: str, options: argparse.Namespace) -> Sample:
    """One command: wheel and lock to image."""
    if setting == "first":
        told = subprocess.check_output([program("repackage"), "cache", "info"], text=True)
        shutil.rmtree(Path(told.splitlines()[0]) / "pieces", ignore_errors=True)
    command = [
        *(program("repackage"), "build", "--format", "oci", str(corpus.wheel)),
        *("--lock", str(corpus.lock), "--target", options.target, "--python", options.python),
        *("--out-dir", str(out), "--quiet", "-C", "oci.base=scratch"),
        *("-C", f"oci.compression={options.compression}"),
    ]
    return measure([command], out, "*.oci.tar")


def uv_and_umoci(
    corpus: Corpus, out: Path, setting: str, options: argparse.Namespace
) -> Sample:
    """Five commands: install the closure, make an image of it, write that as one file."""
    del setting  # it keeps nothing
    tree, layout = out / "lib", out / "layout"
    umoci, image = program("umoci"), f"{layout}:1.0"
    compress = ["--dest-compress-format", "zstd"] if options.compression == "zst" else []
    commands = [
        install(corpus, tree, options.python),
        [umoci, "init", "--layout", str(layout)],
        [umoci, "new", "--image", image],
        [umoci, "insert", "--image", image, str(tree), "/app/lib"],
        [
            *(program("skopeo"), "copy", "--quiet", *compress),
            *(f"oci:{image}", f"oci-archive:{out}/service.oci.tar:1.0"),
        ],
    ]
    return measure(commands, out, "*.oci.tar")


if __name__ == "__main__":
    main()
