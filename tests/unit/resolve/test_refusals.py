"""Targets that the wheel or the lock was not made for."""

from __future__ import annotations

import pytest

from repackage.errors import ResolveError
from repackage.resolve import Selection
from tests.unit.resolve.locks import ARM, HEAD, LINUX, Locks, a_wheel, app, target


def test_a_python_outside_the_lock_is_refused(locks: Locks) -> None:
    head = 'version = 1\nrequires-python = ">=3.11,!=3.12.*"\n'

    assert locks.names(app(), head=head, on=target("3.11")) == []
    with pytest.raises(ResolveError, match=r"the lock requires Python .*has 3\.12"):
        locks.names(app(), head=head, on=target("3.12"))


def test_a_python_outside_the_wheel_and_a_foreign_tag_are_refused_together(
    locks: Locks,
) -> None:
    wheel = a_wheel(python=">=3.13", tag="cp313-cp313-win_amd64")

    with pytest.raises(ResolveError) as caught:
        locks.closure(app(), wheel=wheel)

    python, tag = caught.value.problems
    assert "app 1.0 requires Python >=3.13" in python.what
    assert "the wheel is for cp313-cp313-win_amd64" in tag.what


def test_a_group_may_narrow_python(locks: Locks) -> None:
    text = app(
        "[package.dev-dependencies]\nnew = []\n[package.group-requires-python]\nnew = '>=3.13'"
    )
    chosen = Selection(groups=("new",))

    assert locks.closure(text, on=target("3.13"), selection=chosen).groups == ("new",)
    with pytest.raises(ResolveError, match=r"the group 'new' requires Python >=3\.13"):
        locks.closure(text, selection=chosen)


def test_an_environment_that_is_not_supported_is_refused(locks: Locks) -> None:
    head = f"{HEAD}supported-markers = [\"platform_machine == 'aarch64'\"]\n"

    assert locks.names(app(), head=head, on=ARM) == []
    with pytest.raises(ResolveError, match="supports only other environments"):
        locks.names(app(), head=head, on=LINUX)


def test_an_environment_that_no_fork_covers_is_refused(locks: Locks) -> None:
    markers = "[\"platform_machine == 'aarch64' and extra == 'extra-3-app-x'\"]"
    head = f"{HEAD}resolution-markers = {markers}\n"

    assert locks.names(app(), head=head, on=ARM) == []
    with pytest.raises(ResolveError, match="no fork of the lock covers"):
        locks.names(app(), head=head, on=LINUX)


def test_a_foreign_environment_and_an_unknown_extra_are_refused_together(locks: Locks) -> None:
    head = f"{HEAD}supported-markers = [\"platform_machine == 'aarch64'\"]\n"

    with pytest.raises(ResolveError) as caught:
        locks.closure(app(), head=head, selection=Selection(extras=("none",)))

    platform, extra = caught.value.problems
    assert "supports only other environments" in platform.what
    assert "no extra 'none'" in extra.what
