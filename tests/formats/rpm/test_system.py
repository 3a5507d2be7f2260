"""The layout ``system``: the root wheel as distributions package one, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from packaging.specifiers import SpecifierSet
from packaging.tags import Tag
from packaging.utils import canonicalize_name
from packaging.version import Version

from repackage.errors import ConfigError, FormatError
from repackage.format import External
from repackage.target import Python
from repackage_formats import rpm
from repackage_formats.rpm._metadata import facts
from tests.formats.rpm.plans import planned, with_files

if TYPE_CHECKING:
    from repackage.format import Plan

SITE = "usr/lib/python3.9/site-packages"
CLICK = "python3.9dist(click)"
SYSTEM = rpm.Options(layout="system")


def alone(
    *externals: External, target: str = "el9", python: str | None = None, **options: Any
) -> Plan[rpm.Options]:
    chosen = replace(SYSTEM, **options)
    plan = planned(chosen, target=target, python=python)
    return replace(plan, closure=replace(plan.closure, pins=()), externals=externals)


def external(name: str, specifiers: str = "", *extras: str) -> External:
    return External(
        name=canonicalize_name(name),
        extras=tuple(map(canonicalize_name, extras)),
        locked=Version("1.0"),
        specifiers=SpecifierSet(specifiers),
    )


def related(plan: Plan[rpm.Options]) -> tuple[set[str], set[str]]:
    decided = facts(plan, with_files(plan, {}))
    return (
        {f"{each.name} {each.version}".strip() for each in decided.provides},
        {f"{each.name} {each.version}".strip() for each in decided.requires},
    )


def test_files_go_where_the_interpreter_looks_for_packages() -> None:
    layout = alone(python="3.11").layout

    assert layout.purelib == layout.platlib == "usr/lib/python3.11/site-packages"
    assert (layout.scripts, layout.commands, layout.venv) == ("usr/bin", "", "")
    assert layout.interpreter == "/usr/bin/python3.11"
    assert layout.headers == "usr/include/python3.11", "each distribution's lie in its own"
    assert layout.alone


def test_the_package_says_which_distribution_it_is() -> None:
    provides, _ = related(alone())

    assert {"python3.9dist(example) 1", "python3dist(example) 1"} <= provides


def test_only_the_python_of_the_distribution_has_the_short_name() -> None:
    provides, _ = related(alone(python="3.11"))

    assert "python3.11dist(example) 1" in provides
    assert not [each for each in provides if each.startswith("python3dist(")]


def test_active_extras_are_provided() -> None:
    plan = alone()
    extras = (canonicalize_name("Loud"),)
    provides, _ = related(replace(plan, closure=replace(plan.closure, extras=extras)))

    assert "python3.9dist(example[loud]) 1" in provides


@pytest.mark.parametrize(
    ("given", "required"),
    [
        (external("click"), {"python3.9dist(click)"}),
        (external("click", ">=8.1"), {"python3.9dist(click) 8.1"}),
        (
            external("click", ">=8.1,==8.*"),
            {f"(({CLICK} >= 8~~ with {CLICK} < 9~~) with {CLICK} >= 8.1)"},
        ),
        (
            external("httpx", ">=1", "http2"),
            {"python3.9dist(httpx) 1", "python3.9dist(httpx[http2]) 1"},
        ),
    ],
)
def test_dependencies_are_required_by_the_names_that_distributions_give_them(
    given: External, required: set[str]
) -> None:
    _, requires = related(alone(given))

    assert required <= requires
    assert {"/usr/bin/python3.9", "python(abi) 3.9"} <= requires


@pytest.mark.parametrize(
    ("target", "python", "version"), [("el9", "3.9", "2.9^post0"), ("el8", "3.9", "2.9.post0")]
)
def test_a_post_release_is_spelled_as_the_generators_of_the_target_do(
    target: str, python: str, version: str
) -> None:
    plan = alone(external("click", ">=2.9.0.post0"), target=target, python=python)
    _, requires = related(plan)

    assert f"{CLICK} {version}" in requires


def test_what_extras_bring_is_required_where_no_package_has_extras() -> None:
    given = replace(external("httpx", ">=1", "http2"), brought=(external("h2", ">=4"),))
    _, requires = related(alone(given, target="el8", python="3.9"))

    assert {"python3.9dist(httpx) 1", "python3.9dist(h2) 4"} <= requires
    assert not [each for each in requires if "[http2]" in each]


def test_what_rpm_cannot_compare_is_refused() -> None:
    with pytest.raises(FormatError, match="rpm cannot compare the version 'wild'"):
        related(alone(external("click", "===wild")))


def test_directories_that_others_own_are_not_owned() -> None:
    plan = alone()
    decided = facts(plan, with_files(plan, {"single.py": b"", "example/more.py": b""}))
    paths = {entry.path for entry in decided.tree}

    assert not paths & {"usr/bin", SITE, f"{SITE}/__pycache__"}
    assert {f"{SITE}/example", f"{SITE}/example/__pycache__", f"{SITE}/single.py"} <= paths


def test_exactly_the_modules_of_the_package_are_compiled() -> None:
    plan = alone()
    decided = facts(plan, with_files(plan, {"single.py": b"", "example/more.py": b""}))
    (post,) = [each for each in decided.scriptlets if each.slot == "post"]
    lines = post.body.splitlines()

    assert lines[0].startswith("(umask 022; /usr/bin/python3.9 -I -m compileall -q -f -i - ")
    assert f"/{SITE}/single.py" in lines
    assert f"/{SITE}/example/more.py" in lines
    assert decided.file_flags[f"{SITE}/__pycache__/single.cpython-39.pyc"]


def test_a_wheel_for_one_platform_is_refused_while_deciding() -> None:
    plan = alone()
    root = replace(
        plan.closure.root, tags=frozenset({Tag("cp39", "cp39", "manylinux_2_17_x86_64")})
    )
    with pytest.raises(FormatError, match="the layout is for pure Python"):
        rpm.filename(replace(plan, closure=replace(plan.closure, root=root)))
    with pytest.raises(FormatError, match="the layout is for pure Python"):
        rpm.filename(
            replace(
                plan,
                closure=replace(plan.closure, root=replace(plan.closure.root, purelib=False)),
            )
        )


def test_a_distribution_whose_packages_do_not_say_what_they_are_is_refused() -> None:
    with pytest.raises(FormatError, match="do not say which distributions they are"):
        rpm.filename(alone(target="el7", python="3.6"))


def test_only_the_usual_python_has_packages() -> None:
    plan = alone()
    for python in (
        Python(major=3, minor=13, free_threaded=True),
        Python(major=3, minor=11, implementation="pypy"),
    ):
        with pytest.raises(FormatError, match="no directory for packages of the system"):
            rpm.filename(replace(plan, target=replace(plan.target, python=python)))


def test_a_prefix_contradicts_the_layout() -> None:
    with pytest.raises(ConfigError, match="the layout 'system' has none"):
        rpm.Options(layout="system", prefix="/opt/app")
