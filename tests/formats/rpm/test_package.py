"""A package, written from facts: its files, relations, scripts and digests."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import rpm_rs
from hypothesis import given
from hypothesis import strategies as st

from repackage.archive import decompressor
from repackage.errors import FormatError
from repackage.testing import EPOCH, tree_of, zipped_file
from repackage.tree import (
    Digests,
    Directory,
    File,
    Packed,
    Symlink,
    Tree,
    inline_file,
)
from repackage_formats import rpm
from repackage_formats.rpm._cpio_write import CpioWriter
from repackage_formats.rpm._facts import (
    Change,
    FileTrigger,
    Relation,
    Scriptlet,
    Trigger,
)
from repackage_formats.rpm._files_encode import file_entries
from repackage_formats.rpm._header_decode import read_tags
from repackage_formats.rpm._header_encode import encode
from repackage_formats.rpm._header_features import features
from repackage_formats.rpm._header_tags import RELATIONS, Region, SignatureTag, Tag
from tests.formats.rpm import librpm
from tests.formats.rpm.made import facts, headers, owned, written
from tests.formats.rpm.plans import planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typing_extensions import Buffer

    from repackage.tree import Entry
    from repackage_formats.rpm._facts import Facts
    from repackage_formats.rpm._header_decode import Tags

LARGE = (1 << 32) - 1


def main_of(decided: Facts, directory: Path) -> Tags:
    _, main, _ = headers(written(directory, decided).read_bytes())
    return main


def decompressed(data: bytes, codec: str) -> bytes:
    match codec:
        case "gzip":
            return gzip.decompress(data)
        case "xz":
            return lzma.decompress(data)
        case "zstd":
            with decompressor(io.BytesIO(data), "zst") as stream:
                return stream.read()
        case _:
            return data


@pytest.mark.parametrize("compression", ["gzip", "xz", "zstd", "none"])
def test_every_digest_and_size_is_that_of_the_bytes(tmp_path: Path, compression: str) -> None:
    path = written(tmp_path, facts(compression=compression))
    signature, main, payload = headers(path.read_bytes())
    archive = decompressed(payload, compression)

    assert librpm.problems(signature.encoded, region=Region.SIGNATURES) == []
    assert librpm.problems(main.encoded, region=Region.IMMUTABLE) == []
    sha256 = hashlib.sha256(main.encoded).hexdigest()
    assert signature.text(SignatureTag.SHA256) == sha256
    assert signature.text(SignatureTag.SHA1) == hashlib.sha1(main.encoded).hexdigest()
    assert signature.data(SignatureTag.MD5) == hashlib.md5(main.encoded + payload).digest()
    assert signature.number(SignatureTag.SIZE) == len(main.encoded) + len(payload)
    assert signature.number(SignatureTag.ARCHIVE_SIZE) == len(archive)
    assert main.texts(Tag.PAYLOAD_DIGEST) == (hashlib.sha256(payload).hexdigest(),)
    assert main.texts(Tag.PAYLOAD_DIGEST_ALT) == (hashlib.sha256(archive).hexdigest(),)
    assert main.text(Tag.PAYLOAD_COMPRESSOR) == ("" if compression == "none" else compression)


def test_a_machine_that_forbids_old_digests_writes_packages_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise ValueError("disabled for FIPS")

    decided = facts()
    monkeypatch.setattr(hashlib, "md5", forbidden)
    monkeypatch.setattr(hashlib, "sha1", forbidden)
    path = written(tmp_path, decided)
    monkeypatch.undo()
    signature, _, _ = headers(path.read_bytes())

    assert not {SignatureTag.MD5, SignatureTag.SHA1} & set(signature.entries)
    assert signature.text(SignatureTag.SHA256)


NAMES = st.text(
    st.characters(exclude_characters="/", exclude_categories=("Cc", "Cs")),
    min_size=1,
    max_size=8,
).filter(lambda name: name not in (".", ".."))
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
DATES = st.integers(0, LARGE)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    """Any tree: files, links and directories with any names, dates and modes."""
    found: dict[str, Entry] = {}
    for path in draw(st.lists(PATHS, max_size=8, unique=True)):
        mtime = draw(DATES)
        kind = draw(st.sampled_from(["inline", "zipped", "link", "directory"]))
        data = draw(st.binary(max_size=40))
        match kind:
            case "inline":
                mode = draw(st.sampled_from([0o644, 0o755]))
                entry: Entry = inline_file(path, data, mtime=mtime, mode=mode)
            case "zipped":
                entry = zipped_file(path, data, mtime=mtime)
            case "link":
                entry = Symlink(path=path, target=draw(PATHS), mtime=mtime)
            case _:
                entry = Directory(path=path, mtime=mtime)
        blocked = any(
            isinstance(found.get(above), (File, Symlink)) for above in _parents(path)
        ) or any(other.startswith(f"{path}/") for other in found)
        if not blocked:
            found[path] = entry
    return tree_of(*found.values())


def _parents(path: str) -> Iterator[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def plain(entry: Entry) -> tuple[object, ...]:
    match entry:
        case File():
            return entry.path, entry.mode, entry.mtime, entry.size, entry.digests.sha256
        case Directory():
            return entry.path, entry.mtime
        case Symlink():
            return entry.path, entry.target, entry.mtime


@given(
    tree=trees(),
    compression=st.sampled_from(["gzip", "xz", "zstd", "none"]),
    rpm_format=st.sampled_from([4, 6]),
)
def test_any_tree_is_read_back_as_it_was(
    tree: Tree, compression: str, rpm_format: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("any")
    artifact = written(path, facts(tree, compression=compression, rpm_format=rpm_format))

    assert [plain(entry) for entry in rpm.read(artifact)] == [plain(entry) for entry in tree]
    signature, main, _ = headers(artifact.read_bytes())
    assert librpm.problems(main.encoded, region=Region.IMMUTABLE) == []
    assert librpm.problems(signature.encoded, region=Region.SIGNATURES) == []
    package = rpm_rs.Package.open(str(artifact))  # it shares no code with rpm, nor with us
    assert package.check_digests().is_ok
    assert {file.path for file in package.metadata.file_entries()} == {
        f"/{entry.path}" for entry in tree
    }
    artifact.unlink()


def test_files_are_in_the_order_of_the_bytes_of_their_paths(tmp_path: Path) -> None:
    names = ["b", "b-1", "b.txt", "b0", "bé", "b d"]
    tree = tree_of(
        inline_file("opt/b/x", b"", mtime=EPOCH),
        *(inline_file(f"opt/{name}", b"", mtime=EPOCH) for name in names if name != "b"),
    )
    main = main_of(facts(tree), tmp_path)
    directories = main.texts(Tag.DIR_NAMES)
    paths = [
        directories[at] + name
        for at, name in zip(
            main.numbers(Tag.DIR_INDEXES), main.texts(Tag.BASE_NAMES), strict=True
        )
    ]

    assert directories == ("/", "/opt/", "/opt/b/")
    assert paths == sorted(paths, key=str.encode)
    assert paths[:3] == ["/opt", "/opt/b", "/opt/b d"]


def test_directories_above_that_are_not_owned_are_read_without_a_date(tmp_path: Path) -> None:
    decided = facts()
    back = list(rpm.read(written(tmp_path, decided)))

    assert [entry.path for entry in decided.tree] == ["usr/lib/demo", "usr/lib/demo/a"]
    assert back[:2] == [Directory(path="usr", mtime=0), Directory(path="usr/lib", mtime=0)]


def test_a_ghost_is_in_the_header_and_not_in_the_payload(tmp_path: Path) -> None:
    tree = tree_of(
        inline_file("opt/brought", b"x", mtime=EPOCH),
        inline_file("opt/ghost", b"what it may hold", mtime=EPOCH),
    )
    path = written(tmp_path, facts(tree, file_flags={"opt/ghost": 64}, compression="none"))
    _, main, payload = headers(path.read_bytes())

    assert main.texts(Tag.BASE_NAMES) == ("opt", "brought", "ghost")
    assert main.numbers(Tag.FILE_FLAGS) == (0, 0, 64)
    assert main.numbers(Tag.FILE_SIZES) == (0, 1, 0)
    assert main.numbers(Tag.FILE_VERIFY_FLAGS)[2] == 0xFFFFFFD8
    assert main.texts(Tag.FILE_DIGESTS)[2] == ""
    assert b"ghost" not in payload
    assert [entry.path for entry in rpm.read(path)] == ["opt", "opt/brought"]


def test_a_package_without_files_is_a_package(tmp_path: Path) -> None:
    path = written(tmp_path, facts(Tree(())))
    _, main, _ = headers(path.read_bytes())

    assert list(rpm.read(path)) == []
    assert main.number(Tag.SIZE) == 0
    assert Tag.BASE_NAMES not in main.entries
    assert "rpmlib(CompressedFileNames)" not in main.texts(RELATIONS["requires"][0])


def test_relations_are_sorted_and_each_is_there_once(tmp_path: Path) -> None:
    one, two = Relation(name="b", version="1", flags=8), Relation(name="a")
    main = main_of(facts(recommends=(one, two, one), conflicts=(one,)), tmp_path)
    names, versions, flags = RELATIONS["recommends"]

    assert main.texts(names) == ("a", "b")
    assert main.texts(versions) == ("", "1")
    assert main.numbers(flags) == (0, 8)
    assert main.texts(RELATIONS["conflicts"][0]) == ("b",)
    assert RELATIONS["suggests"][0] not in main.entries


def named(decided: Facts) -> set[str]:
    return {one.name.removeprefix("rpmlib(").removesuffix(")") for one in features(decided)}


ALWAYS = {"CompressedFileNames", "PayloadFilesHavePrefix", "FileDigests"}


@pytest.mark.parametrize(
    ("changes", "feature"),
    [
        ({"compression": "xz"}, "PayloadIsXz"),
        ({"compression": "zstd"}, "PayloadIsZstd"),
        ({"provides": (Relation(name="a", version="1~rc1", flags=8),)}, "TildeInVersions"),
        ({"provides": (Relation(name="a", version="1^post1", flags=8),)}, "CaretInVersions"),
        ({"requires": (Relation(name="(a or b)"),)}, "RichDependencies"),
        ({"scriptlets": (Scriptlet(slot="post", program=("<lua>",)),)}, "BuiltinLuaScripts"),
        (
            {"scriptlets": (Scriptlet(slot="post", program=("/bin/sh", "-e")),)},
            "ScriptletInterpreterArgs",
        ),
        ({"scriptlets": (Scriptlet(slot="post", flags=1),)}, "ScriptletExpansion"),
    ],
)
def test_what_rpm_must_be_able_to_do_is_required(changes: dict[str, Any], feature: str) -> None:
    assert named(facts(**{"compression": "gzip", **changes})) == {*ALWAYS, feature}


def test_versions_inside_of_rich_relations_count() -> None:
    decided = facts(requires=(Relation(name="(a >= 1~~ with a < 2^x)"),), compression="gzip")

    assert named(decided) >= {"RichDependencies", "TildeInVersions", "CaretInVersions"}


def test_scripts_and_triggers_have_their_tags(tmp_path: Path) -> None:
    decided = facts(
        scriptlets=(
            Scriptlet(slot="post", body="echo $1\n"),
            Scriptlet(slot="preun", program=("/bin/bash", "-e"), body="true", flags=4),
            Scriptlet(slot="postun", program=("/sbin/ldconfig",)),
        ),
        triggers=(
            Trigger(conditions=(Relation(name="a", flags=1 << 16),), body="one"),
            Trigger(
                conditions=(
                    Relation(name="b", version="1", flags=1 << 17 | 8),
                    Relation(name="c", flags=1 << 17),
                ),
                body="two",
                program=("/bin/bash",),
            ),
        ),
        file_triggers=(
            FileTrigger(conditions=(Relation(name="/a", flags=1 << 16),), body="f"),
            FileTrigger(
                conditions=(Relation(name="/b", flags=1 << 17),),
                body="t",
                priority=5,
                transaction=True,
            ),
        ),
    )
    main = main_of(decided, tmp_path)

    assert (main.text(1024), main.text(1086)) == ("echo $1\n", "/bin/sh")
    assert (main.texts(1087), main.numbers(5022)) == (("/bin/bash", "-e"), (4,))
    assert (main.text(1026), main.text(1088)) == ("", "/sbin/ldconfig")
    assert main.texts(1065) == ("one", "two")
    assert main.texts(1092) == ("/bin/sh", "/bin/bash")
    assert main.texts(1066) == ("a", "b", "c")
    assert main.numbers(1069) == (0, 1, 1)
    assert main.numbers(1068) == (1 << 16, 1 << 17 | 8, 1 << 17)
    assert (main.texts(5069), main.numbers(5084)) == (("/a",), (1_000_000,))
    assert (main.texts(5079), main.numbers(5085)) == (("/b",), (5,))


def test_a_changelog_has_a_tag_for_each_of_its_parts(tmp_path: Path) -> None:
    change = Change(time=EPOCH, name="Ana <ana@app.example> - 1.0-1", text="- Is there")
    main = main_of(facts(changelog=(change,), epoch=3, vendor="Example"), tmp_path)

    assert main.numbers(Tag.CHANGELOG_TIME) == (EPOCH,)
    assert main.texts(Tag.CHANGELOG_NAME) == (change.name,)
    assert main.texts(Tag.CHANGELOG_TEXT) == ("- Is there",)
    assert main.number(Tag.EPOCH) == 3
    assert main.text(Tag.VENDOR) == "Example"
    assert Tag.URL not in main.entries


# --- large files: the sizes are claimed, and no such file is anywhere


class Zeros(io.RawIOBase):
    """So many zeros, of which there is but one buffer."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int = -1) -> bytes:
        taken = min(self._left, size)
        self._left -= taken
        return BUFFER if taken == len(BUFFER) else BUFFER[:taken]


