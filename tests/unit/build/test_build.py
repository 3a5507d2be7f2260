from __future__ import annotations

import errno
import hashlib
import os
import tarfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from repackage import registry
from repackage.build import build, plan
from repackage.errors import (
    ContraventionError,
    FetchError,
    FormatError,
    OutputError,
    UsageError,
)
from repackage.format import flat_layout
from repackage.tree import Directory, Symlink
from tests.unit.build.heard import Heard
from tests.unit.build.project import Project, make_project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from repackage.format import Format, Layout, Plan
    from repackage.tree import Entry, Tree

TARBALL = "app-1.0-debian-12-x86_64.tar.gz"


@dataclass(frozen=True, kw_only=True, slots=True)
class FakeOptions:
    """Options of a format for tests."""


@dataclass
class FakeFormat:
    """A format that does what a test wants; it writes a line for each entry."""

    Options: type[Any] = FakeOptions
    name: str = "artifact.fake"
    emitting: Callable[[Path], None] = lambda _: None
    keeping: Callable[[Entry], bool] = lambda _: True

    def layout(self, package: object, target: object, options: object) -> Layout:
        del package, target, options
        return flat_layout()

    def filename(self, plan: Plan[Any]) -> str:
        del plan
        return self.name

    def emit(self, plan: Plan[Any], tree: Tree, out: Path) -> None:
        del plan
        self.entries = [entry for entry in tree if self.keeping(entry)]
        out.write_text("".join(f"{entry.path}\n" for entry in tree))
        self.emitting(out)

    def read(self, artifact: Path) -> Iterator[Entry]:
        assert artifact.exists()
        return iter(self.entries)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeFormat:
    """The formats ``fake`` and ``other``, installed beside the real ones."""
    made = FakeFormat()
    fakes: dict[str, Any] = {"fake": made, "other": FakeFormat(name=made.name)}
    real_formats, real_load = registry.formats, registry.load

    def load(name: str) -> Format[Any]:
        return fakes.get(name) or real_load(name)

    monkeypatch.setattr(registry, "formats", lambda: (*fakes, *real_formats()))
    monkeypatch.setattr(registry, "load", load)
    return made


def test_a_wheel_and_its_lock_become_an_artifact(project: Project) -> None:
    (artifact,) = build(project.request("tar"))

    assert artifact.path == project.out / TARBALL
    assert artifact.basename == TARBALL
    assert artifact.size == artifact.path.stat().st_size
    assert artifact.sha256 == hashlib.sha256(artifact.path.read_bytes()).hexdigest()
    with tarfile.open(artifact.path) as tar:
        names = set(tar.getnames())
    site = "usr/lib/app/lib/python3.11/site-packages"
    assert {f"{site}/app/__init__.py", f"{site}/greet/__init__.py", "usr/bin/app"} <= names
    assert "usr/bin/greet" not in names
    assert project.left_behind() == [TARBALL]


def test_a_selection_adds_what_it_needs(project: Project) -> None:
    planned = plan(project.request(flags={"extras": ("loud",)}))

    assert [pin.name for pin in planned.closure.pins] == ["greet", "shout"]


def test_commands_of_a_dependency_are_installed_if_they_are_asked_for(project: Project) -> None:
    (artifact,) = build(project.request("tar", flags={"scripts-of": ("Greet",)}))

    with tarfile.open(artifact.path) as tar:
        names = set(tar.getnames())
    assert {"usr/bin/app", "usr/bin/greet", "usr/lib/app/bin/greet"} <= names


def test_commands_of_what_is_not_installed_are_refused_before_work(project: Project) -> None:
    with pytest.raises(UsageError, match=r"called 'gret' \(did you mean 'greet'\?\)"):
        plan(project.request("tar", flags={"scripts-of": ("gret",)}))


def test_one_run_makes_several_formats(project: Project) -> None:
    artifacts = build(project.request("tar", "deb"))

    assert [artifact.format for artifact in artifacts] == ["tar", "deb"]
    assert project.left_behind() == sorted(artifact.basename for artifact in artifacts)


def test_a_plan_writes_nothing(project: Project) -> None:
    planned = plan(project.request("tar", "deb"))

    assert [output.name for output in planned.outputs] == ["tar", "deb"]
    assert planned.outputs[0].path == project.out / TARBALL
    assert not project.out.exists()


