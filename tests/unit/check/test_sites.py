"""Import paths of venvs, roots and containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from repackage.check import Inventory, Site, check_installed, installed, sites
from repackage.tree import Directory
from tests.unit.check.installations import (
    APT,
    by_debian_13,
    by_distutils,
    by_pip,
    by_rpm,
    link,
    text,
)

if TYPE_CHECKING:
    from random import Random

    from repackage.tree import Entry
    from tests.unit.check.conftest import World

PYTHON3 = link("usr/bin/python3", "python3.11")
LOCAL = "usr/local/lib/python3.11/dist-packages"
VENV = "opt/venv/lib/python3.11/site-packages"
CONFIG = "opt/venv/pyvenv.cfg"


def paths(*entries: Entry) -> list[tuple[str, ...]]:
    return [site.directories for site in sites(entries)]


def test_a_root_without_distributions_has_no_site() -> None:
    assert sites([text("usr/lib/python3/dist-packages/x.py"), PYTHON3]) == ()


def test_a_flat_directory_is_a_site() -> None:
    assert sites(by_pip("", "a")) == (Site(directories=("",)),)
    assert sites(by_pip("srv/app", "a")) == (Site(directories=("srv/app",)),)


def test_a_virtual_environment_sees_only_its_own() -> None:
    entries = [
        text(CONFIG, "version = 3.11.2\ninclude-system-site-packages = false\n"),
        *by_pip(VENV, "a"),
        *by_debian_13("b"),
        PYTHON3,
    ]

    assert sites(entries) == (
        Site(directories=(VENV,), python="3.11"),
        Site(directories=(APT,), python="3.11"),
    )


@pytest.mark.parametrize("minor", ["3.11", "3.12"])
def test_a_virtual_environment_with_system_sites_sees_those_of_its_minor(minor: str) -> None:
    venv = f"opt/venv/lib/python{minor}/site-packages"
    entries = [
        text(CONFIG, "home = /usr/bin\nInclude-System-Site-Packages = TRUE\n"),
        *by_pip(venv, "a"),
        *by_debian_13("b"),
        *by_pip(LOCAL, "c"),
        PYTHON3,
    ]

    behind = (LOCAL, APT) if minor == "3.11" else ()
    assert paths(*entries)[0] == (venv, *behind)


def test_what_an_administrator_installed_on_debian_comes_first() -> None:
    (site,) = sites([*by_debian_13("a"), *by_pip(LOCAL, "a"), PYTHON3])

    assert site == Site(directories=(LOCAL, APT), python="3.11")


@pytest.mark.parametrize("hint", [PYTHON3, Directory(path="usr/lib/python3.11", mtime=0), None])
def test_the_python_of_debian_is_that_of_its_link_or_library(hint: Entry | None) -> None:
    (site,) = sites([*by_debian_13("a"), *([hint] if hint else [])])

    assert site.python == ("3.11" if hint else "")


def test_pure_and_binary_directories_of_fedora_are_one_path() -> None:
    pure, local = "usr/lib/python3.13/site-packages", "usr/local/lib/python3.13/site-packages"

    (site,) = sites([*by_rpm("a"), *by_rpm("b", site=pure), *by_pip(local, "c")])

    assert site.directories == (local, pure, "usr/lib64/python3.13/site-packages")


def test_a_python_below_usr_local_does_not_see_that_of_the_distribution() -> None:
    """As in the images that are called python."""
    image = "usr/local/lib/python3.12/site-packages"

    assert paths(*by_pip(image, "a"), *by_debian_13("b"), PYTHON3) == [(APT,), (image,)]


def test_each_minor_has_its_path() -> None:
    other = "usr/local/lib/python3.12/dist-packages"

    found = paths(*by_pip(LOCAL, "a"), *by_pip(other, "a"), *by_debian_13("b"), PYTHON3)

    assert sorted(found) == [(LOCAL, APT), (other, APT)]


def test_of_several_minors_none_is_taken_for_that_of_debian() -> None:
    other = "usr/local/lib/python3.12/dist-packages"

    found = paths(*by_pip(LOCAL, "a"), *by_pip(other, "a"), *by_debian_13("b"))

    assert sorted(found) == [(APT,), (LOCAL, APT), (other, APT)]


def test_a_user_sees_the_system_behind_the_own() -> None:
    user = "home/me/.local/lib/python3.11/site-packages"

    assert paths(*by_pip(user, "a"), *by_debian_13("b"), PYTHON3) == [(user, APT), (APT,)]


def test_an_application_of_its_own_prefix_is_a_path() -> None:
    """As repackage lays one out: below ``/usr/lib``, with a ``pyvenv.cfg``."""
    own = "usr/lib/app/lib/python3.11/site-packages"
    entries = [text("usr/lib/app/pyvenv.cfg", "version = 3.11\n"), *by_pip(own, "a")]

    assert paths(*entries, *by_debian_13("b")) == [(own,), (APT,)]


@pytest.mark.parametrize("minor", ["3.14t", "3.11"])
def test_free_threaded_pythons_and_others_are_known_by_their_directory(minor: str) -> None:
    (site,) = sites(by_pip(f"venv/lib/python{minor}/site-packages", "a"))

    assert site.python == minor.removesuffix("t")


def test_of_two_of_one_name_the_first_on_the_path_counts() -> None:
    entries = [*by_debian_13("a", "1.0"), *by_pip(LOCAL, "a", "2.0"), PYTHON3]

    ((site, found),) = installed(Inventory.of(entries)).items()

    assert site.path == LOCAL
    assert [str(metadata.version) for metadata in found.values()] == ["2.0"]


def test_what_shadows_another_is_judged_and_noted(world: World) -> None:
    world.lock("dep", "2.0", wheel=world.make("dep", "2.0"))
    entries = [
        *by_debian_13("dep", "1.0"),
        *by_pip(LOCAL, "dep", "2.0"),
        *by_pip(LOCAL, "app"),
        PYTHON3,
    ]
    (site,) = sites(entries)

    report = check_installed(
        entries, world.standard(world.make(), policy="constrain"), site=site
    )

    (found,) = [one for one in report.findings if one.name == "dep"]
    assert (found.verdict, found.severity) == ("hash-unverifiable", "note")
    assert found.message.endswith(f"; it shadows 1.0 in {APT}")
    assert not report.contravenes


def test_a_shadowed_application_is_noted(world: World) -> None:
    entries = [*by_debian_13("app"), *by_pip(LOCAL, "app"), PYTHON3]
    (site,) = sites(entries)

    report = check_installed(entries, world.standard(world.make()), site=site)

    (found,) = report.findings
    assert (found.verdict, found.severity) == ("member", "note")
    assert "it shadows 1.0" in found.message


def test_what_lies_on_another_path_is_not_judged(world: World) -> None:
    entries = [
        text(CONFIG, "version = 3.11.2\n"),
        *by_pip(VENV, "app"),
        *by_pip(VENV, "dep"),
        *by_debian_13("dep", "0.9"),
        *by_distutils("stranger"),
        PYTHON3,
    ]
    world.lock("dep", "1.0", wheel=world.make("dep"))
    standard = world.standard(world.make(), policy="constrain")
    site, _ = sites(entries)

    report = check_installed(entries, standard, site=site)

    assert [(one.name, one.verdict) for one in report.findings] == [
        ("app", "member"),
        ("dep", "hash-unverifiable"),
    ]


def test_two_of_one_name_in_the_directory_that_counts_are_a_duplicate(world: World) -> None:
    entries = [
        *by_pip(LOCAL, "app"),
        *by_pip(LOCAL, "dep", "1.0"),
        *by_pip(LOCAL, "dep", "1.1"),
    ]
    world.lock("dep", "1.0", wheel=world.make("dep"))
    (site,) = sites(entries)

    report = check_installed(entries, world.standard(world.make()), site=site)

    assert "duplicate" in {one.verdict for one in report.findings}


PLACES = (APT, LOCAL, VENV, "", "srv/app", "root/.local/lib/python3.11/site-packages")


@given(
    st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from("ab")), unique=True),
    st.randoms(),
)
def test_every_directory_is_on_a_path_whatever_the_order(
    places: list[tuple[str, str]], random: Random
) -> None:
    entries = [entry for place, name in places for entry in by_pip(place, name)]
    expected = sites(entries)

    random.shuffle(entries)

    assert sites(entries) == expected
    held = {directory for site in expected for directory in site.directories}
    outermost = (
        {""} if any(place == "" for place, _ in places) else {place for place, _ in places}
    )
    assert outermost <= held
    assert all(len(set(site.directories)) == len(site.directories) for site in expected)
