from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from repackage.build import Asked, Core, environment_epoch, request_of, targets_of, tool_schema
from repackage.errors import ConfigError, InputError, LockError, UsageError, WheelError
from repackage.resolve import ALL, FileChoice, Selection

if TYPE_CHECKING:
    from repackage.check import Policy
    from tests.unit.build.project import Project


def configured(where: Project, /, table: str, **asked: Any) -> Any:
    (where.directory / "pyproject.toml").write_text(table)
    flags = {"formats": ("tar",), **asked.pop("flags", {})}
    return request_of(Asked(wheel=where.wheel, lock=where.lock, flags=flags, **asked))


def test_the_table_beside_the_lock_is_read(project: Project) -> None:
    request = configured(
        project,
        """
        [tool.repackage]
        target = "debian-12"
        arch = "arm64"
        extras = ["loud"]
        out-dir = "build"
        find-links = ["wheelhouse", "/srv/wheels"]
        offline = true
        [tool.repackage.policy]
        level = "exact"
        [tool.repackage.tar]
        compression = "xz"
        """,
    )

    assert request.target.name == "debian-12-aarch64"
    assert request.selection.extras == ("loud",)
    assert request.output_directory == project.directory / "build"
    assert request.wheelhouses == (project.directory / "wheelhouse", Path("/srv/wheels"))
    assert request.offline
    assert request.policy == "exact"
    assert request.options["tar"].compression == "xz"


def test_what_is_built_may_be_said_in_the_table_by_flag_and_by_setting(
    project: Project,
) -> None:
    table = "[tool.repackage]\nno-binary = ['Num_Py']\nonly-binary = [':all:']\n"

    by_table = configured(project, table)
    by_flag = configured(project, table, flags={"no-binary": (":none:",)})
    by_setting = configured(project, "", settings={"only-binary": ["a", "b"]})

    assert by_table.files == FileChoice.of(["num-py"], [ALL])
    assert by_flag.files == FileChoice.of(only_binary=[ALL])
    assert by_setting.files == FileChoice.of(only_binary=["a", "b"])


def test_a_flag_wins_over_a_setting_of_a_format_and_over_the_table(project: Project) -> None:
    request = configured(
        project,
        """
        [tool.repackage]
        target = "debian-12"
        out-dir = "build"
        [tool.repackage.policy]
        level = "exact"
        [tool.repackage.tar]
        compression = "xz"
        level = 3
        """,
        flags={"out-dir": "elsewhere"},
        policy="report",
        settings={"tar.compression": "gz"},
    )

    assert request.out_dir == Path("elsewhere")
    assert request.policy == "report"
    assert (request.options["tar"].compression, request.options["tar"].level) == ("gz", 3)


def test_a_target_that_is_asked_for_replaces_the_one_of_the_table(project: Project) -> None:
    table = "[tool.repackage]\ntarget = 'debian-12'\narch = 'arm64'\n"

    by_flag = configured(project, table, flags={"target": "debian-13", "arch": "ppc64el"})
    by_setting = configured(
        project, table, settings={"platform": "win_amd64", "python": "3.12"}
    )

    assert by_flag.target.name == "debian-13-ppc64le"
    assert by_setting.target.name == "cp312-win_amd64"


def test_every_problem_of_every_table_is_reported_at_once(project: Project) -> None:
    with pytest.raises(ConfigError) as caught:
        configured(
            project,
            """
            [tool.repackage]
            targte = "debian-12"
            no-binary = ["-"]
            [tool.repackage.policy]
            level = "strict"
            [tool.repackage.dependencies]
            numpy = "system"
            [tool.repackage.tar]
            levle = 1
            [tool.repackage.dbe]
            """,
        )

    assert [(each.where.partition(": ")[2], each.what) for each in caught.value.problems] == [
        ("tool.repackage.dbe", "no format is called 'dbe'"),
        ("tool.repackage", "no option is called 'targte'"),
        ("tool.repackage.policy.level", "'strict' is not a choice"),
        ("tool.repackage.dependencies", "no option is called 'numpy'"),
        ("tool.repackage.tar", "no option is called 'levle'"),
    ]


