"""What is wrong is found when it is read back, gets no name, and is copied by no later build."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from repackage.build import build
from repackage.build._workshop import Workshop
from repackage.errors import RepackageError, WheelError
from repackage.store import Store
from repackage.store._seen import Seen
from repackage.tree import Mapped
from repackage_formats import tar

if TYPE_CHECKING:
    from pathlib import Path

    from repackage.format import Logbook, Plan
    from repackage.tree import Tree
    from tests.unit.build.project import Project


@pytest.fixture
def logbooks(monkeypatch: pytest.MonkeyPatch) -> list[Logbook]:
    """The logbooks of what is made from now on."""
    made: list[Logbook] = []
    emit = tar.emit

    def heard(plan: Plan[Any], tree: Tree, out: Path) -> None:
        emit(plan, tree, out)
        assert plan.logbook is not None
        made.append(plan.logbook)

    monkeypatch.setattr(tar, "emit", heard)
    return made


@pytest.mark.parametrize("place", [0.01, 0.5, 0.99])
def test_what_is_written_wrong_gets_no_name_and_is_not_copied(
    place: float, project: Project, logbooks: list[Logbook], monkeypatch: pytest.MonkeyPatch
) -> None:
    emit = tar.emit

    def damaging(plan: Plan[Any], tree: Tree, out: Path) -> None:
        emit(plan, tree, out)
        data = bytearray(out.read_bytes())
        data[int(place * len(data))] ^= 0x55
        out.write_bytes(data)

    with monkeypatch.context() as patched:
        patched.setattr(tar, "emit", damaging)
        with pytest.raises(RepackageError):
            build(project.request("tar"))
    left = list(project.out.rglob("*"))
    build(project.request("tar"))
    build(project.request("tar"))

    assert not left
    assert [each.stretches[0].copied for each in logbooks] == [False, False, True]


def test_a_wheel_that_was_changed_after_it_was_verified_vouches_for_nothing(
    project: Project,
) -> None:
    nothing: Any = None
    store = Store.open(project.cache)
    wheel = store.wheel(project.wheel)
    workshop = Workshop(request=nothing, store=store, events=nothing, roots={"any": wheel})
    workshop.refuse_changed([Mapped(wheel.path)])
    data = bytearray(wheel.path.read_bytes())
    data[100] ^= 1
    wheel.path.write_bytes(data)
    with pytest.raises(WheelError, match="changed or removed after it was verified"):
        workshop.refuse_changed([Mapped(wheel.path)])
    wheel.path.unlink()
    with pytest.raises(WheelError, match="changed or removed after it was verified"):
        workshop.refuse_changed([Mapped(wheel.path)])


def test_a_wheel_that_was_another_meanwhile_vouches_for_nothing(project: Project) -> None:
    nothing: Any = None
    store = Store.open(project.cache)
    wheel = store.wheel(project.wheel)
    workshop = Workshop(request=nothing, store=store, events=nothing, roots={"any": wheel})
    aside = wheel.path.with_suffix(".aside")
    mapped = Mapped(wheel.path)
    shutil.copy(wheel.path, aside)
    wheel.path.rename(wheel.path.with_suffix(".first"))
    aside.rename(wheel.path)
    with wheel.path.open("r+b") as file:
        file.write(b"XX")
    assert bytes(mapped.part(0, 2)) == b"XX"
    wheel.path.with_suffix(".first").rename(wheel.path)

    with pytest.raises(WheelError, match="changed or removed after it was verified"):
        workshop.refuse_changed([mapped])


def test_a_disk_that_changes_a_wheel_by_itself_is_noticed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered of a file whose status is as it was is not asked."""
    nothing: Any = None
    store = Store.open(project.cache)
    wheel = store.wheel(project.wheel)
    workshop = Workshop(request=nothing, store=store, events=nothing, roots={"any": wheel})
    data = bytearray(wheel.path.read_bytes())
    data[100] ^= 1
    wheel.path.write_bytes(data)
    monkeypatch.setattr(Seen, "sha256", lambda *_: wheel.sha256)

    with pytest.raises(WheelError, match="changed or removed after it was verified"):
        workshop.refuse_changed([Mapped(wheel.path)])
