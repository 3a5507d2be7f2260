"""What of a lock is left out, and why: told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.resolve import Selection
from tests.unit.resolve.locks import HEAD, Locks, a_wheel, app, edges, exact, package

if TYPE_CHECKING:
    from repackage.closure import Closure

WINDOWS = "sys_platform == 'win32'"
EVERYTHING = (
    app(
        f"dependencies = [{{ name = 'here' }}, {{ name = 'win', marker = \"{WINDOWS}\" }}]\n"
        "[package.optional-dependencies]\nx = [{ name = 'of-x' }]\n"
        "[package.dev-dependencies]\ndev = [{ name = 'of-dev' }]"
    ),
    package("here", body="[package.optional-dependencies]\nunused = [{ name = 'of-unused' }]"),
    package("win"),
    package("of-x"),
    package("of-dev", body=edges("below")),
    package("of-unused"),
    package("below"),
    "[[package]]\nname = 'other'\nversion = '1'\nsource = { editable = 'other' }\n"
    + edges("apart"),
    package("apart"),
)


def told(closure: Closure) -> dict[str, tuple[str, str]]:
    """The kind and the reason of each that is left out, the last of several."""
    return {each.name: (each.kind, each.reason) for each in closure.skipped}


def test_the_reasons_are_told_apart(locks: Locks) -> None:
    assert told(locks.closure(*EVERYTHING)) == {
        "apart": ("elsewhere", "app does not need other 1"),
        "below": ("parent", "of-dev 1.0 is left out"),
        "of-dev": ("group", "the group 'dev' is not selected"),
        "of-unused": ("extra", "nobody asks for here[unused]"),
        "of-x": ("extra", "the extra 'x' is not selected"),
        "win": ("marker", f"only where {WINDOWS}"),
    }


def test_what_is_selected_is_not_left_out(locks: Locks) -> None:
    selection = Selection(extras=("x",), groups=("dev",))

    assert set(told(locks.closure(*EVERYTHING, selection=selection))) == {
        *("apart", "of-unused", "win"),
    }


def test_with_groups_alone_the_project_itself_is_left_out(locks: Locks) -> None:
    closure = locks.closure(*EVERYTHING, selection=Selection(only_groups=("dev",)))

    reasons = told(closure)
    assert reasons["here"] == ("group", "nothing but groups of app is selected")
    assert reasons["of-x"] == ("extra", "the extra 'x' is not selected")
    assert reasons["win"][0] == "marker"
    assert [pin.name for pin in closure.pins] == ["below", "of-dev"]


def test_an_edge_is_described_as_those_that_are_followed(locks: Locks) -> None:
    by_name = {str(each.name): each for each in locks.closure(*EVERYTHING).skipped}

    edge = by_name["of-dev"].edge
    assert edge is not None
    assert (edge.name, edge.group, edge.marker) == ("app", "dev", "")
    assert by_name["win"].edge is not None
    assert by_name["win"].edge.marker == WINDOWS


def test_a_selection_and_a_target_may_bar_an_edge_both(locks: Locks) -> None:
    closure = locks.closure(
        app(
            "[package.dev-dependencies]\n"
            f"dev = [{{ name = 'a', marker = \"{WINDOWS}\" }}, {{ name = 'b' }}]"
        ),
        package("a"),
        package("b"),
    )

    assert [(each.name, each.kind, each.bars) for each in closure.skipped] == [
        ("a", "marker", 2),
        ("b", "group", 1),
    ]
    assert closure.skipped[0].reason == f"the group 'dev' is not selected; only where {WINDOWS}"


def test_a_group_may_be_selected_and_its_marker_false(locks: Locks) -> None:
    closure = locks.closure(
        app(f"[package.dev-dependencies]\ndev = [{{ name = 'a', marker = \"{WINDOWS}\" }}]"),
        package("a"),
        selection=Selection(groups=("dev",)),
    )

    assert told(closure) == {"a": ("marker", f"only where {WINDOWS}")}


def test_conflict_items_are_spelt_as_people_do(locks: Locks) -> None:
    head = (
        f"{HEAD}conflicts = [[{{ package = 'app', extra = 'cpu' }},"
        " { package = 'app', extra = 'gpu' }]]\n"
    )
    cpu = exact("a", "1.0", "extra == 'extra-3-app-cpu'")
    gpu = exact("a", "2.0", "extra == 'extra-3-app-gpu' or extra != 'extra-3-app-cpu'")
    closure = locks.closure(
        app(
            f"dependencies = [{cpu}, {gpu}]\n[package.optional-dependencies]\ncpu = []\ngpu = []"
        ),
        package("a", "1.0"),
        package("a", "2.0"),
        head=head,
    )

    (skipped,) = closure.skipped
    assert skipped.kind == "fork"
    assert skipped.reason == "only where app[cpu] is asked for; version 2.0 is taken here"


def test_a_group_of_the_manifest_or_of_the_workspace_root_counts(locks: Locks) -> None:
    around = (
        "[[package]]\nname = 'around'\nversion = '1'\nsource = { virtual = '.' }\n"
        "[package.dev-dependencies]\nlint = [{ name = 'a' }]"
    )
    closure = locks.closure(
        "[manifest]\nmembers = ['app', 'around']",
        around,
        app(source="{ editable = 'app' }"),
        package("a"),
    )

    assert told(closure) == {"a": ("group", "the group 'lint' is not selected")}

    closure = locks.closure(
        "[manifest]\nmembers = ['app']\n[manifest.dependency-groups]\nlint = [{ name = 'a' }]",
        app(source="{ editable = 'app' }"),
        package("a"),
    )

    assert told(closure) == {"a": ("group", "the group 'lint' is not selected")}


def test_of_several_versions_a_group_or_an_extra_would_bring_the_one_for_the_target(
    locks: Locks,
) -> None:
    older, newer = "python_full_version < '3.12'", "python_full_version >= '3.12'"
    forks = (
        package("a", "1.0", body=f'resolution-markers = ["{older}"]'),
        package("a", "2.0", body=f'resolution-markers = ["{newer}"]'),
    )
    head = f'{HEAD}resolution-markers = ["{older}", "{newer}"]\n'
    manifest = (
        "[manifest]\nmembers = ['app']\n[manifest.dependency-groups]\nlint = [{ name = 'a' }]"
    )
    stranger = a_wheel("stranger", requires=["a; extra == 'x'"], extras=["x"])

    of_group = locks.closure(manifest, app(source="{ editable = 'app' }"), *forks, head=head)
    of_extra = locks.closure(*forks, head=head, wheel=stranger)

    for closure, why in (
        (of_group, "the group 'lint' is not selected"),
        (of_extra, "the extra 'x' is not selected"),
    ):
        assert [(str(each.version), each.kind, each.reason) for each in closure.skipped] == [
            ("1.0", "marker", f"{why}; only where {older}"),
            ("2.0", why.split()[1], why),
        ]


def test_a_wheel_that_is_not_in_the_lock_leaves_out_what_it_does_not_require(
    locks: Locks,
) -> None:
    wheel = a_wheel(
        "stranger",
        requires=["a", "b; sys_platform == 'win32'", "c; extra == 'x'"],
        extras=["x"],
    )

    closure = locks.closure(package("a"), package("b"), package("c"), wheel=wheel)

    assert told(closure) == {
        "b": ("marker", 'only where sys_platform == "win32"'),
        "c": ("extra", "the extra 'x' is not selected"),
    }