def test_a_problem_of_a_formats_table_names_its_key_path(project: Project) -> None:
    with pytest.raises(ConfigError, match=r"tool\.repackage\.tar: no option is called 'levle'"):
        configured(project, "[tool.repackage.tar]\nlevle = 1\n")


def test_a_project_may_be_named(project: Project, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("[tool.repackage]\ntarget = 'debian-13'\n")

    request = configured(project, "[tool.repackage]\ntarget = 'x'", project=other)

    assert request.target.name.startswith("debian-13")


def test_the_lock_is_found_above_the_wheel(project: Project) -> None:
    request = request_of(Asked(wheel=project.wheel, flags={"target": "debian-12"}))

    assert request.lock == project.lock


def test_no_lock_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.whl").touch()

    with pytest.raises(LockError, match=r"no uv\.lock or pylock\.toml in or above"):
        request_of(Asked(wheel=tmp_path / "app.whl"))


def test_where_there_is_no_wheel_no_lock_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(WheelError) as caught:
        request_of(Asked(wheel=tmp_path / "file/app.whl"))

    assert str(caught.value) == f"{tmp_path / 'file/app.whl'}: no such file"


def test_a_path_that_cannot_be_followed_is_judged_by_who_reads_it(project: Project) -> None:
    request = request_of(
        Asked(
            wheel=project.directory / ("x" * 300),
            lock=project.lock,
            flags={"target": "debian-12"},
        )
    )

    assert request.lock == project.lock


def test_what_is_wrong_with_options_comes_first_and_with_it_the_rest(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    flags = {"formats": ("dep",), "target": "debain-12", "extras": ("laud",)}
    words = ("levle", "debain-12", "'dep'", "laud")

    with pytest.raises(InputError) as with_wheel:
        request_of(Asked(wheel=project.wheel, flags=flags, settings={"tar.levle": "1"}))
    with pytest.raises(InputError) as without_wheel:
        request_of(Asked(wheel=tmp_path / "gone.whl", flags=flags))
    project.lock.unlink()
    with pytest.raises(InputError) as without_lock:
        request_of(Asked(wheel=project.wheel, flags=flags))

    found = with_wheel.value.problems
    assert [word in each.what for word, each in zip(words, found, strict=True)] == [True] * 4
    assert without_wheel.value.problems[-1].what == "no such file"
    assert len(without_wheel.value.problems) == 3
    assert "no uv.lock" in without_lock.value.problems[-1].what
    assert len(without_lock.value.problems) == 4


@pytest.mark.parametrize(
    ("core", "message"),
    [
        (Core(target="debian-12", platform="win_amd64"), "both the target"),
        (Core(platform="win_amd64"), "needs a Python version"),
        (Core(platform="win_amd64", python="3.12", arch="x86"), "leave --arch out"),
    ],
)
def test_a_target_that_contradicts_itself_is_refused(core: Core, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        targets_of(core)


def test_source_date_epoch_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert environment_epoch() is None

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    assert environment_epoch() == 1700000000


@pytest.mark.parametrize("text", ["-1", "soon", "1.5", "99999999999", "\u0663"])
def test_a_source_date_epoch_that_is_no_date_is_refused(
    monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)

    with pytest.raises(UsageError, match=r"SOURCE_DATE_EPOCH: .* is not a number of seconds"):
        environment_epoch()


def test_the_schema_has_the_core_and_every_format() -> None:
    properties = tool_schema()["properties"]

    assert {"target", "out-dir", "policy", "tar", "deb"} <= set(properties)
    assert properties["policy"]["properties"]["level"]["default"] == "locked"


@pytest.mark.parametrize(
    ("table", "policy", "expected"),
    [
        ("", None, "constrain"),
        ("level = 'exact'", None, "exact"),
        ("level = 'exact'", "range", "range"),
        ("allow = ['pip']", None, "constrain"),
    ],
)
def test_a_level_that_nobody_says_is_that_of_the_command(
    project: Project, table: str, policy: Policy | None, expected: str
) -> None:
    request = configured(
        project,
        f"[tool.repackage.policy]\n{table}\n",
        flags={"target": "debian-12"},
        policy=policy,
        otherwise="constrain",
    )

    assert request.rules.level == request.policy == expected
    assert request.rules.allow == (("pip",) if "allow" in table else ())


def test_rules_of_one_distribution_come_from_its_table(project: Project) -> None:
    table = "[tool.repackage.policy.package.NumPy]\nlevel = 'range'\n"

    rules = configured(project, table, flags={"target": "debian-12"}, policy="exact").rules

    assert (rules.level_of("numpy"), rules.level_of("other")) == ("range", "exact")


EVERYTHING = "[tool.repackage]\nall-extras = true\nno-extras = ['x']\nall-groups = true\n"


@pytest.mark.parametrize(
    ("table", "flags", "selection"),
    [
        (
            EVERYTHING,
            {},
            Selection(all_extras=True, no_extras=("x",), all_groups=True),
        ),
        (EVERYTHING, {"extras": ("x",)}, Selection(extras=("x",), all_groups=True)),
        (
            EVERYTHING,
            {"no-extras": ("y",), "no-groups": ("g",)},
            Selection(all_extras=True, no_extras=("y",), all_groups=True, no_groups=("g",)),
        ),
        (EVERYTHING, {"only-groups": ("g",)}, Selection(only_groups=("g",))),
        (
            "[tool.repackage]\ngroups = ['g']\nno-groups = ['h']\n",
            {"default-groups": True},
            Selection(default_groups=True),
        ),
        (
            "[tool.repackage]\nonly-groups = ['g']\n",
            {"groups": ("h",), "extras": ("x",)},
            Selection(groups=("h",), extras=("x",)),
        ),
    ],
)
def test_what_is_selected_by_flag_replaces_what_the_table_selects(
    project: Project, table: str, flags: dict[str, object], selection: Selection
) -> None:
    assert configured(project, table, flags=flags).selection == selection


@pytest.mark.parametrize("key", ["extras = ['x']", "groups = ['h']", "all-groups = true"])
def test_groups_alone_and_more_contradict_each_other(project: Project, key: str) -> None:
    with pytest.raises(
        UsageError, match=f"only-groups .* g, and {key.partition(' ')[0]} asks for more"
    ):
        configured(project, f"[tool.repackage]\nonly-groups = ['g']\n{key}\n")


SYSTEM = '[tool.repackage.dependencies]\ndefault = "system"\n'


@pytest.mark.parametrize("name", ["deb", "rpm"])
def test_dependencies_are_left_to_the_system_by_one_word_for_all_formats(
    project: Project, name: str
) -> None:
    named = f"[tool.repackage.{name}]\nlayout = "

    def layout(table: str, **asked: Any) -> str:
        request = configured(project, table, flags={"formats": (name,)}, **asked)
        return str(request.options[name].layout)

    assert layout("") == "app"
    assert layout(SYSTEM) == "system"
    assert layout("", dependencies="system") == "system"
    assert layout("", settings={"dependencies.default": "system"}) == "system"
    # what is said of one format is said of it, and who calls has the last word
    assert layout(f'{named}"app"\n{SYSTEM}') == "app"
    assert layout(f'{named}"app"\n', dependencies="system") == "system"
    assert layout(f'{named}"system"\n', dependencies="bundle") == "app"
    assert layout("", dependencies="system", settings={f"{name}.layout": "app"}) == "app"


def test_a_format_that_bundles_refuses_to_leave_anything_to_a_system(project: Project) -> None:
    flags = {"formats": ("deb", "tar", "oci", "zip")}
    with pytest.raises(ConfigError) as by_table:
        configured(project, SYSTEM, flags=flags)
    with pytest.raises(ConfigError) as by_flag:
        configured(project, "", flags=flags, dependencies="system")

    with pytest.raises(ConfigError) as by_setting:
        configured(project, "", flags=flags, settings={"dependencies.default": "system"})

    for caught, where in (
        (by_setting, "-C dependencies.default"),
        (by_table, "tool.repackage.dependencies.default"),
        (by_flag, "--dependencies"),
    ):
        assert sorted(each.what for each in caught.value.problems) == [
            f"the format '{name}' has no packages to leave anything to: it bundles"
            for name in ("oci", "tar", "zip")
        ]
        assert all(each.where.endswith(where) for each in caught.value.problems)
    assert configured(project, "", flags=flags, dependencies="bundle").formats[1] == "tar"
