from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from repackage.elf import scan
from repackage.errors import FormatError
from repackage.target import Glibc
from repackage.testing import EPOCH, tree_of
from repackage.tree import Symlink, inline_file
from repackage_formats.deb._libraries import dependencies, provided
from tests.elves import make_elf

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BOOKWORM = Glibc(major=2, minor=36)


def needs(
    needed: Sequence[str],
    versions: Mapping[str, Sequence[str]] | None = None,
    *,
    libraries: Mapping[str, str] | None = None,
    own: frozenset[str] = frozenset(),
) -> tuple[str, ...]:
    elves = scan([inline_file("a.so", make_elf(needed=needed, versions=versions), mtime=EPOCH)])
    return dependencies(elves, provided=own, libraries=libraries or {}, system=BOOKWORM)


@pytest.mark.parametrize(
    ("soname", "nodes", "relation"),
    [
        ("libc.so.6", ["GLIBC_2.2.5", "GLIBC_2.17", "GLIBC_2.9"], "libc6 (>= 2.17)"),
        ("libm.so.6", ["GLIBC_2.29"], "libc6 (>= 2.29)"),
        ("ld-linux-aarch64.so.1", ["GLIBC_2.17"], "libc6 (>= 2.17)"),
        ("libc.so.6", ["GLIBC_ABI_DT_RELR"], "libc6 (>= 2.36)"),
        ("libgcc_s.so.1", ["GCC_3.0", "GCC_4.8.0"], "libgcc-s1 (>= 4.8.0)"),
        ("libstdc++.so.6", ["GLIBCXX_3.4.21", "CXXABI_1.3.8"], "libstdc++6 (>= 5.2)"),
        ("libstdc++.so.6", ["GLIBCXX_3.4.9", "CXXABI_1.3.11"], "libstdc++6 (>= 10.2)"),
        ("libz.so.1", ["ZLIB_1.2.3.3"], "zlib1g (>= 1:1.2.3.4)"),
        ("libz.so.1", ["ZLIB_1.2.9"], "zlib1g (>= 1:1.2.11.dfsg)"),
        ("libz.so.1", ["ZLIB_1.2.0"], "zlib1g (>= 1:1.2.0)"),
        ("libz.so.1", [], "zlib1g"),
        ("libcrypt.so.1", ["XCRYPT_2.0"], "libcrypt1"),
        ("libpython3.11.so.1.0", [], "libpython3.11"),
        ("libX11.so.6", [], "libx11-6"),
    ],
)
def test_a_version_node_becomes_the_least_version_of_a_package(
    soname: str, nodes: list[str], relation: str
) -> None:
    assert needs([soname], {soname: nodes} if nodes else {}) == (relation,)


def test_relations_are_sorted_and_each_package_is_there_once() -> None:
    found = needs(
        ["libz.so.1", "libpthread.so.0", "libc.so.6"],
        {"libc.so.6": ["GLIBC_2.4"], "libpthread.so.0": ["GLIBC_2.12"]},
    )

    assert found == ("libc6 (>= 2.12)", "zlib1g")


def test_what_the_tree_brings_is_not_depended_on() -> None:
    library = inline_file("a.libs/libx-1234.so.2", make_elf(soname="libx.so.2"), mtime=EPOCH)
    tree = tree_of(
        library, Symlink(path="a.libs/libx.so", target="libx-1234.so.2", mtime=EPOCH)
    )
    own = provided(tree, scan(tree.files))

    assert {"libx-1234.so.2", "libx.so.2", "libx.so"} <= own
    assert needs(["libx.so.2"], {"libx.so.2": ["LIBX_1"]}, own=own) == ()


def test_the_user_maps_what_is_not_known() -> None:
    libraries = {"libcuda.so.1": "", "libfoo.so.3": "libfoo3"}

    assert needs(["libcuda.so.1", "libfoo.so.3"], libraries=libraries) == ("libfoo3",)


def test_every_unknown_library_is_reported_with_the_file_and_the_way_out() -> None:
    with pytest.raises(FormatError) as caught:
        needs(["libfoo.so.3", "libbar.so.1"])

    assert [problem.where for problem in caught.value.problems] == ["a.so", "a.so"]
    assert "'libfoo.so.3'" in str(caught.value)
    assert "libraries = { 'libbar.so.1' = 'its-package' }" in str(caught.value)


@pytest.mark.parametrize(
    ("soname", "nodes", "message"),
    [
        ("libc.musl-x86_64.so.1", [], "built for musl"),
        ("libc.so.6", ["GLIBC_PRIVATE"], "private"),
        ("libc.so.6", ["GLIBC_2.37"], "needs glibc 2.37, the target has 2.36"),
        ("libstdc++.so.6", ["GLIBCXX_9.9"], "not known"),
        ("libgcc_s.so.1", ["GCC_x"], "not known"),
    ],
)
def test_what_the_target_cannot_have_is_refused(
    soname: str, nodes: list[str], message: str
) -> None:
    with pytest.raises(FormatError, match=message):
        needs([soname], {soname: nodes} if nodes else {})