BUFFER = bytes(1 << 20)


def zeros(path: str, size: int) -> File:
    return File(
        path=path,
        mode=0o644,
        mtime=EPOCH,
        size=size,
        digests=Digests.of(b""),
        content=Packed(find=lambda: Zeros(size)),  # type: ignore[arg-type, return-value]  # reads are enough
    )


class Counted:
    """Takes bytes, and keeps the first and last of them."""

    def __init__(self) -> None:
        self.size = 0
        self.small: list[bytes] = []

    def write(self, data: Buffer, /) -> None:
        view = memoryview(data)
        self.size += len(view)
        if len(view) < 1 << 16:
            self.small.append(bytes(view))


@given(
    st.lists(
        st.one_of(
            st.integers(0, 9), st.integers(LARGE - 3, LARGE + 3), st.integers(0, 1 << 40)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_sizes_have_64_bits_exactly_where_they_must(sizes: list[int]) -> None:
    tree = Tree(tuple(zeros(f"f{at}", size) for at, size in enumerate(sizes)))
    decided = facts(tree)
    main = read_tags(io.BytesIO(encode(file_entries(decided), region=Region.IMMUTABLE)))
    large = max(sizes) >= LARGE

    assert main.numbers(Tag.LONG_FILE_SIZES if large else Tag.FILE_SIZES) == tuple(sizes)
    assert (Tag.FILE_SIZES in main.entries) != large
    total = Tag.LONG_SIZE if sum(sizes) >= LARGE else Tag.SIZE
    assert main.number(total) == sum(sizes)
    assert len({Tag.LONG_SIZE, Tag.SIZE} & set(main.entries)) == 1
    assert ("LargeFiles" in named(decided)) == large


@pytest.mark.parametrize("size", [LARGE - 1, LARGE, LARGE + 6])
def test_an_archive_of_large_files_numbers_its_members(size: int) -> None:
    sink = Counted()
    cpio = CpioWriter(sink, short=size >= LARGE)
    cpio.add(zeros("big", size), number=7)
    cpio.close()

    padding = -size % 4
    head = 16 if size >= LARGE else 116
    assert sink.size == head + size + padding + 124
    if size >= LARGE:
        assert sink.small[0] == b"07070X00000007\0\0"
    else:
        assert sink.small[0].startswith(b"070701")
        assert b"fffffffe" in sink.small[0]


# --- format 6


def test_a_package_of_format_6_has_the_digests_of_format_6(tmp_path: Path) -> None:
    path = written(tmp_path, facts(rpm_format=6, epoch=2))
    data = path.read_bytes()
    signature, main, payload = headers(data)
    archive = decompressed(payload, "zstd")

    assert data[4:6] == b"\x04\x00"
    assert librpm.problems(signature.encoded, region=Region.SIGNATURES) == []
    assert librpm.problems(main.encoded, region=Region.IMMUTABLE) == []
    assert list(signature.entries) == [62, 273, 279, 999]
    assert signature.text(SignatureTag.SHA256) == hashlib.sha256(main.encoded).hexdigest()
    assert signature.text(SignatureTag.SHA3_256) == hashlib.sha3_256(main.encoded).hexdigest()
    for name, tags in {
        "sha256": (Tag.PAYLOAD_DIGEST, Tag.PAYLOAD_DIGEST_ALT),
        "sha512": (Tag.PAYLOAD_SHA512, Tag.PAYLOAD_SHA512_ALT),
        "sha3_256": (Tag.PAYLOAD_SHA3_256, Tag.PAYLOAD_SHA3_256_ALT),
    }.items():
        assert main.text(tags[0]) == hashlib.new(name, payload).hexdigest()
        assert main.text(tags[1]) == hashlib.new(name, archive).hexdigest()
    assert main.number(Tag.PAYLOAD_SIZE) == len(payload)
    assert main.number(Tag.PAYLOAD_SIZE_ALT) == len(archive)
    assert main.number(Tag.RPM_FORMAT) == 6
    assert main.text(Tag.SOURCE_NEVR) == "demo-2:1.0-1"
    assert main.number(Tag.LONG_SIZE) == 6
    assert not {Tag.SIZE, Tag.FILE_SIZES, Tag.PAYLOAD_DIGEST_ALGORITHM} & set(main.entries)
    assert named(facts(rpm_format=6)) == {"LargeFiles", "PayloadIsZstd"}


def test_a_package_of_format_6_without_files_is_a_package(tmp_path: Path) -> None:
    path = written(tmp_path, facts(Tree(()), rpm_format=6))
    _, main, _ = headers(path.read_bytes())

    assert Tag.LONG_SIZE in main.entries
    assert list(rpm.read(path)) == []


# --- what cannot be held


def refused(tree: Tree, directory: Path) -> list[str]:
    out = directory / "x.rpm"
    with pytest.raises(FormatError) as caught:
        rpm.emit(planned(rpm.Options(compile=False)), tree, out)
    assert not out.exists()
    return [str(problem) for problem in caught.value.problems]


def test_all_paths_that_rpm_cannot_hold_are_refused_at_once(tmp_path: Path) -> None:
    long = "/".join(["n" * 200] * 21)
    tree = tree_of(
        inline_file("a\nb", b"", mtime=EPOCH, origin="one"),
        inline_file("c\udcff", b"", mtime=EPOCH),
        inline_file(f"{long}", b"", mtime=EPOCH),
        Symlink(path="d", target="x\x7f", mtime=EPOCH),
        Symlink(path="e", target="", mtime=EPOCH),
        Symlink(path="f", target="n" * 4096, mtime=EPOCH),
        inline_file("g", b"", mtime=LARGE + 1),
    )
    said = refused(tree, tmp_path)

    assert len(said) == 7
    assert any(one.startswith(r"one: rpm cannot hold the path 'a\nb'") for one in said)
    assert any("names of files must be UTF-8" in one for one in said)
    assert any("has 4220 bytes (rpm takes 4094)" in one for one in said)
    assert any("'d' leads there" in one for one in said)
    assert any("'e' leads nowhere" in one for one in said)
    assert any("rpm ends in 2106" in one for one in said)


def test_the_longest_path_is_held(tmp_path: Path) -> None:
    path = "/".join(["n" * 200] * 20) + "/" + "n" * 74
    tree = Tree((inline_file(path, b"x", mtime=EPOCH),))
    assert len(path) == 4094

    back = list(rpm.read(written(tmp_path, facts(tree))))

    assert back[-1].path == path


def test_more_files_than_rpm_numbers_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("repackage_formats.rpm._files_check.MOST_ELEMENTS", 1)

    assert "there are 2 files, and rpm has numbers for 1" in refused(facts().tree, tmp_path)[0]


@pytest.mark.parametrize("size", [1, 2 << 20])
def test_a_file_that_has_not_the_size_that_was_declared_is_refused(
    tmp_path: Path, size: int
) -> None:
    file = replace(zeros("a", size), content=Packed(find=lambda: io.BytesIO(b"other")))
    with pytest.raises(FormatError, match=r"'a' has 5 bytes, not"):
        written(tmp_path, facts(Tree((file,))))


def test_threads_and_names_cannot_be_seen(tmp_path: Path) -> None:
    noise = bytes(range(256)) * 40_000
    tree = owned(tree_of(inline_file("usr/lib/demo/noise", noise, mtime=EPOCH)))
    made = []
    for jobs in (1, 4):
        directory = tmp_path / str(jobs)
        directory.mkdir()
        made.append(written(directory, facts(tree), jobs=jobs).read_bytes())

    assert made[0] == made[1]


def test_the_example_is_what_it_was(tmp_path: Path) -> None:
    """The bytes of codecs may change with their libraries; these may not."""
    data = written(tmp_path, facts(compression="none")).read_bytes()

    assert hashlib.sha256(data).hexdigest() == (
        "4742f420a985471db218c8d664cf3e24c705653f0b655f28291e6fe76d449521"
    )
