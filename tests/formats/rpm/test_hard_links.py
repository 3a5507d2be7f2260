"""Files with several names: found, written, read back."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
import rpm_rs

from repackage.archive import decompressor
from repackage.testing import EPOCH, tree_of
from repackage.tree import File, inline_file
from repackage_formats import rpm
from repackage_formats.rpm._cpio import Cpio
from repackage_formats.rpm._header import read_header
from repackage_formats.rpm._header_tags import Region, Tag
from repackage_formats.rpm._metadata import facts as decide
from repackage_formats.rpm._payload_write import CODECS
from tests.formats.rpm import librpm
from tests.formats.rpm.made import facts, headers, owned, written
from tests.formats.rpm.plans import planned, with_files

if TYPE_CHECKING:
    from pathlib import Path

    from repackage_formats.rpm._facts import Facts

DATA = b"the same\n" * 100
SETS = (
    ("usr/lib/demo/a", "usr/lib/demo/c", "usr/lib/demo/d/e"),
    ("usr/lib/demo/b", "usr/lib/demo/d/z"),
)


def linked(**changes: object) -> Facts:
    paths = [path for paths in SETS for path in paths]
    contents = dict.fromkeys(SETS[0], DATA) | dict.fromkeys(SETS[1], b"others\n")
    files = [inline_file(path, contents[path], mtime=EPOCH) for path in paths]
    files.append(inline_file("usr/lib/demo/single", b"alone\n", mtime=EPOCH))
    return facts(owned(tree_of(*files)), hard_links=SETS, **changes)


@pytest.mark.parametrize("rpm_format", [4, 6])
@pytest.mark.parametrize("compression", ["gzip", "none"])
def test_all_names_are_read_back_with_their_content(
    tmp_path: Path, compression: str, rpm_format: int
) -> None:
    decided = linked(compression=compression, rpm_format=rpm_format)
    artifact = written(tmp_path, decided)
    read = {entry.path: entry for entry in rpm.read(artifact)}

    for file in decided.tree.files:
        found = read[file.path]
        assert isinstance(found, File)
        assert (found.size, found.digests.sha256) == (file.size, file.digests.sha256)


def test_the_header_tells_the_names_of_a_file_by_its_number(tmp_path: Path) -> None:
    decided = linked()
    _, main, _ = headers(written(tmp_path, decided).read_bytes())
    paths = [entry.path for entry in decided.tree]
    inodes = dict(zip(paths, main.numbers(Tag.FILE_INODES), strict=True))

    for names in SETS:
        assert {inodes[name] for name in names} == {paths.index(names[0]) + 1}
    assert inodes["usr/lib/demo/single"] == paths.index("usr/lib/demo/single") + 1
    assert main.numbers(Tag.FILE_DEVICES) == (1,) * len(paths)
    assert main.number(Tag.SIZE) == len(DATA) + len(b"others\n") + len(b"alone\n")
    assert "rpmlib(PartialHardlinkSets)" in main.texts(1049)
    assert librpm.problems(main.encoded, region=Region.IMMUTABLE) == []


def test_a_file_of_several_names_is_in_the_payload_once_with_the_last_one(
    tmp_path: Path,
) -> None:
    decided = linked(compression="none")
    _, _, payload = headers(written(tmp_path, decided).read_bytes())
    sizes = [(each.name[1:], each.size) for each in Cpio(io.BytesIO(payload), size_of=int)]
    names = [name for name, _ in sizes]

    for paths in SETS:
        first = names.index(paths[0])
        assert names[first : first + len(paths)] == list(paths), "one after the other"
        assert [size > 0 for _, size in sizes[first : first + len(paths)]] == [
            path == paths[-1] for path in paths
        ]
    assert payload.count(DATA) == 1


def test_rpm_rs_agrees(tmp_path: Path) -> None:
    package = rpm_rs.Package.open(str(written(tmp_path, linked())))

    assert package.check_digests().is_ok
    paths = {file.metadata.path for file in package.files()}
    assert {f"/{path}" for names in SETS for path in names} <= paths


def test_files_of_the_prefix_that_are_the_same_are_linked_if_it_is_asked_for() -> None:
    options = rpm.Options(hard_links=True)
    plan = planned(options)
    same = {"example/one.bin": DATA, "example/two.bin": DATA, "example/other.bin": DATA + b"!"}
    files = {**same, "example/empty": b"", "example/void": b"", "/etc/x.conf": DATA}
    site = plan.layout.purelib
    decided = decide(plan, with_files(plan, files))

    assert (f"{site}/example/one.bin", f"{site}/example/two.bin") in decided.hard_links
    joined = {path for paths in decided.hard_links for path in paths}
    assert not joined & {f"{site}/example/empty", f"{site}/example/other.bin", "etc/x.conf"}
    assert not [path for path in joined if path.endswith(".pyc")]
    plain = planned()
    assert decide(plain, with_files(plain, files)).hard_links == ()


@pytest.mark.parametrize("compression", ["gzip", "xz", "zstd"])
def test_the_payload_is_one_stream_that_librpm_reads_to_its_end(
    tmp_path: Path, compression: str
) -> None:
    artifact = written(tmp_path, linked(compression=compression))
    with artifact.open("rb") as file:
        file.seek(read_header(artifact).payload)
        with decompressor(file, CODECS[compression]) as stream:
            names = [each.name for each in Cpio(io.BytesIO(stream.read()), size_of=int)]

    assert len(names) == len(linked().tree)
