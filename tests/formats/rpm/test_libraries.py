from __future__ import annotations

import subprocess
import sysconfig
from pathlib import Path

import pytest

from repackage.elf import Elf, scan_all
from repackage.errors import FormatError
from repackage.target import Glibc
from repackage.testing import EPOCH
from repackage.tree import Digests, File, OnDisk, Symlink, Tree, inline_file
from repackage_formats.rpm._facts import Relation
from repackage_formats.rpm._libraries import library_requires, private_names
from repackage_formats.rpm._relations import EQUAL, FOUND, GREATER
from tests.elves import make_elf

ELFDEPS = Path("/usr/lib/rpm/elfdeps")


def elf(**changes: object) -> Elf:
    facts: dict[str, object] = {
        "path": "a.so", "machine": "EM_X86_64", "bits": 64, "little_endian": True, "flags": 0,
        "runs": True, "dynamic": True,
    }  # fmt: skip
    return Elf(**{**facts, **changes})  # type: ignore[arg-type]  # as the tests say


def required(*elves: Elf, private: frozenset[str] = frozenset(), **libraries: str) -> list[str]:
    named = {name.replace("_so", ".so"): relation for name, relation in libraries.items()}
    found = library_requires(
        elves, private=private, libraries=named, system=Glibc(major=2, minor=34)
    )
    return [each.name for each in found]


def test_libraries_and_their_versions_are_required_as_rpm_names_them() -> None:
    one = elf(needed=("libc.so.6",), versions=(("libc.so.6", "GLIBC_2.17"),))

    assert required(one) == ["libc.so.6()(64bit)", "libc.so.6(GLIBC_2.17)(64bit)"]


def test_libraries_of_32_bits_have_no_mark() -> None:
    one = elf(bits=32, needed=("libc.so.6",), versions=(("libc.so.6", "GLIBC_2.17"),))

    assert required(one) == ["libc.so.6", "libc.so.6(GLIBC_2.17)"]


def test_a_loader_must_know_the_hash_of_gnu_where_there_is_no_other() -> None:
    assert required(elf(only_gnu_hash=True)) == ["rtld(GNU_HASH)"]


def test_what_the_tree_brings_is_not_required() -> None:
    library = inline_file("a.libs/libx-12.so.1.2", make_elf(soname="libx-12.so.1"), mtime=EPOCH)
    link = Symlink(path="liby.so", target="a.libs/libx-12.so.1.2", mtime=EPOCH)
    private = private_names(Tree((library, link)), scan_all([library]))
    one = elf(needed=("libx-12.so.1", "libx-12.so.1.2", "liby.so", "libz.so.1"))

    assert required(one, private=private) == ["libz.so.1()(64bit)"]


def test_a_library_may_stand_for_another_relation_or_none() -> None:
    one = elf(needed=("libcuda.so", "libown.so"), versions=(("libown.so", "OWN_1"),))

    assert required(one, libcuda_so="", libown_so="own >= 2") == ["own"]
    (relation,) = library_requires(
        [elf(needed=("a.so",))],
        private=frozenset(),
        libraries={"a.so": "own >= 2"},
        system=Glibc(major=2, minor=34),
    )
    assert relation == Relation(name="own", version="2", flags=GREATER | EQUAL)


def test_what_was_found_is_marked_as_found() -> None:
    found = library_requires(
        [elf(needed=("libc.so.6",))],
        private=frozenset(),
        libraries={},
        system=Glibc(major=2, minor=34),
    )

    assert [each.flags for each in found] == [FOUND]


def test_a_library_that_is_private_has_no_version_that_is_required() -> None:
    one = elf(needed=("libown.so",), versions=(("libown.so", "GLIBC_9.9"),))

    assert required(one, private=frozenset({"libown.so"})) == []


def test_everything_that_cannot_be_had_is_told_at_once() -> None:
    with pytest.raises(FormatError) as error:
        required(
            elf(path="musl.so", needed=("libc.musl-x86_64.so.1",)),
            elf(path="new.so", versions=(("libc.so.6", "GLIBC_2.40"),)),
            elf(path="own.so", versions=(("libc.so.6", "GLIBC_PRIVATE"),)),
            elf(path="evil.so", needed=("lib\nProvides: root",)),
            elf(path="evil2.so", versions=(("libc.so.6", "X)(64bit), root"),)),
        )

    told = str(error.value)
    assert "musl.so: needs 'libc.musl-x86_64.so.1': it was built for musl" in told
    assert "new.so: needs glibc 2.40, the target has 2.34" in told
    assert "own.so: needs 'GLIBC_PRIVATE' of glibc" in told
    assert "evil.so: needs a library that rpm cannot name" in told
    assert "evil2.so: needs a library that rpm cannot name" in told


@pytest.mark.skipif(not ELFDEPS.exists(), reason="not installed: elfdeps")
def test_rpms_own_generator_finds_the_same() -> None:
    directory = sysconfig.get_config_var("DESTSHARED") or "/usr/lib"
    paths = sorted(Path(directory).glob("*.so"))[:12]
    ours, theirs = {}, {}
    for path in paths:
        done = subprocess.run(
            [ELFDEPS, "--requires"],
            input=f"{path}\n",
            text=True,
            capture_output=True,
            check=True,
        )
        theirs[path] = set(done.stdout.split())
        file = File(
            path=path.name,
            mode=0o755,
            mtime=0,
            size=path.stat().st_size,
            digests=Digests.of(b""),
            content=OnDisk(path=path),
        )
        ours[path] = set(required_anywhere(scan_all([file])))

    assert ours == theirs


def required_anywhere(elves: tuple[Elf, ...]) -> list[str]:
    newest = Glibc(major=2, minor=999)
    found = library_requires(elves, private=frozenset(), libraries={}, system=newest)
    return [each.name for each in found]
