from __future__ import annotations

import os
import stat
import subprocess
import tarfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from debian.debfile import DebFile

from repackage.errors import FormatError, InputError
from repackage.target import distribution_target
from repackage.testing import EPOCH, example_tree, odd_tree, tree_of
from repackage.tree import Directory, Symlink, inline_file, read_file
from repackage_formats import deb
from repackage_formats.deb._emit import contents
from tests.formats.deb.debs import SITE, emitted, planned, with_files

if TYPE_CHECKING:
    from pathlib import Path


def output(*command: str | Path, **options: Any) -> bytes:
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, **options)
    return bytes(done.stdout)


def members(path: Path) -> list[tuple[bytes, int, int]]:
    """Walk the ar container by hand: name, offset and size of each member."""
    data = path.read_bytes()
    position, found = 8, []
    while position < len(data):
        header = data[position : position + 60]
        size = int(header[48:58])
        found.append((header[:16].rstrip(), position + 60, size))
        position += 60 + size + size % 2
    return found


@pytest.mark.parametrize(
    ("compression", "suffix"), [("xz", b".xz"), ("gz", b".gz"), ("zst", b".zst"), ("none", b"")]
)
def test_a_deb_has_three_members_in_their_order(
    compression: Any, suffix: bytes, tmp_path: Path
) -> None:
    out = emitted(tmp_path, planned(deb.Options(compression=compression)))

    assert [name for name, _, _ in members(out)] == [
        b"debian-binary",
        b"control.tar" + suffix,
        b"data.tar" + suffix,
    ]
    assert out.stat().st_size % 2 == 0
    assert {e.path for e in deb.read(out)} >= {f"{SITE}/example/__init__.py", "usr/bin/example"}


@pytest.mark.parametrize(
    ("target", "warnings"),
    [("el9", 1), ("fedora-43", 1), ("debian-12", 0), ("ubuntu-24.04", 0)],
)
def test_a_deb_for_a_distribution_without_debs_is_made_with_a_warning(
    target: str, warnings: int, tmp_path: Path
) -> None:
    told: list[str] = []
    described = distribution_target(target, arch="x86_64")
    emitted(tmp_path, replace(planned(), target=described, warn=told.append))

    assert len(told) == warnings
    assert all(f"{target}-x86_64 is no distribution of debs" in line for line in told)


def test_every_header_is_of_the_dialect_that_dpkg_reads(tmp_path: Path) -> None:
    plan = planned(deb.Options(compression="none"))
    out = emitted(tmp_path, plan, odd_tree(plan.layout))
    data = out.read_bytes()
    _, start, size = members(out)[2]
    archive = tmp_path / "data.tar"
    archive.write_bytes(data[start : start + size])
    with tarfile.open(archive) as tar:
        entries = tar.getmembers()
        assert not tar.pax_headers

    assert entries[0].name == "."
    assert not [entry for entry in entries if entry.pax_headers]
    assert {entry.uname for entry in entries} == {entry.gname for entry in entries} == {"root"}
    assert {entry.uid for entry in entries} == {entry.gid for entry in entries} == {0}
    assert {stat.S_IMODE(entry.mode) for entry in entries} == {0o644, 0o755, 0o777}
    seen = {"."}
    for entry in entries[1:]:
        assert os.path.dirname(entry.name) in seen  # noqa: PTH120 - a path in an archive
        seen.add(entry.name)


def test_python_debian_reads_fields_scripts_and_digests(tmp_path: Path) -> None:
    out = emitted(tmp_path)
    with DebFile(str(out)) as made:
        fields = made.debcontrol()
        scripts = set(made.scripts())
        digests = made.md5sums(encoding="utf-8")

    assert fields["Package"] == "example"
    assert deb.describe(out)["Version"] == fields["Version"] == "1.0.0-0repackage1~deb12"
    assert scripts == {"postinst", "prerm"}
    assert f"{SITE}/example/__init__.py" in digests


def test_without_bytecode_there_are_no_scripts() -> None:
    plan = planned(deb.Options(compile=False))
    names = [file.path for file in contents(plan, example_tree(plan.layout)).control]

    assert names == ["control", "md5sums"]


def test_where_bytecode_is_shipped_nothing_is_compiled_and_all_else_is_taken_away() -> None:
    plan = planned()
    plan = replace(plan, layout=replace(plan.layout, bytecode=True))
    control = {file.path: file for file in contents(plan, example_tree(plan.layout)).control}

    assert set(control) == {"control", "md5sums", "prerm"}
    assert b"py3clean" not in read_file(control["prerm"])
    assert b".opt-[12].pyc" in read_file(control["prerm"])


