from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from repackage.errors import FormatError
from repackage_formats.rpm._relations import parse
from repackage_formats.rpm._specifiers import relation_of
from repackage_formats.rpm._version import distribution_version
from tests.formats.rpm.test_version import RELEASES, STYLES, versions
from tests.formats.rpm.vercmp import evrcmp

if TYPE_CHECKING:
    from repackage_formats.rpm._version import Style

SPELLED = {
    "": "n",
    "==1.0": "n = 1",
    "===1.0": "n = 1",
    "==1.2.*": "(n >= 1.2~~ with n < 1.3~~)",
    "!=1.0": "(n < 1 or n > 1)",
    "!=1.2.*": "(n < 1.2~~ or n >= 1.3~~)",
    "~=1.4.2": "(n >= 1.4.2 with n < 1.5~~)",
    "~=1.4rc1": "(n >= 1.4~rc1 with n < 2~~)",
    "<2.0": "n < 2~~",
    "<2.0rc1": "n < 2~rc1",
    "<=2.0": "n <= 2",
    ">2.0": "n > 2.0",
    ">2.0.post1": "n > 2.post1",
    ">=2.0": "n >= 2",
    "~=2!1.0": "(n >= 2:1 with n < 2:2~~)",
    ">=1,<2,!=1.5": "((n < 1.5 or n > 1.5) with n < 2~~ with n >= 1)",
}
OPERATORS = st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "~="])


@st.composite
def specifiers(draw: st.DrawFn, *, releases: st.SearchStrategy[list[int]]) -> str:
    operator = draw(OPERATORS)
    version = Version(draw(versions(releases=releases)).public)
    if operator in {"==", "!="} and draw(st.booleans()):
        return f"{operator}{version.base_version}.*"
    if operator == "~=":
        assume(len(version.release) > 1)
    return f"{operator}{version}"


@st.composite
def questions(draw: st.DrawFn) -> tuple[SpecifierSet, Version]:
    """Specifiers and a version, mostly of one release."""
    release = draw(RELEASES)
    near = st.one_of(st.just(release), st.just(release), RELEASES)
    chosen = draw(st.lists(specifiers(releases=near), min_size=1, max_size=3))
    return SpecifierSet(",".join(chosen)), Version(draw(versions(releases=near)).public)


def holds(relation: str, version: str) -> bool:
    """Whether an expression of one name holds, as rpm reads it."""
    if relation.startswith("("):
        parts, joiners, depth = [], set(), 0
        current: list[str] = []
        for word in relation[1:-1].split(" "):
            depth += word.count("(") - word.count(")")
            if word in {"with", "or"} and depth == 0:
                joiners.add(word)
                parts.append(" ".join(current))
                current = []
            else:
                current.append(word)
        parts.append(" ".join(current))
        assert len(joiners) == 1
        results = [holds(part, version) for part in parts]
        return all(results) if joiners == {"with"} else any(results)
    if " " not in relation:
        return True
    _, operator, bound = relation.split(" ")
    found = evrcmp(version, bound)
    return {"<": found < 0, "<=": found <= 0, "=": not found, ">=": found >= 0, ">": found > 0}[
        operator
    ]


@pytest.mark.parametrize(("specifier", "spelled"), SPELLED.items())
def test_a_specifier_is_spelled_for_rpm(specifier: str, spelled: str) -> None:
    relation = relation_of("n", SpecifierSet(specifier))

    assert relation == spelled
    assert parse(relation) is not None


@settings(max_examples=3000)
@given(questions(), STYLES)
def test_a_relation_holds_for_the_versions_that_packaging_admits(
    question: tuple[SpecifierSet, Version], style: Style
) -> None:
    wanted, version = question
    relation = relation_of("n", wanted, style=style)

    assert holds(relation, distribution_version(version, style=style)) == wanted.contains(
        version, prereleases=True
    )


def test_a_version_that_is_none_of_python_cannot_be_required() -> None:
    with pytest.raises(FormatError, match="cannot compare the version 'best'"):
        relation_of("n", SpecifierSet("===best"))
