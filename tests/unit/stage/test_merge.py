"""Several distributions, one path."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from repackage.errors import StageError
from repackage.tree import File
from tests.unit.stage.conftest import notes, text

if TYPE_CHECKING:
    from tests.unit.stage.conftest import Staging
    from tests.wheels import WheelFactory


def test_equal_files_are_shared_and_stand_in_the_record_of_each_owner(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    one = make_wheel("one", files={"google/__init__.py": "same", "google/one.py": ""})
    two = make_wheel("two", files={"google/__init__.py": "same", "google/two.py": ""})

    staged = flat(make_wheel(), two, one)

    shared = staged.tree.get("google/__init__.py")
    assert isinstance(shared, File)
    assert shared.origin == "one"
    assert notes(staged, "shared") == [("two", "google/__init__.py")]
    for name in ("one", "two"):
        assert "google/__init__.py,sha256=" in text(staged.tree, f"{name}-1.0.dist-info/RECORD")


def test_a_shared_file_is_executable_if_one_owner_says_so(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    one = make_wheel("one", files={"x/run": "same"})
    two = make_wheel("two", files={"x/run": "same"}, executables=["x/run"])

    shared = flat(one, two).tree.get("x/run")

    assert isinstance(shared, File)
    assert shared.mode == 0o755


def test_different_files_are_an_error_that_names_both_distributions(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    one = make_wheel("one", files={"x.py": "1", "y.py": "1"})
    two = make_wheel("two", files={"x.py": "2", "y.py": "2"})

    with pytest.raises(StageError) as caught:
        flat(make_wheel(), one, two)

    assert [problem.where for problem in caught.value.problems] == ["x.py", "y.py"]
    assert "one and two both have this file, with different content" in str(caught.value)


def test_stray_tests_of_dependencies_are_dropped_when_they_differ(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    one = make_wheel("one", files={"one.py": "", "tests/__init__.py": "", "tests/a.py": "1"})
    two = make_wheel("two", files={"two.py": "", "tests/__init__.py": "", "tests/a.py": "2"})
    three = make_wheel("three", files={"tests/c.py": "alone"})

    staged = flat(make_wheel(), one, two, three)

    assert notes(staged, "dropped") == [("one", "tests"), ("two", "tests")]
    assert text(staged.tree, "tests/c.py") == "alone"
    assert staged.tree.get("tests/a.py") is None
    assert staged.tree.get("tests/__init__.py") is None
    assert "tests" not in text(staged.tree, "one-1.0.dist-info/RECORD")


def test_stray_files_of_the_root_wheel_are_kept(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    root = make_wheel(files={"README.md": "mine", "tests/a.py": "mine"})
    other = make_wheel("other", files={"README.md": "theirs", "tests/a.py": "theirs"})

    staged = flat(root, other)

    assert text(staged.tree, "README.md") == text(staged.tree, "tests/a.py") == "mine"
    assert notes(staged, "dropped") == [("other", "README.md"), ("other", "tests")]


def test_stray_files_that_nobody_contests_are_kept(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    staged = flat(make_wheel(), make_wheel("dep", files={"docs/a.txt": "a", "LICENSE": "b"}))

    assert text(staged.tree, "docs/a.txt") == "a"
    assert staged.notes == ()


def test_a_package_that_begins_like_tests_is_not_stray(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    one = make_wheel("one", files={"testing/a.py": "1", "a/tests/b.py": "1"})
    two = make_wheel("two", files={"testing/a.py": "2", "a/tests/b.py": "2"})

    with pytest.raises(StageError) as caught:
        flat(make_wheel(), one, two)

    assert len(caught.value.problems) == 2


def test_a_namespace_package_is_merged(make_wheel: WheelFactory, flat: Staging) -> None:
    one = make_wheel("one", files={"ns/one/__init__.py": ""})
    two = make_wheel("two", files={"ns/two/__init__.py": ""})

    tree = flat(make_wheel(), one, two).tree

    origins = {entry.path: entry.origin for entry in tree}
    assert origins["ns"] == ""
    assert origins["ns/one"] == "one"
    assert origins["ns/two"] == "two"


def test_a_file_where_another_has_a_directory_is_an_error(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    one = make_wheel("one", files={"x": "file"})
    two = make_wheel("two", files={"x/a.py": "", "x/b.py": ""})

    with pytest.raises(StageError) as caught:
        flat(make_wheel(), one, two)

    (problem,) = caught.value.problems
    assert problem.what == "one has a file here, and two a directory"
    assert problem.where == "x"


def test_two_different_files_of_one_wheel_are_its_own_fault(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    wheel = make_wheel(files={"x.py": "1", "app-1.0.data/platlib/x.py": "2"})

    with pytest.raises(StageError, match="app has two different files for this place"):
        flat(wheel)


def test_the_same_file_twice_in_one_wheel_is_one_file(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    staged = flat(make_wheel(files={"x.py": "1", "app-1.0.data/platlib/x.py": "1"}))

    record = text(staged.tree, "app-1.0.dist-info/RECORD")
    assert record.count("\nx.py,") == 1
    assert staged.notes == ()


def test_the_record_of_another_distribution_is_no_place_for_a_file(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    thief = make_wheel("thief", files={"thief-1.0.data/purelib/app-1.0.dist-info/RECORD": ""})

    with pytest.raises(StageError, match="thief has a file where the RECORD of app goes"):
        flat(make_wheel(), thief)


def test_metadata_of_another_distribution_are_a_collision(
    make_wheel: WheelFactory, flat: Staging
) -> None:
    thief = make_wheel(
        "thief", files={"thief-1.0.data/purelib/app-1.0.dist-info/METADATA": "Name: x\n"}
    )

    with pytest.raises(StageError, match="app and thief both have this file"):
        flat(make_wheel(), thief)


def test_the_root_wheels_script_wins_over_an_equal_name(
    make_wheel: WheelFactory, app: Staging
) -> None:
    staged = app(
        make_wheel(scripts={"tool": "app:main"}),
        make_wheel("dep", scripts={"tool": "dep:main"}),
        scripts=["dep"],
    )

    assert "from app import" in text(staged.tree, "usr/lib/app/bin/tool")
    assert notes(staged, "dropped") == [("dep", "usr/lib/app/bin/tool")]


def test_two_dependencies_with_one_script_are_an_error(
    make_wheel: WheelFactory, app: Staging
) -> None:
    with pytest.raises(StageError, match="one and two both have this file"):
        app(
            make_wheel(),
            make_wheel("one", scripts={"tool": "one:main"}),
            make_wheel("two", scripts={"tool": "two:main"}),
            scripts=["one", "two"],
        )


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Foo.py", "foo.py"),
        ("Caf\u00e9.txt", "Cafe\u0301.txt"),
        ("\u00c9.txt", "e\u0301.txt"),
        ("Pkg/a.py", "pkg/b.py"),
    ],
)
def test_names_that_some_file_systems_take_for_one_are_a_warning(
    make_wheel: WheelFactory, flat: Staging, one: str, two: str
) -> None:
    staged = flat(make_wheel(files={one: "1"}), make_wheel("dep", files={two: "2"}))

    (note,) = staged.notes
    assert note.action == "warning"
    assert "some file systems cannot tell it from" in note.reason


def test_the_order_of_the_wheels_does_not_matter(
    make_wheel: WheelFactory, app: Staging
) -> None:
    wheels = [
        make_wheel("one", files={"ns/a.py": "x", "tests/t.py": "1"}, scripts={"a": "ns:a"}),
        make_wheel("two", files={"ns/a.py": "x", "tests/t.py": "2", "Ns/b.py": ""}),
        make_wheel("three", files={"ns/c.py": "x", "three-1.0.data/scripts/c": b"\x7fELF"}),
    ]
    root = make_wheel(scripts={"app": "app:main"})

    staged = [app(root, *order) for order in itertools.permutations(wheels)]

    assert all(one == staged[0] for one in staged)