def test_the_number_of_threads_and_the_umask_do_not_show(project: Project) -> None:
    (first,) = build(project.request(jobs=1, flags={"out-dir": str(project.out / "1")}))
    before = os.umask(0o077)
    try:
        (second,) = build(project.request(jobs=8, flags={"out-dir": str(project.out / "2")}))
    finally:
        os.umask(before)

    assert first.sha256 == second.sha256
    assert second.path.stat().st_mode & 0o777 == 0o644


def test_the_directory_does_not_show(project: Project, tmp_path: Path) -> None:
    elsewhere = make_project(tmp_path / "else where")

    (first,) = build(project.request())
    (second,) = build(elsewhere.request())

    assert first.sha256 == second.sha256


def test_the_epoch_is_that_of_the_wheel_unless_it_is_given(project: Project) -> None:
    assert plan(project.request()).outputs[0].plan.epoch == plan(project.request()).wheel.newest
    assert plan(project.request(epoch=0)).outputs[0].plan.epoch == 0


def test_what_has_the_name_of_the_artifact_is_replaced(project: Project) -> None:
    project.out.mkdir()
    (project.out / TARBALL).write_bytes(b"old")

    (artifact,) = build(project.request())

    assert artifact.path.read_bytes() != b"old"
    assert project.left_behind() == [TARBALL]


def test_a_directory_that_has_the_name_of_the_artifact_is_replaced(project: Project) -> None:
    (project.out / TARBALL / "inside").mkdir(parents=True)

    (artifact,) = build(project.request())

    assert artifact.path.is_file()
    assert project.left_behind() == [TARBALL]


def test_the_staging_root_can_be_had_as_files(project: Project, tmp_path: Path) -> None:
    build(project.request(stage_dir=tmp_path / "stage"))

    assert (tmp_path / "stage/usr/bin/app").is_symlink()


def test_two_formats_with_one_file_name_are_refused_before_work(
    project: Project, fake: FakeFormat
) -> None:
    with pytest.raises(OutputError, match="'other' would overwrite the artifact of 'fake'"):
        build(project.request("fake", "other"))

    assert fake.name == "artifact.fake"
    assert not project.out.exists()


def test_an_artifact_that_would_overwrite_the_wheel_is_refused(
    project: Project, fake: FakeFormat
) -> None:
    fake.name = project.wheel.name

    with pytest.raises(OutputError, match="'fake' would overwrite the wheel"):
        build(project.request("fake", flags={"out-dir": str(project.wheel.parent)}))


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", ""])
def test_a_file_name_that_leads_elsewhere_is_refused(
    project: Project, fake: FakeFormat, name: str
) -> None:
    fake.name = name

    with pytest.raises(FormatError, match="names its artifact"):
        build(project.request("fake"))


def test_different_layouts_cannot_share_a_staging_directory(
    project: Project, fake: FakeFormat, tmp_path: Path
) -> None:
    del fake

    with pytest.raises(OutputError, match="different layouts"):
        build(project.request("tar", "fake", stage_dir=tmp_path / "stage"))


def test_an_artifact_that_lacks_an_entry_is_never_seen(
    project: Project, fake: FakeFormat
) -> None:
    fake.keeping = lambda entry: entry.path != "app/__init__.py"

    with pytest.raises(
        FormatError, match=r"'app/__init__\.py' is missing when it is read back"
    ):
        build(project.request("tar", "fake"))

    assert project.left_behind() == []


def test_an_artifact_that_differs_from_what_was_staged_is_never_seen(
    project: Project, fake: FakeFormat
) -> None:
    def swap(out: Path) -> None:
        del out
        fake.entries = [
            Symlink(path=entry.path, target="x", mtime=0)
            if isinstance(entry, Directory)
            else replace(entry, path=entry.path, mtime=1, target="y")
            if isinstance(entry, Symlink)
            else replace(entry, mode=0o755)
            for entry in fake.entries
        ]

    fake.emitting = swap

    with pytest.raises(FormatError, match=r"differs when it is read back") as caught:
        build(project.request("fake"))

    assert len(caught.value.problems) == 11
    assert project.left_behind() == []


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "no space left.*free some space"),
        (errno.EACCES, "permission denied.*--out-dir"),
        (errno.EIO, "input/output error"),
    ],
)
def test_a_full_disk_leaves_nothing_behind(
    project: Project, fake: FakeFormat, number: int, message: str
) -> None:
    def fill(out: Path) -> None:
        raise OSError(number, os.strerror(number), str(out))

    fake.emitting = fill
    (project.out).mkdir()

    with pytest.raises(OutputError, match=message):
        build(project.request("tar", "fake"))

    assert project.left_behind() == []


