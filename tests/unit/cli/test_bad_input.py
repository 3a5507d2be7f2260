"""The table of bad input: one clear error each, a documented status, nothing left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.wheels import WheelFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.build.project import Project
    from tests.unit.cli.conftest import Done

    Run = Callable[..., Done]
    Damage = Callable[[Project], object]


def not_a_wheel(project: Project) -> None:
    project.wheel.write_bytes(b"not a wheel")


def missing_wheel(project: Project) -> None:
    project.wheel.unlink()


def truncated_wheel(project: Project) -> None:
    project.wheel.write_bytes(project.wheel.read_bytes()[:-30])


def tampered_wheel(project: Project) -> None:
    data = project.wheel.read_bytes()
    position = data.index(b"app/__init__.py") + len("app/__init__.py") + 2
    project.wheel.write_bytes(
        data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
    )


def no_lock(project: Project) -> None:
    project.lock.unlink()


def broken_lock(project: Project) -> None:
    project.lock.write_text("version = 1\n[[package]\n")


def lock_of_the_future(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(text.replace("version = 1\n", "version = 2\n", 1))


def wrong_python(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(text.replace(">=3.10", ">=3.13"))


def no_fitting_wheel(project: Project) -> None:
    text = project.lock.read_text()
    project.lock.write_text(text.replace("greet-2.0-py3-none-any", "greet-2.0-cp39-cp39-win32"))
    for path in project.wheelhouse.glob("greet-*"):
        path.unlink()


def other_bytes(project: Project) -> None:
    WheelFactory(project.wheelhouse)("greet", "2.0", files={"greet.py": "other"})


def not_downloaded(project: Project) -> None:
    for path in project.wheelhouse.iterdir():
        path.unlink()


def two_owners(project: Project) -> None:
    text = project.wheel.read_bytes()
    WheelFactory(project.directory / "dist")(
        "app",
        "1.0",
        requires=["greet>=1", "shout; extra == 'loud'"],
        extras=["loud"],
        files={"app.py": "", "greet/__init__.py": "mine"},
    )
    assert project.wheel.read_bytes() != text


def broken_table(project: Project) -> None:
    (project.directory / "pyproject.toml").write_text("[tool.repackage]\nextras = 'loud'\n")


def output_is_a_file(project: Project) -> None:
    project.out.write_text("")


def nothing(project: Project) -> None:
    """The options are at fault."""


CASES: list[tuple[Damage, list[str], int, str]] = [
    (not_a_wheel, [], 2, "app-1.0-py3-none-any.whl"),
    (missing_wheel, [], 2, "app-1.0-py3-none-any.whl"),
    (truncated_wheel, [], 2, "app-1.0-py3-none-any.whl"),
    (tampered_wheel, [], 2, "app-1.0-py3-none-any.whl"),
    (no_lock, [], 2, "no uv.lock or pylock.toml in or above"),
    (nothing, ["--lock", "nowhere/uv.lock"], 2, "nowhere/uv.lock"),
    (broken_lock, [], 2, "line 2, column 10"),
    (lock_of_the_future, [], 2, "version"),
    (wrong_python, [], 4, "3.13"),
    (no_fitting_wheel, [], 4, "cp39-cp39-win32"),
    (other_bytes, [], 5, "greet"),
    (not_downloaded, [], 5, "greet"),
    (two_owners, [], 6, "greet"),
    (broken_table, [], 2, "tool.repackage.extras: expected an array of strings, found 'loud'"),
    (output_is_a_file, [], 8, "--out-dir names a directory"),
    (nothing, ["-f", "tra"], 2, "no format is called 'tra'\n  did you mean 'tar'?"),
    (nothing, ["-C", "target=debain-12"], 2, "did you mean 'debian-12'?"),
    (nothing, ["--only-group", "dev", "--all-extras"], 2, "all-extras asks for more"),
    (nothing, ["--no-extra", "lowd"], 4, "did you mean 'loud'?"),
    (nothing, ["--only-group", "dev"], 4, "app has no dependency group 'dev'"),
    (nothing, ["--extra", "laud"], 4, "did you mean 'loud'?"),
    (nothing, ["--group", "dve"], 4, "'dve'"),
    (nothing, ["--policy", "lokced"], 2, "'lokced' is not one of"),
    (nothing, ["-C", "tar.levl=1"], 2, "-C tar.levl: no option is called 'levl'"),
    (nothing, ["-C", "tra.level=1"], 2, "did you mean 'tar'?"),
    (nothing, ["-C", "tar.level=high"], 2, "-C tar.level: 'high' is not an integer"),
    (nothing, ["-C", "tar.level=99"], 2, "-C tar.level: 'gz' has no level 99"),
    (nothing, ["--jobs", "0"], 2, "--jobs"),
    (nothing, ["--platform", "win_amd64"], 2, "both the target"),
    (nothing, ["--frmat", "tar"], 2, "did you mean '--format'?"),
    (nothing, ["--project", "nowhere"], 2, "nowhere: cannot be read"),
    (nothing, ["second.whl"], 2, "unexpected extra argument"),
]


@pytest.mark.parametrize(
    ("damage", "options", "status", "said"),
    CASES,
    ids=[f"{case[0].__name__} {' '.join(case[1])}".strip() for case in CASES],
)
def test_bad_input_is_one_clear_error_and_nothing_is_left_behind(
    run: Run,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
    damage: Damage,
    options: list[str],
    status: int,
    said: str,
) -> None:
    monkeypatch.chdir(project.directory)
    damage(project)
    formats = [] if "-f" in options else ["-f", "tar"]
    before = sorted(project.directory.glob("*"))

    done = run(*formats, *project.options, *options)

    assert said in done.err
    assert done.status == status, done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    assert all(line.startswith(("error: ", "  ")) for line in done.err.splitlines())
    left = sorted(path for path in project.directory.glob("*") if path != project.cache)
    assert left == before
