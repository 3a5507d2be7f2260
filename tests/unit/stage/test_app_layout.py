"""The private, venv-shaped prefix."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from repackage.errors import StageError
from repackage.format import app_layout
from repackage.target import free_target
from repackage.tree import File, Inline, Symlink, Zipped, parents
from tests.unit.stage.conftest import EPOCH, Staging, notes, text

if TYPE_CHECKING:
    from repackage.tree import Entry, Tree
    from tests.wheels import WheelFactory

SITE = "usr/lib/app/lib/python3.11/site-packages"


def test_the_prefix_is_a_virtual_environment(make_wheel: WheelFactory, app: Staging) -> None:
    tree = app(make_wheel()).tree

    assert text(tree, "usr/lib/app/pyvenv.cfg") == (
        "home = /usr/bin\ninclude-system-site-packages = false\nversion = 3.11\n"
    )
    links = {entry.path: entry.target for entry in tree if isinstance(entry, Symlink)}
    assert links == {
        "usr/lib/app/bin/python": "../../../bin/python3.11",
        "usr/lib/app/bin/python3": "python",
        "usr/lib/app/bin/python3.11": "python",
    }


def test_an_environment_elsewhere_links_the_interpreter_absolutely(
    make_wheel: WheelFactory,
) -> None:
    """Debian policy 10.5: a link out of its top-level directory must be absolute."""
    target = free_target(
        python="3.11", platform="manylinux_2_28_x86_64", interpreter="/usr/bin/python3.11"
    )
    link = Staging(app_layout(target, prefix="opt/app"))(make_wheel()).tree.get(
        "opt/app/bin/python"
    )

    assert isinstance(link, Symlink)
    assert link.target == "/usr/bin/python3.11"


@pytest.mark.parametrize("prefix", ["usr", "usr/local", "opt/python"])
def test_an_environment_in_the_place_of_an_interpreter_is_refused(
    make_wheel: WheelFactory, prefix: str
) -> None:
    target = free_target(
        python="3.11",
        platform="manylinux_2_28_x86_64",
        interpreter="/opt/python/bin/python3.11",
    )
    staging = Staging(app_layout(target, prefix=prefix))

    with pytest.raises(StageError, match=f"/{prefix} would take the place of the system's"):
        staging(make_wheel())


def test_the_root_wheels_scripts_are_commands(make_wheel: WheelFactory, app: Staging) -> None:
    tree = app(make_wheel(scripts={"hello": "app:main"})).tree

    assert text(tree, "usr/lib/app/bin/hello") == (
        "#!/usr/lib/app/bin/python -sP\n"
        "import sys\n\nfrom app import main\n\n"
        'if __name__ == "__main__":\n    sys.exit(main())\n'
    )
    command = tree.get("usr/bin/hello")
    assert isinstance(command, Symlink)
    assert command.target == "../lib/app/bin/hello"


def test_scripts_of_dependencies_are_skipped_with_a_note(
    make_wheel: WheelFactory, app: Staging
) -> None:
    staged = app(make_wheel(), make_wheel("dep", scripts={"tool": "dep:main"}))

    assert staged.tree.get("usr/lib/app/bin/tool") is None
    assert notes(staged, "skipped") == [("dep", "tool")]


def test_scripts_of_a_dependency_that_are_asked_for_are_commands(
    make_wheel: WheelFactory, app: Staging
) -> None:
    staged = app(make_wheel(), make_wheel("dep", scripts={"tool": "dep:main"}), scripts=["dep"])

    assert staged.tree.get("usr/bin/tool") is not None
    assert staged.notes == ()


def test_scripts_of_an_unknown_distribution_are_an_error_that_suggests_a_known_one(
    make_wheel: WheelFactory, app: Staging
) -> None:
    with pytest.raises(StageError, match=r"'dap'.*did you mean 'dep'"):
        app(make_wheel(), make_wheel("dep"), scripts=["dap"])


def test_a_program_of_a_dependency_is_private(make_wheel: WheelFactory, app: Staging) -> None:
    dependency = make_wheel(
        "ruff",
        files={
            "ruff/__init__.py": "",
            "ruff-1.0.data/scripts/ruff": b"\x7fELF...",
            "ruff-1.0.data/scripts/ruff-helper": "#!python\n",
        },
    )

    staged = app(make_wheel(), dependency)

    program = staged.tree.get("usr/lib/app/bin/ruff")
    assert isinstance(program, File)
    assert program.mode == 0o755
    assert isinstance(program.content, Zipped)
    assert staged.tree.get("usr/bin/ruff") is None
    assert notes(staged, "skipped") == [("ruff", "ruff-helper")]


@pytest.mark.parametrize(
    "magic",
    ["7f454c46", "feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "4d5a9000"],
)
def test_programs_of_every_system_are_known(
    make_wheel: WheelFactory, app: Staging, magic: str
) -> None:
    files = {"dep-1.0.data/scripts/run": bytes.fromhex(magic) + b"..."}

    staged = app(make_wheel(), make_wheel("dep", files=files))

    assert staged.tree.get("usr/lib/app/bin/run") is not None


def test_a_private_program_must_not_be_an_interpreter(
    make_wheel: WheelFactory, app: Staging
) -> None:
    dependency = make_wheel("dep", files={"dep-1.0.data/scripts/python3": b"\x7fELF"})

    with pytest.raises(StageError, match="'python3' of dep has the name of an interpreter"):
        app(make_wheel(), dependency)


@pytest.mark.parametrize("script", ["#!/bin/sh\necho\n", "#!/usr/lib/app/bin/python\n", "data"])
def test_a_script_that_needs_no_other_first_line_is_left_in_its_wheel(
    make_wheel: WheelFactory, app: Staging, script: str
) -> None:
    staged = app(make_wheel(files={"app-1.0.data/scripts/tool": script}))

    file = staged.tree.get("usr/lib/app/bin/tool")
    assert isinstance(file, File)
    assert isinstance(file.content, Zipped)
    assert staged.notes == ()


@pytest.mark.parametrize("name", ["python", "python3.11", "pip", "pip3", "activate"])
def test_a_command_with_the_name_of_an_interpreter_is_refused(
    make_wheel: WheelFactory, app: Staging, name: str
) -> None:
    with pytest.raises(StageError, match=f"'{name}' of app has the name of"):
        app(make_wheel(scripts={name: "app:main"}))


def test_a_command_may_begin_like_an_interpreter(
    make_wheel: WheelFactory, app: Staging
) -> None:
    staged = app(make_wheel(scripts={"pipx": "app:main", "python-audit": "app:main"}))

    assert staged.tree.get("usr/bin/pipx") is not None


def test_an_entry_point_takes_the_place_of_a_script_of_the_same_name(
    make_wheel: WheelFactory, app: Staging
) -> None:
    files = {"app.py": "", "app-1.0.data/scripts/tool": "#!python\nold\n"}

    staged = app(make_wheel(files=files, scripts={"tool": "app:main"}))

    assert "from app import main" in text(staged.tree, "usr/lib/app/bin/tool")
    assert notes(staged, "dropped") == [("app", "tool")]


def test_a_script_is_pointed_at_the_interpreter_of_the_package(
    make_wheel: WheelFactory, app: Staging
) -> None:
    files = {"app-1.0.data/scripts/tool": "#!python -E\nprint()\n"}

    staged = app(make_wheel(files=files))

    script = staged.tree.get("usr/lib/app/bin/tool")
    assert isinstance(script, File)
    assert script.mode == 0o755
    assert text(staged.tree, script.path) == "#!/usr/lib/app/bin/python -E\nprint()\n"
    assert staged.tree.get("usr/bin/tool") is not None
    assert notes(staged, "edited") == [("app", "tool")]


def test_a_script_in_a_directory_is_installed_and_is_no_command(
    make_wheel: WheelFactory, app: Staging
) -> None:
    tree = app(make_wheel(files={"app-1.0.data/scripts/lib/tool": "x=1\n"})).tree

    assert tree.get("usr/lib/app/bin/lib/tool") is not None
    assert tree.get("usr/bin/tool") is None


def test_data_of_the_root_wheel_go_where_the_system_looks(
    make_wheel: WheelFactory, app: Staging
) -> None:
    files = {
        "app-1.0.data/data/etc/app.conf": "a",
        "app-1.0.data/data/share/man/man1/app.1": "b",
        "app-1.0.data/data/share/app/x": "c",
    }

    tree = app(make_wheel(files=files)).tree

    assert text(tree, "etc/app.conf") == "a"
    assert text(tree, "usr/share/man/man1/app.1") == "b"
    assert text(tree, "usr/lib/app/share/app/x") == "c"


def test_data_of_a_dependency_are_private(make_wheel: WheelFactory, app: Staging) -> None:
    dependency = make_wheel("dep", files={"dep-1.0.data/data/etc/dep.conf": "a"})

    tree = app(make_wheel(), dependency).tree

    assert tree.get("etc") is None
    assert text(tree, "usr/lib/app/etc/dep.conf") == "a"


@pytest.mark.parametrize("path", ["pyvenv.cfg", "bin/python", "bin/python3", "bin/pip"])
def test_data_in_the_place_of_the_interpreter_are_refused(
    make_wheel: WheelFactory, app: Staging, path: str
) -> None:
    dependency = make_wheel("dep", files={f"dep-1.0.data/data/{path}": "a"})

    with pytest.raises(StageError, match="would take the place of the interpreter"):
        app(make_wheel(), dependency)


def test_a_directory_in_the_place_of_the_interpreter_is_refused(
    make_wheel: WheelFactory, app: Staging
) -> None:
    dependency = make_wheel("dep", files={"dep-1.0.data/data/bin/python3.11/x": "a"})

    with pytest.raises(StageError, match="the package itself has a file here, and dep a dir"):
        app(make_wheel(), dependency)


def test_a_file_in_the_place_of_a_command_is_refused(
    make_wheel: WheelFactory, app: Staging
) -> None:
    staging = Staging(replace(app.layout, data="usr"))
    files = {"app-1.0.data/data/bin/hello": "#!/bin/sh\n"}

    with pytest.raises(
        StageError, match="usr/bin/hello: app has a file where the package's own"
    ):
        staging(make_wheel(files=files, scripts={"hello": "app:main"}))


def test_headers_are_in_a_directory_of_their_distribution(
    make_wheel: WheelFactory, app: Staging
) -> None:
    tree = app(make_wheel(files={"app-1.0.data/headers/app.h": "int x;"})).tree

    assert text(tree, "usr/lib/app/include/app/app.h") == "int x;"


def test_purelib_and_platlib_of_the_data_go_to_the_site_directory(
    make_wheel: WheelFactory, app: Staging
) -> None:
    files = {"app-1.0.data/purelib/one.py": "1", "app-1.0.data/platlib/two.py": "2"}

    tree = app(make_wheel(files=files)).tree

    assert text(tree, f"{SITE}/one.py") == "1"
    assert text(tree, f"{SITE}/two.py") == "2"


def test_no_member_is_opened_but_scripts(make_wheel: WheelFactory, app: Staging) -> None:
    path = make_wheel(scripts={"hello": "app:main"})

    tree = app(path).tree

    module = tree.get(f"{SITE}/app/__init__.py")
    assert isinstance(module, File)
    assert isinstance(module.content, Zipped)
    assert "view" not in vars(module.content.wheel), "the wheel was mapped"
    assert isinstance(tree.get("usr/lib/app/bin/hello"), File)


def test_what_belongs_to_another_installation_is_dropped(
    make_wheel: WheelFactory, app: Staging
) -> None:
    files = {
        "app.py": "",
        "app.pyc": "stale",
        "alone.pyc": "sourceless",
        "not__pycache__.py": "",
        "__pycache__/app.cpython-311.pyc": "",
        ".lock": "",
        "app-1.0.dist-info/direct_url.json": "{}",
        "app-1.0.dist-info/REQUESTED": "",
        "app-1.0.dist-info/INSTALLER": "pip",
    }

    staged = app(make_wheel(files=files))

    assert [path for _, path in notes(staged, "dropped")] == [
        ".lock",
        "__pycache__/app.cpython-311.pyc",
        "app-1.0.dist-info/INSTALLER",
        "app-1.0.dist-info/REQUESTED",
        "app-1.0.dist-info/direct_url.json",
        "app.pyc",
    ]
    site = [file.path for file in staged.tree.files if file.path.startswith(SITE)]
    assert site == [
        f"{SITE}/alone.pyc",
        f"{SITE}/app-1.0.dist-info/INSTALLER",
        f"{SITE}/app-1.0.dist-info/METADATA",
        f"{SITE}/app-1.0.dist-info/RECORD",
        f"{SITE}/app-1.0.dist-info/WHEEL",
        f"{SITE}/app.py",
        f"{SITE}/not__pycache__.py",
    ]
    assert text(staged.tree, f"{SITE}/app-1.0.dist-info/INSTALLER") == "repackage\n"


def test_dates_are_those_of_the_distribution(make_wheel: WheelFactory, app: Staging) -> None:
    root = make_wheel(scripts={"hello": "app:main"}, date=(2025, 1, 1, 0, 0, 0))
    dependency = make_wheel("dep", date=(2020, 1, 1, 0, 0, 0))

    tree = app(root, dependency).tree

    dates = {entry.path.removeprefix(f"{SITE}/"): entry.mtime for entry in tree}
    assert dates["app/__init__.py"] == 1_735_689_600
    assert dates["app-1.0.dist-info/RECORD"] == 1_735_689_600
    assert dates["usr/lib/app/bin/hello"] == 1_735_689_600
    assert dates["dep"] == dates["dep/__init__.py"] == 1_577_836_800
    assert dates["usr/lib/app/pyvenv.cfg"] == dates["usr/bin/hello"] == EPOCH
    assert dates[SITE] == dates["usr/lib/app/bin"] == 315_532_800


@pytest.mark.parametrize(("epoch", "held"), [(1_000_000_000, 1_000_000_000), (0, 315_532_800)])
def test_dates_are_held_within_1980_and_the_epoch(
    make_wheel: WheelFactory, app: Staging, epoch: int, held: int
) -> None:
    tree = app(make_wheel(), epoch=epoch).tree

    assert {entry.mtime for entry in tree.files} == {held}
    assert {entry.mtime for entry in tree} <= {held, 315_532_800}


def test_a_dependencys_entries_do_not_change_when_the_application_does(
    make_wheel: WheelFactory, app: Staging
) -> None:
    dependency = make_wheel("dep")
    old = app(make_wheel("app", "1.0"), dependency, epoch=1_720_000_000).tree
    new = app(make_wheel("app", "2.0"), dependency, epoch=1_760_000_000).tree

    def lasting(tree: Tree) -> list[Entry]:
        above = set(parents(f"{SITE}/dep"))
        return [entry for entry in tree if entry.origin == "dep" or entry.path in above]

    assert lasting(old) == lasting(new)


def test_every_entry_of_a_distribution_names_its_origin(
    make_wheel: WheelFactory, app: Staging
) -> None:
    tree = app(make_wheel(), make_wheel("dep")).tree

    origins = {entry.path: entry.origin for entry in tree}
    assert origins[f"{SITE}/dep"] == origins[f"{SITE}/dep/__init__.py"] == "dep"
    assert origins[SITE] == ""
    assert origins["usr/lib/app/pyvenv.cfg"] == ""


def test_a_wheel_that_does_not_fit_the_target_is_refused_and_all_are_named(
    make_wheel: WheelFactory, app: Staging
) -> None:
    one = make_wheel(tag="cp310-cp310-manylinux_2_17_x86_64")
    two = make_wheel("dep", tag="cp311-cp311-musllinux_1_2_x86_64")

    with pytest.raises(StageError) as caught:
        app(one, two)

    assert [problem.where for problem in caught.value.problems] == [one.name, two.name]
    assert "cp310-cp310-manylinux_2_17_x86_64" in str(caught.value)


def test_a_distribution_that_is_given_twice_is_refused(
    make_wheel: WheelFactory, app: Staging
) -> None:
    with pytest.raises(StageError, match="dep is given 2 times: dep-1"):
        app(make_wheel(), make_wheel("dep", "1.0"), make_wheel("dep", "2.0"))


def test_a_python_that_is_not_allowed_is_a_warning(
    make_wheel: WheelFactory, app: Staging
) -> None:
    dependency = make_wheel("dep", metadata=["Requires-Python: >=3.12"])

    staged = app(make_wheel(), dependency)

    (note,) = staged.notes
    assert note.action == "warning"
    assert note.reason.startswith("it requires Python >=3.12, and the target has 3.11")


def test_a_pth_file_is_installed(make_wheel: WheelFactory, app: Staging) -> None:
    tree = app(make_wheel(files={"hook.pth": "import sys\n"})).tree

    assert text(tree, f"{SITE}/hook.pth") == "import sys\n"


def test_generated_files_hold_their_bytes(make_wheel: WheelFactory, app: Staging) -> None:
    tree = app(make_wheel()).tree

    record = tree.get(f"{SITE}/app-1.0.dist-info/RECORD")
    assert isinstance(record, File)
    assert isinstance(record.content, Inline)