def test_lintian_is_told_that_bytecode_is_meant_to_be_there() -> None:
    plan = planned()
    cache = f"{SITE}/example/__pycache__"
    files = {"example/__pycache__/__init__.cpython-311.pyc": b"code"}
    tree = tree_of(*with_files(plan, files), Directory(path=cache, mtime=EPOCH))
    made = contents(plan, tree).tree
    file = next(f for f in made.files if f.path == "usr/share/lintian/overrides/example")
    said = read_file(file).decode()

    assert "example: package-installs-python-bytecode *" in said
    assert "example: package-installs-python-pycache-dir *" in said


def test_without_modules_there_are_no_scripts() -> None:
    plan = planned()
    tree = tree_of(inline_file("usr/lib/example/data", b"", mtime=EPOCH))
    names = [file.path for file in contents(plan, tree).control]

    assert names == ["control", "md5sums"]


def test_a_manual_page_of_the_wheel_is_kept() -> None:
    plan = planned()
    tree = with_files(plan, {"/usr/share/man/man1/example.1": b".TH example 1\n"})
    made = contents(plan, tree).tree

    assert made.get("usr/share/man/man1/example.1") is not None
    assert made.get("usr/share/man/man1/example.1.gz") is None


def test_a_file_that_the_package_must_write_itself_is_refused() -> None:
    plan = planned()
    tree = with_files(plan, {"/usr/share/doc/example/copyright": b""})

    with pytest.raises(FormatError, match="usr/share/doc/example/copyright"):
        contents(plan, tree)


def test_a_newline_in_a_path_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    plan = planned()
    out = tmp_path / "x.deb"
    with pytest.raises(FormatError, match="cannot install the path"):
        deb.emit(plan, with_files(plan, {"a\nb.py": b""}), out)

    assert not out.exists()


def test_zst_is_refused_where_dpkg_cannot_read_it(tmp_path: Path) -> None:
    plan = planned(deb.Options(compression="zst"))
    plan = replace(plan, target=distribution_target("debian-11"))

    with pytest.raises(FormatError, match="Debian 11"):
        emitted(tmp_path, plan)


def test_the_prefix_and_the_name_may_be_chosen() -> None:
    assert planned(deb.Options(prefix="/opt/acme")).layout.venv == "opt/acme"
    assert planned(deb.Options(package="acme-app")).layout.venv == "usr/lib/acme-app"


def test_every_override_has_a_reason() -> None:
    plan = planned(deb.Options(prefix="/opt/acme", compression="none"))
    files = {
        "/opt/acme/bin/x.py": b"",
        "/usr/share/man/man5/example.5": b"",
        "a.gz": b"\x1f\x8b\x08\0\x01\0\0\0",
        "b.gz": b"\x1f\x8b\x08\0\0\0\0\0",
        ".gitignore": b"",
        "x.pyc": b"",
    }
    command = Symlink(path="usr/bin/example.py", target="../../opt/acme/bin/x.py", mtime=EPOCH)
    tree = with_files(plan, files)
    tree = tree_of(*tree, command, Directory(path="opt/acme/empty", mtime=EPOCH))
    made = contents(plan, tree).tree
    file = next(f for f in made.files if f.path == "usr/share/lintian/overrides/example")
    lines = file.content.data.decode().splitlines()  # type: ignore[union-attr]  # in memory

    assert all(line.startswith("# ") for line in lines[::2])
    assert [line.split()[1] for line in lines[1::2]] == [
        "dir-or-file-in-opt",
        "package-contains-timestamped-gzip",
        "package-contains-vcs-control-file",
        "package-installs-python-bytecode",
        "script-with-language-extension",
        "uncompressed-manual-page",
        "unusual-interpreter",
        "uses-no-compression-for-control-tarball",
        "uses-no-compression-for-data-tarball",
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a deb",
        b"!<arch>\n",
        b"!<arch>\nshort",
        b"!<arch>\n" + b"x" * 60,
        b"!<arch>\n" + b"%-16s%-12d%-6d%-6d%-8o%-10d`\n" % (b"data.tar", 0, 0, 0, 0o644, 0),
    ],
)
def test_what_is_no_deb_is_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.deb"
    path.write_bytes(data)

    with pytest.raises(InputError, match="not a deb"):
        list(deb.read(path))
    with pytest.raises(InputError, match="not a deb"):
        deb.describe(path)


