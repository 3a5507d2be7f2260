"""The layout ``system``: the root wheel as Debian packages one, and nothing else."""

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
from repackage.target import Python, distribution_target, free_target
from repackage.testing import example_tree
from repackage.tree import File, read_file
from repackage_formats import deb
from repackage_formats.deb._emit import contents
from tests.formats.deb.debs import planned

if TYPE_CHECKING:
    from repackage.format import Plan

SITE = "usr/lib/python3/dist-packages"


def alone(*externals: External, **options: Any) -> Plan[deb.Options]:
    plan = planned(deb.Options(layout="system", **options))
    return replace(plan, closure=replace(plan.closure, pins=()), externals=externals)


def external(
    name: str, specifiers: str = "", *, brought: tuple[External, ...] = ()
) -> External:
    return External(
        name=canonicalize_name(name),
        extras=(),
        locked=Version("1.0"),
        specifiers=SpecifierSet(specifiers),
        brought=brought,
    )


def files_of(plan: Plan[deb.Options]) -> dict[str, str]:
    control = contents(plan, example_tree(plan.layout)).control
    return {file.path: read_file(file).decode() for file in control}


def dependencies(plan: Plan[deb.Options]) -> set[str]:
    (line,) = (
        line for line in files_of(plan)["control"].splitlines() if line.startswith("Depends:")
    )
    return set(line.removeprefix("Depends: ").split(", "))


def test_files_go_where_every_python_of_the_release_looks() -> None:
    layout = alone().layout

    assert layout.purelib == layout.platlib == SITE
    assert (layout.scripts, layout.commands, layout.venv) == ("usr/bin", "", "")
    assert layout.interpreter == "/usr/bin/python3"
    assert layout.headers == "usr/include", "each distribution's lie in its own"
    assert layout.alone


def test_the_python_that_the_lock_was_asked_about_is_needed() -> None:
    assert dependencies(alone()) == {"python3:any (>= 3.11~)", "python3:any (<< 3.12~)"}


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        (external("click"), {"python3-click"}),
        (external("click", ">=8.1"), {"python3-click (>= 8.1)"}),
        (
            external("click", ">=8.0.1,==8.*"),
            {"python3-click (>= 8.0.1)", "python3-click (<< 9~)"},
        ),
        (external("PyYAML", ">=6"), {"python3-yaml (>= 6)"}),
        (external("zope.interface"), {"python3-zope.interface"}),
        (
            external("numpy", "==1.*"),
            {"python3-numpy (>= 1:1~)", "python3-numpy (<< 1:2~)"},
        ),
        (
            external("httpx", brought=(external("h2", "==4.*"),)),
            {"python3-httpx", "python3-h2 (>= 4~)", "python3-h2 (<< 5~)"},
        ),
    ],
)
def test_dependencies_are_packages_of_the_archive(given: External, needed: set[str]) -> None:
    assert needed <= dependencies(alone(given))


@pytest.mark.parametrize(
    ("named", "needed"),
    [
        ("python3-click-ng", {"python3-click-ng (>= 8)"}),
        ("python3-click (>= 7) | click", {"python3-click (>= 7) | click"}),
        ("", set()),
    ],
)
def test_a_package_may_be_named(named: str, needed: set[str]) -> None:
    plan = alone(external("click", ">=8"), distributions={"Click": named})

    assert {each for each in dependencies(plan) if "click" in each} == needed


def test_a_gap_is_told() -> None:
    told: list[str] = []
    plan = replace(alone(external("click", ">=8,!=8.1")), warn=told.append)

    assert "python3-click (>= 8)" in dependencies(plan)
    (said,) = set(told)
    assert said.startswith("python3-click: dpkg cannot be told of 'click!=8.1'")


def test_modules_are_compiled_for_every_python_and_cleaned() -> None:
    files = files_of(alone())

    assert "py3compile -p example " in files["postinst"]
    assert "compileall" not in files["postinst"]
    assert "py3clean -p example" in files["prerm"]
    assert f"/{SITE}/*.py)" in files["prerm"]
    assert set(files_of(alone(compile=False))) == {"control", "md5sums"}


def test_each_command_has_a_manual_page() -> None:
    plan = alone()
    tree = contents(plan, example_tree(plan.layout)).tree
    paths = {entry.path for entry in tree if isinstance(entry, File)}

    assert {"usr/bin/example", "usr/share/man/man1/example.1.gz"} <= paths


def test_a_wheel_for_one_platform_is_refused_while_deciding() -> None:
    plan = alone()
    tags = frozenset({Tag("cp311", "cp311", "manylinux_2_17_x86_64")})
    for root in (
        replace(plan.closure.root, tags=tags),
        replace(plan.closure.root, purelib=False),
    ):
        with pytest.raises(FormatError, match="the layout is for pure Python"):
            deb.filename(replace(plan, closure=replace(plan.closure, root=root)))


@pytest.mark.parametrize(
    "target",
    [
        distribution_target("el9", arch="x86_64"),
        free_target(python="3.11", platform="manylinux_2_36_x86_64"),
    ],
    ids=["rpm", "free"],
)
def test_an_archive_must_be_known(target: Any) -> None:
    with pytest.raises(FormatError, match="it is not known which packages"):
        deb.filename(replace(alone(), target=target))


def test_only_the_usual_python_has_packages() -> None:
    plan = alone()
    for python in (
        Python(major=3, minor=13, free_threaded=True),
        Python(major=3, minor=11, implementation="pypy"),
    ):
        with pytest.raises(FormatError, match="no directory for packages of the system"):
            deb.filename(replace(plan, target=replace(plan.target, python=python)))


def test_options_that_contradict_each_other_are_refused_together() -> None:
    with pytest.raises(ConfigError) as caught:
        deb.Options(
            layout="system",
            prefix="/opt/app",
            distributions={"a b": "python3-a", "yaml": "Python3 Yaml"},
        )

    assert len(caught.value.problems) == 3
