"""Locks without a graph: markers decide, each for itself, and nothing is walked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st
from packaging.pylock import PackageWheel, Pylock, PylockSelectError

from repackage.closure import FromSource
from repackage.errors import ResolveError
from repackage.lock import LockedPackage, read_lock
from repackage.resolve import Selection, resolve
from tests.unit.resolve.locks import ARM, LINUX, a_wheel, filenames, pinned, target

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from repackage.closure import Closure
    from repackage.target import Target
    from repackage.wheel import Wheel

    Resolving = Callable[..., Closure]

HEAD = 'lock-version = "1.0"\ncreated-by = "a-tool"\n'
HASHES = f'hashes = {{ sha256 = "{"0" * 64}" }}'
MULTI = 'extras = ["color", "web"]\ndependency-groups = ["dev"]\ndefault-groups = ["default"]\n'
DEFAULT = "'default' in dependency_groups"


def package(
    name: str,
    version: str = "1.0",
    marker: str = "",
    body: str = "",
    *,
    tags: Collection[str] = ("py3-none-any",),
) -> str:
    """A package of an index with a wheel for each tag."""
    wheels = ", ".join(
        f'{{ url = "https://files.example/{name}-{version}-{tag}.whl", {HASHES} }}'
        for tag in tags
    )
    also = f'marker = "{marker}"\n' if marker else ""
    files = f"wheels = [{wheels}]\n" if wheels else ""
    return f'[[packages]]\nname = "{name}"\nversion = "{version}"\n{also}{files}{body}\n'


APP = '[[packages]]\nname = "app"\ndirectory = { path = ".", editable = true }\n'
MULTIPLE = (
    HEAD
    + MULTI
    + APP
    + package("always", marker=DEFAULT)
    + package("colors", marker="'color' in extras")
    + package("served", marker=f"{DEFAULT} and 'web' in extras and sys_platform == 'linux'")
    + package("tested", marker="'dev' in dependency_groups")
    + package("shared", marker=f"{DEFAULT} or 'dev' in dependency_groups")
    + package("windows", marker=f"{DEFAULT} and sys_platform == 'win32'")
)


@pytest.fixture
def resolving(tmp_path: Path) -> Resolving:
    """Resolve a wheel against the text of a lock."""

    def run(
        text: str,
        *,
        on: Target = LINUX,
        wheel: Wheel | None = None,
        selection: Selection | None = None,
    ) -> Closure:
        path = tmp_path / "pylock.toml"
        path.write_text(text, encoding="utf-8")
        return resolve(wheel or a_wheel(), read_lock(path), on, selection or Selection())

    return run


def refused(resolving: Resolving, text: str, **keywords: object) -> list[str]:
    """What is said against it."""
    with pytest.raises(ResolveError) as caught:
        resolving(text, **keywords)
    return [str(problem) for problem in caught.value.problems]


def test_all_that_applies_is_taken_and_the_wheel_stands_in_its_own_place(
    resolving: Resolving,
) -> None:
    closure = resolving(
        HEAD + APP + package("b") + package("a") + package("w", marker="os_name == 'nt'")
    )

    assert pinned(closure) == ["a 1.0", "b 1.0"]
    (note,) = closure.notes
    assert note == (
        "the lock has no graph: everything in it that applies is taken, whether app needs it"
        " or not"
    )


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(), "always shared"),
        (Selection(extras=("Color",)), "always colors shared"),
        (Selection(all_extras=True), "always colors served shared"),
        (Selection(all_extras=True, no_extras=("web",)), "always colors shared"),
        (Selection(groups=("dev",)), "always shared tested"),
        (Selection(all_groups=True), "always shared tested"),
        (Selection(only_groups=("dev",)), "shared tested"),
        (Selection(only_groups=("dev",), extras=("color",)), "shared tested"),
        (Selection(default_groups=True), "always shared"),
    ],
)
def test_extras_and_groups_are_sets_that_markers_ask_about(
    resolving: Resolving, selection: Selection, names: str
) -> None:
    closure = resolving(MULTIPLE, selection=selection)

    assert [pin.name for pin in closure.pins] == names.split()


@pytest.mark.parametrize(
    ("selection", "names"),
    [
        (Selection(), "always shared"),
        (Selection(no_groups=("default",)), "always shared"),
        (Selection(all_groups=True), "always shared tested"),
        (Selection(only_groups=("dev",)), "shared tested"),
        (Selection(only_groups=("default",)), "always shared"),
    ],
)
def test_what_pdm_calls_default_is_the_projects_own_though_users_may_name_it(
    resolving: Resolving, selection: Selection, names: str
) -> None:
    text = MULTIPLE.replace('groups = ["dev"]', 'groups = ["default", "dev"]')

    closure = resolving(text, selection=selection)

    assert [pin.name for pin in closure.pins] == names.split()


def test_of_long_lists_what_is_left_out_is_listed_without_comparing_all_with_all(
    resolving: Resolving, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HEAD + "".join(package(f"p{n}", marker="os_name == 'nt'") for n in range(20))
    monkeypatch.setattr(LockedPackage, "__eq__", None)

    closure = resolving(text + package("here"))

    assert len(closure.skipped) == 20


@pytest.mark.parametrize("on", [LINUX, ARM, target("3.10", "win_amd64")])
@pytest.mark.parametrize("extras", [(), ("color",), ("color", "web")])
@pytest.mark.parametrize("groups", [(), ("dev",)])
def test_the_set_is_that_of_packaging(
    resolving: Resolving, on: Target, extras: tuple[str, ...], groups: tuple[str, ...]
) -> None:
    closure = resolving(MULTIPLE, on=on, selection=Selection(extras=extras, groups=groups))

    chosen = Pylock.from_dict(tomli.loads(MULTIPLE)).select(
        environment=on.markers,  # type: ignore[arg-type]  # all eleven keys
        tags=on.tags,
        extras=extras,
        dependency_groups=("default", *groups),
    )
    assert {pin.name for pin in closure.pins} | {"app"} == {each.name for each, _ in chosen}
    assert closure.extras == tuple(sorted(extras))
    assert closure.groups == groups


def test_a_group_that_users_may_name_is_not_the_projects_own(resolving: Resolving) -> None:
    text = (
        HEAD
        + 'dependency-groups = ["dev"]\ndefault-groups = ["dev"]\n'
        + package("a")
        + package("b", marker="'dev' in dependency_groups")
    )

    assert pinned(resolving(text)) == ["a 1.0"]
    assert pinned(resolving(text, selection=Selection(default_groups=True))) == [
        "a 1.0",
        "b 1.0",
    ]


def test_an_extra_that_was_not_locked_cannot_be_made_up(resolving: Resolving) -> None:
    (said,) = refused(
        resolving,
        MULTIPLE,
        wheel=a_wheel(extras=["tls", "color"]),
        selection=Selection(extras=("tls",)),
    )

    assert "the lock does not say that it was made with the extra 'tls', and it has" in said
    assert "use a uv.lock; known: color, web" in said


def test_an_extra_that_nobody_knows_is_refused(resolving: Resolving) -> None:
    selection = Selection(extras=("colour",), groups=("docs",))

    assert refused(resolving, MULTIPLE, selection=selection) == [
        "app has no extra 'colour' (did you mean 'color'?)",
        "the lock has no dependency group 'docs' (known: dev)",
    ]


def test_groups_alone_need_a_lock_that_can_tell_them_apart(resolving: Resolving) -> None:
    text = HEAD + 'dependency-groups = ["dev"]\n' + package("a")

    (said,) = refused(resolving, text, selection=Selection(only_groups=("dev",)))

    assert "cannot tell the dependencies of groups from the project's own" in said


def test_a_python_outside_the_range_of_the_lock_is_refused(resolving: Resolving) -> None:
    (said,) = refused(resolving, f'{HEAD}requires-python = ">=3.13"\npackages = []\n')

    assert "the lock requires Python >=3.13" in said


def test_a_pre_release_of_python_counts_as_its_release(resolving: Resolving) -> None:
    text = f'{HEAD}requires-python = ">=3.12"\n' + package(
        "a", body='requires-python = ">=3.12"'
    )

    assert pinned(resolving(text)) == ["a 1.0"]


def test_a_python_outside_the_range_of_a_package_that_applies_is_refused(
    resolving: Resolving,
) -> None:
    text = (
        HEAD
        + package("a", body='requires-python = "<3.12"')
        + package("b", body='requires-python = "<3.12"', marker="os_name == 'nt'")
    )

    (said,) = refused(resolving, text)

    assert "packages[0]: a requires Python <3.12, and the target has 3.12" in said


def test_an_environment_that_the_lock_is_not_for_is_refused(resolving: Resolving) -> None:
    (said,) = refused(
        resolving, f"{HEAD}environments = [\"sys_platform == 'win32'\"]\npackages = []\n"
    )

    assert "supports only other environments" in said
    assert "where a-tool is told them" in said


def test_two_packages_of_one_name_that_both_apply_are_refused(resolving: Resolving) -> None:
    text = HEAD + package("a") + package("a", "2.0")

    (said,) = refused(resolving, text)

    assert "both packages[0] and packages[1] are a for this target" in said


def test_of_two_entries_that_differ_in_their_markers_alone_the_right_one_is_taken(
    resolving: Resolving,
) -> None:
    arm, intel = "platform_machine == 'aarch64'", "platform_machine == 'x86_64'"
    text = (
        HEAD
        + package("a", marker=intel, tags=["py2.py3-none-any"])
        + package("a", marker=arm, tags=["py3-none-any"])
    )

    assert filenames(resolving(text)) == ["a-1.0-py2.py3-none-any.whl"]
    assert filenames(resolving(text, on=ARM)) == ["a-1.0-py3-none-any.whl"]


def test_what_the_wheel_requires_must_be_there(resolving: Resolving) -> None:
    wheel = a_wheel(
        requires=["a", "b>=1; extra == 'color'", "c; os_name == 'nt'", "d", "e", "app[color]"],
        extras=["color"],
    )
    text = HEAD + MULTI + package("a") + package("e", marker="os_name == 'nt'")

    said = refused(resolving, text, wheel=wheel, selection=Selection(extras=("color",)))

    assert [line.partition(" requires ")[2].partition(",")[0] for line in said] == [
        "'b>=1; extra == \"color\"'",
        "'d'",
        "'e'",
    ]
    assert "with the extras and groups that are wanted" in said[0]


def test_groups_alone_are_not_held_against_what_the_wheel_requires(
    resolving: Resolving,
) -> None:
    closure = resolving(
        MULTIPLE, wheel=a_wheel(requires=["gone"]), selection=Selection(only_groups=("dev",))
    )

    assert pinned(closure) == ["shared 1.0", "tested 1.0"]


def test_another_version_than_the_wheel_requires_makes_the_lock_stale(
    resolving: Resolving,
) -> None:
    wheel = a_wheel(requires=["a>=2", "b>=1"])

    closure = resolving(HEAD + package("a") + package("b"), wheel=wheel)

    assert closure.stale == ("the wheel requires 'a>=2', and the lock has 1.0",)


def test_who_required_what_is_told_as_far_as_the_lock_tells(resolving: Resolving) -> None:
    text = (
        HEAD
        + APP
        + package("a", body='dependencies = [{ name = "b" }, { name = "w" }]')
        + package("b")
        + package("c")
        + package("w", marker="os_name == 'nt'")
    )

    closure = resolving(text, wheel=a_wheel(requires=["a[x]>=1; os_name == 'posix'"]))

    by = {
        pin.name: [(edge.name, edge.extras, edge.marker) for edge in pin.required_by]
        for pin in closure.pins
    }
    assert by == {
        "a": [("app", ("x",), 'os_name == "posix"')],
        "b": [("a", (), "")],
        "c": [("app", (), "")],
    }
    assert closure.pins[0].extras == ("x",)


def test_what_is_left_out_is_told_with_the_reason(resolving: Resolving) -> None:
    text = MULTIPLE + package("always", "2.0", marker="os_name == 'nt'")

    closure = resolving(text)

    assert [(each.name, str(each.version), each.kind) for each in closure.skipped] == [
        ("always", "2.0", "fork"),
        ("colors", "1.0", "extra"),
        ("served", "1.0", "extra"),
        ("tested", "1.0", "group"),
        ("windows", "1.0", "marker"),
    ]
    assert closure.skipped[1].reason == 'only where "color" in extras'


def test_a_release_of_a_system_that_is_not_known_is_compared_as_uv_does(
    resolving: Resolving,
) -> None:
    text = HEAD + package("a", marker="platform_release < '20'") + package("b")

    assert pinned(resolving(text)) == ["a 1.0", "b 1.0"]


def test_wheels_are_chosen_by_tag_and_then_by_build(resolving: Resolving) -> None:
    tags = ["py3-none-any", "1-cp312-cp312-manylinux_2_17_x86_64"]
    tags += ["5-cp312-cp312-manylinux_2_17_x86_64", "cp312-cp312-manylinux_2_17_aarch64"]

    closure = resolving(HEAD + package("a", tags=tags))

    assert filenames(closure) == ["a-1.0-5-cp312-cp312-manylinux_2_17_x86_64.whl"]


def test_a_source_is_taken_where_no_wheel_fits(resolving: Resolving) -> None:
    sdist = f'sdist = {{ url = "https://f.example/a-1.0.tar.gz", {HASHES} }}'

    (pin,) = resolving(HEAD + package("a", body=sdist, tags=["cp39-cp39-win32"])).pins

    assert isinstance(pin.artifact, FromSource)
    assert pin.artifact.sdist is not None
    assert pin.artifact.sdist.filename == "a-1.0.tar.gz"


def test_the_wheel_of_an_archive_must_fit_the_target(resolving: Resolving) -> None:
    url = "https://f.example/a-1.0-cp39-cp39-win32.whl"
    text = f'{HEAD}[[packages]]\nname = "a"\narchive = {{ url = "{url}", {HASHES} }}\n'

    (said,) = refused(resolving, text)

    assert "cp39-cp39-win32" in said


def test_another_version_of_the_wheel_itself_is_remarked_on(resolving: Resolving) -> None:
    closure = resolving(HEAD + package("app", "0.9"))

    assert pinned(closure) == []
    assert closure.notes[-1] == (
        "the wheel has version 1.0, and the lock was made when app had 0.9"
    )


def test_what_the_reader_remarked_on_is_passed_on(resolving: Resolving) -> None:
    closure = resolving(HEAD.replace("1.0", "1.9") + "packages = []\n")

    assert closure.notes[0].startswith("the lock has version 1.9")


MARKERS = st.sampled_from(
    [
        "",
        DEFAULT,
        "'color' in extras",
        "'web' not in extras",
        "'dev' in dependency_groups",
        "sys_platform == 'linux' and 'Color' in extras",
        "python_full_version < '3.12' or 'dev' in dependency_groups",
        "platform_machine == 'aarch64'",
        "os_name == 'nt'",
    ]
)


@given(
    markers=st.lists(st.tuples(st.sampled_from("abcd"), MARKERS), max_size=7),
    extras=st.sets(st.sampled_from(["color", "web"])),
    groups=st.sets(st.just("dev")),
    on=st.sampled_from([LINUX, ARM, target("3.11", "win_amd64")]),
)
def test_whatever_the_list_the_answer_is_that_of_packaging(
    markers: list[tuple[str, str]],
    extras: set[str],
    groups: set[str],
    on: Target,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    text = HEAD + MULTI + ("" if markers else "packages = []\n")
    text += "".join(
        package(name, f"{number}.0", marker) for number, (name, marker) in enumerate(markers)
    )
    path = tmp_path_factory.mktemp("list") / "pylock.toml"
    path.write_text(text, encoding="utf-8")
    selection = Selection(extras=tuple(extras), groups=tuple(groups))

    try:
        found = filenames(resolve(a_wheel(), read_lock(path), on, selection))
    except ResolveError:
        found = None
    try:
        chosen = [
            artifact.filename
            for _, artifact in Pylock.from_dict(tomli.loads(text)).select(
                environment=on.markers,  # type: ignore[arg-type]  # all eleven keys
                tags=on.tags,
                extras=extras,
                dependency_groups={"default", *groups},
            )
            if isinstance(artifact, PackageWheel)
        ]
    except PylockSelectError:
        assert found is None
    else:
        assert found == sorted(chosen)
