"""Specifiers as relations of dpkg, whose order the versions of archives are compared in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from repackage.errors import FormatError
from repackage_formats.deb._bounds import bounds, inexpressible
from repackage_formats.deb._version import sort_key, upstream_version


def admits(specifiers: str, version: str, *, epoch: int = 0) -> bool:
    """Whether dpkg installs a version of an archive."""
    for bound in bounds(SpecifierSet(specifiers), epoch=epoch):
        operator, _, other = bound.partition(" ")
        key, limit = sort_key(version), sort_key(other)
        if not (key >= limit if operator == ">=" else key < limit):
            return False
    return True


@pytest.mark.parametrize(
    ("specifiers", "relations"),
    [
        ("", ()),
        (">=1.2", (">= 1.2",)),
        (">=1.0.0", (">= 1",)),
        ("<2.0", ("<< 2~",)),
        ("<=2.0", ("<< 2.0.1~",)),
        (">1.2", (">= 1.2.1~",)),
        ("==1.24.2", (">= 1.24.2", "<< 1.24.3~")),
        ("===1.24.2", (">= 1.24.2", "<< 1.24.3~")),
        ("==2.5.1+cpu", (">= 2.5.1", "<< 2.5.2~")),
        ("==2.*", (">= 2~", "<< 3~")),
        ("~=2.28.1", (">= 2.28.1", "<< 2.29~")),
        (">=1,==2.*,!=2.5", (">= 2~", "<< 3~")),
        (">=2.0rc1,<=2.0rc3", (">= 2~rc1", "<< 2.0~rc3.~")),
        ("<2.0rc1", ("<< 2~rc1",)),
        (">=0.dev0,<1!0.dev0", ()),
    ],
)
def test_a_specifier_becomes_one_bound_on_either_side(
    specifiers: str, relations: tuple[str, ...]
) -> None:
    assert bounds(SpecifierSet(specifiers)) == relations


def test_a_bound_has_the_epoch_of_the_archive() -> None:
    assert bounds(SpecifierSet("==1.24.*"), epoch=1) == (">= 1:1.24~", "<< 1:1.25~")
    assert admits("==1.24.*", "1:1.24.2-1+deb12u1", epoch=1)
    assert not admits("==1.24.*", "1:2.2.4-1", epoch=1)


@pytest.mark.parametrize(
    ("specifiers", "version", "admitted"),
    [
        ("==1.24.2", "1.24.2+dfsg-1", True),
        ("==1.24.2", "1.24.2-1~bpo12+1", True),
        ("==1.24.2", "1.24.3~rc1-1", False),
        ("==2.0", "2.0-1", True),
        ("==2.0", "2-1", True),
        ("==2", "2.0.0-1", True),
        (">=1.0.0", "1.0-1", True),
        ("<=2.0", "2.0.0-1", True),
        ("<=2.0", "2.0.1-1", False),
        ("<2", "2.0~rc1-1", False),
        ("<2", "1.99.9-1", True),
        ("<=2.0rc1", "2.0~rc1-1", True),
        ("<=2.0rc1", "2.0-1", False),
        (">1.2", "1.2-5", False),
        (">1.2", "1.2.1-1", True),
    ],
)
def test_versions_of_archives_are_admitted_as_their_upstream_is(
    specifiers: str, version: str, *, admitted: bool
) -> None:
    assert admits(specifiers, version) is admitted


RELEASES = st.lists(st.sampled_from([0, 1, 2, 9, 10, 24]), min_size=1, max_size=3).map(
    lambda parts: ".".join(map(str, parts))
)
CLAUSES = st.one_of(
    st.builds("{}{}".format, st.sampled_from([">=", ">", "<", "<=", "=="]), RELEASES),
    st.builds("=={}.*".format, RELEASES),
    st.builds("~={}.{}".format, RELEASES, st.sampled_from([0, 1, 9])),
)


@given(st.lists(CLAUSES, min_size=1, max_size=3), RELEASES)
def test_of_final_releases_dpkg_admits_what_pep_440_does(
    clauses: list[str], release: str
) -> None:
    specifiers = ",".join(clauses)
    version = Version(release)
    wanted = SpecifierSet(specifiers).contains(version)

    for spelled in (f"{release}-1", f"{upstream_version(version, width=1)}-1"):
        assert admits(specifiers, spelled) is wanted


def test_what_dpkg_has_no_relation_for_is_told() -> None:
    assert inexpressible(SpecifierSet("!=1.5,>=1,!=1.7.*")) == ("!=1.5", "!=1.7.*")


@pytest.mark.parametrize(
    ("specifiers", "said"),
    [("===wild", "cannot compare the version"), (">=1!2", "knows nothing of the epoch")],
)
def test_what_dpkg_cannot_compare_is_refused(specifiers: str, said: str) -> None:
    with pytest.raises(FormatError, match=said):
        bounds(SpecifierSet(specifiers))
