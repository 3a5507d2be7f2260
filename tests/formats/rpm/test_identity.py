from __future__ import annotations

from dataclasses import replace

import pytest
from packaging.utils import canonicalize_name

from repackage.errors import FormatError
from repackage.target import MacOS, Musl, Windows
from repackage_formats import rpm
from repackage_formats.rpm._identity import Identity
from tests.formats.rpm.plans import compiled, described, planned, versioned


def test_a_package_is_named_as_repositories_do() -> None:
    assert rpm.filename(planned()) == "example-1.0.0-1.el9.noarch.rpm"
    assert rpm.filename(compiled()) == "example-1.0.0-1.el9.x86_64.rpm"


@pytest.mark.parametrize(
    ("target", "release"),
    [
        ("el7", "1.el7"),
        ("el10", "1.el10"),
        ("fedora-43", "1.fc43"),
        ("amazon-2", "1.amzn2"),
        ("amazon-2023", "1.amzn2023"),
        ("opensuse-leap-15.6", "1.lp156"),
        ("opensuse-tumbleweed", "1.tw"),
        ("sles-16.0", "1.sle160"),
        ("debian-12", "1"),
    ],
)
def test_packages_for_two_releases_differ_in_release(target: str, release: str) -> None:
    assert Identity.of(planned(target=target)).release == release


def test_an_epoch_is_the_wheels_unless_another_is_asked_for() -> None:
    assert Identity.of(versioned(planned(), "2!1.0")).epoch == 2
    assert Identity.of(versioned(planned(rpm.Options(epoch=3)), "2!1.0")).epoch == 3
    assert Identity.of(versioned(planned(), "2!1.0")).evr == "2:1.0.0-1.el9"
    assert ":" not in rpm.filename(versioned(planned(), "2!1.0"))


def test_post_releases_have_a_caret_if_it_is_asked_for() -> None:
    plan = versioned(planned(rpm.Options(post_releases="caret")), "1.0.post1")

    assert Identity.of(plan).version == "1.0.0^post1"
    assert Identity.of(versioned(planned(), "1.0.post1")).version == "1.0.0.post1"


def test_options_name_package_release_and_architecture() -> None:
    options = rpm.Options(package="python-Ex", release="7", architecture="x86_64")

    assert rpm.filename(planned(options)) == "python-Ex-1.0.0-7.x86_64.rpm"


def test_a_name_that_is_too_long_is_refused_before_any_work() -> None:
    name = canonicalize_name("x" * 200)
    with pytest.raises(FormatError, match="cannot be the name of a package"):
        rpm.filename(described(planned(), name=name))
    long = rpm.Options(package="x" * 128, release="r" * 200)
    with pytest.raises(FormatError, match="the file would be called"):
        rpm.filename(planned(long))


@pytest.mark.parametrize(
    "system", [Musl(major=1, minor=2), MacOS(major=14, minor=0), Windows()]
)
def test_only_systems_with_glibc_have_rpms(system: Musl | MacOS | Windows) -> None:
    plan = planned()
    plan = replace(plan, target=replace(plan.target, system=system))
    with pytest.raises(FormatError, match="no system with the GNU C library"):
        rpm.filename(plan)


def test_an_architecture_that_rpm_does_not_know_is_refused() -> None:
    plan = planned()
    plan = replace(plan, target=replace(plan.target, arch="sparc"))
    with pytest.raises(FormatError, match="rpm has no architecture for 'sparc'"):
        rpm.filename(plan)
