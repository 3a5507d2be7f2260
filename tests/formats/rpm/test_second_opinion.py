"""rpm-rs, which shares no code with rpm or with us, reads what we write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import rpm_rs

from repackage.testing import EPOCH, tree_of
from repackage.tree import Symlink, inline_file
from repackage_formats.rpm._facts import (
    Change,
    FileTrigger,
    Relation,
    Scriptlet,
    Trigger,
)
from tests.formats.rpm.made import facts, owned, written

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("compression", ["gzip", "xz", "zstd", "none"])
def test_digests_and_files_are_what_they_are(tmp_path: Path, compression: str) -> None:
    tree = owned(
        tree_of(
            inline_file("usr/lib/demo/a", b"hello\n", mtime=EPOCH, mode=0o755),
            inline_file("etc/demo.conf", b"[x]\n", mtime=EPOCH),
            Symlink(path="usr/bin/demo", target="../lib/demo/a", mtime=EPOCH),
        )
    )
    path = written(
        tmp_path, facts(tree, compression=compression, file_flags={"etc/demo.conf": 17})
    )
    package = rpm_rs.Package.open(str(path))
    report = package.check_digests()

    assert report.is_ok
    for status in (
        report.header_sha256, report.header_sha1, report.payload_sha256,
        report.payload_sha256_alt,
    ):  # fmt: skip
        assert status.is_verified
    package.verify_digests()
    assert {file.metadata.path: bytes(file.content or b"") for file in package.files()} == {
        "/etc/demo.conf": b"[x]\n",
        "/usr/bin/demo": b"../lib/demo/a",
        "/usr/lib/demo": b"",
        "/usr/lib/demo/a": b"hello\n",
    }
    found = {entry.path: entry for entry in package.metadata.file_entries()}
    assert found["/usr/lib/demo/a"].permissions == 0o755
    assert found["/usr/bin/demo"].linkto == "../lib/demo/a"
    assert found["/etc/demo.conf"].flags.value == 17
    assert {(entry.user, entry.group) for entry in found.values()} == {("root", "root")}
    assert {entry.modified_at for entry in found.values()} == {EPOCH}


def test_a_package_of_format_6_has_all_digests_that_it_says(tmp_path: Path) -> None:
    report = rpm_rs.Package.open(str(written(tmp_path, facts(rpm_format=6)))).check_digests()

    assert report.is_ok
    for status in (
        report.header_sha256, report.header_sha3_256, report.payload_sha256,
        report.payload_sha512, report.payload_sha3_256, report.payload_sha512_alt,
    ):  # fmt: skip
        assert status.is_verified


def test_facts_are_what_they_were(tmp_path: Path) -> None:
    relation = Relation(name="other", version="2:1.0~rc1-3", flags=8 | 4)
    rich = Relation(name="(a or b)")
    decided = facts(
        epoch=2,
        requires=(relation, rich, Relation(name="/bin/sh", flags=0x500)),
        recommends=(relation,),
        suggests=(rich,),
        supplements=(relation,),
        enhances=(relation,),
        conflicts=(relation,),
        obsoletes=(relation,),
        changelog=(Change(time=EPOCH, name="Ana <a@app.example> - 1.0-1", text="- Made"),),
        scriptlets=(
            Scriptlet(slot="post", body="echo\n"),
            Scriptlet(slot="preun", body="exit 0", program=("/bin/bash", "-e")),
        ),
        triggers=(Trigger(conditions=(Relation(name="t", flags=1 << 16),), body="x"),),
        file_triggers=(
            FileTrigger(conditions=(Relation(name="/f", flags=1 << 16),), body="y"),
        ),
        url="https://app.example",
        vendor="Vendor",
        packager="Ana <a@app.example>",
    )
    metadata = rpm_rs.PackageMetadata.open(str(written(tmp_path, decided)))

    assert metadata.nevra().nevra() == "demo-2:1.0-1.noarch"
    assert (metadata.summary, metadata.description) == ("A demo", "It does nothing")
    assert (metadata.license, metadata.group) == ("MIT", "Applications/System")
    assert (metadata.url, metadata.vendor) == ("https://app.example", "Vendor")
    assert metadata.source_rpm == "demo-1.0-1.src.rpm"
    assert metadata.build_host == "localhost"
    assert metadata.build_time == EPOCH
    assert not metadata.is_source_package()
    for kind in ("recommends", "supplements", "enhances", "conflicts", "obsoletes"):
        (found,) = getattr(metadata, kind)()
        assert (found.name, found.version, found.flags.value) == ("other", "2:1.0~rc1-3", 12)
    assert [one.name for one in metadata.suggests()] == ["(a or b)"]
    assert {one.name for one in metadata.requires()} >= {"other", "(a or b)", "/bin/sh"}
    assert metadata.post_install_script().script == "echo\n"
    assert metadata.pre_uninstall_script().program == ["/bin/bash", "-e"]
    (change,) = metadata.changelog_entries()
    assert (change.name, change.description) == ("Ana <a@app.example> - 1.0-1", "- Made")
    (trigger,) = metadata.triggers()
    assert (trigger.script, trigger.conditions[0].name) == ("x", "t")
    (file_trigger,) = metadata.file_triggers()
    assert (file_trigger.script, file_trigger.conditions[0].name) == ("y", "/f")
