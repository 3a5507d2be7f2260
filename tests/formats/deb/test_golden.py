"""The text files of the example, compared with what is kept beside the tests.

``REPACKAGE_UPDATE_GOLDEN=1`` writes them anew: read the difference before committing it.
"""

from __future__ import annotations

import gzip
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from repackage.testing import EPOCH
from repackage.tree import inline_file, read_file
from repackage_formats.deb._emit import contents
from tests.elves import make_elf
from tests.formats.deb.debs import SITE, compiled, planned, with_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from repackage_formats.deb._emit import Contents

GOLDEN = Path(__file__).parents[1] / "golden" / "deb"
DOCUMENTS = {
    "copyright": "usr/share/doc/example/copyright",
    "changelog": "usr/share/doc/example/changelog.Debian.gz",
    "manual": "usr/share/man/man1/example.1.gz",
    "overrides": "usr/share/lintian/overrides/example",
}
MIT = b"MIT License\n\nCopyright (c) 2020-2024 Ana Example\n\nPermission is hereby granted\n"


def pure() -> Contents:
    """An application with a conffile, in pure Python."""
    plan = planned()
    metadata = replace(plan.package.metadata, license="")
    plan = replace(plan, package=replace(plan.package, metadata=metadata))
    tree = with_files(
        plan,
        {"/etc/example.conf": b"[x]\n", "example-1.0.dist-info/licenses/LICENSE.MIT": MIT},
    )
    return contents(plan, tree)


def native() -> Contents:
    """An application with a compiled module that brings a library of its own."""
    plan = compiled()
    module = make_elf(
        needed=["libc.so.6", "libstdc++.so.6", "libown-12.so.3"],
        versions={"libc.so.6": ["GLIBC_2.17"], "libstdc++.so.6": ["GLIBCXX_3.4.21"]},
    )
    tree = with_files(plan, {"example/_fast.cpython-311-x86_64-linux-gnu.so": module})
    library = inline_file(
        f"{SITE}/libown-12.so.3", make_elf(soname="libown-12.so.3"), mtime=EPOCH, mode=0o755
    )
    return contents(plan, type(tree).of([*tree, library]))


def texts(content: Contents) -> dict[str, str]:
    found = {file.path: read_file(file) for file in content.control}
    for name, path in DOCUMENTS.items():
        file = next(file for file in content.tree.files if file.path == path)
        data = read_file(file)
        found[name] = gzip.decompress(data) if path.endswith(".gz") else data
    return {name: data.decode() for name, data in found.items()}


@pytest.mark.parametrize(("name", "make"), [("pure", pure), ("native", native)])
def test_the_text_files_of_a_deb_are_what_they_were(
    name: str, make: Callable[[], Contents]
) -> None:
    directory = GOLDEN / name
    found = texts(make())
    if "REPACKAGE_UPDATE_GOLDEN" in os.environ:
        directory.mkdir(parents=True, exist_ok=True)
        for file, text in found.items():
            (directory / file).write_text(text, encoding="utf-8")
    kept = {path.name: path.read_text(encoding="utf-8") for path in directory.iterdir()}

    assert found == kept
