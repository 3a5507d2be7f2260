"""An interpreter that is bundled: unpacked once, and nowhere else."""

from __future__ import annotations

import io
import tarfile
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from repackage.errors import InputError
from repackage.tree import File, read_file
from repackage_formats import oci
from repackage_formats.oci import _bundle
from repackage_formats.oci._bundle import interpreter_tree
from repackage_formats.oci._layers import Root
from tests.elves import make_elf
from tests.formats.oci.plans import LIBC, PYTHON, based, made, planned, prepared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from repackage.format import Plan
    from repackage.tree import Entry

NO_PYTHON = [("lib", None), ("lib/libc.so.6", LIBC)]
PYTHON_PATH = "opt/python/bin/python3.11"
Member = tuple[str, bytes | str | None]
MEMBERS: Sequence[Member] = (
    ("python/bin/python3", "python3.11"),
    ("python/bin/python3.11", PYTHON),
    ("python/lib/python3.11/os.py", b"name = 'posix'\n"),
)


def packed(path: Path, members: Sequence[Member] = MEMBERS) -> Path:
    """Write an archive: bytes of files, targets of links, None of directories."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.mtime, info.mode = 1_600_000_000, 0o775
            if isinstance(content, bytes):
                info.size = len(content)
            elif content is None:
                info.type = tarfile.DIRTYPE
            elif content.startswith("="):
                info.type, info.linkname = tarfile.LNKTYPE, content[1:]
            else:
                info.type, info.linkname = tarfile.SYMTYPE, content
            archive.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return path


def bundled(tmp_path: Path, *, base: str = "base", name: str = "p.tar.gz") -> Plan[oci.Options]:
    return prepared(planned(oci.Options(base=base, interpreter=name)), tmp_path)


def entries(directory: Path) -> dict[str, Entry]:
    return {entry.path: entry for entry in oci.read(directory)}


def test_an_interpreter_is_a_layer_of_its_own(tmp_path: Path) -> None:
    based(tmp_path, root=NO_PYTHON)
    packed(tmp_path / "p.tar.gz")
    plan = bundled(tmp_path)
    image = made(tmp_path, plan)
    there = entries(image.directory)
    python = there["opt/python/bin/python3.11"]

    assert image.titles == ["base", "interpreter", "dependencies", "application"]
    assert plan.layout.interpreter == "/opt/python/bin/python3.11"
    assert isinstance(python, File)
    assert (python.mode, python.mtime) == (0o755, 1_600_000_000)
    assert "opt/python/bin/python3" in there


def test_it_is_unpacked_once(tmp_path: Path) -> None:
    based(tmp_path, root=NO_PYTHON)
    packed(tmp_path / "p.tar.gz")
    first = made(tmp_path, bundled(tmp_path), name="a")
    (unpacked,) = (tmp_path / "cache/interpreters").iterdir()
    before = unpacked.stat().st_ino

    second = made(tmp_path, bundled(tmp_path), name="b")

    assert unpacked.stat().st_ino == before
    assert first.index == second.index


def test_builds_at_once_do_not_take_it_from_each_other(tmp_path: Path) -> None:
    archive = packed(tmp_path / "p.tar.gz")

    def unpacked(_: int) -> bytes:
        python = interpreter_tree(archive, tmp_path / "cache", below=Root()).get(PYTHON_PATH)
        assert isinstance(python, File)
        return read_file(python)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(unpacked, range(40))) == {PYTHON}
    assert len(list((tmp_path / "cache/interpreters").iterdir())) == 1


def test_what_another_build_unpacks_meanwhile_stays_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, cache = packed(tmp_path / "p.tar.gz"), tmp_path / "cache"
    look = _bundle._identity
    others: list[tuple[int, int] | None] = []

    def meanwhile(directory: Path) -> tuple[int, int] | None:
        monkeypatch.setattr(_bundle, "_identity", look)
        interpreter_tree(archive, cache, below=Root())
        others.append(look(directory))
        return None  # what was seen before

    monkeypatch.setattr(_bundle, "_identity", meanwhile)
    interpreter_tree(archive, cache, below=Root())

    (directory,) = (cache / "interpreters").iterdir()
    assert [look(directory)] == others


def test_what_was_changed_since_is_unpacked_anew(tmp_path: Path) -> None:
    based(tmp_path, root=NO_PYTHON)
    packed(tmp_path / "p.tar.gz")
    first = made(tmp_path, bundled(tmp_path), name="a")
    (unpacked,) = (tmp_path / "cache/interpreters").glob("*/*/python/lib/python3.11/os.py")
    unpacked.write_text("name = 'other'\n")

    second = made(tmp_path, bundled(tmp_path), name="b")

    assert first.index == second.index


def test_hard_links_and_directories_without_files_are_no_matter(tmp_path: Path) -> None:
    based(tmp_path, root=NO_PYTHON)
    members: Sequence[Member] = (
        *MEMBERS,
        ("python/bin/python", "=python/bin/python3.11"),
        ("python/empty", None),
    )
    packed(tmp_path / "p.tar.gz", members)

    there = entries(made(tmp_path, bundled(tmp_path)).directory)

    assert isinstance(there["opt/python/bin/python"], File)


@pytest.mark.parametrize(
    "members",
    [
        [("../outside", b"")],
        [("link", "../.."), ("link/outside", b"")],
        [("link", "../.."), ("link/outside", "target")],
        [("link", "../.."), ("link/outside", "=bin"), ("bin", b"")],
        [("bin", b""), ("bin/python3.11", PYTHON)],
        [("other", "=nowhere")],
    ],
)
def test_an_archive_that_reaches_out_of_its_place_is_refused(
    members: Sequence[Member], tmp_path: Path
) -> None:
    based(tmp_path, root=NO_PYTHON)
    packed(tmp_path / "p.tar.gz", members)

    with pytest.raises(InputError):
        bundled(tmp_path)
    assert not list(tmp_path.rglob("outside"))
    assert not list((tmp_path / "cache").glob("interpreters/*"))


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    based(tmp_path, root=NO_PYTHON)
    (tmp_path / "p.tar.gz").write_bytes(b"\x1f\x8bno")

    with pytest.raises(InputError):
        bundled(tmp_path)
    with pytest.raises(InputError, match="there is no such file"):
        bundled(tmp_path, name="nowhere.tar")
    with pytest.raises(InputError, match="it is a directory"):
        bundled(tmp_path, name=".")


def test_an_interpreter_takes_the_place_of_no_link(tmp_path: Path) -> None:
    based(tmp_path, root=[*NO_PYTHON, ("var/opt", None), ("opt", (b"2", "var/opt"))])
    packed(tmp_path / "p.tar.gz")

    with pytest.raises(InputError, match="/opt: in the base it is a link to 'var/opt'"):
        bundled(tmp_path)


def test_an_interpreter_needs_its_c_library(tmp_path: Path) -> None:
    packed(tmp_path / "p.tar.gz")

    with pytest.raises(InputError, match=r"python3.11 needs glibc 2.34, and the base has none"):
        bundled(tmp_path, base="scratch")


def test_an_interpreter_that_needs_nothing_runs_on_nothing(tmp_path: Path) -> None:
    packed(tmp_path / "p.tar.gz", [("bin/python3.11", make_elf(dynamic=False))])

    image = made(tmp_path, bundled(tmp_path, base="scratch"))

    assert image.titles == ["interpreter", "dependencies", "application"]


def test_an_interpreter_of_another_version_is_not_the_one(tmp_path: Path) -> None:
    based(tmp_path, root=NO_PYTHON)
    packed(tmp_path / "p.tar.gz", [("python/bin/python3.12", PYTHON)])

    with pytest.raises(InputError, match=r"no interpreter /opt/python/bin/python3\.11") as told:
        bundled(tmp_path)
    (problem,) = told.value.problems
    assert problem.where == "interpreter"
    assert problem.advice == "it has python3.12: bundle an archive with bin/python3.11"