def test_an_interrupt_leaves_nothing_behind_not_even_the_directory(
    project: Project, fake: FakeFormat
) -> None:
    def interrupt(out: Path) -> None:
        del out
        raise KeyboardInterrupt

    fake.emitting = interrupt

    with pytest.raises(KeyboardInterrupt):
        build(project.request("tar", "fake", flags={"out-dir": str(project.out / "a/b")}))

    assert not project.out.exists()


def test_an_output_directory_that_is_a_file_is_refused(project: Project) -> None:
    project.out.write_text("")

    with pytest.raises(OutputError, match=r"cannot be written: .*--out-dir names a directory"):
        build(project.request())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_output_directory_that_is_not_writable_is_refused(project: Project) -> None:
    project.out.mkdir(mode=0o555)

    with pytest.raises(OutputError, match="permission denied"):
        build(project.request())


def test_no_format_is_an_error_that_lists_those_installed(project: Project) -> None:
    with pytest.raises(UsageError, match=r"no format is asked for.*deb, .*rpm, tar"):
        build(replace(project.request(), formats=()))


def test_without_a_format_there_is_a_plan_of_what_would_be_installed(project: Project) -> None:
    planned = plan(replace(project.request(), formats=()))

    assert planned.outputs == ()
    assert planned.closure.root == planned.wheel


def test_every_unknown_format_is_named(project: Project) -> None:
    with pytest.raises(UsageError) as caught:
        build(replace(project.request(), formats=("dbe", "tra")))

    assert [problem.what for problem in caught.value.problems] == [
        "no format is called 'dbe'",
        "no format is called 'tra'",
    ]


def test_a_wheel_of_the_wheelhouse_with_other_bytes_is_not_used(project: Project) -> None:
    wheel = project.wheelhouse / "greet-2.0-py3-none-any.whl"
    wheel.write_bytes(wheel.read_bytes() + b"x")

    with pytest.raises(FetchError, match="greet"):
        build(project.request())

    assert not project.out.exists()


def test_a_lock_that_was_not_made_for_the_wheel_stops_the_build(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(text.replace('specifier = ">=1"', 'specifier = ">=2"'))

    with pytest.raises(ContraventionError, match=r"the lock is stale.*uv lock"):
        build(project.request())
    build(project.request(policy="constrain"))

    assert project.left_behind() == [TARBALL]


def test_a_directory_is_an_artifact_too(project: Project, fake: FakeFormat) -> None:
    def make_directory(out: Path) -> None:
        out.unlink()
        out.mkdir()
        (out / "inside").write_text("four")

    fake.emitting = make_directory

    (first,) = build(project.request("fake"))
    (second,) = build(project.request("fake"))

    assert first == second
    assert (first.size, first.sha256) == (4, "")
    assert (first.path / "inside").is_file()


def test_steps_and_decisions_are_told(project: Project) -> None:
    heard = Heard([])

    build(project.request(), events=heard)

    steps = [each for each in heard.said if each.startswith("step")]
    assert steps == [
        "step fetching 1 distribution",
        "step verifying 1 distribution",
        "step staging for tar",
        "step checking what is staged against the lock",
        f"step writing {TARBALL}",
        f"step reading {TARBALL} back",
    ]
    assert "note target: debian-12-x86_64" in heard.said
    assert "note greet 2.0: greet-2.0-py3-none-any.whl" in heard.said


def test_what_the_policy_lets_pass_is_told(project: Project) -> None:
    """A wheel at hand stands in for a distribution of which the lock has only an sdist."""
    heard = Heard([])
    text = project.lock.read_text()
    start = text.index('wheels = [\n    { url = "https://files.example/greet')
    end = text.index("]\n", start) + len("]\n")
    sdist = (
        'sdist = { url = "https://files.example/greet-2.0.tar.gz", '
        f'hash = "sha256:{"0" * 64}", size = 1 }}\n'
    )
    project.lock.write_text(text[:start] + sdist + text[end:])

    build(project.request(policy="report"), events=heard)

    assert [each for each in heard.said if each.startswith("note greet: 2.0")]
