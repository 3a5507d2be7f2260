"""Time wheel + lock to a zip for Lambda: repackage, against uv and the program ``zip``.

The peer is what most people do: install what is locked into a directory, and zip that. ``copied``
takes what wheels hold compressed as it is; ``anew`` compresses it again, at level 9.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from measuring import install, measure, parser, program, run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from measuring import Corpus, Sample

_ZIP = 'cd "$1" && exec "$2" -qr "-$3" ../service.zip .'


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both sides, copying and compressing anew."""
    described = parser(__doc__, target="lambda-python3.12")
    described.set_defaults(python="3.12")
    options = described.parse_args(arguments)
    sides = {"repackage": repackage, "uv + zip": uv_and_zip}
    run(sides, options, peer="uv + zip", settings=("copied", "anew"))


def repackage(corpus: Corpus, out: Path, setting: str, options: argparse.Namespace) -> Sample:
    """One command: wheel and lock to zip."""
    command = [
        *(program("repackage"), "build", "--format", "zip", str(corpus.wheel)),
        *("--lock", str(corpus.lock), "--target", options.target),
        *("--out-dir", str(out), "--quiet", "-C", "zip.kind=flat"),
        *("-C", f"zip.recompress={str(setting == 'anew').lower()}"),
    ]
    return measure([command], out, "*.zip")


def uv_and_zip(corpus: Corpus, out: Path, setting: str, options: argparse.Namespace) -> Sample:
    """Two commands: install the closure into a directory, zip the directory."""
    tree, level = out / "tree", "9" if setting == "anew" else "6"
    pack = ["sh", "-c", _ZIP, "sh", os.fspath(tree), program("zip"), level]
    return measure([install(corpus, tree, options.python), pack], out, "*.zip")


if __name__ == "__main__":
    main()