def test_a_member_in_an_unknown_compression_is_refused(tmp_path: Path) -> None:
    path = emitted(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"data.tar.xz ", b"data.tar.br "))

    with pytest.raises(InputError, match="unknown way"):
        list(deb.read(path))


@pytest.mark.parametrize("cut", [10, 500, 1500])
def test_a_truncated_deb_is_refused(cut: int, tmp_path: Path) -> None:
    path = emitted(tmp_path)
    path.write_bytes(path.read_bytes()[:-cut])

    with pytest.raises(InputError):
        list(deb.read(path))


@pytest.mark.native("dpkg-deb", "tar")
@pytest.mark.parametrize("compression", ["xz", "gz", "zst", "none"])
def test_dpkg_deb_finds_every_path(compression: Any, tmp_path: Path) -> None:
    plan = planned(deb.Options(compression=compression))
    out = emitted(tmp_path, plan, odd_tree(plan.layout))
    archive = output("dpkg-deb", "--fsys-tarfile", out)
    names = output("tar", "--quoting-style=literal", "-t", input=archive).decode().splitlines()

    assert [name.removeprefix("./").rstrip("/") for name in names[1:]] == [
        entry.path for entry in deb.read(out)
    ]
    assert b"Package: example" in output("dpkg-deb", "--info", out)
    output("dpkg-deb", "--extract", out, tmp_path / "x")
    assert (tmp_path / "x" / SITE / "example/__init__.py").read_text().startswith("def main")


def dpkg_in(root: Path) -> tuple[str, ...]:
    """Make a root with an empty database; the command works in it."""
    for name in ("info", "updates"):
        (root / "var/lib/dpkg" / name).mkdir(parents=True)
    for name in ("status", "available"):
        (root / "var/lib/dpkg" / name).touch()
    return ("dpkg", f"--root={root}", "--force-depends", "--log=/dev/null")


@pytest.mark.native("dpkg")
@pytest.mark.skipif(os.geteuid() != 0, reason="dpkg wants to be root")
@pytest.mark.parametrize("compression", ["xz", "gz", "zst", "none"])
def test_dpkg_installs_verifies_and_purges(compression: Any, tmp_path: Path) -> None:
    plan = planned(deb.Options(compression=compression, compile=False))
    tree = with_files(plan, {"/etc/example.conf": b"x\n"})
    out = emitted(tmp_path, plan, tree)
    root = tmp_path / "root"
    dpkg = dpkg_in(root)
    output(*dpkg, "--install", out)
    listed = output(*dpkg, "--listfiles", "example").decode().splitlines()

    assert {line.lstrip("/") for line in listed} - {".", ""} == {e.path for e in deb.read(out)}
    assert output(*dpkg, "--verify", "example") == b""
    assert (root / "etc/example.conf").read_text() == "x\n"

    output(*dpkg, "--purge", "example")

    assert not [
        path for path in root.rglob("*") if "var/lib/dpkg" not in str(path) and path.is_file()
    ]
    assert not (root / "usr/lib/example").exists()
    assert not (root / "etc/example.conf").exists()


@pytest.mark.native("dpkg", "sh")
@pytest.mark.skipif(os.geteuid() != 0, reason="dpkg wants to be root")
def test_scripts_work_in_a_root_that_they_are_not_in(tmp_path: Path) -> None:
    """Without chroot the scripts run here, and are told of the root by ``DPKG_ROOT``."""
    root = tmp_path / "root"
    dpkg = (*dpkg_in(root), "--force-script-chrootless")
    output(*dpkg, "--install", emitted(tmp_path))
    bytecode = root / SITE / "example/__pycache__/__init__.cpython-311.pyc"
    assert not bytecode.exists()
    bytecode.parent.mkdir()
    bytecode.touch()

    output(*dpkg, "--purge", "example")

    assert not (root / "usr/lib/example").exists()


@pytest.mark.native("sh")
def test_scripts_are_shell_without_an_error_in_syntax(tmp_path: Path) -> None:
    plan = planned()
    for file in contents(plan, example_tree(plan.layout)).control:
        if file.mode == 0o755:
            path = tmp_path / file.path
            path.write_bytes(file.content.data)  # type: ignore[union-attr]  # in memory
            output("sh", "-n", path)
