"""Time wheel + lock to deb: repackage, against ``uv pip install --target`` and nfpm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from measuring import install, measure, parser, program, run

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from measuring import Corpus, Sample

#: What is called: (our setting, nfpm's) for each compression.
COMPRESSIONS = {"gz": ("gz", "gzip"), "zst": ("zst", "zstd"), "xz": ("xz", "xz")}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run both sides at each compression."""
    described = parser(__doc__, target="debian-12")
    described.add_argument(
        "--compression", choices=COMPRESSIONS, action="append", help="may repeat; default: all"
    )
    options = described.parse_args(arguments)
    run(
        {"repackage": repackage, "uv + nfpm": uv_and_nfpm},
        options,
        peer="uv + nfpm",
        settings=options.compression or tuple(COMPRESSIONS),
    )


def repackage(
    corpus: Corpus, out: Path, compression: str, options: argparse.Namespace
) -> Sample:
    """One command: wheel and lock to deb."""
    setting, _ = COMPRESSIONS[compression]
    command = [
        *(program("repackage"), "build", "--format", "deb", str(corpus.wheel)),
        *("--lock", str(corpus.lock), "--target", options.target),
        *("--out-dir", str(out), "--quiet", "-C", f"deb.compression={setting}"),
    ]
    return measure([command], out, "*.deb")


def uv_and_nfpm(
    corpus: Corpus, out: Path, compression: str, options: argparse.Namespace
) -> Sample:
    """Two commands: install the closure into a directory, package the directory."""
    _, setting = COMPRESSIONS[compression]
    tree, config = out / "tree", out / "nfpm.yaml"
    config.write_text(
        "name: service\narch: amd64\nversion: 1.0.0\nmaintainer: Benchmark <b@example.org>\n"
        f"contents:\n  - src: {tree}\n    dst: /usr/lib/service\n    type: tree\n"
        f"deb:\n  compression: {setting}\n"
    )
    pack = [
        *(program("nfpm"), "package", "--packager", "deb"),
        *("--config", str(config), "--target", str(out)),
    ]
    return measure([install(corpus, tree, options.python), pack], out, "*.deb")


if __name__ == "__main__":
    main()
