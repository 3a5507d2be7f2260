from __future__ import annotations

import re
from pathlib import Path

import pytest

from repackage import errors
from repackage.cli import _errors as statuses
from repackage.errors import Problem, Problems, RepackageError, UsageError, did_you_mean

ROOT = Path(__file__).parents[2]


def families() -> list[type[RepackageError]]:
    return RepackageError.__subclasses__()


def everything(error: type[RepackageError]) -> list[type[RepackageError]]:
    return [error, *(one for below in error.__subclasses__() for one in everything(below))]


def test_each_family_has_a_status_of_its_own() -> None:
    found = [family.exit_code for family in families()]

    assert sorted(found) == sorted(set(found))
    assert not {0, statuses.INTERNAL_ERROR, statuses.INTERRUPTED, statuses.BROKEN_PIPE} & {
        *found
    }


def test_within_a_family_the_status_is_the_same() -> None:
    for family in families():
        assert {each.exit_code for each in everything(family)} == {family.exit_code}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    drawn = re.findall(r"── (\w+)\s+(\d*)", errors.__doc__ or "")

    assert sorted(drawn) == sorted(
        (each.__name__, str(family.exit_code) if each is family else "")
        for family in families()
        for each in everything(family)
    )


@pytest.mark.parametrize(
    "status",
    [
        statuses.INTERNAL_ERROR,
        statuses.BROKEN_PIPE,
        statuses.TERMINATED,
        statuses.HUNG_UP,
    ],
)
def test_statuses_outside_the_tree_are_documented(status: int) -> None:
    page = (ROOT / "docs/reference/exit-statuses.md").read_text(encoding="utf-8")

    assert re.search(rf"\b{status}\b", page)


def test_an_error_needs_a_problem() -> None:
    with pytest.raises(ValueError, match="at least one problem"):
        UsageError()


def test_an_error_says_all_its_problems() -> None:
    error = UsageError(
        Problem(what="is wrong", where="a.toml: x", advice="do y"), Problem(what="is odd")
    )

    assert str(error) == "a.toml: x: is wrong (do y)\nis odd"


def test_problems_are_collected_and_raised_together() -> None:
    problems = Problems()
    problems.raise_if_any(UsageError)
    problems.add("one")
    problems.extend([Problem(what="two")])

    with pytest.raises(UsageError) as caught:
        problems.raise_if_any(UsageError)
    assert [problem.what for problem in caught.value.problems] == ["one", "two"]


def test_an_unknown_name_suggests_the_nearest_or_all() -> None:
    assert did_you_mean("dbe", ["tar", "deb"]) == "did you mean 'deb'?"
    assert did_you_mean("xyz", ["tar", "deb"]) == "known: deb, tar"
    assert did_you_mean("xyz", []) == "none is known"
